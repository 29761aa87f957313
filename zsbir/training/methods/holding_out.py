"""What a run keeps out of training: unseen categories, held-out categories, and a part of the others."""

from __future__ import annotations

import logging
import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from zsbir.data import benchmark_split, is_unseen_sketch
from zsbir.data.lots import lot
from zsbir.data.names import kinds_of
from zsbir.training.methods.images import Source

log = logging.getLogger(__name__)
TRAIN_SPLITS = ("", "train", "seen_train")
DEV_SPLITS = ("dev", "seen_dev")
STRICT = "sketchy-21"  # whose unseen categories, kinds and look-alikes no training may see drawn
FIFTH, TENTH = 5, 10
LEAST = 3  # instances of a category that can spare one: fine-grained training needs a right and a wrong one


def is_unseen(category: str, benchmark: str) -> bool:
    """Whether a benchmark keeps a category for its exam."""
    if benchmark in ("none", STRICT):
        return benchmark == STRICT and is_unseen_sketch(category)
    return bool({category, *kinds_of(category)} & benchmark_split(benchmark)[1])


def held_categories(sources: Sequence[Source], asked: int) -> set[str]:
    """Draw categories by a hash of their names, the same for all seeds and methods; at most a fifth.

    Those with far more sketches than others are never drawn: training would miss them most.
    """
    sizes = Counter(source.item.category for source in sources if source.item.modality == "sketch")
    middle = statistics.median(sizes.values()) if sizes else 0
    usual = [category for category, size in sizes.items() if size <= 2 * middle]
    drawn = sorted(usual, key=lot)[: min(asked, len(sizes) // FIFTH)]
    if len(drawn) < asked:
        log.warning(
            "%d of %d categories are held out, not %d: at most a fifth.", len(drawn), len(sizes), asked
        )
    return set(drawn)


def split(sources: list[Source], mode: str) -> tuple[list[Source], list[Source]]:
    """Return what trains and what is held out; an instance that one set holds out trains in no other."""
    dev = [s for s in sources if s.item.split in DEV_SPLITS]
    instances = {s.key for s in dev if s.item.instance}
    train = _unique(s for s in sources if s.item.split in TRAIN_SPLITS and s.key not in instances)
    # Fine-grained, two held-out photos a category are no gallery, so the sets made for it go first.
    large = [s for s in dev if s.item.split == "dev"]
    return train, _unique(large if mode == "fine-grained" and large else dev)


def spare_tenth(train: list[Source]) -> tuple[list[Source], list[Source]]:
    """Take a tenth of every category's sketches and photos out, with all that shows the same instances.

    For sets without a split of their own and too few categories to hold one out. A picture of no known
    instance is one for itself.
    """
    grouped: dict[str, list[Source]] = defaultdict(list)
    for source in train:
        grouped[source.item.category].append(source)
    held = {unit for sources in grouped.values() for unit in _tenth(sources)}
    return [s for s in train if _unit(s) not in held], [s for s in train if _unit(s) in held]


def _tenth(sources: list[Source]) -> set[tuple[str, str]]:
    """Draw units of one category by a hash: a tenth of those drawn and a tenth of those photographed."""
    units = [{_unit(s) for s in sources if s.item.modality == kind} for kind in ("sketch", "photo")]
    if min(map(len, units)) < LEAST:
        return set()
    lots = [sorted(part, key=lambda unit: lot("#".join(unit))) for part in units]
    return {unit for part in lots for unit in part[: max(1, len(part) // TENTH)]}


def _unit(source: Source) -> tuple[str, str]:
    return source.item.category, source.item.instance or source.item.file


def _unique(sources: Iterable[Source]) -> list[Source]:
    """Drop copies: Sketchy's files lie in two of the zips, under ImageNet's names."""
    found = {}
    for source in sources:
        name = source.item.file.rpartition("/")[2]
        found.setdefault(name if re.match(r"n\d{8}_", name) else source.lot, source)
    return list(found.values())
