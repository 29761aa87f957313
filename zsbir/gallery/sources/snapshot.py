"""A gallery on the Hub, opened as it is: `push-gallery` wrote its table, its photos and its indexes."""

from __future__ import annotations

from zsbir.gallery.sources.reading import parse_dataset
from zsbir.hub import Layout, Snapshot, fetch

TABLE = "metadata.csv"


def fetch_snapshot(source: str, *, refresh: bool = False) -> Snapshot:
    """Find or download a gallery.

    Args:
        source: hf://datasets/user/name[@REVISION].
        refresh: Ask the Hub even where the cache has it.

    Raises:
        HubError: It cannot be had, or is a dataset that is no gallery.
    """
    wanted = parse_dataset(source)
    kind = (
        "a gallery that can be opened as it is; other datasets become galleries with "
        f"`python -m zsbir index {wanted} --gallery NAME`. A gallery comes"
    )
    return fetch(wanted, Layout(kind, TABLE, ("*",)), refresh=refresh)
