"""Photos to make galleries of: one colour a category."""

from pathlib import Path

import numpy as np
from PIL import Image

RED, GREEN, BLUE = (220, 20, 20), (20, 200, 20), (20, 20, 220)


def save_photo(path: Path, colour: tuple[int, int, int], size: tuple[int, int] = (16, 16)) -> None:
    """Write a picture of one colour with a little grain, so that no two files are the same."""
    path.parent.mkdir(parents=True, exist_ok=True)
    grain = np.random.default_rng(sum(map(ord, path.name))).integers(-15, 16, (*size[::-1], 3))
    Image.fromarray(np.clip(np.array(colour) + grain, 0, 255).astype(np.uint8)).save(path)


def save_zoo(folder: Path) -> None:
    """Seven photos in three categories, each category with its colour."""
    for category, colour, count in (("frog", GREEN, 3), ("ladybird", RED, 2), ("whale", BLUE, 2)):
        for number in range(count):
            save_photo(folder / category / f"{category}_{number}.png", colour)
