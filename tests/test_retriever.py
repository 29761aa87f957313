"""The path from a drawing to photos: ranks, modes, assumed categories, threads, missing photos."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw

import zsbir.checkpoint
from tests.fake_checkpoint import FakeCheckpoint, FakeMethod
from tests.zoo import RED, save_photo, save_zoo
from zsbir.errors import CheckpointError, DrawingError, GalleryError, IndexMismatchError, ZSBIRError
from zsbir.gallery import create_gallery
from zsbir.images import normalise_sketch, to_pixels
from zsbir.index import build_index
from zsbir.retriever import Hit, Retriever
from zsbir.strokes import Drawing

CROSS = Drawing.from_json(
    {"width": 100, "height": 100, "strokes": [{"x": [0, 100], "y": [0, 100]}, {"x": [0, 100], "y": [100, 0]}]}
)
BAR = Drawing.from_json({"width": 100, "height": 100, "strokes": [{"x": [10, 10], "y": [0, 100]}]})
EMPTY = Drawing.from_json({"width": 100, "height": 100, "strokes": []})


@pytest.fixture
def zoo(tmp_path, monkeypatch):
    """A folder of photos, one of which is a dark bar on white like the drawn one."""
    monkeypatch.setenv("ZSBIR_GALLERIES", str(tmp_path / "galleries"))
    save_zoo(tmp_path / "zoo")
    BAR.render(60).save(tmp_path / "zoo" / "frog" / "bar.png")
    return tmp_path / "zoo"


@pytest.fixture
def checkpoints(tmp_path, monkeypatch):
    """What `load_checkpoint` finds, by name."""
    found = {"plain": FakeCheckpoint(tmp_path / "plain", "plain")}
    monkeypatch.setattr(zsbir.checkpoint, "load_checkpoint", lambda name, device: found[name])
    return found


@pytest.fixture
def retriever(zoo, checkpoints):
    build_index(create_gallery("zoo", zoo), checkpoints["plain"], progress=False)
    return Retriever.load("zoo", "plain")


def slow_search(retriever, drawing, category=None):
    """Embed and compare everything one by one; percentiles by counting."""
    method = retriever.checkpoint.method
    query = method.embed_sketches(to_pixels(drawing.render(12), method.preprocess))[0].numpy()
    scores = {}
    for photo in retriever.gallery.photos:
        if category in (None, photo.category):
            with Image.open(retriever.gallery.path(photo)) as image:
                scores[photo.id] = float(
                    method.embed_photos(to_pixels(image, method.preprocess))[0].numpy() @ query
                )
    order = sorted(scores, key=lambda id: -scores[id])
    return [
        (rank, id, scores[id], 100 * np.mean([score <= scores[id] for score in scores.values()]))
        for rank, id in enumerate(order, start=1)
    ]


@pytest.mark.parametrize("category", [None, "frog"])
def test_search_matches_the_slow_way(retriever, category):
    hits = retriever.search(BAR, k=5, category=category)
    expected = slow_search(retriever, BAR, category)[:5]
    assert [(hit.rank, hit.photo.id) for hit in hits] == [(rank, id) for rank, id, _, _ in expected]
    assert [hit.score for hit in hits] == pytest.approx([score for _, _, score, _ in expected], abs=1e-6)
    assert [hit.percentile for hit in hits] == pytest.approx([percentile for *_, percentile in expected])
    assert hits[0].photo.id == "frog/bar"
    assert isinstance(hits[0], Hit)
    assert hits[0].category == "frog"
    assert hits[0].path == retriever.gallery.root / "frog" / "bar.png"


def test_an_embedding_is_a_unit_vector(retriever):
    vector = retriever.embed(CROSS)
    assert vector.shape == (27,)
    assert vector.dtype == np.float32
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-6)


def test_the_query_image_is_what_the_model_sees(retriever):
    image = retriever.query_image(CROSS)
    assert (image.mode, image.size) == ("L", (12, 12))
    assert image.tobytes() == CROSS.render(12).tobytes()


def test_a_picture_of_a_sketch_is_brought_to_the_page_s_look(retriever):
    photo = Image.new("RGB", (300, 200), (235, 230, 220))
    ImageDraw.Draw(photo).line([(150, 40), (150, 160)], (40, 40, 60), 3)
    assert retriever.query_image(photo).tobytes() == normalise_sketch(photo, 12).tobytes()
    assert retriever.search(photo)[0].photo.id == "frog/bar"


def test_the_same_drawing_elsewhere_finds_the_same(retriever):
    small = Drawing.from_json({"width": 900, "height": 900, "strokes": [{"x": [700, 700], "y": [80, 95]}]})
    assert retriever.search(small) == retriever.search(BAR)


# Modes


def test_fine_grained_stays_in_the_category(retriever):
    result = retriever.retrieve(BAR, mode="fine-grained", category="whale")
    assert {hit.category for hit in result.hits} == {"whale"}
    assert (result.mode, result.category, result.assumed) == ("fine-grained", "whale", False)
    assert result.hits[0].percentile == 100
    assert len(result.hits) == 2


def test_fine_grained_assumes_a_category_and_says_so(retriever):
    result = retriever.retrieve(BAR, mode="fine-grained")
    assert (result.category, result.assumed) == ("frog", True)
    assert result.category == retriever.assume_category(BAR)
    assert {hit.category for hit in result.hits} == {"frog"}


@pytest.mark.parametrize("mode", ["category", "fine-grained"])
def test_a_drawing_is_rendered_and_embedded_once(retriever, monkeypatch, mode):
    renders = []
    render = Drawing.render
    monkeypatch.setattr(Drawing, "render", lambda self, side: renders.append(side) or render(self, side))
    retriever.checkpoint.method.sketches_seen.clear()
    retriever.retrieve(BAR, mode)
    assert renders == [12]
    assert retriever.checkpoint.method.sketches_seen == [None]


@pytest.mark.parametrize(
    ("arguments", "searched"), [({}, 8), ({"category": "whale"}, 2), ({"mode": "fine-grained"}, 4)]
)
def test_a_result_tells_what_was_seen_and_how_many_were_searched(retriever, arguments, searched):
    result = retriever.retrieve(BAR, k=1, **arguments)
    assert result.seen.tobytes() == retriever.query_image(BAR).tobytes()
    assert (result.searched, len(result.hits)) == (searched, 1)


def test_category_mode_assumes_nothing(retriever):
    result = retriever.retrieve(BAR)
    assert (result.mode, result.category, result.assumed) == ("category", None, False)
    assert len(result.hits) == 8
    assert retriever.search(BAR) == result.hits


def test_photos_without_categories_are_searched_all(tmp_path, checkpoints, monkeypatch):
    monkeypatch.setenv("ZSBIR_GALLERIES", str(tmp_path / "galleries"))
    for number in range(3):
        save_photo(tmp_path / "flat" / f"{number}.png", RED)
    build_index(create_gallery("flat", tmp_path / "flat"), checkpoints["plain"], progress=False)
    result = Retriever.load("flat").retrieve(BAR, mode="fine-grained")
    assert (result.category, result.assumed, len(result.hits)) == (None, False, 3)


def test_a_method_that_needs_a_category_is_told_one(zoo, checkpoints, retriever):
    """Plain CLIP assumes the category; the method embeds the drawing under it and searches only there."""
    checkpoints["needy"] = FakeCheckpoint(zoo.parent / "needy", "needy", FakeMethod(needs_category=True))
    build_index(retriever.gallery, checkpoints["needy"], progress=False)
    needy = Retriever.load("zoo", "needy")
    result = needy.retrieve(BAR, mode="fine-grained")
    assert (result.category, result.assumed) == ("frog", True)
    assert [hit.photo.id for hit in result.hits] == [
        hit.photo.id for hit in retriever.search(BAR, category="frog")
    ]
    assert checkpoints["needy"].method.sketches_seen == ["frog"]
    assert needy.retrieve(BAR, "fine-grained", category="whale").assumed is False
    assert checkpoints["needy"].method.sketches_seen == ["frog", "whale"]


def test_a_guide_of_another_size_gets_its_own_picture(zoo, checkpoints, retriever):
    method = FakeMethod(needs_category=True)
    method.preprocess = replace(method.preprocess, side=18)
    checkpoints["needy"] = FakeCheckpoint(zoo.parent / "needy", "needy", method)
    build_index(retriever.gallery, checkpoints["needy"], progress=False)
    result = Retriever.load("zoo", "needy").retrieve(BAR, "fine-grained")
    assert (result.category, result.seen.size) == ("frog", (18, 18))
    assert retriever.checkpoint.method.sizes_seen == {12}


def test_a_checkpoint_of_one_mode_refuses_the_other(retriever):
    retriever.checkpoint.modes = ("category",)
    with pytest.raises(CheckpointError, match="made for category search, not for fine-grained"):
        retriever.search(BAR, mode="fine-grained")


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"mode": "exact"}, ZSBIRError, "no mode 'exact'"),
        ({"k": 0}, ZSBIRError, "whole number from 1 on"),
        ({"k": 2.5}, ZSBIRError, "whole number from 1 on"),
        ({"category": "forg"}, GalleryError, "near it are: frog"),
        ({"category": ""}, GalleryError, "no photos of the category ''"),
    ],
)
def test_arguments_that_make_no_sense(retriever, arguments, error, message):
    with pytest.raises(error, match=message):
        retriever.search(BAR, **arguments)


@pytest.mark.parametrize("nothing", [EMPTY, Image.new("RGB", (50, 50), "white")])
def test_an_empty_drawing_is_told(retriever, nothing):
    with pytest.raises(DrawingError, match="Nothing has been drawn yet"):
        retriever.search(nothing)


# What may go wrong around it


def test_a_photo_that_vanished_is_left_out(retriever, caplog):
    before = retriever.search(BAR)
    before[1].path.unlink()
    hits = retriever.search(BAR)
    assert [hit.photo for hit in hits] == [hit.photo for hit in before if hit is not before[1]]
    assert [hit.rank for hit in hits] == list(range(1, 8))
    retriever.search(BAR)
    assert caplog.text.count("gone from the disk") == 1


def test_loading_opens_no_photo(retriever, zoo):
    for path in zoo.rglob("*.png"):
        path.unlink()
    assert Retriever.load("zoo").search(BAR) == []


def test_other_weights_are_refused(retriever, checkpoints):
    checkpoints["plain"].digest = "sha256:" + "cd" * 32
    with pytest.raises(IndexMismatchError, match="python -m zsbir index --gallery zoo"):
        Retriever.load("zoo")


def test_many_threads_get_the_answers_of_one(retriever):
    drawings = [CROSS, BAR] * 20
    alone = [retriever.search(drawing, k=4) for drawing in drawings]
    retriever.checkpoint.method.threads.clear()
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda drawing: retriever.search(drawing, k=4), drawings))
    assert together == alone
    assert len(retriever.checkpoint.method.threads) == 1
