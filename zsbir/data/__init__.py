"""Datasets to train on and to measure with: readers, shared category names, splits."""

from zsbir.data.dataset import Dataset, open_dataset
from zsbir.data.layouts import Item
from zsbir.data.names import canonical_name, name_words
from zsbir.data.splits import benchmark_split, held_out_instance, is_unseen_sketch

__all__ = [
    "Dataset",
    "Item",
    "benchmark_split",
    "canonical_name",
    "held_out_instance",
    "is_unseen_sketch",
    "name_words",
    "open_dataset",
]
