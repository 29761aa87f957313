"""A retriever without a model: ranks coloured placeholder photos by where the ink lies."""

from __future__ import annotations

import colorsys
import json
import threading
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from PIL import Image, ImageDraw

from zsbir.errors import DrawingError, GalleryError, ZSBIRError
from zsbir.families import family_of
from zsbir.hits import Result
from zsbir.strokes import Drawing
from zsbir.ui import Service

CATEGORIES = ["cat", "desk_lamp", "office_chair", "guitar", "sea_turtle"]
LEARNT = ["cat", "guitar"]  # what every method but plain CLIP was trained on
COUNT = 60
MISSING = 7  # this photo is listed but its file is not there
EVIL = '<img src=x onerror="window.hacked=1">`${window.hacked=1}`{{value}}'
CHECKPOINTS = ["plain", "clip-at-category", "clip-at-fine-grained", "dp-clip-fine-grained", "broken"]
FAMILIES = ["plain", "clip-at", "dp-clip", "broken"]


@dataclass(frozen=True)
class FakePhoto:
    """The columns of photos.csv."""

    id: str
    file: str
    category: str
    title: str = ""
    instance: str = ""
    credit: str = "Placeholder by the tests"
    licence: str = "CC0-1.0"
    source: str = "https://example.org/photo"
    hue: float = 0.0


def make_photos(folder: Path, count: int = COUNT) -> list[FakePhoto]:
    """Write placeholder photos whose hue goes once around from the first to the last."""
    photos = []
    for i in range(count):
        hue, category = i / count, CATEGORIES[i % len(CATEGORIES)]
        width, height = [(240, 240), (300, 200), (180, 260)][i % 3]
        image = Image.new("RGB", (width, height), "white")
        box = (width * 0.15, height * 0.15, width * 0.85, height * 0.85)
        colour = tuple(int(255 * c) for c in colorsys.hsv_to_rgb(hue, 0.55, 0.85))
        ImageDraw.Draw(image).ellipse(box, fill=colour)
        ImageDraw.Draw(image).text((width / 2, height / 2), str(i), fill="black")
        photo = FakePhoto(f"{category}/{i:02d} a#b", f"{i:02d}.png", category, f"Placeholder {i}", hue=hue)
        if i == 3:
            photo = replace(photo, title=EVIL, credit=EVIL, source="javascript:alert(1)")
        if i != MISSING:
            image.save(folder / photo.file)
        photos.append(photo)
    return photos


class FakeGallery:
    """Photos in a folder."""

    def __init__(self, name: str, folder: Path, count: int = COUNT):
        self.name, self.root, self.photos = name, folder, tuple(make_photos(folder, count))
        self.index_homes = (folder,)
        self.categories = sorted({photo.category for photo in self.photos})

    def path(self, photo: FakePhoto) -> Path:
        """Where a photo lies."""
        return self.root / photo.file


class FakeIndex:
    """Vectors that are nothing but places, so that a query's cosines stand in the query itself."""

    notes = ()

    def __init__(self, photos: tuple[FakePhoto, ...]):
        self.photos = photos
        self._categories = np.array([photo.category for photo in photos])

    def places(self, category: str | None = None) -> np.ndarray:
        """The contract of `zsbir.index.PhotoIndex.places`."""
        return np.flatnonzero((self._categories == category) | (category is None))

    def place(self, photo_id: str) -> int:
        """The contract of `zsbir.index.PhotoIndex.place`."""
        return next(place for place, photo in enumerate(self.photos) if photo.id == photo_id)

    def vectors(self, places: np.ndarray) -> np.ndarray:
        """The contract of `zsbir.index.PhotoIndex.vectors`."""
        return np.eye(len(self._categories), dtype=np.float32)[places]

    def search(self, vector: np.ndarray, k: int, category: str | None = None) -> SimpleNamespace:
        """The scores that `zsbir.index.PhotoIndex.search` finds."""
        return SimpleNamespace(scores=sorted(vector[self.places(category)].tolist(), reverse=True)[:k])


