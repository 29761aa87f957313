"""Processes that are at the same index keep out of each other's way."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.index.kit import build, embedding
from tests.zoo import save_photo
from zsbir.errors import GalleryBusyError, GalleryError
from zsbir.index import PhotoIndex, Shard, embed_shard, ensure, ensure_index, search

HOLDING = """
import sys
from pathlib import Path
from zsbir.index.shards import Shard
from zsbir.index.working import working_folder
for line in sys.stdin:
    with working_folder(Path(sys.argv[1]), Shard.parse(line.strip())):
        print("holding", flush=True)
        sys.stdin.readline()
    print("done", flush=True)
"""
BUSY = "Another process is building the index .*; wait until it is done, or stop it"


class Other:
    """Another process, which works at the whole or at a share until it is told to stop."""

    def __init__(self, index):
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLDING, str(index)],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def tell(self, line):
        self.process.stdin.write(f"{line}\n")
        return self.process.stdout.readline().strip()


@pytest.fixture
def other(folder):
    other = Other(folder)
    yield other
    other.process.kill()
    other.process.wait()


def test_one_builds_the_whole_or_each_its_share(gallery, checkpoint, folder, other, monkeypatch):
    monkeypatch.setattr("zsbir.index.working.PATIENCE", 0.1)

    def share(text):
        return embed_shard(gallery, checkpoint, Shard.parse(text), progress=False)

    assert other.tell("1/1") == "holding"
    for refused in (lambda: build(gallery, checkpoint), lambda: share("1/2")):
        with pytest.raises(GalleryError, match=BUSY):
            refused()
    assert other.tell("stop") == "done"
    assert other.tell("1/2") == "holding"
    for refused in (lambda: build(gallery, checkpoint), lambda: share("1/2")):
        with pytest.raises(GalleryError, match=BUSY):
            refused()
    assert checkpoint.method.photos_embedded == share("2/2").embedded == 0  # seven photos are one block
    other.process.kill()  # in the middle of its share
    other.process.wait()
    assert share("1/2").embedded == 7
    assert build(gallery, checkpoint).reused == 7
    assert sorted(path.name for path in folder.parent.iterdir()) == ["fake"]


def test_who_needs_an_index_waits_for_the_one_who_makes_it(gallery, checkpoint, folder, other, monkeypatch):
    told = threading.Event()
    monkeypatch.setattr(ensure.log, "warning", lambda *_: told.set())
    assert other.tell("1/1") == "holding"
    waiting = threading.Thread(target=ensure_index, args=(gallery, checkpoint))
    waiting.start()
    assert told.wait(30) and waiting.is_alive() and checkpoint.method.photos_embedded == 0
    assert other.tell("stop") == "done"  # without an index, so that there is all to do
    waiting.join(30)
    assert len(PhotoIndex.load(gallery, checkpoint)) == checkpoint.method.photos_embedded == 7
    assert other.tell("1/1") == "holding"
    ensure_index(gallery, checkpoint)  # there is one: nothing is waited for


def test_nobody_waits_for_one_who_does_not_get_on(gallery, checkpoint, other, monkeypatch):
    monkeypatch.setattr(ensure, "STALL", 0.2)
    monkeypatch.setattr(ensure, "LOOK", 0.01)
    assert other.tell("1/1") == "holding"
    with pytest.raises(GalleryBusyError, match=BUSY):
        ensure_index(gallery, checkpoint)


def test_an_index_that_is_written_anew_while_it_is_opened(gallery, zoo, checkpoint, monkeypatch):
    """The old sidecar meets the new vectors; to read one of a million photos takes seconds."""
    build(gallery, checkpoint)
    check, others = search.check_photos, iter([lambda: build(gallery, checkpoint)])

    def slowly(*arguments):
        check(*arguments)
        next(others, lambda: None)()

    monkeypatch.setattr(search, "check_photos", slowly)
    save_photo(zoo / "frog" / "frog_0.png", (90, 90, 10))
    index = PhotoIndex.load(gallery, checkpoint)
    query = embedding(zoo / "frog" / "frog_0.png", checkpoint)
    assert index.search(query, 1).scores[0] == pytest.approx(1)
