"""Protocols and the evaluate command, on pictures of plain colour and a model that sees only colour."""

import argparse
import io
import json
import sys
import zipfile
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from zsbir.data import Item, open_dataset
from zsbir.errors import CheckpointError, DataError
from zsbir.evaluation import run
from zsbir.evaluation.arguments import add_arguments
from zsbir.evaluation.embed import embed_items
from zsbir.evaluation.protocols import Trial, zero_shot
from zsbir.evaluation.scoring import score
from zsbir.evaluation.sources import open_photos
from zsbir.images import Preprocess

HEADER = "file,category,modality,instance,split\n"
COLOURS = {"apple": (255, 0, 0), "pear": (0, 255, 0), "bat": (0, 0, 255)}


class ColourMethod:
    """Embeds a picture as its mean colour: apples find apples, exactly."""

    preprocess = Preprocess(side=8, mean=(0.0, 0.0, 0.0), std=(1.0, 1.0, 1.0))
    dim = 3
    backbone = SimpleNamespace(name="colours")

    def __init__(self):
        self.calls = []

    def embed_photos(self, pixels, category=None):
        self.calls.append(len(pixels))
        return torch.nn.functional.normalize(pixels.mean(dim=(2, 3)) + 1e-3, dim=1)

    embed_sketches = embed_photos


def picture(colour: tuple[int, int, int]) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(stream, "png")
    return stream.getvalue()


