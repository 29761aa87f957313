"""Load a frozen CLIP from a folder or from the Hub; strictly, from safetensors, never silently random."""

from __future__ import annotations

import logging
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from zsbir.backbone.backbone import Backbone
from zsbir.backbone.config import check_config, make_tokenizer, model_arguments, read_preprocess
from zsbir.backbone.device import choose_device, choose_dtype
from zsbir.backbone.digest import digest_image, digest_text
from zsbir.backbone.files import BackboneFiles, find_backbone
from zsbir.backbone.torchvision_shim import import_torchvision
from zsbir.errors import BackboneError
from zsbir.folders import BUNDLED_BACKBONE

if TYPE_CHECKING:
    from torch import nn


def load_backbone(
    name: str | Path = BUNDLED_BACKBONE,
    pretrained: str | None = None,
    *,
    device: str = "auto",
    precision: str = "auto",
    revision: str | None = None,
) -> Backbone:
    """Load a frozen CLIP.

    Args:
        name: A bundled backbone ("zsbir-tiny"); a folder with `open_clip_config.json` and safetensors; a
            repository of the Hub with the same as "hf://user/repo" or "hf://user/repo@REVISION"; or, with
            `pretrained`, one of open_clip's model names such as "ViT-B-32-quickgelu".
        pretrained: open_clip's tag of the weights on the Hub, such as "openai".
        device: "auto" (CUDA, then MPS, then CPU), "cuda", "mps" or "cpu".
        precision: "auto", "fp32", "fp16" or "bf16"; see `zsbir.backbone.device.choose_dtype`.
        revision: Of `pretrained` weights; None takes the commit that zsbir pins, see `zsbir.backbone.hub`.

    Raises:
        BackboneError: The files are missing, damaged or of another model, or there is no such device.
        HubError: The Hub cannot be reached or does not have the weights.
    """
    return open_backbone(find_backbone(name, pretrained, revision), device=device, precision=precision)


def open_backbone(files: BackboneFiles, *, device: str = "auto", precision: str = "auto") -> Backbone:
    """Load a frozen CLIP that was found; see `load_backbone`."""
    where = choose_device(device)
    dtype = choose_dtype(precision, where)
    import_torchvision()
    _quiet_open_clip()
    config, name = files.read_config(), files.name
    check_config(config, name)
    model_cfg = config["model_cfg"]
    state = read_safetensors(files.weights, name)
    model = _build(name, model_cfg)
    _load_strictly(model, state, name)
    preprocess = read_preprocess(config, model, name)
    return Backbone(
        name=name,
        model=model.to(where, dtype).eval().requires_grad_(False),
        tokenizer=make_tokenizer(model_cfg["text_cfg"], model.context_length, name),
        preprocess=preprocess,
        digest=digest_image(state, model_cfg, preprocess),
        device=where,
        dtype=dtype,
        hash_text=partial(_hash_text, files.weights, model_cfg),
        folder=files.config.parent,
    )


def _hash_text(weights: Path, model_cfg: dict) -> str:
    """Read the file again: the model in memory may be cast, and keeping both would cost twice the memory."""
    return digest_text(read_safetensors(weights), model_cfg)


def read_safetensors(path: Path, owner: str = "") -> dict[str, torch.Tensor]:
    """Read all tensors of a file.

    Args:
        path: The file.
        owner: What it belongs to; "" is its folder's name.

    Raises:
        BackboneError: The file is missing, truncated or no safetensors.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    owner = owner or path.parent.name
    if not path.is_file():
        raise BackboneError(f"{owner} has no {path.name}. Download it again.")
    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise BackboneError(f"{owner}/{path.name} is damaged ({error}). Download it again.") from error


def _build(name: str, model_cfg: dict) -> nn.Module:
    """Build the architecture; every weight comes out of the file afterwards, and nothing is downloaded."""
    import open_clip

    kind = open_clip.CustomTextCLIP if model_cfg.get("custom_text") else open_clip.CLIP
    try:
        model = kind(**model_arguments(model_cfg))
        model.visual.output_dim = model_cfg["embed_dim"]  # timm's towers do not say
        return model
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
