"""Drawings of which it is known whether a gallery has what they show, and the names of what it may lack."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from zsbir.data import Dataset, Item, canonical_name, is_unseen_sketch, open_dataset
from zsbir.data.lots import lot_share
from zsbir.data.names import is_a
from zsbir.errors import DataError
from zsbir.training.backbone.corpus import PHOTO_SETS, SKETCH_SETS

if TYPE_CHECKING:
    from zsbir.gallery import Gallery

HELD_OUT = {"quickdraw_strokes": ("dev",), "sketchy_pairs": ("seen_dev", "unseen_dev")}
"""Sets of drawings -> the splits that neither a backbone nor a method was trained on."""


@dataclass(frozen=True)
class Questions:
    """Drawings of one set.

    Attributes:
        dataset: Where they come from.
        items: Which.
        here: For each, whether the gallery has what it shows.
    """

    dataset: Dataset
    items: tuple[Item, ...]
    here: tuple[bool, ...]

    def those(self, *, learning: bool) -> Questions:
        """Those of the categories that are learnt from, or of the others."""
        kept = [learns_from(item.category) == learning for item in self.items]
        items = tuple(item for item, keep in zip(self.items, kept, strict=True) if keep)
        return Questions(
            self.dataset, items, tuple(here for here, keep in zip(self.here, kept, strict=True) if keep)
        )


def ask(data: Path, name: str, gallery: Gallery) -> Questions:
    """Collect the held-out drawings of a set, except those of what the gallery has only in part.

    A gallery with police cars has some of what a drawn car may show, and that counts as having it. One with
    cars may or may not have the police car that is drawn, and such drawings are left out.

    Args:
        data: Folder of the sets.
        name: One of `HELD_OUT`.
        gallery: With categories.

    Raises:
        DataError: The set is not there, or the gallery's photos have no categories.
    """
    dataset, offered = open_dataset(data / f"{name}.zip"), categories_of(gallery)
    drawn = [item for split in HELD_OUT[name] for item in dataset.select("sketch", split)]
    answers = {category: _has(offered, category) for category in {item.category for item in drawn}}
    items = tuple(item for item in drawn if answers[item.category] is not None)
    return Questions(dataset, items, tuple(answers[item.category] is True for item in items))


def learns_from(category: str) -> bool:
    """Whether drawings of a category are learnt from: of half of them, and of no benchmark's unseen ones."""
    return not is_unseen_sketch(category) and lot_share(f"fits/{category}") < 0.5


def categories_of(gallery: Gallery) -> list[str]:
    """The shared names of a gallery's categories, sorted.

    Raises:
        DataError: Its photos have no categories.
    """
    names = sorted({canonical_name(photo.category) for photo in gallery.photos if photo.category})
    if not names:
        raise DataError(f"The photos of gallery '{gallery.name}' have no categories; choose another gallery.")
    return names


def names_lacking(data: Path, offered: Iterable[str]) -> list[str]:
    """List the names in the training sets of a folder that nothing offered has to do with, sorted."""
    sets = [data / f"{name}.zip" for name in (*PHOTO_SETS, *SKETCH_SETS)]
    names = {item.category for path in sets if path.exists() for item in open_dataset(path).items}
    return sorted(name for name in names - {""} if _has(offered, name) is False)


def _has(offered: Iterable[str], category: str) -> bool | None:
    """Whether what is offered has a category; None if it has only what the category is a kind of."""
    if any(is_a(name, category) for name in offered):
        return True
    return None if any(is_a(category, name) for name in offered) else False
