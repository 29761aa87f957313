"""The whole training of `zsbir-tiny`, from zips to the folder that is shipped."""

from __future__ import annotations

import argparse
import dataclasses
import logging
from pathlib import Path

from zsbir.backbone.device import choose_device
from zsbir.training.backbone.batches import BatchMaker
from zsbir.training.backbone.config import BackboneConfig
from zsbir.training.backbone.corpus import imagenet_classes, load_gallery_photos, load_photos, load_sketches
from zsbir.training.backbone.export import export_model
from zsbir.training.backbone.image_stage import train_image_tower
from zsbir.training.backbone.model import build_model, start_image_tower
from zsbir.training.backbone.targets import make_bank, read_clip_names
from zsbir.training.backbone.text_stage import embed_captioned, train_text_tower
from zsbir.training.state import remember_settings

START_IMAGE = "vit_tiny_patch16_224.fp16.safetensors"
START_NAMES = "clip_vitb32_text_1366_names.npz"
log = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options; every field of `BackboneConfig` is one."""
    parser.add_argument("--data", type=Path, required=True, help="folder with the dataset zips")
    parser.add_argument(
        "--weights", type=Path, help="folder with the start weights (default: DATA/../weights)"
    )
    parser.add_argument("--out", type=Path, default=Path("checkpoints/zsbir-tiny"), help="folder to write")
    parser.add_argument(
        "--state", type=Path, default=Path("runs/zsbir-tiny"), help="training state; resumes from it"
    )
    parser.add_argument("--device", default="auto", help="auto, cuda, mps or cpu")
    parser.add_argument(
        "--allow-changes", action="store_true", help="go on with a state that was begun with other settings"
    )
    for field in dataclasses.fields(BackboneConfig):
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=field.type, default=field.default)


def main(args: argparse.Namespace) -> int:
    """Train, or go on with an interrupted training, and write the result."""
    config = BackboneConfig(**{f.name: getattr(args, f.name) for f in dataclasses.fields(BackboneConfig)})
    device = choose_device(args.device)
    weights = args.weights or args.data.parent / "weights"
    remember_settings(args.state / "config.json", dataclasses.asdict(config), args.allow_changes)
    store = round(config.side * 9 / 8)  # a little more than is needed, for crops
    photos, sketches = load_photos(args.data, store), load_sketches(args.data, store, config)
    model = build_model(config)
    rows = start_image_tower(model.visual, weights / START_IMAGE)
    classifier = dict(zip(imagenet_classes(args.data), rows, strict=True))
    names = sorted({name for pool in photos + sketches for name in pool.names if name})
    bank = make_bank(names, read_clip_names(weights / START_NAMES), classifier, config.seed)
    log.info("%d names, %d of them CLIP's", len(bank.names), int(bank.fixed.sum()))
    if config.gallery:
        photos.append(load_gallery_photos(config.gallery, store))
    batches = BatchMaker(photos, sketches, bank.rows, config, device)
    train_image_tower(model, bank, batches, config, args.state, device)
    model.eval()
    train_text_tower(model, bank, embed_captioned(model, photos, device), config, args.state, device)
    export_model(model, config, args.out)
    log.info("wrote %s", args.out)
    return 0
