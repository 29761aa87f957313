"""Second stage: the text tower learns the name vectors, and captions against the finished image tower."""

from __future__ import annotations

import math
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from tqdm import tqdm

from zsbir.backbone.inside import encode_tokens
from zsbir.backbone.text_layers import TextTower
from zsbir.data import name_words
from zsbir.errors import ZSBIRError
from zsbir.training.backbone.config import BackboneConfig
from zsbir.training.backbone.corpus import Pool
from zsbir.training.backbone.image_stage import schedule
from zsbir.training.backbone.targets import NameBank
from zsbir.training.state import load_state, save_state

TEMPLATES = (
    "{}",
    "a {}",
    "a photo of a {}",
    "a photo of a {}.",
    "a sketch of a {}",
    "a drawing of a {}.",
    "a picture of the {}",
    "This is a {} in the image.",
)
CAPTION_SHARE = 0.25


def train_text_tower(
    model: nn.Module,
    bank: NameBank,
    captioned: list[tuple[Tensor, tuple[str, ...]]],
    config: BackboneConfig,
    out: Path,
    device: torch.device,
) -> None:
    """Fit the text tower; resume from `out/text.safetensors` if it is there.

    Args:
        model: Both towers; only the text tower learns.
        bank: The name vectors, finished.
        captioned: (dim,) unit image embedding and captions of every captioned photo.
        config: Steps, batch, rate, seed.
        out: Folder of the training state.
        device: Where to train.

    Raises:
        ZSBIRError: The loss is not a number; says at which step.
    """
    import open_clip

    tokenize = open_clip.SimpleTokenizer(context_length=config.context)
    tower = TextTower(model)  # the state holds no image tower: it may have been trained further since
    parameters = list(tower.parameters())
    optimizer = torch.optim.AdamW(parameters, lr=config.text_lr, weight_decay=0.01)
    modules = {"text": tower}
    start = load_state(out / "text.safetensors", modules, optimizer)
    vectors = bank().detach()
    with tqdm(total=config.text_steps, initial=start, desc="text tower", mininterval=10) as bar:
        for step in range(start, config.text_steps):
            optimizer.param_groups[0]["lr"] = config.text_lr * schedule(
                step, config.text_steps, config.warmup
            )
            generator = torch.Generator().manual_seed(config.seed * 1_000_003 + step)
            loss = _name_loss(model, tokenize, bank.names, vectors, config, generator, device)
            if captioned:
                loss = loss + CAPTION_SHARE * _caption_loss(
                    model, tokenize, captioned, config, generator, device
                )
            if not math.isfinite(loss.item()):
                raise ZSBIRError(
                    f"The loss is {loss.item()} at step {step}; lower --text-lr and start again."
                )
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            bar.update(), bar.set_postfix(loss=f"{loss.item():.3f}", refresh=False)
            if (step + 1) % config.save_every == 0:
                save_state(out / "text.safetensors", step + 1, modules, optimizer)
    save_state(out / "text.safetensors", config.text_steps, modules, optimizer)


def _name_loss(
    model: nn.Module,
    tokenize: object,
    names: list[str],
    vectors: Tensor,
    config: BackboneConfig,
    generator: torch.Generator,
    device: torch.device,
) -> Tensor:
    rows = torch.randint(len(names), (config.text_batch,), generator=generator)
    forms = torch.randint(len(TEMPLATES), (config.text_batch,), generator=generator)
    texts = [
        TEMPLATES[f].format(name_words(names[r])) for r, f in zip(rows.tolist(), forms.tolist(), strict=True)
    ]
    features = F.normalize(encode_tokens(model, tokenize(texts).to(device)), dim=-1)
    near = 1 - (features * vectors[rows.to(device)]).sum(-1).mean()
    return 2 * near + 0.5 * F.cross_entropy(20 * features @ vectors.T, rows.to(device))


def _caption_loss(
    model: nn.Module,
    tokenize: object,
    captioned: list[tuple[Tensor, tuple[str, ...]]],
    config: BackboneConfig,
    generator: torch.Generator,
    device: torch.device,
) -> Tensor:
    picks = torch.randperm(len(captioned), generator=generator)[: config.text_batch // 3].tolist()
    spoken = torch.randint(1_000_000, (len(picks),), generator=generator).tolist()
    texts = [captioned[i][1][s % len(captioned[i][1])] for i, s in zip(picks, spoken, strict=True)]
    images = torch.stack([captioned[i][0] for i in picks]).to(device)
    logits = 20 * images @ F.normalize(encode_tokens(model, tokenize(texts).to(device)), dim=-1).T
    true = torch.arange(len(picks), device=device)
    return (F.cross_entropy(logits, true) + F.cross_entropy(logits.T, true)) / 2


@torch.inference_mode()
def embed_captioned(
    model: nn.Module, pools: list[Pool], device: torch.device
) -> list[tuple[Tensor, tuple[str, ...]]]:
    """Embed every captioned photo once with the finished image tower."""
    result = []
    side = model.visual.image_size[0]
    for pool in pools:
        picked = [index for index, captions in enumerate(pool.captions) if captions]
        for start in range(0, len(picked), 64):
            chunk = picked[start : start + 64]
            pixels = F.interpolate(pool.pixels[chunk].float(), side, mode="bilinear", antialias=True).to(
                device
            )
            features = F.normalize(model.visual(pixels / 127.5 - 1), dim=-1).cpu()
            result += [(feature, pool.captions[i]) for feature, i in zip(features, chunk, strict=True)]
    return result
