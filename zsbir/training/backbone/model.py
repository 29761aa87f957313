"""An open_clip CLIP of the right size, its image tower started from a timm ViT."""

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from zsbir.backbone.torchvision_shim import import_torchvision
from zsbir.errors import BackboneError
from zsbir.training.backbone.config import BackboneConfig

START_MEAN = START_STD = (0.5, 0.5, 0.5)  # how the start weights saw their pictures


def model_config(config: BackboneConfig) -> dict:
    """Return open_clip's `model_cfg`; without `ln_pre`, because the start weights have none."""
    return {
        "embed_dim": config.dim,
        "vision_cfg": {
            "image_size": config.side,
            "patch_size": config.patch,
            "width": config.image_width,
            "layers": config.image_layers,
            "head_width": 64,
            "no_ln_pre": True,
            "norm_kwargs": {"eps": 1e-6},
        },
        "text_cfg": {
            "context_length": config.context,
            "vocab_size": 49408,
            "width": config.text_width,
            "heads": max(1, config.text_width // 64),
            "layers": config.text_layers,
        },
    }


def build_model(config: BackboneConfig) -> torch.nn.Module:
    """Build the two towers with seeded random weights."""
    import_torchvision()
    import open_clip

    torch.manual_seed(config.seed)
    return open_clip.CLIP(**model_config(config))


def start_image_tower(visual: torch.nn.Module, weights: Path) -> Tensor:
    """Fill open_clip's image tower with a timm ViT, exactly; only the projection stays new.

    timm's patch embedding has a bias and open_clip's has none; the bias is added to the positions of the
    patches, which is the same sum. Positions are resampled when the side differs.

    Returns:
        (classes, width) the rows of timm's classifier, which say what the width-dimensional features mean.

    Raises:
        BackboneError: The file is no ViT of this width and depth.
    """
    start = {key: value.float() for key, value in load_file(weights).items()}
    try:
        visual.load_state_dict(_to_open_clip(start, visual), strict=True)
    except (KeyError, RuntimeError) as error:
        raise BackboneError(f"{weights.name} does not fit the image tower: {error}") from error
    return start["head.weight"]


def _to_open_clip(start: dict[str, Tensor], visual: torch.nn.Module) -> dict[str, Tensor]:
    state = {
        "proj": visual.proj.detach(),
        "class_embedding": start["cls_token"][0, 0],
        "positional_embedding": _positions(start, visual.grid_size),
        "conv1.weight": start["patch_embed.proj.weight"],
        "ln_post.weight": start["norm.weight"],
        "ln_post.bias": start["norm.bias"],
    }
    names = {
        "norm1.weight": "ln_1.weight",
        "norm1.bias": "ln_1.bias",
        "norm2.weight": "ln_2.weight",
        "norm2.bias": "ln_2.bias",
        "attn.qkv.weight": "attn.in_proj_weight",
        "attn.qkv.bias": "attn.in_proj_bias",
        "attn.proj.weight": "attn.out_proj.weight",
        "attn.proj.bias": "attn.out_proj.bias",
        "mlp.fc1.weight": "mlp.c_fc.weight",
        "mlp.fc1.bias": "mlp.c_fc.bias",
        "mlp.fc2.weight": "mlp.c_proj.weight",
        "mlp.fc2.bias": "mlp.c_proj.bias",
    }
    for block in range(len(visual.transformer.resblocks)):
        for old, new in names.items():
            state[f"transformer.resblocks.{block}.{new}"] = start[f"blocks.{block}.{old}"]
    return state


def _positions(start: dict[str, Tensor], grid: tuple[int, int]) -> Tensor:
    positions = start["pos_embed"][0]
    side = int((len(positions) - 1) ** 0.5)
    patches = positions[1:].T.reshape(1, -1, side, side)
    if (side, side) != grid:
        patches = torch.nn.functional.interpolate(
            patches, grid, mode="bicubic", align_corners=False, antialias=True
        )
    patches = patches.flatten(2)[0].T + start["patch_embed.proj.bias"]
    return torch.cat([positions[:1], patches])
