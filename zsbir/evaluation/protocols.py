"""Who searches among whom, and what counts as found: the papers' protocols as plain data."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from zsbir.data.dataset import Dataset
from zsbir.data.layouts import Item
from zsbir.data.names import is_a
from zsbir.data.splits import is_unseen_sketch
from zsbir.errors import DataError

EVERYTHING = "all"
_PLURALS = {
    "sketch": ("sketches", "choose another split, or give a dataset of sketches"),
    "photo": ("photos", "choose another split, or name a dataset of photos with --photos"),
}


@dataclass(frozen=True)
class Trial:
    """Sketches that search, photos that are searched, and what is right for each.

    Attributes:
        queries: q sketches; each has at least one photo of its category.
        photos: n photos, distractors included.
        answers: Whether a photo's category (second) answers a query's (first).
        left_out: Sketches of the split that no photo can answer, and that therefore do not search.
        split: Name of the queries' split.
        photo_split: Name of the photos' split.
    """

    queries: tuple[Item, ...]
    photos: tuple[Item, ...]
    answers: Callable[[str, str], bool]
    left_out: int = 0
    split: str = EVERYTHING
    photo_split: str = EVERYTHING

    def relevant(self, queries: Sequence[int] | slice = slice(None)) -> NDArray[np.bool_]:
        """Mark the photos that answer each query by category: (q, n)."""
        wanted = sorted({item.category for item in self.queries})
        offered = sorted({item.category for item in self.photos})
        table = np.array([[self.answers(query, photo) for photo in offered] for query in wanted], dtype=bool)
        rows = np.searchsorted(wanted, [item.category for item in self.queries])[queries]
        columns = np.searchsorted(offered, [item.category for item in self.photos])
        return table[rows[:, None], columns[None, :]]

    def restricted(self, queries: tuple[Item, ...], photos: tuple[Item, ...]) -> "Trial":
        """Return the trial of fewer pictures; queries that nothing can answer then are left out too.

        Raises:
            DataError: No query is left.
        """
        offered = {item.category for item in photos}
        wanted = {item.category for item in queries if item.category}
        answerable = {c for c in wanted if any(self.answers(c, photo) for photo in offered)}
        kept = tuple(item for item in queries if item.category in answerable)
        if not kept:
            raise DataError(
                f"None of the {len(queries)} sketches has a category of the {len(photos)} photos; "
                "choose other splits, categories or photos, or mend the pictures that cannot be read."
            )
        left_out = self.left_out + len(queries) - len(kept)
        return replace(self, queries=kept, photos=photos, left_out=left_out)

    def paired(self, queries: Sequence[int] | slice = slice(None)) -> NDArray[np.bool_]:
        """Mark the photos that show each query's very instance, within its category: (q, n)."""
        instances = np.array([item.instance for item in self.photos])
        wanted = np.array([item.instance for item in self.queries])[queries]
        return (wanted[:, None] == instances[None, :]) & (wanted[:, None] != "") & self.relevant(queries)


def zero_shot(
    sketches: Dataset,
    photos: Dataset | None = None,
    *,
    split: str | None = None,
    photo_split: str | None = None,
    categories: str = EVERYTHING,
) -> Trial:
    """Queries are the sketches of a split, the gallery is the photos of a split (category zero-shot).

    Within one dataset a photo answers a query of exactly its category, as in the papers. Between two
    datasets the names differ in breadth, so a photo also answers a wider query: a drawn dog finds a
    dalmatian. All photos stay in the gallery; sketches that nothing in it can answer are left out.

    Args:
        sketches: Where the queries come from.
        photos: Where the gallery comes from; None means the same dataset.
        split: One split's name, several with commas, or "all"; None takes `unseen_dev`, else `dev`,
            else everything.
        photo_split: The same for the photos; None takes `split` within one dataset, else everything.
        categories: "seen" or "unseen" keeps only such queries (Sketchy's 104/21 split); "all" keeps all.

    Raises:
        DataError: No such split, or no sketches, no photos, or nothing in common.
    """
    split = split or next((name for name in ("unseen_dev", "dev") if name in sketches.splits), EVERYTHING)
    photo_split = photo_split or (split if photos is None else EVERYTHING)
    gallery = _pick(photos or sketches, "photo", photo_split)
    candidates = tuple(item for item in _pick(sketches, "sketch", split) if _admits(categories, item))
    answers = _same if photos is None else _answers_wider
    trial = Trial(candidates, gallery, answers, split=split, photo_split=photo_split)
    return trial.restricted(candidates, gallery)


def _pick(dataset: Dataset, modality: str, split: str) -> tuple[Item, ...]:
    wanted = {part.strip() for part in split.split(",")}
    unknown = sorted(wanted - {EVERYTHING, *dataset.splits})
    if unknown:
        known = ", ".join([*dataset.splits, EVERYTHING])
        raise DataError(f"{dataset.name} has no split {', '.join(unknown)}; it has: {known}.")
    items = _of(dataset.select(modality), wanted)
    if not items:
        plural, cure = _PLURALS[modality]
        raise DataError(f"The split {split} of {dataset.name} has no {plural}; {cure}.")
    return items


def _of(items: Iterable[Item], splits: set[str]) -> tuple[Item, ...]:
    return tuple(item for item in items if EVERYTHING in splits or item.split in splits)


def _admits(categories: str, item: Item) -> bool:
    if categories == EVERYTHING:
        return True
    return is_unseen_sketch(item.category) == (categories == "unseen")


def _same(query: str, photo: str) -> bool:
    return query == photo


def _answers_wider(query: str, photo: str) -> bool:
    return is_a(photo, query)
