"""First stage: the image tower learns to put pictures where CLIP puts their names."""

from __future__ import annotations

import logging
import math
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from tqdm import tqdm

from zsbir.errors import ZSBIRError
from zsbir.training.backbone.batches import BatchMaker
from zsbir.training.backbone.config import BackboneConfig
from zsbir.training.backbone.targets import NameBank
from zsbir.training.state import load_state, save_state

log = logging.getLogger(__name__)


def train_image_tower(
    model: nn.Module,
    bank: NameBank,
    batches: BatchMaker,
    config: BackboneConfig,
    out: Path,
    device: torch.device,
) -> None:
    """Contrast every picture with all names of the bank; resume from `out/image.safetensors` if it is there.

    Raises:
        ZSBIRError: The loss is not a number; says at which step.
    """
    model.to(device), bank.to(device)
    optimizer = torch.optim.AdamW(
        parameter_groups(model, bank, config), weight_decay=config.weight_decay, fused=True
    )
    base = [group["lr"] for group in optimizer.param_groups]
    modules = {"model": model, "bank": bank}
    start = load_state(out / "image.safetensors", modules, optimizer)
    running = None
    model.train()
    with tqdm(total=config.steps, initial=start, desc="image tower", mininterval=10) as bar:
        for step in range(start, config.steps):
            for group, lr in zip(optimizer.param_groups, base, strict=True):
                group["lr"] = lr * schedule(step, config.steps, config.warmup)
            model.visual.patch_dropout = _dropout(config, step)
            model.logit_scale.data.clamp_(max=math.log(config.max_scale))
            loss = _step(model, bank, batches, config, step, device)
            if not math.isfinite(loss.item()):
                raise ZSBIRError(f"The loss is {loss.item()} at step {step}; lower --lr and start again.")
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(model.visual.parameters(), 1.0)
            optimizer.step()
            running = loss.item() if running is None else 0.98 * running + 0.02 * loss.item()
            bar.update(), bar.set_postfix(loss=f"{running:.3f}", refresh=False)
            if (step + 1) % config.save_every == 0:
                save_state(out / "image.safetensors", step + 1, modules, optimizer)
    save_state(out / "image.safetensors", config.steps, modules, optimizer)


def _dropout(config: BackboneConfig, step: int) -> nn.Module:
    from open_clip.transformer import PatchDropout

    early = step < config.full_from * config.steps and config.patch_dropout > 0
    return PatchDropout(config.patch_dropout) if early else nn.Identity()


def _step(
    model: nn.Module,
    bank: NameBank,
    batches: BatchMaker,
    config: BackboneConfig,
    step: int,
    device: torch.device,
) -> Tensor:
    batch = batches.make(step)
    torch.manual_seed(config.seed * 1_000_003 + step)  # patch dropout draws from torch's own generator
    with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
        features = model.visual(batch.pixels)
    vectors = bank()
    targets = smooth_targets(batch.targets, vectors.detach(), config.semantic_smoothing)
    features = F.normalize(features.float(), dim=-1)
    logits = model.logit_scale.exp() * features @ vectors.T
    gap = modality_gap(features, batch.targets @ vectors.detach(), batch.kinds)
    return F.cross_entropy(logits, targets) + config.gap_weight * gap


def modality_gap(features: Tensor, names: Tensor, kinds: tuple[int, ...]) -> Tensor:
    """Return how far the pictures of each kind lie off their names *on average*.

    Cross-entropy alone leaves all sketches shifted against all photos by one common vector: a shift common to
    a kind changes no ranking of names. It does change the ranking of photos for a sketch.

    Args:
        features: (n, dim) unit vectors of pictures.
        names: (n, dim) the vectors of their names.
        kinds: How many rows belong to each kind, in order; they add up to n.

    Returns:
        () the sum over the kinds of the squared length of the mean difference.
    """
    means = [part.mean(0) for part in (features - names).split(kinds) if len(part)]
    return torch.stack(means).square().sum()


def smooth_targets(targets: Tensor, bank: Tensor, smoothing: float, sharpness: float = 15.0) -> Tensor:
    """Spread a share of every target over the names that CLIP finds similar to its own.

    Args:
        targets: (n, names) rows that add up to 1.
        bank: (names, dim) unit vectors, without gradient.
        smoothing: The share in [0, 1].
        sharpness: Inverse temperature of the spreading.

    Returns:
        (n, names) rows that add up to 1.
    """
    own = F.normalize(targets @ bank, dim=-1)
    return (1 - smoothing) * targets + smoothing * (sharpness * own @ bank.T).softmax(dim=-1)


def schedule(step: int, steps: int, warmup: int) -> float:
    """Return the learning rate's factor: linear warm-up, then half a cosine down to a hundredth."""
    if step < warmup:
        return (step + 1) / warmup
    return 0.01 + 0.99 * (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup))) / 2


def parameter_groups(model: nn.Module, bank: NameBank, config: BackboneConfig) -> list[dict]:
    """Give every block its learning rate: the deeper below the projection, the slower."""
    visual, layers = model.visual, config.image_layers
    groups: dict[tuple[int, bool], list[nn.Parameter]] = {}
    for name, parameter in visual.named_parameters():
        if name == "proj":
            continue
        depth = int(name.split(".")[2]) + 1 if name.startswith("transformer.resblocks") else 0
        depth = layers + 1 if name.startswith("ln_post") else depth
        groups.setdefault((depth, parameter.ndim > 1), []).append(parameter)
    result = [
        {"params": parameters, "lr": config.lr * config.layer_decay ** (layers + 1 - depth)}
        | ({} if decays else {"weight_decay": 0.0})
        for (depth, decays), parameters in groups.items()
    ]
    new = [visual.proj, model.logit_scale, bank.learnt]
    return [*result, {"params": new, "lr": config.new_lr, "weight_decay": 0.0}]
