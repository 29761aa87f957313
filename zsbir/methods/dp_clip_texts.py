"""The frozen text of a category, out of which DP-CLIP makes its scales."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional as F

if TYPE_CHECKING:
    from zsbir.backbone import Backbone

# The paper's figure shows the first one, its code averages 63 of ImageNet's; a few do.
TEMPLATES = (
    "This is {} in the image.",
    "This is a photo of {}.",
    "This is a sketch of {}.",
    "This is a drawing of {}.",
    "This is a picture of {}.",
)
NO_NAME = "object"  # the word for a category without a name


class CategoryTexts:
    """Text features of categories, each worked out once; nothing of it learns.

    Args:
        backbone: Whose text tower reads them.
    """

    def __init__(self, backbone: Backbone) -> None:
        self._backbone = backbone
        self._features: dict[str, Tensor] = {}

    def __call__(self, category: str) -> Tensor:
        """Return the frozen (dim,) float32 text feature of a category."""
        if category not in self._features:
            words = category.replace("_", " ").strip() or NO_NAME
            named = f"{'an' if words[0] in 'aeiou' else 'a'} {words}"
            texts = [template.format(named) for template in TEMPLATES]
            device = self._backbone.device.type
            # No inference tensors: these outlive the call, and gradients may later flow past them.
            with torch.inference_mode(False), torch.no_grad(), torch.autocast(device, enabled=False):
                features = self._backbone.encode_text(texts)
                self._features[category] = F.normalize(features, dim=-1).mean(dim=0)
        return self._features[category]
