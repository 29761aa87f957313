"""Methods on the command line: families, modes, what a search starts with, and what they cost."""

import json

import pytest

from tests.untrained import save_clip_at, save_plain
from tests.zoo import save_zoo
from zsbir.cli import main
from zsbir.gallery import create_gallery

BAR = '{"word": "bar", "drawing": [[[10, 10], [0, 100]]]}'


@pytest.fixture(autouse=True)
def checkpoint():
    """No stand-in here: real methods, untrained."""


@pytest.fixture
def zoo(tiny_folder, monkeypatch):
    """A gallery, and plain CLIP and CLIP-AT as the bundled checkpoints; nothing is indexed."""
    home = tiny_folder.parent
    monkeypatch.setenv("ZSBIR_CHECKPOINTS", str(home))
    monkeypatch.setenv("ZSBIR_GALLERIES", str(home / "galleries"))
    save_zoo(home / "photos")
    (home / "bar.ndjson").write_text(BAR, encoding="utf-8")
    save_plain(tiny_folder)
    save_clip_at(tiny_folder, "category")
    create_gallery("zoo", home / "photos")
    return home


@pytest.fixture
def run(capsys):
    """Run a command on the gallery; return its status, its JSON lines and what it told on stderr."""

    def run(*arguments):
        status = main([*map(str, arguments), "--gallery", "zoo", "--device", "cpu", "--json"])
        out, err = capsys.readouterr()
        return status, [json.loads(line) for line in out.splitlines()], err

    return run


@pytest.fixture
def indexed(zoo, tiny_folder, run):
    save_clip_at(tiny_folder, "fine-grained")
    for name in ("plain", "clip-at"):
        assert run("index", "--checkpoint", name)[0] == 0
    return zoo


def test_index_takes_all_checkpoints_of_a_method(zoo, tiny_folder, run):
    save_clip_at(tiny_folder, "fine-grained")
    status, reports, _ = run("index", "--checkpoint", "clip-at")
    assert (status, [report["checkpoint"] for report in reports]) == (
        0,
        ["clip-at-category", "clip-at-fine-grained"],
    )
    assert [report["embedded"] for report in reports] == [7, 7]
    assert [report["checkpoint"] for report in run("index", "--checkpoint", "clip-at-category")[1]] == [
        "clip-at-category"
    ]


@pytest.mark.parametrize("mode", ["category", "fine-grained"])
def test_search_picks_the_method_s_checkpoint_of_the_mode(indexed, run, mode):
    status, (answer,), err = run("search", indexed / "bar.ndjson", "--checkpoint", "clip-at", "--mode", mode)
    assert (status, answer["checkpoint"], answer["mode"]) == (0, f"clip-at-{mode}", mode)
    assert answer["assumed"] is (mode == "fine-grained")
    assert "zsbir:" not in err


def test_a_method_without_the_mode_falls_back_and_says_so(zoo, run):
    for name in ("plain", "clip-at"):
        run("index", "--checkpoint", name)
    status, (answer,), err = run(
        "search", zoo / "bar.ndjson", "--checkpoint", "clip-at", "--mode", "fine-grained"
    )
    assert (status, answer["checkpoint"]) == (0, "plain")
    assert "zsbir: CLIP-AT has no checkpoint for fine-grained search, so Plain CLIP ranks here.\n" in err


def test_a_checkpoint_that_is_named_is_taken_as_it_is(indexed, run):
    command = ("search", indexed / "bar.ndjson", "--checkpoint", "clip-at-category", "--mode", "fine-grained")
    status, (answer,), _ = run(*command)
    assert status == 2
    assert "'clip-at-category' was made for category search, not for fine-grained" in answer["error"]
    assert "--mode category, in Python mode='category'" in answer["error"]


@pytest.mark.parametrize("named", ["clip-at-fine-grained", "clip-at"])
def test_without_a_mode_it_is_what_the_checkpoint_was_made_for(indexed, run, named):
    (indexed / "clip-at-category" / "config.json").unlink()  # of the method this one is left
    status, (answer,), _ = run("search", indexed / "bar.ndjson", "--checkpoint", named)
    assert (status, answer["checkpoint"], answer["mode"]) == (0, "clip-at-fine-grained", "fine-grained")


@pytest.mark.parametrize("command", ["search bar.ndjson", "index", "download", "deploy user/space"])
def test_a_misspelt_checkpoint_is_told_what_may_be_meant(indexed, run, command):
    status, _, err = run(*command.split(), "--checkpoint", "clip-at-categry")
    assert status == 2 and "'clip-at-categry' (did you mean 'clip-at-category'?)" in err


def test_search_starts_with_the_best_that_is_indexed(indexed, tiny_folder, run):
    assert run("search", indexed / "bar.ndjson")[1][0]["checkpoint"] == "plain"
    save_clip_at(tiny_folder, "category", "deep-dual-category")
    assert run("search", indexed / "bar.ndjson")[1][0]["checkpoint"] == "plain"
    run("index", "--checkpoint", "deep-dual")
    assert run("search", indexed / "bar.ndjson")[1][0]["checkpoint"] == "deep-dual-category"


def test_info_tells_methods_and_what_they_cost(indexed, run):
    status, (facts,), _ = run("info")
    assert status == 0
    assert facts["methods"] == {
        "plain": {"category": "plain", "fine-grained": "plain"},
        "clip-at": {"category": "clip-at-category", "fine-grained": "clip-at-fine-grained"},
    }
    # By hand: in each branch 2 tokens of width 32, and 2 + 3 * 2 LayerNorms with a weight and a bias of 32.
    branch = 2 * 32 + 8 * 2 * 32
    about = facts["checkpoints"]
    assert {name: about[name]["learnt"] for name in about} == {
        "plain": 0,
        "clip-at-category": 2 * branch,
        "clip-at-fine-grained": branch,
    }
    assert about["clip-at-category"]["memory"] == 4 * 2 * branch
    assert list(facts["backbones"]) == ["tiny"]
    assert facts["backbones"]["tiny"]["memory"] > 1_000_000
    assert facts["galleries"]["zoo"]["indexes"]["clip-at-category"] == "ready, 7 photos"


def test_info_shows_a_damaged_checkpoint_and_goes_on(indexed, run):
    (indexed / "clip-at-category" / "model.safetensors").write_bytes(b"cut")
    _, (facts,), _ = run("info")
    assert "damaged" in facts["checkpoints"]["clip-at-category"]["error"]
    assert facts["methods"]["clip-at"] == {"fine-grained": "clip-at-fine-grained"}
