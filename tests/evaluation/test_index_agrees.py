"""What is measured is what the page searches: evaluation and index embed photos alike, DP-CLIP included."""

import numpy as np
import pytest
import torch

from tests.evaluation.kit import fake_checkpoint, write_set
from tests.fake_checkpoint import FakeCheckpoint
from tests.zoo import save_zoo
from zsbir.backbone import load_backbone
from zsbir.data import open_dataset
from zsbir.evaluation.evaluator import Evaluator
from zsbir.evaluation.options import Options
from zsbir.evaluation.protocols import zero_shot
from zsbir.evaluation.sources import open_photos
from zsbir.gallery import create_gallery
from zsbir.index import PhotoIndex, build_index
from zsbir.methods.dp_clip import DPCLIP, DPCLIPConfig
from zsbir.methods.plain import PlainCLIP


@pytest.fixture
def gallery(tmp_path, monkeypatch):
    monkeypatch.setenv("ZSBIR_GALLERIES", str(tmp_path / "galleries"))
    save_zoo(tmp_path / "zoo")
    return create_gallery("zoo", tmp_path / "zoo")


@pytest.mark.parametrize("kind", ["plain", "dp-clip"])
def test_photos_have_the_vectors_of_the_index(gallery, tiny_folder, tmp_path, kind):
    torch.manual_seed(0)
    backbone = load_backbone(tiny_folder, device="cpu")
    plain = PlainCLIP(backbone).eval()
    method = DPCLIP(backbone, DPCLIPConfig()).eval() if kind == "dp-clip" else plain
    build_index(gallery, FakeCheckpoint(tmp_path / kind, kind, method), progress=False)
    index = PhotoIndex.load(gallery, FakeCheckpoint(tmp_path / kind, kind, method))
    rows = [("s/1.png", "frog", "sketch", "", ""), ("s/2.png", "whale", "sketch", "", "")]
    sketches = open_dataset(write_set(tmp_path / "sketches.zip", rows))
    photos = open_photos("gallery:zoo")
    guide = Evaluator(fake_checkpoint(plain), raw_sketch=True)
    evaluator = Evaluator(fake_checkpoint(method), guide=guide, raw_sketch=True, batch=3)
    outcome = evaluator.run(zero_shot(sketches, photos, Options()), sketches, photos)
    files = [item.file for item in outcome.trial.photos]
    for query, told in zip(outcome.trial.queries, outcome.asked.told, strict=True):
        for category in (None, query.category):
            found = index.search(told, 7, category)
            mine = outcome.vectors @ told
            for photo, score in zip(found.photos, found.scores, strict=True):
                assert mine[files.index(photo.file)] == pytest.approx(score, abs=1e-5)
    assert np.unique(outcome.vectors.round(4), axis=0).shape[0] == 7
