"""A gallery as a dataset repository of the Hub: an image folder, with its indexes."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path, PurePosixPath

from zsbir.errors import GalleryError
from zsbir.gallery import Gallery
from zsbir.gallery.photos import COLUMNS
from zsbir.hub.parcel import CARD, Item, Parcel
from zsbir.hub.reference import Reference
from zsbir.index.sidecar import CALIBRATION, SIDECAR, VECTORS, Sidecar
from zsbir.publishing.dataset_card import write_gallery_card
from zsbir.publishing.licences import UNKNOWN, advise, count_licences

TABLE = "metadata.csv"  # as `datasets` calls the table of an image folder
FILE_COLUMN = "file_name"
HEADING = [FILE_COLUMN, *(column for column in COLUMNS if column != "file")]
INDEXES, LICENCES = "index", "LICENSES"
SHOWN = 3


def pack_gallery(gallery: Gallery, to: Reference) -> Parcel:
    """Collect the files of a gallery, and write its table and its card; nothing is sent.

    Raises:
        GalleryError: It has no photos, or some of them are missing or cannot be named on the Hub.
    """
    photos, (indexes, left_out) = _photos(gallery), _indexes(gallery)
    texts = [
        Item(f"{LICENCES}/{path.name}", path) for path in sorted((gallery.home / LICENCES).glob("*.txt"))
    ]
    leaders = [
        Item(f"{INDEXES}/{name}/{file}", folder / file)
        for name, folder in indexes.items()
        for file in (VECTORS, SIDECAR, *CALIBRATION)
        if file not in CALIBRATION or (folder / file).is_file()
    ]
    leaders.append(Item(TABLE, write_table(gallery)))
    return Parcel(
        to,
        (*photos, *texts, *leaders),
        write_gallery_card(gallery, to, TABLE, list(indexes)),
        left_out,
        tuple(advise(count_licences(gallery.photos))),
        leaders=frozenset(item.path for item in leaders),
        is_ours=_is_ours,
        inventory=TABLE,
        read_inventory=_listed,
    )


def write_table(gallery: Gallery) -> bytes:
    """The table of photos as `datasets` reads it: zsbir's columns, the file's first and renamed.

    A photo without a licence says "unknown", so that no reader takes what the card names for it.
    """
    columns = ["file", *HEADING[1:]]
    photos = [replace(photo, licence=photo.licence or UNKNOWN) for photo in gallery.photos]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADING)
    writer.writerows([getattr(photo, column) for column in columns] for photo in photos)
    return text.getvalue().encode()


def _photos(gallery: Gallery) -> list[Item]:
    if not gallery.photos:
        raise GalleryError(f"The gallery '{gallery.name}' has no photos; there is nothing to push.")
    missing = [photo.file for photo in gallery.photos if not gallery.path(photo).is_file()]
    if missing:
        raise GalleryError(
            f"{len(missing)} photos of gallery '{gallery.name}' are missing ({_some(missing)}); bring it up "
            f"to date with `python -m zsbir index FOLDER --gallery {gallery.name}`, then push."
        )
    garbled = [photo.file for photo in gallery.photos if not _is_text("".join(vars(photo).values()))]
    if garbled:
        raise GalleryError(
            f"{len(garbled)} photos of gallery '{gallery.name}' have names or notes that are no UTF-8 text "
            f"({_some(garbled)}); rename them or save their table as UTF-8, then index again."
        )
    strange = [photo.file for photo in gallery.photos if not _is_nameable(photo.file)]
    if strange:
        raise GalleryError(
            f"The Hub cannot name {len(strange)} photos of gallery '{gallery.name}' ({_some(strange)}); "
            "rename them, then index again."
        )
    return [Item(photo.file, gallery.path(photo)) for photo in gallery.photos]


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_nameable(file: str) -> bool:
    """Whether a path is in no hidden folder of git or of the Hub's client, and not the card's."""
    return not {".git", ".cache"} & set(PurePosixPath(file).parts) and file not in (CARD, TABLE)


def _indexes(gallery: Gallery) -> tuple[dict[str, Path], dict[str, str]]:
    """The folders of the complete indexes of exactly these photos, by checkpoint; why others stay here."""
    found = {path.name: path for home in gallery.index_homes[::-1] for path in sorted(home.glob("*/"))}
    troubles = {name: _trouble(gallery, folder) for name, folder in sorted(found.items())}
    left_out = {f"{INDEXES}/{name}": trouble for name, trouble in troubles.items() if trouble}
    if (gallery.home / "gallery.json").is_file():
        left_out["gallery.json"] = "it names a folder of this machine"
    return {name: found[name] for name, trouble in troubles.items() if not trouble}, left_out


def _trouble(gallery: Gallery, folder: Path) -> str:
    """What is wrong with an index; "" if it is whole and of these photos."""
    from zsbir.index.vectors import digest_file

    try:
        sidecar = Sidecar.from_bytes((folder / SIDECAR).read_bytes())
        vectors = digest_file(folder / VECTORS)
    except (OSError, ValueError):
        return "it is not complete"
    if sidecar.photos.keys() | sidecar.skipped.keys() != gallery.by_id.keys():
        return f"it is not of these photos; build it again with --checkpoint {folder.name}"
    return "" if sidecar.vectors == vectors else "its vectors are damaged"


def _is_ours(path: str) -> bool:
    """Whether a file of the repository is of an index, which a push replaces as a whole."""
    place = PurePosixPath(path)
    return place.parts[0] == INDEXES and place.name in (SIDECAR, VECTORS, *CALIBRATION)


def _listed(table: bytes) -> set[str]:
    """The photos that a table of the repository names, if `write_table` wrote it."""
    try:
        rows = csv.DictReader(io.StringIO(table.decode(), newline=""), restval="")
        return {row[FILE_COLUMN] for row in rows} if rows.fieldnames == HEADING else set()
    except (UnicodeDecodeError, csv.Error):
        return set()


def _some(names: list[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(name.encode(errors="backslashreplace").decode() for name in names[:SHOWN]) + more
