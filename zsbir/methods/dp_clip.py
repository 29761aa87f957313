"""DP-CLIP: an image tower that adapts itself to a category's photos and name (Gao et al., 2024)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from zsbir.backbone.adapted import BlockAdapter, check_adaptable
from zsbir.backbone.inside import check_promptable, patch_tokens, read_class_token, run_blocks
from zsbir.backbone.tuned import TunedNorms
from zsbir.errors import GalleryError
from zsbir.methods.base import MODES, Method
from zsbir.methods.config import read_choices
from zsbir.methods.dp_clip_parts import ChannelScales, LocalHead, PromptGenerator
from zsbir.methods.dp_clip_texts import CategoryTexts

if TYPE_CHECKING:
    from zsbir.backbone import Backbone


@dataclass(frozen=True, kw_only=True, slots=True)
class DPCLIPConfig:
    """The choices a DP-CLIP checkpoint is made of; saved beside its weights.

    Decided where the paper or its code leave it open, or would not work on the page:

    * The support is `support` photos of the category and no sketch, which costs nothing in the paper's own
      appendix (29.57 against 29.60 Acc@1). They are chosen by the caller, not drawn at random. A category
      with fewer photos uses them again.
    * Support photos enter the prompt generator as tokens before `ln_pre`, as in the released code.
    * The class text is the mean of five templates' unit features (`dp_clip_texts`), not normalised again;
      the paper's figure shows one of them, its code has 63.
    * Both additions of a block are divided by `rank`; the released code divides one by 16 whatever the rank.
    * Nothing else of CLIP learns; the released code leaves its projection and positions free.
    * The windows' LayerNorms and projections start as those of the whole picture.
    * Category level: no recipe was released, and a query's category is what is asked for. So no category
      enters: the support is one blank picture, the same always, and the text says "object". What is left is
      prompts that the generator learns once for all, LoRA and windows. `needs_category` is then False.

    The switches `visual_prompts`, `text_scales` and `local_features` leave a part out, as the paper's
    ablations do. Without `text_scales` the LoRA stays, with all channels at their own strength.
    """

    mode: str = "fine-grained"
    prompts: int = 3
    support: int = 2
    rank: int = 16
    dropout: float = 0.1  # of the prompt seeds, in training only
    local_weight: float = 0.2  # of each window's distance beside the whole picture's
    visual_prompts: bool = True
    text_scales: bool = True
    local_features: bool = True

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise ValueError(f"mode must be one of {MODES}, not {self.mode!r}.")
        for name in ("prompts", "support", "rank"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, not {getattr(self, name)}.")
        if not 0 <= self.dropout < 1 or not self.local_weight > 0:
            raise ValueError(
                f"dropout must lie in [0, 1) and local_weight above 0, not {self.dropout} and "
                f"{self.local_weight}."
            )


@dataclass(frozen=True, eq=False)
class Context:
    """What a category changes in the tower: (layers, n, width) prompts and (layers, 2, rank) scales."""

    prompts: Tensor | None
    scales: Tensor | None


class DPCLIP(Method):
    """One tower for sketches and photos, which pictures pass under a category."""

    name = "dp-clip"

    def __init__(self, backbone: Backbone, config: DPCLIPConfig) -> None:
        super().__init__(backbone, config.mode)
        visual = backbone.visual
        check_promptable(visual)
        check_adaptable(visual)
        self.config = config
        layers, width = len(visual.transformer.resblocks), visual.conv1.out_channels
        self.tuned = TunedNorms(visual)
        self.adapters = nn.ModuleList(BlockAdapter(width, config.rank) for _ in range(layers))
        self.generator = (
            PromptGenerator(visual, config.prompts, config.dropout) if config.visual_prompts else None
        )
        self.scales = ChannelScales(layers, backbone.dim, config.rank) if config.text_scales else None
        self.local = LocalHead(visual, config.rank) if config.local_features else None
        adapts = config.mode == "fine-grained"
        self.needs_category = adapts and (config.visual_prompts or config.text_scales)
        self.reads_text = config.text_scales
        self.support = config.support if adapts and config.visual_prompts else 0
        self._texts = CategoryTexts(backbone)
        self._contexts: dict[str, Context] = {}  # not learnt: what categories change in the tower
        self.register_load_state_dict_post_hook(_forget)

    @classmethod
    def from_config(cls, backbone: Backbone, config: Mapping[str, object]) -> DPCLIP:
        """Build it, untrained; see `DPCLIPConfig`."""
        return cls(backbone, read_choices(DPCLIPConfig, config))

    @property
    def dim(self) -> int:
        """Size of an embedding: that of the whole picture and of its four windows."""
        return self.backbone.dim * (1 if self.local is None else 1 + len(self.local.norms))

    def remember(self, category: str, pixels: Tensor) -> None:
        """Adapt to a category, once for all pictures that are embedded under it.

        Args:
            category: Its canonical name; "" for photos without one.
            pixels: (m, 3, side, side) of its photos, of which the first `support` count.

        Raises:
            GalleryError: There is no photo.
        """
        if self.support and not len(pixels):
            raise GalleryError(
                f"The category {category!r} has no photo to adapt to; add one to the gallery, or take "
                "another method."
            )
        self._contexts[category] = self._constant(category, pixels if self.support else None)

    def knows(self, category: str) -> bool:
        """Whether `remember` was called for a category since the weights last changed."""
        return not self.support or category in self._contexts

    def train(self, mode: bool = True) -> DPCLIP:
        """Switch to training and forget all categories, or to evaluation."""
        if mode:
            self._contexts.clear()
        return super().train(mode)

    def context(self, category: str = "", support: Tensor | None = None) -> Context:
        """Work out what a category changes in the tower, with gradients.

        Args:
            category: Its canonical name; "" for "object".
            support: (m, 3, side, side) of its photos, m at least 1; None for a blank picture.
        """
        prompts = scales = None
        if self.generator is not None:
            prompts = self.generator(self._support_tokens(support))
        if self.scales is not None:
            scales = self.scales(self._texts(category))
        return Context(prompts, scales)

    def embed_parts(self, pixels: Tensor, context: Context) -> Tensor:
        """Map pictures to (batch, parts, dim) float32 unit rows: the whole picture, then its windows."""
        tower, last = self.tuned.tower, len(self.adapters) - 1
        scales = [None] * (last + 1) if context.scales is None else list(context.scales)
        entering: list[Tensor] = []  # the tokens that enter the last block

        def run(depth: int, block: nn.Module, tokens: Tensor) -> Tensor:
            if depth == last:
                entering.append(tokens)
            return self.adapters[depth](block, tokens, scales[depth])

        leaving = run_blocks(tower, tower._embeds(pixels), context.prompts, run=run)
        parts = read_class_token(tower, leaving)[:, None]
        if self.local is not None:
            parts = torch.cat([parts, self.local(entering[0], scales[last])], dim=1)
        return F.normalize(parts.float(), dim=-1)

    def join(self, parts: Tensor) -> Tensor:
        """Fold (batch, parts, dim) unit rows into one unit row, whose inner product weighs the parts.

        With unit parts, sum_i w_i cos_i = <concat sqrt(w_i) a_i, concat sqrt(w_i) b_i>, so the ranking is
        that of the distances 1 - cos added up with the weights 1 and `local_weight`.
        """
        weights = parts.new_full((parts.shape[1], 1), self.config.local_weight)
        weights[0] = 1
        return F.normalize((parts * weights.sqrt()).flatten(1), dim=-1)

    def forward_sketches(self, pixels: Tensor, category: str | None = None) -> Tensor:
        """Map sketches to unit rows under a category that `remember` was called for."""
        return self.join(self.embed_parts(pixels, self.recall(category)))

    def forward_photos(self, pixels: Tensor, category: str | None = None) -> Tensor:
        """Map photos to unit rows, in the same way as sketches."""
        return self.forward_sketches(pixels, category)

    def recall(self, category: str | None) -> Context:
        """Return what a category that `remember` was called for changes in the tower.

        Raises:
            GalleryError: None is named, or it was not called.
        """
        if not self.needs_category:
            category = ""
        elif category is None:
            raise GalleryError(
                "DP-CLIP embeds pictures under a category: name the one they are thought to be of."
            )
        if self.support and category not in self._contexts:
            raise GalleryError(
                f"DP-CLIP has not adapted to the category {category!r}: call remember({category!r}, pixels) "
                f"with {self.support} of its photos first."
            )
        # What is being learnt is worked out anew; only support photos are not here to do so.
        if not self.support and (self.training or torch.is_grad_enabled()):
            return self.context(category)
        if category not in self._contexts:
            self._contexts[category] = self._constant(category, None)
        return self._contexts[category]

    def _constant(self, category: str, pixels: Tensor | None) -> Context:
        # No inference tensors: these outlive the call, and gradients may later flow past them.
        with torch.inference_mode(False), torch.no_grad(), _evaluating(self.generator):
            return self.context(category, None if pixels is None else pixels.clone())

    @torch.no_grad()
    def _support_tokens(self, support: Tensor | None) -> Tensor:
        """Embed support photos with the frozen tower: (m, 1 + patches, width)."""
        if support is None:
            side = self.preprocess.side
            photos = torch.zeros(1, 3, side, side)
        else:
            photos = support[torch.arange(self.config.support) % len(support)]
        return patch_tokens(self.backbone.visual, self.to_backbone(photos))


def _forget(method: DPCLIP, _: object) -> None:
    """Drop what was remembered with other weights."""
    method._contexts.clear()


@contextlib.contextmanager
def _evaluating(module: nn.Module | None) -> Iterator[None]:
    """Leave out dropout, whatever mode a module is in."""
    training = module is not None and module.training
    if training:
        module.eval()
    try:
        yield
    finally:
        if training:
            module.train()
