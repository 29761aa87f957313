"""Names of towers: "sha256:..." of what an embedding depends on, whatever the device and number format."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from zsbir.images import Preprocess

IMAGE = "visual."  # how open_clip begins the names of the image tower's weights; all others are the text's
# They change how a tower learns or where its first weights come from, not what it computes.
TRAINING_ONLY = {"patch_dropout", "output_tokens", "timm_drop", "timm_drop_path", "timm_model_pretrained"}


def digest_image(state: Mapping[str, Tensor], model_cfg: Mapping, preprocess: Preprocess) -> str:
    """Name an image tower: its weights as the file holds them, its architecture, the pixels it expects."""
    from open_clip.model import CLIPVisionCfg

    weights = {name: tensor for name, tensor in state.items() if name.startswith(IMAGE)}
    facts = _facts(CLIPVisionCfg, model_cfg["vision_cfg"], model_cfg)
    facts |= {"mean": preprocess.mean, "std": preprocess.std}
    return join_digests(digest_tensors(weights), json.dumps(facts, sort_keys=True))


def digest_text(state: Mapping[str, Tensor], model_cfg: Mapping) -> str:
    """Name a text tower: its weights as the file holds them, and its architecture."""
    from open_clip.model import CLIPTextCfg

    facts = _facts(CLIPTextCfg, model_cfg["text_cfg"], model_cfg)
    return join_digests(digest_tensors(text_weights(state)), json.dumps(facts, sort_keys=True))


def text_weights(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the weights that are not the image tower's."""
    return {name: tensor for name, tensor in state.items() if not name.startswith(IMAGE)}


def digest_tensors(tensors: Mapping[str, Tensor]) -> str:
    """Return "sha256:..." over names, dtypes, shapes and bytes; the order of the tensors does not matter."""
    total = hashlib.sha256()
    for name in sorted(tensors):
        tensor = tensors[name].detach().cpu().contiguous()
        total.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        total.update(tensor.reshape(-1).view(torch.uint8).numpy().data)
    return f"sha256:{total.hexdigest()}"


def join_digests(*parts: str) -> str:
    """Return one "sha256:..." for several."""
    return f"sha256:{hashlib.sha256(''.join(parts).encode()).hexdigest()}"


def _facts(kind: type, tower_cfg: Mapping, model_cfg: Mapping) -> dict:
    """What weights do not show; without open_clip's defaults, so that spelling those out changes nothing."""
    chosen, usual = dataclasses.asdict(kind(**tower_cfg)), dataclasses.asdict(kind())
    facts = {key: value for key, value in chosen.items() if value != usual[key] and key not in TRAINING_ONLY}
    return {"tower": facts, "quick_gelu": bool(model_cfg.get("quick_gelu"))}
