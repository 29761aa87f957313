"""Parquet files, through pyarrow, which is installed by whoever needs it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from zsbir.errors import GalleryError

BATCH = 32  # rows turned into Python's objects at once


@dataclass(frozen=True)
class Schema:
    """The columns of a parquet file.

    Attributes:
        columns: Their names.
        rows: How many there are.
        images: Columns that the datasets library marked as pictures, or that look like its pictures.
        binary: Columns of plain bytes.
        labels: Column -> names of its classes.
    """

    columns: tuple[str, ...]
    rows: int
    images: tuple[str, ...]
    binary: tuple[str, ...]
    labels: dict[str, tuple[str, ...]]


def read_schema(path: Path) -> Schema:
    """Read what columns a parquet file has; its rows are not read.

    Raises:
        GalleryError: pyarrow is missing, or the file is damaged.
    """
    with _opened(path) as file:
        schema, types = file.schema_arrow, _pyarrow().types
        features = _features(schema.metadata)
        images = [name for name, feature in features.items() if feature.get("_type") == "Image"]
        images += [
            field.name
            for field in schema
            if types.is_struct(field.type) and field.type.get_field_index("bytes") >= 0
        ]
        return Schema(
            columns=tuple(schema.names),
            rows=file.metadata.num_rows,
            images=tuple(dict.fromkeys(name for name in images if name in schema.names)),
            binary=tuple(
                field.name
                for field in schema
                if types.is_binary(field.type) or types.is_large_binary(field.type)
            ),
            labels={
                name: tuple(map(str, feature["names"]))
                for name, feature in features.items()
                if feature.get("_type") == "ClassLabel" and isinstance(feature.get("names"), list)
            },
        )


def read_rows(path: Path, columns: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
    """Read a parquet file row by row; one of its row groups, 100 MB say, is in memory at a time.

    Args:
        path: The file.
        columns: Those wanted; None reads all.

    Yields:
        Column -> value.

    Raises:
        GalleryError: pyarrow is missing, or the file is damaged.
    """
    with _opened(path) as file:
        wanted = None if columns is None else list(columns)
        for group in range(file.num_row_groups):  # left to itself, pyarrow reads several ahead
            for batch in file.iter_batches(BATCH, row_groups=[group], columns=wanted):
                yield from batch.to_pylist()


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[Any]:
    arrow = _pyarrow()
    try:
        with arrow.parquet.ParquetFile(path, pre_buffer=False) as file:
            yield file
    except (OSError, ValueError, arrow.ArrowException) as error:
        reason = str(error).partition("\n")[0].rstrip(".")
        raise GalleryError(f"{path.name} is no parquet file or damaged ({reason}); get it again.") from error


def _pyarrow() -> ModuleType:
    try:
        import pyarrow.parquet
    except ImportError as error:
        raise GalleryError("Parquet files need one more package. Get it with: pip install pyarrow") from error
    return pyarrow


def _features(metadata: dict[bytes, bytes] | None) -> dict[str, dict[str, Any]]:
    """What the datasets library wrote about the columns; empty if somebody else wrote the file."""
    try:
        features = json.loads((metadata or {})[b"huggingface"])["info"]["features"]
    except (KeyError, ValueError, TypeError):
        return {}
    if not isinstance(features, dict):
        return {}
    return {str(name): feature for name, feature in features.items() if isinstance(feature, dict)}
