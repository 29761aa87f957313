"""From one machine to another by command alone: push, download on an empty machine, draw."""

import pytest

from tests.hub.machine import Machine
from tests.untrained import rewrite, save_clip_at
from tests.zoo import save_zoo
from zsbir.gallery import create_gallery

BAR = '{"word": "bar", "drawing": [[[10, 10], [0, 100]]]}'
LICENCE = "---\nlicense: mit\n---\n# A checkpoint\n"


@pytest.fixture
def drawing(tmp_path):
    file = tmp_path / "bar.ndjson"
    file.write_text(BAR + "\n", encoding="utf-8")
    return file


@pytest.fixture
def galleries(tmp_path, monkeypatch):
    """A gallery that every machine here has."""
    monkeypatch.setenv("ZSBIR_GALLERIES", str(tmp_path / "galleries"))
    save_zoo(tmp_path / "photos")
    create_gallery("zoo", tmp_path / "photos")
    return {"ZSBIR_GALLERIES": str(tmp_path / "galleries")}


@pytest.mark.slow
def test_what_one_machine_pushes_another_downloads_and_draws_with(
    hub, owner, tmp_path, tiny_folder, galleries, drawing
):
    (tiny_folder / "README.md").write_text(LICENCE, encoding="utf-8")
    tower = owner.zsbir("push", tiny_folder, "user/tiny", "--yes", "--json").json["reference"]
    learnt = save_clip_at(tiny_folder, "category")
    rewrite(learnt, backbone=f"hf://{tower}")
    (learnt / "README.md").write_text(LICENCE, encoding="utf-8")
    pushed = owner.zsbir("push", learnt, "user/zsbir-clip-at", "--yes", "--json").json["reference"]

    other = Machine(tmp_path / "other", hub.url, ZSBIR_CHECKPOINTS=str(tmp_path / "none"), **galleries)
    came = other.zsbir("download", "user/zsbir-clip-at", "--json")
    assert came.status == 0, came.err
    assert came.json["reference"] == pushed
    assert [each["repository"] for each in came.json["repositories"]] == ["user/zsbir-clip-at", "user/tiny"]

    offline = {"HF_HUB_OFFLINE": "1", "HF_ENDPOINT": "http://127.0.0.1:9"}
    search = ("search", drawing, "--gallery", "zoo", "-k", "7", "--device", "cpu", "--checkpoint")
    drawn = other.zsbir(*search, "user/zsbir-clip-at", "--json", **offline)
    assert drawn.status == 0, drawn.err
    there, here = drawn.json, owner.zsbir(*search, learnt, "--json").json
    assert (there["checkpoint"], here["checkpoint"]) == ("zsbir-clip-at", "clip-at-category")
    assert [(hit["id"], hit["score"]) for hit in there["hits"]] == [
        (hit["id"], hit["score"]) for hit in here["hits"]
    ]
    assert len(there["hits"]) == 7
