"""Training loops on a tiny backbone, and what of them is compared."""

import dataclasses
import json

import torch

from zsbir.backbone import load_backbone
from zsbir.data import open_dataset
from zsbir.training.methods import OBJECTIVES, run
from zsbir.training.methods.batches import BatchMaker
from zsbir.training.methods.images import Source, load_photos, load_sketches
from zsbir.training.methods.loop import Loop
from zsbir.training.methods.ranks import Ranks

CPU = torch.device("cpu")


def make_loop(pairs, folder, tiny, *, method="clip-at", measure=lambda: {"dev": 0.5}, **choices):
    data = open_dataset(pairs)
    photos = load_photos([Source(data, item) for item in data.select("photo")], 36)
    sketches = load_sketches([Source(data, item) for item in data.select("sketch")], 36)
    kind, recipe, learner = OBJECTIVES[method]
    settings = recipe(**({"batch": 6, "steps": 6, "lr": 1e-2, "norm_lr": 1e-2} | choices))
    backbone = load_backbone(tiny, device="cpu")
    batches = BatchMaker(sketches, photos, settings, backbone.preprocess, CPU)
    torch.manual_seed(settings.seed)
    made = run.METHODS[method].from_config(backbone, dataclasses.asdict(kind(mode=settings.mode)))
    return Loop(learner(made, settings, batches.categories), batches, measure, folder, CPU, Ranks())


def weights(loop):
    return {key: value.clone() for key, value in loop.objective.state_dict().items()}


def told(loop):
    """The history as it comes back from the disk, without the time."""
    return json.loads(json.dumps(loop.history.to_dict() | {"seconds": 0}))


def equal(a, b):
    return a.keys() == b.keys() and all(torch.equal(a[key], b[key]) for key in a)
