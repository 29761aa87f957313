"""A method's config as a checkpoint holds it, to the frozen dataclass of that method."""

from __future__ import annotations

import dataclasses
import sys
import types
import typing
from collections.abc import Callable, Mapping
from typing import TypeVar

from zsbir.errors import CheckpointError

Config = TypeVar("Config")

LARGEST = sys.float_info.max
# Of layers, prompts, ranks: a damaged config must not take all memory before its weights are looked at.
LARGEST_COUNT = 10_000
# What a field may be annotated with: how an error says it, and whether a value of JSON is one.
KINDS: dict[object, tuple[str, Callable[[object], bool]]] = {
    bool: ("true or false", lambda value: isinstance(value, bool)),
    int: (f"a whole number up to {LARGEST_COUNT}", lambda value: _is_number(value, int, LARGEST_COUNT)),
    float: ("a finite number", lambda value: _is_number(value, int | float, LARGEST)),
    str: ("a text", lambda value: isinstance(value, str)),
    tuple[str, ...]: ("a list of texts", lambda value: _is_list_of_texts(value)),
    types.NoneType: ("null", lambda value: value is None),
}


def read_choices(kind: type[Config], config: Mapping[str, object]) -> Config:
    """Build a method's frozen dataclass from a checkpoint's config, strictly.

    Raises:
        CheckpointError: Keys are unknown or missing, or a value makes no sense.
    """
    known = {field.name for field in dataclasses.fields(kind)}
    wrong = sorted(set(config) ^ known)
    if wrong:
        raise CheckpointError(
            f"The config has unknown or missing keys {wrong}; this zsbir knows {sorted(known)}. "
            "The checkpoint may come from another version."
        )
    for name, hint in typing.get_type_hints(kind).items():
        _check_type(name, config[name], hint)
    try:
        return kind(**config)
    except ValueError as error:
        raise CheckpointError(f"The config makes no sense: {error}") from error


def _check_type(name: str, value: object, hint: object) -> None:
    kinds = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
    if not any(KINDS[kind][1](value) for kind in kinds):
        wanted = " or ".join(KINDS[kind][0] for kind in kinds)
        raise CheckpointError(f"The config has {value!r} as {name!r}; it needs {wanted}.")


def _is_number(value: object, kind: type | types.UnionType, largest: float) -> bool:
    """Whether a value is a number, no further from 0 than that; Python counts true among the whole ones."""
    return isinstance(value, kind) and not isinstance(value, bool) and -largest <= value <= largest


def _is_list_of_texts(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(text, str) for text in value)
