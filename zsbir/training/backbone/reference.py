"""The start weights as they are, in zsbir's format: the row that a trained backbone has to beat."""

import argparse
import json
from pathlib import Path

import torch

from zsbir.training.backbone.config import BackboneConfig
from zsbir.training.backbone.export import export_model
from zsbir.training.backbone.model import build_model, start_image_tower


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--weights", type=Path, required=True, help="the start weights, a timm ViT-Tiny as safetensors"
    )
    parser.add_argument("--side", type=int, default=BackboneConfig.side, help="pixels of the input")
    parser.add_argument("--out", type=Path, default=Path("runs/start-weights"), help="folder to write")


def main(args: argparse.Namespace) -> int:
    """Write a checkpoint whose embeddings have the cosines of the untouched features; its text is random."""
    config = BackboneConfig(side=args.side)
    model = build_model(config)
    start_image_tower(model.visual, args.weights)
    with torch.no_grad():
        model.visual.proj.copy_(torch.eye(config.image_width, config.dim))  # features, then zeros
    export_model(model, config, args.out)
    checkpoint = {"format": 1, "method": "plain", "backbone": ".", "backbone_digest": None, "config": {}}
    (args.out / "config.json").write_text(json.dumps(checkpoint, indent=2) + "\n", encoding="utf-8")
    return 0
