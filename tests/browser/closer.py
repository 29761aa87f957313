"""What a photo's leaves are answered with in the browser tests: made up, and simple enough to be foreseen."""

from __future__ import annotations

import base64
import threading
from collections import Counter

import numpy as np

from zsbir.errors import ZSBIRError
from zsbir.ui.results import data_url

RANKS = [50, 7, 1, 2]  # after each stroke
LEAST = 0.5  # a photo's score is this and its number in thousandths
DROPS = [0.072, -0.02, 0.0]  # of the first strokes; the others do nothing


class Answers:
    """Answers in place of `zsbir.ui.explaining.answering.KINDS`; `held` photos wait for `gate`."""

    def __init__(self):
        self.asked: Counter[str] = Counter()
        self.trouble = ""
        self.held: set[int] = set()
        self.gate = threading.Event()

    @property
    def kinds(self):
        """Kind of question -> its answer."""
        return {what: self._answering(what) for what in ("strokes", "matches", "replay", "like")}

    def _answering(self, what):
        async def answer(question, service):
            retriever = await service.opened(question.gallery, question.method, question.mode)
            photos = {photo.id: photo for photo in retriever.gallery.photos}
            return await service.explain(
                lambda: self._answer(what, question, photos, photos[question.photo_id])
            )

        return answer

    def _answer(self, what, question, photos, photo):
        self.asked[what] += 1
        if self.trouble:
            raise ZSBIRError(self.trouble)
        if number(photo) in self.held:
            self.gate.wait(20)
        return getattr(self, what)(question, photos, photo)

    @staticmethod
    def strokes(question, photos, photo):
        """The first stroke matters, the second harms."""
        drops = [*DROPS, *[0.0] * 60][: len(question.drawing)]
        return {
            "score": LEAST + number(photo) / 1000,
            "strokes": [
                {"drop": drop, "weight": max(0, drop) / 0.072, "group": i} for i, drop in enumerate(drops)
            ],
        }

    @staticmethod
    def matches(question, photos, photo):
        """Four parts each; a part is most alike to the one opposite, and the last of the sketch is blank."""
        cosines = np.full((4, 4), -20, dtype=np.int8) + np.int8(80) * np.eye(4, dtype=np.int8)[::-1]
        kind = question.more.get("kind") or "patches"
        picture = data_url(question.drawing.render(64))
        return {
            "kind": kind,
            "kinds": [{"name": "patches", "text": "patches of it"}, {"name": "cells", "text": "cells of it"}],
            "grid": [2, 2],
            "boxes": [[0, 0, 0.5, 0.5], [0.5, 0, 1, 0.5], [0, 0.5, 0.5, 1], [0.5, 0.5, 1, 1]],
            "ink": [True, True, True, False],
            "filled": [True] * 4,
            "in_place": kind == "cells",
            "similarity": base64.b64encode(cosines.tobytes()).decode("ascii"),
            "sketch": picture,
            "photo": picture,
        }

    @staticmethod
    def replay(question, photos, photo):
        """After stroke i the photos from number i on stood first; the last moment's first is the target."""
        count = len(question.drawing)
        shown = [entry(other) for other in list(photos.values())[10 : 10 + count]] + [entry(photo)]
        moments = [
            {"strokes": i + 1, "rank": RANKS[i], "score": 0.5, "first": [i, (i + 1) % len(shown)]}
            for i in range(count)
        ]
        return {"category": None, "searched": 60, "moments": moments, "photos": shown}

    @staticmethod
    def like(question, photos, photo):
        """The photos of the same category, the neighbours first; in fine-grained mode the farthest."""
        others = [other for other in photos.values() if other.category == photo.category and other != photo]
        ranked = sorted(others, key=lambda other: abs(number(other) - number(photo)))
        ranked = ranked[::-1] if question.mode == "fine-grained" else ranked
        return {"category": None, "photos": [entry(other, i + 1) for i, other in enumerate(ranked)]}


def number(photo) -> int:
    """The number in a placeholder's file name."""
    return int(photo.file.partition(".")[0])


def entry(photo, rank=1):
    """A photo as a search's answer has it."""
    from zsbir.ui.results import photo_card

    return {"rank": rank, "score": 0.9, "percentile": 99.0, **photo_card(photo, "everyday")}
