"""The two modes of a search; apart from the methods, so that naming one needs no torch."""

from __future__ import annotations

from typing import Literal, get_args

Mode = Literal["category", "fine-grained"]
"""Rank the gallery by what is drawn, or one category's photos by how well they match the very drawing."""

MODES: tuple[str, ...] = get_args(Mode)

READABLE_MODES = {"category": "Category-level", "fine-grained": "Fine-grained"}
"""What people read, in the order of the page's toggle."""
