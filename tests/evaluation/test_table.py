"""The results table: the evaluate command's numbers, averaged over seeds, each picture embedded once."""

import json
import shutil
import statistics

import pytest

from tests.evaluation.kit import ColourMethod, ToldMethod, fake_checkpoint, picture, write_set
from zsbir.evaluation.suite import sum_up
from zsbir.evaluation.table import NOTE, SEEDS_NOTE, main

SEEN = ("ant", "axe", "bear", "bell", "bench")


def shade(name: str, number: int) -> bytes:
    return picture((sum(map(ord, name)) * 7 % 256, number * 60, len(name) * 40))


@pytest.fixture
def data(tmp_path):
    """The three sets that the table needs, each picture in a shade of its own."""
    folder = tmp_path / "data"
    folder.mkdir()
    pairs = [("p", name, i, "seen_dev") for name in SEEN for i in range(2)]
    pairs += [("p", name, i, "unseen_dev") for name in ("bat", "cow", "pear") for i in range(3)]
    sets = {"sketchy_pairs": pairs}
    sets["sketchy_five_full"] = [("p", name, i, "seen_train") for name in ("apple", "cup") for i in range(12)]
    sets["chairs_v2"] = [("p", "chair", i, "seen_train") for i in range(12)]
    for title, photos in sets.items():
        rows, pictures = [], {}
        for _, name, i, split in photos:
            for kind, file in (("photo", f"p/{name}{i}.png"), ("sketch", f"s/{name}{i}-1.png")):
                rows.append((file, name, kind, f"{name}{i}", split))
                pictures[file] = shade(name, i if kind == "photo" else (i + len(name)) % 4)
        write_set(folder / f"{title}.zip", rows, pictures)
    return folder


@pytest.fixture(autouse=True)
def raw(monkeypatch):
    """Plain colours are no sketches: nothing is cropped to ink."""
    from zsbir.evaluation import suite
    from zsbir.evaluation.run import make_evaluator

    monkeypatch.setattr(suite, "make_evaluator", lambda *a, **k: make_evaluator(*a, raw_sketch=True, **k))


