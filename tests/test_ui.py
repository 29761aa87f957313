"""The page without a browser: its values, its endpoint, its limits, its server."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import socket
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
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from tests.browser.fake import COUNT, MISSING, fake_service
from zsbir.errors import DrawingError, ZSBIRError
from zsbir.strokes import Drawing
from zsbir.ui import Query, build, bundled, serve
from zsbir.ui.examples import examples
from zsbir.ui.limits import MAX_BODY, BodyLimit
from zsbir.ui.page import _drawing, _searcher
from zsbir.ui.photos import photo_route
from zsbir.ui.results import data_url, empty, photo_entry, trouble
from zsbir.ui.service import _by_name
from zsbir.ui.sketchpad import STATIC, SheetValue, Sketchpad

ROOT = Path(__file__).parent.parent
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
        return SimpleNamespace(hits=[], mode="category", category=None, assumed=False)

    def load(gallery, checkpoint):
        loads.append((gallery, checkpoint))
        photos = SimpleNamespace(photos=(), categories=[], path=None)
        return SimpleNamespace(gallery=photos, retrieve=retrieve, query_image=lambda _: None)

    service, _ = fake_service(tmp_path)
    service = type(service)(["a", "b"], ["c"], load)
    queries = [Query(Drawing.from_json(DIAGONAL), "category", 1, None, name, "c") for name in "abab"]
    for future in [service.search(query) for query in queries]:
        assert future.result(10).searched == 0
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
    assert answer["untrained"]


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
    retriever.query_image = None
    answer, _ = ask(service, SheetValue.model_validate(DIAGONAL))
    assert answer["message"].startswith("The search failed for a reason")
    assert "not callable" in caplog.text


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


# ---- limits


async def _length(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(len(await request.body())))


def test_large_bodies_are_refused_declared_or_not():
    app = Starlette(routes=[Route("/", _length, methods=["POST"])], middleware=[Middleware(BodyLimit)])
    http = TestClient(app, raise_server_exceptions=False)
    assert http.post("/", content=b"x" * 1000).text == "1000"
    assert http.post("/", content=b"x" * (MAX_BODY + 1)).status_code == 413
    assert http.post("/", content=b"", headers={"content-length": "-5"}).status_code == 413
    assert http.post("/", content=(b"x" * 2**20 for _ in range(6))).status_code >= 400


def test_fifty_megabytes_are_refused_with_a_sentence(address):
    body = b'{"data": ["' + b"x" * 50_000_000 + b'"]}'
    answer = httpx.post(f"{address}gradio_api/call/search", content=body, timeout=30)
    assert answer.status_code == 413
    assert answer.json()["error"].startswith("The request is larger than 4 MB.")


def test_a_port_in_use_is_one_sentence(fake):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ZSBIRError, match=f"Port {port} is in use. Choose another with --port"):
            serve(build(fake[0]), fake[0], port=port, block=False)


# ---- the endpoint


def test_search_is_the_only_endpoint_and_typed(address):
    info = httpx.get(f"{address}gradio_api/info").json()
    assert list(info["named_endpoints"]) == ["/search"]
    fields = {field["parameter_name"]: field for field in info["named_endpoints"]["/search"]["parameters"]}
    assert list(fields) == ["drawing", "mode", "top_k", "category", "gallery", "checkpoint"]
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
        ({"drawing": "zzz"}, "."),
        ({"drawing": 7}, "."),
        ({"drawing": {"strokes": [{"x": [1, 2], "y": [1]}]}}, "."),
        ({"drawing": {"strokes": [{"x": [1e30], "y": [1]}]}}, "."),
        ({"drawing": {"strokes": [{"x": [1] * 100_000, "y": [1] * 100_000}]}}, "."),
        ({"drawing": {"width": 600, "height": 600, "strokes": []}}, "."),
    ],
)
def test_search_answers_nonsense_with_a_sentence(client, wrong, sentence):
    with pytest.raises(AppError) as caught:
        client.predict(**{"drawing": DIAGONAL, **wrong}, api_name="/search")
    message = str(caught.value)
    assert sentence in message
    assert "Traceback" not in message
    assert 15 < len(message) < 300
