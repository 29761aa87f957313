"""Checkpoints as training writes them, but untrained: CLIP-AT on a tiny backbone."""

import json
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors.torch import save_file

from zsbir.backbone import load_backbone
from zsbir.methods.clip_at import ClipAT, ClipATConfig


def save_clip_at(backbone: Path, mode: str, name: str = "", seed: int = 0) -> Path:
    """Write a checkpoint folder beside its backbone's; prompts so large that they change embeddings."""
    torch.manual_seed(seed)
    frozen = load_backbone(backbone, device="cpu")
    method = ClipAT(frozen, ClipATConfig(mode=mode, prompts=2, prompt_std=1.0))
    folder = backbone.parent / (name or f"clip-at-{mode}")
    folder.mkdir()
    save_file(method.state_dict(), folder / "model.safetensors")
    config = {
        "format": 1,
        "method": method.name,
        "backbone": f"../{backbone.name}",
        "backbone_digest": frozen.digest,
        "config": asdict(method.config),
    }
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return folder


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
