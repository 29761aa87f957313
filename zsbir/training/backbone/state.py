"""Training state on disk: everything a run needs to go on after an interruption, as safetensors."""

import json
import os
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn

from zsbir.errors import CheckpointError


def save_state(
    path: Path, step: int, modules: dict[str, nn.Module], optimizer: torch.optim.Optimizer
) -> None:
    """Write modules, optimizer moments and the step; a reader never sees half a file."""
    tensors = {
        f"module/{name}/{key}": value.detach().cpu().contiguous()
        for name, module in modules.items()
        for key, value in module.state_dict().items()
    }
    for index, moments in optimizer.state_dict()["state"].items():
        tensors |= {
            f"optimizer/{index}/{key}": torch.as_tensor(value).cpu() for key, value in moments.items()
        }
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    save_file(tensors, partial, metadata={"step": json.dumps(step)})
    os.replace(partial, path)


def load_state(path: Path, modules: dict[str, nn.Module], optimizer: torch.optim.Optimizer) -> int:
    """Restore what `save_state` wrote and return its step; 0 when there is no file.

    Raises:
        CheckpointError: The state belongs to another model.
    """
    if not path.exists():
        return 0
    with safe_open(path, "pt") as file:
        tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - not a dict
        step = json.loads(file.metadata()["step"])
    try:
        for name, module in modules.items():
            module.load_state_dict(_below(tensors, f"module/{name}/"), strict=True)
    except RuntimeError as error:
        raise CheckpointError(
            f"{path} is of another model; delete it or name another --state. ({error})"
        ) from error
    state = optimizer.state_dict()
    for key, value in _below(tensors, "optimizer/").items():
        index, moment = key.split("/")
        state["state"].setdefault(int(index), {})[moment] = value
    optimizer.load_state_dict(state)
    return step


def _below(tensors: dict[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    return {key.removeprefix(prefix): value for key, value in tensors.items() if key.startswith(prefix)}
