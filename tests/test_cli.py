"""The command line: what it prints for people and for programs, and how it ends."""

import io
import json
import os
import subprocess
import sys

import pytest
from PIL import Image

import zsbir.checkpoint
import zsbir.ui
from tests.fake_checkpoint import FakeCheckpoint
from tests.zoo import BLUE, save_photo, save_zoo
from zsbir.cli import main
from zsbir.errors import CheckpointError
from zsbir.strokes import Drawing

BAR = '{"word": "bar", "drawing": [[[10, 10], [0, 100]]]}'
CROSS = '{"word": "cross", "drawing": [[[0, 100], [0, 100]], [[0, 100], [100, 0]]]}'


@pytest.fixture
def zoo(tmp_path, monkeypatch):
    monkeypatch.setenv("ZSBIR_GALLERIES", str(tmp_path / "galleries"))
    monkeypatch.setenv("ZSBIR_CHECKPOINTS", str(tmp_path / "checkpoints"))
    save_zoo(tmp_path / "zoo")
    return tmp_path / "zoo"


@pytest.fixture(autouse=True)
def checkpoint(tmp_path, monkeypatch):
    fake = FakeCheckpoint(tmp_path / "checkpoints" / "plain", "plain")

    def load(name, device="auto"):
        if name != "plain":
            raise CheckpointError(f"There is no checkpoint '{name}'.")
        return fake

    monkeypatch.setattr(zsbir.checkpoint, "load_checkpoint", load)
    monkeypatch.setattr(zsbir.checkpoint, "list_checkpoints", lambda: ["plain"])
    return fake


@pytest.fixture
def indexed(zoo, capsys):
    assert main(["index", str(zoo), "--gallery", "zoo"]) == 0
    capsys.readouterr()
    return zoo


@pytest.fixture
def run(capsys):
    """Run a command; return its status, its JSON lines and what it told on stderr."""

    def run(*arguments):
        status = main([*map(str, arguments), "--json"])
        out, err = capsys.readouterr()
        return status, [json.loads(line) for line in out.splitlines()], err

    return run


# index


def test_index_makes_a_gallery_and_sums_up(zoo, capsys):
    (zoo / "whale" / "broken.jpg").write_text("no picture", encoding="utf-8")
    assert main(["index", str(zoo), "--gallery", "zoo"]) == 0
    out, err = capsys.readouterr()
    assert "Gallery 'zoo' is indexed for checkpoint 'plain': 7 photos." in out
    assert "7 embedded in" in out
    assert "a second), 0 unchanged, 0 removed." in out
    assert "1 could not be read" in err
    assert "whale/broken.jpg: " in err
    assert "indexing" in err  # the bar


def test_index_again_embeds_only_what_is_new(indexed, run):
    save_photo(indexed / "whale" / "new.png", BLUE)
    status, (report,), _ = run("index", indexed, "--gallery", "zoo")
    assert status == 0
    assert (report["embedded"], report["reused"], report["removed"], report["broken"]) == (1, 7, 0, [])
    assert (report["gallery"], report["checkpoint"]) == ("zoo", "plain")


def test_index_without_a_folder_rebuilds(indexed, run, checkpoint):
    checkpoint.digest = "sha256:" + "cd" * 32
    assert run("search", "x.svg", "--gallery", "zoo")[0] == 2
    assert run("index", "--gallery", "zoo")[1][0]["embedded"] == 7
    assert "made with weights" not in run("search", "x.svg", "--gallery", "zoo")[2]


def test_index_stopped_by_ctrl_c_goes_on(zoo, capsys, run, checkpoint, monkeypatch):
    from zsbir.index import build as build_module

    monkeypatch.setattr(build_module.build_index, "__kwdefaults__", {"batch": 2, "progress": False})
    checkpoint.method.interrupt_after = 4
    assert main(["index", str(zoo), "--gallery", "zoo"]) == 130
    assert "Stopped; run the same command again to go on." in capsys.readouterr().err
    checkpoint.method.interrupt_after = None
    status, (report,), _ = run("index", zoo, "--gallery", "zoo")
    assert (status, report["embedded"], report["reused"]) == (0, 3, 4)


def test_index_asks_for_a_name(zoo, run):
    status, (answer,), err = run("index", zoo)
    assert status == 2
    assert "add --gallery NAME" in answer["error"]
    assert err == f"zsbir: {answer['error']}\n"


