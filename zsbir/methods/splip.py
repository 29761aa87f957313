"""SpLIP: deep visual prompts that the text tower makes, one image tower for both (Singha et al., ECCV 2024).

It learns in a live form, in which every batch runs the text tower, and is shipped in an exported one that
only keeps the prompts which come out. See `zsbir/training/` for the losses.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from zsbir.backbone.inside import check_promptable, read_class_token, run_blocks
from zsbir.backbone.tuned import TunedNorms
from zsbir.errors import CheckpointError
from zsbir.methods.base import MODES, Method
from zsbir.methods.config import read_choices
from zsbir.methods.splip_live import MODALITIES, LivePrompts

if TYPE_CHECKING:
    from zsbir.backbone import Backbone


@dataclass(frozen=True, kw_only=True, slots=True)
class SpLIPConfig:
    """The choices a SpLIP checkpoint is made of; saved beside its weights.

    Where the paper leaves something open, or what it says is too dear, this is what is done here:

    * T = B_t(E0) comes from the mean patch of a *modality*, not of each picture: of the batch in training,
      of all pictures seen in training afterwards (E0 is frozen, so that is a fixed vector). Only then can
      prompts be cached; per picture, each would cost a text pass for every category.
    * E0 is pooled over patches, with positions and without the class token. B_t, B_v and B_vt are three
      linear layers with GELU between them, as wide as the text tower, over standardised inputs.
    * T stands behind the start-of-text token, without positions, and is put into every text layer anew.
    * J - 1 = 4: the template has four words. B_v sees them with their positions, or both "a" would be one.
    * B_vt takes the mean over words and end token (no start, no padding), then over all categories, of the
      *output* of text layer l for image layer l; towers of different depth are matched in proportion.
    * Prompts follow the patches and enter the first layer before `ln_pre`, without positions.
    * Fine-grained models are built as those of category level; only their losses and triplets differ.

    Attributes:
        mode: "category", which serves generalised zero-shot too, or "fine-grained".
        exported: Whether prompts are stored instead of computed.
        text_prompts: m of the paper, tokens of T.
        image_prompts: n of the paper, layer-specific tokens.
        photo_template: What precedes a category's name in the texts of photos.
        sketch_template: The same for sketches.
        use_b_t: Steer the texts by what pictures look like; without it they are plain.
        use_b_v: Put the template's words into the image tower.
        use_b_vt: Put each text layer's mean word into the image tower.
        categories: The training categories in words, out of which the live form computes; () in the exported
            one.
    """

    mode: str = "category"
    exported: bool = False
    text_prompts: int = 4
    image_prompts: int = 2
    photo_template: str = "a photo of a"
    sketch_template: str = "a sketch of a"
    use_b_t: bool = True
    use_b_v: bool = True
    use_b_vt: bool = True
    categories: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what no model can be built of; JSON has lists where this has tuples."""
        if self.mode not in MODES:
            raise ValueError(f"mode must be one of {MODES}, not {self.mode!r}.")
        if self.text_prompts < 1 or self.image_prompts < 1:
            raise ValueError(
                f"text_prompts and image_prompts must be at least 1, not {self.text_prompts} and "
                f"{self.image_prompts}; use_b_t and use_b_vt leave them out."
            )
        object.__setattr__(self, "categories", tuple(self.categories))

    def template(self, modality: str) -> str:
        """Return what precedes a category's name in the texts of a modality."""
        return self.sketch_template if modality == "sketch" else self.photo_template


class StoredPrompts(nn.Module):
    """The visual prompts of both modalities, as they came out of training."""

    def __init__(self, backbone: Backbone, config: SpLIPConfig) -> None:
        super().__init__()
        visual = backbone.visual
        for modality in MODALITIES:
            words = int(backbone.tokenizer([config.template(modality)]).argmax()) - 1
            count = words * config.use_b_v + config.image_prompts * config.use_b_vt
            shape = (len(visual.transformer.resblocks), count, visual.conv1.out_channels)
            self.register_parameter(modality, nn.Parameter(torch.zeros(shape)))


class SpLIP(Method):
    """One image tower with LayerNorms of its own; a modality differs by its prompts alone."""

    name = "splip"

    def __init__(self, backbone: Backbone, config: SpLIPConfig) -> None:
        super().__init__(backbone, config.mode)
        check_promptable(backbone.visual)
        self.config = config
        self.tuned = TunedNorms(backbone.visual)
        self.stored = StoredPrompts(backbone, config) if config.exported else None
        self.live = None if config.exported else LivePrompts(backbone, config)
        self.reads_text = self.live is not None

    @classmethod
    def from_config(cls, backbone: Backbone, config: Mapping[str, object]) -> SpLIP:
        """Build it, untrained; see `SpLIPConfig`."""
        return cls(backbone, read_choices(SpLIPConfig, config))

    def use_categories(self, categories: Sequence[str]) -> None:
        """Tell the live form which categories, in words, its prompts are computed out of.

        Raises:
            CheckpointError: This is the exported form, which computes nothing.
        """
        if self.live is None:
            raise CheckpointError(
                "An exported SpLIP has no networks left to train; start from the live form."
            )
        self.config = dataclasses.replace(self.config, categories=tuple(categories))
        self.live.set_categories(self.config.categories)

    @torch.no_grad()
    def export(self) -> SpLIP:
        """Return the form that stores its prompts: what this one computes in evaluation mode."""
        if self.live is None:
            return self
        shipped = SpLIP(self.backbone, dataclasses.replace(self.config, exported=True, categories=()))
        state = {f"tuned.{name}": tensor for name, tensor in self.tuned.state_dict().items()}
        for modality in MODALITIES:
            state[f"stored.{modality}"] = self.live(modality)[0]
        shipped.load_state_dict(state)
        return shipped.to(self.backbone.device, self.backbone.dtype).eval().requires_grad_(False)

    def embed_prompted(self, pixels: Tensor, prompts: Tensor) -> tuple[Tensor, Tensor]:
        """Run the image tower.

        Args:
            pixels: (batch, 3, side, side).
            prompts: (layers, n, width).

        Returns:
            (batch, dim) float32 unit rows, and (batch, patches, width) what the last block made of patches.
        """
        visual = self.tuned.tower
        tokens = run_blocks(visual, visual._embeds(pixels), prompts)
        features = F.normalize(read_class_token(visual, tokens).float(), dim=-1)
        return features, tokens[:, 1:]

    def forward_sketches(self, pixels: Tensor, category: str | None = None) -> Tensor:
        """Map sketches to unit rows with the prompts of sketches; `category` is not used."""
        return self.embed_prompted(pixels, self.prompts_of("sketch", pixels))[0]

    def forward_photos(self, pixels: Tensor, category: str | None = None) -> Tensor:
        """Map photos to unit rows with the prompts of photos; `category` is not used."""
        return self.embed_prompted(pixels, self.prompts_of("photo", pixels))[0]

    def prompts_of(self, modality: str, pixels: Tensor | None = None) -> Tensor:
        """Return the (layers, n, width) prompts of "sketch" or "photo"; in training, `pixels` steer them."""
        if self.live is None:
            return getattr(self.stored, modality)
        return self.live(modality, pixels)[0]