@dataclass(eq=False)
class FakeRetriever:
    """Ranks by hue: the nearer to the mean x of the ink, the better; a closed `gate` holds searches back.

    Any method but plain CLIP ranks by the mirrored drawing, so that they can be told apart.
    """

    gallery: FakeGallery
    gate: threading.Event = field(default_factory=threading.Event)
    trouble: str = ""
    searches: int = 0
    method: str = "plain"

    def __post_init__(self):
        learnt = [] if self.method == "plain" else ["something"]
        backbone = SimpleNamespace(name="placeholder", folder=None)
        method = SimpleNamespace(name=self.method, parameters=lambda: learnt, backbone=backbone)
        (self.gallery.root / "results.json").write_text(json.dumps({"categories": LEARNT}))
        self.checkpoint = SimpleNamespace(name="fake", method=method, origin="", path=self.gallery.root)
        self.index = FakeIndex(self.gallery.photos)
        self.gate.set()

    def check(self, mode, k, category):
        """Whatever is asked for can be searched."""

    def retrieve(self, drawing, mode="category", k=24, category=None):
        """The contract of `zsbir.retriever.Retriever.retrieve`."""
        self.searches += 1
        self.gate.wait(20)
        if self.trouble:
            raise ZSBIRError(self.trouble)
        target = self._target(drawing)
        if self.method != "plain":
            target = 1 - target
        scored = sorted(
            ((1 - abs(p.hue - target), p) for p in self.gallery.photos), key=lambda pair: -pair[0]
        )
        assumed = mode == "fine-grained" and category is None
        if assumed:
            category = scored[0][1].category
        if mode == "fine-grained":
            if category not in self.gallery.categories:
                raise GalleryError(f"The gallery has no category {category!r}.")
            scored = [pair for pair in scored if pair[1].category == category]
        n = len(scored)
        hits = [
            SimpleNamespace(
                photo=photo, path=self.gallery.path(photo), category=photo.category,
                score=score, percentile=100 * (n - i) / n, rank=i + 1,
            )
            for i, (score, photo) in enumerate(scored[:k])
        ]  # fmt: skip
        vector = np.array([1 - abs(photo.hue - target) for photo in self.gallery.photos], dtype=np.float32)
        return Result(hits, mode, category, assumed, _seen(drawing), n, vector)

    @staticmethod
    def _target(drawing) -> float:
        if isinstance(drawing, Drawing):
            if drawing.is_empty:
                raise DrawingError("Nothing has been drawn yet.")
            return float(np.concatenate([s.points[:, 0] for s in drawing.strokes]).mean() / drawing.width)
        dark = 255 - np.asarray(drawing.convert("L"), dtype=float)
        return float((dark.sum(0) * np.arange(dark.shape[1])).sum() / dark.sum() / dark.shape[1])


def _seen(drawing) -> Image.Image:
    """What a model would see."""
    return drawing.render(224) if isinstance(drawing, Drawing) else drawing.convert("L").resize((224, 224))


def fake_service(folder: Path, *, loading: threading.Event | None = None) -> tuple[Service, FakeRetriever]:
    """A service with fakes behind two galleries and some methods; `loading` holds the model's load back.

    It notes in `loads` what it opened; the retriever that comes with it is plain CLIP's on "everyday".
    """
    (folder / "one").mkdir(parents=True)
    (folder / "two").mkdir()
    retriever = FakeRetriever(FakeGallery("everyday", folder / "one"))
    second = FakeRetriever(FakeGallery("shop", folder / "two", 10))
    loads = []

    def load(gallery: str, checkpoint: str) -> FakeRetriever:
        if loading is not None:
            loading.wait(20)
        if checkpoint == "broken":
            raise ZSBIRError("The checkpoint broken has no config.json. Choose another one.")
        loads.append((gallery, checkpoint))
        if checkpoint.startswith("plain"):
            return retriever if gallery == "everyday" else second
        photos = retriever.gallery if gallery == "everyday" else second.gallery
        return FakeRetriever(photos, method=family_of(checkpoint))

    service = Service(["everyday", "shop"], CHECKPOINTS, load)
    service.loads = loads
    return service, retriever
