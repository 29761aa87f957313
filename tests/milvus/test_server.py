"""A server of its own, and what may be wrong with it: one sentence each, in bounded time."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from tests.index.kit import REBUILD, build
from zsbir.errors import GalleryError, IndexMismatchError
from zsbir.index import PhotoIndex
from zsbir.index.milvus import server as server_module
from zsbir.index.milvus.address import parse_target
from zsbir.index.milvus.server import Server
from zsbir.index.milvus.upload import upload


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextlib.contextmanager
def serving(folder, port):
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.milvus.serve", str(folder), str(port)], stdout=subprocess.DEVNULL
    )
    try:
        for _ in range(600):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            assert process.poll() is None
            time.sleep(0.05)
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def patience(monkeypatch):
    """Sets how many seconds a server may be away: few where it stays away, many where the machine is slow."""

    def be(seconds):
        monkeypatch.setattr(server_module, "PATIENCE", max(seconds, 2))
        monkeypatch.setattr(server_module, "AWAY", seconds)

    return be


@pytest.fixture
def brought(gallery, checkpoint, tmp_path):
    """A gallery whose vectors are on a server; the port and the data outlive it."""
    port = free_port()
    build(gallery, checkpoint)
    with serving(tmp_path / "data", port):
        upload(gallery, checkpoint, f"http://127.0.0.1:{port}", progress=False)
    return port


def test_a_server_is_told_of_when_gone_and_found_again(gallery, checkpoint, brought, tmp_path, patience):
    patience(0)
    with pytest.raises(GalleryError, match=r"^Milvus at http://127.0.0.1:\d+ does not do what was asked"):
        PhotoIndex.load(gallery, checkpoint)
    patience(30)
    with serving(tmp_path / "data", brought) as server:
        index = PhotoIndex.load(gallery, checkpoint)
        query = index.vectors(index.places())[0]
        assert index.search(query, 1).photos == (gallery.photos[0],)
        server.kill()
        server.wait()
        patience(0)
        with pytest.raises(GalleryError, match="check that it runs there"):
            index.search(query, 1)
    patience(30)
    with serving(tmp_path / "data", brought):
        for opened in (index, PhotoIndex.load(gallery, checkpoint)):
            assert opened.search(query, 1).photos == (gallery.photos[0],)


def test_other_weights_are_refused_as_with_files(gallery, checkpoint, brought, folder, tmp_path):
    """Also where somebody swaps the sidecar: the collection itself knows what made it."""
    told = json.loads((folder / "photos.json").read_text(encoding="utf-8"))
    checkpoint.digest = "sha256:" + "cd" * 32
    with pytest.raises(IndexMismatchError, match="with weights"):
        PhotoIndex.load(gallery, checkpoint)
    (folder / "photos.json").write_text(json.dumps({**told, "weights": checkpoint.digest}), encoding="utf-8")
    with (
        serving(tmp_path / "data", brought),
        pytest.raises(IndexMismatchError, match="were not made by checkpoint 'fake' as it is now") as caught,
    ):
        PhotoIndex.load(gallery, checkpoint)
    assert REBUILD in str(caught.value)


def test_what_answers_but_is_no_milvus_is_told(patience):
    patience(0)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(GalleryError, match="does not do what was asked"):
            Server(f"http://127.0.0.1:{silent.getsockname()[1]}")


def test_a_file_that_another_process_has_open_is_told(tmp_path):
    with (
        serving(tmp_path / "vectors.db", free_port()),
        pytest.raises(GalleryError, match="another process has them open"),
    ):
        Server(str(tmp_path / "vectors.db"))


def test_without_pymilvus_the_command_that_installs_it_is_told(monkeypatch, uri):
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    with pytest.raises(GalleryError, match=r"pip install -r zsbir/index/milvus/requirements.txt"):
        Server(uri)


UPLOAD_SLOWLY = """
import sys, time
from pathlib import Path
from tests.fake_checkpoint import FakeCheckpoint
from zsbir.gallery import load_gallery
from zsbir.index.milvus import upload
from zsbir.index.milvus.collection import Collection
send = Collection.send
def slowly(self, rows):
    send(self, rows)
    print("sent", flush=True)
    time.sleep(60)
Collection.send = slowly
upload.SENT = 3 * 4 * 27
upload.upload(load_gallery("zoo"), FakeCheckpoint(Path(sys.argv[1])), sys.argv[2], progress=False)
"""


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
def test_a_process_killed_while_it_sends_loses_nothing(gallery, checkpoint, tmp_path):
    """The same call sends the rest; until then the files here are searched."""
    port = free_port()
    uri = f"http://127.0.0.1:{port}"
    build(gallery, checkpoint)
    with serving(tmp_path / "data", port):
        command = [sys.executable, "-c", UPLOAD_SLOWLY, str(checkpoint.path), uri]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as killed:
            assert killed.stdout.readline() == "sent\n"
            killed.send_signal(signal.SIGKILL)
        assert PhotoIndex.load(gallery, checkpoint).address == ""
        report = upload(gallery, checkpoint, uri, progress=False)
        assert (report.sent, report.unchanged) == (4, 3)
        assert PhotoIndex.load(gallery, checkpoint).address == f"Milvus at {uri}"


@pytest.mark.parametrize(
    ("text", "uri"),
    [
        ("milvus://host", "http://host:19530"),
        ("http://host:1/base/", "http://host:1/base"),
        ("https://host", "https://host:443"),
        ("milvus://[::1]:1", "http://[::1]:1"),
    ],
)
def test_places_become_uris(text, uri):
    assert parse_target(text) == uri


def test_an_address_that_cannot_be_read_is_told(gallery, checkpoint, folder):
    build(gallery, checkpoint)
    (folder / "milvus.json").write_bytes(b'{"uri": 3')
    with pytest.raises(GalleryError, match="does not say where the vectors are"):
        PhotoIndex.load(gallery, checkpoint)
