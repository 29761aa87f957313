"""Which pictures train, and which ones tell how well it goes: item lists only, no pixels yet."""

from __future__ import annotations

import hashlib
import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from zsbir.data import Dataset, benchmark_split, is_unseen_sketch, open_dataset
from zsbir.data.names import is_a, kinds_of
from zsbir.errors import DataError
from zsbir.training.methods.config import TrainConfig
from zsbir.training.methods.images import Source

PAIRED_SETS = ("sketchy_pairs", "sketchy_five_full", "chairs_v2")
DRAWN_SETS = ("quickdraw_strokes",)
TRAIN_SPLITS = ("", "train", "seen_train")
DEV_SPLITS = ("dev", "seen_dev")
STRICT = "sketchy-21"  # whose unseen categories, kinds and look-alikes no training may see drawn


@dataclass(frozen=True)
class Selection:
    """The pictures of a run.

    Attributes:
        sketches: Learnt from; each has a photo to find, of its category or (fine-grained) of its instance.
        photos: Learnt from: all photos of the sketches' categories.
        dev_sketches: Held out: other pictures of the training categories.
        dev_photos: What they search in; fine-grained, training photos are among them as distractors.
        transfer_sketches: Of categories that training does not see.
        transfer_photos: What those search in.
    """

    sketches: tuple[Source, ...]
    photos: tuple[Source, ...]
    dev_sketches: tuple[Source, ...]
    dev_photos: tuple[Source, ...]
    transfer_sketches: tuple[Source, ...]
    transfer_photos: tuple[Source, ...]

    @property
    def categories(self) -> list[str]:
        """The training categories, sorted: labels are positions in this list."""
        return sorted({source.item.category for source in self.sketches})

    @property
    def held_out(self) -> list[str]:
        """The categories that training does not see, sorted."""
        return sorted({source.item.category for source in self.transfer_sketches})


def open_sources(paths: Iterable[Path], config: TrainConfig) -> list[Dataset]:
    """Open datasets; a folder with this project's zips stands for those of them that the mode learns from.

    Raises:
        DataError: A path holds no dataset.
    """
    names = PAIRED_SETS + (DRAWN_SETS if config.mode == "category" and config.quickdraw else ())
    found = []
    for path in paths:
        zips = [path / f"{name}.zip" for name in names if (path / f"{name}.zip").is_file()]
        found += [open_dataset(file) for file in zips or [path]]
    return found


def select(datasets: Sequence[Dataset], config: TrainConfig) -> Selection:
    """Choose what to learn from and what to hold out.

    Raises:
        DataError: A category has no photos, no sketch has its photo, or nothing is left.
    """
    everything = [Source(dataset, item) for dataset in datasets for item in dataset.items if item.category]
    allowed = {
        name for name in {s.item.category for s in everything} if not _is_unseen(name, config.benchmark)
    }
    known = [s for s in everything if s.item.category in allowed]
    offering = [dataset.name for dataset in datasets if dataset.select("photo")]
    paired = [s for s in known if s.dataset.name in offering]  # drawings alone come without photos to find
    _check_photos(s for s in paired if s.item.split in TRAIN_SPLITS)
    held = _held_categories(paired, config.held_out_categories)
    kin = {name for name in allowed if any(is_a(name, wider) for wider in held)}
    rest = [s for s in known if s.item.category not in kin]
    train, dev = _split(rest, config.mode)
    sketches, photos = _trainable(train, config.mode)
    if config.limit:
        sketches, photos = _limit(sketches, photos, config.limit)
    seen = {s.item.category for s in sketches}
    dev = [s for s in dev if s.item.category in seen]
    distractors = photos if config.mode == "fine-grained" else []
    apart = [s for s in paired if s.item.category in held]
    return Selection(
        tuple(sketches),
        tuple(photos),
        *_trial(_of(dev, "sketch"), _of(dev, "photo"), distractors, config),
        *_trial(_of(apart, "sketch"), _of(apart, "photo"), [], config),
    )


def _is_unseen(category: str, benchmark: str) -> bool:
    if benchmark in ("none", STRICT):
        return benchmark == STRICT and is_unseen_sketch(category)
    return bool({category, *kinds_of(category)} & benchmark_split(benchmark)[1])


def _split(sources: list[Source], mode: str) -> tuple[list[Source], list[Source]]:
    """Return what trains and what is held out; an instance that one set holds out trains in no other."""
    dev = [s for s in sources if s.item.split in DEV_SPLITS]
    instances = {_key(s) for s in dev if s.item.instance}
    train = _unique(s for s in sources if s.item.split in TRAIN_SPLITS and _key(s) not in instances)
    # Fine-grained, two held-out photos a category are no gallery, so the sets made for it go first.
    large = [s for s in dev if s.item.split == "dev"]
    return train, _unique(large if mode == "fine-grained" and large else dev)


