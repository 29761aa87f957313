"""What the tests of the evaluation share: sets of plain colours, and methods that see only colour."""

import io
import zipfile
from pathlib import Path
from types import SimpleNamespace

import torch
from PIL import Image

from zsbir.data import Item
from zsbir.images import Preprocess

HEADER = "file,category,modality,instance,split\n"
COLOURS = {"apple": (255, 0, 0), "pear": (0, 255, 0), "bat": (0, 0, 255)}


class ColourMethod:
    """Embeds a picture as its mean colour: apples find apples, exactly."""

    name = "colour"
    needs_category = False
    support = 0
    preprocess = Preprocess(side=8, mean=(0.0, 0.0, 0.0), std=(1.0, 1.0, 1.0))
    dim = 3
    backbone = SimpleNamespace(name="colours")

    def __init__(self):
        self.calls = []

    def embed_photos(self, pixels, category=None):
        self.calls.append(len(pixels))
        return torch.nn.functional.normalize(pixels.mean(dim=(2, 3)) + 1e-3, dim=1)

    embed_sketches = embed_photos


class ToldMethod(ColourMethod):
    """Sees colour relative to the mean colour of what taught it the category it is told."""

    name = "told"
    needs_category = True
    support = 2

    def __init__(self):
        super().__init__()
        self.taught = {}

    def remember(self, category, pixels):
        assert 1 <= len(pixels) <= self.support
        self.taught[category] = pixels.mean(dim=(0, 2, 3))

    def embed_photos(self, pixels, category=None):
        self.calls.append((category, len(pixels)))
        return torch.nn.functional.normalize(pixels.mean(dim=(2, 3)) - self.taught[category] + 1e-3, dim=1)

    embed_sketches = embed_photos


def fake_checkpoint(method, name="colour", modes=("category", "fine-grained"), path=Path("nowhere")):
    """As `zsbir.checkpoint.Checkpoint`."""
    return SimpleNamespace(name=name, digest="sha256:0123", method=method, modes=modes, path=path)


def picture(colour: tuple[int, int, int]) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(stream, "png")
    return stream.getvalue()


def write_set(path, rows: list[tuple[str, str, str, str, str]], pictures: dict[str, bytes] | None = None):
    """A zip of the layout of shared/data; each picture in its category's colour unless given."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("manifest.csv", HEADER + "".join(",".join(row) + "\n" for row in rows))
        for file, category, *_ in rows:
            archive.writestr(file, (pictures or {}).get(file, picture(COLOURS.get(category, (9, 9, 9)))))
    return path


def photo_item(category: str, instance: str = "") -> Item:
    return Item(f"{category}{instance}.png", category, category, "photo", instance)


def sketch_item(category: str, instance: str = "") -> Item:
    return Item(f"{category}-1.png", category, category, "sketch", instance)
