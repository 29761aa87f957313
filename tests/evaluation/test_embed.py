"""Embedding items of a dataset: as the page does, once, and never numbers that are not finite."""

import io

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from tests.evaluation.kit import ColourMethod, ToldMethod, write_set
from zsbir.data import open_dataset
from zsbir.errors import CheckpointError
from zsbir.evaluation.embed import Embedder
from zsbir.images import to_pixels


def test_vectors_match_the_slow_way_and_keep_their_order(pairs):
    dataset = open_dataset(pairs)
    photos = dataset.select("photo")[::-1]
    found = Embedder(ColourMethod(), batch=3).embed(dataset, photos)
    method = ColourMethod()
    for item, vector in zip(photos, found.vectors, strict=True):
        alone = method.embed_photos(to_pixels(dataset.read(item), method.preprocess))[0]
        assert vector == pytest.approx(alone.numpy())
    assert found.items == photos and found.broken == ()


def test_nothing_is_embedded_twice(pairs):
    dataset, method = open_dataset(pairs), ColourMethod()
    embedder = Embedder(method)
    photos = dataset.select("photo")
    first = embedder.embed(dataset, photos[:3])
    both = embedder.embed(dataset, photos)
    assert method.calls == [3, 1]
    assert np.array_equal(both.vectors[:3], first.vectors)
    assert Embedder(method).embed(dataset, ()).vectors.shape == (0, 3)


def test_sets_of_one_name_are_kept_apart(pairs, tmp_path):
    (tmp_path / "other").mkdir()
    rows = [("p/a1.png", "pear", "photo", "", "")]  # a green picture under the name of a red one
    here, there = open_dataset(pairs), open_dataset(write_set(tmp_path / "other" / "pairs.zip", rows))
    assert here.name == there.name
    embedder = Embedder(ColourMethod())
    red, green = (embedder.embed(dataset, dataset.items[:1]).vectors[0] for dataset in (here, there))
    assert red.argmax() == 0 and green.argmax() == 1


def test_a_category_is_learnt_from_its_first_photos_by_name(pairs, caplog):
    dataset, method = open_dataset(pairs), ToldMethod()
    photos = dataset.select("photo")
    embedder = Embedder(method, raw_sketch=True)
    embedder.learn(dataset, {"apple": photos[1::-1], "pear": photos[2:3]})
    assert method.taught["apple"].tolist() == [1, 0, 0]
    assert [record.getMessage() for record in caplog.records] == [
        "told looks at 2 photos of a category to learn it; these have fewer, and are served by what there "
        "is: pear."
    ]
    embedder.embed(dataset, photos[:2], ["apple", "pear"])
    assert method.calls == [("apple", 1), ("pear", 1)]


def test_other_support_embeds_again(pairs):
    dataset, method = open_dataset(pairs), ToldMethod()
    red, _, green, blue = dataset.select("photo")
    embedder = Embedder(method)
    embedder.learn(dataset, {"apple": [red, green]})
    first = embedder.embed(dataset, [blue], ["apple"]).vectors
    embedder.learn(dataset, {"apple": [blue]})
    assert not np.allclose(embedder.embed(dataset, [blue], ["apple"]).vectors, first)
    embedder.learn(dataset, {"apple": [red, green]})
    assert np.array_equal(embedder.embed(dataset, [blue], ["apple"]).vectors, first)
    assert method.calls == [("apple", 1)] * 2


def test_a_support_photo_that_cannot_be_read_is_replaced_by_the_next(tmp_path):
    rows = [(f"p/{i}.png", "apple", "photo", "", "") for i in range(4)]
    dataset = open_dataset(write_set(tmp_path / "set.zip", rows, {"p/0.png": b"no picture"}))

    class Counting(ToldMethod):
        def remember(self, category, pixels):
            self.taught[category] = len(pixels)

    method = Counting()
    Embedder(method).learn(dataset, {"apple": dataset.items})
    assert method.taught == {"apple": 2}


def test_raster_sketches_are_brought_to_the_page_rendering(tmp_path):
    """Small in a corner or large: the method must see the same sketch, unless asked for the raw one."""
    rows = [(f"s/{i}.png", "apple", "sketch", "", "") for i in range(2)]
    pictures = {}
    for i, box in enumerate([(10, 10, 60, 60), (20, 20, 220, 220)]):
        image = Image.new("L", (256, 256), 255)
        ImageDraw.Draw(image).ellipse(box, fill=0)
        stream = io.BytesIO()
        image.save(stream, "png")
        pictures[f"s/{i}.png"] = stream.getvalue()
    dataset = open_dataset(write_set(tmp_path / "set.zip", rows, pictures))

    class MeanInk(ColourMethod):
        def embed_sketches(self, pixels, category=None):
            return pixels.mean(dim=(2, 3))

    ink = Embedder(MeanInk()).embed(dataset, dataset.items).vectors[:, 0]
    raw = Embedder(MeanInk(), raw_sketch=True).embed(dataset, dataset.items).vectors[:, 0]
    assert abs(ink[0] - ink[1]) < 0.02
    assert abs(raw[0] - raw[1]) > 0.2


def test_embeddings_that_are_not_finite_are_refused(pairs):
    class Broken(ColourMethod):
        def embed_photos(self, pixels, category=None):
            return torch.full((len(pixels), 3), float("nan"))

    dataset = open_dataset(pairs)
    with pytest.raises(CheckpointError, match="not finite"):
        Embedder(Broken()).embed(dataset, dataset.select("photo"))
