"""What a method learnt, as `model.safetensors` holds it; nothing that does not fit is loaded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from zsbir.errors import BackboneError, CheckpointError

if TYPE_CHECKING:
    from torch import Tensor

    from zsbir.methods import Method

WEIGHTS = "model.safetensors"


def load_learnt(method: Method, path: Path, name: str) -> dict[str, Tensor]:
    """Load a method's weights strictly.

    Args:
        method: Gets them.
        path: Of the safetensors file.
        name: Of the checkpoint.

    Returns:
        The tensors as the file holds them.

    Raises:
        CheckpointError: The file is missing or damaged, or does not fit the method.
    """
    from zsbir.backbone.load import read_safetensors

    try:
        found = read_safetensors(path, name)
    except BackboneError as error:
        raise CheckpointError(str(error)) from error
    troubles = _misfits(method.state_dict(), found)
    if troubles:
        raise CheckpointError(
            f"{name}/{WEIGHTS} does not fit its config: {'; '.join(troubles)}. "
            "Download the checkpoint again, or train it again."
        )
    method.load_state_dict(found, strict=True)
    return found


def _misfits(expected: dict[str, Tensor], found: dict[str, Tensor]) -> list[str]:
    """Say what keeps weights from being loaded: of each kind of trouble the first, and how many more."""
    shared = sorted(expected.keys() & found.keys())
    shapes = [
        f"{key} of shape {tuple(found[key].shape)} instead of {tuple(expected[key].shape)}"
        for key in shared
        if found[key].shape != expected[key].shape
    ]
    troubles = {
        "it lacks": sorted(expected.keys() - found.keys()),
        "it has the unknown": sorted(found.keys() - expected.keys()),
        "it has": shapes,
        "not all numbers are finite in": [key for key in shared if not found[key].isfinite().all()],
    }
    return [
        f"{what} {names[0]}" + (f" and {len(names) - 1} more" if names[1:] else "")
        for what, names in troubles.items()
        if names
    ]