def _unique(sources: Iterable[Source]) -> list[Source]:
    """Drop copies: Sketchy's files lie in two of the zips, under ImageNet's names."""
    found = {}
    for source in sources:
        name = source.item.file.rpartition("/")[2]
        found.setdefault(name if re.match(r"n\d{8}_", name) else _lot(source), source)
    return list(found.values())


def _of(sources: Iterable[Source], modality: str) -> list[Source]:
    return [source for source in sources if source.item.modality == modality]


def _key(source: Source) -> tuple[str, str]:
    return source.item.category, source.item.instance


def _lot(source: Source) -> bytes:
    return hashlib.sha256(f"{source.dataset.name}/{source.item.file}".encode()).digest()


def _check_photos(sources: Iterable[Source]) -> None:
    counts: dict[str, Counter] = defaultdict(Counter)
    for source in sources:
        counts[source.item.category][source.item.modality] += 1
    bare = sorted(category for category, count in counts.items() if count["sketch"] and not count["photo"])
    if bare:
        raise DataError(
            f"{len(bare)} categories have sketches and no photos to find ({', '.join(bare[:5])}); "
            "add their photos, or take their sketches out of the dataset."
        )


def _held_categories(sources: Sequence[Source], count: int) -> set[str]:
    """Draw categories by a hash of their names, the same for all seeds and methods.

    Those with far more sketches than others are never drawn: training would miss them most.
    """
    sizes = Counter(source.item.category for source in _of(sources, "sketch"))
    if count >= len(sizes):
        return set()
    middle = statistics.median(sizes.values()) if sizes else 0
    usual = [category for category, size in sizes.items() if size <= 2 * middle]
    return set(sorted(usual, key=lambda name: hashlib.sha256(name.encode()).digest())[:count])


def _trainable(sources: list[Source], mode: str) -> tuple[list[Source], list[Source]]:
    """Return the sketches that have a right and a wrong photo, and the photos of their categories."""
    photos = _of(sources, "photo")
    offered = {s.item.category for s in photos}
    sketches = [s for s in _of(sources, "sketch") if s.item.category in offered]
    if mode == "fine-grained":
        instances = {_key(s) for s in photos if s.item.instance}
        sizes = Counter(category for category, _ in instances)
        sketches = [s for s in sketches if _key(s) in instances and sizes[s.item.category] > 1]
    if not sketches:
        raise DataError(
            "No sketch of the data has its own photo and another one of its category beside it; fine-grained "
            "training learns from such pairs, as in photo/chair/7.jpg and sketch/chair/7-1.png."
            if mode == "fine-grained"
            else "The data has no sketches of a category that it also has photos of; give a dataset of both."
        )
    categories = {s.item.category for s in sketches}
    if mode == "category" and len(categories) < 2:
        raise DataError(
            f"All sketches are of one category ({min(categories)}), and category-level training tells "
            "categories apart; give a dataset of several, or train with --mode fine-grained."
        )
    return sketches, [s for s in photos if s.item.category in categories]


def _limit(sketches: list[Source], photos: list[Source], count: int) -> tuple[list[Source], list[Source]]:
    """Keep some sketches by lot, their own photos, and two more of each of their categories."""
    kept = sorted(sketches, key=_lot)[:count]
    keys, categories = {_key(s) for s in kept}, {s.item.category for s in kept}
    own = [s for s in photos if _key(s) in keys]
    others = (s for s in photos if _key(s) not in keys and s.item.category in categories)
    return kept, [*own, *_first(others, 2)]


def _trial(
    sketches: list[Source], photos: list[Source], distractors: list[Source], config: TrainConfig
) -> tuple[tuple[Source, ...], tuple[Source, ...]]:
    """Cap queries and photos of each category by lot; distractors fill galleries up."""
    gallery = _first(photos, config.dev_photos)
    fine = config.mode == "fine-grained"
    there = {_key(s) if fine else s.item.category for s in gallery}
    queries = _first(
        (s for s in sketches if (_key(s) if fine else s.item.category) in there), config.dev_sketches
    )
    searched = {s.item.category for s in queries}
    gallery = [s for s in gallery if not fine or s.item.category in searched]
    more = [s for s in distractors if s.item.category in searched]
    return queries, _first(gallery, config.dev_photos, more)


def _first(sources: Iterable[Source], count: int, more: Iterable[Source] = ()) -> tuple[Source, ...]:
    """Keep `count` of each category: of `sources` first, then of `more`, each in the order of a lottery."""
    grouped: dict[str, list[Source]] = defaultdict(list)
    for source in [*sorted(sources, key=_lot), *sorted(more, key=_lot)]:
        grouped[source.item.category].append(source)
    return tuple(source for name in sorted(grouped) for source in grouped[name][:count])
