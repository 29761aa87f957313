"""The retrieval methods: one contract, one file a paper."""

from zsbir.methods.base import MODES, Method
from zsbir.methods.clip_at import ClipAT
from zsbir.methods.deep_dual import DeepDual
from zsbir.methods.dp_clip import DPCLIP
from zsbir.methods.plain import PlainCLIP
from zsbir.methods.reference import FullFinetune, LinearProbe
from zsbir.methods.splip import SpLIP

METHODS: dict[str, type[Method]] = {
    kind.name: kind for kind in (PlainCLIP, ClipAT, DeepDual, DPCLIP, SpLIP, LinearProbe, FullFinetune)
}

__all__ = ["METHODS", "MODES", "Method"]
