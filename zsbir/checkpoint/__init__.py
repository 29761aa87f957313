"""Checkpoints: what one method learnt, from a folder or from the Hub, loaded strictly."""

from zsbir.checkpoint.checkpoint import Checkpoint, load_checkpoint
from zsbir.checkpoint.source import list_checkpoints
from zsbir.checkpoint.weights import WEIGHTS
from zsbir.checkpoint_config import CONFIG, FORMAT

__all__ = ["CONFIG", "FORMAT", "WEIGHTS", "Checkpoint", "list_checkpoints", "load_checkpoint"]
