"""What a name means: the bundled thing, whatever lies in the working directory; a path means a folder."""

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.test_checkpoint import CONFIG
from tests.zoo import RED, save_photo
from zsbir.backbone import load_backbone
from zsbir.checkpoint import load_checkpoint
from zsbir.errors import BackboneError, CheckpointError, GalleryError
from zsbir.folders import named_folder
from zsbir.gallery import load_gallery


@pytest.mark.parametrize("name", ["plain", "zsbir-tiny", "a.b"])
def test_a_bare_name_lies_at_home(name, tmp_path):
    assert named_folder(name, tmp_path) == tmp_path / name


@pytest.mark.parametrize("name", [".", "..", "./plain", "../plain", "runs/plain", ".hidden", Path("plain")])
def test_a_path_lies_where_one_works(name, tmp_path):
    assert named_folder(name, tmp_path) == Path(name).absolute()


def test_absolute_paths_and_those_of_the_user(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert named_folder(str(tmp_path / "plain"), Path("home")) == tmp_path / "plain"
    if os.name == "posix":
        assert named_folder("~/plain", Path("home")) == tmp_path / "plain"


@pytest.fixture
def home_and_here(tmp_path, tiny_folder, monkeypatch):
    """A backbone, a checkpoint and a gallery, bundled and, by the same names, in the working directory."""
    home, here = tmp_path / "home", tmp_path / "here"
    for place in (home, here):
        shutil.copytree(tiny_folder, place / "tiny")
        (place / "ours").mkdir()
        (place / "ours" / "config.json").write_text(json.dumps(CONFIG))
        save_photo(place / "zoo" / "a.png", RED)
        (place / "zoo" / "photos.csv").write_text(
            "id,file,category,title,instance,credit,licence,source\na,a.png,frog,,,,,\n"
        )
    monkeypatch.setenv("ZSBIR_CHECKPOINTS", str(home))
    monkeypatch.setenv("ZSBIR_GALLERIES", str(home))
    monkeypatch.chdir(here)
    return home, here


def test_bundled_ones_win_over_the_working_directory(home_and_here):
    home, here = home_and_here
    assert load_checkpoint("ours", device="cpu").path == home / "ours"
    assert load_checkpoint("./ours", device="cpu").path == here / "ours"
    assert load_gallery("zoo").home == home / "zoo"
    assert load_gallery("./zoo").home == here / "zoo"
    (here / "tiny" / "model.safetensors").write_bytes(b"other weights")
    assert load_backbone("tiny", device="cpu").name == "tiny"
    for name in ("./tiny", Path("tiny")):
        with pytest.raises(BackboneError, match="damaged"):
            load_backbone(name, device="cpu")


def test_a_folder_is_not_found_by_its_bare_name(home_and_here):
    for name in ("tiny", "ours", "zoo"):
        shutil.rmtree(home_and_here[0] / name)
    for load, name, error in (
        (load_backbone, "tiny", BackboneError),
        (load_checkpoint, "ours", CheckpointError),
        (load_gallery, "zoo", GalleryError),
    ):
        with pytest.raises(error, match=r"\./FOLDER"):
            load(name)
