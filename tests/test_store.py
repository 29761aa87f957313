"""Backbones are loaded once: counted in objects, in loads and in bytes."""

import gc
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from safetensors.torch import load_file, save_file

from tests.untrained import save_clip_at, save_plain
from zsbir.backbone import load_backbone, shared_backbone, store
from zsbir.backbone.store import count_bytes
from zsbir.checkpoint import load_checkpoint


@pytest.fixture
def loads(monkeypatch):
    """The names of what was really loaded."""
    found, really = [], store.open_backbone
    monkeypatch.setattr(
        store, "open_backbone", lambda files, **more: found.append(files.name) or really(files, **more)
    )
    return found


def test_one_folder_is_loaded_once(tiny_folder, loads):
    first = shared_backbone(tiny_folder, device="cpu")
    assert shared_backbone(tiny_folder, device="auto" if not torch.cuda.is_available() else "cpu") is first
    assert loads == ["tiny"]
    assert load_backbone(tiny_folder, device="cpu") is not first  # training changes its own


def test_each_number_format_is_a_backbone_of_its_own(tiny_folder, monkeypatch):
    single = shared_backbone(tiny_folder, device="cpu")
    brain = shared_backbone(tiny_folder, device="cpu", precision="bf16")
    assert shared_backbone(tiny_folder, device="cpu", precision="fp32") is single
    assert (single.dtype, brain.dtype) == (torch.float32, torch.bfloat16)
    learnt = save_clip_at(tiny_folder, "category")
    checkpoint = load_checkpoint(learnt, device="cpu", precision="bf16")
    assert checkpoint.method.backbone is brain
    assert checkpoint.digest == load_checkpoint(learnt, device="cpu").digest
    pixels = torch.randn(2, 3, 32, 32)
    rows = [load_checkpoint(learnt, device="cpu", precision=p).method for p in ("fp32", "bf16")]
    assert torch.cosine_similarity(*(method.embed_photos(pixels) for method in rows)).min() > 0.999
    monkeypatch.setenv("ZSBIR_PRECISION", "bf16")
    assert shared_backbone(tiny_folder, device="cpu") is brain


def test_threads_that_ask_together_get_the_same(tiny_folder, loads):
    together = threading.Barrier(4)

    def ask(_):
        together.wait(10)
        return shared_backbone(tiny_folder, device="cpu")

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(ask, range(4)))
    assert len({id(backbone) for backbone in found}) == len(loads) == 1


def test_rewritten_weights_are_another_backbone(tiny_folder):
    first = shared_backbone(tiny_folder, device="cpu")
    state = load_file(tiny_folder / "model.safetensors")
    save_file({key: value + 1 for key, value in state.items()}, tiny_folder / "model.safetensors")
    again = shared_backbone(tiny_folder, device="cpu")
    assert again is not first
    assert again.digest != first.digest


def test_a_backbone_goes_with_the_last_that_stands_on_it(tiny_folder):
    folder = save_plain(tiny_folder)
    checkpoint = load_checkpoint(folder, device="cpu")
    backbone = weakref.ref(checkpoint.method.backbone)
    del checkpoint
    gc.collect()
    assert backbone() is None


def test_seven_checkpoints_cost_one_tower(tiny_folder, loads):
    """Counted from the tensors that the towers really run on, not from what the checkpoints report."""
    modes = ["category", "fine-grained"] * 3 + ["category"]
    folders = [save_clip_at(tiny_folder, mode, f"at{i}-{mode}", seed=i) for i, mode in enumerate(modes)]
    checkpoints = [load_checkpoint(folder, device="cpu") for folder in folders]
    backbone = checkpoints[0].method.backbone
    assert len(loads) == 1
    assert all(checkpoint.method.backbone is backbone for checkpoint in checkpoints)
    encoders = [
        encoder
        for checkpoint in checkpoints
        for encoder in (checkpoint.method.photo_encoder, checkpoint.method.sketch_encoder)
        if encoder is not None
    ]
    assert len(encoders) == 11
    running = [tensor for encoder in encoders for tensor in encoder.tuned.tower.parameters()]
    running += [encoder.prompts for encoder in encoders]
    frozen = [*backbone.model.parameters(), *backbone.model.buffers()]
    assert count_bytes(running + frozen) == count_bytes(frozen) + sum(c.memory for c in checkpoints)
    assert sum(c.memory for c in checkpoints) < 0.1 * count_bytes(frozen)


def test_bytes_of_shared_tensors_count_once():
    whole = torch.zeros(10)
    assert count_bytes([whole, whole[:5], torch.zeros(2, dtype=torch.float16)]) == 44
    assert count_bytes([]) == 0
