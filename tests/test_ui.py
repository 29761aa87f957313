"""The page without a browser: its examples, its values, its one event."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import re
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.testclient import TestClient

from tests.browser.fake import COUNT
from zsbir.errors import DrawingError, ZSBIRError
from zsbir.images import open_image
from zsbir.methods import PlainCLIP
from zsbir.strokes import Drawing
from zsbir.ui.api import search_endpoint
from zsbir.ui.assets import STATIC, address, asset_route, head
from zsbir.ui.drawings import Drawings, read_sheet
from zsbir.ui.events import describer, searcher
from zsbir.ui.examples import examples
from zsbir.ui.results import data_url, empty, photo_entry, trouble
from zsbir.ui.sketchpad import SheetValue, Sketchpad

ROOT = Path(__file__).parent.parent

DIAGONAL = {"width": 600, "height": 600, "strokes": [{"x": [200, 400], "y": [100, 500]}]}


# ---- examples and files


def test_examples_are_drawings_that_fill_the_sheet():
    drawn = examples()
    assert len({example["name"] for example in drawn}) == len(drawn) >= 12
    for example in drawn:
        drawing = Drawing.from_json({"width": 600, "height": 600, "strokes": example["strokes"]})
        points = np.concatenate([stroke.points for stroke in drawing.strokes])
        assert points.min() >= 0
        assert points.max() <= 600
        assert np.ptp(points, axis=0).max() > 400
        assert (np.asarray(drawing.render(64)) < 128).any()


def test_static_files_are_small_and_ask_for_nothing_outside():
    for file in STATIC.rglob("*"):
        if file.suffix in (".js", ".css", ".html"):
            text = file.read_text(encoding="utf-8")
            assert len(text.splitlines()) <= 250, file.name
            text = text.replace("http://www.w3.org/2000/svg", "").replace("https?:", "")
            assert not re.search(r"(https?:)?//[a-z]", text), file.name


def test_assets_are_served_for_good_and_nothing_else():
    http = TestClient(Starlette(routes=[asset_route()]))
    for name in ("sheet/main.js", "results/main.js", "fonts/atkinson-hyperlegible-next.woff2"):
        answer = http.get(f"/{address()}/{name}")
        assert answer.content == (STATIC / name).read_bytes()
        assert "immutable" in answer.headers["cache-control"]
        assert f"{address()}/sheet/main.js" in head()
    for name in ("package.json", "../page.py", "%2e%2e/page.py", "page/page.css", "no.js"):
        assert http.get(f"/{address()}/{name}").status_code == 404
    assert http.get("/zsbir/000000000000/sheet/main.js").status_code == 404


def test_app_is_small_and_does_not_import_torch():
    assert len((ROOT / "app.py").read_text(encoding="utf-8").splitlines()) < 80
    code = "import sys, app; assert app.demo; sys.exit('torch' in sys.modules or 'open_clip' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=120)


# ---- values


@pytest.mark.parametrize(
    "value",
    [
        {"strokes": "zzz"},
        {"strokes": [{"x": ["a"], "y": [1]}]},
        {"strokes": [{"x": [1]}]},
        {"strokes": [], "more": 1},
        {"seq": "one"},
    ],
)
def test_the_sheet_refuses_other_values(value):
    with pytest.raises(ValidationError):
        SheetValue.model_validate(value)


def test_the_sheet_tells_its_schema():
    pad = Sketchpad()
    schema = pad.api_info()
    assert schema["type"] == "object"
    assert set(schema["properties"]) == {"width", "height", "strokes", "picture", "seq", "kept"}
    SheetValue.model_validate(pad.example_payload())
    Drawing.from_json(pad.example_value())


def test_drawing_from_strokes_and_from_a_picture():
    strokes = SheetValue.model_validate({**DIAGONAL, "seq": 3})
    assert len(read_sheet(strokes).strokes) == 1
    picture = read_sheet(SheetValue(picture=data_url(Image.new("L", (30, 20), 200))))
    assert (picture.mode, picture.size) == ("RGB", (30, 20))
    with pytest.raises(DrawingError, match="base64"):
        read_sheet(SheetValue(picture="data:image/png;base64,%%%"))
    with pytest.raises(ZSBIRError):
        read_sheet(SheetValue(picture="data:image/png;base64," + base64.b64encode(b"text").decode()))


def test_a_bomb_in_place_of_a_picture_is_refused_by_its_header(fake):
    bomb = data_url(Image.new("L", (8000, 8000), 255))
    assert len(bomb) < 300_000
    for picture in (bomb, bomb[: len("data:image/png;base64,") + 60]):  # the rest is not even looked at
        answer, _ = ask(fake[0], SheetValue(picture=picture, seq=5))
        assert (answer["state"], answer["seq"]) == ("trouble", 5)
        assert "8,000 x 8,000 pixels; at most 4 megapixels" in answer["message"]
    assert fake[1].searches == 0


def test_reading_a_drawing_leaves_the_event_loop_free(fake, monkeypatch):
    threads = []

    def noting(read):
        def noted(*args, **kwargs):
            threads.append(threading.current_thread())
            return read(*args, **kwargs)

        return noted

    monkeypatch.setattr("zsbir.ui.drawings.open_image", noting(open_image))
    monkeypatch.setattr(Drawing, "from_json", noting(Drawing.from_json))
    line = Image.new("L", (30, 20), 255)
    line.paste(0, (10, 5, 12, 15))
    assert ask(fake[0], SheetValue(picture=data_url(line)))[0]["state"] == "found"
    assert ask(fake[0], SheetValue.model_validate(DIAGONAL))[0]["state"] == "found"
    assert asyncio.run(search_endpoint(fake[0])(DIAGONAL))["photos"]
    assert len(threads) == 3
    assert threading.main_thread() not in threads


def test_data_url_is_the_picture():
    pixels = np.arange(256, dtype=np.uint8).reshape(16, 16)
    data = base64.b64decode(data_url(Image.fromarray(pixels)).partition(",")[2])
    assert (np.asarray(Image.open(io.BytesIO(data))) == pixels).all()


def test_no_entry_of_a_photo_is_called_path(fake):
    hit = fake[1].retrieve(Drawing.from_json(DIAGONAL)).hits[0]
    entry = photo_entry(hit, "my gallery/é")
    assert "path" not in json.dumps(entry)
    assert entry["url"].startswith("photo/my%20gallery%2F%C3%A9/")


# ---- the one event


def ask(service, sheet, mode="category", category="", gallery="everyday", checkpoint="plain"):
    """Run the event's handler as Gradio would."""
    visitor = SimpleNamespace(session_hash="visitor")
    return asyncio.run(
        searcher(service, Drawings())(sheet, mode, category, 24, gallery, checkpoint, None, visitor)
    )


