"""The backbone that a run stands on: bundled, of the Hub, or a random one that proves the code path."""

from __future__ import annotations

import re

import torch

from zsbir.backbone import Backbone, load_backbone
from zsbir.backbone.config import BUILT_OF, check_config, make_tokenizer, read_preprocess
from zsbir.backbone.device import choose_device
from zsbir.backbone.digest import digest_tensors
from zsbir.backbone.torchvision_shim import import_torchvision
from zsbir.errors import BackboneError

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

    model_name = name.removeprefix(RANDOM)
    config = open_clip.get_model_config(model_name)
    if config is None or "timm_model_name" in config["vision_cfg"] or config.get("custom_text"):
        raise BackboneError(
            f"{model_name!r} is no vision transformer of open_clip's own; take one of its models such as "
            "ViT-B-32-quickgelu."
        )
    check_config({"model_cfg": config}, model_name)
    torch.manual_seed(seed)
    where = choose_device(device)
    model = open_clip.CLIP(**{key: config[key] for key in BUILT_OF & config.keys()})
    return Backbone(
        name=name,
        model=model.to(where).eval().requires_grad_(False),
        tokenizer=make_tokenizer(config["text_cfg"], model.context_length, model_name),
        preprocess=read_preprocess({}, model, model_name),
        digest=digest_tensors(dict(model.visual.state_dict())),
        device=where,
    )
