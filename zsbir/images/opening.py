"""Opening pictures that anybody may have sent: bounded, upright, RGB on white."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageOps

from zsbir.errors import ImageError

MAX_PIXELS = 64_000_000  # 64 megapixels: larger than any phone's photo, 192 MB once decoded
# Named one by one: Pillow knows more, among them formats that start other programs (EPS). JPEG includes MPO.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "PPM", "AVIF")


def open_image(
    source: str | os.PathLike[str] | bytes | BinaryIO, *, max_pixels: int = MAX_PIXELS
) -> Image.Image:
    """Open a picture safely and bring it into the one form that the rest of zsbir handles.

    Args:
        source: path, content of a file, or an open binary file.
        max_pixels: refuse larger pictures.

    Returns:
        RGB image: upright (EXIF orientation applied), transparent parts white, the first frame of an
        animation, 16 bits scaled to 8, CMYK, palettes and greyscale converted.

    Raises:
        ImageError: missing file, not a picture, broken, or more than `max_pixels` (decided from the
            header, before anything is decoded). The message says which, and what to do.
    """
    name = f"'{Path(source).name}'" if isinstance(source, str | os.PathLike) else "The file"
    file = io.BytesIO(source) if isinstance(source, bytes | bytearray) else source
    Image.init()  # registers every format; without it Pillow knows the commonest only, and fails on the rest
    try:
        with Image.open(file, formats=FORMATS) as image:
            _check_size(image, name, max_pixels)
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
