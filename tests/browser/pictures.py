"""Make README's pictures from the running page: `python -m tests.browser.pictures [NAME ...]`.

Each is one visit with the bundled gallery: something is drawn, something is opened, and the screen is taken.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import needs
from tests.browser.hands import on_sheet
from zsbir.ui.examples import examples

OUT = Path(__file__).parents[2] / ".readme"
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
FRAME = (800, 500)
SECONDS = 0.12  # of a frame of the animation
LAST = 2.5  # seconds that its last frame stays
POINTS = 5  # of the drawing from frame to frame


def let_draw(page: Page, name: str) -> None:
    """Let one of the page's examples draw itself, and wait for its photos."""
    page.locator(f".examples button[aria-label*='{name}']").click()
    page.locator(".results[data-state=found]").wait_for(timeout=120_000)
    page.wait_for_timeout(3000)  # the drawing draws itself, and its last photos follow


def the_page(page: Page, path: Path) -> None:
    """Drawing and photos."""
    let_draw(page, "bicycle")
    page.screenshot(path=path)


def a_tab(page: Page, path: Path, *, drawing: str, tab: str) -> None:
    """Another view of the same drawing."""
    let_draw(page, drawing)
    page.get_by_role("tab", name=tab, exact=True).click()
    page.wait_for_timeout(6000)
    page.screenshot(path=path)


def a_photo(page: Page, path: Path, *, drawing: str, tab: str) -> None:
    """One photo large, and why it was found."""
    let_draw(page, drawing)
    page.locator(".tile").first.click()
    page.locator("dialog").get_by_role("tab", name=tab, exact=True).click()
    page.wait_for_timeout(4000)
    page.screenshot(path=path)


def animation(page: Page, path: Path) -> None:
    """A drawing that grows under the mouse, and photos that follow."""
    frames = []

    def take() -> None:
        shot = Image.open(io.BytesIO(page.screenshot(type="png"))).convert("RGB")
        frames.append(shot.resize(FRAME, Image.Resampling.LANCZOS))

    page.locator(".zs-status[data-state=ready]").wait_for(timeout=120_000)
    (strokes,) = [example["strokes"] for example in examples() if example["name"] == "umbrella"]
    take()
    for stroke in strokes:
        points = list(zip(stroke["x"], stroke["y"], strict=True))
        page.mouse.move(*on_sheet(page, *points[0]))
        page.mouse.down()
        for number, point in enumerate(points[1:]):
            page.mouse.move(*on_sheet(page, *point), steps=2)
            if number % POINTS == 0:
                take()
        page.mouse.up()
    page.wait_for_timeout(1500)
    take()
    times = [round(1000 * SECONDS)] * (len(frames) - 1) + [round(1000 * LAST)]
    frames[0].save(
        path, save_all=True, append_images=frames[1:], duration=times, loop=0, quality=70, method=6
    )


PICTURES: dict[str, tuple[Callable[[Page, Path], None], dict]] = {
    "page.png": (the_page, {"viewport": DESK}),
    "dark.png": (the_page, {"viewport": DESK, "color_scheme": "dark"}),
    "phone.png": (the_page, {"viewport": PHONE, "device_scale_factor": 2}),
    "strokes.png": (partial(a_photo, drawing="bicycle", tab="Strokes"), {"viewport": DESK}),
    "matches.png": (partial(a_photo, drawing="chair", tab="Matches"), {"viewport": DESK}),
    "rank.png": (partial(a_photo, drawing="guitar", tab="Rank"), {"viewport": DESK}),
    "compare.png": (partial(a_tab, drawing="guitar", tab="Compare"), {"viewport": DESK}),
    "map.png": (partial(a_tab, drawing="elephant", tab="Map"), {"viewport": DESK}),
    "class.png": (partial(a_tab, drawing="cup", tab="Class"), {"viewport": DESK}),
    "drawing.webp": (animation, {"viewport": DESK}),
}


def take(browser: Browser, address: str, name: str) -> None:
    """Make one picture in a visit of its own."""
    picture, options = PICTURES[name]
    context = browser.new_context(**options)
    page = context.new_page()
    page.goto(address)
    page.locator(".examples button").first.wait_for()
    picture(page, OUT / name)
    context.close()
    print(f"{OUT.name}/{name}: {(OUT / name).stat().st_size / 1000:.0f} kB")


def main(names: list[str]) -> int:
    """Serve the bundled gallery and make the named pictures, or all."""
    from zsbir.ui import build, bundled, serve

    unknown = set(names) - set(PICTURES)
    if unknown:
        print(f"There is no picture {', '.join(unknown)}; there are: {', '.join(PICTURES)}.", file=sys.stderr)
        return 2
    OUT.mkdir(exist_ok=True)
    service = bundled("everyday")
    demo = build(service)
    address = serve(demo, service, block=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=needs.chromium(), args=["--no-sandbox"])
        for name in names or PICTURES:
            take(browser, address, name)
        browser.close()
    demo.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
