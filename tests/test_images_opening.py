"""Opening pictures: every mode gives upright RGB on white, and what means harm gets a sentence."""

import io
import os
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile, ImageOps

from zsbir.errors import ImageError
from zsbir.images import MAX_PIXELS, open_image


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
