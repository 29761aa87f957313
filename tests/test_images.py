"""Pictures: opened safely in every mode and refused with a sentence, then turned into a model's input."""

import io
import os
import struct
import sys
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile, ImageOps

from zsbir.errors import ImageError
from zsbir.images import MAX_PIXELS, Preprocess, open_image, to_array, to_pixels

HALF = Preprocess(side=8, mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5))
CLIP = Preprocess(side=8, mean=(0.48, 0.46, 0.41), std=(0.27, 0.26, 0.28))


def encode(image, kind="PNG", **options):
    buffer = io.BytesIO()
    image.save(buffer, format=kind, **options)
    return buffer.getvalue()


def png_header(width, height):
    """The first bytes of a PNG of any size, without its pixels."""
    fields = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    end = b"IDAT" + zlib.compress(b"")
    chunks = [
        struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
        for body in (fields, end)
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def pixel(image, x=0, y=0):
    assert image.mode == "RGB"
    return image.getpixel((x, y))


# --- opening ---------------------------------------------------------------------------------------------


def test_opens_paths_bytes_and_files(tmp_path):
    data = encode(Image.new("RGB", (3, 2), (10, 20, 30)))
    path = tmp_path / "photo.png"
    path.write_bytes(data)
    with path.open("rb") as file:
        pictures = [open_image(source) for source in (path, str(path), data, io.BytesIO(data), file)]
    for picture in pictures:
        assert (picture.mode, picture.size, pixel(picture)) == ("RGB", (3, 2), (10, 20, 30))
    os.remove(path)  # nothing keeps it open


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied(orientation):
    """The picture as the camera held it, and its tag, give the same upright picture for all eight tags."""
    upright = np.zeros((24, 16, 3), np.uint8)
    upright[:8, :8] = 255  # the top left is white
    undo = {
        1: lambda a: a,
        2: np.fliplr,
        3: lambda a: np.rot90(a, 2),
        4: np.flipud,
        5: lambda a: a.transpose(1, 0, 2),
        6: lambda a: np.rot90(a, 1),
        7: lambda a: np.rot90(a, 2).transpose(1, 0, 2),
        8: lambda a: np.rot90(a, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encode(Image.fromarray(np.ascontiguousarray(undo(upright))), "JPEG", quality=95, exif=exif)
    opened = np.asarray(open_image(data), float)
    assert opened.shape == upright.shape
    assert np.abs(opened - upright).mean() < 8


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_broken_exif_is_no_reason_to_refuse(monkeypatch):
    data = encode(Image.new("RGB", (8, 8), "red"), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff\xff")
    assert pixel(open_image(data))[0] > 240

    def stumble(image):
        raise SyntaxError("not a TIFF file")

    monkeypatch.setattr(ImageOps, "exif_transpose", stumble)
    assert pixel(open_image(data))[0] > 240


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF"])
def test_transparent_parts_become_white(kind):
    image = Image.new("RGBA", (2, 1), (200, 0, 0, 255))
    image.putpixel((1, 0), (0, 0, 0, 0))
    options = {"lossless": True} if kind == "WEBP" else {}
    opened = open_image(encode(image, kind, **options))
    assert pixel(opened) == (200, 0, 0)
    assert pixel(opened, 1) == (255, 255, 255)


def test_half_transparent_parts_are_mixed_with_white():
    opened = open_image(encode(Image.new("RGBA", (1, 1), (0, 0, 0, 51))))
    assert pixel(opened) == (204, 204, 204)


def test_transparent_greyscale_and_palettes():
    assert pixel(open_image(encode(Image.new("LA", (1, 1), (0, 0))))) == (255, 255, 255)
    grey = encode(Image.new("L", (1, 1), 7), transparency=7)
    assert pixel(open_image(grey)) == (255, 255, 255)
    colour = encode(Image.new("RGB", (1, 1), (1, 2, 3)), transparency=(1, 2, 3))
    assert pixel(open_image(colour)) == (255, 255, 255)
    palette = Image.new("P", (2, 1), 0)
    palette.putpalette([0, 0, 0, 0, 128, 255])
    palette.putpixel((1, 0), 1)
    for kind in ("PNG", "GIF"):
        opened = open_image(encode(palette, kind, transparency=0))
        assert (pixel(opened), pixel(opened, 1)) == ((255, 255, 255), (0, 128, 255))
        assert pixel(open_image(encode(palette, kind))) == (0, 0, 0)


@pytest.mark.parametrize(
    ("mode", "colour", "kind", "expected"),
    [
        ("L", 77, "PNG", (77, 77, 77)),
        ("1", 1, "PNG", (255, 255, 255)),
        ("CMYK", (0, 0, 0, 0), "TIFF", (255, 255, 255)),
        ("CMYK", (0, 255, 255, 0), "TIFF", (255, 0, 0)),
        ("CMYK", (0, 0, 0, 255), "JPEG", (0, 0, 0)),
        ("RGB", (9, 8, 7), "BMP", (9, 8, 7)),
        ("L", 3, "PPM", (3, 3, 3)),
    ],
)
def test_other_modes_are_converted(mode, colour, kind, expected):
    opened = open_image(encode(Image.new(mode, (4, 4), colour), kind))
    assert np.allclose(pixel(opened), expected, atol=2)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_16_bits_are_scaled_to_8(kind):
    values = np.array([[0, 257, 128 * 257, 254 * 257, 65535]], np.uint16)
    opened = open_image(encode(Image.fromarray(values), kind))
    assert [pixel(opened, x)[0] for x in range(5)] == [0, 1, 128, 254, 255]
    alone = open_image(encode(Image.fromarray(values[:, 3:4]), kind))
    assert pixel(alone) == (254, 254, 254)  # the scale is the format's, not the picture's


def test_floating_point_pictures_fill_their_range():
    values = np.array([[-1.5, 0.0, 1.5, np.nan]], np.float32)
    opened = open_image(encode(Image.fromarray(values), "TIFF"))
    assert [pixel(opened, x)[0] for x in range(4)] == [0, 128, 255, 128]


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_the_first_frame_of_an_animation(kind):
    frames = [Image.new("RGB", (4, 4), colour) for colour in ((255, 0, 0), (0, 255, 0), (0, 0, 255))]
    data = encode(frames[0], kind, save_all=True, append_images=frames[1:], duration=40)
    assert np.allclose(pixel(open_image(data)), (255, 0, 0), atol=6)


# --- refusing --------------------------------------------------------------------------------------------


def refuse_to_decode(self):
    raise AssertionError("decoded")


@pytest.mark.parametrize(("width", "height"), [(30_000, 30_000), (8_001, 8_000), (MAX_PIXELS + 1, 1)])
def test_bombs_are_refused_from_their_header(width, height, monkeypatch):
    monkeypatch.setattr(ImageFile.ImageFile, "load", refuse_to_decode)
    with pytest.raises(ImageError, match="at most 64 megapixels"):
        open_image(png_header(width, height))


def test_the_largest_allowed_is_decoded(monkeypatch):
    monkeypatch.setattr(ImageFile.ImageFile, "load", refuse_to_decode)
    with pytest.raises(ImageError, match="decoded"):
        open_image(png_header(8_000, 8_000))


NOISE = Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_truncated_files_are_refused(kind):
    data = encode(NOISE, kind)
    with pytest.raises(ImageError, match=r"broken or incomplete|not a picture"):
        open_image(data[: len(data) // 2])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        "Grüße".encode(),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n",
    ],
)
def test_what_is_no_picture_is_refused(data, tmp_path):
    path = tmp_path / "text.jpg"
    path.write_bytes(data)
    for source in (data, path):
        with pytest.raises(ImageError, match="not a picture"):
            open_image(source)


@pytest.mark.parametrize("kind", ["PCX", "TGA", "ICO", "PDF"])
def test_only_the_named_formats_are_tried(kind):
    """Pillow knows dozens more, some of which start other programs."""
    with pytest.raises(ImageError, match="not a picture"):
        open_image(encode(Image.new("RGB", (16, 16)), kind))


def test_missing_files_and_folders(tmp_path):
    with pytest.raises(ImageError, match=r"'cat\.jpg' does not exist"):
        open_image(tmp_path / "cat.jpg")
    with pytest.raises(ImageError, match="cannot be opened"):
        open_image(tmp_path)


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["PNG", "JPEG", "GIF", "WEBP", "TIFF"]), st.data())
def test_no_damage_raises_anything_else_than_an_image_error(kind, data):
    content = bytearray(encode(NOISE.resize((12, 12)), kind))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        assert open_image(bytes(content)).mode == "RGB"
    except ImageError as error:
        assert str(error).endswith(".")


# --- pixels ----------------------------------------------------------------------------------------------


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


def test_to_pixels_takes_one_or_several():
    torch = pytest.importorskip("torch")
    one, several = to_pixels(NOISE, CLIP), to_pixels([NOISE, NOISE.convert("L")], CLIP)
    assert one.shape == (1, 3, 8, 8) and several.shape == (2, 3, 8, 8)
    assert one.dtype == several.dtype == torch.float32
    assert np.array_equal(one[0].numpy(), to_array(NOISE, CLIP))
    assert torch.equal(one[0], several[0])


def test_importing_images_does_not_import_torch():
    import subprocess

    code = "import sys, zsbir.images, zsbir.strokes; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


# --- the saved description -------------------------------------------------------------------------------


def test_preprocess_survives_json():
    import json

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
