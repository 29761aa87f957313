"""A source, as `python -m zsbir index` takes it, to a table of photos."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from zsbir.errors import GalleryError
from zsbir.gallery.photos import Photo, read_photos
from zsbir.gallery.sources.card import CARD, Card, read_card
from zsbir.gallery.sources.files import Files, LocalFiles, open_dataset
from zsbir.gallery.sources.parts import choose_files
from zsbir.gallery.sources.pictures import SUFFIXES, is_picture, list_photos
from zsbir.gallery.sources.rows import RowReader
from zsbir.gallery.sources.tables import is_metadata
from zsbir.hub.reference import DATASETS, SCHEME, Reference, means_repository

PARQUET = ".parquet"
CONVERTED = "refs/convert/parquet"


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What of a source is wanted.

    Attributes:
        limit: The first so many photos; None takes all.
        split: Only this one, such as "test"; None takes all.
        subset: Of datasets that hold several; None takes the default.
        columns: "image", or a field of `Photo` -> column that holds it; the others are found by their names.
    """

    limit: int | None = None
    split: str | None = None
    subset: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.limit is not None and self.limit < 1:
            raise GalleryError(f"The limit must be at least 1 photo, not {self.limit}.")


@dataclass(frozen=True)
class Reading:
    """What was found.

    Attributes:
        source: What to call it, so that the same is found again: for a dataset of the Hub, with its commit.
        root: Folder that the photos' files are relative to.
        photos: All of them, in a fixed order.
        left_out: (where, why) of each row or file that is no photo.
    """

    source: str
    root: Path
    photos: list[Photo]
    left_out: list[tuple[str, str]] = field(default_factory=list)


def read_source(source: str | Path, wishes: Wishes, home: Path) -> Reading:
    """List the photos of a source; those that are no files yet are written below the gallery's folder.

    Args:
        source: A folder, a parquet file, or hf://datasets/user/name[@REVISION].
        wishes: What of it is wanted.
        home: The gallery's folder; pictures out of parquet files go to `photos/` in it.

    Raises:
        GalleryError: There is no such source, it holds no photos, or what it holds cannot be read.
        HubError: The Hub does not give it.
    """
    if isinstance(source, str) and source.startswith(SCHEME):
        return _read(open_dataset(parse_dataset(source)), wishes, home)
    path = Path(source).expanduser().resolve()
    if path.is_file() and path.suffix.lower() == PARQUET:
        return _read(LocalFiles(path.parent, str(path), [path.name]), wishes, home)
    if not path.is_dir() and means_repository(source):
        raise GalleryError(
            f"There is no folder {path}; check the spelling, or name a dataset of the Hub as in "
            f"{SCHEME}{DATASETS}{source}"
        )
    if (own := _own_table(path)) is not None:
        return Reading(str(path), path, own[: wishes.limit])
    return _read(LocalFiles(path), wishes, home)


def scan_folder(folder: Path) -> list[Photo]:
    """List the photos of a folder without opening them.

    A `photos.csv` (our own table) or metadata.csv, .jsonl or .parquet (as Hugging Face's image folders have
    them) say what there is; elsewhere every picture counts, see `zsbir.gallery.sources.pictures`. Hidden
    files and folders are left out.

    Args:
        folder: Where the photos lie; it is only read.

    Returns:
        Photos in a fixed order, with ids that do not depend on the order.

    Raises:
        GalleryError: The folder is missing, unreadable, without photos, or its table is broken.
    """
    if (own := _own_table(folder)) is not None:
        return own
    files = LocalFiles(folder)
    pictures = {name for name in files.names if is_picture(name)}
    return _finish(files, _card(files), _read_pictures(files, pictures, _card(files), Wishes())).photos


def _own_table(folder: Path) -> list[Photo] | None:
    """The photos that a folder's `photos.csv` lists; None if it has none."""
    if not folder.is_dir():
        raise GalleryError(f"There is no folder {folder}; check the spelling.")
    table = folder / "photos.csv"
    if not table.is_file():
        return None
    photos = read_photos(table)
    if not photos:
        raise GalleryError(
            f"{table} lists no photos; fill it, or delete it to have the folder's photos found."
        )
    return photos


