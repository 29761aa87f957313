"""`python -m zsbir index`: what it sums up, and how it goes on after Ctrl-C."""

from dataclasses import replace

import pytest

import zsbir.checkpoint
from tests.gallery.kit import cell, write_parquet
from tests.zoo import BLUE, save_photo
from zsbir.cli import main


def test_index_makes_a_gallery_and_sums_up(zoo, capsys):
    (zoo / "whale" / "broken.jpg").write_text("no picture", encoding="utf-8")
    assert main(["index", str(zoo), "--gallery", "zoo"]) == 0
    out, err = capsys.readouterr()
    assert "Gallery 'zoo' is indexed for checkpoint 'plain': 7 photos." in out
    assert "7 embedded in" in out
    assert "a second), 0 unchanged, 0 removed." in out
    assert "1 could not be read" in err
    assert "whale/broken.jpg: " in err
    assert "Indexing" in err  # the bar


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
    assert "with weights" not in run("search", "x.svg", "--gallery", "zoo")[2]


def test_index_stopped_by_ctrl_c_goes_on(zoo, capsys, run, checkpoint, monkeypatch):
    monkeypatch.setattr("zsbir.index.embedding.BATCH", 2)
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


def test_index_a_parquet_file_tells_licences_and_what_is_no_photo(zoo, tmp_path, capsys, run):
    pytest.importorskip("pyarrow")
    rows = {"image": [cell(1), cell(2), cell(3), None], "license": ["CC0", "CC0", "", "CC0"]}
    cats = write_parquet(tmp_path / "cats.parquet", rows)
    assert main(["index", str(cats), "--gallery", "cats"]) == 0
    out, err = capsys.readouterr()
    assert "'cats' is indexed for checkpoint 'plain': 3 photos." in out
    assert "Licences: 2 CC0, 1 without one." in out
    assert "1 rows or files hold no photo and were left out:\n  train/000003: It has no picture." in err
    status, (report,), _ = run("index", cats, "--gallery", "cats", "--limit", 2, "--title-column", "license")
    assert (status, report["reused"], report["removed"], report["source"]) == (0, 2, 1, str(cats))
    assert (report["licences"], report["left_out"]) == ({"CC0": 2}, [])


def test_index_tells_what_finds_photos_that_were_moved(indexed, capsys):
    (indexed / "frog" / "frog_0.png").rename(indexed / "frog" / "kermit.png")
    assert main(["index", "--gallery", "zoo"]) == 0
    command = f"python -m zsbir index {indexed} --gallery zoo"
    assert f"If photos were moved or renamed, this finds them: {command}" in capsys.readouterr().err
    assert main(["index", str(indexed), "--gallery", "zoo"]) == 0
    assert "1 embedded" in (out := capsys.readouterr().out)  # it was no longer in the index
    assert "6 unchanged, 1 removed" in out


def test_index_recognises_what_was_renamed(indexed, capsys):
    (indexed / "frog" / "frog_0.png").rename(indexed / "frog" / "kermit.png")
    assert main(["index", str(indexed), "--gallery", "zoo"]) == 0
    assert "0 embedded" in (out := capsys.readouterr().out)
    assert "7 unchanged (1 renamed or moved), 0 removed." in out


def test_index_in_shards(zoo, capsys, run, checkpoint):
    assert main(["index", str(zoo), "--gallery", "zoo", "--shard", "1/2"]) == 0
    out = capsys.readouterr().out
    assert "Shard 1/2 of gallery 'zoo' is embedded for checkpoint 'plain'." in out
    assert "python -m zsbir index --gallery zoo --checkpoint plain" in out
    status, (report,), _ = run("index", zoo, "--gallery", "zoo", "--shard", "2/2")
    assert (status, report["shard"], report["embedded"]) == (0, "2/2", 0)  # all seven are in the first block
    assert run("index", "--gallery", "zoo")[1][0]["reused"] == 7
    assert checkpoint.method.photos_embedded == 7
    assert "written as 1/4" in run("index", "--gallery", "zoo", "--shard", "3/2")[1][0]["error"]


def test_index_for_all_that_a_gallery_is_indexed_for(indexed, run, checkpoint, monkeypatch):
    other = replace(checkpoint, name="other", digest="sha256:" + "cd" * 32)
    load = {"plain": checkpoint, "other": other}.__getitem__
    monkeypatch.setattr(zsbir.checkpoint, "load_checkpoint", lambda name, device="auto": load(name))
    monkeypatch.setattr(zsbir.checkpoint, "list_checkpoints", lambda: ["plain", "other", "third"])
    assert run("index", "--gallery", "zoo", "--checkpoint", "other")[1][0]["embedded"] == 7
    save_photo(indexed / "whale" / "new.png", BLUE)
    status, reports, _ = run("index", indexed, "--gallery", "zoo", "--all")
    assert status == 0
    assert [(report["checkpoint"], report["embedded"]) for report in reports] == [("plain", 1), ("other", 1)]


def test_indexes_that_all_leaves_as_they_were_are_told(indexed, run, tmp_path):
    index = tmp_path / "galleries" / "zoo" / "index"
    (index / "plain").rename(index / "of-the-hub")
    assert (
        "The index for checkpoint 'of-the-hub' stays as it was"
        in run("index", "--gallery", "zoo", "--all")[2]
    )
    assert "stays as it was" not in run("index", "--gallery", "zoo")[2]


def test_index_without_a_source_chooses_nothing(indexed, run):
    status, (answer,), _ = run("index", "--gallery", "zoo", "--limit", 3)
    assert status == 2 and "name the SOURCE to choose from it" in answer["error"]
