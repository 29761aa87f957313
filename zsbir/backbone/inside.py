"""The few lines that reach inside open_clip: forward passes that it does not offer itself.

Each has a slow, obvious twin in `tests/test_backbone.py`, and without prompts `encode_pixels` equals
open_clip's own `encode_image` exactly.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from zsbir.errors import BackboneError

RunBlock = Callable[[int, nn.Module, Tensor], Tensor]  # (depth, block, tokens) -> tokens


def check_promptable(visual: nn.Module) -> None:
    """Make sure that learnt tokens can enter this image tower.

    Raises:
        BackboneError: It is no vision transformer of open_clip's own (a ResNet, a timm model, a CoCa pooler).
    """
    if not hasattr(visual, "_embeds") or getattr(visual, "attn_pool", None) is not None:
        raise BackboneError(
            f"Prompts need open_clip's own vision transformer, and this image tower is a "
            f"{type(visual).__name__}; take a ViT such as ViT-B-32-quickgelu."
        )


def encode_pixels(visual: nn.Module, pixels: Tensor, prompts: Tensor | None = None) -> Tensor:
    """Run CLIP's vision transformer, with learnt tokens after the patch tokens if there are any.

    Shallow prompts enter once, before `ln_pre`, as in CLIP-AT. Deep prompts replace those of the layer
    before: the first layer's enter before `ln_pre`, the others between the blocks.

    Args:
        visual: open_clip's `VisionTransformer`.
        pixels: (batch, 3, side, side) float, as `zsbir.images.to_pixels` makes them.
        prompts: (n, width) shallow, or (layers, n, width) deep, with at most as many layers as the tower has;
            None gives plain CLIP.

    Returns:
        (batch, dim) image features before L2 normalisation.
    """
    if prompts is None:
        return visual(pixels)
    return read_class_token(visual, run_blocks(visual, visual._embeds(pixels), prompts))


def patch_tokens(visual: nn.Module, pixels: Tensor) -> Tensor:
    """Return the (batch, 1 + patches, width) tokens *before* `ln_pre`: class token, patches, positions."""
    patches = visual.conv1(pixels).flatten(2).transpose(1, 2)
    first = visual.class_embedding.to(patches.dtype).expand(len(patches), 1, -1)
    return torch.cat([first, patches], dim=1) + visual.positional_embedding.to(patches.dtype)


def run_blocks(
    visual: nn.Module,
    tokens: Tensor,
    prompts: Tensor | None = None,
    *,
    stop: int | None = None,
    run: RunBlock | None = None,
) -> Tensor:
    """Run the blocks over image tokens, with the prompts of each layer after them.

    Args:
        visual: open_clip's `VisionTransformer`.
        tokens: (batch, 1 + patches, width), after `ln_pre`.
        prompts: As in `encode_pixels`.
        stop: Leave out the blocks from this one on; None runs all.
        run: Runs one block, for methods that change what a block does; None calls it.

    Returns:
        (batch, 1 + patches, width) tokens, without what the last layer makes of prompts: towers that average
        their tokens must not see it.
    """
    learnt = () if prompts is None else (prompts[None] if prompts.ndim == 2 else prompts)
    kept = tokens.shape[1]
    for depth, block in enumerate(visual.transformer.resblocks[:stop]):
        if depth < len(learnt):
            layer = visual.ln_pre(learnt[depth]) if depth == 0 else learnt[depth]
            tokens = torch.cat([tokens[:, :kept], layer.to(tokens.dtype).expand(len(tokens), -1, -1)], dim=1)
        tokens = run(depth, block, tokens) if run else block(tokens)
    return tokens[:, :kept]


def read_class_token(visual: nn.Module, tokens: Tensor) -> Tensor:
    """Turn the tokens of the last block into (batch, dim) features before L2 normalisation."""
    pooled, _ = visual._pool(tokens)
    return pooled if visual.proj is None else pooled @ visual.proj


def encode_tokens(model: nn.Module, tokens: Tensor) -> Tensor:
    """Run the text tower on as many positions as the longest text needs.

    Exact for causal towers: no position sees a later one, and the end-of-text token is the one that is read.

    Args:
        model: open_clip's `CLIP` with a causal text tower that reads at the end-of-text token.
        tokens: (batch, context) int64, as open_clip's tokenizer makes them; 0 after the end.

    Returns:
        (batch, dim) text features before L2 normalisation.
    """
    length = int(tokens.argmax(dim=-1).max()) + 1
    x = model.token_embedding(tokens[:, :length]) + model.positional_embedding[:length]
    x = model.transformer(x, attn_mask=model.attn_mask[:length, :length])
    ends = tokens.argmax(dim=-1)
    x = model.ln_final(x)[torch.arange(len(x), device=x.device), ends]
    return x @ model.text_projection
