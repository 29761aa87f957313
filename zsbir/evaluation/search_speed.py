"""Photos and sketches for `zsbir.evaluation.searching`, and its figures as a table."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from zsbir.data.dataset import open_dataset
from zsbir.errors import DataError
from zsbir.evaluation.searching import Row, draw_photos, measure
from zsbir.retriever import Retriever

HEADING = (
    f"{'photos':>10}  {'search':<12}{'median':>9}{'p95':>9}{'ratio':>8}{'recall@24':>11}{'worst':>7}"
    f"{'file':>10}{'read':>9}{'opened':>9}{'built':>8}"
)


def report(args: argparse.Namespace) -> int:
    """Measure what `python -m zsbir benchmark search` was asked for, and print it.

    Raises:
        ZSBIRError: The gallery has no index, or the dataset no sketches.
    """
    retriever = Retriever.load(args.gallery or "everyday", args.checkpoint, device=args.device)
    gallery = retriever.index.vectors(retriever.index.places())
    queries = _queries(args, retriever, gallery)
    if not args.json:
        print(f"{len(queries)} queries, {gallery.shape[1]} dimensions; * is how a gallery is searched")
        print(HEADING)
    for count in args.counts:
        for row in measure(gallery, queries, count, args.noise):
            print(json.dumps(asdict(row)) if args.json else _line(row), flush=True)
    return 0


def _queries(
    args: argparse.Namespace, retriever: Retriever, gallery: NDArray[np.float32]
) -> NDArray[np.float32]:
    draw = np.random.default_rng(1)
    if not np.isfinite(args.noise):  # nothing is near anything then, and sketches are nowhere in particular
        queries = np.empty((args.queries, gallery.shape[1]), dtype=np.float32)
        draw_photos(gallery, args.queries, args.noise, queries, seed=2)
        return queries
    if args.sketches:
        return np.stack(list(_embedded(args, retriever, draw)))
    rows = gallery[draw.integers(len(gallery), size=(2, args.queries))].sum(axis=0)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _embedded(
    args: argparse.Namespace, retriever: Retriever, draw: np.random.Generator
) -> Iterator[NDArray[np.float32]]:
    dataset = open_dataset(Path(args.sketches), "sketch")
    items = dataset.select("sketch")
    if not items:
        raise DataError(f"{args.sketches} has no sketches; name a dataset that has.")
    for place in draw.permutation(len(items))[: args.queries]:
        item = items[place]
        yield retriever.embed(dataset.drawing(item) if item.is_vector else dataset.read(item))


def _line(row: Row) -> str:
    name = row.search + ("*" if row.chosen else "")
    return (
        f"{row.photos:>10,}  {name:<12}{row.median:>6.2f} ms{row.p95:>6.2f} ms{row.ratio:>8.3f}"
        f"{100 * row.recall:>10.2f}%{100 * row.worst:>6.0f}%{row.file:>7,.0f} MB{row.read:>6,.0f} MB"
        f"{row.opened:>6.1f} ms{row.built:>6.0f} s"
    )
