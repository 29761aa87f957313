"""Sweet Home 3D catalogues (.sh3f): which models they hold, who made each, and under which licence."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from zsbir.errors import GalleryError

_PROPERTIES = "PluginFurnitureCatalog.properties"
_IDENTITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
# The first pattern found in a licence text decides; the United States port must come before the plain name.
_LICENCES = (
    (re.compile(r"attribution 3\.0 united states|licenses/by/3\.0/us", re.I), "CC-BY-3.0-US"),
    (re.compile(r"attribution 3\.0|licenses/by/3\.0", re.I), "CC-BY-3.0"),
    (re.compile(r"public domain|creative commons zero", re.I), "CC0-1.0"),
)
_ADDRESS = re.compile(r"https?://www\.blendswap\.com/blends/view/\d+")


@dataclass(frozen=True)
class Model:
    """One model of a catalogue.

    Attributes:
        key: The catalogue's own identifier, "Scopia#armchair1".
        name: English name, "Armchair".
        archive: The .sh3f file it lies in.
        member: The model file inside the archive.
        rotation: 3x3 rotation, row by row, that sets the model upright with its front to +z.
        creator: Who made it.
        licence: SPDX identifier.
        address: Page the model was published on, "" where none is named.
    """

    key: str
    name: str
    archive: Path
    member: str
    rotation: tuple[float, ...]
    creator: str
    licence: str
    address: str

    @property
    def slug(self) -> str:
        """The key as a file name: lower case letters, digits and underscores."""
        return re.sub(r"[^a-z0-9]+", "_", self.key.lower()).strip("_")


def read_catalogues(folder: Path) -> dict[str, Model]:
    """Read every .sh3f catalogue of a folder.

    Args:
        folder: Where the catalogues lie, /usr/share/sweethome3d/furniture on Debian.

    Returns:
        Models by key.

    Raises:
        GalleryError: The folder has no catalogue, or one of them cannot be read.
    """
    archives = sorted(folder.glob("*.sh3f"))
    if not archives:
        raise GalleryError(
            f"No .sh3f catalogue lies in '{folder}': unpack Debian's package sweethome3d-furniture and "
            "name its folder usr/share/sweethome3d/furniture."
        )
    return {model.key: model for archive in archives for model in _read_catalogue(archive)}


def parse_properties(text: str) -> dict[str, str]:
    r"""Read a Java properties file: `key=value` lines, `#` and `!` comments, \uXXXX escapes."""
    found = {}
    for line in re.sub(r"\\\r?\n[ \t]*", "", text).splitlines():
        line = line.strip()
        if line and line[0] not in "#!":
            key, _, value = line.partition("=")
            found[key.strip()] = re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), value.strip())
    return found


def find_licence(text: str) -> str:
    """Name the licence that a text is about, as SPDX identifier, or "" if it names none."""
    return next((name for pattern, name in _LICENCES if pattern.search(text)), "")


def _read_catalogue(archive: Path) -> Iterator[Model]:
    try:
        with zipfile.ZipFile(archive) as opened:
            table = parse_properties(opened.read(_PROPERTIES).decode("latin-1"))
            notes = _licence_notes(opened)
    except (zipfile.BadZipFile, KeyError) as error:
        raise GalleryError(
            f"'{archive}' is no Sweet Home 3D catalogue ({error}): fetch the package again."
        ) from error
    general = find_licence(table.get("license", ""))
    number = 1
    while f"id#{number}" in table:
        member = table[f"model#{number}"].lstrip("/")
        note = notes.get(str(PurePosixPath(member).parent), "")
        address = _ADDRESS.search(note)
        yield Model(
            key=table[f"id#{number}"],
            name=table[f"name#{number}"],
            archive=archive,
            member=member,
            rotation=_rotation(table.get(f"modelRotation#{number}")),
            creator=table.get(f"creator#{number}", ""),
            # A model's own licence file is nearer to its maker than the catalogue's heading.
            licence=find_licence(note) or general,
            address=address[0] if address else "",
        )
        number += 1


def _licence_notes(opened: zipfile.ZipFile) -> dict[str, str]:
    """Text of the licence file beside each model, by the model's folder."""
    notes = {}
    for name in opened.namelist():
        path = PurePosixPath(name)
        if (
            "license" in path.name.lower()
            and path.suffix.lower() in (".txt", ".html")
            and len(path.parts) > 1
        ):
            notes[str(path.parent)] = opened.read(name).decode("utf-8", "replace")
    return notes


def _rotation(text: str | None) -> tuple[float, ...]:
    return tuple(float(number) for number in text.split()) if text else _IDENTITY
