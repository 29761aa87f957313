"""Several workers give the index that one gives, byte for byte, whoever stops and goes on in between."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fake_checkpoint import FakeMethod
from tests.index.kit import build
from tests.zoo import RED, save_photo
from zsbir.errors import GalleryError
from zsbir.gallery import create_gallery, load_gallery
from zsbir.index import PhotoIndex, Shard, embed_shard
from zsbir.index import build as build_module
from zsbir.index.build import merge_shards

SHARDS = [Shard(number, 3, block=2) for number in (1, 2, 3)]


def by_shard(gallery, checkpoint, shard, batch=2):
    return embed_shard(gallery, checkpoint, shard, batch=batch, progress=False)


def fresh(method):
    """As another process has it: it has been shown nothing yet."""
    return FakeMethod(needs_category=method.needs_category, support=method.support)


def content(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_shards_share_out_all_places_in_blocks():
    places = list(range(23))
    shards = [Shard(number, 3, block=4) for number in (1, 2, 3)]
    dealt = [[place for block in shard.blocks(places) for place in block] for shard in shards]
    assert dealt[0] == [0, 1, 2, 3, 12, 13, 14, 15]
    assert sorted(place for part in dealt for place in part) == places
    assert [[place for place in places if shard.owns(place)] for shard in shards] == dealt
    assert Shard().blocks([]) == []


@pytest.mark.parametrize("text", ["", "1", "0/2", "3/2", "1/2/3", "-1/2", "a/b", "1/0"])
def test_what_is_no_shard_is_told(text):
    with pytest.raises(GalleryError, match=r"written as 1/4 \(the first of four\)"):
        Shard.parse(text)
    assert str(Shard.parse("2/4")) == "2/4"


@pytest.fixture(params=[{}, {"needs_category": True}, {"needs_category": True, "support": 2}])
def checkpoint(checkpoint, request):
    checkpoint.method = FakeMethod(**request.param)
    return checkpoint


@pytest.fixture
def odd(zoo, gallery):
    """The zoo with a broken photo, a missing one, and one file under two names."""
    (zoo / "frog" / "frog_1.png").write_text("no picture", encoding="utf-8")
    (zoo / "whale" / "whale_2.png").write_bytes((zoo / "frog" / "frog_0.png").read_bytes())
    save_photo(zoo / "frog" / "gone.png", RED)
    gallery = create_gallery("zoo", zoo)
    (zoo / "frog" / "gone.png").unlink()
    return gallery


@pytest.fixture
def expected(odd, checkpoint, folder, monkeypatch):
    """What one process writes; nothing of it is left."""
    with monkeypatch.context() as patch:
        patch.setattr(build_module, "WHOLE", Shard(block=2))
        build(odd, checkpoint)
    files = content(folder)
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    checkpoint.method = fresh(checkpoint.method)
    return files


def test_merged_shards_are_the_whole(odd, checkpoint, folder, expected):
    parts = []
    for shard in reversed(SHARDS):
        checkpoint.method = fresh(checkpoint.method)
        parts.append(by_shard(odd, checkpoint, shard))
    report = merge_shards(odd, checkpoint, parts, 0.0)
    assert content(folder) == expected
    assert sum(part.embedded for part in parts) == report.embedded == 7
    assert [file for file, _ in report.broken] == ["frog/frog_1.png", "frog/gone.png"]
    assert [path.name for path in folder.parent.iterdir()] == ["fake"]


def test_shards_without_a_launcher_are_joined_by_the_next_build(odd, checkpoint, folder, expected):
    for shard in SHARDS:
        by_shard(odd, checkpoint, shard)
    assert not folder.exists()
    report = build(odd, checkpoint)
    assert (report.embedded, report.reused) == (0, 7)
    assert content(folder) == expected


def test_an_interrupted_shard_goes_on(odd, checkpoint, folder, expected):
    checkpoint.method.interrupt_after = 1
    with pytest.raises(KeyboardInterrupt):
        by_shard(odd, checkpoint, SHARDS[0], batch=1)
    checkpoint.method.interrupt_after = None
    parts = [by_shard(odd, checkpoint, shard) for shard in SHARDS]
    report = merge_shards(odd, checkpoint, parts, 0.0)
    assert (report.embedded, report.reused) == (6, 1)
    assert content(folder) == expected
    assert len(PhotoIndex.load(odd, checkpoint)) == 7


@pytest.mark.slow
def test_torchrun_writes_what_one_process_writes(tiny_folder, tmp_path, monkeypatch):
    """By the command, with a model, over several blocks."""
    from tests.untrained import save_plain

    monkeypatch.setenv("ZSBIR_GALLERIES", str(tmp_path / "galleries"))
    for number in range(520):
        colour = (number % 256, number // 2 % 256, 7)
        save_photo(tmp_path / "many" / str(number % 3) / f"{number}.png", colour, (9, 8))
    checkpoint = save_plain(tiny_folder)
    alone = [sys.executable, "-m", "zsbir"]
    words = ["index", tmp_path / "many", "--checkpoint", checkpoint, "--device", "cpu", "--json", "--gallery"]
    launcher = "-m torch.distributed.run --standalone --nproc_per_node 2 -m zsbir"
    several = [sys.executable, *launcher.split()]
    for command, name in ((alone, "one"), (several, "two")):
        done = subprocess.run(
            [*map(str, [*command, *words, name])],
            env=os.environ | {"OMP_NUM_THREADS": "1"},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
        (report,) = map(json.loads, done.stdout.splitlines())
        assert (report["embedded"], report["reused"], report["broken"]) == (520, 0, [])
    one, two = (content(load_gallery(name).home / "index" / "plain") for name in ("one", "two"))
    assert one.keys() == {"photos.faiss", "photos.json"} and one == two
