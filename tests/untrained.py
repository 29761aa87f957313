"""Checkpoints as training writes them, but untrained, on a tiny backbone."""

import json
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors.torch import save_file

from zsbir.backbone import load_backbone
from zsbir.methods import Method
from zsbir.methods.clip_at import ClipAT, ClipATConfig


def save_clip_at(backbone: Path, mode: str, name: str = "", seed: int = 0) -> Path:
    """Write a checkpoint folder beside its backbone's; prompts so large that they change embeddings."""
    torch.manual_seed(seed)
    frozen = load_backbone(backbone, device="cpu")
    method = ClipAT(frozen, ClipATConfig(mode=mode, prompts=2, prompt_std=1.0))
    return save_method(method, backbone.parent / (name or f"clip-at-{mode}"))


def save_plain(backbone: Path) -> Path:
    """Write plain CLIP on that backbone."""
    folder = backbone.parent / "plain"
    folder.mkdir()
    config = {
        "format": 1,
        "method": "plain",
        "backbone": f"../{backbone.name}",
        "backbone_digest": None,
        "config": {},
    }
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return folder


def rewrite(folder: Path, **changes: object) -> None:
    """Change keys of a checkpoint's config."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    (folder / "config.json").write_text(json.dumps(config | changes), encoding="utf-8")


def save_method(method: Method, folder: Path) -> Path:
    """Write any untrained method, for the backbone that it stands on, in a folder beside that one's."""
    folder.mkdir()
    save_file(method.state_dict(), folder / "model.safetensors")
    config = {
        "format": 1,
        "method": method.name,
        "backbone": f"../{method.backbone.name}",
        "backbone_digest": method.backbone.digest_of(text=method.reads_text),
        "config": asdict(method.config),
    }
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return folder
