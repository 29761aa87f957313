"""Several searches side by side find what each finds alone, with fewer passes of the model."""

import numpy as np
import pytest
import torch

import zsbir.checkpoint
from tests.fake_checkpoint import FakeCheckpoint, FakeMethod
from tests.zoo import save_zoo
from zsbir.errors import CheckpointError, DrawingError, GalleryError, ZSBIRError
from zsbir.gallery import create_gallery
from zsbir.index import build_index
from zsbir.retriever import Retriever
from zsbir.strokes import Drawing


def line(*points):
    x, y = zip(*points, strict=True)
    return Drawing.from_json({"width": 100, "height": 100, "strokes": [{"x": x, "y": y}]})


EMPTY = Drawing.from_json({"width": 100, "height": 100, "strokes": []})
LINES = [
    line((0, 50), (100, 50)),
    line((0, 0), (100, 100)),
    line((0, 0), (0, 100), (100, 100)),
    line((50, 0), (50, 100)),
]


@pytest.fixture
def retrievers(tmp_path, monkeypatch):
    """The plain one, and one that has to be told categories, of which the plain one assumes them."""
    found = {
        "plain": FakeCheckpoint(tmp_path / "plain", "plain"),
        "needy": FakeCheckpoint(
            tmp_path / "needy", "needy", FakeMethod(needs_category=True, support=2), modes=("fine-grained",)
        ),
    }
    monkeypatch.setenv("ZSBIR_GALLERIES", str(tmp_path / "galleries"))
    monkeypatch.setattr(zsbir.checkpoint, "load_checkpoint", lambda name, device: found[name])
    monkeypatch.setattr(zsbir.checkpoint, "list_checkpoints", lambda: list(found))
    save_zoo(tmp_path / "zoo")
    zoo = create_gallery("zoo", tmp_path / "zoo")
    for checkpoint in found.values():
        build_index(zoo, checkpoint, progress=False)
    return {name: Retriever.load("zoo", name) for name in found}


def passes(retriever):
    """The categories under which sketches have passed a model, batch by batch."""
    return retriever.checkpoint.method.sketches_seen


def same(one, other):
    """Compare results; every float but the vector's is told to six digits."""
    assert np.allclose(one.vector, other.vector, atol=1e-6)
    assert [hit.photo for hit in one.hits] == [hit.photo for hit in other.hits]
    assert [hit.score for hit in one.hits] == pytest.approx([hit.score for hit in other.hits], abs=1e-6)
    assert one.seen.tobytes() == other.seen.tobytes()
    for name in ("mode", "category", "assumed", "searched"):
        assert getattr(one, name) == getattr(other, name), name
    return True


@pytest.mark.parametrize(
    ("name", "questions"),
    [
        ("plain", [("category", 3, None), ("category", 1, "frog"), ("fine-grained", 3, None)]),
        ("needy", [("fine-grained", 3, None), ("fine-grained", 2, None), ("fine-grained", 3, "frog")]),
    ],
)
def test_together_is_alone(retrievers, name, questions):
    """One pass for all; where categories are needed, one of the guide, and one for each category."""
    retriever = retrievers[name]
    questions = [(LINES[place], *rest) for place, rest in enumerate(questions)]
    expected = [retriever.retrieve(*question) for question in questions]
    own, guide = passes(retriever), passes(retriever._guide)
    own.clear(), guide.clear()
    results = retriever.retrieve_all(questions)
    assert all(map(same, results, expected))
    assert len({result.vector.tobytes() for result in results}) == len(questions)
    assert guide == [None]
    if name == "needy":
        assert [result.category for result in expected] == ["whale", "whale", "frog"]
        assert own == ["frog", "whale"]


def test_an_error_is_not_the_neighbours(retrievers):
    retriever = retrievers["plain"]
    questions = [
        (LINES[0], "category", 3, None),
        (EMPTY, "category", 3, None),
        (LINES[1], "nonsense", 3, None),
        (LINES[2], "category", 3, "unicorn"),
        (LINES[3], "fine-grained", 3, None),
    ]
    results = retriever.retrieve_all(questions)
    assert [type(result) for result in results[1:4]] == [DrawingError, ZSBIRError, GalleryError]
    for place in (0, 4):
        assert same(results[place], retriever.retrieve(*questions[place]))
    wrong = retrievers["needy"].retrieve_all([questions[0]])
    assert isinstance(wrong[0], CheckpointError)
    assert retriever.retrieve_all([]) == []


def test_a_picture_that_breaks_the_model_breaks_no_other(retrievers, monkeypatch):
    retriever = retrievers["plain"]
    questions = [(drawing, "category", 3, None) for drawing in LINES]
    expected = [retriever.retrieve(*question) for question in questions]
    method, embed = retriever.checkpoint.method, FakeMethod.embed_sketches
    broken = method.embed_sketches(_pixels(retriever, LINES[2]))

    def fragile(pixels, category=None):
        vectors = embed(method, pixels, category)
        if any(torch.allclose(vector, broken[0]) for vector in vectors):
            raise RuntimeError("too much ink")
        return vectors

    monkeypatch.setattr(method, "embed_sketches", fragile)
    results = retriever.retrieve_all(questions)
    assert isinstance(results[2], RuntimeError)
    for place in (0, 1, 3):
        assert same(results[place], expected[place])


def _pixels(retriever, drawing):
    from zsbir.images import to_pixels

    return to_pixels([retriever.query_image(drawing)], retriever.checkpoint.method.preprocess)
