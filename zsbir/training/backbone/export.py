"""A trained model as the folder that zsbir ships: open_clip's config beside fp16 safetensors."""

import json
import os
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

from zsbir.training.backbone.config import BackboneConfig
from zsbir.training.backbone.model import START_MEAN, START_STD, model_config


def export_model(model: nn.Module, config: BackboneConfig, folder: Path) -> None:
    """Write `open_clip_config.json` and `model.safetensors`; half precision, both towers.

    Buffers that open_clip rebuilds itself, such as the causal mask, are not part of its state.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {
        key: value.detach().cpu().to(torch.float16).contiguous() for key, value in model.state_dict().items()
    }
    partial = folder / "model.partial"
    save_file(tensors, partial, metadata={"format": "pt"})
    os.replace(partial, folder / "model.safetensors")
    preprocess = {"mean": START_MEAN, "std": START_STD, "interpolation": "bicubic", "resize_mode": "longest"}
    text = json.dumps({"model_cfg": model_config(config), "preprocess_cfg": preprocess}, indent=2)
    (folder / "open_clip_config.json").write_text(text + "\n", encoding="utf-8")