def parse_dataset(source: str) -> Reference:
    """Read the name of a dataset of the Hub.

    Raises:
        GalleryError: It is a model's.
        HubError: It is no name.
    """
    wanted = Reference.parse(source)
    if wanted.kind != "dataset":
        raise GalleryError(
            f"{source} names a model; a dataset is named {SCHEME}{DATASETS}{wanted.repo}, with its own name."
        )
    return wanted


def _read(files: Files, wishes: Wishes, home: Path) -> Reading:
    card = _card(files)
    pictures = [name for name in files.names if is_picture(name) or is_metadata(name)]
    rows = {name for name in files.names if name.endswith(PARQUET) and not is_metadata(name)}
    splits = choose_files([*pictures, *rows], card.subsets, wishes.subset, wishes.split)
    shards = {split: [name for name in names if name in rows] for split, names in splits.items()}
    shards = {split: names for split, names in shards.items() if names}
    # Beside the rows of a dataset lie pictures of its page, beside somebody's photos tables about them.
    is_dataset = bool(card.subsets or card.images) or files.source.startswith(SCHEME)
    if shards and (is_dataset or not any(map(is_picture, pictures))):
        reading = _read_rows(files, shards, card, wishes, home)
    else:
        chosen = {name for names in splits.values() for name in names}
        reading = _read_pictures(files, chosen, card, wishes)
    return _finish(files, card, reading)


def _finish(files: Files, card: Card, reading: Reading) -> Reading:
    """Add to the photos what the dataset says of all of them."""
    if not reading.photos:
        raise GalleryError(_nothing(files, reading.left_out))
    return replace(reading, photos=[_with_origin(photo, card, files.source) for photo in reading.photos])


def _card(files: Files) -> Card:
    if CARD not in files.names:
        return Card()
    return read_card((files.bring([CARD]) / CARD).read_text(encoding="utf-8", errors="replace"))


def _read_rows(
    files: Files, splits: Mapping[str, list[str]], card: Card, wishes: Wishes, home: Path
) -> Reading:
    reader = RowReader(files, card, wishes.columns, wishes.limit, home)
    reader.read(splits)
    return Reading(files.source, home, reader.photos, reader.left_out)


def _read_pictures(files: Files, chosen: set[str], card: Card, wishes: Wishes) -> Reading:
    there = set(files.names)
    tables = [name for name in files.names if is_metadata(name)]
    names = sorted(chosen.union(tables))
    whole = wishes.split is None
    listed, left_out = list_photos(names, files.bring, card.labels, wishes.columns)
    photos = [photo for photo in listed if photo.file in chosen or (whole and photo.file not in there)]
    photos = photos[: wishes.limit]
    if not files.source.startswith(SCHEME):  # what a table of the user's lists in vain, indexing tells
        return Reading(files.source, files.bring([]), photos, left_out)
    found = [photo for photo in photos if photo.file in there]
    left_out += [(photo.file, "It is listed, but not there.") for photo in photos if photo.file not in there]
    along = [name for name in files.names if name.startswith(("index/", "LICENSE"))]
    root = files.bring([*along, *(photo.file for photo in found)]) if found else Path()
    return Reading(files.source, root, found, left_out)


def _with_origin(photo: Photo, card: Card, source: str) -> Photo:
    """Add what holds for all photos of a dataset where a photo does not say it for itself."""
    page = ""
    if source.startswith(SCHEME):
        page = f"https://huggingface.co/{source.removeprefix(SCHEME).partition('@')[0]}"
    return replace(photo, licence=photo.licence or card.licence, source=photo.source or page)


def _nothing(files: Files, left_out: list[tuple[str, str]]) -> str:
    if left_out:
        where, why = left_out[0]
        return f"None of the {len(left_out)} photos that {files.source} lists can be used; {where}: {why}"
    ends = Counter(posixpath.splitext(name)[1] or "other" for name in files.names)
    held = ", ".join(f"{count} {end}" for end, count in ends.most_common(5)) or "nothing"
    sentence = (
        f"There are no photos in {files.source}, which holds {held}; "
        f"needed are parquet files or {' '.join(sorted(SUFFIXES))}."
    )
    repository, _, revision = files.source.partition("@")
    if repository.startswith(SCHEME) and revision != CONVERTED:
        sentence += f" The Hub may have converted it, to {repository}@{CONVERTED}"
    return sentence
