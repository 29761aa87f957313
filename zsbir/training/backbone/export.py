"""A trained model as the folder that zsbir ships: open_clip's config beside fp16 safetensors."""

import json
from pathlib import Path

import torch
from torch import nn

from zsbir.training.backbone.config import BackboneConfig
from zsbir.training.backbone.model import START_MEAN, START_STD, model_config
from zsbir.training.state import save_tensors, write_whole


def export_model(model: nn.Module, config: BackboneConfig, folder: Path) -> None:
    """Write `open_clip_config.json` and `model.safetensors`; half precision, both towers.

    Buffers that open_clip rebuilds itself, such as the causal mask, are not part of its state.
    """
    tensors = {
        key: value.detach().cpu().to(torch.float16).contiguous() for key, value in model.state_dict().items()
    }
    save_tensors(folder / "model.safetensors", tensors, {"format": "pt"})
    preprocess = {"mean": START_MEAN, "std": START_STD, "interpolation": "bicubic", "resize_mode": "longest"}
    text = json.dumps({"model_cfg": model_config(config), "preprocess_cfg": preprocess}, indent=2)
    write_whole(folder / "open_clip_config.json", f"{text}\n".encode())
