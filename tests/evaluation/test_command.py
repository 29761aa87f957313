"""The evaluate command: numbers by hand, what it prints, what it refuses."""

import argparse
import json

import pytest

from tests.evaluation.kit import COLOURS, picture, write_set
from zsbir.errors import DataError
from zsbir.evaluation import arguments
from zsbir.evaluation.arguments import add_arguments
from zsbir.evaluation.protocols import PROTOCOLS


def test_numbers_of_a_whole_run_by_hand(pairs, checkpoint, call):
    report = call(pairs)
    assert report["data"] == {
        "protocol": "zs",
        "sketches": "pairs",
        "split": "unseen_dev",
        "photos": "pairs",
        "photo_split": "unseen_dev",
    }
    # The bat has no photo in the split: it does not search. Its pair is in another split.
    assert report["counts"] == {
        "queries": 2,
        "photos": 3,
        "query_categories": 2,
        "query_categories_trained": 0,
        "photo_categories": 2,
        "photos_in_class": 1.5,
        "queries_left_out": 1,
        "queries_with_pair": 2,
        "unreadable": 0,
    }
    metrics = report["metrics"]
    assert metrics["mAP@all"] == metrics["mAP@200_hits"] == metrics["mAP@200_min"] == metrics["P@1"] == 1
    assert metrics["P@10"] == pytest.approx((2 / 3 + 1 / 3) / 2)  # three photos, two and one of them right
    assert report["best_possible"]["P@10"] == metrics["P@10"]
    # Two apples of one colour: a tie, so the paired one stands second. The only pear stands first.
    assert (metrics["acc@1_in_class"], metrics["acc@5_in_class"]) == (0.5, 1)
    assert (metrics["acc@1_all"], metrics["acc@5_all"]) == (0.5, 1)
    assert "acc@1_assumed" not in metrics
    assert report["groups"] == {}
    assert report["checkpoint"] == {
        "name": "colour",
        "digest": "sha256:0123",
        "backbone": "colours",
        "seed": None,
        "guide": None,
    }


def test_what_training_noted_is_read_from_beside_the_weights(pairs, checkpoint, call, run_text, tmp_path):
    """A zero-shot number on categories that were trained on would be none: the report counts them."""
    checkpoint.path = tmp_path
    notes = {"train_config": {"seed": 7}, "categories": ["pear", "whale"]}
    (tmp_path / "results.json").write_text(json.dumps(notes))
    report = call(pairs)
    assert (report["checkpoint"]["seed"], report["counts"]["query_categories_trained"]) == (7, 1)
    text = run_text(pairs)
    assert "trained with seed 7" in text and "of which 1 in training" in text
    for damaged in ("{", "[]", '{"train_config": 3}'):
        (tmp_path / "results.json").write_text(damaged)
        assert call(pairs)["checkpoint"]["seed"] is None


def test_every_picture_goes_through_the_model_once_and_in_batches(pairs, checkpoint, call):
    call(pairs, "--split", "all", "--batch", 3)
    assert checkpoint.method.calls == [3, 1, 3, 1]


def test_splits_can_be_joined_and_differ_between_sketches_and_photos(pairs, checkpoint, call):
    wide = call(pairs, "--photo-split", "unseen_dev,seen_dev")
    assert (wide["counts"]["queries"], wide["counts"]["photos"]) == (3, 4)
    assert wide["counts"]["queries_with_pair"] == 2
    narrow = call(pairs, "--split", "unseen_dev,seen_dev", "--photo-split", "seen_dev")
    assert (narrow["counts"]["queries"], narrow["counts"]["photos"]) == (2, 1)


def test_the_worst_category_and_its_confusion_come_first(tmp_path, checkpoint, call):
    rows = [
        ("p/a.png", "apple", "photo", "", "dev"),
        ("p/b.png", "pear", "photo", "", "dev"),
        ("s/a.png", "apple", "sketch", "", "dev"),
        ("s/b.png", "pear", "sketch", "", "dev"),
    ]
    path = write_set(tmp_path / "set.zip", rows, {"s/b.png": picture(COLOURS["apple"])})
    report = call(path)
    assert [row["category"] for row in report["categories"]] == ["pear", "apple"]
    assert report["categories"][0] == {
        "category": "pear",
        "queries": 1,
        "photos": 1,
        "metrics": {
            **{"mAP@all": 0.5, "mAP@200_hits": 0.5, "mAP@200_min": 0.5},
            **{"P@1": 0.0, "P@10": 0.5, "P@100": 0.5, "P@200": 0.5},
        },
    }
    assert report["confusions"][0] == {"category": "apple", "found": "pear", "share": 0.5}
    assert not any(name.startswith("acc") for name in report["metrics"])  # nothing pairs up


