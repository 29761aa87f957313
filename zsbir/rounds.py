"""Several searches side by side: what they have to embed at the same moment passes the model as one batch.

A search is a generator that yields each picture it needs the vector of, and goes on with the vector. So there
is one course of a search, whether it runs `alone` or `together` with others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from zsbir.hits import Result

if TYPE_CHECKING:
    from zsbir.retriever import Retriever

Vector = NDArray[np.float32]


@dataclass(frozen=True)
class Wanted:
    """What a search waits for.

    Attributes:
        retriever: Embeds it; the search's own, or the one that assumes categories for it.
        image: As `Retriever.query_image` made it.
        category: What it is embedded under, if the method needs one.
    """

    retriever: Retriever
    image: Image.Image
    category: str | None = None


Search = Generator[Wanted, Vector, Result]


def alone(search: Search) -> Result:
    """Carry out one search; raises what it raises."""
    try:
        wanted = next(search)
        while True:
            wanted = search.send(wanted.retriever.embed_query(wanted.image, wanted.category))
    except StopIteration as end:
        return end.value


def together(searches: Sequence[Search]) -> list[Result | Exception]:
    """Carry out several; each ends as it would alone, and where that is an error, it is its own.

    Returns:
        What each found, or why it found nothing.
    """
    ends: dict[int, Result | Exception] = {}
    given: dict[int, Vector | Exception | None] = dict.fromkeys(range(len(searches)))
    while given:
        wanted: dict[int, Wanted] = {}
        for place, vector in given.items():
            search = searches[place]
            try:
                wanted[place] = search.throw(vector) if isinstance(vector, Exception) else search.send(vector)
            except StopIteration as end:
                ends[place] = end.value
            except Exception as error:
                ends[place] = error
        given = _embed(wanted)
    return [ends[place] for place in range(len(searches))]


def _embed(wanted: Mapping[int, Wanted]) -> dict[int, Vector | Exception | None]:
    """Embed what belongs together at once; the errors of one picture are not its neighbours'."""
    alike: dict[tuple[int, str | None], list[int]] = defaultdict(list)
    for place, picture in wanted.items():
        alike[id(picture.retriever), picture.category].append(place)
    vectors: dict[int, Vector | Exception | None] = {}
    for places in alike.values():
        first = wanted[places[0]]
        try:
            rows = first.retriever.embed_queries([wanted[place].image for place in places], first.category)
            vectors |= dict(zip(places, rows, strict=True))
        except Exception as error:
            if len(places) == 1:
                vectors[places[0]] = error
            else:
                vectors |= {place: _embed({place: wanted[place]})[place] for place in places}
    return vectors
