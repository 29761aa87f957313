"""`python -m zsbir deploy`: what becomes a Space, what stays here, and what the Space is told."""

import json
import re

import pytest
import yaml

from tests.hub.server_trouble import Refuse
from tests.space.running import ROOT
from zsbir.errors import HubError
from zsbir.gallery import load_gallery
from zsbir.hub import Reference
from zsbir.publishing.gallery import pack_gallery
from zsbir.publishing.space import Wanted, pack_space

TO = Reference("user/zsbir", kind="space")
NEVER = re.compile(r"(^|/)(tests|runs|\.git|\.ci|\.cache|__pycache__|\.[a-z]+_cache)/|\.(pyc|pyi|partial)$")


@pytest.fixture
def host(owner, little):
    """This process, with a token that may write to user/... and with little to deploy."""
    return owner


def paths(parcel):
    return {item.path for item in parcel.files}


def test_the_whole_clone_is_fit_for_the_hub():
    parcel = pack_space(TO, Wanted())
    assert {"app.py", "requirements.txt", "README.md", ".gitattributes"} < paths(parcel)
    assert any(re.fullmatch(r"zsbir/ui/static/.*\.css", path) for path in paths(parcel))
    assert {"gallery/everyday/photos.csv", "checkpoints/zsbir-tiny/model.safetensors"} < paths(parcel)
    assert {"checkpoints/zsbir-tiny/seen.json", "gallery/everyday/index/plain/fits.json"} < paths(parcel)
    assert not [path for path in paths(parcel) if NEVER.search(path)]
    assert parcel.size < 1e9 and len(parcel.files) < 10_000
    assert (parcel.notes, parcel.variables, parcel.left_out) == ((), {}, {})


def test_what_git_does_not_hold_is_kept_beside_it():
    parcel = pack_space(TO, Wanted())
    attributes = next(item.content for item in parcel.files if item.path == ".gitattributes").decode()
    beside = {line.split()[0].lstrip("*") for line in attributes.splitlines() if "filter=lfs" in line}
    large = {item.path for item in parcel.files if item.size > 10_000_000}
    assert large and all(path.endswith(tuple(beside)) for path in large)


def test_nothing_is_asked_or_sent_unless_told(hub, host):
    done = host.zsbir("deploy", "user/zsbir", "--dry-run")
    assert done.status == 0 and hub.requests == []
    assert "Nothing has been sent" in done.out and "sdk: gradio" in done.out
    assert re.search(r"2 files  gallery/everyday/ladybird\n", done.out)


def test_a_space_is_made_and_brought_up_to_date(hub, host, little, tmp_path):
    arguments = ("deploy", "user/zsbir", "--yes", "--json", "--hardware", "zero-a10g", "--variable", "A=b")
    first = host.zsbir(*arguments)
    assert first.status == 0, first.err
    repo = hub.repos["space", "user/zsbir"]
    assert (repo.hardware, repo.variables, repo.head) == ("zero-a10g", {"A": "b"}, first.json["commit"])
    assert set(first.json["files"]) == set(repo.files())
    assert repo.files()["app.py"] == (ROOT / "app.py").read_bytes()

    repo.commit({"checkpoints/old/config.json": "{}", "packages.txt": "ffmpeg"})
    second = host.zsbir(*arguments)
    assert second.json["removed"] == ["checkpoints/old/config.json"]
    assert repo.files()["packages.txt"] == b"ffmpeg", "what the host has added stays"
    assert len(hub.asked("POST .*/variables")) == 1, "setting one restarts the Space"


def test_a_free_account_is_told_what_it_may_have(hub, host):
    hub.misbehave("POST /api/repos/create", Refuse(402))
    done = host.zsbir("deploy", "user/zsbir", "--yes")
    assert done.status == 2 and "--hardware zero-a10g" in done.err


def head_of(parcel):
    """The head of README.md."""
    return yaml.safe_load(parcel.card[4:].partition("\n---\n")[0])


