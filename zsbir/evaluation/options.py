"""What a protocol leaves open, and the pictures of a dataset that it means."""

from collections.abc import Callable
from dataclasses import dataclass

from zsbir.data.dataset import Dataset
from zsbir.data.layouts import Item
from zsbir.data.names import kinds_of
from zsbir.data.splits import benchmark_split
from zsbir.errors import DataError
from zsbir.evaluation.trial import EVERYTHING

_PLURALS = {
    "sketch": ("sketches", "choose another split, or give a dataset of sketches"),
    "photo": ("photos", "choose another split, or name a dataset of photos with --photos"),
}


@dataclass(frozen=True, kw_only=True)
class Options:
    """What a protocol leaves open.

    Attributes:
        split: Of the queries: one name, several with commas, or "all"; None takes `unseen_dev`, else `dev`,
            else everything.
        photo_split: The same for the photos; None takes `split` within one dataset, else everything.
        categories: "seen" or "unseen" keeps only such queries (Sketchy's 104/21 split); "all" keeps all.
        benchmark: Keep only the unseen categories of this benchmark, of sketches and photos alike; see
            `zsbir.data.splits.benchmark_split`. None keeps all; cross-dataset takes a default.
        gzs_rule: See `zsbir.evaluation.generalised.add_seen`.
        seed: Draws the seen categories of generalised zero-shot.
    """

    split: str | None = None
    photo_split: str | None = None
    categories: str = EVERYTHING
    benchmark: str | None = None
    gzs_rule: str = "ocean"
    seed: int = 0


def choose_splits(sketches: Dataset, photos: Dataset | None, options: Options) -> tuple[str, str]:
    """Return the names of the queries' and the photos' splits, as `Options` says."""
    known = (name for name in ("unseen_dev", "dev") if name in sketches.splits)
    split = options.split or next(known, EVERYTHING)
    return split, options.photo_split or (split if photos is None else EVERYTHING)


def pick(dataset: Dataset, modality: str, split: str) -> tuple[Item, ...]:
    """Return the items of one modality and one or several splits.

    Raises:
        DataError: There is no such split, or nothing in it.
    """
    wanted = {part.strip() for part in split.split(",")}
    unknown = sorted(wanted - {EVERYTHING, *dataset.splits})
    if unknown:
        known = ", ".join([*dataset.splits, EVERYTHING])
        raise DataError(f"{dataset.name} has no split {', '.join(unknown)}; it has: {known}.")
    items = tuple(i for i in dataset.select(modality) if EVERYTHING in wanted or i.split in wanted)
    if not items:
        plural, cure = _PLURALS[modality]
        raise DataError(f"The split {split} of {dataset.name} has no {plural}; {cure}.")
    return items


def unseen_of(benchmark: str) -> Callable[[str], bool]:
    """Return a test for the categories that a benchmark keeps unseen, their kinds included."""
    unseen = benchmark_split(benchmark)[1]
    return lambda category: bool({category, *kinds_of(category)} & unseen)
