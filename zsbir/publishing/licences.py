"""The licences of photos, in the Hub's words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from zsbir.gallery import Photo

# https://huggingface.co/docs/hub/repositories-licenses, as far as pictures come under them.
KNOWN = {
    *("apache-2.0", "mit", "bsd", "bsd-2-clause", "bsd-3-clause", "isc", "unlicense", "wtfpl", "zlib"),
    *("gpl", "gpl-2.0", "gpl-3.0", "agpl-3.0", "lgpl", "lgpl-2.1", "lgpl-3.0", "gfdl", "artistic-2.0"),
    *("cc", "cc0-1.0", "pddl", "odbl", "odc-by", "etalab-2.0", "cdla-permissive-1.0", "cdla-permissive-2.0"),
    *("cc-by-2.0", "cc-by-2.5", "cc-by-3.0", "cc-by-4.0", "cc-by-sa-3.0", "cc-by-sa-4.0"),
    *("cc-by-nc-2.0", "cc-by-nc-3.0", "cc-by-nc-4.0", "cc-by-nd-4.0", "cc-by-nc-nd-3.0", "cc-by-nc-nd-4.0"),
    *("cc-by-nc-sa-2.0", "cc-by-nc-sa-3.0", "cc-by-nc-sa-4.0"),
}
UNKNOWN, OTHER = "unknown", "other"


def count_licences(photos: Iterable[Photo]) -> Counter[str]:
    """How many photos come under each licence, as their table writes it; "" is none, or "unknown"."""
    licences = (photo.licence.strip() for photo in photos)
    return Counter("" if licence.lower() == UNKNOWN else licence for licence in licences)


def hub_name(licence: str) -> str:
    """The Hub's identifier of a licence; "other" where it has none, "unknown" where none is named.

    "GPL-2.0-or-later" is "gpl-2.0" there. A port such as "CC-BY-3.0-US" is another text than "CC-BY-3.0".
    """
    if not licence:
        return UNKNOWN
    name = licence.lower().replace(" ", "-").removesuffix("-or-later").removesuffix("-only")
    return name if name in KNOWN else OTHER


def advise(licences: Counter[str]) -> list[str]:
    """What to tell whoever publishes photos under these licences."""
    total, none = licences.total(), licences[""]
    named = sorted(licence for licence in licences if licence)
    notes = []
    if none:
        notes.append(
            f"{none:,} of {total:,} photos name no licence, and the card says so; publish them only if "
            "you may."
        )
    if len(named) > 1:
        notes.append(
            f"The photos come under {len(named)} licences ({', '.join(named)}); the card counts them."
        )
    return notes
