"""Who searches among whom, and what counts as found, as plain data."""

import functools
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zsbir.data.layouts import Item
from zsbir.errors import DataError

EVERYTHING = "all"


@dataclass(frozen=True)
class Trial:
    """Sketches that search, photos that are searched, and what is right for each.

    Attributes:
        queries: q sketches; each has at least one photo of its category.
        photos: n photos, distractors included.
        answers: Whether a photo's category (second) answers a query's (first).
        protocol: One of `zsbir.evaluation.protocols.PROTOCOLS`.
        left_out: Sketches of the split that no photo can answer, and that therefore do not search.
        split: Name of the queries' split.
        photo_split: Name of the photos' split.
        pairs_only: Whether a sketch also needs the photo it was drawn from (fine-grained).
        seen: Categories that training saw and that search and are searched too (generalised zero-shot).
        settings: What else makes the trial repeatable, such as a seed; as JSON.
    """

    queries: tuple[Item, ...]
    photos: tuple[Item, ...]
    answers: Callable[[str, str], bool]
    protocol: str = "zs"
    left_out: int = 0
    split: str = EVERYTHING
    photo_split: str = EVERYTHING
    pairs_only: bool = False
    seen: frozenset[str] = frozenset()
    settings: Mapping[str, Any] = field(default_factory=dict)

    def relevant(self, queries: Sequence[int] | slice = slice(None)) -> NDArray[np.bool_]:
        """Mark the photos that answer each query by category: (q, n)."""
        wanted = sorted({item.category for item in self.queries})
        offered = sorted({item.category for item in self.photos})
        table = np.array([[self.answers(query, photo) for photo in offered] for query in wanted], dtype=bool)
        rows = np.searchsorted(wanted, [item.category for item in self.queries])[queries]
        columns = np.searchsorted(offered, [item.category for item in self.photos])
        return table[rows[:, None], columns[None, :]]

    def paired(self, queries: Sequence[int] | slice = slice(None)) -> NDArray[np.bool_]:
        """Mark the photos that show each query's very instance, within its category: (q, n)."""
        instances = np.array([item.instance for item in self.photos])
        wanted = np.array([item.instance for item in self.queries])[queries]
        return (wanted[:, None] == instances[None, :]) & (wanted[:, None] != "") & self.relevant(queries)

    def in_categories(
        self, categories: Sequence[str], queries: Sequence[int] | slice = slice(None)
    ) -> NDArray[np.bool_]:
        """Mark the photos of exactly the category that each query (of all) is given: (q, n)."""
        offered = np.array([item.category for item in self.photos])
        return np.array(categories)[queries][:, None] == offered[None, :]

    def restricted(self, queries: Iterable[Item], photos: Iterable[Item]) -> "Trial":
        """Return the trial of fewer pictures; queries that nothing can answer then are left out too.

        Raises:
            DataError: No query is left.
        """
        queries, photos = tuple(queries), tuple(photos)
        kept = self._answerable(queries, photos)
        if not kept:
            what = "was drawn from one" if self.pairs_only else "has a category"
            raise DataError(
                f"None of the {len(queries)} sketches {what} of the {len(photos)} photos; "
                "choose other splits, categories or photos, or mend the pictures that cannot be read."
            )
        left_out = self.left_out + len(queries) - len(kept)
        return replace(self, queries=kept, photos=photos, left_out=left_out)

    def _answerable(self, queries: tuple[Item, ...], photos: tuple[Item, ...]) -> tuple[Item, ...]:
        """Keep the queries that have a photo: of their category, and of their instance if pairs count."""
        answers = functools.cache(self.answers)
        offered: dict[str, set[str]] = defaultdict(set)  # instance -> categories; "" stands for any instance
        for item in photos:
            offered[""].add(item.category)
            offered[item.instance].add(item.category)

        def is_answerable(item: Item) -> bool:
            if not item.category or (self.pairs_only and not item.instance):
                return False
            among = offered.get(item.instance if self.pairs_only else "", ())
            return any(answers(item.category, photo) for photo in among)

        return tuple(filter(is_answerable, queries))
