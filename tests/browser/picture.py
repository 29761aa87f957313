"""Make README's picture from the running page: `python -m tests.browser.picture`."""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser import needs

OUT = Path(__file__).parents[2] / ".readme" / "page.png"
EXAMPLE = "bicycle"


def main() -> int:
    """Serve the bundled gallery, let one of the page's examples draw itself, and take the picture."""
    from zsbir.ui import build, bundled, serve

    service = bundled("everyday")
    demo = build(service)
    address = serve(demo, service, block=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=needs.chromium(), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(address)
        page.locator(".examples button").first.wait_for()
        page.locator(".examples button", has_text=EXAMPLE).or_(
            page.locator(f".examples button[aria-label*='{EXAMPLE}']")
        ).first.click()
        page.locator(".results[data-state=found]").wait_for(timeout=120_000)
        page.wait_for_timeout(3000)  # the drawing draws itself, and its last photos follow
        OUT.parent.mkdir(exist_ok=True)
        page.screenshot(path=OUT)
        browser.close()
    demo.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
