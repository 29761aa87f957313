"""What the page searches with: one thread, shared retrievers, names instead of paths."""

from __future__ import annotations

import threading
from types import SimpleNamespace

from tests.browser.fake import fake_service
from zsbir.strokes import Drawing
from zsbir.ui import Query, bundled
from zsbir.ui.bundled import _by_name

DIAGONAL = {"width": 600, "height": 600, "strokes": [{"x": [200, 400], "y": [100, 500]}]}


def test_service_searches_in_one_thread_and_shares_what_is_open(tmp_path):
    threads, loads = set(), []

    def retrieve(*_):
        threads.add(threading.current_thread().name)
        return SimpleNamespace(hits=[], mode="category", category=None)

    def load(gallery, checkpoint):
        loads.append((gallery, checkpoint))
        photos = SimpleNamespace(photos=(), categories=[], path=None)
        return SimpleNamespace(gallery=photos, retrieve=retrieve, checkpoint=retriever.checkpoint)

    service, retriever = fake_service(tmp_path)
    service = type(service)(["a", "b"], ["c"], load)
    queries = [Query(Drawing.from_json(DIAGONAL), "category", 1, None, name, "c") for name in "abab"]
    for future in [service.search(query) for query in queries]:
        assert (future.result(10).result.hits, future.result().method) == ([], "plain")
    assert len(threads) == 1
    assert loads == [("a", "c"), ("b", "c")]


def test_a_folder_is_shown_by_its_name(tmp_path):
    (tmp_path / "holidays").mkdir()
    folder = str(tmp_path / "holidays")
    assert _by_name(folder, ["everyday"]) == {"holidays": folder, "everyday": "everyday"}
    assert list(_by_name("everyday", ["other", "everyday"])) == ["everyday", "other"]


def test_bundled_names_are_offered():
    service = bundled("everyday", "plain")
    assert service.galleries[0] == "everyday"
    assert service.checkpoints[0] == "plain"
