"""Replay held-out Quick, Draw! drawings with the mouse on the running page, and count fitting first rows.

    python -m tests.browser.replay DATA/quickdraw_strokes.zip --out FOLDER

Starts `app.py`, draws one held-out drawing of each category, takes a picture of the page and writes what the
first row showed. Nobody trained on these drawings: they are the dev part of each file. Which of them is drawn
is decided by `--pick`, not by looking at the result.
"""

import argparse
import json
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser import needs
from zsbir.data import open_dataset
from zsbir.data.names import is_a
from zsbir.gallery import load_gallery

CATEGORIES = (
    *("airplane", "apple", "banana", "bicycle", "bus", "butterfly", "camera", "car", "cat", "chair"),
    *("dog", "elephant", "fish", "flower", "guitar", "hammer", "horse", "lion", "piano", "rabbit"),
    *("snail", "spider", "strawberry", "table", "teapot", "television", "truck", "umbrella"),
)
SHEET = 600  # canvas units of the page's drawing sheet
MARGIN = 60
FIRST_ROW = """items => {
  const bottom = items[0].offsetTop + items[0].offsetHeight;
  return items.filter((item) => item.offsetTop < bottom).map((item) => item.photo.category);
}"""


def main() -> int:
    """Replay, write pictures and a table, and print the count."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser.replay", description=__doc__)
    parser.add_argument("data", type=Path, help="quickdraw_strokes.zip")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument(
        "--pick", type=int, default=0, help="which of the held-out drawings of a category, from 0"
    )
    parser.add_argument("--method", help="family or checkpoint; default: the one that the page starts with")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    there = set(load_gallery("everyday").categories)
    wanted = [name for name in CATEGORIES if any(is_a(photo, name) for photo in there)][: args.count]
    rows = replay(args.data, wanted, args.pick, args.out, args.method)
    hits = sum(row["hit"] for row in rows)
    (args.out / "replay.json").write_text(json.dumps(rows, indent=2), encoding="utf-8")
    for row in rows:
        print(f"{'hit ' if row['hit'] else 'MISS'} {row['drawn']:<12} {', '.join(row['first_row'])}")
    print(f"{hits} of {len(rows)} drawings have a fitting picture in the first row")
    return 0


def replay(data: Path, wanted: list[str], pick: int, out: Path, method: str | None = None) -> list[dict]:
    """Draw on the page and read its first row."""
    from zsbir.ui import build, bundled, serve

    service = bundled("everyday", method)
    demo = build(service)
    address = serve(demo, service, block=False)
    drawings = held_out(data, wanted, pick)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=needs.chromium(), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(address)
        page.locator("#zs-pad canvas").wait_for()
        rows = [draw_one(page, name, drawings[name], out) for name in wanted]
        browser.close()
    demo.close()
    return rows


def held_out(data: Path, wanted: list[str], pick: int) -> dict:
    """Return one held-out drawing for each category."""
    dataset = open_dataset(data)
    items = {name: [i for i in dataset.select("sketch", "dev") if i.category == name] for name in wanted}
    return {name: dataset.drawing(items[name][pick % len(items[name])]) for name in wanted}


def draw_one(page, name: str, drawing, out: Path) -> dict:
    """Draw with the mouse, wait for the photos of the finished drawing, and read the first row.

    The first row is the large best photo and the small ones beside it.
    """
    box = page.locator("#zs-pad canvas").bounding_box()
    low, high = drawing.bounds[:2], drawing.bounds[2:]
    extent = max(high[0] - low[0], high[1] - low[1])
    scale = (SHEET - 2 * MARGIN) / extent * box["width"] / SHEET
    left, top = box["x"] + box["width"] * MARGIN / SHEET, box["y"] + box["height"] * MARGIN / SHEET
    for stroke in drawing.strokes:
        points = [
            (left + (x - low[0]) * scale, top + (y - low[1]) * scale) for x, y in stroke.points.tolist()
        ]
        page.mouse.move(*points[0])
        page.mouse.down()
        for point in points[1:]:
            page.mouse.move(*point)
        page.mouse.up()
    page.wait_for_timeout(1500)  # the photos of the finished drawing replace those of its parts
    page.locator(".results[data-state=found]").wait_for(timeout=120_000)  # the first one waits for the model
    page.screenshot(path=out / f"{name}.png")
    shown = page.locator(".grid li").evaluate_all(FIRST_ROW)
    page.locator("#zs-pad [data-do=clear]").click()
    page.locator(".results[data-state=empty]").wait_for()
    return {"drawn": name, "first_row": shown, "hit": any(is_a(category, name) for category in shown)}


if __name__ == "__main__":
    sys.exit(main())