# search


def test_search_takes_pictures_svg_and_ndjson(indexed, tmp_path, run):
    drawing = Drawing.from_quickdraw(BAR)
    drawing.render(60).save(tmp_path / "a.png")
    drawing.render(60).convert("RGB").save(tmp_path / "a.jpg")
    drawing.render(60).convert("RGB").save(tmp_path / "a.webp")
    (tmp_path / "a.svg").write_text(drawing.to_svg(), encoding="utf-8")
    (tmp_path / "a.ndjson").write_text(f"{BAR}\n\n{CROSS}\n", encoding="utf-8")
    files = [tmp_path / f"a.{kind}" for kind in ("png", "jpg", "webp", "svg", "ndjson")]
    status, answers, err = run("search", *files, "--gallery", "zoo", "-k", 3)
    assert (status, err) == (0, "")
    assert [(answer["file"], answer["line"]) for answer in answers] == [
        *((str(file), None) for file in files[:4]),
        (str(files[4]), 1),
        (str(files[4]), 3),
    ]
    for answer in answers:
        assert [hit["rank"] for hit in answer["hits"]] == [1, 2, 3]
        assert answer["hits"][0]["percentile"] == 100
        assert os.path.isfile(answer["hits"][0]["file"])
    assert len({tuple(hit["id"] for hit in answer["hits"]) for answer in answers[3:5]}) == 1


