"""The page with a checkpoint of the Hub: served at once, then downloaded, indexed and told."""

import asyncio
import threading
import time

import pytest

from tests.hub.here import settle
from tests.hub.server_trouble import Late
from tests.untrained import rewrite, save_clip_at, save_plain
from tests.zoo import save_zoo
from zsbir import progress
from zsbir.errors import ZSBIRError
from zsbir.gallery import create_gallery, indexed_checkpoints
from zsbir.progress import Progress, watched
from zsbir.sentences import Sentence
from zsbir.ui import bundled, serve
from zsbir.ui.events import describer
from zsbir.ui.serve import _tell_trouble
from zsbir.ui.service import Service


@pytest.fixture
def repo(hub, tmp_path, tiny_folder, monkeypatch):
    """A checkpoint on a Hub, and a machine that has plain CLIP and a gallery without any index."""
    settle(monkeypatch, hub.url, tmp_path / "home")
    monkeypatch.setenv("ZSBIR_GALLERIES", str(tmp_path / "galleries"))
    monkeypatch.setenv("ZSBIR_CHECKPOINTS", str(tiny_folder.parent))
    save_plain(tiny_folder)
    folder = save_clip_at(tiny_folder, "category")
    rewrite(folder, backbone="tiny")
    repo = hub.model("user/zsbir-clip-at")
    repo.commit({path.name: path.read_bytes() for path in folder.iterdir()})
    save_zoo(tmp_path / "photos")
    create_gallery("everyday", tmp_path / "photos")
    return repo


def english(said):
    return said if isinstance(said, str) else Sentence(said["sentence"], **said["values"])


def told(service, gallery="everyday", family=None):
    """What the status line says, one after the other."""

    async def listen():
        describe = describer(service)
        asked = describe(gallery, family or service.family, "category", "")
        return [", ".join(map(english, status["says"])) async for status, *_ in asked]

    return asyncio.run(listen())


def test_the_status_line_tells_what_is_done_and_what_searches(hub, repo):
    hub.misbehave("GET /storage", Late(1.2))
    service = bundled("everyday", "user/zsbir-clip-at", device="cpu")
    assert service.checkpoints[0] == "user/zsbir-clip-at"
    assert hub.requests == []  # the page can be served before anything is asked
    lines = told(service)
    assert lines[0] == "Loading the model"
    assert "Downloading user/zsbir-clip-at: 0 of 0 MB" in lines
    assert lines[-1] == f"7 photos in 3 categories, searched with user/zsbir-clip-at@{repo.head}"
    assert indexed_checkpoints("everyday") == ["zsbir-clip-at"]


def test_what_a_visitor_chooses_is_not_indexed_for_them(repo):
    service = bundled("everyday", "user/zsbir-clip-at", device="cpu")
    assert (
        "no index for checkpoint 'plain' yet. Build it with: python -m zsbir index"
        in told(service, family="plain")[-1]
    )


def test_what_the_operator_names_is_indexed_even_if_it_is_bundled(repo):
    assert told(bundled("everyday", "clip-at", device="cpu"))[-1] == "7 photos in 3 categories"
    assert indexed_checkpoints("everyday") == ["clip-at-category"]


def test_troubles_reach_the_page_and_the_terminal(repo, caplog):
    service = bundled("everyday", "user/none", device="cpu")
    (sentence,) = told(service)[1:]
    assert sentence.startswith("The Hub has no model user/none, or it is private")
    opening = service.open("everyday", "user/none")
    with pytest.raises(ZSBIRError):
        opening.result(60)
    _tell_trouble(opening)
    assert caplog.messages[-1] == sentence


def test_work_that_is_counted_is_told_to_whoever_watches(capsys):
    heard = []
    with watched(heard.append):
        with Progress("Downloading user/repo", 605_000_000, "B") as bar:
            bar.update(120_400_000)
        with Progress("Embedding", 1522, "photo", shown=False) as bar:
            bar.update(1100)
    with Progress("Unheard", 1, "photo") as bar:
        bar.update()
    assert heard == [
        "Downloading user/repo: 0 of 605 MB",
        "Downloading user/repo: 120 of 605 MB",
        "Embedding: 0 of 1,522 photos",
        "Embedding: 1,100 of 1,522 photos",
    ]
    shown = capsys.readouterr().err
    assert "Downloading user/repo" in shown and "Unheard" in shown and "Embedding" not in shown


def test_a_page_that_ends_does_not_wait_for_what_it_began(monkeypatch):
    """Ctrl-C: the thread that embeds or downloads ends at its next step, or Python would wait for it."""
    stopped = threading.Event()
    monkeypatch.setattr(progress, "_stopped", stopped)
    steps, begun = [], threading.Event()

    def load(gallery, checkpoint):
        with Progress("Embedding", 10_000, "photo", shown=False) as bar:
            for step in range(10_000):
                steps.append(step)
                begun.set()
                time.sleep(0.01)
                bar.update()

    service = Service(["a"], ["plain"], load)

    class Page:
        launch = staticmethod(lambda **_: (None, "http://here/", ""))
        close = staticmethod(lambda verbose: None)
        is_running = property(lambda self: not begun.is_set())

    serve(Page(), service)
    with pytest.raises(KeyboardInterrupt):
        service.open("a", "plain").result(20)
    assert stopped.is_set() and len(steps) < 5000
