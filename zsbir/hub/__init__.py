"""Repositories of the Hugging Face Hub: how they are named, and how they come to this machine."""

from zsbir.hub.reference import Reference, means_repository
from zsbir.hub.snapshot import Layout, Snapshot, fetch

__all__ = ["Layout", "Reference", "Snapshot", "fetch", "means_repository"]
