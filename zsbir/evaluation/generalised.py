"""The seen categories that join a zero-shot trial: generalised zero-shot, by one of three rules."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from zsbir.data.dataset import Dataset
from zsbir.data.layouts import Item
from zsbir.data.lots import lot
from zsbir.errors import DataError
from zsbir.evaluation.options import Options, pick, unseen_of
from zsbir.evaluation.trial import EVERYTHING, Trial

SHARE = 0.2  # of the unseen (ocean) or of the seen categories (drclip): how many seen ones join


def add_seen(base: Trial, sketches: Dataset, photos: Dataset | None, options: Options) -> Trial:
    """Let distractors that training saw join a zero-shot trial.

    * "ocean" (OCEAN, ICME 2020): round(0.2 * unseen) whole seen categories join queries and gallery.
    * "drclip" (Dr. CLIP, MM 2024): round(0.2 * seen) of them join both, as far as that many can search.
    * "all-seen": all seen photos join the gallery; only unseen categories search.

    A seen category joins the gallery with all photos of its dataset, and the queries with the sketches of the
    split that answers to the unseen one (`seen_dev` for `unseen_dev`), which training did not see; where
    there is no such split, with all its sketches.

    Args:
        base: Unseen sketches among unseen photos.
        sketches: Where its queries come from.
        photos: Where its gallery comes from; None means the same dataset.
        options: The rule, and the seed that draws the categories; a draw depends on nothing else.

    Raises:
        DataError: No seen categories, or so few that none joins: that would be plain zero-shot.
    """
    others = _seen_photos(base, photos or sketches, options)
    split, askers = _seen_sketches(base, sketches, options)
    seen = _choose({item.category for item in others}, askers, _unseen(base), options)
    if not seen:
        raise DataError(
            f"By the rule {options.gzs_rule} no seen category of {sketches.name} joins: none has sketches, "
            "or the share of so few categories is none; use --gzs-rule all-seen, or --protocol zs."
        )
    searching = [] if options.gzs_rule == "all-seen" else [i for i in askers if i.category in seen]
    trial = replace(
        base,
        protocol="gzs",
        seen=frozenset(seen),
        settings={**base.settings, "gzs_rule": options.gzs_rule, "seed": options.seed, "seen_split": split},
    )
    found = (item for item in others if item.category in seen)
    return trial.restricted((*base.queries, *searching), (*base.photos, *found))


def _choose(seen: set[str], askers: Sequence[Item], unseen: set[str], options: Options) -> set[str]:
    """Return the seen categories that join; a share is one of all there are, drawn from those that search."""
    if options.gzs_rule == "all-seen":
        return seen
    whole = unseen if options.gzs_rule == "ocean" else seen
    return _draw(seen & {item.category for item in askers}, round(SHARE * len(whole)), options.seed)


def _seen_photos(base: Trial, photos: Dataset, options: Options) -> list[Item]:
    unseen = _unseen(base)
    found = [item for item in photos.select("photo") if _is_seen(item.category, unseen, options)]
    if not found:
        raise DataError(
            f"{photos.name} has no photos of seen categories, which generalised zero-shot adds to the unseen "
            "ones; give a dataset that has both, or use --protocol zs."
        )
    return found


def _seen_sketches(base: Trial, sketches: Dataset, options: Options) -> tuple[str, list[Item]]:
    """Return them with the name of their split."""
    unseen = _unseen(base)
    own = {part.replace("unseen", "seen") for part in base.split.split(",")} - {EVERYTHING}
    split = ",".join(sorted(own & set(sketches.splits))) or EVERYTHING
    return split, [i for i in pick(sketches, "sketch", split) if _is_seen(i.category, unseen, options)]


def _unseen(base: Trial) -> set[str]:
    return {item.category for item in (*base.queries, *base.photos)}


def _is_seen(category: str, unseen: set[str], options: Options) -> bool:
    if not category or category in unseen:
        return False
    return not (options.benchmark and unseen_of(options.benchmark)(category))


def _draw(categories: Iterable[str], count: int, seed: int) -> set[str]:
    return set(sorted(categories, key=lambda name: lot(f"{seed}/{name}"))[:count])
