"""The training pictures in memory: photos and human sketches as uint8 tensors, each with its name."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from zsbir.data import Dataset, Item, canonical_name, held_out_instance, is_unseen_sketch, open_dataset
from zsbir.errors import DataError, ZSBIRError
from zsbir.gallery import load_gallery
from zsbir.images import open_image
from zsbir.images.pixels import letterbox
from zsbir.training.backbone.config import BackboneConfig
from zsbir.training.strokes import augmented_raster

log = logging.getLogger(__name__)

# Share of the photos of a batch by set; tiny-imagenet is large but only 64 px.
PHOTO_SETS = {
    "caltech101": 0.20,
    "photos_small_sets": 0.25,
    "sketchy_pairs": 0.15,
    "sketchy_five_full": 0.04,
    "chairs_v2": 0.02,
    "flickr8k_1000": 0.04,
    "tiny_imagenet_1": 0.15,
    "tiny_imagenet_2": 0.15,
}
GALLERY_SHARE = 0.25  # renderings and cut-outs on white, which the other sets hardly have
SKETCH_SETS = {"quickdraw_strokes": 0.9, "doodles_8_categories": 0.1}
SMALL_PHOTOS = {"tiny_imagenet_1": 64, "tiny_imagenet_2": 64}  # pixels; keeping more would only waste memory
TRAIN_SPLITS = ("train", "seen_train")


@dataclass(frozen=True)
class Pool:
    """Pictures of one set.

    Attributes:
        pixels: (n, channels, side, side) uint8; 3 channels for photos, 1 for sketches.
        names: One canonical category a picture; empty for captioned photos without one.
        captions: One tuple of sentences a picture; empty tuples where there are none.
        share: Probability of drawing from this pool.
    """

    pixels: Tensor
    names: list[str]
    captions: list[tuple[str, ...]]
    share: float


def load_photos(data: Path, side: int) -> list[Pool]:
    """Read every photo set in `data`; photos held out for development are left out.

    Raises:
        DataError: There is none, or no picture of one can be read.
    """
    pools = []
    for name, share in PHOTO_SETS.items():
        dataset = _open(data, name)
        if dataset is not None:
            pools.append(_photo_pool(dataset, SMALL_PHOTOS.get(name, side), share))
    if not pools:
        raise DataError(
            f"{data} has none of the photo sets {sorted(PHOTO_SETS)}; give the folder with their zips."
        )
    return pools


def load_gallery_photos(name: str | Path, side: int) -> Pool:
    """Read the pictures of a gallery, given by name or folder, with their categories.

    Raises:
        GalleryError: There is no such gallery.
        DataError: None of its pictures can be read.
    """
    gallery = load_gallery(name)
    photos, pixels = _read(
        gallery.photos,
        lambda photo: np.asarray(letterbox(open_image(gallery.path(photo)), side)),
        f"gallery {gallery.name}",
    )
    return Pool(
        torch.from_numpy(pixels).permute(0, 3, 1, 2),
        [canonical_name(photo.category) for photo in photos],
        [()] * len(photos),
        GALLERY_SHARE,
    )


def load_sketches(data: Path, side: int, config: BackboneConfig) -> list[Pool]:
    """Render every human sketch of a seen category, `sketch_variants` times with different augmentation."""
    pools = []
    for name, share in SKETCH_SETS.items():
        dataset = _open(data, name)
        if dataset is not None:
            pools.append(_sketch_pool(dataset, side, share, config))
    return pools


def _open(data: Path, name: str) -> Dataset | None:
    path = data / f"{name}.zip"
    if not path.exists():
        log.warning("%s is not in %s; training goes on without it.", path.name, data)
        return None
    return open_dataset(path)


def _photo_pool(dataset: Dataset, side: int, share: float) -> Pool:
    # Held-out instances are held out from the pairs of sketch and photo; photos alone are no pairs.
    items = [
        item
        for item in dataset.select("photo")
        if item.split in TRAIN_SPLITS or held_out_instance(dataset.name, item.instance)
    ]
    items, pixels = _read(items, lambda item: np.asarray(letterbox(dataset.read(item), side)), dataset.name)
    captions = [tuple(dataset.captions.get(item.file, ())) for item in items]
    return Pool(
        torch.from_numpy(pixels).permute(0, 3, 1, 2), [item.category for item in items], captions, share
    )


def _sketch_pool(dataset: Dataset, side: int, share: float, config: BackboneConfig) -> Pool:
    kept = [
        i for i in dataset.select("sketch") if i.split in TRAIN_SPLITS and not is_unseen_sketch(i.category)
    ]
    # Only strokes can be augmented before they are drawn; a raster sketch is kept once.
    jobs = [(item, n) for item in kept for n in range(config.sketch_variants if item.is_vector else 1)]

    def draw(job: tuple[Item, int]) -> np.ndarray:
        item, variant = job
        rng = np.random.default_rng([config.seed, variant, *item.file.encode()])
        return augmented_raster(dataset, item, side, rng)

    jobs, pixels = _read(jobs, draw, dataset.name)
    return Pool(
        torch.from_numpy(pixels)[:, None], [item.category for item, _ in jobs], [()] * len(jobs), share
    )


def _read(jobs: Iterable, load: Callable, name: str) -> tuple[list, np.ndarray]:
    """Run `load` over the jobs in threads; broken pictures are named and left out."""

    def one(job: object) -> np.ndarray | None:
        try:
            return load(job)
        except ZSBIRError as error:
            log.warning("left out: %s", error)
            return None

    jobs = list(jobs)
    with ThreadPoolExecutor(4) as threads:
        results = list(tqdm(threads.map(one, jobs), name, len(jobs), mininterval=5))
    kept = [(job, result) for job, result in zip(jobs, results, strict=True) if result is not None]
    if not kept:
        raise DataError(f"None of the {len(jobs)} pictures of {name} can be read; see the messages above.")
    return [job for job, _ in kept], np.stack([result for _, result in kept])


def imagenet_classes(data: Path) -> list[str]:
    """Return the canonical names of ImageNet's 1,000 classes in the order of a classifier's rows.

    The order is that of the WordNet ids, which the sample set carries in its file names.
    """
    dataset = _open(data, "photos_small_sets")
    found = {}
    for item in dataset.items if dataset else ():
        number = re.search(r"imagenet_sample1000/.*(n\d{8})", item.file)
        if number:
            found[number[1]] = item.category
    if len(found) != 1000:
        raise DataError(f"photos_small_sets.zip should show 1,000 ImageNet classes and shows {len(found)}.")
    return [found[number] for number in sorted(found)]


def caption_names(caption: str, known: set[str]) -> list[str]:
    """Return the known names that a sentence speaks of: one or two words, singular or plural.

    >>> caption_names("Two dogs chase a tennis ball .", {"dog", "tennis_ball", "ball"})
    ['dog', 'tennis_ball']
    """
    words = re.findall(r"[a-z]+", caption.lower())
    found, position = [], 0
    while position < len(words):
        for length in (2, 1):
            phrase = "_".join(words[position : position + length])
            name = next((form for form in (phrase, phrase.removesuffix("s")) if form in known), None)
            if name and len(words[position : position + length]) == length:
                found.append(name)
                position += length - 1
                break
        position += 1
    return found
