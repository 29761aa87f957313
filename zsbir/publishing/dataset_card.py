"""The dataset card of a gallery."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath

from zsbir.gallery import Gallery
from zsbir.hub.reference import Reference
from zsbir.publishing.licences import OTHER, UNKNOWN, count_licences, hub_name

SIZES = {1_000: "n<1K", 10_000: "1K<n<10K", 100_000: "10K<n<100K"}
SHOWN = 12  # makers named in the card; the table names all


def write_gallery_card(gallery: Gallery, to: Reference, table: str, indexes: Sequence[str]) -> str:
    """Return the card of a gallery.

    Args:
        gallery: With its photos.
        to: The repository.
        table: Path of the table of photos there.
        indexes: Names of the checkpoints whose indexes come along.
    """
    from huggingface_hub import DatasetCardData

    licences = count_licences(gallery.photos)
    data = DatasetCardData(
        **_licence_facts(licences),
        pretty_name=gallery.name,
        size_categories=next((name for size, name in SIZES.items() if len(gallery.photos) < size), "n>100K"),
        tags=["sketch", "image-retrieval", "zsbir"],
        configs=[
            {"config_name": "default", "data_files": [{"split": "train", "path": _patterns(gallery, table)}]}
        ],
    )
    parts = [_what(gallery, table), _licences(licences), _makers(gallery), _use(gallery, to, indexes)]
    return f"---\n{data.to_yaml()}\n---\n\n# {gallery.name}\n\n" + "\n\n".join(filter(None, parts)) + "\n"


def _licence_facts(licences: Counter[str]) -> dict:
    names = sorted({hub_name(licence) for licence in licences})
    facts: dict = {"license": names[0] if len(names) == 1 else names}
    if OTHER in names:
        others = sorted(licence for licence in licences if hub_name(licence) == OTHER)
        facts |= {"license_name": "-and-".join(others).lower().replace(" ", "-")}
    return facts


def _patterns(gallery: Gallery, table: str) -> list[str]:
    """What is data: the table and the photos, not the indexes."""
    return [table, *sorted({f"**/*{PurePosixPath(photo.file).suffix}" for photo in gallery.photos})]


def _what(gallery: Gallery, table: str) -> str:
    categories = Counter(photo.category for photo in gallery.photos if photo.category)
    text = f"{len(gallery.photos):,} photos"
    if categories:
        text += f" of {len(categories):,} categories"
    text += " to find with a sketch, by zsbir. "
    text += f"`{table}` has a row for each: its file, category, title, credit and licence."
    listed = ", ".join(f"{name} ({count})" for name, count in sorted(categories.items()))
    if listed:
        text += f"\n\n<details><summary>Categories</summary>\n\n{listed}\n\n</details>"
    return text


def _licences(licences: Counter[str]) -> str:
    rows = [
        f"| {licence or 'none is named'} | {hub_name(licence)} | {count:,} |"
        for licence, count in sorted(licences.items(), key=lambda each: (-each[1], each[0]))
    ]
    text = "## Licences\n\nEach photo keeps its own, in the column `licence`.\n\n"
    text += "| licence | on the Hub | photos |\n|---|---|---|\n" + "\n".join(rows)
    if UNKNOWN in map(hub_name, licences):
        text += "\n\nOf photos without one it is not known under which terms they may be used."
    return text


def _makers(gallery: Gallery) -> str:
    makers = Counter(photo.credit for photo in gallery.photos if photo.credit)
    if not makers:
        return "## Credit\n\nNo maker is named."
    named = "\n".join(f"- {maker} ({count:,})" for maker, count in makers.most_common(SHOWN))
    more = f"\n- and {len(makers) - SHOWN:,} more" if len(makers) > SHOWN else ""
    return f"## Credit\n\nAll makers are in the column `credit`:\n\n{named}{more}"


def _use(gallery: Gallery, to: Reference, indexes: Sequence[str]) -> str:
    at = f"@{to.revision}" if to.revision else ""
    text = (
        "## Use\n\n"
        f"```sh\npython -m zsbir demo --gallery hf://datasets/{to.repo}{at}\n```\n\n"
        f'It is an image folder: `datasets.load_dataset("{to.repo}")` reads it too.'
    )
    if indexes:
        text += (
            "\n\nIndexes come along for these checkpoints: "
            + ", ".join(f"`{name}`" for name in indexes)
            + "."
        )
    return text
