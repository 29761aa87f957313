"""The papers' protocols: which sketches of a dataset search among which of its photos."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from zsbir.data.dataset import Dataset
from zsbir.data.layouts import Item
from zsbir.data.names import is_a, kinds_of
from zsbir.data.splits import benchmark_split, is_unseen_sketch
from zsbir.errors import DataError
from zsbir.evaluation.trial import EVERYTHING, Trial

GZS_SHARE = 0.2  # of the unseen (ocean) or of the seen categories (drclip): how many seen ones join
GALLERY = 100  # photos of a category that a fine-grained query at least searches in, where there are as many
DEFAULT_BENCHMARK = "sketchy-21"
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
            `zsbir.data.splits.benchmark_split`. None keeps all; cross-dataset takes `DEFAULT_BENCHMARK`.
        gzs_rule: See `generalised`.
        seed: Draws the seen categories of generalised zero-shot.
    """

    split: str | None = None
    photo_split: str | None = None
    categories: str = EVERYTHING
    benchmark: str | None = None
    gzs_rule: str = "ocean"
    seed: int = 0


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
    split, photo_split = _splits(sketches, photos, options)
    admitted = _unseen_of(options.benchmark) if options.benchmark else lambda category: True
    gallery = [i for i in _pick(photos or sketches, "photo", photo_split) if admitted(i.category)]
    candidates = tuple(
        item
        for item in _pick(sketches, "sketch", split)
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
    """Zero-shot among distractors that training saw (generalised zero-shot), by one of three rules.

    Unseen are the categories of the queries' split, or of the benchmark where one is named or the photos are
    of another dataset.

    * "ocean" (OCEAN, ICME 2020): round(0.2 * unseen) whole seen categories join queries and gallery.
    * "drclip" (Dr. CLIP, MM 2024): round(0.2 * seen) of them join both.
    * "all-seen": all seen photos join the gallery; only unseen categories search.

    A seen category joins the gallery with all photos of its dataset, and the queries with the sketches of the
    split that answers to the unseen one (`seen_dev` for `unseen_dev`), which training did not see; where
    there is no such split, with all its sketches.

    Args:
        sketches: Where the queries come from.
        photos: Where the gallery comes from; None means the same dataset.
        options: The rule, and the seed that draws the categories; a draw depends on nothing else.

    Raises:
        DataError: No seen categories, or as in `zero_shot`.
    """
    if photos is not None and not options.benchmark:
        options = replace(options, benchmark=DEFAULT_BENCHMARK)  # no split tells here what is unseen
    base = zero_shot(sketches, photos, options)
    unseen = {item.category for item in (*base.queries, *base.photos)}
    own_split = {part.replace("unseen", "seen") for part in base.split.split(",")} - {EVERYTHING}
    split = ",".join(sorted(own_split & set(sketches.splits))) or EVERYTHING
    others = [i for i in (photos or sketches).select("photo") if _is_seen(i.category, unseen, options)]
    askers = [i for i in _pick(sketches, "sketch", split) if _is_seen(i.category, unseen, options)]
    if not others:
        raise DataError(
            f"{(photos or sketches).name} has no photos of seen categories, which generalised zero-shot adds "
            "to the unseen ones; give a dataset that has both, or use --protocol zs."
        )
    seen = {item.category for item in others}
    if options.gzs_rule == "all-seen":
        askers = []
    else:
        seen &= {item.category for item in askers}
        whole = unseen if options.gzs_rule == "ocean" else seen
        seen = _draw(seen, round(GZS_SHARE * len(whole)), options.seed)
    trial = replace(
        base,
        protocol="gzs",
        seen=frozenset(seen),
        settings={**base.settings, "gzs_rule": options.gzs_rule, "seed": options.seed, "seen_split": split},
    )
    queries = (*base.queries, *(item for item in askers if item.category in seen))
    return trial.restricted(queries, (*base.photos, *(item for item in others if item.category in seen)))


def fine_grained(sketches: Dataset, photos: Dataset | None, options: Options) -> Trial:
    """Queries are the sketches that have their very photo in the gallery; it is what they shall find.

    Held-out instances are few in a category, and finding one of few is no task. So unless a split of photos
    is named, the gallery of each category is filled up to `GALLERY` photos with others of the dataset; which
    ones, a hash of their names decides.
    """
    split, photo_split = _splits(sketches, photos, options)
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


def _splits(sketches: Dataset, photos: Dataset | None, options: Options) -> tuple[str, str]:
    known = (name for name in ("unseen_dev", "dev") if name in sketches.splits)
    split = options.split or next(known, EVERYTHING)
    return split, options.photo_split or (split if photos is None else EVERYTHING)


def _pick(dataset: Dataset, modality: str, split: str) -> tuple[Item, ...]:
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


def _filled(photos: Iterable[Item], reserve: Iterable[Item]) -> tuple[Item, ...]:
    """Fill up the categories of some photos to `GALLERY` photos each, by the lot of their names."""
    galleries: dict[str, dict[str, Item]] = defaultdict(dict)
    for item in photos:
        galleries[item.category][item.file] = item
    for item in sorted(reserve, key=lambda item: _lot(item.file)):
        gallery = galleries.get(item.category, {})
        if item.file in gallery or not gallery or len(gallery) >= GALLERY:
            continue
        gallery[item.file] = item
    return tuple(item for gallery in galleries.values() for item in gallery.values())


def _draw(categories: Iterable[str], count: int, seed: int) -> set[str]:
    """Draw categories by a hash, the same on every machine and Python."""
    return set(sorted(categories, key=lambda name: _lot(f"{seed}/{name}"))[:count])


def _lot(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


def _admits(categories: str, item: Item) -> bool:
    if categories == EVERYTHING:
        return True
    return is_unseen_sketch(item.category) == (categories == "unseen")


def _unseen_of(benchmark: str) -> Callable[[str], bool]:
    unseen = benchmark_split(benchmark)[1]
    return lambda category: bool({category, *kinds_of(category)} & unseen)


def _is_seen(category: str, unseen: set[str], options: Options) -> bool:
    if not category or category in unseen:
        return False
    return not (options.benchmark and _unseen_of(options.benchmark)(category))


def _same(query: str, photo: str) -> bool:
    return query == photo


def _answers_wider(query: str, photo: str) -> bool:
    return is_a(photo, query)
