"""`python -m zsbir push`: what was pushed is in the repository, and works on a machine that had nothing."""

import json

from tests.hub.machine import ROOT

NAME = "clip-at-category"
HERE = ROOT / "checkpoints" / NAME


def push(machine, *arguments):
    done = machine.zsbir("push", *arguments, "--json")
    assert done.status == 0, done.err
    return done.json


def test_nothing_is_asked_or_sent_unless_told(hub, owner):
    done = owner.zsbir("push", NAME, "user/clip-at")
    assert done.status == 0 and hub.requests == []
    assert "Nothing has been sent" in done.out and "model-index:" in done.out and "93.8 kB" in done.out
    facts = push(owner, NAME, "user/clip-at", "--private")
    assert not facts["uploaded"] and facts["private"] and hub.requests == []
    assert facts["files"]["model.safetensors"] == (HERE / "model.safetensors").stat().st_size


def test_files_go_as_they_are(hub, owner):
    done = owner.zsbir("push", NAME, "user/clip-at", "--yes")
    repo = hub.model("user/clip-at")
    assert f"Pinned: user/clip-at@{repo.head}\n" in done.out
    for file in ("config.json", "model.safetensors", "results.json", "curves.png"):
        assert repo.files()[file] == (HERE / file).read_bytes()


LOAD = """
import sys
from zsbir.checkpoint import load_checkpoint
for reference in sys.argv[1:]:
    opened = load_checkpoint(reference, device="cpu")
    print(opened.name, opened.digest, opened.method.backbone.name)
"""


def test_what_was_pushed_loads_on_an_empty_machine(hub, owner, machine, tiny_folder, tmp_path):
    """A checkpoint on the bundled backbone; and one on a backbone of one's own, which is pushed first."""
    plain = plain_on(tiny_folder, tmp_path)
    clip_at = push(owner, NAME, "user/clip-at", "--yes")["reference"]
    tiny = push(owner, tiny_folder, "user/small", "--yes")["reference"]
    mine = push(owner, plain, "user/mine", "--yes", "--backbone", tiny)
    assert "base_model: user/small\n" in mine["card"]
    (name, digest, backbone), other = (
        line.split() for line in machine.python(LOAD, clip_at, mine["reference"]).out.splitlines()
    )
    index = json.loads((ROOT / "gallery" / "everyday" / "index" / NAME / "photos.json").read_text())
    assert (name, digest, backbone) == ("clip-at", index["weights"], "zsbir-tiny")
    assert (other[0], other[2]) == ("mine", "small")


def test_a_backbone_gets_the_name_that_open_clip_looks_for(hub, owner, tiny_folder):
    (tiny_folder / "README.md").write_text("---\nlicense: mit\n---\n# tiny\n")
    push(owner, tiny_folder, "user/small", "--yes")
    files = hub.model("user/small").files()
    assert files["open_clip_model.safetensors"] == (tiny_folder / "model.safetensors").read_bytes()
    assert "model.safetensors" not in files


def test_a_backbone_of_other_weights_is_not_named(hub, owner, tiny_folder, tmp_path):
    other = hub.model("user/other").commit({"open_clip_model.safetensors": "other weights"})
    mine = plain_on(tiny_folder, tmp_path)
    done = owner.zsbir("push", mine, "user/mine", "--yes", "--backbone", f"user/other@{other}")
    assert done.status == 2 and "are not those of tiny here" in done.err
    assert ("model", "user/mine") not in hub.repos and hub.writes == []


def test_pushing_again_sends_what_has_changed(hub, owner, tmp_path):
    folder = copy(HERE, tmp_path / "mine")
    first = push(owner, folder, "user/mine", "--yes")
    again = push(owner, folder, "user/mine", "--yes")
    assert first["changed"] and not again["changed"] and again["commit"] == first["commit"]
    assert len(hub.asked("POST .*/commit/")) == 1

    hub.model("user/mine").commit({"notes.txt": "somebody's own"})
    (folder / "curves.png").unlink()
    (folder / "results.json").write_text((folder / "results.json").read_text() + "\n")
    third = push(owner, folder, "user/mine", "--yes")
    files = hub.model("user/mine").files(third["commit"])
    assert third["removed"] == ["curves.png"] and "curves.png" not in files
    assert files["results.json"].endswith(b"\n\n") and files["notes.txt"] == b"somebody's own"
    assert "curves.png" in hub.model("user/mine").files(first["commit"])


def test_branches_and_private_repositories(hub, owner):
    push(owner, "plain", "user/plain", "--yes", "--private")
    facts = push(owner, "plain", "user/plain", "--yes", "--revision", "wild", "--private")
    repo = hub.model("user/plain")
    assert (
        repo.private and set(repo.branches) == {"main", "wild"} and repo.branches["wild"] == facts["commit"]
    )
    assert facts["reference"] == f"user/plain@{facts['commit']}"


def plain_on(backbone, tmp_path):
    """Plain CLIP on a backbone of this machine; the backbone's folder gets a card."""
    (backbone / "README.md").write_text("---\nlicense: mit\n---\n# tiny\n")
    mine = copy(ROOT / "checkpoints" / "plain", tmp_path / "mine")
    config = json.loads((mine / "config.json").read_text())
    (mine / "config.json").write_text(json.dumps({**config, "backbone": str(backbone)}))
    return mine


def copy(folder, to):
    to.mkdir()
    for path in folder.iterdir():
        (to / path.name).write_bytes(path.read_bytes())
    return to
