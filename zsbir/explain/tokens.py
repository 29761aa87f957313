"""The patch tokens of a sketch and a photo, through the towers that a method runs them through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import singledispatch

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from zsbir.backbone.inside import RunBlock, run_blocks
from zsbir.errors import CheckpointError
from zsbir.methods import Method
from zsbir.methods.clip_at import ClipAT
from zsbir.methods.deep_dual import DeepDual
from zsbir.methods.deep_dual_layout import depth_of
from zsbir.methods.dp_clip import DPCLIP
from zsbir.methods.reference import FullFinetune
from zsbir.methods.splip import SpLIP


@dataclass(frozen=True)
class Branch:
    """How a method runs its image tower for one modality; see `run_blocks`."""

    visual: nn.Module
    prompts: Tensor | None = None
    run: RunBlock | None = None


@torch.inference_mode()
def patch_rows(
    method: Method, sketch: Tensor, photo: Tensor, category: str | None = None, *, middle: bool = False
) -> list[Tensor]:
    """Describe the patches of a sketch and a photo.

    Args:
        method: Knows the category, if it needs one.
        sketch: (1, 3, side, side) pixels.
        photo: Likewise.
        category: Of the photo.
        middle: After two thirds of the blocks, where deep dual prompts read the layout; else as they leave
            the last block, through the tower's own final norm and projection, which lead the class token into
            the space of the embeddings.

    Returns:
        For each picture (patches, size) float32 unit rows, on the CPU. The picture's own mean is taken off,
        which says what it is and not where: of mirrored line drawings of photos, zsbir-tiny then finds 75 %
        of the inked patches within one patch of their place, 72 % without, and 12 % by chance.

    Raises:
        CheckpointError: The image tower has no patches to compare.
    """
    branches = _branches(method, category)
    _check_patches(branches[0].visual, method.backbone.name)
    return [
        _rows(branch, method.to_backbone(pixels), middle)
        for branch, pixels in zip(branches, (sketch, photo), strict=True)
    ]


def patch_grid(method: Method) -> tuple[int, int]:
    """Return rows and columns of a tower's patches; raises CheckpointError where it has none."""
    _check_patches(method.backbone.visual, method.backbone.name)
    return tuple(method.backbone.visual.grid_size)


def _rows(branch: Branch, pixels: Tensor, middle: bool) -> Tensor:
    visual = branch.visual
    stop = depth_of(len(visual.transformer.resblocks)) if middle else None
    patches = run_blocks(visual, visual._embeds(pixels), branch.prompts, stop=stop, run=branch.run)[0, 1:]
    if not middle:
        patches = visual.ln_post(patches)
        patches = patches if visual.proj is None else patches @ visual.proj
    patches = patches.float()
    return F.normalize(patches - patches.mean(dim=0), dim=-1).cpu()


def _check_patches(visual: nn.Module, name: str) -> None:
    if not hasattr(visual, "_embeds") or getattr(visual, "attn_pool", None) is not None:
        raise CheckpointError(
            f"The image tower of {name} is a {type(visual).__name__}, whose patches cannot be compared; "
            "take a ViT such as ViT-B-32-quickgelu."
        )


@singledispatch
def _branches(method: Method, category: str | None) -> Sequence[Branch]:
    """How sketches and photos pass; here, for methods that leave the frozen tower as it is."""
    return [Branch(method.backbone.visual)] * 2


@_branches.register
def _(method: FullFinetune, category: str | None) -> Sequence[Branch]:
    return [Branch(method.tower)] * 2


@_branches.register
def _(method: ClipAT | DeepDual, category: str | None) -> Sequence[Branch]:
    encoders = method.sketch_encoder or method.photo_encoder, method.photo_encoder
    return [Branch(encoder.tuned.tower, encoder.prompts) for encoder in encoders]


@_branches.register
def _(method: SpLIP, category: str | None) -> Sequence[Branch]:
    return [Branch(method.tuned.tower, method.prompts_of(modality)) for modality in ("sketch", "photo")]


@_branches.register
def _(method: DPCLIP, category: str | None) -> Sequence[Branch]:
    context = method.recall(category)
    scales = [None] * len(method.adapters) if context.scales is None else context.scales

    def run(depth: int, block: nn.Module, tokens: Tensor) -> Tensor:
        return method.adapters[depth](block, tokens, scales[depth])

    return [Branch(method.tuned.tower, context.prompts, run)] * 2
