"""`python -m zsbir info`: what is there, and what is wrong with it."""

from zsbir.cli import main


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
