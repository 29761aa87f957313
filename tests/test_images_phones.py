"""Photos as phones make them: HEIC and AVIF, and JPEGs much larger than a model looks at."""

import io
import sys

import numpy as np
import pytest
from PIL import Image, features

from zsbir.errors import ImageError
from zsbir.images import Preprocess, open_image, opening, to_pixels
from zsbir.images.opening import file_end

SMOOTH = Image.fromarray(np.random.default_rng(0).integers(0, 256, (6, 8, 3), dtype=np.uint8))


def encode(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, format=kind, **options)
    return buffer.getvalue()


def large(size, kind="JPEG"):
    return encode(SMOOTH.resize(size, Image.Resampling.BICUBIC), kind)


# HEIC


@pytest.fixture
def heic():
    pillow_heif = pytest.importorskip("pillow_heif")
    picture = Image.new("RGB", (64, 32), (200, 30, 30))
    picture.paste((30, 30, 200), (32, 0, 64, 32))
    content = io.BytesIO()
    pillow_heif.from_pillow(picture).save(content, quality=95)
    return content.getvalue()


def test_heic_is_read_from_bytes_files_and_paths(heic, tmp_path):
    (tmp_path / "IMG_1.HEIC").write_bytes(heic)
    for source in (heic, io.BytesIO(heic), tmp_path / "IMG_1.HEIC"):
        opened = open_image(source)
        assert (opened.mode, opened.size) == ("RGB", (64, 32))
        assert np.allclose(opened.getpixel((8, 16)), (200, 30, 30), atol=12)
        assert np.allclose(opened.getpixel((56, 16)), (30, 30, 200), atol=12)


def test_heic_is_bounded_and_broken_heic_is_told(heic):
    with pytest.raises(ImageError, match=r"64 x 32 pixels; at most"):
        open_image(heic, max_pixels=2000)
    for content in (heic[: len(heic) // 2], heic[:40]):
        with pytest.raises(ImageError, match=r"broken or incomplete|not a picture"):
            open_image(content)


def test_without_its_package_heic_is_told_with_the_command(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    opening._heif_reader.cache_clear()
    (tmp_path / "IMG_1.HEIC").write_bytes(b"\0\0\0\x18ftypheic" + bytes(20))
    with pytest.raises(ImageError, match=r"'IMG_1.HEIC' is a HEIC photo, .*: pip install pillow-heif$"):
        open_image(tmp_path / "IMG_1.HEIC")
    opening._heif_reader.cache_clear()


@pytest.mark.skipif(not features.check("avif"), reason="this Pillow reads no AVIF")
def test_avif_is_read():
    opened = open_image(encode(Image.new("RGB", (16, 16), (10, 200, 30)), "AVIF"))
    assert np.allclose(opened.getpixel((8, 8)), (10, 200, 30), atol=8)


@pytest.mark.parametrize(
    ("content", "end"),
    [
        *(
            (encode(SMOOTH, kind), end)
            for kind, end in (("JPEG", ".jpg"), ("PNG", ".png"), ("WEBP", ".webp"))
        ),
        *((encode(SMOOTH, kind), end) for kind, end in (("GIF", ".gif"), ("BMP", ".bmp"), ("TIFF", ".tif"))),
        (encode(SMOOTH, "JPEG")[:-20], ".jpg"),  # whether it is whole is not looked at
        (b"\0\0\0\x18ftypheic", ".heic"),
        *((content, "") for content in (b"", b"GIF", b"<svg/>", b"%PDF-1.4", bytes(64))),
    ],
)
def test_how_a_picture_s_file_name_ends(content, end):
    assert file_end(content) == end


# Large JPEGs


@pytest.mark.parametrize(
    ("size", "enough", "decoded"),
    [
        ((800, 600), 100, (100, 75)),
        ((800, 600), 101, (200, 150)),
        ((800, 600), 200, (200, 150)),
        ((800, 600), 300, (400, 300)),
        ((600, 800), 400, (300, 400)),
        ((800, 600), 401, (800, 600)),
        ((799, 3), 100, (400, 2)),
        ((50, 40), 100, (50, 40)),
    ],
)
def test_large_jpegs_are_decoded_no_larger_than_needed(size, enough, decoded):
    opened = open_image(large(size), enough=enough)
    assert opened.size == decoded
    assert max(opened.size) >= min(enough, max(size))


def test_other_formats_are_decoded_whole():
    assert open_image(large((800, 600), "PNG"), enough=100).size == (800, 600)


def test_the_size_that_counts_against_bombs_is_the_file_s():
    with pytest.raises(ImageError, match="800 x 600 pixels"):
        open_image(large((800, 600)), enough=10, max_pixels=479_999)


def test_a_turned_jpeg_is_turned_when_it_is_small():
    exif = Image.Exif()
    exif[0x0112] = 6
    content = encode(SMOOTH.resize((800, 600)), "JPEG", exif=exif)
    assert open_image(content, enough=100).size == (75, 100)


def test_the_model_sees_nearly_the_same():
    """Noise at all scales, the hardest there is."""
    rng = np.random.default_rng(1)
    noise = sum(
        np.asarray(
            Image.fromarray(rng.integers(0, 256, (960 // step, 1280 // step, 3), dtype=np.uint8)).resize(
                (1280, 960), Image.Resampling.BICUBIC
            ),
            dtype=np.float32,
        )
        for step in (2, 8, 32, 160)
    )
    content = encode(Image.fromarray((noise / 4).astype(np.uint8)), "JPEG", quality=92)
    preprocess = Preprocess(side=128, mean=(0.5,) * 3, std=(0.25,) * 3)
    whole, quick = (
        to_pixels(open_image(content, enough=enough), preprocess) for enough in (None, 2 * preprocess.side)
    )
    assert open_image(content, enough=256).size == (320, 240)
    assert (whole - quick).abs().mean() < 0.03 * whole.std()
