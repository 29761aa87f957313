"""How long an embedding and a search take, beside ViT-B/32 in the same run.

`python -m zsbir.evaluation.benchmark` measures them. Absolute figures move with the machine; the ratios are
what is promised.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
import urllib.request
from collections.abc import Callable

from zsbir.backbone.torchvision_shim import import_torchvision
from zsbir.evaluation.serving import START_LIMIT, started_app
from zsbir.images import to_pixels
from zsbir.retriever import Retriever
from zsbir.strokes import Drawing


def main(arguments: list[str] | None = None) -> int:
    """Measure, and print one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m zsbir.evaluation.benchmark", description=__doc__)
    parser.add_argument("--repeat", type=int, default=30, help="measurements a row; the median is told")
    parser.add_argument("--gallery", default="everyday")
    parser.add_argument("--no-start", action="store_true", help="leave out the cold start of app.py")
    args = parser.parse_args(arguments)
    figures = measure_stages(args.gallery, args.repeat)
    if not args.no_start:
        figures |= measure_start()
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}, indent=2))
    return 0


def measure_stages(gallery: str, repeat: int) -> dict[str, float]:
    """Time the stages of one search and a ViT-B/32 embedding, interleaved, so that all see the same machine.

    Returns:
        Medians in milliseconds, and `embed_ratio`: zsbir-tiny over ViT-B/32 (of random weights).
    """
    import torch

    drawing = example_drawing()
    retriever = Retriever.load(gallery, device="cpu")
    method = retriever.checkpoint.method
    pixels = to_pixels(retriever.query_image(drawing), method.preprocess)
    large = _vit_b32()
    big = torch.randn(1, 3, 224, 224)
    stages: dict[str, Callable[[], object]] = {
        "render_ms": lambda: retriever.query_image(drawing),
        "pixels_ms": lambda: to_pixels(retriever.query_image(drawing), method.preprocess),
        "embed_ms": lambda: method.embed_sketches(pixels),
        "vit_b32_embed_ms": lambda: large(big),
        "drawing_to_hits_ms": lambda: retriever.search(drawing),
    }
    times: dict[str, list[float]] = {name: [] for name in stages}
    with torch.inference_mode():
        for round_number in range(repeat + 3):
            for name, stage in stages.items():
                start = time.perf_counter()
                stage()
                if round_number >= 3:  # the first rounds warm up
                    times[name].append(1000 * (time.perf_counter() - start))
    medians = {name: statistics.median(values) for name, values in times.items()}
    return medians | {"embed_ratio": medians["embed_ms"] / medians["vit_b32_embed_ms"]}


def measure_start() -> dict[str, float]:
    """Start `app.py` in a process of its own and ask it for photos as soon as it answers.

    Returns:
        Seconds from the start to the served page, and to the first photos.
    """
    start = time.perf_counter()
    with started_app() as address:
        served = time.perf_counter() - start
        search_over_http(address)
        return {"page_served_s": served, "first_photos_s": time.perf_counter() - start}


def example_drawing() -> Drawing:
    """Return the first example of the page, a rabbit."""
    from zsbir.ui.examples import examples

    return Drawing.from_json({"width": 600, "height": 600, "strokes": examples()[0]["strokes"]})


def _vit_b32() -> Callable:
    import_torchvision()
    import open_clip

    return open_clip.create_model("ViT-B-32-quickgelu").visual.eval()


def search_over_http(address: str) -> None:
    """Call `/search` as any HTTP client does: post all arguments, read the answer's events to their end."""
    no_word = ("", 0)
    arguments = [example_drawing().to_json(), "category", 24, "", "", "", *no_word]
    data = json.dumps({"data": arguments}).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{address}/gradio_api/call/search", data, headers)
    with urllib.request.urlopen(request, timeout=START_LIMIT) as answer:
        event = json.load(answer)["event_id"]
    with urllib.request.urlopen(f"{address}/gradio_api/call/search/{event}", timeout=START_LIMIT) as stream:
        if b"event: complete" not in stream.read():
            raise SystemExit("app.py did not answer the search; run `python app.py` to see why.")


if __name__ == "__main__":
    sys.exit(main())
