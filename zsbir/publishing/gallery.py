"""A gallery as a dataset repository of the Hub: an image folder, with its indexes."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import PurePosixPath

from zsbir.errors import GalleryError
from zsbir.gallery import Gallery
from zsbir.gallery.photos import COLUMNS
from zsbir.hub.parcel import CARD, Item, Parcel
from zsbir.hub.reference import Reference
from zsbir.publishing.dataset_card import write_gallery_card
from zsbir.publishing.indexes import is_of_an_index, unreadable_photos, whole_indexes
from zsbir.publishing.licences import UNKNOWN, advise, count_licences

TABLE = "metadata.csv"  # as `datasets` calls the table of an image folder
FILE_COLUMN = "file_name"
HEADING = [FILE_COLUMN, *(column for column in COLUMNS if column != "file")]
LICENCES = "LICENSES"
SHOWN = 3


def pack_gallery(gallery: Gallery, to: Reference) -> Parcel:
    """Collect the files of a gallery, and write its table and its card; nothing is sent.

    Photos that its indexes have left out, since they cannot be read, stay here and are told.

    Raises:
        GalleryError: It has no photos, or some of them are missing or cannot be named on the Hub.
    """
    indexes, left_out = whole_indexes(gallery)
    if (gallery.home / "gallery.json").is_file():
        left_out["gallery.json"] = "it names a folder of this machine"
    unreadable = unreadable_photos(indexes)
    left_out |= {gallery.by_id[id].file: f"the index left it out. {why}" for id, why in unreadable.items()}
    gallery = replace(gallery, photos=tuple(each for each in gallery.photos if each.id not in unreadable))
    photos = _photos(gallery)
    texts = [
        Item(f"{LICENCES}/{path.name}", path) for path in sorted((gallery.home / LICENCES).glob("*.txt"))
    ]
    leaders = [item for index in indexes for item in index.items(unreadable)]
    leaders.append(Item(TABLE, write_table(gallery)))
    return Parcel(
        to,
        (*photos, *texts, *leaders),
        write_gallery_card(gallery, to, TABLE, [index.folder.name for index in indexes]),
        left_out,
        tuple(advise(count_licences(gallery.photos))),
        leaders=frozenset(item.path for item in leaders),
        is_ours=is_of_an_index,
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
