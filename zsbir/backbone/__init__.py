"""The frozen CLIP: loading it, and the forward passes that prompts need."""

from zsbir.backbone.backbone import Backbone
from zsbir.backbone.device import choose_device
from zsbir.backbone.load import load_backbone
from zsbir.backbone.store import shared_backbone

__all__ = ["Backbone", "choose_device", "load_backbone", "shared_backbone"]
