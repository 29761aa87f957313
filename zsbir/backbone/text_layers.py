"""The text tower layer by layer, with learnt tokens that enter every layer anew."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from zsbir.errors import BackboneError


class TextTower(nn.Module):
    """The text half of an open_clip model, as a module by itself; every weight is the model's own.

    Args:
        model: open_clip's `CLIP`, not changed.

    Raises:
        BackboneError: Its text tower is not causal, or is not read at the end-of-text token.
    """

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        if getattr(model, "attn_mask", None) is None or model.text_pool_type != "argmax":
            raise BackboneError(
                "Prompts in the text tower need CLIP's own: causal, and read at the end-of-text token. "
                "Take a backbone such as ViT-B-32-quickgelu."
            )
        self.token_embedding = model.token_embedding
        self.positional_embedding = model.positional_embedding
        self.transformer = model.transformer
        self.ln_final = model.ln_final
        self.text_projection = model.text_projection

    @property
    def width(self) -> int:
        """Size of a token."""
        return self.positional_embedding.shape[1]

    @property
    def layers(self) -> int:
        """Number of blocks."""
        return len(self.transformer.resblocks)

    def word_tokens(self, tokens: Tensor) -> Tensor:
        """Return what enters the first block: (texts, length, width), positions included.

        Args:
            tokens: (texts, context) int64, as open_clip's tokenizer makes them. Cut behind the longest
                text, which is exact: no position of a causal tower sees a later one.
        """
        length = int(tokens.argmax(dim=-1).max()) + 1
        return self.token_embedding(tokens[:, :length]) + self.positional_embedding[:length]


def run_text(tower: TextTower, tokens: Tensor, prompts: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Run the text tower, with the same learnt tokens put into every layer.

    They stand behind the start-of-text token, where all words see them, and have no positions: the words
    keep theirs, so that without prompts this is plain CLIP. What a block makes of them is dropped.

    Args:
        tower: Frozen, or with LayerNorms of its own.
        tokens: (texts, context) int64.
        prompts: (n, width), or None.

    Returns:
        (layers, texts, length, width), what every block makes of start, words, end and padding; and
        (texts, dim) text features before L2 normalisation.
    """
    words = tower.word_tokens(tokens)
    n = 0 if prompts is None else len(prompts)
    mask = _causal_mask(words.shape[1] + n, words)
    states = []
    for block in tower.transformer.resblocks:
        if n:
            learnt = prompts.to(words.dtype).expand(len(words), -1, -1)
            words = torch.cat([words[:, :1], learnt, words[:, 1:]], dim=1)
        words = block(words, attn_mask=mask)
        if n:
            words = torch.cat([words[:, :1], words[:, 1 + n :]], dim=1)
        states.append(words)
    ends = tower.ln_final(words)[torch.arange(len(words), device=words.device), tokens.argmax(dim=-1)]
    return torch.stack(states), ends @ tower.text_projection


def _causal_mask(length: int, like: Tensor) -> Tensor:
    return torch.full((length, length), -torch.inf, dtype=like.dtype, device=like.device).triu_(1)