def test_the_event_answers_with_the_number_of_theread_sheet(fake):
    service, retriever = fake
    sheet = SheetValue.model_validate({**DIAGONAL, "seq": 9})
    answer, _ = ask(service, sheet)
    direct = retriever.retrieve(Drawing.from_json(DIAGONAL), "category", 24)
    assert (answer["state"], answer["seq"], answer["searched"]) == ("found", 9, COUNT)
    assert [photo["id"] for photo in answer["photos"]] == [hit.photo.id for hit in direct.hits]


def test_the_method_decides_what_counts_as_untrained(fake):
    service, retriever = fake
    sheet = SheetValue.model_validate(DIAGONAL)
    assert PlainCLIP.name == retriever.checkpoint.method.name
    service.checkpoints = ["plain-ViT-B-32-quickgelu-openai", "plain"]
    assert ask(service, sheet, checkpoint=service.checkpoints[0])[0]["untrained"]
    retriever.checkpoint.method.name = "clip-at"
    assert not ask(service, sheet, checkpoint="plain")[0]["untrained"]


def test_an_empty_sheet_is_not_searched(fake):
    service, retriever = fake
    assert ask(service, SheetValue(seq=4))[0] == empty(4)
    assert ask(service, None)[0] == empty(0)
    assert retriever.searches == 0


def test_trouble_becomes_a_sentence(fake):
    service, _ = fake
    answer, _ = ask(service, SheetValue.model_validate({**DIAGONAL, "seq": 2}), checkpoint="broken")
    assert answer == trouble(2, "The checkpoint broken has no config.json. Choose another one.")
    many = {"strokes": [{"x": [1.0] * 30_000, "y": [1.0] * 30_000}]}
    assert ask(service, SheetValue.model_validate(many))[0]["state"] == "trouble"


def test_a_mistake_of_ours_stays_in_the_log(fake, caplog):
    service, retriever = fake
    retriever.retrieve = None
    answer, _ = ask(service, SheetValue.model_validate(DIAGONAL))
    assert answer["message"].startswith("The search failed for a reason")
    assert "not callable" in caplog.text


def test_a_load_that_fails_is_told(fake):
    service = type(fake[0])(["a"], ["b"], lambda *_: 1 / 0)

    async def told():
        return [status["state"] async for status, _ in describer(service)("a", "b", "category", "")]

    assert asyncio.run(told()) == ["loading", "trouble"]


def test_category_counts_only_in_fine_grained_mode(fake):
    service, _ = fake
    sheet = SheetValue.model_validate(DIAGONAL)
    service.open("everyday", "plain").result(10)
    assert ask(service, sheet, "category", "guitar")[0]["category"] is None
    assert ask(service, sheet, "fine-grained", "guitar")[0]["category"] == "guitar"
    stale, _ = ask(service, sheet, "fine-grained", "of another gallery")
    assert stale["assumed"]
    assert stale["searched"] == COUNT // 5
