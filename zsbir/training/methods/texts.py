"""Class names as frozen text features, which training steers by and no drawing ever needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional as F

from zsbir.data import name_words

if TYPE_CHECKING:
    from zsbir.backbone import Backbone

TEMPLATE = "a photo of a {}"


@torch.no_grad()
def class_texts(backbone: Backbone, categories: list[str], template: str = TEMPLATE) -> Tensor:
    """Encode the names of categories with the frozen text tower.

    Args:
        backbone: Its text tower is used and not changed.
        categories: Canonical names; row i of the result belongs to category i.
        template: With one `{}` for the name.

    Returns:
        (categories, dim) float32 unit rows on the backbone's device, without gradient.
    """
    texts = [template.format(name_words(category)) for category in categories]
    return F.normalize(backbone.encode_text(texts), dim=-1)
