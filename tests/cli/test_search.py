"""`python -m zsbir search`: every kind of drawing, what people read, and drawings that cannot be read."""

import os

import pytest
from PIL import Image

from zsbir.cli import main
from zsbir.strokes import Drawing

BAR = '{"word": "bar", "drawing": [[[10, 10], [0, 100]]]}'
CROSS = '{"word": "cross", "drawing": [[[0, 100], [0, 100]], [[0, 100], [100, 0]]]}'


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
    about, *lines = capsys.readouterr().out.splitlines()
    assert about == "Gallery zoo, checkpoint plain, mode fine-grained"
    assert len(lines) == 2
    assert lines[0].startswith(f"{tmp_path / 'a.ndjson'}:1 in whale: whale/whale_")
    assert main([*command, str(tmp_path / "a.svg")]) == 0
    _, name, heading, first, _ = capsys.readouterr().out.splitlines()
    assert name == f"{tmp_path / 'a.svg'} in whale"
    assert heading.split() == ["rank", "cosine", "percentile", "photo"]
    assert first.index("100.0 %  whale  ") + len("100.0 %") == heading.index("percentile") + len("percentile")


def test_search_tells_an_assumed_category(indexed, tmp_path, run):
    (tmp_path / "a.ndjson").write_text(BAR, encoding="utf-8")
    _, (answer,), _ = run("search", tmp_path / "a.ndjson", "--gallery", "zoo", "--mode", "fine-grained")
    assert answer["assumed"] is True
    assert {hit["category"] for hit in answer["hits"]} == {answer["category"]}


def test_search_goes_on_after_a_drawing_that_cannot_be_read(indexed, tmp_path, run):
    (tmp_path / "a.ndjson").write_text(f'{BAR}\n{{"drawing": 3}}\n{{"drawing": []}}\n{BAR}', encoding="utf-8")
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\nrest")
    Image.new("L", (20, 20), 255).save(tmp_path / "blank.png")
    (tmp_path / "notes.txt").write_text("a chair", encoding="utf-8")
    assert (
        "notes.txt is no drawing that can be read. Use SVG, Quick, Draw! ndjson, PNG,"
        in run("search", tmp_path / "notes.txt", "--gallery", "zoo")[2]
    )
    files = [tmp_path / name for name in ("gone.svg", "gone.png", "a.png", "blank.png", "a.ndjson")]
    status, answers, err = run("search", *files, "--gallery", "zoo")
    assert status == 2
    assert ["error" in answer for answer in answers] == [True] * 4 + [False, True, True, False]
    assert len(err.splitlines()) == 6
    assert all(line.startswith(f"zsbir: {tmp_path}") for line in err.splitlines())
    assert f"zsbir: {tmp_path / 'a.ndjson'}:3: Nothing has been drawn yet." in err


def test_search_makes_an_index_that_there_is_not_yet(zoo, run, tmp_path):
    from zsbir.gallery import create_gallery

    create_gallery("zoo", zoo)
    drawing = tmp_path / "a.ndjson"
    drawing.write_text(f"{BAR}\n", encoding="utf-8")
    status, (answer,), err = run("search", drawing, "--gallery", "zoo")
    assert status == 0 and len(answer["hits"]) == 7
    assert "7/7" in err  # a progress bar
    assert run("search", drawing, "--gallery", "zoo")[1:] == ([answer], "")


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
