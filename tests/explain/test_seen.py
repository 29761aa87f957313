"""Seen or unseen, by the lists that training wrote, and under the names that training goes by."""

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.fake_checkpoint import FakeCheckpoint
from zsbir.backbone_seen import read_seen
from zsbir.data.names import canonical_name
from zsbir.errors import BackboneError
from zsbir.explain import STATUSES, backbone_seen, category_statuses
from zsbir.gallery import load_gallery
from zsbir.names import shared_name

ROOT = Path(__file__).parents[2]


@pytest.fixture
def trained(retrievers, tmp_path):
    method = retrievers["clip-at-category"].checkpoint.method
    return FakeCheckpoint(tmp_path, "clip-at-category", method)


def test_what_training_listed_was_seen_under_any_of_its_names(trained):
    listed = {"categories": ["bicycle", "plane"], "held_out_categories": ["owl"]}
    (trained.path / "results.json").write_text(json.dumps(listed))
    found = category_statuses(trained, ["bike", "bicycle", "airplane", "owl", "unicorn"])
    assert list(found.values()) == ["sketches"] * 3 + ["not by it"] * 2
    assert set(found.values()) < set(STATUSES)


BROKEN = ["{", "[]", "{}", '{"categories": 3}', '{"categories": "owl"}', '{"categories": [[]]}']


@pytest.mark.parametrize("content", [None, *BROKEN])
def test_without_a_list_nothing_is_claimed(trained, caplog, content):
    if content is not None:
        (trained.path / "results.json").write_text(content)
    for _ in range(2):
        assert category_statuses(trained, ["owl"]) == {"owl": "unknown"}
    assert caplog.text.count("train again, or delete it.") == (content is not None)


def test_plain_clip_learnt_nothing_of_its_own(plain):
    assert category_statuses(plain.checkpoint, ["owl"]) == {"owl": "not by it"}


def test_names_are_those_of_the_datasets():
    names = [*load_gallery(ROOT / "gallery" / "everyday").categories, "bike", "plane", "rucksack"]
    assert {name: shared_name(name) for name in names} == {name: canonical_name(name) for name in names}


def test_no_bundled_checkpoint_saw_an_unseen_category():
    """The 21 unseen categories of Sketchy; each list is there to be read."""
    from zsbir.data.splits import benchmark_split

    lists = [path for path in (ROOT / "checkpoints").glob("*/results.json")]
    assert len(lists) == 7
    for path in lists:
        trained = set(json.loads(path.read_text(encoding="utf-8"))["categories"])
        assert trained and not trained & benchmark_split("sketchy-21")[1]


@pytest.fixture
def tell(plain, tmp_path):
    """Write what a backbone's folder tells, and read it back."""
    backbone = replace(plain.checkpoint.method.backbone, folder=tmp_path)
    checkpoint = FakeCheckpoint(tmp_path, "mine", SimpleNamespace(backbone=backbone))

    def tell(content=None):
        if content is not None:
            (tmp_path / "seen.json").write_text(content)
        return backbone_seen(checkpoint)

    return tell


def test_a_backbone_tells_what_was_never_drawn_for_it(tell, plain):
    assert tell() is None and backbone_seen(plain.checkpoint) is None
    seen = tell(json.dumps({"says": "It saw much.", "never_drawn": ["cow", "plane"]}))
    assert (seen.says, seen.never_drawn) == ("It saw much.", {"cow", "airplane"})


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("{", "Expecting property name"),
        pytest.param("[" * 100_000, "maximum recursion depth", id="too deep"),
        ("[]", "exactly the keys never_drawn, says"),
        ('{"says": "It saw."}', "exactly the keys"),
        ('{"says": "It saw.", "never_drawn": [], "more": 1}', "exactly the keys"),
        ('{"says": 3, "never_drawn": []}', "says must be a sentence"),
        ('{"says": " ", "never_drawn": []}', "says must be a sentence"),
        ('{"says": "It saw.", "never_drawn": "cow"}', "never_drawn must be a list of names"),
        ('{"says": "It saw.", "never_drawn": [[]]}', "never_drawn must be a list of names"),
    ],
)
def test_a_backbone_whose_list_cannot_be_read_claims_nothing(tell, tmp_path, caplog, content, why):
    assert tell(content) is None and tell() is None
    assert [record.getMessage().count(why) for record in caplog.records] == [1]
    with pytest.raises(BackboneError, match="mend it, or delete it") as caught:
        read_seen(tmp_path)
    assert why in str(caught.value) and "\n" not in str(caught.value)


def test_the_bundled_backbone_lists_what_training_keeps_out():
    """All names of the tables and of `everyday`, by the rule that training goes by."""
    from zsbir.data.names import _table
    from zsbir.data.splits import TOO_CLOSE, benchmark_split, is_unseen_sketch

    tables = {
        name for file in ("aliases.txt", "kinds.txt") for one, more in _table(file) for name in (one, *more)
    }
    everyday = load_gallery(ROOT / "gallery" / "everyday").categories
    names = tables | set(everyday) | set(TOO_CLOSE) | benchmark_split("sketchy-21")[1]
    told = json.loads((ROOT / "checkpoints" / "zsbir-tiny" / "seen.json").read_text(encoding="utf-8"))
    assert told["never_drawn"] == sorted({canonical_name(name) for name in names if is_unseen_sketch(name)})
