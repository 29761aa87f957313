"""Training pictures in memory: drawings in several renderings, and pictures that cannot be read."""

import pytest
import torch

from tests.pairs import save_pairs
from zsbir.data import open_dataset
from zsbir.errors import DataError
from zsbir.training.methods.images import Source, load_photos, load_sketches


def test_drawings_are_rendered_in_variants(tmp_path):
    line = '{"word": "fan", "drawing": [[[1, 100, 200], [0, 200, 50]], [[10, 90], [90, 10]]]}'
    (tmp_path / "fan.ndjson").write_text(line + "\n" + line)
    data = open_dataset(tmp_path / "fan.ndjson")
    sources = [Source(data, data.items[0])]
    several = load_sketches(sources, 32, variants=3, seed=1)
    assert len(several) == 3 and len(set(several.items)) == 1
    assert len({picture.numpy().tobytes() for picture in several.pixels}) == 3
    assert torch.equal(several.pixels, load_sketches(sources, 32, variants=3, seed=1).pixels)
    plain = load_sketches(sources, 32)
    assert plain.pixels[0, 0].tolist() == [list(row) for row in _rows(data.drawing(data.items[0]).render(32))]


def test_no_flip_mirrors_no_drawing_either(tmp_path):
    """A pole with an arm to its right: most of its ink is on the left, unless it is mirrored."""
    line = '{"word": "fan", "drawing": [[[0, 0], [0, 200]], [[0, 200], [100, 100]]]}'
    (tmp_path / "fan.ndjson").write_text(line)
    data = open_dataset(tmp_path / "fan.ndjson")

    def poles_on_the_left(**choices):
        views = load_sketches([Source(data, data.items[0])], 32, variants=40, **choices).pixels
        ink = 255.0 - views.float()
        return (ink[..., :16].sum((1, 2, 3)) > ink[..., 16:].sum((1, 2, 3))).sum().item()

    assert poles_on_the_left(flip=False) == 40
    assert 8 < poles_on_the_left() < 32


def _rows(image):
    values = list(image.getdata())
    return [values[start : start + 32] for start in range(0, len(values), 32)]


def test_broken_pictures_are_named_and_left_out(tmp_path, caplog):
    folder = save_pairs(tmp_path / "pairs", ("fan", "camel"), dev=0)
    (folder / "photo/fan/fan_1.png").write_bytes(b"no picture")
    data = open_dataset(folder)
    photos = load_photos([Source(data, item) for item in data.select("photo")], 32)
    assert len(photos) == len(photos.pixels) == 7
    assert "fan_1" not in {item.instance for item in photos.items}
    assert "left out" in caplog.text
    (bad,) = [Source(data, item) for item in data.select("photo") if item.instance == "fan_1"]
    with pytest.raises(DataError, match="None of the 1 photos"):
        load_photos([bad], 32)
