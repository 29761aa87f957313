"""Make `import torchvision` work beside a CPU build of torch.

PyPI's torchvision is linked to CUDA. Beside a CPU torch its compiled operators cannot be loaded, and its
Python code fails while registering shape rules for two of them. Declaring the two schemas is enough: the
operators stay unusable, but open_clip only needs the transforms.
"""

import importlib
import sys

_SCHEMAS = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
)
_MISSING_OPERATOR = "operator torchvision::nms does not exist"
_library = None  # torch forgets the schemas when the library object dies


def import_torchvision() -> None:
    """Import torchvision, declaring its operator schemas only when the plain import fails for want of them.

    Raises:
        RuntimeError: torchvision fails for any other reason.
        ImportError: torchvision is not installed.
    """
    try:
        importlib.import_module("torchvision")
    except RuntimeError as error:
        if _MISSING_OPERATOR not in str(error):
            raise
        _declare_schemas()
        importlib.import_module("torchvision")


def _declare_schemas() -> None:
    global _library
    import torch

    for name in [name for name in sys.modules if name == "torchvision" or name.startswith("torchvision.")]:
        del sys.modules[name]
    _library = torch.library.Library("torchvision", "FRAGMENT")
    for schema in _SCHEMAS:
        _library.define(schema)
