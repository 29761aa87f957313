"""The page without a browser: its values, its endpoint, its limits, its server."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import httpx
import numpy as np
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from PIL import Image
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.testclient import TestClient

from tests.browser.fake import COUNT, MISSING, fake_service
from zsbir.errors import DrawingError, ZSBIRError
from zsbir.images import open_image
from zsbir.methods import PlainCLIP
from zsbir.strokes import Drawing
from zsbir.ui import Query, build, bundled, serve
from zsbir.ui.api import search_endpoint
from zsbir.ui.examples import examples
from zsbir.ui.page import _describer, _drawing, _searcher
from zsbir.ui.photos import photo_route
from zsbir.ui.results import data_url, empty, photo_entry, trouble
from zsbir.ui.service import _by_name
from zsbir.ui.sketchpad import STATIC, SheetValue, Sketchpad

ROOT = Path(__file__).parent.parent


def sized(x, y, times=1):
    """A drawing of equal strokes on a sheet of the usual size."""
    return {"width": 600, "height": 600, "strokes": [{"x": x, "y": y}] * times}


DIAGONAL = {"width": 600, "height": 600, "strokes": [{"x": [200, 400], "y": [100, 500]}]}


@pytest.fixture
def fake(tmp_path):
    """A service over placeholders, and the retriever behind it."""
    service, retriever = fake_service(tmp_path)
    yield service, retriever
    retriever.gate.set()
    service.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Where the page is served, once for this file."""
    service, _ = fake_service(tmp_path_factory.mktemp("galleries"))
    demo = build(service)
    yield serve(demo, service, block=False)
    demo.close()
    service.close()


@pytest.fixture(scope="module")
def client(address):
    """A program that uses the endpoint."""
    return Client(address, verbose=False)


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
    for file in STATIC.iterdir():
        if file.name.endswith((".js", ".css", ".html")):
            text = file.read_text(encoding="utf-8")
            assert len(text.splitlines()) <= 250, file.name
            assert "//" not in text.replace("http://www.w3.org/2000/svg", "").replace("// ", "").replace(
                "https?:\\/\\/", ""
            ), file.name


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
    assert set(schema["properties"]) == {"width", "height", "strokes", "picture", "seq"}
    SheetValue.model_validate(pad.example_payload())
    Drawing.from_json(pad.example_value())


def test_drawing_from_strokes_and_from_a_picture():
    strokes = SheetValue.model_validate({**DIAGONAL, "seq": 3})
    assert len(_drawing(strokes).strokes) == 1
    picture = _drawing(SheetValue(picture=data_url(Image.new("L", (30, 20), 200))))
    assert (picture.mode, picture.size) == ("RGB", (30, 20))
    with pytest.raises(DrawingError, match="base64"):
        _drawing(SheetValue(picture="data:image/png;base64,%%%"))
    with pytest.raises(ZSBIRError):
        _drawing(SheetValue(picture="data:image/png;base64," + base64.b64encode(b"text").decode()))


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

    monkeypatch.setattr("zsbir.ui.page.open_image", noting(open_image))
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


# ---- service


def test_service_searches_in_one_thread_and_shares_what_is_open(tmp_path):
    threads, loads = set(), []

    def retrieve(*_):
        threads.add(threading.current_thread().name)
        return SimpleNamespace(hits=[])

    def load(gallery, checkpoint):
        loads.append((gallery, checkpoint))
        photos = SimpleNamespace(photos=(), categories=[], path=None)
        return SimpleNamespace(gallery=photos, retrieve=retrieve, checkpoint=retriever.checkpoint)

    service, retriever = fake_service(tmp_path)
    service = type(service)(["a", "b"], ["c"], load)
    queries = [Query(Drawing.from_json(DIAGONAL), "category", 1, None, name, "c") for name in "abab"]
    for future in [service.search(query) for query in queries]:
        assert (future.result(10).result.hits, future.result().method) == ([], "plain")
    assert len(threads) == 1
    assert loads == [("a", "c"), ("b", "c")]
    service.close()


def test_a_folder_is_shown_by_its_name(tmp_path):
    (tmp_path / "holidays").mkdir()
    folder = str(tmp_path / "holidays")
    assert _by_name(folder, ["everyday"]) == {"holidays": folder, "everyday": "everyday"}
    assert list(_by_name("everyday", ["other", "everyday"])) == ["everyday", "other"]


def test_bundled_names_are_offered():
    service = bundled("everyday", "plain")
    assert service.galleries[0] == "everyday"
    assert service.checkpoints[0] == "plain"
    service.close()


# ---- the one event


def ask(service, sheet, mode="category", category="", gallery="everyday", checkpoint="plain"):
    """Run the event's handler as Gradio would."""
    return asyncio.run(_searcher(service)(sheet, mode, category, 24, gallery, checkpoint))


def test_the_event_answers_with_the_number_of_the_drawing(fake):
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
    service.checkpoints = ["plain-ViT-B-32-quickgelu-openai"]
    assert ask(service, sheet, checkpoint=service.checkpoints[0])[0]["untrained"]
    retriever.checkpoint.method = SimpleNamespace(name="clip_at")
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
        return [status["state"] async for status, _ in _describer(service)("a", "b")]

    assert asyncio.run(told()) == ["loading", "trouble"]
    service.close()


