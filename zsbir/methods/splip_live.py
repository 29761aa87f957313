"""SpLIP's prompts in the making: three networks that hand tokens from one tower of CLIP to the other."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from zsbir.backbone.inside import patch_tokens
from zsbir.backbone.text_layers import TextTower, run_text
from zsbir.backbone.tuned import TunedNorms
from zsbir.errors import CheckpointError

if TYPE_CHECKING:
    from zsbir.backbone import Backbone
    from zsbir.methods.splip import SpLIPConfig

MODALITIES = ("sketch", "photo")


class Bridge(nn.Module):
    """Three linear layers that turn a token of one tower into `count` tokens for the other."""

    def __init__(self, width: int, hidden: int, out: int, count: int = 1) -> None:
        super().__init__()
        self.shape = (count, out)
        self.layers = nn.Sequential(
            *(nn.Linear(width, hidden), nn.GELU()),
            *(nn.Linear(hidden, hidden), nn.GELU()),
            nn.Linear(hidden, count * out),
        )

    def forward(self, tokens: Tensor) -> Tensor:
        """Map (..., width) to (..., count, out).

        Token embeddings are tiny and the states of late layers large, so tokens are standardised first,
        which learns nothing.
        """
        return self.layers(F.layer_norm(tokens, tokens.shape[-1:])).unflatten(-1, self.shape)


class LivePrompts(nn.Module):
    """Computes the visual prompts of both modalities out of texts and of what pictures look like on average.

    Args:
        backbone: Its text tower gets LayerNorms of its own here; nothing of it changes.
        config: See `SpLIPConfig`.
    """

    def __init__(self, backbone: Backbone, config: SpLIPConfig) -> None:
        super().__init__()
        self.backbone, self.config = backbone, config
        self.text = TunedNorms(TextTower(backbone.model))
        image, text = backbone.visual.conv1.out_channels, self.text.tower.width
        self.b_t = Bridge(image, text, text, config.text_prompts) if config.use_b_t else None
        self.b_v = Bridge(text, text, image) if config.use_b_v else None
        self.b_vt = Bridge(text, text, image, config.image_prompts) if config.use_b_vt else None
        self.register_buffer("means", torch.zeros(len(MODALITIES), image))
        self.register_buffer("pictures", torch.zeros(len(MODALITIES), dtype=torch.int64))
        self.depths = match_layers(len(backbone.visual.transformer.resblocks), self.text.tower.layers)
        self._tokens: dict[str, Tensor] = {}
        self.set_categories(config.categories)

    def set_categories(self, categories: tuple[str, ...]) -> None:
        """Tokenise the templates, alone and with every category."""
        for modality in MODALITIES:
            template = self.config.template(modality)
            texts = [template, *(f"{template} {category}" for category in categories)]
            self._tokens[modality] = self.backbone.tokenizer(texts).to(self.backbone.device)

    def forward(self, modality: str, pixels: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Compute the prompts of a modality, and the class texts as the prompted text tower sees them.

        Args:
            modality: "sketch" or "photo".
            pixels: (batch, 3, side, side); in training, what steers the texts, else not used: then it is
                the mean over all pictures of the modality that were seen in training. Only pictures that
                something is learnt from, so with gradients, count as seen.

        Returns:
            (layers, n, width) visual prompts, and (categories, dim) float32 unit rows.
        """
        tokens = self._tokens[modality]
        if len(tokens) == 1:
            raise CheckpointError(
                "SpLIP computes its prompts out of the training categories, and its config names none; "
                "call use_categories, or use the exported form."
            )
        shift = None if self.b_t is None else self.b_t(self._mean_patch(modality, pixels))
        states, texts = run_text(self.text.tower, tokens[1:], shift)
        visual = torch.cat([self._shared(tokens[:1]), self._layered(states, tokens[1:])], dim=1)
        return visual, F.normalize(texts.float(), dim=-1)

    def _shared(self, template: Tensor) -> Tensor:
        """B_v: a visual token for each word of the template, the same in all layers."""
        words = self.text.tower.word_tokens(template)[0, 1:-1]
        if self.b_v is None:
            return words.new_empty(len(self.depths), 0, self.means.shape[1])
        return self.b_v(words)[:, 0].expand(len(self.depths), -1, -1)

    def _layered(self, states: Tensor, tokens: Tensor) -> Tensor:
        """B_vt: each layer's own visual tokens, out of the same text layer's mean word of all categories."""
        if self.b_vt is None:
            return states.new_empty(len(self.depths), 0, self.means.shape[1])
        return self.b_vt(mean_word(states, tokens)[self.depths])

    def _mean_patch(self, modality: str, pixels: Tensor | None) -> Tensor:
        row = MODALITIES.index(modality)
        if not self.training or pixels is None:
            return self.means[row]
        with torch.no_grad():
            mean = patch_tokens(self.backbone.visual, pixels)[:, 1:].mean(dim=(0, 1))
        if torch.is_grad_enabled():
            self.pictures[row] += len(pixels)
            self.means[row] += (mean - self.means[row]) * (len(pixels) / self.pictures[row])
        return mean


def match_layers(image_layers: int, text_layers: int) -> list[int]:
    """Return the text layer that each image layer listens to; one to one where both have as many.

    The last image layer always takes the last text layer, so that no text layer is without effect.
    """
    return [ceil((depth + 1) * text_layers / image_layers) - 1 for depth in range(image_layers)]


def mean_word(states: Tensor, tokens: Tensor) -> Tensor:
    """Return (layers, width): the mean over words and end of each text, then over texts.

    The start token is the same in all texts, and padding says nothing.

    Args:
        states: (layers, texts, length, width) of `run_text`.
        tokens: (texts, context) int64, the texts; 0 after their end.
    """
    ends = tokens.argmax(dim=-1, keepdim=True)
    places = torch.arange(states.shape[2], device=tokens.device)
    share = ((places > 0) & (places <= ends)) / ends  # (texts, length); a text's words sum to 1
    return torch.einsum("ltpw,tp->lw", states, share.to(states.dtype)) / len(tokens)
