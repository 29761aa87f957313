"""The few lines that reach inside open_clip: forward passes that it does not offer itself.

Each has a slow, obvious twin in `tests/test_backbone.py`, and without prompts `encode_pixels` equals
open_clip's own `encode_image` exactly.
"""

import torch
from torch import Tensor, nn


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
    layers = prompts[None] if prompts.ndim == 2 else prompts
    tokens = visual._embeds(pixels)
    kept = tokens.shape[1]
    for depth, block in enumerate(visual.transformer.resblocks):
        if depth < len(layers):
            learnt = visual.ln_pre(layers[depth]) if depth == 0 else layers[depth]
            tokens = torch.cat([tokens[:, :kept], learnt.to(tokens.dtype).expand(len(tokens), -1, -1)], dim=1)
        tokens = block(tokens)
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
