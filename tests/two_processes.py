"""Training in several processes, and the same by hand in one; torchrun runs this file as a module."""

import dataclasses
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file

from zsbir.backbone import load_backbone
from zsbir.data import open_dataset
from zsbir.training.methods import OBJECTIVES, run
from zsbir.training.methods.clip_at import ClipATTrainConfig
from zsbir.training.methods.ranks import Ranks, join_ranks
from zsbir.training.methods.selection import select

STEPS = 3
SETTINGS = {"steps": STEPS, "batch": 4, "lr": 1e-2, "norm_lr": 1e-2, "held_out_categories": 1}


def main(pairs: Path, backbone: Path, out: Path) -> None:
    """Train as the command does; every process writes the weights that it ends with."""
    config = ClipATTrainConfig(**SETTINGS)
    with join_ranks() as ranks:
        trained, _ = run.train(
            "clip-at",
            load_backbone(backbone, device="cpu"),
            OBJECTIVES["clip-at"][0](mode=config.mode),
            config,
            select([open_dataset(pairs)], config),
            out / "state",
            ranks,
        )
        state = {key: value.contiguous().clone() for key, value in trained.method.state_dict().items()}
        save_file(state, out / f"{ranks.rank}.safetensors")


def train_by_hand(pairs: Path, backbone: Path, world: int) -> dict[str, torch.Tensor]:
    """Average the gradients of all processes' batches, one after the other, and step."""
    config = ClipATTrainConfig(**SETTINGS)
    tower, chosen = load_backbone(backbone, device="cpu"), select([open_dataset(pairs)], config)
    kind, _, objective = OBJECTIVES["clip-at"]
    batches = [run._load_batches(chosen, config, tower, Ranks(rank, world)) for rank in range(world)]
    torch.manual_seed(config.seed)
    method = run.METHODS["clip-at"].from_config(tower, dataclasses.asdict(kind(mode=config.mode)))
    learner = objective(method, config, batches[0].categories).train()
    optimizer = torch.optim.AdamW(learner.parameter_groups(), weight_decay=config.weight_decay)
    for step in range(STEPS):
        optimizer.zero_grad()
        for maker in batches:
            (sum(learner.losses(maker.make(step)).values()) / world).backward()
        optimizer.step()
    return method.eval().export().state_dict()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
