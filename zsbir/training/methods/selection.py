"""Which pictures train, and which ones tell how well it goes: item lists only, no pixels yet."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

from zsbir.data import Dataset, open_dataset
from zsbir.data.names import is_a
from zsbir.errors import DataError
from zsbir.training.methods.config import TrainConfig
from zsbir.training.methods.holding_out import (
    DEV_SPLITS,
    TRAIN_SPLITS,
    held_categories,
    is_unseen,
    spare_tenth,
    split,
)
from zsbir.training.methods.images import Source

PAIRED_SETS = ("sketchy_pairs", "sketchy_five_full", "chairs_v2")
DRAWN_SETS = ("quickdraw_strokes",)
LOT = attrgetter("lot")
PARTS = ("sketches", "photos", "dev_sketches", "dev_photos", "transfer_sketches", "transfer_photos")


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
        drawn_in_all: How many sketches would be learnt from without `limit`, a drawing counted once for each
            of its variants.
    """

    sketches: tuple[Source, ...]
    photos: tuple[Source, ...]
    dev_sketches: tuple[Source, ...]
    dev_photos: tuple[Source, ...]
    transfer_sketches: tuple[Source, ...]
    transfer_photos: tuple[Source, ...]
    drawn_in_all: int = 0

    @property
    def parts(self) -> dict[str, tuple[Source, ...]]:
        """The pictures by what they are for."""
        return {name: getattr(self, name) for name in PARTS}

    @property
    def digest(self) -> str:
        """Another one where any picture has another file, category, instance or purpose."""
        lines = [
            (name, s.dataset.name, s.item.file, *s.key) for name, part in self.parts.items() for s in part
        ]
        return "sha256:" + hashlib.sha256(json.dumps(lines).encode()).hexdigest()

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
    known = _usable(datasets, config)
    offering = [dataset.name for dataset in datasets if dataset.select("photo")]
    paired = [s for s in known if s.dataset.name in offering]  # drawings alone come without photos to find
    _check_photos(s for s in paired if s.item.split in TRAIN_SPLITS)
    held = held_categories(paired, config.held_out_categories)
    kin = {s.item.category for s in known if any(is_a(s.item.category, wider) for wider in held)}
    train, dev = split([s for s in known if s.item.category not in kin], config.mode)
    transfer = _trial([s for s in paired if s.item.category in held], [], config)
    if not transfer[0] and not _trial(dev, [], config)[0]:
        train, spared = spare_tenth(train)
        dev += spared
    everything = _trainable(train, config.mode)
    sketches, photos = _limit(*everything, config.limit) if config.limit else everything
    _check_several(sketches, everything[0], held, config)
    seen = {s.item.category for s in sketches}
    dev = [s for s in dev if s.item.category in seen]
    distractors = photos if config.mode == "fine-grained" else []
    variants = max(1, config.variants)
    return Selection(
        tuple(sketches),
        tuple(photos),
        *_trial(dev, distractors, config),
        *transfer,
        drawn_in_all=sum(variants if s.item.is_vector else 1 for s in everything[0]),
    )


def _usable(datasets: Sequence[Dataset], config: TrainConfig) -> list[Source]:
    """Return what may be looked at: no unseen category, and no split that is kept for an exam."""
    everything = [Source(dataset, item) for dataset in datasets for item in dataset.items if item.category]
    named = {s.item.category for s in everything}
    allowed = {name for name in named if not is_unseen(name, config.benchmark)}
    splits = (*TRAIN_SPLITS, *DEV_SPLITS)
    return [s for s in everything if s.item.category in allowed and s.item.split in splits]


def _of(sources: Iterable[Source], modality: str) -> list[Source]:
    return [source for source in sources if source.item.modality == modality]


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


def _trainable(sources: list[Source], mode: str) -> tuple[list[Source], list[Source]]:
    """Return the sketches that have a right and a wrong photo, and the photos of their categories."""
    photos = _of(sources, "photo")
    offered = {s.item.category for s in photos}
    sketches = [s for s in _of(sources, "sketch") if s.item.category in offered]
    if mode == "fine-grained":
        instances = {s.key for s in photos if s.item.instance}
        sizes = Counter(category for category, _ in instances)
        sketches = [s for s in sketches if s.key in instances and sizes[s.item.category] > 1]
    if not sketches:
        raise DataError(
            "No sketch of the data has its own photo and another one of its category beside it; fine-grained "
            "training learns from such pairs, as in photo/chair/7.jpg and sketch/chair/7-1.png."
            if mode == "fine-grained"
            else "The data has no sketches of a category that it also has photos of; give a dataset of both."
        )
    categories = {s.item.category for s in sketches}
    return sketches, [s for s in photos if s.item.category in categories]


def _check_several(
    sketches: list[Source], all_sketches: list[Source], held: set[str], config: TrainConfig
) -> None:
    """Category-level training needs two categories; say what left one."""
    categories = {s.item.category for s in sketches}
    if config.mode != "category" or len(categories) > 1:
        return
    cure = "give a dataset of several, or train with --mode fine-grained"
    if len({s.item.category for s in all_sketches}) > 1:
        cure = f"--limit {config.limit} leaves no other: give a larger one"
    elif held:
        cure = f"--held-out-categories keeps {', '.join(sorted(held))} for measuring: give a smaller number"
    raise DataError(
        f"All sketches are of one category ({min(categories)}), and category-level training tells categories "
        f"apart; {cure}."
    )


def _limit(sketches: list[Source], photos: list[Source], count: int) -> tuple[list[Source], list[Source]]:
    """Keep some sketches by lot, their own photos, and two more of each of their categories."""
    kept = sorted(sketches, key=LOT)[:count]
    keys, categories = {s.key for s in kept}, {s.item.category for s in kept}
    own = [s for s in photos if s.key in keys]
    others = (s for s in photos if s.key not in keys and s.item.category in categories)
    return kept, [*own, *_first(others, 2)]


def _trial(
    sources: list[Source], distractors: list[Source], config: TrainConfig
) -> tuple[tuple[Source, ...], tuple[Source, ...]]:
    """Cap queries and photos of each category by lot; distractors fill galleries up."""
    sketches, photos = _of(sources, "sketch"), _of(sources, "photo")
    gallery = _first(photos, config.dev_photos)
    fine = config.mode == "fine-grained"
    there = {s.key if fine else s.item.category for s in gallery}
    queries = _first(
        (s for s in sketches if (s.key if fine else s.item.category) in there), config.dev_sketches
    )
    searched = {s.item.category for s in queries}
    gallery = [s for s in gallery if not fine or s.item.category in searched]
    more = [s for s in distractors if s.item.category in searched]
    return queries, _first(gallery, config.dev_photos, more)


def _first(sources: Iterable[Source], count: int, more: Iterable[Source] = ()) -> tuple[Source, ...]:
    """Keep `count` of each category: of `sources` first, then of `more`, each in the order of a lottery."""
    grouped: dict[str, list[Source]] = defaultdict(list)
    for source in [*sorted(sources, key=LOT), *sorted(more, key=LOT)]:
        grouped[source.item.category].append(source)
    return tuple(source for name in sorted(grouped) for source in grouped[name][:count])
