"""Parquet files with a picture in each row as photos."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zsbir.errors import GalleryError
from zsbir.gallery.photos import Photo
from zsbir.gallery.sources.arrow import Schema, read_rows, read_schema
from zsbir.gallery.sources.columns import (
    FILE_NAMES,
    IMAGE_NAMES,
    canonical,
    choose_columns,
    first_of,
    require_column,
    short_names,
    text_of,
)
from zsbir.gallery.sources.kept import keep
from zsbir.images.opening import file_end
from zsbir.progress import Progress

if TYPE_CHECKING:
    from zsbir.gallery.sources.card import Card
    from zsbir.gallery.sources.files import Files


class RowReader:
    """Takes the pictures out of parquet files, each once, and keeps them below a gallery's folder.

    Args:
        files: Where the parquet files are, and what their rows name.
        card: What the dataset says about its columns.
        columns: Field of a photo, or "image" -> column, where the user has named it.
        limit: Most photos to take; None takes all.
        home: The gallery's folder.
    """

    def __init__(
        self, files: Files, card: Card, columns: Mapping[str, str], limit: int | None, home: Path
    ) -> None:
        self.photos: list[Photo] = []
        self.left_out: list[tuple[str, str]] = []
        self._own_ids: list[str] = []
        self._files, self._card, self._columns = files, card, columns
        self._limit = limit
        self._home = home

    def read(self, splits: Mapping[str, list[str]]) -> None:
        """Read the files of each split into `photos`, and what is no photo into `left_out`.

        Raises:
            GalleryError: A file is damaged or has no column with pictures, or the disk is full.
            HubError: A file cannot be had.
        """
        shards = [(split, name) for split, names in splits.items() for name in names]
        total = self._limit
        if total is None:  # otherwise some may not be needed at all
            folder = self._files.bring([name for _, name in shards])
            total = sum(read_schema(folder / name).rows for _, name in shards)
        before: dict[str, int] = {}
        with Progress("Reading rows", total, "row") as progress:
            for split, name in shards:
                if self._is_full():
                    break
                path = self._files.bring([name]) / name
                schema = read_schema(path)
                for number, row in enumerate(self._rows(path, schema), start=before.get(split, 0)):
                    self._take(f"{split}/{number:06d}", row, name)
                    progress.update()
                    if self._is_full():
                        break
                before[split] = before.get(split, 0) + schema.rows
        if all(self._own_ids) and len(set(self._own_ids)) == len(self.photos):
            self.photos = [
                replace(photo, id=id) for photo, id in zip(self.photos, self._own_ids, strict=True)
            ]

    def _is_full(self) -> bool:
        return self._limit is not None and len(self.photos) >= self._limit

    def _rows(self, path: Path, schema: Schema) -> Iterator[dict[str, Any]]:
        """The rows by fields of a photo, as text; "image" as it is."""
        image = self._image_column(schema, path.name)
        columns = choose_columns((name for name in schema.columns if name != image), self._columns)
        labels = {
            column: short_names(schema.labels.get(column) or self._card.labels.get(column, ()))
            for column in columns.values()
        }
        for row in read_rows(path, [image, *columns.values()]):
            fields = {field: text_of(row[column], labels[column]) for field, column in columns.items()}
            yield {**fields, "image": row[image]}

    def _image_column(self, schema: Schema, name: str) -> str:
        if "image" in self._columns:
            return require_column(self._columns["image"], schema.columns)
        pictures = [
            *schema.images,
            *(column for column in self._card.images if column in schema.columns),
        ] or schema.binary
        named = first_of(FILE_NAMES, schema.columns)
        if not pictures and not named:
            raise GalleryError(
                f"{name} has no column with pictures; its columns are: {', '.join(schema.columns)}."
            )
        return first_of(IMAGE_NAMES, pictures) or (pictures[0] if pictures else named)

    def _take(self, where: str, row: dict[str, Any], shard: str) -> None:
        path, content = self._picture(row.pop("image"), shard)
        end = file_end(content)
        if not end:
            named = f"It names {path!r}, which is not there." if path else "It has no picture."
            self.left_out.append((where, "Its bytes are no picture." if content else named))
            return
        category = canonical(row.pop("category", ""))
        title = row.pop("title", "") or ("" if category else posixpath.splitext(posixpath.basename(path))[0])
        self._own_ids.append(row.pop("id", ""))
        self.photos.append(Photo(where, keep(content, end, self._home), category, title, **row))

    def _picture(self, value: Any, shard: str) -> tuple[str, bytes]:
        """Path and content of a picture in any of the forms that it is stored in; b"" where there is none."""
        if isinstance(value, bytes):
            return "", value
        if isinstance(value, str):
            value = {"path": value}
        if not isinstance(value, dict):
            return "", b""
        path = str(value.get("path") or "")
        content = value.get("bytes")
        if content or not path:
            return path, content or b""
        for file in (posixpath.join(posixpath.dirname(shard), path), path):
            if self._files.has(file):
                return path, (self._files.bring([file]) / file).read_bytes()
        return path, b""