def test_search_for_people(indexed, tmp_path, capsys):
    (tmp_path / "a.ndjson").write_text(f"{BAR}\n{CROSS}\n", encoding="utf-8")
    (tmp_path / "a.svg").write_text(Drawing.from_quickdraw(BAR).to_svg(), encoding="utf-8")
    command = ["search", "--gallery", "zoo", "--k", "2", "--mode", "fine-grained", "--category", "whale"]
    assert main([*command, str(tmp_path / "a.ndjson")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith(f"{tmp_path / 'a.ndjson'}:1 in whale: whale/whale_")
    assert main([*command, str(tmp_path / "a.svg")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{tmp_path / 'a.svg'} in whale"
    assert len(lines) == 3
    assert "100.0 %  whale  " in lines[1]


def test_search_tells_an_assumed_category(indexed, tmp_path, run):
    (tmp_path / "a.ndjson").write_text(BAR, encoding="utf-8")
    _, (answer,), _ = run("search", tmp_path / "a.ndjson", "--gallery", "zoo", "--mode", "fine-grained")
    assert answer["assumed"] is True
    assert {hit["category"] for hit in answer["hits"]} == {answer["category"]}


def test_search_goes_on_after_a_drawing_that_cannot_be_read(indexed, tmp_path, run):
    (tmp_path / "a.ndjson").write_text(f'{BAR}\n{{"drawing": 3}}\n{{"drawing": []}}\n{BAR}', encoding="utf-8")
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\nrest")
    Image.new("L", (20, 20), 255).save(tmp_path / "blank.png")
    files = [tmp_path / name for name in ("gone.svg", "gone.png", "a.png", "blank.png", "a.ndjson")]
    status, answers, err = run("search", *files, "--gallery", "zoo")
    assert status == 2
    assert ["error" in answer for answer in answers] == [True] * 4 + [False, True, True, False]
    assert len(err.splitlines()) == 6
    assert all(line.startswith(f"zsbir: {tmp_path}") for line in err.splitlines())
    assert f"zsbir: {tmp_path / 'a.ndjson'}:3: Nothing has been drawn yet." in err


def test_search_without_an_index_names_the_command(zoo, run, tmp_path):
    from zsbir.gallery import create_gallery

    create_gallery("zoo", zoo)
    status, (answer,), _ = run("search", "a.png", "--gallery", "zoo")
    assert status == 2
    assert "python -m zsbir index --gallery zoo --checkpoint plain" in answer["error"]


@pytest.mark.parametrize("flag", [("--gallery", "nope"), ("--checkpoint", "nope", "--gallery", "zoo")])
def test_an_unknown_name_is_one_line(indexed, run, flag):
    status, (answer,), err = run("search", "a.png", *flag)
    assert status == 2
    assert "'nope'" in answer["error"]
    assert err.count("\n") == 1


def test_errors_without_json_leave_stdout_empty(indexed, capsys):
    assert main(["search", "a.png", "--gallery", "nope"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("zsbir: There is no gallery 'nope'")


# info


def test_info_describes_what_is_there(indexed, run, checkpoint):
    status, (facts,), _ = run("info", "--device", "cpu")
    assert status == 0
    assert facts["device"] == "cpu"
    assert facts["packages"]["torch"]
    assert facts["checkpoints"]["plain"]["backbone"] == "fake-backbone"
    assert facts["checkpoints"]["plain"]["weights"] == checkpoint.digest
    zoo = facts["galleries"]["zoo"]
    assert (zoo["photos"], zoo["categories"], zoo["indexes"]) == (7, 3, {"plain": "ready, 7 photos"})


def test_info_shows_troubles_instead_of_stopping(indexed, run, checkpoint):
    checkpoint.digest = "sha256:" + "cd" * 32
    status, (facts,), _ = run("info", "--gallery", "nope", "--checkpoint", "nope", "--device", "cpu")
    assert status == 0
    assert "python -m zsbir index --gallery zoo" in facts["galleries"]["zoo"]["indexes"]["plain"]
    assert "no gallery 'nope'" in facts["galleries"]["nope"]["error"]
    assert "no checkpoint 'nope'" in facts["checkpoints"]["nope"]["error"]


def test_info_for_people(indexed, capsys):
    assert main(["info", "--device", "cpu"]) == 0
    out = capsys.readouterr().out
    assert "fake-backbone: 4 kB of memory, once for all checkpoints on it" in out
    assert "Plain CLIP (plain): category, fine-grained" in out
    assert "plain: fake on fake-backbone (12 px, 27 dimensions), sha256:abababababab, for category and" in out
    assert "fine-grained, 1,234 numbers learnt, 5 kB" in out
    assert "zoo: 7 photos, 3 categories, " in out
    assert "index for plain: ready, 7 photos" in out


def test_a_device_that_is_not_there(indexed, run):
    status, (answer,), _ = run("info", "--device", "tpu")
    assert status == 2
    assert "no device 'tpu'" in answer["error"]


# demo, evaluate, and the frame around all


def test_demo_launches_the_page(monkeypatch):
    asked = {}
    monkeypatch.setattr(zsbir.ui, "launch", lambda **arguments: asked.update(arguments))
    assert main(["demo", "--gallery", "zoo", "--port", "8000", "--device", "cpu"]) == 0
    assert asked == {
        "gallery": "zoo",
        "checkpoint": None,
        "host": None,
        "port": 8000,
        "device": "cpu",
        "share": None,
    }


def test_evaluate_hands_its_arguments_on(monkeypatch):
    import zsbir.evaluation.run

    monkeypatch.setattr(
        zsbir.evaluation.run, "main", lambda args: 0 if (args.data, args.json) == ("x.zip", True) else 1
    )
    assert main(["evaluate", "x.zip", "--json"]) == 0


def test_ctrl_c_says_how_to_go_on(monkeypatch, capsys):
    def stop(**_):
        raise KeyboardInterrupt

    monkeypatch.setattr(zsbir.ui, "launch", stop)
    assert main(["demo"]) == 130
    assert capsys.readouterr().err == "\nStopped; run the same command again to go on.\n"


def test_a_reader_that_leaves_early_is_no_error(indexed, monkeypatch):
    class Closed(io.StringIO):
        def write(self, text):
            raise BrokenPipeError

        def fileno(self):
            raise OSError

    monkeypatch.setattr(sys, "stdout", Closed())
    assert main(["info", "--device", "cpu"]) == 0


@pytest.mark.parametrize("command", ["demo", "index", "search", "evaluate", "info"])
def test_every_command_explains_itself(command, capsys):
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    out = capsys.readouterr().out
    assert f"python -m zsbir {command}" in out
    for flag in ("--json", "--device", "--gallery", "--checkpoint"):
        assert flag in out


def test_the_module_runs_and_help_is_light():
    """In a process of its own, as people start it; help must not wait for torch."""
    code = (
        "import sys, runpy; sys.argv = ['zsbir', '--version']\n"
        "try: runpy.run_module('zsbir', run_name='__main__')\n"
        "except SystemExit as end: print(end.code, 'torch' in sys.modules, 'gradio' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    version, ending = answer.stdout.splitlines()
    assert version == f"zsbir {zsbir.__version__}"
    assert ending.split() == ["0", "False", "False"]
