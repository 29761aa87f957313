"""Datasets of sketches and photos to train on: every instance is a shape of its own, drawn and painted."""

import csv
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

COLUMNS = ("file", "category", "modality", "instance", "split")
SIDE = 40
# Canonical names of seen categories, so that nothing is left out as unseen.
CATEGORIES = ("apple", "bench", "camel", "fan", "guitar", "hammer")


def save_pairs(
    folder: Path,
    categories: tuple[str, ...] = CATEGORIES,
    instances: int = 4,
    sketches: int = 2,
    dev: int = 1,
    split: str = "seen_train",
) -> Path:
    """Write a dataset with a manifest: the last `dev` instances of each category are `seen_dev`."""
    rows = []
    for category in categories:
        for number in range(instances):
            part = "seen_dev" if number >= instances - dev else split
            points = _shape(category, number)
            name = f"{category}_{number}"
            rows.append(_save(folder, f"photo/{category}/{name}.png", category, name, part, points, True))
            for k in range(sketches):
                file = f"sketch/{category}/{name}-{k + 1}.png"
                rows.append(_save(folder, file, category, name, part, points + k, False))
    write_manifest(folder, rows)
    return folder


def write_manifest(folder: Path, rows: list[tuple[str, ...]]) -> None:
    """Write `manifest.csv` with the columns that training reads."""
    with open(folder / "manifest.csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([COLUMNS, *rows])


def _shape(category: str, number: int) -> np.ndarray:
    rng = np.random.default_rng([number, *category.encode()])
    return rng.integers(4, SIDE - 5, (5, 2))


def _save(
    folder: Path, file: str, category: str, instance: str, split: str, points: np.ndarray, painted: bool
) -> tuple[str, ...]:
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    corners = [tuple(map(int, point)) for point in points]
    if painted:
        image = Image.new("RGB", (SIDE, SIDE), (230, 230, 210))
        ImageDraw.Draw(image).polygon(corners, fill=(40 + len(category) * 20, 60, 120))
    else:
        image = Image.new("L", (SIDE, SIDE), 255)
        ImageDraw.Draw(image).line([*corners, corners[0]], fill=0, width=2)
    image.save(path)
    return file, category, "photo" if painted else "sketch", instance, split
