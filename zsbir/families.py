"""Families: the checkpoints of one method, named FAMILY-MODE, that a visitor chooses as one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from zsbir.errors import CheckpointError, ZSBIRError
from zsbir.modes import MODES
from zsbir.sentences import Sentence

PLAIN = "plain"
BEST = "deep-dual"
READABLE = {
    PLAIN: "Plain CLIP",
    "clip-at": "CLIP-AT",
    "splip": "SpLIP",
    "dp-clip": "DP-CLIP",
    BEST: "Deep dual",
    "linear-probe": "Linear probe",
    "full-finetune": "Full fine-tuning",
}
"""What people read, in the order of the page's chooser; another family goes by its own name, behind these."""

LACKS = {
    "category": "{method} has no checkpoint for category-level search",
    "fine-grained": "{method} has no checkpoint for fine-grained search",
}
STAND_INS = {mode: f"{lack}, so {{other}} ranks here." for mode, lack in LACKS.items()}
"""What people are told where plain CLIP ranks in place of the method that they chose."""

GUIDES = (f"{BEST}-category", "clip-at-category", PLAIN)
"""Who tells what a drawing shows to a checkpoint that cannot: the best first, by README's results."""


@dataclass(frozen=True)
class Choice:
    """The checkpoint that a search uses.

    Attributes:
        checkpoint: Its name.
        note: One sentence if it is not of the family that was asked for; else "".
    """

    checkpoint: str
    note: str = ""


def family_of(checkpoint: str) -> str:
    """Return the family of a checkpoint: its name without the mode; a name without one is its own family."""
    for mode in MODES:
        if checkpoint.endswith(f"-{mode}"):
            return checkpoint.removesuffix(f"-{mode}")
    return checkpoint


def families_of(checkpoints: Iterable[str]) -> list[str]:
    """Return the families of some checkpoints, in the order of the page's chooser."""
    found = list(dict.fromkeys(map(family_of, checkpoints)))
    return [family for family in READABLE if family in found] + [
        family for family in found if family not in READABLE
    ]


def readable(family: str) -> str:
    """Return what people read for a family."""
    return READABLE.get(family, family)


def choose(name: str, mode: str, checkpoints: Collection[str]) -> Choice:
    """Choose the checkpoint that a name means in a mode.

    Args:
        name: A family, whose checkpoint of the mode is taken, or plain CLIP if it has none; or a checkpoint,
            which is taken as it is.
        mode: One of `MODES`.
        checkpoints: Those there are.

    Raises:
        CheckpointError: There is no such family and no such checkpoint, or nothing to fall back to.
        ZSBIRError: There is no such mode.
    """
    if mode not in MODES:
        raise ZSBIRError(f"There is no mode {mode!r}; use 'category' or 'fine-grained'.")
    for candidate in (f"{name}-{mode}", name):
        if candidate in checkpoints:
            return Choice(candidate)
    if name not in families_of(checkpoints):
        raise CheckpointError(
            f"There is no method or checkpoint {name!r}; there are: {', '.join(families_of(checkpoints))}."
        )
    if PLAIN not in checkpoints:
        raise CheckpointError(f"{LACKS[mode].format(method=readable(name))}; choose another method or mode.")
    return Choice(PLAIN, Sentence(STAND_INS[mode], method=readable(name), other=readable(PLAIN)))


def default_family(checkpoints: Iterable[str], indexed: Collection[str]) -> str:
    """Return the family that the page and the command line start with.

    Args:
        checkpoints: Those there are.
        indexed: Those that the gallery has an index for.
    """
    best = [name for name in checkpoints if family_of(name) == BEST]
    return BEST if best and all(name in indexed for name in best) else PLAIN


def best_guide(checkpoints: Collection[str], indexed: Collection[str]) -> str:
    """Return the checkpoint that assumes categories for others; see `default_family` for the arguments."""
    return next((name for name in GUIDES if name in checkpoints and name in indexed), PLAIN)
