"""One name for one thing across all datasets, from three tables of plain text beside this file."""

import functools
import re
from collections import defaultdict
from collections.abc import Iterator
from importlib import resources

IMAGENET = "imagenet"
_WORDNET_ID = re.compile(r"n\d{8}")


def canonical_name(raw: str, vocabulary: str = "", file: str = "") -> str:
    """Return the shared snake_case category of a set's own category name.

    >>> canonical_name("hot-air_balloon"), canonical_name("car_(sedan)"), canonical_name("The Eiffel Tower")
    ('hot_air_balloon', 'car', 'eiffel_tower')

    Args:
        raw: The name as the set spells it; canonical names map to themselves.
        vocabulary: `IMAGENET` for ImageNet's own photos, where "mouse" is a computer mouse.
        file: With `vocabulary`, the photo's file; a WordNet id in it decides between two "crane"s.
    """
    name = re.sub(r"[\W_]+", "_", raw.lower().replace("'", "")).strip("_")
    if vocabulary == IMAGENET:
        number = _WORDNET_ID.search(file)
        special = _aliases("imagenet.txt")
        name = special.get(number[0] if number else "") or special.get(name, name)
    return _aliases("aliases.txt").get(name, name)


def kinds_of(category: str) -> tuple[str, ...]:
    """Return the wider categories that a canonical category is a kind of, nearest first.

    >>> kinds_of("robin")
    ('songbird', 'bird')
    """
    wider: list[str] = []
    queue = [category]
    for name in queue:  # grows while it is walked: breadth first
        new = [parent for parent in _parents().get(name, ()) if parent not in wider]
        wider += new
        queue += new
    return tuple(wider)


def is_a(category: str, wider: str) -> bool:
    """Whether a canonical category is another one, or a kind of it."""
    return category == wider or wider in kinds_of(category)


def name_words(category: str) -> str:
    """Return a category as the words of a prompt: "hot_air_balloon" -> "hot air balloon"."""
    return category.replace("_", " ").strip()


@functools.cache
def _aliases(table: str) -> dict[str, str]:
    return {other: name for name, others in _table(table) for other in others}


@functools.cache
def _parents() -> dict[str, tuple[str, ...]]:
    parents: dict[str, list[str]] = defaultdict(list)
    for wider, kinds in _table("kinds.txt"):
        for kind in kinds:
            parents[kind].append(wider)
    return {kind: tuple(wider) for kind, wider in parents.items()}


def _table(file: str) -> Iterator[tuple[str, list[str]]]:
    text = resources.files(__package__).joinpath(file).read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            name, _, others = line.partition(":")
            yield name.strip(), [other.strip() for other in others.split(",")]
