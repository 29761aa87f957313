"""What is told in answer to a question: words that steer, how photos stand, and whether anything fits."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import numpy as np
import pytest

from zsbir.errors import ZSBIRError
from zsbir.explain import steer
from zsbir.families import STAND_INS
from zsbir.strokes import Drawing
from zsbir.training.fits.nonsense import draw_nonsense
from zsbir.ui import Query, bundled
from zsbir.ui.answers import DEAF, WEIGHT
from zsbir.ui.api import search_endpoint
from zsbir.ui.drawings import Drawings
from zsbir.ui.events import searcher, wisher
from zsbir.ui.results import found
from zsbir.ui.sketchpad import SheetValue
from zsbir.ui.word import WordValue, wished_word

MUG = {
    "width": 600,
    "height": 600,
    "strokes": [
        {"x": [180, 190, 370, 385, 180], "y": [200, 450, 450, 200, 200]},
        {"x": [385, 480, 480, 378], "y": [250, 270, 370, 390]},
    ],
}


@pytest.fixture(scope="module")
def service():
    return bundled("everyday", "plain")


@pytest.fixture(scope="module")
def ask(service):
    def asked(drawing=None, **more):
        query = Query(drawing or Drawing.from_json(MUG), "category", 24, None, "everyday", "plain", **more)
        return service.search(query).result(60)

    return asked


@pytest.fixture(scope="module")
def scores(service):
    """The cosines of the mug with all photos, by their ids."""
    retriever = service.open("everyday", "plain").result(60)
    vector = retriever.embed(Drawing.from_json(MUG))
    index = retriever.index
    cosines = index.vectors(index.places()) @ vector
    return dict(zip((photo.id for photo in index.photos), cosines.tolist(), strict=True))


def test_photos_stand_out_in_standard_deviations(ask, scores):
    answer = ask()
    every = np.array(sorted(scores.values(), reverse=True))
    for place, (hit, standing) in enumerate(zip(answer.result.hits, answer.standings, strict=True)):
        own = scores[hit.photo.id]
        assert standing.above == pytest.approx((own - every.mean()) / every.std(), rel=0.1)
        assert standing.lead == pytest.approx((own - every[place + 1]) / every.std(), rel=0.1, abs=1e-3)
        assert (standing.sketch, standing.word) == (standing.above, None)


def test_a_word_steers_and_every_photo_tells_what_it_gave(service, ask):
    answer = ask(word=" apple ", weight=0.6)
    retriever = service.open("everyday", "plain").result(60)
    slow = steer(retriever, retriever.retrieve(Drawing.from_json(MUG)), "apple", 0.6)
    assert [hit.photo.id for hit in answer.result.hits] == [hit.photo.id for hit in slow.result.hits]
    assert [hit.photo.id for hit in answer.result.hits] != [hit.photo.id for hit in ask().result.hits]
    assert (answer.word, answer.weight, answer.note) == ("apple", 0.6, "")
    for place, standing in enumerate(answer.standings):
        assert standing.sketch == pytest.approx(0.4 * slow.sketch_scores[place])
        assert standing.word == pytest.approx(0.6 * slow.word_scores[place])
        assert standing.above == pytest.approx(standing.sketch + standing.word)
    leads = [standing.lead for standing in answer.standings]
    assert all(lead >= 0 for lead in leads[:-1])
    assert leads[-1] is None


def test_a_word_of_spaces_is_none_and_a_long_one_is_told(ask):
    assert ask(word="  ").word == ""
    with pytest.raises(ZSBIRError, match="A word has 1 to 100 letters"):
        ask(word="x" * 101)


def test_doubt_is_told_of_the_drawing_even_where_a_word_steers(ask):
    answers = [ask(drawing, word="apple") for drawing in draw_nonsense("hatching", 5)]
    hatching = next(answer for answer in answers if answer.fit.unsure)
    doubt = found(1, hatching, "everyday")["doubt"]
    assert doubt["says"].startswith("Perhaps nothing here fits. Of drawings this unsure")
    assert 0 < doubt["share"][0] <= doubt["share"][1]
    assert len(doubt["guesses"]) == 3
    mug = ask()
    assert not mug.fit.unsure
    assert found(1, mug, "everyday")["doubt"] is None


# ---- what the page sends, over placeholders, whose methods read no words


def page(service, family, told):
    sheet = SheetValue.model_validate(MUG)
    visitor = SimpleNamespace(session_hash="me")
    handler = searcher(service, Drawings())
    return asyncio.run(handler(sheet, "category", "", 24, "everyday", family, told, visitor))[0]


def test_a_method_that_reads_no_words_says_so_and_ranks_without(fake):
    answer = page(fake[0], "plain", WordValue(word="apple", weight=0.5))
    assert answer["notes"] == [{"sentence": DEAF, "values": {"by": "Plain CLIP"}}]
    assert (answer["state"], answer["word"]) == ("found", "")
    assert answer["photos"] == page(fake[0], "plain", None)["photos"]
    both = page(fake[0], "dp-clip", WordValue(word="apple"))["notes"]
    assert [note["sentence"] for note in both] == [STAND_INS["category"], DEAF]


@pytest.mark.parametrize(
    ("word", "weight", "value"),
    [
        ("apple", "0.7", ("apple", 0.7)),
        ("", None, ("", WEIGHT)),
        ("apple", "much", ("apple", WEIGHT)),
        ("apple", "7", ("apple", WEIGHT)),
        ("apple", "nan", ("apple", WEIGHT)),
    ],
)
def test_a_link_brings_a_word(fake, word, weight, value):
    assert (wished_word(word, weight).word, wished_word(word, weight).weight) == value
    *settings, told = wisher(fake[0])(SimpleNamespace(word=word, weight=weight), None)
    assert (told.word, told.weight) == value
    assert all("value" not in setting for setting in settings)


def test_a_link_without_a_word_leaves_the_word(fake):
    assert "value" not in wisher(fake[0])(SimpleNamespace(mode="category"), None)[-1]


# ---- over the API


def test_the_api_takes_a_word(service):
    search = search_endpoint(service)
    steered = asyncio.run(search(MUG, word="apple", weight=1.0, checkpoint="plain"))
    assert (steered["word"], steered["weight"]) == ("apple", 1.0)
    assert steered["photos"][0]["category"] == "apple"
    first = steered["photos"][0]
    assert first["above"] == pytest.approx(first["sketch"] + first["word"], abs=2e-3)
    assert asyncio.run(search(MUG, checkpoint="plain"))["photos"][0]["word"] is None


@pytest.mark.parametrize("wrong", [{"word": 7}, {"weight": 2}, {"weight": True}, {"weight": "0.5"}])
def test_the_api_refuses_what_is_no_word_or_weight(fake, wrong):
    import gradio as gr

    with pytest.raises(gr.Error, match=r"(word must be text|weight must be a number from 0 to 1), not"):
        asyncio.run(search_endpoint(fake[0])(MUG, **wrong))
