"""Names: the one that all datasets share for a category, and which is meant by another or a misspelt one.

Categories are read from the tables that training goes by, as files: nothing of `zsbir.data` is imported.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches
from functools import cache
from importlib import resources

NEAR = 3  # names that are suggested at most
ALIKE = 0.4  # of difflib: how alike a misspelt name is at least


def shared_name(category: str) -> str:
    """Return the name that all datasets share for a category: "bike" -> "bicycle"."""
    return _aliases().get(category, category)


def did_you_mean(asked: str, known: Iterable[str]) -> str:
    """Return " (did you mean 'plain'?)" for "plian", to stand behind the name; "" where nothing is alike."""
    near = get_close_matches(asked, list(known), n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""


def near_names(asked: str, known: Collection[str]) -> list[str]:
    """Suggest what somebody may have meant.

    Another name of the same thing comes first ("sofa" -> "couch"), then its kinds and what it is a kind of
    ("loveseat" -> "couch"), and only where there is none of these, what is spelt alike ("forg" -> "frog").

    Args:
        asked: What nobody knows.
        known: Names to choose from, in any spelling that the datasets use.
    """
    meant = shared_name("_".join(asked.lower().replace("-", " ").split()))
    same = [name for name in known if shared_name(name) == meant]
    kin = [name for name in known if {(shared_name(name), meant), (meant, shared_name(name))} & _kinds()]
    return [*same, *kin][:NEAR] or get_close_matches(asked, known, NEAR, ALIKE)


@cache
def _aliases() -> dict[str, str]:
    """Other spelling -> shared name."""
    return {other: name for name, others in _table("aliases.txt") for other in others}


@cache
def _kinds() -> frozenset[tuple[str, str]]:
    """Pairs of a shared name and one that it is a kind of."""
    return frozenset((kind, wider) for wider, kinds in _table("kinds.txt") for kind in kinds)


def _table(file: str) -> Iterator[tuple[str, list[str]]]:
    text = resources.files("zsbir").joinpath("data", file).read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            name, _, others = line.partition(":")
            yield name.strip(), [other.strip() for other in others.split(",")]
