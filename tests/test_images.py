"""Pictures to a model's input: letterbox, resampling and statistics by hand, and their saved description."""

import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from zsbir.errors import ImageError
from zsbir.images import Preprocess, normalise, to_levels, to_pixels
from zsbir.images.opening import flatten
from zsbir.images.pixels import letterbox

HALF = Preprocess(side=8, mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5))
CLIP = Preprocess(side=8, mean=(0.48, 0.46, 0.41), std=(0.27, 0.26, 0.28))
NOISE = Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8))


def to_array(image, preprocess):
    return to_pixels(image, preprocess)[0].numpy()


def test_pixels_are_normalised_by_hand():
    array = to_array(Image.new("RGB", (20, 20), (0, 51, 255)), CLIP)
    assert (array.shape, array.dtype) == ((3, 8, 8), np.float32)
    for channel, value in enumerate((0.0, 0.2, 1.0)):
        expected = (value - CLIP.mean[channel]) / CLIP.std[channel]
        assert np.allclose(array[channel], expected, atol=1e-6)


@pytest.mark.parametrize(
    ("size", "rows", "columns"), [((40, 20), (2, 6), (0, 8)), ((20, 40), (0, 8), (2, 6))]
)
def test_the_letterbox_is_white_and_centred(size, rows, columns):
    array = to_array(Image.new("RGB", size, "black"), HALF)
    expected = np.ones((3, 8, 8), np.float32)
    expected[:, slice(*rows), slice(*columns)] = -1
    assert np.array_equal(array, expected)


@pytest.mark.parametrize("size", [(5000, 1), (1, 5000), (1, 1), (3, 7)])
def test_extreme_shapes_keep_at_least_one_line(size):
    array = to_array(Image.new("L", size, 0), HALF)
    assert array.shape == (3, 8, 8) and array.min() == -1


def test_greyscale_gives_the_same_as_rgb():
    grey = NOISE.convert("L")
    assert np.array_equal(to_array(grey, CLIP), to_array(grey.convert("RGB"), CLIP))


def test_transparent_parts_are_white_here_too():
    assert (to_array(Image.new("RGBA", (9, 9), (0, 0, 0, 0)), HALF) == 1).all()
    grey = Image.new("L", (9, 9), 3)
    grey.info["transparency"] = 3
    assert (to_array(grey, HALF) == 1).all()


def cubic(distance, a=-0.5):
    """Keys' cubic convolution kernel."""
    distance = abs(distance)
    if distance < 1:
        return (a + 2) * distance**3 - (a + 3) * distance**2 + 1
    if distance < 2:
        return a * distance**3 - 5 * a * distance**2 + 8 * a * distance - 4 * a
    return 0.0


def resize_slowly(row, count):
    """Antialiased bicubic: the kernel is stretched by the scale, and its weights sum to one."""
    scale = len(row) / count
    stretch = max(scale, 1.0)
    out = []
    for i in range(count):
        centre = (i + 0.5) * scale
        weights = [cubic((j + 0.5 - centre) / stretch) for j in range(len(row))]
        out.append(np.dot(weights, row) / sum(weights))
    return np.array(out)


@pytest.mark.parametrize("side", [5, 13, 30])
def test_resizing_matches_the_slow_way(side):
    """Rows, then columns, like everybody's antialiased bicubic; within what rounding to 8 bits leaves."""
    values = np.random.default_rng(1).integers(60, 200, (16, 16)).astype(float)
    rows = np.array([resize_slowly(row, side) for row in values])
    slow = np.array([resize_slowly(column, side) for column in rows.T]).T
    preprocess = Preprocess(side, (0, 0, 0), (1, 1, 1))
    fast = to_array(Image.fromarray(values.astype(np.uint8)), preprocess) * 255
    assert np.abs(fast - slow).max() < 1.6


