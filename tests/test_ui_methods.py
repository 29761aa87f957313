"""The chooser of methods: families, modes, what is opened, and how often."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace

import pytest

import zsbir.checkpoint
from tests.browser.fake import FAMILIES
from tests.untrained import save_clip_at, save_plain
from tests.zoo import save_zoo
from zsbir.backbone import store
from zsbir.checkpoint import load_checkpoint
from zsbir.gallery import create_gallery
from zsbir.index import PhotoIndex, build_index
from zsbir.sentences import Sentence
from zsbir.strokes import Drawing
from zsbir.ui import Query, Service, bundled
from zsbir.ui.api import search_endpoint
from zsbir.ui.drawings import Drawings
from zsbir.ui.events import describer, searcher
from zsbir.ui.service import KEPT_OPEN
from zsbir.ui.sketchpad import SheetValue

DIAGONAL = {"width": 600, "height": 600, "strokes": [{"x": [200, 400], "y": [100, 500]}]}
MODES = ("category", "fine-grained")


def ask(service, family, mode="category"):
    visitor = SimpleNamespace(session_hash="visitor")
    sheet = SheetValue.model_validate(DIAGONAL)
    return asyncio.run(searcher(service, Drawings())(sheet, mode, "", 24, "everyday", family, None, visitor))[
        0
    ]


# ---- over placeholders


def test_families_are_offered_once_each(fake):
    assert fake[0].families == FAMILIES
    assert fake[0].family == "plain"


def test_the_mode_picks_the_family_s_checkpoint(fake):
    answers = [ask(fake[0], "clip-at", mode) for mode in MODES]
    assert [(answer["by"], answer["notes"], answer["untrained"]) for answer in answers] == [
        ("CLIP-AT", [], False)
    ] * 2
    assert fake[0].loads[-2:] == [("everyday", "clip-at-category"), ("everyday", "clip-at-fine-grained")]


def test_a_family_without_the_mode_falls_back_in_one_sentence(fake):
    answer = ask(fake[0], "dp-clip")
    assert (answer["state"], answer["by"]) == ("found", "Plain CLIP")
    (note,) = answer["notes"]
    said = Sentence(note["sentence"], **note["values"])
    assert said == "DP-CLIP has no checkpoint for category-level search, so Plain CLIP ranks here."
    assert ask(fake[0], "dp-clip", "fine-grained")["by"] == "DP-CLIP"


def test_switching_to_and_fro_opens_nothing_twice(fake):
    service = fake[0]
    for _ in range(2):
        for family in ("plain", "clip-at", "dp-clip"):
            for mode in MODES:
                assert ask(service, family, mode)["state"] == "found"
    assert len(service.loads) == len(set(service.loads)) == 4


def test_all_bundled_checkpoints_of_two_galleries_stay_open():
    loads = []

    def load(gallery, checkpoint):
        loads.append((gallery, checkpoint))
        return SimpleNamespace(gallery=SimpleNamespace(photos=(), categories=[]))

    service = Service(["a", "b"], ["plain"], load)
    wanted = [(gallery, f"{number}") for gallery in "ab" for number in range(8)]
    for key in wanted * 2:
        service.retriever(*key)
    assert loads == wanted
    assert len(wanted) == KEPT_OPEN
    service.retriever("c", "one more")
    service.retriever(*wanted[1])
    service.retriever(*wanted[0])  # the one that was asked for longest ago had to go
    assert loads == [*wanted, ("c", "one more"), wanted[0]]


def test_another_method_keeps_the_chosen_category(fake):
    async def last(*arguments):
        return [update async for _, update in describer(fake[0])(*arguments)][-1]

    assert "value" not in asyncio.run(last("everyday", "clip-at", "fine-grained", "guitar"))
    assert asyncio.run(last("everyday", "clip-at", "fine-grained", "of another gallery"))["value"] == ""


# ---- over the API


@pytest.mark.parametrize(
    ("checkpoint", "mode", "answered"),
    [
        ("", "category", "plain"),
        ("clip-at", "category", "clip-at-category"),
        ("clip-at", "fine-grained", "clip-at-fine-grained"),
        ("clip-at-category", "category", "clip-at-category"),
        ("dp-clip", "category", "plain"),
    ],
)
def test_the_api_takes_families_and_checkpoints(fake, checkpoint, mode, answered):
    found = asyncio.run(search_endpoint(fake[0])(DIAGONAL, mode=mode, checkpoint=checkpoint))
    assert found["checkpoint"] == answered
    assert bool(found["note"]) is (checkpoint == "dp-clip")


# ---- over CLIP-AT, untrained


@pytest.fixture
def zoo(tiny_folder, monkeypatch):
    """A gallery, plain CLIP and CLIP-AT in both modes, in the places where bundled ones are looked for."""
    home = tiny_folder.parent
    monkeypatch.setenv("ZSBIR_CHECKPOINTS", str(home))
    monkeypatch.setenv("ZSBIR_GALLERIES", str(home / "galleries"))
    save_zoo(home / "photos")
    save_plain(tiny_folder)
    for mode in MODES:
        save_clip_at(tiny_folder, mode)
    return create_gallery("zoo", home / "photos")


def index(gallery, *names):
    for name in names:
        build_index(gallery, load_checkpoint(name, device="cpu"), progress=False)


def search(service, family, mode):
    query = Query(Drawing.from_json(DIAGONAL), mode, 3, None, "zoo", family)
    return service.search(query).result(60)


def test_everything_is_loaded_once(zoo, monkeypatch):
    """Backbone, checkpoints and indexes, with the guide of the fine-grained checkpoint among them."""
    index(zoo, "plain", "clip-at-category", "clip-at-fine-grained")
    loaded = {"backbones": 0, "checkpoints": [], "indexes": []}

    open_backbone = store.open_backbone

    def counting_backbone(*arguments, **more):
        loaded["backbones"] += 1
        return open_backbone(*arguments, **more)

    def counting_checkpoint(name, device):
        loaded["checkpoints"].append(name)
        return load_checkpoint(name, device=device)

    open_index = PhotoIndex.load
    monkeypatch.setattr(store, "open_backbone", counting_backbone)
    monkeypatch.setattr(zsbir.checkpoint, "load_checkpoint", counting_checkpoint)
    monkeypatch.setattr(
        PhotoIndex,
        "load",
        lambda *arguments: loaded["indexes"].append(arguments[1].name) or open_index(*arguments),
    )
    service = bundled("zoo", device="cpu")
    for _ in range(2):
        for mode in reversed(MODES):
            for family in ("clip-at", "plain"):
                answer = search(service, family, mode)
                assert answer.method == family
                assert answer.result.assumed is (mode == "fine-grained")
    assert loaded["backbones"] == 1
    assert (
        sorted(loaded["checkpoints"])
        == sorted(loaded["indexes"])
        == [*("clip-at-category", "clip-at-fine-grained", "plain")]
    )


@pytest.mark.parametrize(
    ("best", "indexed", "family"),
    [
        (False, True, "plain"),
        (True, True, "deep-dual"),
        (True, False, "plain"),
    ],
)
def test_the_page_starts_with_the_best_that_is_ready(zoo, tiny_folder, best, indexed, family):
    """The name decides; what is under it here is CLIP-AT."""
    if best:
        for mode in MODES:
            save_clip_at(tiny_folder, mode, f"deep-dual-{mode}")
    index(zoo, "plain", *([f"deep-dual-{mode}" for mode in MODES] if best and indexed else []))
    service = bundled("zoo", device="cpu")
    assert service.family == family
    assert service.open("zoo", service.family).result(60).checkpoint.name.startswith(family)


@pytest.mark.parametrize(
    ("named", "family"), [("clip-at", "clip-at"), ("clip-at-fine-grained", "clip-at"), ("", "plain")]
)
def test_the_visitor_s_start_can_be_named(zoo, named, family):
    service = bundled("zoo", named)
    assert service.family == family
    assert set(service.checkpoints) == {"plain", "clip-at-category", "clip-at-fine-grained"}


def test_a_checkpoint_of_one_s_own_is_shown_by_its_name(zoo, tiny_folder):
    own = Path(tiny_folder.parent / "runs")
    own.mkdir()
    mine = save_clip_at(tiny_folder, "category", "mine").rename(own / "mine")
    service = bundled("zoo", str(mine))
    assert (service.family, service.families) == ("mine", ["plain", "clip-at", "mine"])


def test_a_method_that_is_not_indexed_says_how_to_index_it(zoo):
    index(zoo, "plain")
    service = bundled("zoo", device="cpu")
    query = Query(Drawing.from_json(DIAGONAL), "category", 3, None, "zoo", "clip-at")
    message = str(service.search(query).exception(60))
    assert message.endswith(
        "Build it with: python -m zsbir index --gallery zoo --checkpoint clip-at-category"
    )
