"""Searches with methods: who assumes the category, who has to be shown photos first, and what is shared."""

import threading

import numpy as np
import pytest
import torch

import zsbir.checkpoint
from tests.fake_checkpoint import FakeCheckpoint, FakeMethod
from tests.untrained import save_clip_at, save_plain
from tests.zoo import RED, save_photo, save_zoo
from zsbir.checkpoint import load_checkpoint
from zsbir.errors import GalleryError
from zsbir.gallery import create_gallery, indexed_checkpoints
from zsbir.images import open_image, to_pixels
from zsbir.index import build_index
from zsbir.retriever import Retriever
from zsbir.strokes import Drawing

BAR = Drawing.from_json({"width": 100, "height": 100, "strokes": [{"x": [10, 10], "y": [0, 100]}]})
NAMES = ["clip-at-category", "clip-at-fine-grained", "plain"]


@pytest.fixture
def zoo(tmp_path, monkeypatch):
    """A gallery of photos, one of which is a dark bar on white like the drawn one."""
    monkeypatch.setenv("ZSBIR_GALLERIES", str(tmp_path / "galleries"))
    save_zoo(tmp_path / "zoo")
    BAR.render(60).save(tmp_path / "zoo" / "frog" / "bar.png")
    return create_gallery("zoo", tmp_path / "zoo")


@pytest.fixture
def fakes(tmp_path, monkeypatch):
    """What is bundled, by name: fakes of which the needy one has to be shown two photos of each category."""
    found = {"plain": FakeCheckpoint(tmp_path / "plain", "plain")}
    monkeypatch.setattr(zsbir.checkpoint, "load_checkpoint", lambda name, device: found[name])
    monkeypatch.setattr(zsbir.checkpoint, "list_checkpoints", lambda: list(found))
    return found


@pytest.fixture
def needy(tmp_path, zoo, fakes):
    """The needy checkpoint's retriever, as if the process that built its index had ended."""
    fakes["needy"] = FakeCheckpoint(
        tmp_path / "needy", "needy", FakeMethod(needs_category=True, support=2), modes=("fine-grained",)
    )
    for name in ("plain", "needy"):
        build_index(zoo, fakes[name], progress=False)
    fakes["needy"].method.remembered.clear()
    return Retriever.load("zoo", "needy")


# Support photos


def test_a_category_is_shown_before_it_is_searched_and_only_once(needy, zoo):
    method = needy.checkpoint.method
    assert method.remembered == {}
    result = needy.retrieve(BAR, "fine-grained")
    assert (result.category, result.assumed) == ("frog", True)
    photos = [photo for photo in zoo.photos if photo.category == "frog"]
    shown = sorted(photos, key=lambda photo: photo.id)[:2]
    expected = to_pixels([open_image(zoo.path(photo)) for photo in shown], method.preprocess)
    assert list(method.remembered) == ["frog"]
    assert torch.equal(method.remembered["frog"], expected)
    once = method.remembered["frog"]
    needy.search(BAR, "fine-grained", category="frog")
    assert method.remembered["frog"] is once
    needy.search(BAR, "fine-grained", category="whale")
    assert list(method.remembered) == ["frog", "whale"]


def test_the_category_is_shown_in_the_inference_thread(needy, monkeypatch):
    threads = []
    monkeypatch.setattr(
        needy.checkpoint.method,
        "remember",
        lambda category, pixels: (
            threads.append(threading.current_thread().name)
            or FakeMethod.remember(needy.checkpoint.method, category, pixels)
        ),
    )
    needy.search(BAR, "fine-grained")
    assert threads == list(needy.checkpoint.method.threads)


def test_a_support_photo_that_is_gone_is_told_with_the_cure(needy, zoo):
    zoo.path(needy.index.support["frog"][0]).unlink()
    with pytest.raises(
        GalleryError, match="'needy' cannot be shown the category 'frog': one of its support"
    ) as e:
        needy.search(BAR, "fine-grained", category="frog")
    assert "python -m zsbir index --gallery zoo --checkpoint" in str(e.value)
    assert needy.search(BAR, "fine-grained", category="whale")


def test_a_support_photo_that_was_replaced_is_told_with_the_cure(needy, zoo):
    first, second = needy.index.support["frog"]
    content = zoo.path(second).read_bytes()
    zoo.path(second).write_bytes(zoo.path(first).read_bytes())
    with pytest.raises(GalleryError, match="'frog': one of its support photos has changed since") as e:
        needy.search(BAR, "fine-grained", category="frog")
    assert "python -m zsbir index --gallery zoo --checkpoint" in str(e.value)
    assert not needy.checkpoint.method.remembered
    zoo.path(second).write_bytes(content)
    assert needy.search(BAR, "fine-grained", category="frog")


def test_a_category_without_support_photos_is_told_with_the_cure(needy):
    needy.index.support.clear()
    with pytest.raises(GalleryError, match="names no support photos of it"):
        needy.search(BAR, "fine-grained")


def test_a_category_without_photos_names_those_near_it(needy):
    with pytest.raises(GalleryError, match="no photos of the category 'frogs'; near it are: frog"):
        needy.search(BAR, "fine-grained", category="frogs")


