"""The page on ZeroGPU, and that nothing of it shows elsewhere."""

import subprocess
import sys
from types import SimpleNamespace

import pytest

from tests.space.running import ROOT, running
from tests.space.zerogpu_host import ZeroGPUHost
from zsbir.errors import GalleryError
from zsbir.lent import is_heavy
from zsbir.zerogpu import borrow

USED = "import sys, zsbir.zerogpu, zsbir.lent; print('spaces' in sys.modules)"


def test_elsewhere_spaces_is_not_even_imported():
    done = subprocess.run([sys.executable, "-c", USED], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_elsewhere_what_would_be_lent_is_called_at_once():
    assert borrow(1, max, 3, 4) == 4
    with pytest.raises(ZeroDivisionError):
        borrow(1, divmod, 1, 0)


@pytest.mark.parametrize(
    ("model", "heavy"), [("ViT-B-32", False), ("ViT-B-16", False), ("ViT-L-14", True), ("ViT-H-14", True)]
)
def test_the_cpu_draws_with_small_towers(model, heavy):
    import torch

    from zsbir.backbone.torchvision_shim import import_torchvision

    import_torchvision()
    import open_clip

    with torch.device("meta"):
        tower = open_clip.CLIP(**open_clip.get_model_config(model)).visual
    backbone = SimpleNamespace(visual=tower)
    assert is_heavy(SimpleNamespace(method=SimpleNamespace(backbone=backbone))) is heavy


def test_the_page_borrows_a_gpu_and_does_without(little, tmp_path):
    """Here for all drawings, which only heavy checkpoints need; an index is made first."""
    pytest.importorskip("spaces", reason="pip install spaces")
    with ZeroGPUHost() as host:
        variables = {
            "SPACES_ZERO_GPU": "true",
            "SPACES_ZERO_DEVICE_API_URL": host.url,
            "ZSBIR_DEVICE": "cuda",
            "ZSBIR_CHECKPOINT": "clip-at-category",
            **little,
        }
        with running(tmp_path / "home", "-m", "tests.space.zerogpu_app", **variables) as app:
            there = app.draw(top_k=3)
            assert host.calls[:1] == ["/startup-report"], "or the Space would count as failed"
            index, drawing = ["/schedule", "/allow", "/release"], ["/schedule", "/release"]
            assert host.calls[1:] == [*index, *drawing], "the process stays"
            assert list((tmp_path / "gallery").rglob("clip-at-category/photos.faiss"))
            host.empty = True
            here = app.draw(top_k=3)
            assert host.calls[6:] == ["/schedule"]
            assert "No GPU could be borrowed" in app.log
    assert there == here


def test_our_sentences_come_back_from_the_gpu():
    from zsbir.zerogpu import _call

    assert isinstance(_call(1, _refuse, ()), GalleryError)


def _refuse():
    raise GalleryError("There is no gallery.")
