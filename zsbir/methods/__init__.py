"""The retrieval methods: one contract, one file a paper."""

from zsbir.methods.base import Method
from zsbir.methods.plain import PlainCLIP

METHODS: dict[str, type[Method]] = {"plain": PlainCLIP}

__all__ = ["METHODS", "Method", "PlainCLIP"]
