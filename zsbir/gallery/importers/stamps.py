"""Photographs out of Tux Paint's stamps: `python -m zsbir.gallery import-stamps FOLDER`."""

from __future__ import annotations

import re
from pathlib import Path

from tqdm import tqdm

from zsbir.errors import GalleryError
from zsbir.gallery.importers.pictures import enlarge, save_photo, trim
from zsbir.gallery.importers.table import read_list, replace_photos
from zsbir.gallery.photos import Photo
from zsbir.images import open_image

SOURCE = "tuxpaint-stamps-default"
"""What the source column of these photos begins with: the Debian package."""

_CREDIT = "Tux Paint stamps by Bill Kendrick and contributors; cut out and resized by zsbir"
_LICENCE = "GPL-2.0-or-later"
_COLUMNS = ("file", "category", "title")


def import_stamps(folder: Path, home: Path) -> int:
    """Copy the photographs of the curated list into a gallery and enter them into its table.

    Args:
        folder: Where the stamps lie, /usr/share/tuxpaint/stamps on Debian.
        home: The gallery's folder, with photos.csv and photos/.

    Returns:
        How many photographs were imported.

    Raises:
        GalleryError: A listed stamp is missing.
        ImageError: A stamp is broken.
    """
    photos = []
    for line in tqdm(read_list("stamps.csv", _COLUMNS), unit="stamp", desc="importing"):
        stamp = folder / line["file"]
        if not stamp.is_file():
            raise GalleryError(
                f"No stamp '{line['file']}' lies in '{folder}': unpack Debian's package {SOURCE} and "
                "name its folder usr/share/tuxpaint/stamps."
            )
        photo = _photo(line, line["title"] or read_description(stamp) or line["category"].replace("_", " "))
        save_photo(enlarge(trim(open_image(stamp))), home / photo.file)
        photos.append(photo)
    replace_photos(home, photos, SOURCE)
    return len(photos)


def read_description(stamp: Path) -> str:
    """Read the English description beside a stamp: "A brown hen." is "Brown hen"; "" if there is none."""
    beside = stamp.with_suffix(".txt")
    if not beside.is_file():
        return ""
    first = next(iter(beside.read_text(encoding="utf-8", errors="replace").splitlines()), "")
    bare = re.sub(r"^(An?|The|Our|Some) ", "", first.strip()).rstrip(".!")
    return bare[:1].upper() + bare[1:]


def _photo(line: dict[str, str], title: str) -> Photo:
    # The whole path goes into the name: two folders have a daffodil.
    slug = re.sub(r"[^a-z0-9]+", "_", line["file"].rsplit(".", 1)[0].lower()).strip("_")
    key = f"{line['category']}/stamp_{slug}"
    return Photo(
        id=key,
        file=f"photos/{key}.jpg",
        category=line["category"],
        title=title,
        credit=_CREDIT,
        licence=_LICENCE,
        source=f"{SOURCE}: {line['file']}",
    )
