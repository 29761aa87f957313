"""A Space has the files that `deploy` names, starts with them, writes to none, and may run several times."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from tests.space.clean_environment import unpack
from tests.space.running import running
from zsbir.hub import Reference
from zsbir.publishing.space import Wanted, pack_space


def seen(folder):
    """Every file with its size and the time of its last change; Python's own caches apart."""
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file() and path.parent.name != "__pycache__"
    }


def test_two_replicas_of_a_space_answer_and_write_to_the_cache_alone(little, tmp_path):
    """CLIP-AT is not indexed in the Space, so an index is made as well."""
    clone, home = tmp_path / "clone", tmp_path / "home"
    wanted = Wanted(checkpoint="clip-at-category")
    unpack(pack_space(Reference("user/zsbir", kind="space"), wanted), clone)
    before = seen(clone)
    with ExitStack() as stack, ThreadPoolExecutor() as pool:
        names = ("one", "two")
        replicas = [running(home / name, root=clone, ZSBIR_CHECKPOINT=wanted.checkpoint) for name in names]
        pages = list(pool.map(stack.enter_context, replicas))
        found = list(pool.map(lambda page: page.draw(top_k=3), pages))
    assert found[0]["photos"] == found[1]["photos"] and len(found[0]["photos"]) == 3
    assert found[0]["checkpoint"] == "clip-at-category"
    assert seen(clone) == before
    assert {path.split("/")[1] for path in seen(home) if "/" in path} <= {".cache", ".config"}
    indexes = [path for path in seen(home) if path.endswith("photos.faiss")]
    assert len(indexes) == 2 and all("/.cache/huggingface/assets/zsbir/indexes/" in path for path in indexes)
