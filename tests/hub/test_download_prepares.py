"""`python -m zsbir download`: a machine is prepared, and then needs no network."""

import dataclasses
import json

import pytest

from tests.hub.here import settle
from tests.untrained import rewrite, save_clip_at
from zsbir.backbone.hub import PINNED
from zsbir.checkpoint import load_checkpoint
from zsbir.cli import main

GONE = "http://127.0.0.1:9"  # nothing listens there


@pytest.fixture(autouse=True)
def home(hub, tmp_path, monkeypatch):
    settle(monkeypatch, hub.url, tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def download(capsys):
    """Run the command for programs; return the one JSON object that it prints."""

    def download(*arguments, status=0):
        assert main(["download", *arguments, "--device", "cpu", "--json"]) == status
        return json.loads(capsys.readouterr().out)

    return download


@pytest.fixture
def tower(hub, tiny_folder):
    """A backbone repository."""
    repo = hub.model("user/tower")
    repo.commit(
        {
            "open_clip_config.json": (tiny_folder / "open_clip_config.json").read_bytes(),
            "open_clip_model.safetensors": (tiny_folder / "model.safetensors").read_bytes(),
            "open_clip_pytorch_model.bin": "pickled",
        }
    )
    return repo


@pytest.fixture
def learnt(hub, tower, tiny_folder):
    """A checkpoint repository that names it."""
    folder = save_clip_at(tiny_folder, "category")
    rewrite(folder, backbone=f"hf://user/tower@{tower.head}")
    repo = hub.model("user/zsbir-clip-at")
    repo.commit({path.name: path.read_bytes() for path in folder.iterdir()} | {"notes.bin": "no"})
    return repo


def test_a_checkpoint_comes_with_its_backbone_and_needs_no_network_afterwards(
    download, learnt, tower, home, monkeypatch
):
    pinned = f"user/zsbir-clip-at@{learnt.head}"
    found = download("user/zsbir-clip-at")
    assert found["reference"] == pinned
    own, backbone = found["repositories"]
    assert set(own["files"]) == {"config.json", "model.safetensors"}
    assert own["files"]["model.safetensors"] == len(learnt.files()["model.safetensors"])
    assert (backbone["repository"], backbone["commit"]) == ("user/tower", tower.head)
    assert set(backbone["files"]) == {"open_clip_config.json", "open_clip_model.safetensors"}
    assert own["folder"].startswith(str(home))
    settle(monkeypatch, GONE, home, offline=True)
    for name in ("user/zsbir-clip-at", pinned):
        opened = load_checkpoint(name, device="cpu")
        assert (opened.name, opened.reference, opened.origin) == ("zsbir-clip-at", pinned, pinned)
        assert opened.method.backbone.name == "tower"


def test_it_tells_people_what_came_and_where(capsys, tower, home):
    assert main(["download", "user/tower", "plain", "--device", "cpu"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"user/tower@{tower.head}"
    assert lines[1].split()[-1] == "open_clip_config.json" and lines[1].split()[1] == "kB"
    assert f"in all, in {home}" in lines[3]
    assert lines[4] == f"Use it with: --checkpoint hf://user/tower@{tower.head}"
    assert lines[5] == "plain is on this machine already: nothing of it is on the Hub."


def test_branches_are_brought_up_to_date(download, tower):
    old = download("user/tower")["reference"]
    tower.commit({"README.md": "new"})
    assert download("user/tower")["reference"] == f"hf://user/tower@{tower.head}" != old


def test_what_is_downloaded_must_be_loadable(download, tower):
    tower.commit({"open_clip_model.safetensors": "no tensors"})
    sentence = download("user/tower", status=2)["error"]
    assert sentence.startswith("tower/") and "is damaged" in sentence


def test_open_clips_names_and_their_pinned_commits(hub, download, tower):
    name = "timm/vit_base_patch32_clip_224.openai"
    repo = hub.model(name)
    repo.commit(tower.files())
    repo.commits[PINNED[name]] = dataclasses.replace(repo.find("main"), hash=PINNED[name])
    found = download("ViT-B-32-quickgelu/openai")
    assert found["reference"] == f"ViT-B-32-quickgelu/openai@{PINNED[name]}"


def test_a_gallery_comes_too(hub, download):
    table = "file_name,id,category\nphotos/a.png,a,frog\n"
    repo = hub.dataset("user/zoo")
    repo.commit({"metadata.csv": table, "photos/a.png": "picture"})
    for name in ("user/zoo", "hf://datasets/user/zoo"):
        found = download("--gallery", name)
        (only,) = found["repositories"]
        assert only["files"] == {"metadata.csv": len(table), "photos/a.png": 7}
        assert found["reference"] == f"hf://datasets/user/zoo@{repo.head}"


def test_what_another_program_left_out_is_completed(download, tower):
    from huggingface_hub import hf_hub_download

    hf_hub_download("user/tower", "open_clip_config.json")
    (found,) = download("user/tower")["repositories"]
    assert "open_clip_model.safetensors" in found["files"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "Name what to download, as in user/zsbir-clip-at or ViT-B-32-quickgelu/openai."),
        (["user/none"], "The Hub has no model user/none, or it is private; check its name, or log in with "),
        (["user/my repo"], "'user/my repo' cannot be a repository of the Hub; "),
        (["nonsense"], "There is no checkpoint 'nonsense'; bundled are: "),
    ],
)
def test_what_cannot_be_downloaded_is_a_sentence(download, arguments, sentence):
    assert download(*arguments, status=2)["error"].startswith(sentence)
