"""What a run leaves behind: weights with their config, results.json, curves.png and a model card."""

from __future__ import annotations

import dataclasses
import json
import platform
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch

from zsbir import __version__
from zsbir.backbone import Backbone
from zsbir.checkpoint import CONFIG, FORMAT, WEIGHTS
from zsbir.checkpoint_results import RESULTS
from zsbir.methods import Method
from zsbir.training.methods.batches import BatchMaker
from zsbir.training.methods.config import TrainConfig
from zsbir.training.methods.loop import Outcome
from zsbir.training.methods.ranks import Ranks
from zsbir.training.methods.selection import Selection
from zsbir.training.state import save_tensors, write_whole

CURVES, CARD = "curves.png", "README.md"


@dataclass(frozen=True)
class Run:
    """All that can be said about a finished run.

    Attributes:
        method: As it is shipped, with the best weights.
        config: The recipe.
        selection: The pictures.
        outcome: Of the loop.
        plain: The dev metrics of the plain backbone.
        trainable: How many numbers learnt, heads that only training needs included.
        ranks: The processes that shared the work.
    """

    method: Method
    config: TrainConfig
    selection: Selection
    outcome: Outcome
    plain: Mapping[str, float]
    trainable: int
    ranks: Ranks

    @property
    def backbone(self) -> Backbone:
        """What the method stands on."""
        return self.method.backbone

    @property
    def backbone_digest(self) -> str:
        """Of the towers that the method embeds through; see `Backbone.digest_of`."""
        return self.backbone.digest_of(text=self.method.reads_text)


def summarise(run: Run, batches: BatchMaker) -> dict:
    """Return everything of a run that `results.json` holds: settings, counts, numbers, speed."""
    history, outcome = run.outcome.history, run.outcome
    best_step, best = history.best
    seconds = history.seconds / max(1, outcome.steps)
    return {
        "method": run.method.name,
        "mode": run.config.mode,
        "backbone": run.backbone.name,
        "backbone_digest": run.backbone_digest,
        "method_config": dataclasses.asdict(run.method.config),
        "train_config": dataclasses.asdict(run.config),
        "data": _counts(run.selection),
        "categories": batches.categories,
        "held_out_categories": run.selection.held_out,
        "parameters": {
            "learnt": sum(parameter.numel() for parameter in run.method.parameters()),
            "while_training": run.trainable,
        },
        "steps": {"made": outcome.steps, "planned": outcome.planned, "best": best_step},
        "plain": dict(run.plain),
        "dev": best,
        "history": history.to_dict()["dev"],
        "losses": history.losses,
        "speed": {
            "seconds_per_step": round(seconds, 4),
            "pictures_per_step": 3 * run.config.batch * run.ranks.world,
            "hours_planned": round(seconds * _whole_recipe(run, batches) / 3600, 2),
            "peak_memory_mb": peak_memory(run.backbone.device),
            "device": _device_name(run.backbone.device),
            "processes": run.ranks.world,
        },
        "versions": {
            "zsbir": __version__,
            "torch": torch.__version__,
            "python": platform.python_version(),
        },
    }


def write_checkpoint(folder: Path, run: Run, results: Mapping) -> None:
    """Write what `zsbir.checkpoint.load_checkpoint` reads, and the card and results beside it."""
    config = {
        "format": FORMAT,
        "method": run.method.name,
        "backbone": run.backbone.name,
        "backbone_digest": run.backbone_digest,
        "config": dataclasses.asdict(run.method.config),
    }
    tensors = {
        key: value.detach().cpu().contiguous().clone() for key, value in run.method.state_dict().items()
    }
    save_tensors(folder / WEIGHTS, tensors, {"format": "pt"})
    write_whole(folder / CONFIG, (json.dumps(config, indent=2) + "\n").encode())
    write_results(folder, results)


def write_results(folder: Path, results: Mapping) -> None:
    """Write `results.json`."""
    write_whole(folder / RESULTS, (json.dumps(results, indent=1) + "\n").encode())


def peak_memory(device: torch.device) -> int:
    """Return the most memory in MB that the run has taken: of the GPU, else of the process; 0 if unknown."""
    if device.type == "cuda":
        return round(torch.cuda.max_memory_allocated(device) / 2**20)
    try:
        import resource
    except ImportError:  # Windows
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # KB on Linux, bytes on macOS
    return round(peak / (2**20 if sys.platform == "darwin" else 2**10))


def _whole_recipe(run: Run, batches: BatchMaker) -> int:
    """Return the steps of all epochs over all sketches, whatever --steps and --limit have left of them."""
    return run.config.epochs * batches.steps_for(run.selection.drawn_in_all)


def _counts(selection: Selection) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for name, part in selection.parts.items():
        counts[name] = dict(sorted(Counter(source.dataset.name for source in part).items()))
    return counts


def _device_name(device: torch.device) -> str:
    return (
        torch.cuda.get_device_name(device) if device.type == "cuda" else f"{device.type} {platform.machine()}"
    )