def table(capsys, *argv):
    assert main([*map(str, argv), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_numbers_are_those_of_the_command(data, checkpoint, capsys, call):
    row = table(capsys, "plain", "--data", data, "--seeds", 4)["rows"][0]
    commands = {
        "unseen_dev": [data / "sketchy_pairs.zip"],
        "gzs": [data / "sketchy_pairs.zip", "--protocol", "gzs", "--seed", 4],
        "unseen_dev pairs": [data / "sketchy_pairs.zip", "--protocol", "fine-grained"],
        "held out": [data / "sketchy_five_full.zip", data / "chairs_v2.zip", "--protocol", "fine-grained"],
    }
    assert set(row["trials"]) == set(commands)
    for trial, argv in commands.items():
        report = call(*argv)
        assert {name: value["mean"] for name, value in row["trials"][trial].items()} == report["metrics"]
        assert row["counts"][trial] == report["counts"]


def test_every_picture_is_embedded_once_for_a_checkpoint(data, checkpoint, capsys):
    table(capsys, "plain", "--data", data)
    once = sum(checkpoint.method.calls)
    assert once <= len(SEEN) * 4 + 3 * 6 + 3 * 12 * 2  # all pictures there are
    checkpoint.method.calls.clear()
    table(capsys, "plain", "--data", data, "--seeds", *range(9))  # draws that need all seen categories
    assert once < sum(checkpoint.method.calls) <= len(SEEN) * 4 + 3 * 6 + 3 * 12 * 2


@pytest.fixture
def add_runs(tmp_path, monkeypatch):
    """Put methods into the zoo as the checkpoints `runs/ours-0` and so on."""
    monkeypatch.chdir(tmp_path)

    def add(zoo, methods):
        for seed, method in enumerate(methods):
            zoo[f"runs/ours-{seed}"] = fake_checkpoint(method, f"ours-{seed}", ("category",))
            (tmp_path / f"runs/ours-{seed}").mkdir(parents=True)
            (tmp_path / f"runs/ours-{seed}/config.json").write_text("{}")

    return add


def test_a_name_with_a_seed_is_one_row_over_several_weights(data, zoo, capsys, add_runs):
    class Skewed(ColourMethod):
        def __init__(self, weight):
            super().__init__()
            self.weight = weight

        def embed_photos(self, pixels, category=None):
            pixels = pixels.clone()
            pixels[:, 0] *= self.weight
            return super().embed_photos(pixels)

        embed_sketches = embed_photos

    add_runs(zoo, [Skewed(weight) for weight in (0.0, 1.0, 9.0)])
    seeds = ("--data", data, "--seeds", 0, 1, 2)
    summed = table(capsys, "runs/ours-{seed}", *seeds)["rows"][0]
    single = [table(capsys, f"runs/ours-{i}", "--data", data, "--seeds", i)["rows"][0] for i in range(3)]
    assert len(summed["digests"]) == 3 and summed["seeds"] == [0, 1, 2]
    assert set(summed["trials"]) == {"unseen_dev", "gzs"}
    for trial, metrics in summed["trials"].items():
        for name, value in metrics.items():
            values = [row["trials"][trial][name]["mean"] for row in single]
            assert value["values"] == values
            assert value["mean"] == pytest.approx(statistics.mean(values), abs=1e-6)
            assert value["deviation"] == pytest.approx(statistics.stdev(values), abs=1e-6)
    assert summed["trials"]["unseen_dev"]["mAP@all"]["deviation"] > 0


def test_the_table_is_markdown_in_per_cent(data, zoo, capsys):
    zoo["plain"].name = "plain"
    zoo["told"] = fake_checkpoint(ToldMethod(), "told", ("fine-grained",))
    assert main(["plain", "told", "--data", str(data), "--seeds", "0", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[4] == lines[6] == "" and lines[5] == NOTE
    assert lines[7] == SEEDS_NOTE.format(seeds="0, 1") and "{seed}" in lines[7]
    head, rule, plain, told = ([c.strip() for c in line.strip("|").split("|")] for line in lines[:4])
    assert head[:3] == ["checkpoint", "mAP@all", "P@10"] and len(head) == len(rule) == len(plain) == len(told)
    assert plain[0] == "`plain`" and "(" not in "".join(plain)
    values = table(capsys, "plain", "told", "--data", data, "--seeds", 0, 1)["rows"]
    assert plain[1] == f"{100 * values[0]['trials']['unseen_dev']['mAP@all']['mean']:.1f}"
    assert told[1:5] == ["-"] * 4  # of the other mode
    held_out = values[1]["trials"]["held out"]
    assert told[7] == "{:.1f} ({:.1f})".format(
        *(100 * held_out[f"acc@1_{among}"]["mean"] for among in ("in_class", "assumed"))
    )
    assert main(["plain", "--data", str(data), "--seeds", "0"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3  # nothing is assumed, and nothing is a mean


def test_a_row_of_fewer_seeds_says_so(data, zoo, capsys, add_runs):
    add_runs(zoo, [ColourMethod(), ColourMethod()])
    assert main(["runs/ours-{seed}", "plain", "--data", str(data)]) == 0
    names = [line.split("|")[1].strip() for line in capsys.readouterr().out.splitlines()[2:4]]
    assert names == ["`runs/ours-{seed}` (2 of 3 seeds)", "`plain`"]
    row = table(capsys, "runs/ours-{seed}", "--data", data, "--seeds", 1, 7)["rows"][0]
    assert row["seeds"] == [1] and len(row["digests"]) == 1
    assert {value["deviation"] for value in row["trials"]["gzs"].values()} == {0}


def test_a_checkpoint_that_is_not_there_is_told_before_any_is_measured(data, zoo, checkpoint):
    for missing in ("nowhere", "nowhere-{seed}"):
        with pytest.raises(KeyError):  # as the zoo says it
            main(["plain", missing, "--data", str(data)])
    assert checkpoint.method.calls == []


def test_the_deviation_is_that_of_a_sample():
    value = sum_up([0.1, 0.2, 0.4])
    mean = (0.1 + 0.2 + 0.4) / 3
    spread = (((0.1 - mean) ** 2 + (0.2 - mean) ** 2 + (0.4 - mean) ** 2) / 2) ** 0.5
    assert (value.mean, value.deviation) == pytest.approx((mean, spread), abs=1e-6)
    assert value.per_cent() == "23.3 ± 15.3" and value.per_cent("+") == "+23.3 ± 15.3"
    assert sum_up([0.25]).per_cent() == sum_up([0.25, 0.25]).per_cent() == "25.0"


def test_what_is_missing_is_told(data, checkpoint, capsys):
    shutil.move(data / "chairs_v2.zip", data / "elsewhere.zip")
    assert main(["plain", "--data", str(data)]) == 2
    assert capsys.readouterr().err.startswith("zsbir: There is no dataset at")