@pytest.mark.usefixtures("host")
def test_models_of_the_hub_come_along_if_everybody_may_have_them(hub, tmp_path):
    checkpoint = read(tmp_path / "checkpoints" / "clip-at-category")
    tiny = read(tmp_path / "checkpoints" / "tiny")
    tiny["open_clip_model.safetensors"] = tiny.pop("model.safetensors")
    backbone = hub.model("user/tiny").commit(tiny)
    config = json.loads(checkpoint["config.json"]) | {"backbone": f"hf://user/tiny@{backbone}"}
    checkpoint["config.json"] = json.dumps(config).encode()
    commit = hub.model("user/mine").commit(checkpoint)
    hub.model("user/secret", private=True).commit(checkpoint)
    public = pack_space(TO, Wanted(checkpoint="user/mine"))
    elsewhere = pack_space(TO, Wanted(checkpoint="user/mine", variables={"HF_HOME": "/data"}))
    secret = pack_space(TO, Wanted(checkpoint="user/secret"))
    mine = f"user/mine config.json,model.safetensors {commit}"
    below = f"user/tiny open_clip_config.json,open_clip_model.safetensors {backbone}"
    assert head_of(public)["preload_from_hub"] == [mine, below]
    assert head_of(public)["models"] == ["user/mine", "user/tiny"]
    assert public.variables == {"ZSBIR_CHECKPOINT": f"user/mine@{commit}"}
    assert len(public.notes) == 1 and "no index for the checkpoint" in public.notes[0]
    assert "preload_from_hub" not in head_of(elsewhere), "what comes with the image lies in another folder"
    assert head_of(secret)["preload_from_hub"] == [below]
    assert any("user/secret is not for everybody" in note and "HF_TOKEN" in note for note in secret.notes)


@pytest.mark.usefixtures("host")
def test_a_gallery_of_the_hub_stays_there(hub):
    pushed = pack_gallery(load_gallery("everyday"), Reference("user/photos", kind="dataset"))
    files = {item.path: item.content for item in pushed.items}
    commit = hub.dataset("user/photos").commit(
        {
            path: content if isinstance(content, bytes) else content.read_bytes()
            for path, content in files.items()
        }
    )
    parcel = pack_space(TO, Wanted(gallery="hf://datasets/user/photos"))
    assert head_of(parcel)["datasets"] == ["user/photos"] and parcel.notes == ()
    assert parcel.variables == {"ZSBIR_GALLERY": f"hf://datasets/user/photos@{commit}"}
    assert [path for path in paths(parcel) if path.startswith("gallery/")] == ["gallery/README.md"]


def read(folder):
    """The files of a folder by their names."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_photos_that_lie_elsewhere_come_along_and_that_is_told(little, tmp_path):
    (tmp_path / "gallery" / "everyday").rename(tmp_path / "gallery" / "mine")
    parcel = pack_space(TO, Wanted("mine", "clip-at-category"))
    photos = {path for path in paths(parcel) if path.endswith(".png") and path.startswith("gallery/")}
    assert len(photos) == 7 and "gallery/mine/frog/frog_0.png" in photos
    assert "gallery/mine/gallery.json" not in paths(parcel), "it names a folder of this machine"
    assert parcel.variables == {"ZSBIR_GALLERY": "mine", "ZSBIR_CHECKPOINT": "clip-at-category"}
    assert any("can download the 7 photos of 'mine'" in note for note in parcel.notes)


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        (Wanted(variables={"HF_TOKEN": "hf_x"}), "set HF_TOKEN as a secret"),
        (Wanted(checkpoint="./checkpoints/clip-at-category"), "lies in a folder that a Space does not have"),
    ],
)
def test_what_a_space_cannot_have_is_refused(wanted, sentence, little, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(HubError, match=sentence):
        pack_space(TO, wanted)


def test_half_a_clone_is_refused(tmp_path, little):
    with pytest.raises(HubError, match="deploy from a whole clone"):
        pack_space(TO, Wanted(), root=tmp_path)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["user"], "cannot be a repository"),
        (["user/a b"], "cannot be a repository"),
        (["user/zsbir@main"], "no revisions to deploy to"),
        (["user/zsbir", "--yes", "--dry-run"], "leave out one of them"),
        (["user/zsbir", "--revision", "dev"], "branch main"),
        (["user/zsbir", "--hardware", "abacus"], "no hardware 'abacus'"),
        (["user/zsbir", "--variable", "A"], "NAME=VALUE"),
    ],
)
def test_senseless_arguments_are_told_in_a_sentence(arguments, sentence, capsys, little):
    from zsbir.cli import main

    assert main(["deploy", *arguments]) == 2
    assert sentence in capsys.readouterr().err
