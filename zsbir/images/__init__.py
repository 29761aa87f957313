"""Pictures: opening them safely, and turning them into a model's pixels; torch only when asked for."""

from zsbir.images.opening import MAX_PIXELS, open_image
from zsbir.images.pixels import Preprocess, normalise, to_levels, to_pixels
from zsbir.images.sketch import normalise_sketch
from zsbir.images.tracing import trace_sketch

__all__ = [
    "MAX_PIXELS",
    "Preprocess",
    "normalise",
    "normalise_sketch",
    "open_image",
    "to_levels",
    "to_pixels",
    "trace_sketch",
]
