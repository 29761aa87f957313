"""Training state on disk: everything a run needs to go on after an interruption, as safetensors."""

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import nn

from zsbir.errors import CheckpointError

CURE = "delete it or name another --state"


def save_state(
    path: Path,
    step: int,
    modules: dict[str, nn.Module],
    optimizer: torch.optim.Optimizer,
    notes: object = None,
) -> None:
    """Write modules, optimizer moments, the step and notes; a reader never sees half a file.

    Args:
        path: Of the safetensors file.
        step: How many steps are done.
        modules: By name; their `state_dict` counts.
        optimizer: Of their parameters.
        notes: Whatever JSON can hold; `load_notes` returns it.
    """
    tensors = {
        f"module/{name}/{key}": value.detach().cpu().contiguous()
        for name, module in modules.items()
        for key, value in module.state_dict().items()
    }
    for index, moments in optimizer.state_dict()["state"].items():
        tensors |= {
            f"optimizer/{index}/{key}": torch.as_tensor(value).cpu() for key, value in moments.items()
        }
    save_tensors(path, tensors, {"step": json.dumps(step), "notes": json.dumps(notes)})


def save_tensors(path: Path, tensors: dict[str, torch.Tensor], metadata: dict[str, str]) -> None:
    """Write safetensors; a reader never sees half a file."""
    write_whole(path, save(tensors, metadata))  # save_file's can be read by their owner alone


def write_whole(path: Path, content: bytes) -> None:
    """Write a file; a reader never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(content)
    os.replace(partial, path)


def load_state(path: Path, modules: dict[str, nn.Module], optimizer: torch.optim.Optimizer) -> int:
    """Restore what `save_state` wrote and return its step; 0 when there is no file.

    Raises:
        CheckpointError: The state belongs to another model, or its file is damaged.
    """
    if not path.exists():
        return 0
    with _opened(path) as file:
        tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - not a dict
        step = json.loads(file.metadata()["step"])
    try:
        for name, module in modules.items():
            module.load_state_dict(_below(tensors, f"module/{name}/"), strict=True)
    except RuntimeError as error:
        raise CheckpointError(f"{path} is of another model; {CURE}. ({error})") from error
    state = optimizer.state_dict()
    for key, value in _below(tensors, "optimizer/").items():
        index, moment = key.split("/")
        state["state"].setdefault(int(index), {})[moment] = value
    optimizer.load_state_dict(state)
    return step


def load_notes(path: Path) -> object:
    """Return the notes that `save_state` wrote; None when there is no file."""
    if not path.exists():
        return None
    with _opened(path) as file:
        return json.loads(file.metadata()["notes"])


def remember_settings(path: Path, wanted: dict, allow_changes: bool = False) -> None:
    """Write the settings beside the training state, and refuse to go on silently with other ones.

    Raises:
        CheckpointError: The state was begun with other settings, which it names, or their file is damaged.
    """
    if path.exists() and not allow_changes:
        try:
            begun = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise CheckpointError(f"{path} is damaged; {CURE}. ({error})") from error
        changed = sorted(key for key in wanted.keys() | begun.keys() if wanted.get(key) != begun.get(key))
        if changed:
            raise CheckpointError(
                f"The training in {path.parent} was begun with other settings ({', '.join(changed)}); "
                "use those, name another --state, or say --allow-changes."
            )
    write_whole(path, (json.dumps(wanted, indent=2) + "\n").encode())


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[safe_open]:
    try:
        with safe_open(path, "pt") as file:
            yield file
    except SafetensorError as error:
        raise CheckpointError(f"{path} is damaged; {CURE}. ({error})") from error


def _below(tensors: dict[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    return {key.removeprefix(prefix): value for key, value in tensors.items() if key.startswith(prefix)}