@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize("size", [(64, 64), (80, 61), (33, 95), (95, 2)])
def test_shrinking_is_what_pillow_makes_of_it(size, mode):
    """The fast way is torch's; levels are integers, and the two round a few of them apart."""
    picture = NOISE.resize(size).convert(mode)
    scale = 16 / max(size)
    slow = picture.resize([max(1, round(length * scale)) for length in size], Image.Resampling.BICUBIC)
    paper = Image.new(mode, (16, 16), "white")
    paper.paste(slow, ((16 - slow.width) // 2, (16 - slow.height) // 2))
    apart = np.abs(np.asarray(letterbox(picture, 16), dtype=int) - np.asarray(paper, dtype=int))
    assert apart.max() <= 1 and (apart > 0).mean() < 0.01


@pytest.mark.parametrize("mode", ["RGB", "L", "LA", "RGBA"])
@pytest.mark.parametrize(
    "size", [(16, 16), (16, 9), (5, 3), (40, 40), (33, 95), (95, 2), (200, 130), (1, 300)]
)
def test_levels_are_those_of_the_letterbox(size, mode):
    """Which makes a picture first."""
    picture = NOISE.resize(size).convert(mode)
    boxed = np.asarray(letterbox(flatten(picture), 16))
    assert np.array_equal(to_levels(picture, 16)[0].numpy(), boxed.transpose(2, 0, 1))


def test_normalising_a_batch_is_exactly_what_the_formula_says():
    levels = np.random.default_rng(2).integers(0, 256, (5, 3, 8, 8), dtype=np.uint8)
    mean, std = (np.array(stat, np.float32)[:, None, None] for stat in (CLIP.mean, CLIP.std))
    expected = (levels.astype(np.float32) / 255 - mean) / std
    torch = pytest.importorskip("torch")
    assert np.array_equal(normalise(torch.from_numpy(levels), CLIP).numpy(), expected)


def test_the_halves_of_to_pixels():
    levels = to_levels(NOISE.resize((8, 6)).convert("L"), 8)
    assert levels.shape == (1, 3, 8, 8) and levels.numpy().dtype == np.uint8
    assert np.array_equal(levels.numpy()[0, 0], levels.numpy()[0, 2])
    assert np.array_equal(normalise(levels, CLIP), to_pixels(NOISE.resize((8, 6)).convert("L"), CLIP))


def test_to_pixels_takes_one_or_several():
    torch = pytest.importorskip("torch")
    one, several = to_pixels(NOISE, CLIP), to_pixels([NOISE, NOISE.convert("L")], CLIP)
    assert one.shape == (1, 3, 8, 8) and several.shape == (2, 3, 8, 8)
    assert one.dtype == several.dtype == torch.float32
    assert np.array_equal(one[0].numpy(), to_array(NOISE, CLIP))
    assert torch.equal(one[0], several[0])


def test_importing_images_does_not_import_torch():
    code = "import sys, zsbir.images, zsbir.strokes; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_preprocess_survives_json():
    assert Preprocess.from_dict(json.loads(json.dumps(CLIP.to_dict()))) == CLIP
    assert CLIP.to_dict() == {
        "side": 8,
        "mean": [0.48, 0.46, 0.41],
        "std": [0.27, 0.26, 0.28],
        "resample": "bicubic",
    }


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"side": None}, "keys"),
        ({"colour": 1}, "keys"),
        ({"side": 0}, "side"),
        ({"side": 8.5}, "side"),
        ({"side": "8"}, "side"),
        ({"mean": [0.5, 0.5]}, "means"),
        ({"mean": "abc"}, "means"),
        ({"mean": 0.5}, "means"),
        ({"std": [0.5, 0.5, 0]}, "stds"),
        ({"std": [0.5, 0.5, float("nan")]}, "stds"),
        ({"resample": "nearest"}, "bicubic"),
    ],
)
def test_preprocess_is_strict(change, word):
    values = {**HALF.to_dict(), **change}
    values = {key: value for key, value in values.items() if value is not None}
    with pytest.raises(ImageError, match=word):
        Preprocess.from_dict(values)
