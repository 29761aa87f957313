"""Draw a hundred held-out Quick, Draw! drawings with the mouse, and tell how long after the pen photos come.

    python -m tests.browser.stopwatch DATA/quickdraw_strokes.zip

Starts `app.py`, opens its page in Chromium, and prints one JSON object: first paint and the moment when the
sheet takes a pen (median of `--loads` fresh browsers), then from each lifting of the pen to the answer and to
the last photo in sight (median and 95th percentile), and the bare encoder's time in between.
"""

import argparse
import json
import os
import random
import statistics
import sys
import time
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import needs
from zsbir.evaluation.encoder import BareEncoder
from zsbir.evaluation.serving import started_app
from zsbir.evaluation.visitors.sheets import load_drawings, place, sheet

SCRIPT = Path(__file__).with_suffix(".js")
SPEED = 2500  # canvas units that the mouse draws in a second
EVERY = 10  # drawings between two looks at the bare encoder
PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"


def main() -> int:
    """Measure, and print one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser.stopwatch", description=__doc__)
    parser.add_argument("data", type=Path, help="quickdraw_strokes.zip")
    parser.add_argument("--count", type=int, default=100, help="drawings (default: 100)")
    parser.add_argument("--loads", type=int, default=5, help="times that the page is opened (default: 5)")
    args = parser.parse_args()
    drawings = [place(each) for each in random.Random(0).sample(load_drawings(args.data), args.count)]
    figures = {"cores": os.cpu_count(), "load_before": os.getloadavg()[0], "drawings": len(drawings)}
    encoder = BareEncoder(sheet(drawings[0]))
    with started_app() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=needs.chromium(), args=["--no-sandbox"])
        figures |= measure_loads(browser, address, args.loads)
        figures |= measure_drawing(open_page(browser, address), drawings, encoder)
        browser.close()
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}, indent=2))
    return 0


def open_page(browser: Browser, address: str) -> Page:
    """Open the page with an empty cache, and wait until the sheet takes a pen and the model is there."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.add_init_script(path=SCRIPT)
    page.goto(address)
    page.wait_for_function("() => window.stopwatch.interactive !== null")
    page.locator(".zs-status[data-state=ready]").wait_for(timeout=120_000, state="attached")
    return page


def measure_loads(browser: Browser, address: str, loads: int) -> dict[str, float]:
    """Medians over fresh caches, in milliseconds from the start of the navigation; the first one warms up."""
    times = []
    for _ in range(loads + 1):
        page = open_page(browser, address)
        times.append((page.evaluate(PAINT), page.evaluate("() => window.stopwatch.interactive")))
        page.context.close()
    paints, interactive = zip(*times[1:], strict=True)
    return {
        "first_paint_ms": statistics.median(paints),
        "time_to_interactive_ms": statistics.median(interactive),
    }


def measure_drawing(page: Page, drawings: list[list[dict]], encoder: BareEncoder) -> dict[str, float]:
    """Draw all, each on an empty sheet; after the last stroke its photos are waited for."""
    lifted, times = 0, []
    for number, drawing in enumerate(drawings):
        for stroke in drawing:
            draw(page, stroke)
        page.wait_for_function("() => window.stopwatch.open === null", timeout=60_000)
        watch = page.evaluate("() => window.stopwatch")
        lifted, times = watch["lifted"], watch["times"]
        page.locator("#zs-pad [data-do=clear]").click()
        page.locator(".results[data-state=empty]").wait_for()
        if number % EVERY == 0:
            encoder.measure()
    figures = {"pen_ups": lifted, "superseded_share": 1 - len(times) / lifted}
    for name in ("answer", "photos"):
        median, p95 = np.percentile([each[name] for each in times], (50, 95))
        figures |= {f"pen_up_to_{name}_median_ms": median, f"pen_up_to_{name}_p95_ms": p95}
    return figures | {"encoder_ms": statistics.median(encoder.times)}


def draw(page: Page, stroke: dict) -> None:
    """Draw one stroke with the mouse, at the pace of `SPEED`."""
    box = page.locator("#zs-pad canvas").bounding_box()
    points = np.array([stroke["x"], stroke["y"]]).T
    lengths = np.hypot(*np.diff(points, axis=0, prepend=points[:1]).T)
    page.mouse.move(*_on_page(points[0], box))
    page.mouse.down()
    for point, length in zip(points, lengths, strict=True):
        page.mouse.move(*_on_page(point, box))
        time.sleep(length / SPEED)
    page.mouse.up()


def _on_page(point: np.ndarray, box: dict) -> tuple[float, float]:
    return box["x"] + point[0] / 600 * box["width"], box["y"] + point[1] / 600 * box["height"]


if __name__ == "__main__":
    sys.exit(main())