def test_the_table_says_what_the_json_says(pairs, checkpoint, run_text):
    text = run_text(pairs, "--confusions", 3)
    lines = text.splitlines()
    assert lines[0] == "zs: pairs (unseen_dev) searches pairs (unseen_dev)"
    assert lines[1] == "checkpoint colour sha256:0123 on colours"
    assert lines[2] == (
        "2 sketches of 2 categories, of which 0 in training (2 sketches with their photo), "
        "3 photos of 2, 1.5 to find; "
        "left out for want of a photo: 1"
    )
    assert "  mAP@all          1.0000" in lines
    assert "  P@10             0.5000  of at most 0.5000" in lines
    rows = {line.split()[0]: line.split()[1:] for line in lines if line.startswith(("  apple  ", "  pear  "))}
    assert rows == {
        "apple": ["1", "2", "1.0000", "1.0000", "0.6667", "0.0000"],
        "pear": ["1", "1", "1.0000", "1.0000", "0.3333", "1.0000"],
    }
    assert "apple -> pear" in text


def test_the_table_of_generalised_zero_shot_shows_seen_and_unseen_apart(pairs, checkpoint, call, run_text):
    text = run_text(pairs, "--protocol", "gzs", "--gzs-rule", "all-seen", "--seed", 3)
    assert "; gzs_rule all-seen; seed 3; seen_split seen_dev" in text.splitlines()[0]
    report = call(pairs, "--protocol", "gzs", "--gzs-rule", "all-seen")
    assert report["data"]["seed"] == 0
    assert report["data"]["seen_categories"] == ["bat"]
    assert (report["counts"]["queries"], report["counts"]["photos"]) == (2, 4)


def test_unreadable_pictures_are_told_and_skipped(tmp_path, checkpoint, call, run_text):
    rows = [
        ("p/a.png", "apple", "photo", "", "dev"),
        ("p/b.png", "pear", "photo", "", "dev"),
        ("s/a1.png", "apple", "sketch", "", "dev"),
        ("s/a2.png", "apple", "sketch", "", "dev"),
        ("s/b.png", "pear", "sketch", "", "dev"),
    ]
    broken = {"p/b.png": b"no picture", "s/a1.png": picture(COLOURS["apple"])[:40]}
    path = write_set(tmp_path / "set.zip", rows, broken)
    report = call(path)
    # The pear's only photo is broken, so the pear is left out rather than counted as a failure.
    assert report["counts"]["queries"] == 1
    assert report["counts"]["queries_left_out"] == 1
    assert [entry["file"] for entry in report["broken"]] == ["p/b.png", "s/a1.png"]
    assert report["metrics"]["mAP@all"] == 1
    assert "2 pictures could not be read and were skipped:\n  p/b.png: " in run_text(path)
    all_broken = {"p/a.png": b"", "p/b.png": b""}
    with pytest.raises(DataError, match="None of the"):
        call(write_set(tmp_path / "bad.zip", rows, all_broken))


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["--split", "unseen"], "no split unseen; it has: seen_dev, unseen_dev, all"),
        (["--split", "seen_dev", "--photo-split", "nowhere"], "no split nowhere"),
        (["--categories", "seen", "--split", "seen_dev"], "None of the 0 sketches"),
        (["--photos", "nowhere.zip"], "no dataset at nowhere.zip"),
        (["--photos", "a.zip", "--gallery", "everyday"], "not from both"),
        (["--benchmark", "sketchy-22"], "no benchmark split 'sketchy-22'"),
        (["--protocol", "gzs", "--split", "all"], "no photos of seen categories"),
        (["--protocol", "gzs", "--gzs-rule", "ocean"], "By the rule ocean no seen category of pairs joins"),
        (["--protocol", "gzs", "--gzs-rule", "drclip"], "By the rule drclip no seen category"),
        (["--report", "nowhere/page.html"], "No report can be written to nowhere/page.html"),
    ],
)
def test_what_cannot_be_evaluated_is_refused(pairs, checkpoint, call, argv, sentence):
    with pytest.raises(DataError, match=sentence):
        call(pairs, *argv)
    assert checkpoint.method.calls == []


@pytest.mark.parametrize(
    "argv",
    [
        ["--batch", "0"],
        ["--confusions", "-1"],
        ["--categories", "some"],
        ["--protocol", "x"],
        ["--seed", "x"],
    ],
)
def test_arguments_without_sense_are_refused(argv, capsys):
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    with pytest.raises(SystemExit):
        parser.parse_args(["data.zip", *argv])
    assert argv[0] in capsys.readouterr().err


def test_help_offers_the_protocols_there_are():
    assert tuple(PROTOCOLS) == arguments.PROTOCOLS


def test_one_kind_of_picture_is_not_enough(tmp_path, checkpoint, call):
    for modality, sentence in (("photo", "no sketches"), ("sketch", "no photos")):
        path = write_set(tmp_path / f"{modality}.zip", [("x.png", "apple", modality, "", "dev")])
        with pytest.raises(DataError, match=sentence):
            call(path)
