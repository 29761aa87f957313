"""How fast photos are indexed, against the bare encoder in the same run.

    python -m zsbir.evaluation.throughput --photos 5000

Generated photos are indexed part by part; before or after each part, in turn, the encoder embeds a quarter
as many pictures that lie in memory already. So whatever else the machine does meets both alike.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from zsbir.errors import ZSBIRError
from zsbir.inference import wait_without_spinning

if TYPE_CHECKING:
    from zsbir.checkpoint import Checkpoint
    from zsbir.methods import Method

QUALITY = 90  # of the JPEGs
BARE = 4  # photos that are indexed for each that the bare encoder embeds
GRAIN = 16  # pixels from one random colour to the next


@dataclass
class Pace:
    """Photos, and what they took.

    Attributes:
        photos: How many.
        seconds: On the clock.
        cpu: Seconds of all threads together.
    """

    photos: int = 0
    seconds: float = 0.0
    cpu: float = 0.0

    @property
    def rate(self) -> float:
        """Photos a second."""
        return self.photos / self.seconds


class _Clock:
    """Adds what is done inside to a pace."""

    def __init__(self, pace: Pace, photos: int):
        self._pace, self._photos = pace, photos

    def __enter__(self) -> None:
        self._start = time.perf_counter(), time.process_time()

    def __exit__(self, *_: object) -> None:
        self._pace.photos += self._photos
        self._pace.seconds += time.perf_counter() - self._start[0]
        self._pace.cpu += time.process_time() - self._start[1]


def measure(
    checkpoint: Checkpoint, folder: Path, photos: int, size: tuple[int, int], parts: int
) -> tuple[Pace, Pace]:
    """Generate photos, index them and embed a quarter as many without any reading, in turns.

    Args:
        checkpoint: Gives the method.
        folder: Empty; the photos and their indexes go there.
        photos: How many.
        size: Of a photo, (width, height) in pixels.
        parts: Into how many galleries they are divided.

    Returns:
        The paces of the bare encoder and of indexing.
    """
    from zsbir.gallery import load_gallery, scan_folder, write_photos
    from zsbir.index import build_index

    bare, indexing = Pace(), Pace()
    _embed(checkpoint.method, 64)  # so that both start warm
    for part in range(parts):
        here = folder / f"part_{part}"
        count = photos * (part + 1) // parts - photos * part // parts
        save_photos(here, count, size, seed=part)
        write_photos(here / "photos.csv", scan_folder(here))
        gallery = load_gallery(here)
        for kind in ("bare", "indexing")[:: 1 if part % 2 else -1]:
            if kind == "bare":
                with _Clock(bare, -(-count // BARE)):
                    _embed(checkpoint.method, -(-count // BARE))
            else:
                with _Clock(indexing, count):
                    build_index(gallery, checkpoint, progress=False)
    return bare, indexing


def save_photos(folder: Path, count: int, size: tuple[int, int], seed: int) -> None:
    """Write JPEGs of soft random colours, no two the same."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(seed)
    for number in range(count):
        colours = rng.integers(0, 256, (size[1] // GRAIN + 1, size[0] // GRAIN + 1, 3), dtype=np.uint8)
        photo = Image.fromarray(colours).resize(size, Image.Resampling.BICUBIC)
        photo.save(folder / f"{number:06d}.jpg", quality=QUALITY)


def _embed(method: Method, count: int) -> None:
    """What indexing asks of the encoder, and nothing else."""
    import torch

    from zsbir.index.embedding import batch_for

    batch, side = batch_for(method), method.preprocess.side
    pixels = torch.rand(batch, 3, side, side)
    with torch.inference_mode():
        for start in range(0, count, batch):
            method.embed_photos(pixels[: count - start]).float().cpu().numpy()


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and return the exit status: 0, or 2 after an error that is told in one line."""
    parser = argparse.ArgumentParser(prog="python -m zsbir.evaluation.throughput", description=__doc__)
    parser.add_argument("--photos", type=int, default=5000, help="how many (default: 5000)")
    parser.add_argument("--width", type=int, default=640, help="of a photo (default: 640)")
    parser.add_argument("--height", type=int, default=480, help="of a photo (default: 480)")
    parser.add_argument("--parts", type=int, default=10, help="how often they take turns (default: 10)")
    parser.add_argument("--checkpoint", default="plain", help="what embeds (default: plain)")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")
    parser.add_argument("--json", action="store_true", help="print JSON for programs")
    args = parser.parse_args(arguments)
    wait_without_spinning()
    from zsbir.checkpoint import load_checkpoint

    try:
        checkpoint = load_checkpoint(args.checkpoint, device=args.device)
        with tempfile.TemporaryDirectory() as folder:
            size = (args.width, args.height)
            bare, indexing = measure(checkpoint, Path(folder), args.photos, size, args.parts)
    except ZSBIRError as error:
        print(f"zsbir: {error}", file=sys.stderr)
        return 2
    ratio = indexing.rate / bare.rate
    if args.json:
        print(json.dumps({"bare": asdict(bare), "indexing": asdict(indexing), "ratio": ratio}))
        return 0
    for name, pace in (("bare encoder", bare), ("indexing", indexing)):
        cpu = 1000 * pace.cpu / pace.photos
        print(f"{name}: {pace.photos} photos, {pace.rate:.1f} a second, {cpu:.1f} ms CPU each")
    print(f"indexing runs at {100 * ratio:.0f} % of the bare encoder's pace")
    return 0


if __name__ == "__main__":
    sys.exit(main())
