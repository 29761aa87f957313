"""Load a frozen CLIP from a folder or from the Hub; strictly, from safetensors, never silently random."""

from __future__ import annotations

import json
import logging
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from zsbir.backbone.backbone import Backbone
from zsbir.backbone.config import BUILT_OF, CONFIG, check_config, make_tokenizer, read_preprocess
from zsbir.backbone.device import choose_device, choose_dtype
from zsbir.backbone.digest import digest_image, digest_text
from zsbir.backbone.hub import fetch_weights
from zsbir.backbone.torchvision_shim import import_torchvision
from zsbir.errors import BackboneError
from zsbir.folders import checkpoints_home, named_folder

if TYPE_CHECKING:
    from torch import nn

WEIGHTS = "model.safetensors"
WEIGHTS_NAMES = (WEIGHTS, "open_clip_model.safetensors")
BUNDLED = "zsbir-tiny"


def load_backbone(
    name: str | Path = BUNDLED,
    pretrained: str | None = None,
    *,
    device: str = "auto",
    precision: str = "auto",
    revision: str | None = None,
) -> Backbone:
    """Load a frozen CLIP.

    Args:
        name: A bundled backbone ("zsbir-tiny"), a folder with `open_clip_config.json` and safetensors,
            or, with `pretrained`, one of open_clip's model names such as "ViT-B-32-quickgelu".
        pretrained: open_clip's tag of the weights on the Hub, such as "openai".
        device: "auto" (CUDA, then MPS, then CPU), "cuda", "mps" or "cpu".
        precision: "auto", "fp32", "fp16" or "bf16"; see `zsbir.backbone.device.choose_dtype`.
        revision: Of the Hub repository; None takes the commit that zsbir pins, see `zsbir.backbone.hub`.

    Raises:
        BackboneError: The files are missing, damaged or of another model, or there is no such device.
        HubError: The Hub cannot be reached or does not have the weights.
    """
    where = choose_device(device)
    dtype = choose_dtype(precision, where)
    import_torchvision()
    _quiet_open_clip()
    if pretrained is None:
        folder = _local_folder(name)
        config = _read_config(folder)
        return _assemble(folder.name, config, _weights_file(folder), where, dtype)
    weights, config = fetch_weights(str(name), pretrained, revision)
    return _assemble(f"{name}/{pretrained}", config, weights, where, dtype)


def _local_folder(name: str | Path) -> Path:
    folder = named_folder(name, checkpoints_home())
    if (folder / CONFIG).is_file():
        return folder
    raise BackboneError(
        f"There is no backbone {str(name)!r}: neither a path as in ./FOLDER of a folder with {CONFIG}, "
        "nor bundled in checkpoints/. "
        "A model of the Hub is named with its weights, as in ViT-B-32-quickgelu/openai."
    )


def _weights_file(folder: Path) -> Path:
    for name in WEIGHTS_NAMES:
        if (folder / name).is_file():
            return folder / name
    raise BackboneError(
        f"{folder.name} has no {WEIGHTS}; pickled weights are not read. Download the folder again."
    )


def _read_config(folder: Path) -> dict:
    try:
        return json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BackboneError(
            f"{folder.name}/{CONFIG} is no open_clip config ({error}). Download it again."
        ) from error


def _assemble(name: str, config: dict, weights: Path, device: torch.device, dtype: torch.dtype) -> Backbone:
    check_config(config, name)
    model_cfg = config["model_cfg"]
    state = read_safetensors(weights)
    model = _build(name, model_cfg)
    _load_strictly(model, state, name)
    preprocess = read_preprocess(config, model, name)
    return Backbone(
        name=name,
        model=model.to(device, dtype).eval().requires_grad_(False),
        tokenizer=make_tokenizer(model_cfg["text_cfg"], model.context_length, name),
        preprocess=preprocess,
        digest=digest_image(state, model_cfg, preprocess),
        device=device,
        dtype=dtype,
        hash_text=partial(_hash_text, weights, model_cfg),
    )


def _hash_text(weights: Path, model_cfg: dict) -> str:
    """Read the file again: the model in memory may be cast, and keeping both would cost twice the memory."""
    return digest_text(read_safetensors(weights), model_cfg)


def read_safetensors(path: Path) -> dict[str, torch.Tensor]:
    """Read all tensors of a file.

    Raises:
        BackboneError: The file is missing, truncated or no safetensors.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    if not path.is_file():
        raise BackboneError(f"{path.parent.name} has no {path.name}. Download it again.")
    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise BackboneError(
            f"{path.parent.name}/{path.name} is damaged ({error}). Download it again."
        ) from error


def _build(name: str, model_cfg: dict) -> nn.Module:
    """Build the architecture without initialising it: every weight comes out of the file."""
    import open_clip

    try:
        return open_clip.CLIP(**{key: value for key, value in model_cfg.items() if key in BUILT_OF})
    except Exception as error:  # a senseless number gives any of a dozen kinds, deep inside torch
        reason = str(error).partition("\n")[0].rstrip(".")
        raise BackboneError(f"open_clip cannot build {name} from its config: {reason}.") from error


def _load_strictly(model: nn.Module, state: dict[str, torch.Tensor], name: str) -> None:
    try:
        model.load_state_dict(state, strict=True)
    except RuntimeError as error:
        first = str(error).splitlines()[1].strip() if "\n" in str(error) else str(error)
        raise BackboneError(f"The weights of {name} do not fit its config: {first}") from error


def _quiet_open_clip() -> None:
    logging.getLogger("open_clip").setLevel(logging.ERROR)
