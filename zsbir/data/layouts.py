"""What the files of a dataset are: photo or sketch, which category, which instance, which split."""

import csv
import io
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from zsbir.data.folders import FolderReader, Place
from zsbir.data.names import IMAGENET, canonical_name
from zsbir.data.splits import held_out_drawing, held_out_file, held_out_instance
from zsbir.data.storage import Storage
from zsbir.errors import DataError

PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff")
MANIFEST_COLUMNS = ("file", "category", "modality")


@dataclass(frozen=True, slots=True)
class Item:
    """One picture or drawing of a dataset.

    Attributes:
        file: Path inside the dataset; a drawing of an ndjson file ends in "#" and its line, from 0.
        category: The name that all sets share, see `zsbir.data.names`; empty where the set has none.
        raw_category: The name as the set spells it.
        modality: "photo" or "sketch".
        instance: The same for a sketch and the photo it was drawn from; empty where unknown.
        split: The set's own split, or "train" and "dev" as `zsbir.data.splits` holds out; may be empty.
    """

    file: str
    category: str
    raw_category: str
    modality: str
    instance: str = ""
    split: str = ""

    @property
    def is_vector(self) -> bool:
        """Whether the item is strokes rather than a picture."""
        return ".ndjson#" in self.file


def find_items(dataset: str, storage: Storage, names: list[str], modality: str | None) -> tuple[Item, ...]:
    """List the items of a storage by the first layout that fits: manifest, ndjson, class folders."""
    manifest = _shallowest(names, "manifest.csv")
    if manifest is not None:
        return tuple(_from_manifest(dataset, storage, manifest))
    drawings = [name for name in names if name.lower().endswith(".ndjson")]
    if drawings:
        return tuple(item for name in drawings for item in _from_ndjson(storage, name))
    return tuple(_from_folders(dataset, [n for n in names if n.lower().endswith(PICTURES)], modality))


def read_captions(storage: Storage, names: list[str], items: Iterable[Item]) -> Mapping[str, tuple[str, ...]]:
    """Read `captions.csv` (image, caption) and key the sentences by the items' files."""
    table = _shallowest(names, "captions.csv")
    if table is None:
        return {}
    by_image: dict[str, list[str]] = defaultdict(list)
    for row in _rows(storage, table, ("image", "caption")):
        by_image[row["image"]].append(row["caption"].strip())
    ends = ((item.file, item.file.rpartition("/")[2]) for item in items)
    return {file: tuple(by_image[end]) for file, end in ends if end in by_image}


def _from_manifest(dataset: str, storage: Storage, manifest: str) -> Iterable[Item]:
    root = manifest.removesuffix("manifest.csv")
    for line, row in enumerate(_rows(storage, manifest, MANIFEST_COLUMNS), start=2):
        if row["modality"] not in ("photo", "sketch"):
            raise DataError(
                f"Line {line} of {manifest} has the modality {row['modality']!r}; it must be photo or sketch."
            )
        # ImageNet's names have senses of their own: its "mouse" is no animal, its "kite" is a bird.
        vocabulary = IMAGENET if (row.get("licence") or "").startswith("ImageNet terms") else ""
        split, instance = row.get("split") or "", row.get("instance") or ""
        if split == "train" and held_out_file(dataset, row["file"]):
            split = "dev"
        if split in ("train", "seen_train") and held_out_instance(dataset, instance):
            split = "dev"
        category = canonical_name(row["category"], vocabulary, row["file"])
        yield Item(root + row["file"], category, row["category"], row["modality"], instance, split)


def _from_ndjson(storage: Storage, name: str) -> Iterable[Item]:
    lines = storage.read(name).splitlines()
    for index, line in enumerate(lines):
        if not line.strip():
            continue
        try:
            word = json.loads(line).get("word")
        except (ValueError, AttributeError) as error:
            raise DataError(f"Line {index + 1} of {name} is no Quick, Draw! record; remove it.") from error
        raw = word if isinstance(word, str) and word else name.rpartition("/")[2][: -len(".ndjson")]
        split = "dev" if held_out_drawing(index, len(lines)) else "train"
        yield Item(f"{name}#{index}", canonical_name(raw), raw, "sketch", split=split)


def _from_folders(dataset: str, names: list[str], modality: str | None) -> Iterable[Item]:
    """Class folders; a sketch `x-3.png` shows the same instance as a photo `x.jpg` of its category."""
    reader = FolderReader(names, dataset)
    placed = [(name, place) for name in names if "/" in name and (place := reader.place(name))]
    items = [_folder_item(name, place, modality) for name, place in placed]
    photos = {(item.raw_category, item.instance) for item in items if item.modality == "photo"}
    for item in items:
        if item.modality == "photo":
            yield item
            continue
        stem = re.sub(r"[-_]\d+$", "", item.instance)
        known = (s for s in (item.instance, stem) if (item.raw_category, s) in photos)
        yield replace(item, instance=next(known, ""))


def _folder_item(name: str, place: Place, modality: str | None) -> Item:
    stem = name.rpartition("/")[2].rpartition(".")[0]
    kind = place.modality or modality or "photo"
    return Item(name, canonical_name(place.category), place.category, kind, stem, place.split)


def _shallowest(names: list[str], end: str) -> str | None:
    found = [name for name in names if name == end or name.endswith("/" + end)]
    return min(found, key=lambda name: (name.count("/"), name), default=None)


def _rows(storage: Storage, table: str, columns: tuple[str, ...]) -> Iterable[dict[str, str]]:
    try:
        text = storage.read(table).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{table} is not UTF-8 text; save it as UTF-8.") from error
    reader = csv.DictReader(io.StringIO(text, newline=""))
    missing = [column for column in columns if column not in (reader.fieldnames or ())]
    if missing:
        raise DataError(f"{table} lacks the columns {missing}; it has {reader.fieldnames}.")
    for row in reader:
        if any(row[column] is None for column in columns):
            raise DataError(f"Line {reader.line_num} of {table} has too few fields; complete it.")
        yield row
