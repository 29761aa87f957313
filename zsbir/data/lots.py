"""Draws that a hash decides: the same on every machine and Python, so that no list has to be kept."""

import hashlib


def lot(name: str) -> bytes:
    """Return the place of a name in every draw: 32 bytes, to sort by."""
    return hashlib.sha256(name.encode()).digest()


def lot_share(name: str) -> float:
    """Return the same as a number in [0, 1), to compare with a share."""
    return int.from_bytes(lot(name)[:8], "big") / 2**64
