"""Opening pictures that anybody may have sent: bounded, upright, RGB on white."""

from __future__ import annotations

import functools
import io
import math
import os
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageOps

from zsbir.errors import ImageError

MAX_PIXELS = 64_000_000  # 64 megapixels: larger than any phone's photo, 192 MB once decoded
# Named one by one: Pillow knows more, among them formats that start other programs (EPS). JPEG includes MPO.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "PPM", "AVIF")
HEIF = "HEIF"  # what phones write as HEIC; pillow-heif reads it
HEIF_BRANDS = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"}
HEAD = 12  # bytes that tell a HEIC file

_FILE_ENDS = {
    **{"JPEG": ".jpg", "MPO": ".jpg", "PNG": ".png", "WEBP": ".webp", "GIF": ".gif", "BMP": ".bmp"},
    **{"TIFF": ".tif", "PPM": ".ppm", "AVIF": ".avif"},
}


def open_image(
    source: str | os.PathLike[str] | bytes | BinaryIO,
    *,
    max_pixels: int = MAX_PIXELS,
    enough: int | None = None,
) -> Image.Image:
    """Open a picture safely and bring it into the one form that the rest of zsbir handles.

    Args:
        source: path, content of a file, or an open binary file.
        max_pixels: refuse larger pictures.
        enough: length of the longest side, in pixels, that the caller makes use of. A JPEG of at least twice
            that is decoded at a half, a quarter or an eighth of its size, which takes a fraction of the time.

    Returns:
        RGB image: upright (EXIF orientation applied), transparent parts white, the first frame of an
        animation, 16 bits scaled to 8, CMYK, palettes and greyscale converted.

    Raises:
        ImageError: missing file, not a picture, broken, a HEIC photo where pillow-heif is not installed, or
            more than `max_pixels` (decided from the header, before anything is decoded). The message says
            which, and what to do.
    """
    name = f"'{Path(source).name}'" if isinstance(source, str | os.PathLike) else "The file"
    file = io.BytesIO(source) if isinstance(source, bytes | bytearray) else source
    try:
        with _identify(file, name) as image:
            _check_size(image, name, max_pixels)
            if enough is not None:
                _shrink_on_load(image, enough)
            image.load()
            return flatten(_upright(image))
    except ImageError:
        raise
    except Image.DecompressionBombError as error:
        raise _too_large(name, "too many pixels", max_pixels) from error
    except FileNotFoundError as error:
        raise ImageError(f"{name} does not exist. Check the path.") from error
    except (IsADirectoryError, PermissionError) as error:
        raise ImageError(f"{name} cannot be opened ({error.strerror}). Name a readable file.") from error
    except Image.UnidentifiedImageError as error:
        raise ImageError(f"{name} is not a picture that can be read. Use PNG, JPEG, WebP or GIF.") from error
    except Exception as error:  # a broken file makes decoders raise nearly anything
        raise ImageError(f"{name} is broken or incomplete ({error}). Save or download it again.") from error


def file_end(content: bytes) -> str:
    """How the name of a picture's file usually ends, such as ".jpg", told by its first bytes.

    Args:
        content: of a file.

    Returns:
        The end, or "" if it is no picture that zsbir reads. Whether it is whole is not looked at.
    """
    if content[4:8] == b"ftyp" and content[8:HEAD] in HEIF_BRANDS:
        return ".heic"
    try:
        with _identify(io.BytesIO(content), "The file") as image:
            return _FILE_ENDS.get(image.format or "", "")
    except Exception:  # a broken header makes Pillow raise nearly anything
        return ""


def flatten(image: Image.Image, *, keep_grey: bool = False) -> Image.Image:
    """Convert a loaded picture of any mode to RGB, transparent parts white.

    Args:
        image: as Pillow gives it.
        keep_grey: return opaque 8-bit greyscale as it is, mode "L".
    """
    done = ("RGB", "L") if keep_grey else ("RGB",)
    if image.mode in done and not image.has_transparency_data:
        return image
    if image.mode.startswith(("I", "F")):
        return _eight_bits(image).convert("RGB")
    if not image.has_transparency_data:
        return image.convert("RGB")
    image = image.convert("RGBA")
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image, mask=image.getchannel("A"))
    return paper


def _identify(file: str | os.PathLike[str] | BinaryIO, name: str) -> Image.Image:
    """Read a picture's header."""
    Image.init()  # registers every format; without it Pillow knows the commonest only, and fails on the rest
    try:
        return Image.open(file, formats=FORMATS)
    except Image.UnidentifiedImageError:
        if not _is_heif(file):
            raise
        _learn_heif(name)
        return Image.open(file, formats=(HEIF,))


def _is_heif(file: str | os.PathLike[str] | BinaryIO) -> bool:
    if isinstance(file, str | os.PathLike):
        with open(file, "rb") as opened:
            return _is_heif(opened)
    file.seek(0)
    head = file.read(HEAD)
    file.seek(0)
    return head[4:8] == b"ftyp" and head[8:] in HEIF_BRANDS


@functools.lru_cache(maxsize=1)
def _heif_reader() -> None:
    """Let Pillow read HEIC; what raises is tried again the next time."""
    from pillow_heif import register_heif_opener

    register_heif_opener()


def _learn_heif(name: str) -> None:
    try:
        _heif_reader()
    except ImportError as error:
        raise ImageError(
            f"{name} is a HEIC photo, which needs one more package. Get it with: pip install pillow-heif"
        ) from error


def _shrink_on_load(image: Image.Image, enough: int) -> None:
    """Let the JPEG decoder leave out detail; other formats cannot, and stay as they are."""
    wanted = [max(1, math.ceil(length * enough / max(image.size))) for length in image.size]
    image.draft(None, tuple(wanted))


def _check_size(image: Image.Image, name: str, most: int) -> None:
    if image.width * image.height > most:
        raise _too_large(name, f"{image.width:,} x {image.height:,} pixels", most)
    if min(image.size) < 1:
        raise ImageError(f"{name} has no pixels.")


def _too_large(name: str, size: str, most: int) -> ImageError:
    return ImageError(f"{name} has {size}; at most {most / 1e6:g} megapixels are opened. Make it smaller.")


def _upright(image: Image.Image) -> Image.Image:
    """Apply the EXIF orientation; a picture whose EXIF block is broken stays as it is."""
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # the pixels are fine, and a camera's broken notes are no reason to refuse them
        return image.copy()


def _eight_bits(image: Image.Image) -> Image.Image:
    """Scale 16-bit greyscale to 8 bits, and other wide numbers from their own range."""
    values = np.nan_to_num(np.asarray(image).astype(np.float64))
    low, high = 0.0, 65535.0
    if image.mode == "F" or values.min() < low or values.max() > high:
        low, high = values.min(), values.max()
    scaled = (values - low) * (255 / max(high - low, 1e-12))
    return Image.fromarray(np.rint(scaled).astype(np.uint8))
