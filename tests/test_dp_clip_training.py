"""What DP-CLIP learns by: its losses by hand, its curriculum, and that all of it learns."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from tests.dp_clip_kit import batch_of, pictures, stirred
from zsbir.backbone import load_backbone
from zsbir.errors import DataError
from zsbir.methods.dp_clip import DPCLIP, DPCLIPConfig
from zsbir.training.methods import OBJECTIVES
from zsbir.training.methods.batch import Batch
from zsbir.training.methods.dp_clip import DPCLIPObjective, DPCLIPTrainConfig, hardest


@pytest.fixture
def backbone(tiny_folder):
    return load_backbone(tiny_folder, device="cpu")


@pytest.fixture
def method(backbone):
    """One in which everything does something."""
    return stirred(DPCLIP(backbone, DPCLIPConfig())).eval()


def objective_of(method, **choices):
    return DPCLIPObjective(method, DPCLIPTrainConfig(**choices), ["cat"])


def test_everything_that_learns_gets_a_gradient(method):
    objective = objective_of(method, margin=2.0, hard_margin=2.0)
    objective.train().hardness = 0.5
    sum(objective.losses(batch_of()).values()).backward()
    idle = [name for name, p in method.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    assert idle == []
    assert all(p.grad is None for p in method.backbone.model.parameters())
    groups = {group["name"]: group for group in objective.parameter_groups()}
    grouped = [p for group in groups.values() for p in group["params"]]
    assert len(grouped) == len({id(p) for p in grouped}) == len(list(method.parameters()))
    assert (groups["new"]["lr"], groups["norms"]["lr"]) == (1e-5, 1e-6)


def test_the_curriculum_of_the_paper():
    """0.25 more every 10 of 60 epochs, or every sixth of another number."""
    objective = objective_of(None)

    def weights(epochs):
        for epoch in range(epochs):
            objective.start_epoch(epoch, epochs)
            yield objective.hardness

    assert list(weights(60)) == [0.25 * (epoch // 10) for epoch in range(60)]
    assert list(weights(6)) == [0, 0.25, 0.5, 0.75, 1, 1.25]
    assert list(weights(1)) == [0]
    objective = objective_of(None, hard_most=1.0)
    assert list(weights(6)) == [0, 0.25, 0.5, 0.75, 1, 1]


class Given(nn.Module):
    """In place of the method: the features are the pictures themselves."""

    needs_category = False

    def context(self):
        return None

    def embed_parts(self, pictures, context):
        return pictures


def by_angle(degrees, parts=2):
    """Rows at angles in a plane, the same in every part: (n, parts, 2)."""
    radians = torch.deg2rad(torch.tensor(degrees, dtype=torch.float32))
    return torch.stack([radians.cos(), radians.sin()], dim=-1)[:, None].expand(-1, parts, -1)


def test_losses_by_hand():
    """Distances 1 - cos of 60, 90 and 180 degrees are 0.5, 1 and 2."""
    sketches, photos = by_angle([0.0, 90.0]), by_angle([60.0, 90.0])
    negatives = by_angle([90.0, -90.0])
    batch = Batch(
        sketches,
        photos,
        negatives,
        *[torch.zeros(2, dtype=torch.int64)] * 2,
        torch.arange(2),
        torch.Generator(),
    )
    objective = objective_of(Given(), margin=0.6, hard_margin=1.0)
    objective.hardness = 0.25
    found = objective.losses(batch)
    # First sketch: 0.5 to its photo, 1 to its negative and to the other photo.
    # Second: 0 to its photo, 2 to its negative, 1 - cos 30 to the other photo.
    easy = ((0.6 + 0.5 - 1) + 0) / 2
    hard = ((1 + 0.5 - 1) + (1 - (1 - 3**0.5 / 2))) / 2
    assert found["triplet"].item() == pytest.approx(0.75 * easy * 1.1, abs=1e-6)  # 1 + 0.1 of the one window
    assert found["hard"].item() == pytest.approx(0.25 * hard * 1.1, abs=1e-6)


def test_another_sketch_of_the_same_photo_is_no_negative():
    sketches, photos = by_angle([0.0, 10.0, 90.0]), by_angle([5.0, 5.0, 80.0])
    instances = torch.tensor([7, 7, 8])
    found = hardest(sketches, photos, instances[:, None] == instances)
    expected = 1 - torch.deg2rad(torch.tensor([80.0, 70.0, 85.0])).cos()
    assert torch.allclose(found, expected[:, None].expand(-1, 2), atol=1e-6)


@pytest.mark.parametrize("lacking", [{"category": None}, {"support": 0}])
def test_a_batch_without_its_category_is_refused(method, lacking):
    with pytest.raises(DataError, match="sampler to 'single-category'"):
        objective_of(method).losses(batch_of(**lacking))


@pytest.mark.parametrize("mode", ["fine-grained", "category"])
def test_it_learns_a_handful_of_pairs(backbone, mode):
    torch.manual_seed(0)
    method = DPCLIP(backbone, DPCLIPConfig(mode=mode, dropout=0.0))
    objective = objective_of(method, mode=mode, lr=3e-3, norm_lr=3e-3).train()
    objective.hardness = 0.5
    optimizer = torch.optim.Adam(objective.parameter_groups())
    history = []
    for _ in range(12):
        loss = sum(objective.losses(batch_of()).values())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        history.append(loss.item())
    assert history[-1] < 0.6 * history[0]


def test_remembered_in_inference_mode_still_learns_later(backbone):
    """Text features and contexts outlive `torch.inference_mode`."""
    method = DPCLIP(backbone, DPCLIPConfig())
    with torch.inference_mode():
        method.remember("cat", pictures(2))
    method.forward_sketches(pictures(1), "cat").sum().backward()
    sum(objective_of(method).losses(batch_of()).values()).backward()


def test_bfloat16_stays_near(method):
    method.remember("cat", pictures(2))
    exact = method.embed_photos(pictures(3), "cat")
    with torch.autocast("cpu", torch.bfloat16):
        method.remember("cat", pictures(2))
        rough = method.embed_photos(pictures(3), "cat")
        sum(objective_of(method).losses(batch_of()).values()).backward()
    assert rough.dtype == torch.float32
    assert F.cosine_similarity(exact, rough).min() > 0.99


def test_it_is_registered():
    assert OBJECTIVES["dp-clip"] == (DPCLIPConfig, DPCLIPTrainConfig, DPCLIPObjective)
