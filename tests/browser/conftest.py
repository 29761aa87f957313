"""One server and one browser for all tests of the page; every test gets a freshly loaded page."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser import needs
from tests.browser.fake import fake_service

SIZES = {
    "desktop": (1280, 800),
    "large screen": (1920, 1080),
    "desktop at 200 %": (640, 400),
    "phone": (390, 844),
    "phone on its side": (844, 390),
    "small phone": (320, 640),
}


def pytest_collection_modifyitems(items):
    """Everything in this folder needs a browser."""
    for item in items:
        if Path(__file__).parent in Path(item.fspath).parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def chromium():
    """A headless Chromium."""
    needs.playwright()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=needs.chromium(), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def served(tmp_path_factory):
    """The page over the fake retriever: (address, service, retriever)."""
    from zsbir.ui import build, serve

    service, retriever = fake_service(tmp_path_factory.mktemp("galleries"))
    demo = build(service)
    yield serve(demo, service, block=False), service, retriever
    retriever.gate.set()
    demo.close()


@pytest.fixture
def retriever(served):
    """The fake behind the page, as it was when the page was first served."""
    fake = served[2]
    yield fake
    fake.trouble = ""
    fake.gate.set()


@pytest.fixture
def visit(chromium, served):
    """Open the page in a context of its own, as in `visit("phone")`; errors in the page fail the test."""
    contexts, errors = [], []

    def open_page(size="desktop", url=None, script="", **options):
        width, height = SIZES[size]
        mobile = (
            {} if "phone" not in size else {"has_touch": True, "is_mobile": True, "device_scale_factor": 2}
        )
        context = chromium.new_context(viewport={"width": width, "height": height}, **mobile, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.add_init_script(script)
        page.goto(url or served[0])
        page.locator("#zs-pad canvas").wait_for()
        page.locator(".examples button").first.wait_for(state="attached")  # a link may hide them soon
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not errors, errors


@pytest.fixture
def page(visit):
    """The page on a desktop."""
    return visit()