def test_category_counts_only_in_fine_grained_mode(fake):
    service, _ = fake
    sheet = SheetValue.model_validate(DIAGONAL)
    service.open("everyday", "plain").result(10)
    assert ask(service, sheet, "category", "guitar")[0]["category"] is None
    assert ask(service, sheet, "fine-grained", "guitar")[0]["category"] == "guitar"
    stale, _ = ask(service, sheet, "fine-grained", "of another gallery")
    assert stale["assumed"]
    assert stale["searched"] == COUNT // 5


# ---- photos


@pytest.fixture
def photos(fake):
    """The photo route alone, with its gallery open."""
    fake[0].open("everyday", "plain").result(10)
    return TestClient(Starlette(routes=[photo_route(fake[0])])), fake[1]


def test_photos_are_served_by_id(photos):
    http, retriever = photos
    hit = retriever.retrieve(Drawing.from_json(DIAGONAL)).hits[0]
    answer = http.get(f"/{photo_entry(hit, 'everyday')['url']}?side=384")
    assert answer.status_code == 200
    assert answer.content == hit.path.read_bytes()
    assert str(hit.path.parent) not in str(answer.headers)


@pytest.mark.parametrize(
    "url",
    [
        "/photo/everyday/nothing",
        "/photo/everyday/../../etc/passwd",
        "/photo/everyday/..%2F..%2Fetc%2Fpasswd",
        "/photo/everyday/00.png",
        "/photo/shop/cat/00%20a%23b",
        "/photo/everyday/cat/00%20a%23b?side=7",
        f"/photo/everyday/office_chair/{MISSING:02d}%20a%23b",
    ],
)
def test_nothing_else_is_served(photos, url):
    assert photos[0].get(url).status_code == 404


def test_large_photos_are_scaled(photos):
    http, retriever = photos
    photo = retriever.gallery.photos[0]
    noise = np.random.default_rng(0).integers(0, 255, (900, 1200, 3), dtype=np.uint8)
    Image.fromarray(noise).save(retriever.gallery.path(photo))
    small = http.get("/photo/everyday/cat/00%20a%23b?side=384")
    assert Image.open(io.BytesIO(small.content)).size == (384, 288)
    retriever.gallery.path(photo).write_bytes(b"broken" * 100_000)
    assert http.get("/photo/everyday/cat/00%20a%23b?side=384").status_code == 404


# ---- the endpoint


def test_search_is_the_only_endpoint_and_typed(address):
    info = httpx.get(f"{address}gradio_api/info").json()
    assert list(info["named_endpoints"]) == ["/search"]
    fields = {field["parameter_name"]: field for field in info["named_endpoints"]["/search"]["parameters"]}
    assert list(fields) == ["drawing", "mode", "top_k", "category", "gallery", "checkpoint"]
    assert set(fields["drawing"]["type"]["properties"]) == {"width", "height", "strokes"}
    assert fields["mode"]["type"]["enum"] == ["category", "fine-grained"]
    assert fields["top_k"]["parameter_default"] == 24


def test_search_gives_photos(client):
    found = client.predict(drawing=DIAGONAL, top_k=5, api_name="/search")
    assert [photo["rank"] for photo in found["photos"]] == [1, 2, 3, 4, 5]
    assert found["photos"][0]["title"] in {f"Placeholder {n}" for n in (29, 30, 31)}
    assert found["searched"] == COUNT
    narrow = client.predict(drawing=DIAGONAL, mode="fine-grained", category="guitar", api_name="/search")
    assert {photo["category"] for photo in narrow["photos"]} == {"guitar"}
    assert not narrow["assumed"]
    shop = client.predict(drawing=DIAGONAL, gallery="shop", api_name="/search")
    assert shop["searched"] == 10


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"mode": "nope"}, "mode must be one of category, fine-grained, not 'nope'."),
        ({"top_k": 0}, "top_k must be a whole number from 1 to 200, not '0'."),
        ({"top_k": 2.5}, "top_k must be a whole number from 1 to 200, not '2.5'."),
        ({"gallery": "../x"}, "gallery must be one of everyday, shop, not '../x'."),
        ({"category": "unicorn", "mode": "fine-grained"}, "has no category 'unicorn'"),
        ({"drawing": "zzz"}, "The drawing is not valid JSON."),
        ({"drawing": 7}, 'The drawing has no "strokes".'),
        ({"drawing": {"strokes": [{"x": [1], "y": [1]}]}}, 'The drawing has no "width".'),
        ({"drawing": sized([1, 2], [1])}, "Each stroke needs two flat lists of the same length"),
        ({"drawing": sized([1e30], [1])}, "coordinates of a stroke must lie between"),
        ({"drawing": sized(["left"], [1])}, "The x of a stroke must be numbers"),
        ({"drawing": sized([1] * 100_000, [1] * 100_000)}, "The drawing has 100,000 points; at most 20,000"),
        ({"drawing": sized([1], [1], times=10_000)}, "The drawing has 10,000 strokes; at most 2,000"),
        ({"drawing": sized([], [])}, "Nothing has been drawn yet."),
    ],
)
def test_search_answers_nonsense_with_a_sentence(client, wrong, sentence):
    with pytest.raises(AppError) as caught:
        client.predict(**{"drawing": DIAGONAL, **wrong}, api_name="/search")
    message = str(caught.value)
    assert sentence in message
    assert "Traceback" not in message
    assert 15 < len(message) < 300
