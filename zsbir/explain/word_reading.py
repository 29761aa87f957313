"""A word by itself: which photos it would find, and whether the text tower is likely to know it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from zsbir.explain.parts import whole_rows
from zsbir.explain.scan import BLOCK
from zsbir.explain.words import as_read, word_vector
from zsbir.inference import run

if TYPE_CHECKING:
    from zsbir.backbone import Backbone
    from zsbir.retriever import Retriever

SHOWN = 3  # categories that are named
LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class WordReading:
    """What a word does without a drawing.

    Attributes:
        finds: The categories of the photos that it would find first, each once and at most three.
        doubtful: Whether the text tower perhaps never met it: what it finds is then a matter of chance.
    """

    finds: tuple[str, ...]
    doubtful: bool


def read_word(retriever: Retriever, word: str) -> WordReading:
    """Tell what a word would find among all photos, and whether it is likely to be understood.

    No number of the text tower tells nonsense from words that it never learnt: it puts both somewhere among
    the photos. Its vocabulary does better. CLIP's has a token of its own for words that are common, and
    spells out the others in pieces: nearly all nonsense and most foreign words, but rare English ones too
    (`tests/explain/test_word_reading.py` counts them). So a word in pieces is doubted, unless it finds the
    category of that name; and what it finds is told in any case.

    Args:
        retriever: Of a method that reads words; see `reads_words`.
        word: A word or a few.

    Raises:
        CheckpointError: The checkpoint cannot be steered by words.
        BackboneError: Its backbone cannot read texts.
        ZSBIRError: There is no word, or it is too long.
    """
    word, method = as_read(retriever, word), retriever.checkpoint.method
    text = run(word_vector, method.backbone, word)
    index = retriever.index
    scored: dict[str, float] = {}
    for start in range(0, len(index.photos), BLOCK):
        places = np.arange(start, min(start + BLOCK, len(index.photos)))
        for place, score in zip(places, whole_rows(method, index.vectors(places)) @ text, strict=True):
            category = index.photos[place].category
            scored[category] = max(scored.get(category, -1.0), float(score))
    finds = [category for category in sorted(scored, key=scored.get, reverse=True) if category]
    finds = finds[:SHOWN]
    found = word.lower() in [category.replace("_", " ") for category in finds]
    return WordReading(tuple(finds), in_pieces(method.backbone, word) and not found)


def in_pieces(backbone: Backbone, words: str) -> bool:
    """Whether any word is spelt out in pieces; False for tokenizers other than CLIP's, which all do that.

    Signs and digits do not count: CLIP's tokenizer gives each a token of its own.
    """
    encode = getattr(backbone.tokenizer, "encode", None)
    return encode is not None and any(len(encode(word)) > 1 for word in LETTERS.findall(words))
