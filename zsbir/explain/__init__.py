"""Why a photo was found: what an explanation shows is computed here, and nothing of how it looks.

The names below are imported when they are first used, so that a page that offers them starts without torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zsbir.explain.fits import Fit, fit_of
    from zsbir.explain.landscape import GalleryMap, gallery_map, place_drawing
    from zsbir.explain.lanes import Compared, Lane, compare
    from zsbir.explain.matches import KINDS, Matches, match_kinds, match_parts
    from zsbir.explain.photos import more_like
    from zsbir.explain.readings import Reading, read_scores
    from zsbir.explain.replay import Moment, Replay, rank_while_drawing
    from zsbir.explain.seen import STATUSES, ZERO_SHOT, BackboneSeen, backbone_seen, category_statuses
    from zsbir.explain.strokes import StrokeImportance, stroke_importance
    from zsbir.explain.target import Standing, draw_lot, standing
    from zsbir.explain.word_reading import WordReading, read_word
    from zsbir.explain.words import Steered, reads_words, steer

_HOMES = {
    "zsbir.explain.fits": ("Fit", "fit_of"),
    "zsbir.explain.lanes": ("Compared", "Lane", "compare"),
    "zsbir.explain.landscape": ("GalleryMap", "gallery_map", "place_drawing"),
    "zsbir.explain.matches": ("KINDS", "Matches", "match_kinds", "match_parts"),
    "zsbir.explain.photos": ("more_like",),
    "zsbir.explain.readings": ("Reading", "read_scores"),
    "zsbir.explain.replay": ("Moment", "Replay", "rank_while_drawing"),
    "zsbir.explain.seen": ("STATUSES", "ZERO_SHOT", "BackboneSeen", "backbone_seen", "category_statuses"),
    "zsbir.explain.strokes": ("StrokeImportance", "stroke_importance"),
    "zsbir.explain.target": ("Standing", "draw_lot", "standing"),
    "zsbir.explain.word_reading": ("WordReading", "read_word"),
    "zsbir.explain.words": ("Steered", "reads_words", "steer"),
}

__all__ = [
    "KINDS",
    "STATUSES",
    "ZERO_SHOT",
    "BackboneSeen",
    "Compared",
    "Fit",
    "GalleryMap",
    "Lane",
    "Matches",
    "Moment",
    "Reading",
    "Replay",
    "Standing",
    "Steered",
    "StrokeImportance",
    "WordReading",
    "backbone_seen",
    "category_statuses",
    "compare",
    "draw_lot",
    "fit_of",
    "gallery_map",
    "match_kinds",
    "match_parts",
    "more_like",
    "place_drawing",
    "rank_while_drawing",
    "read_scores",
    "read_word",
    "reads_words",
    "standing",
    "steer",
    "stroke_importance",
]


def __getattr__(name: str) -> object:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module 'zsbir.explain' has no attribute {name!r}")
