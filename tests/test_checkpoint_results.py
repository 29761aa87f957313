"""A checkpoint's `results.json`: what makes no sense is told in one sentence, by everybody who reads it."""

import json

import pytest

from zsbir.checkpoint_results import FIELDS, read_results
from zsbir.errors import CheckpointError
from zsbir.folders import checkpoints_home
from zsbir.publishing.model_card import RESULTS_TOLD


@pytest.fixture
def write(tmp_path):
    def write(content):
        (tmp_path / "results.json").write_text(content)
        return tmp_path

    return write


def bundled():
    return [path.parent for path in sorted(checkpoints_home().glob("*/results.json"))]


@pytest.mark.parametrize("folder", bundled(), ids=lambda folder: folder.name)
def test_what_training_writes_makes_sense(folder):
    assert read_results(folder, FIELDS) == json.loads((folder / "results.json").read_text())


def test_a_card_tells_fields_that_are_looked_at():
    assert FIELDS.keys() > RESULTS_TOLD


def test_where_nothing_was_trained_there_is_nothing(tmp_path):
    assert read_results(tmp_path, FIELDS) is None


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("{", r"cannot be read \(Expecting"),
        ("[" * 100_000, r"cannot be read \(maximum recursion depth"),
        ("[]", "it is a list, not an object"),
        ("3", "it is a int, not"),
    ],
    ids=["cut off", "too deep", "a list", "a number"],
)
def test_what_is_no_object_is_refused(write, content, why):
    with pytest.raises(CheckpointError, match=why):
        read_results(write(content))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("mode", 3),
        ("command", ["python"]),
        ("dev", [0.5]),
        ("dev", {"seen/mAP@all": "high"}),
        ("dev", {"seen/mAP@all": float("nan")}),
        ("dev", {"seen/mAP@all": True}),
        ("dev", {"seen/mAP@all": 10**400}),
        ("data", {"sketches": 3}),
        ("data", {"sketches": {"sketchy": "many"}}),
        ("categories", "bicycle"),
        ("categories", [[]]),
        ("held_out_categories", {"owl": 1}),
        ("train_config", "sketchy-21"),
        ("train_config", {"benchmark": 21}),
        ("train_config", {}),
    ],
)
def test_what_makes_no_sense_is_told_in_one_sentence(write, field, value):
    folder = write(json.dumps({field: value}))
    with pytest.raises(CheckpointError) as caught:
        read_results(folder, [field])
    sentence = str(caught.value)
    start = f"{folder.name}/results.json makes no sense: {field} must be "
    assert sentence.startswith(start) and sentence.endswith("; train again, or delete it.")
    assert "\n" not in sentence and len(sentence) < 250
    assert read_results(folder) is not None, "whoever does not need it is not refused"
    with pytest.raises(CheckpointError, match=f"lacks {field}"):
        read_results(write("{}"), [field])
