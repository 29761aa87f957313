"""What a checkpoint and its backbone have seen, and its doubt: the same from the Hub as from a folder."""

import json

import numpy as np
import pytest

from tests.hub.here import settle
from tests.untrained import rewrite, save_clip_at
from tests.zoo import save_zoo
from zsbir.checkpoint import load_checkpoint
from zsbir.explain import backbone_seen, category_statuses, fit_of
from zsbir.gallery import create_gallery, load_gallery
from zsbir.index import build_index
from zsbir.index.calibration import Calibration, Names, save_calibration
from zsbir.index.sidecar import index_folder
from zsbir.retriever import Retriever
from zsbir.strokes import Drawing

BAR = Drawing.from_quickdraw('{"word": "bar", "drawing": [[[10, 10], [0, 100]]]}')
LICENCE = "---\nlicense: mit\n---\n# Ours\n"
SEEN = {"says": "It saw much.", "never_drawn": ["cow", "whale"]}
RESULTS = {"mode": "category", "dev": {}, "data": {}, "categories": ["frog"], "held_out_categories": []}


@pytest.fixture
def learnt(tiny_folder):
    """A checkpoint, and its backbone beside it, which both say what they have seen."""
    folder = save_clip_at(tiny_folder, "category")
    for place in (folder, tiny_folder):
        (place / "README.md").write_text(LICENCE)
    (tiny_folder / "seen.json").write_text(json.dumps(SEEN))
    told = RESULTS | {"train_config": {"benchmark": "none"}}
    (folder / "results.json").write_text(json.dumps(told))
    return folder


@pytest.fixture
def zoo(tmp_path, monkeypatch):
    """A gallery that holds its photos."""
    monkeypatch.setenv("ZSBIR_GALLERIES", str(tmp_path / "galleries"))
    monkeypatch.setenv("ZSBIR_CACHE", str(tmp_path / "cache"))
    save_zoo(tmp_path / "galleries" / "zoo" / "photos")
    create_gallery("zoo", tmp_path / "galleries" / "zoo" / "photos")
    return "zoo"


def calibrate(retriever):
    """Write down a calibration that finds nearly everything doubtful."""
    rows = np.random.default_rng(0).normal(size=(4, 16)).astype(np.float32) / 4
    names = Names(("frog",), ("moon", "harp", "star"), rows)
    facts = {"weight": 1.0, "bias": 0.0, "threshold": 1.0, "share": (2, 3), "names": names}
    save_calibration(
        Calibration(index=retriever.index.digest, **facts),
        index_folder(retriever.gallery, retriever.checkpoint),
    )


def told_by(retriever):
    """All that is shown of what it has seen, and of its doubt."""
    checkpoint = retriever.checkpoint
    statuses = category_statuses(checkpoint, retriever.gallery.categories)
    return statuses, backbone_seen(checkpoint), fit_of(retriever, retriever.retrieve(BAR))


@pytest.mark.parametrize("beside", [True, False], ids=["backbone beside it", "backbone of its own"])
def test_what_comes_from_the_hub_tells_the_same(hub, owner, monkeypatch, learnt, zoo, tmp_path, beside):
    build_index(load_gallery(zoo), load_checkpoint(learnt, device="cpu"), progress=False)
    here = Retriever.load(zoo, learnt, device="cpu")
    calibrate(here)
    before = told_by(here)
    if beside:
        (learnt.parent / "tiny").rename(learnt / "tiny")
        rewrite(learnt, backbone="tiny")
    else:
        tower = push(owner, "push", learnt.parent / "tiny", "user/tiny")
        rewrite(learnt, backbone=f"hf://{tower}")
    pushed = push(owner, "push", learnt, "user/learnt")
    gallery = push(owner, "push-gallery", zoo, "user/zoo")

    settle(monkeypatch, hub.url, tmp_path / "elsewhere")
    monkeypatch.setenv("ZSBIR_GALLERIES", str(tmp_path / "none"))
    owner.zsbir("download", pushed, "--device", "cpu")
    owner.zsbir("download", "--gallery", gallery)
    settle(monkeypatch, "http://127.0.0.1:9", tmp_path / "elsewhere", offline=True)
    there = Retriever.load(gallery, pushed, device="cpu")
    statuses, seen, fit = told_by(there)
    assert (statuses, seen, fit) == before
    assert statuses == {"frog": "sketches", "ladybird": "not by it", "whale": "not by it"}
    assert seen.says == "It saw much." and fit.unsure


def push(owner, command, what, to):
    done = owner.zsbir(command, what, to, "--yes", "--json")
    assert done.status == 0, done.err
    return done.json["reference"]
