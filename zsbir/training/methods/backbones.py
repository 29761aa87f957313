"""The backbone that a run stands on: bundled, of the Hub, or a random one that proves the code path."""

from __future__ import annotations

import re

import torch

from zsbir.backbone import Backbone, load_backbone
from zsbir.backbone.device import choose_device
from zsbir.backbone.digest import digest_tensors
from zsbir.backbone.torchvision_shim import import_torchvision
from zsbir.errors import BackboneError
from zsbir.images import Preprocess

RANDOM = "random:"


def open_backbone(name: str, device: str = "auto", seed: int = 0) -> Backbone:
    """Load a backbone to train on, in single precision: what learns must not be rounded.

    Args:
        name: "zsbir-tiny", a folder as in ./FOLDER, "MODEL/WEIGHTS[@REVISION]" of the Hub in open_clip's
            names, or "random:MODEL" for untrained weights, with which no checkpoint is ever written.
        device: "auto", "cuda", "mps" or "cpu".
        seed: Of the random weights.

    Raises:
        BackboneError: There is no such backbone.
        HubError: The Hub cannot be reached.
    """
    if name.startswith(RANDOM):
        return _random(name, device, seed)
    if re.fullmatch(r"[\w-][\w.-]*/[\w.-]+(@[\w.-]+)?", name):
        model, _, rest = name.partition("/")
        weights, _, revision = rest.partition("@")
        return load_backbone(model, weights, device=device, precision="fp32", revision=revision or None)
    return load_backbone(name, device=device, precision="fp32")


def is_random(backbone: Backbone) -> bool:
    """Whether the backbone knows nothing, and nothing that is learnt on it may be kept."""
    return backbone.name.startswith(RANDOM)


def _random(name: str, device: str, seed: int) -> Backbone:
    import_torchvision()
    import open_clip

    config = open_clip.get_model_config(name.removeprefix(RANDOM))
    if config is None or "timm_model_name" in config["vision_cfg"]:
        raise BackboneError(
            f"{name.removeprefix(RANDOM)!r} is no vision transformer of open_clip's own; take one of its "
            "models such as ViT-B-32-quickgelu."
        )
    torch.manual_seed(seed)
    where = choose_device(device)
    model = open_clip.CLIP(**config).to(where).eval().requires_grad_(False)
    return Backbone(
        name=name,
        model=model,
        tokenizer=open_clip.SimpleTokenizer(context_length=model.context_length),
        preprocess=Preprocess(
            side=config["vision_cfg"]["image_size"],
            mean=open_clip.OPENAI_DATASET_MEAN,
            std=open_clip.OPENAI_DATASET_STD,
        ),
        digest=digest_tensors(dict(model.visual.state_dict())),
        device=where,
    )
