"""`python -m zsbir index`: what it sums up, and how it goes on after Ctrl-C."""

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
    assert "made with weights" not in run("search", "x.svg", "--gallery", "zoo")[2]


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