def test_photos_without_categories_are_refused_by_a_method_that_needs_one(tmp_path, fakes, monkeypatch):
    monkeypatch.setenv("ZSBIR_GALLERIES", str(tmp_path / "galleries"))
    save_photo(tmp_path / "flat" / "one.png", RED)
    flat = create_gallery("flat", tmp_path / "flat")
    build_index(flat, fakes["plain"], progress=False)
    plain = Retriever.load("flat")
    method = FakeMethod(needs_category=True)
    needy = Retriever(flat, FakeCheckpoint(tmp_path / "needy", "needy", method), plain.index, plain)
    with pytest.raises(
        GalleryError, match="ranks inside a category, and the photos of gallery 'flat' have none"
    ):
        needy.search(BAR, "fine-grained")


# Guides


@pytest.mark.parametrize(
    ("indexed", "guide"),
    [
        (("plain",), "plain"),
        (("plain", "clip-at-category"), "clip-at-category"),
        (("plain", "clip-at-category", "deep-dual-category"), "deep-dual-category"),
    ],
)
def test_the_best_indexed_checkpoint_assumes_the_category(tmp_path, zoo, fakes, indexed, guide):
    for name in ("clip-at-category", "deep-dual-category"):
        fakes[name] = FakeCheckpoint(tmp_path / name, name, modes=("category",))
    fakes["fine"] = FakeCheckpoint(tmp_path / "fine", "fine", modes=("fine-grained",))
    for name in (*indexed, "fine"):
        build_index(zoo, fakes[name], progress=False)
    assert indexed_checkpoints("zoo") == sorted([*indexed, "fine"])
    result = Retriever.load("zoo", "fine").retrieve(BAR, "fine-grained")
    assert (result.category, result.assumed) == ("frog", True)
    asked = {name: checkpoint.method.sketches_seen for name, checkpoint in fakes.items()}
    assert asked.pop(guide) == [None]
    assert asked.pop("fine") == [None]
    assert not any(asked.values())


def test_nobody_is_asked_for_a_category_that_was_chosen(needy, fakes):
    needy.search(BAR, "fine-grained", category="whale")
    assert fakes["plain"].method.sketches_seen == []


def test_a_guide_that_is_open_is_not_loaded(needy, zoo):
    plain, asked = Retriever.load("zoo"), []
    again = Retriever.load("zoo", "needy", open_guide=lambda name: asked.append(name) or plain)
    assert asked == ["plain"]
    assert again.assume_category(BAR) == plain.assume_category(BAR) == "frog"
    Retriever.load("zoo", open_guide=asked.append)  # it guides itself
    assert asked == ["plain"]


# CLIP-AT, untrained


@pytest.fixture
def clip_at(tiny_folder, zoo, monkeypatch):
    """Plain CLIP and CLIP-AT in both modes, all indexed."""
    monkeypatch.setenv("ZSBIR_CHECKPOINTS", str(tiny_folder.parent))
    save_plain(tiny_folder)
    for seed, mode in enumerate(("category", "fine-grained")):
        save_clip_at(tiny_folder, mode, seed=seed)
    for name in NAMES:
        build_index(zoo, load_checkpoint(name, device="cpu"), progress=False)
    return {name: Retriever.load("zoo", name, device="cpu") for name in NAMES}


def test_retrievers_of_one_backbone_share_it(clip_at):
    assert len({id(retriever.checkpoint.method.backbone) for retriever in clip_at.values()}) == 1


def test_methods_rank_the_same_drawing_their_own_way(clip_at):
    """Each ranking is that of the checkpoint's own vectors, compared one by one."""
    for name, mode in (
        ("clip-at-category", "category"),
        ("plain", "category"),
        ("clip-at-fine-grained", "fine-grained"),
    ):
        retriever = clip_at[name]
        method, gallery = retriever.checkpoint.method, retriever.gallery
        query = method.embed_sketches(to_pixels(BAR.render(32), method.preprocess))[0]
        result = retriever.retrieve(BAR, mode)
        assert result.assumed is (mode == "fine-grained")
        scores = {
            photo.id: float(
                method.embed_photos(to_pixels(open_image(gallery.path(photo)), method.preprocess))[0] @ query
            )
            for photo in gallery.photos
            if result.category in (None, photo.category)
        }
        assert {hit.photo.id: pytest.approx(hit.score, abs=1e-4) for hit in result.hits} == scores
    scored = [[hit.score for hit in clip_at[name].search(BAR)] for name in ("plain", "clip-at-category")]
    assert scored[0] != pytest.approx(scored[1], abs=0.01)


def test_several_queries_are_embedded_as_each_alone(needy, monkeypatch):
    """In batches of two, under a category that the method is shown first; all in the inference thread."""
    monkeypatch.setattr("zsbir.query.TOGETHER", 2)
    images = [Drawing(BAR.strokes, 100, size).render(12) for size in (100, 1e5, 1e6)]
    together = needy.embed_queries(images, "frog")
    assert needy.checkpoint.method.sketches_seen == ["frog"] * 2
    assert len(needy.checkpoint.method.threads) == 1
    alone = [needy.embed_query(image, "frog") for image in images]
    assert not np.allclose(alone[0], alone[2], atol=1e-3)
    assert together == pytest.approx(np.stack(alone), abs=1e-6)


def test_a_result_holds_the_vector_that_was_compared(needy):
    result = needy.retrieve(BAR, "fine-grained")
    assert result.vector == pytest.approx(needy.embed(BAR, "frog"), abs=1e-6)
