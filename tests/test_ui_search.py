"""The endpoint `/search`, used as a program would."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from tests.browser.fake import COUNT
from zsbir.evaluation.benchmark import search_over_http

ROOT = Path(__file__).parent.parent


def sized(x, y, times=1):
    """A drawing of equal strokes on a sheet of the usual size."""
    return {"width": 600, "height": 600, "strokes": [{"x": x, "y": y}] * times}


DIAGONAL = {"width": 600, "height": 600, "strokes": [{"x": [200, 400], "y": [100, 500]}]}


@pytest.fixture(scope="module")
def client(address):
    """A program that uses the endpoint."""
    return Client(address, verbose=False)


def test_search_is_the_only_endpoint_and_typed(address):
    info = httpx.get(f"{address}gradio_api/info").json()
    assert list(info["named_endpoints"]) == ["/search"]
    fields = {field["parameter_name"]: field for field in info["named_endpoints"]["/search"]["parameters"]}
    names = ["drawing", "mode", "top_k", "category", "gallery", "checkpoint", "word", "weight"]
    assert list(fields) == names
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


def test_the_benchmark_asks_as_the_endpoint_wants_to_be_asked(address):
    search_over_http(address.rstrip("/"))


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
