"""The papers' protocols: which sketches of a dataset search among which of its photos."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace

from zsbir.data.dataset import Dataset
from zsbir.data.layouts import Item
from zsbir.data.lots import lot
from zsbir.data.names import is_a
from zsbir.data.splits import is_unseen_sketch
from zsbir.evaluation.generalised import add_seen
from zsbir.evaluation.options import Options, choose_splits, pick, unseen_of
from zsbir.evaluation.trial import EVERYTHING, Trial

GALLERY = 100  # photos of a category that a fine-grained query at least searches in, where there are as many
DEFAULT_BENCHMARK = "sketchy-21"


def zero_shot(sketches: Dataset, photos: Dataset | None, options: Options) -> Trial:
    """Queries are the sketches of a split, the gallery is the photos of a split (category zero-shot).

    Within one dataset a photo answers a query of exactly its category, as in the papers. Between two
    datasets the names differ in breadth, so a photo also answers a wider query: a drawn dog finds a
    dalmatian. All photos stay in the gallery; sketches that nothing in it can answer are left out.

    Args:
        sketches: Where the queries come from.
        photos: Where the gallery comes from; None means the same dataset.
        options: Which of them.

    Raises:
        DataError: No such split or benchmark, or no sketches, no photos, or nothing in common.
    """
    split, photo_split = choose_splits(sketches, photos, options)
    admitted = unseen_of(options.benchmark) if options.benchmark else lambda category: True
    gallery = [i for i in pick(photos or sketches, "photo", photo_split) if admitted(i.category)]
    candidates = tuple(
        item
        for item in pick(sketches, "sketch", split)
        if _admits(options.categories, item) and admitted(item.category)
    )
    answers = _same if photos is None else _answers_wider
    settings = {"benchmark": options.benchmark} if options.benchmark else {}
    trial = Trial(candidates, (), answers, split=split, photo_split=photo_split, settings=settings)
    return trial.restricted(candidates, gallery)


def cross_dataset(sketches: Dataset, photos: Dataset | None, options: Options) -> Trial:
    """Zero-shot on another dataset than the one trained on: its sketches and photos of unseen categories.

    Which dataset the checkpoint was trained on is not looked up; the unseen categories of a benchmark make
    sure that none of theirs was, as long as the checkpoint was trained for that benchmark.
    """
    options = replace(options, benchmark=options.benchmark or DEFAULT_BENCHMARK)
    return replace(zero_shot(sketches, photos, options), protocol="cross")


def generalised(sketches: Dataset, photos: Dataset | None, options: Options) -> Trial:
    """Zero-shot among distractors that training saw (generalised zero-shot), see `add_seen`.

    Unseen are the categories of the queries' split, or of the benchmark where one is named or the photos are
    of another dataset.

    Args:
        sketches: Where the queries come from.
        photos: Where the gallery comes from; None means the same dataset.
        options: Which of them, and which rule.

    Raises:
        DataError: No seen categories, or as in `zero_shot`.
    """
    if photos is not None and not options.benchmark:
        options = replace(options, benchmark=DEFAULT_BENCHMARK)  # no split tells here what is unseen
    return add_seen(zero_shot(sketches, photos, options), sketches, photos, options)


def fine_grained(sketches: Dataset, photos: Dataset | None, options: Options) -> Trial:
    """Queries are the sketches that have their very photo in the gallery; it is what they shall find.

    Held-out instances are few in a category, and finding one of few is no task. So unless a split of photos
    is named, the gallery of each category is filled up to `GALLERY` photos with others of the dataset; which
    ones, a hash of their names decides.
    """
    split, photo_split = choose_splits(sketches, photos, options)
    trial = replace(zero_shot(sketches, photos, options), protocol="fine-grained", pairs_only=True)
    if photos is not None or options.photo_split or photo_split == EVERYTHING:
        return trial.restricted(trial.queries, trial.photos)
    filled = _filled(trial.photos, sketches.select("photo"))
    note = f"{photo_split}, filled up to {GALLERY} a category" if len(filled) > len(trial.photos) else split
    return replace(trial, photo_split=note).restricted(trial.queries, filled)


PROTOCOLS: dict[str, Callable[[Dataset, Dataset | None, Options], Trial]] = {
    "zs": zero_shot,
    "gzs": generalised,
    "cross": cross_dataset,
    "fine-grained": fine_grained,
}


def _filled(photos: Iterable[Item], reserve: Iterable[Item]) -> tuple[Item, ...]:
    """Fill up the categories of some photos to `GALLERY` photos each, by the lot of their names."""
    galleries: dict[str, dict[str, Item]] = defaultdict(dict)
    for item in photos:
        galleries[item.category][item.file] = item
    for item in sorted(reserve, key=lambda item: lot(item.file)):
        gallery = galleries.get(item.category, {})
        if item.file in gallery or not gallery or len(gallery) >= GALLERY:
            continue
        gallery[item.file] = item
    return tuple(item for gallery in galleries.values() for item in gallery.values())


def _admits(categories: str, item: Item) -> bool:
    if categories == EVERYTHING:
        return True
    return is_unseen_sketch(item.category) == (categories == "unseen")


def _same(query: str, photo: str) -> bool:
    return query == photo


def _answers_wider(query: str, photo: str) -> bool:
    return is_a(photo, query)
