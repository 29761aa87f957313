"""Losses, embeddings and gradients that are no numbers, or too large, in training: told, and never kept."""

import json

import pytest
import torch

from tests.loops import equal, make_loop, weights
from tests.pairs import save_pairs
from zsbir.errors import ZSBIRError
from zsbir.training.methods.dev import DevTrial, measure


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    return save_pairs(tmp_path_factory.mktemp("data") / "pairs", instances=4, sketches=2)


def test_a_loss_that_is_no_number_stops_with_step_and_batch(pairs, tiny_folder, tmp_path):
    loop = make_loop(pairs, tmp_path, tiny_folder)
    losses = loop.objective.losses
    broken = lambda batch: losses(batch) | {"text": torch.tensor(float("nan"), requires_grad=True)}  # noqa: E731
    loop.objective.losses = broken
    before = weights(loop)
    with pytest.raises(ZSBIRError, match=r"The loss text is nan at step 0 .*broken-batch.json: lower --lr"):
        loop.run()
    assert equal(before, weights(loop))
    written = json.loads((tmp_path / "broken-batch.json").read_text())
    assert {name: written[name] for name in ("seed", "step", "rank", "world")} == {
        **{"seed": 0, "step": 0, "rank": 0, "world": 1}
    }
    assert {name: len(written[name]) for name in ("sketches", "photos", "negatives")} == {
        **{"sketches": 6, "photos": 6, "negatives": 6}
    }
    assert written["sketches"] == loop.batches.files(0)["sketches"]


def test_embeddings_that_are_no_numbers_are_never_the_best(pairs, tiny_folder, tmp_path):
    """A NaN scores Acc@1 = 1 against everything, and would be shipped."""
    loop = make_loop(pairs, tmp_path, tiny_folder, mode="fine-grained", sampler="pk", per_class=2, steps=2)
    batches = loop.batches
    trials = [DevTrial("seen", batches.sketches, batches.photos, counts=True)]

    def look():
        with torch.no_grad():
            next(loop.objective.method.parameters()).fill_(float("nan"))
        return measure(loop.objective.method.eval().export(), trials, "fine-grained")

    loop.measure = look
    with pytest.raises(ZSBIRError, match=r"held-out pictures are not finite at step 1 \(seed 0, process 0\)"):
        loop.run()
    assert loop.history.dev == []
    assert [path.name for path in tmp_path.glob("*.*")] == ["broken-batch.json"]
    assert (
        json.loads((tmp_path / "broken-batch.json").read_text())["sketches"] == batches.files(1)["sketches"]
    )


@pytest.mark.parametrize("clip_norm", [1.0, 0.0])
def test_a_gradient_that_is_no_number_ends_the_run(pairs, tiny_folder, tmp_path, clip_norm):
    """Neither clipped away, nor blamed on the next batch, which finds the weights lost."""
    loop = make_loop(pairs, tmp_path, tiny_folder, clip_norm=clip_norm)
    losses = loop.objective.losses

    def steep(batch):  # 0 * infinity: the loss is a number and its gradient is none
        first = next(p for p in loop.objective.parameters() if p.requires_grad)
        return losses(batch) | {"steep": (first - first.detach()).abs().sum().sqrt()}

    loop.objective.losses = steep
    before = weights(loop)
    with pytest.raises(ZSBIRError, match="The gradient is not a number at step 0"):
        loop.run()
    assert equal(before, weights(loop))


def test_only_a_limit_changes_the_gradient(pairs, tiny_folder, tmp_path):
    def gradient(clip_norm):
        loop = make_loop(pairs, tmp_path / str(clip_norm), tiny_folder, clip_norm=clip_norm)
        loop._step(loop.objective.train(), 0)
        return torch.cat([parameter.grad.flatten() for parameter in loop.parameters])

    free, wide, narrow = gradient(0.0), gradient(1e9), gradient(1e-3)
    assert torch.equal(free, wide) and free.norm() > 1e-3
    assert narrow.norm().item() == pytest.approx(1e-3, rel=1e-3)