def write_set(path, rows: list[tuple[str, str, str, str, str]], pictures: dict[str, bytes] | None = None):
    """A zip of the layout of shared/data; each picture in its category's colour unless given."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("manifest.csv", HEADER + "".join(",".join(row) + "\n" for row in rows))
        for file, category, *_ in rows:
            archive.writestr(file, (pictures or {}).get(file, picture(COLOURS.get(category, (9, 9, 9)))))
    return path


@pytest.fixture
def pairs(tmp_path):
    rows = [
        ("p/a1.png", "apple", "photo", "a1", "unseen_dev"),
        ("p/a2.png", "apple", "photo", "a2", "unseen_dev"),
        ("p/b1.png", "pear", "photo", "b1", "unseen_dev"),
        ("p/c1.png", "bat", "photo", "c1", "seen_dev"),
        ("s/a1-1.png", "apple", "sketch", "a1", "unseen_dev"),
        ("s/b1-1.png", "pear", "sketch", "b1", "unseen_dev"),
        ("s/c1-1.png", "bat", "sketch", "c1", "seen_dev"),
        ("s/c2-1.png", "bat", "sketch", "", "unseen_dev"),
    ]
    return write_set(tmp_path / "pairs.zip", rows)


@pytest.fixture
def checkpoint(monkeypatch):
    found = SimpleNamespace(
        name="colour", digest="sha256:0123", method=ColourMethod(), config={"config": {"seed": 7}}
    )
    fake = SimpleNamespace(load_checkpoint=lambda name, device: found)
    monkeypatch.setitem(sys.modules, "zsbir.checkpoint", fake)
    return found


def call(capsys, *argv: object) -> dict:
    """Run the command with --json; return what it printed."""
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    assert run.main(parser.parse_args([str(arg) for arg in argv] + ["--json", "--raw-sketch"])) == 0
    (line,) = capsys.readouterr().out.splitlines()  # one object on one line, as every command prints
    return json.loads(line)


def test_numbers_of_a_whole_run_by_hand(pairs, checkpoint, capsys):
    report = call(capsys, pairs)
    assert report["data"] == {
        "protocol": "category zero-shot",
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
    assert report["checkpoint"] == {
        "name": "colour",
        "digest": "sha256:0123",
        "backbone": "colours",
        "seed": 7,
    }


def test_every_picture_goes_through_the_model_once_and_in_batches(pairs, checkpoint, capsys):
    call(capsys, pairs, "--split", "all", "--batch", 3)
    assert checkpoint.method.calls == [3, 1, 3, 1]


def test_splits_can_be_joined_and_differ_between_sketches_and_photos(pairs, checkpoint, capsys):
    wide = call(capsys, pairs, "--photo-split", "unseen_dev,seen_dev")
    assert (wide["counts"]["queries"], wide["counts"]["photos"]) == (3, 4)
    assert wide["counts"]["queries_with_pair"] == 2
    narrow = call(capsys, pairs, "--split", "unseen_dev,seen_dev", "--photo-split", "seen_dev")
    assert (narrow["counts"]["queries"], narrow["counts"]["photos"]) == (2, 1)


def test_the_worst_category_and_its_confusion_come_first(tmp_path, checkpoint, capsys):
    rows = [
        ("p/a.png", "apple", "photo", "", "dev"),
        ("p/b.png", "pear", "photo", "", "dev"),
        ("s/a.png", "apple", "sketch", "", "dev"),
        ("s/b.png", "pear", "sketch", "", "dev"),
    ]
    path = write_set(tmp_path / "set.zip", rows, {"s/b.png": picture(COLOURS["apple"])})
    report = call(capsys, path)
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


def test_the_table_says_what_the_json_says(pairs, checkpoint, capsys):
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    args = parser.parse_args([str(pairs), "--raw-sketch", "--per-category", "--confusions", "3"])
    assert run.main(args) == 0
    text = capsys.readouterr().out
    assert "2 sketches of 2 categories, 3 photos of 2, 1.5 to find; left out for want of a photo: 1" in text
    assert "mAP@all          1.0000" in text
    assert "P@10             0.5000  of at most 0.5000" in text
    assert "apple -> pear" in text


def test_unreadable_pictures_are_told_and_skipped(tmp_path, checkpoint, capsys):
    rows = [
        ("p/a.png", "apple", "photo", "", "dev"),
        ("p/b.png", "pear", "photo", "", "dev"),
        ("s/a1.png", "apple", "sketch", "", "dev"),
        ("s/a2.png", "apple", "sketch", "", "dev"),
        ("s/b.png", "pear", "sketch", "", "dev"),
    ]
    broken = {"p/b.png": b"no picture", "s/a1.png": picture(COLOURS["apple"])[:40]}
    report = call(capsys, write_set(tmp_path / "set.zip", rows, broken))
    # The pear's only photo is broken, so the pear is left out rather than counted as a failure.
    assert report["counts"]["queries"] == 1
    assert report["counts"]["queries_left_out"] == 1
    assert [entry["file"] for entry in report["broken"]] == ["p/b.png", "s/a1.png"]
    assert report["metrics"]["mAP@all"] == 1
    all_broken = {"p/a.png": b"", "p/b.png": b""}
    with pytest.raises(DataError, match="None of the"):
        call(capsys, write_set(tmp_path / "bad.zip", rows, all_broken))


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["--split", "unseen"], "no split unseen; it has: seen_dev, unseen_dev, all"),
        (["--split", "seen_dev", "--photo-split", "nowhere"], "no split nowhere"),
        (["--categories", "seen", "--split", "seen_dev"], "None of the 0 sketches"),
        (["--photos", "nowhere.zip"], "no dataset at nowhere.zip"),
        (["--photos", "a.zip", "--gallery", "everyday"], "not from both"),
    ],
)
def test_what_cannot_be_evaluated_is_refused(pairs, checkpoint, capsys, argv, sentence):
    with pytest.raises(DataError, match=sentence):
        call(capsys, pairs, *argv)


@pytest.mark.parametrize("argv", [["--batch", "0"], ["--confusions", "-1"], ["--categories", "some"]])
def test_arguments_without_sense_are_refused(argv, capsys):
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    with pytest.raises(SystemExit):
        parser.parse_args(["data.zip", *argv])
    assert argv[0] in capsys.readouterr().err


def test_one_kind_of_picture_is_not_enough(tmp_path, checkpoint, capsys):
    for modality, sentence in (("photo", "no sketches"), ("sketch", "no photos")):
        path = write_set(tmp_path / f"{modality}.zip", [("x.png", "apple", modality, "", "dev")])
        with pytest.raises(DataError, match=sentence):
            call(capsys, path)


def photo_item(category: str, instance: str = "") -> Item:
    return Item(f"{category}{instance}.png", category, category, "photo", instance)


def sketch_item(category: str, instance: str = "") -> Item:
    return Item(f"{category}-1.png", category, category, "sketch", instance)


def test_between_datasets_a_kind_answers_for_its_category(tmp_path, checkpoint, capsys):
    sketches = write_set(
        tmp_path / "sketches.zip",
        [("s/d.png", "dog", "sketch", "", "dev"), ("s/r.png", "dalmatian", "sketch", "", "dev")],
    )
    photos = write_set(
        tmp_path / "photos.zip",
        [("p/1.png", "dalmatian", "photo", "", "train"), ("p/2.png", "pizza", "photo", "", "train")],
    )
    report = call(capsys, sketches, "--photos", photos)
    assert {row["category"]: row["photos"] for row in report["categories"]} == {"dog": 1, "dalmatian": 1}
    assert report["counts"]["photos"] == 2  # the pizza stays as a distractor
    # Within one dataset the papers' rule holds: exactly the same category.
    mixed = open_dataset(
        write_set(
            tmp_path / "mixed.zip",
            [("s/d.png", "dog", "sketch", "", ""), ("p/1.png", "dalmatian", "photo", "", "")],
        )
    )
    with pytest.raises(DataError, match="None of the 1 sketches"):
        zero_shot(mixed)


def test_drawings_search_photos_of_another_dataset(tmp_path, checkpoint, capsys):
    lines = "\n".join(json.dumps({"word": "apple", "drawing": [[[0, i], [0, 9]]]}) for i in range(10))
    (tmp_path / "apple.ndjson").write_text(lines)
    photos = write_set(tmp_path / "photos.zip", [("p/1.png", "apple", "photo", "", "train")])
    report = call(capsys, tmp_path / "apple.ndjson", "--photos", photos)
    assert (report["data"]["split"], report["counts"]["queries"]) == ("dev", 4)
    (tmp_path / "folder/apple").mkdir(parents=True)
    (tmp_path / "folder/apple/1.png").write_bytes(picture(COLOURS["apple"]))
    report = call(
        capsys, tmp_path / "folder", "--photos", photos
    )  # class folders: sketches, since it searches
    assert report["counts"]["queries"] == 1


def test_a_gallery_is_a_set_of_photos(pairs, tmp_path, checkpoint, capsys, monkeypatch):
    photo = SimpleNamespace(file="pear/1.png", category="pears", instance="b1")
    gallery = SimpleNamespace(root=tmp_path, photos=(photo,))
    (tmp_path / "pear").mkdir()
    (tmp_path / "pear/1.png").write_bytes(picture(COLOURS["pear"]))
    fake = SimpleNamespace(load_gallery={"everyday": gallery}.__getitem__)
    monkeypatch.setitem(sys.modules, "zsbir.gallery", fake)
    assert open_photos("gallery:everyday").items[0].category == "pear"
    for argv in (["--gallery", "everyday"], ["--photos", "gallery:everyday"]):
        report = call(capsys, pairs, *argv)
        assert report["data"]["photos"] == "gallery:everyday"
        assert (report["counts"]["queries"], report["metrics"]["acc@1_all"]) == (1, 1)


def test_a_pair_is_the_same_instance_of_the_same_category():
    """Doodles name an instance after the student who drew it: the same in every category."""
    photos = (photo_item("apple", "1"), photo_item("pear", "1"), photo_item("apple", "2"))
    queries = (sketch_item("apple", "1"), sketch_item("pear", ""))
    trial = Trial(queries, photos, lambda a, b: a == b)
    assert trial.relevant().tolist() == [[True, False, True], [False, True, False]]
    assert trial.paired().tolist() == [[True, False, False], [False, False, False]]


def test_accuracy_in_class_and_over_all_photos_by_hand():
    """The sketched apple looks most like a pear; among the apples its own photo is first."""
    photos = (photo_item("apple", "1"), photo_item("apple", "2"), photo_item("pear", "3"))
    trial = Trial((sketch_item("apple", "1"),), photos, lambda a, b: a == b)
    vectors = np.array([[0.6, 0.8], [0.0, 1.0], [1.0, 0.0]], dtype=np.float32)
    values = score(trial, np.array([[1.0, 0.0]], dtype=np.float32), vectors).values
    assert values["acc@1_in_class"][0] == 1
    assert values["acc@1_all"][0] == 0
    assert values["acc@5_all"][0] == 1


def test_scores_of_blocks_are_those_of_one_block(monkeypatch):
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(40, 5)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    categories = [f"c{i % 4}" for i in range(40)]
    queries = tuple(sketch_item(c, str(i % 3)) for i, c in enumerate(categories[:17]))
    photos = tuple(photo_item(c, str(i % 3)) for i, c in enumerate(categories))
    trial = Trial(queries, photos, lambda a, b: a == b)
    whole = score(trial, vectors[:17], vectors)
    monkeypatch.setattr("zsbir.evaluation.scoring.BLOCK", 4)
    blocks = score(trial, vectors[:17], vectors)
    for name, values in whole.values.items():
        assert np.array_equal(values, blocks.values[name], equal_nan=True), name
    assert np.array_equal(whole.first, blocks.first)


def test_raster_sketches_are_brought_to_the_page_rendering(tmp_path):
    """Small in a corner or large: the method must see the same sketch, unless asked for the raw one."""
    rows = [(f"s/{i}.png", "apple", "sketch", "", "") for i in range(2)]
    pictures = {}
    for i, box in enumerate([(10, 10, 60, 60), (20, 20, 220, 220)]):
        image = Image.new("L", (256, 256), 255)
        ImageDraw.Draw(image).ellipse(box, fill=0)
        stream = io.BytesIO()
        image.save(stream, "png")
        pictures[f"s/{i}.png"] = stream.getvalue()
    dataset = open_dataset(write_set(tmp_path / "set.zip", rows, pictures))

    class MeanInk(ColourMethod):
        def embed_sketches(self, pixels, category=None):
            return pixels.mean(dim=(2, 3))

    ink = embed_items(dataset.items, dataset, MeanInk()).vectors[:, 0]
    raw = embed_items(dataset.items, dataset, MeanInk(), raw_sketch=True).vectors[:, 0]
    assert abs(ink[0] - ink[1]) < 0.02
    assert abs(raw[0] - raw[1]) > 0.2


def test_embeddings_that_are_not_finite_are_refused(pairs):
    class Broken(ColourMethod):
        def embed_photos(self, pixels, category=None):
            return torch.full((len(pixels), 3), float("nan"))

    dataset = open_dataset(pairs)
    with pytest.raises(CheckpointError, match="not finite"):
        embed_items(dataset.select("photo"), dataset, Broken())
