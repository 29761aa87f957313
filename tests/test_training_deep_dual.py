"""How deep dual prompts learn: hand-computed losses, every parameter's gradient, every weight's ablation."""

import math

import pytest
import torch
from torch.nn import functional as F

from zsbir.backbone import load_backbone
from zsbir.methods.deep_dual import DeepDual, DeepDualConfig
from zsbir.training.methods import OBJECTIVES
from zsbir.training.methods.batch import Batch
from zsbir.training.methods.deep_dual import DeepDualObjective, DeepDualTrainConfig
from zsbir.training.methods.deep_dual_losses import (
    ambiguity,
    ambiguity_margin,
    augmented_view,
    consistency,
    contrast,
    right_answers,
)
from zsbir.training.methods.losses import info_nce

CATEGORIES = ["cat", "chair", "hot_air_balloon"]
LOSSES = {
    "contrast": "contrast",
    "triplet": "triplet",
    "text": "classification",
    "consistency": "consistency",
}


@pytest.fixture
def backbone(tiny_folder):
    return load_backbone(tiny_folder, device="cpu")


def make_batch(labels=(0, 0, 1, 2), negative_labels=(1, 2, 0, 0), instances=(0, 1, 2, 3), seed=0):
    generator = torch.Generator().manual_seed(seed)
    n = len(labels)
    sketches, photos, negatives = (torch.randn(n, 3, 32, 32, generator=generator) for _ in range(3))
    numbers = (torch.tensor(values) for values in (labels, negative_labels, instances))
    return Batch(sketches, photos, negatives, *numbers, generator=generator)


def make_objective(backbone, choices=None, **recipe):
    torch.manual_seed(1)
    mode = recipe.get("mode", "category")
    method = DeepDual(backbone, DeepDualConfig(mode=mode, **(choices or {})))
    return DeepDualObjective(method, DeepDualTrainConfig(**recipe), CATEGORIES)


def unit(n, dim=8, seed=0):
    return F.normalize(torch.randn(n, dim, generator=torch.Generator().manual_seed(seed)), dim=-1)


def test_it_is_registered():
    assert OBJECTIVES["deep-dual"] == (DeepDualConfig, DeepDualTrainConfig, DeepDualObjective)


@pytest.mark.parametrize("preset", ["paper", "tiny"])
@pytest.mark.parametrize("mode", ["category", "fine-grained"])
def test_presets_are_recipes(preset, mode):
    recipe = DeepDualTrainConfig(**DeepDualTrainConfig.preset(preset, mode))
    assert (recipe.mode, recipe.sampler) == (mode, "random" if mode == "category" else "pk")


@pytest.mark.parametrize("mode", ["category", "fine-grained"])
@pytest.mark.parametrize("choices", [{}, {"windows": True, "adapter_rank": 2}])
def test_every_parameter_learns_and_the_backbone_does_not(backbone, mode, choices):
    objective = make_objective(backbone, choices, mode=mode)
    with torch.no_grad():  # a low-rank path starts at zero, and so do its first gradients
        for parameter in objective.parameters():
            parameter += 0.1 * torch.randn_like(parameter)
    before = {name: tensor.clone() for name, tensor in backbone.model.state_dict().items()}
    sum(objective.losses(make_batch()).values()).backward()
    for name, parameter in objective.named_parameters():
        assert parameter.grad is not None and parameter.grad.abs().max() > 0, name
    assert all(torch.equal(before[name], tensor) for name, tensor in backbone.model.state_dict().items())
    assert all(parameter.grad is None for parameter in backbone.model.parameters())


def test_groups_hold_each_parameter_once(backbone):
    objective = make_objective(backbone, {"adapter_rank": 2}, lr=0.1, norm_lr=0.2)
    groups = {group["name"]: group for group in objective.parameter_groups()}
    grouped = [id(p) for group in groups.values() for p in group["params"]]
    assert sorted(grouped) == sorted(id(p) for p in objective.method.parameters())
    assert groups["norms"]["lr"] == 0.2 and groups["new"]["lr"] == 0.1
    assert len(groups["norms"]["params"]) == 2 * 2 * (1 + 2 * 3 + 1)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("mode", ["category", "fine-grained"])
def test_a_weight_of_zero_leaves_exactly_its_loss_out(backbone, name, mode):
    full = make_objective(backbone, mode=mode).losses(make_batch())
    without = make_objective(backbone, mode=mode, **{LOSSES[name]: 0.0}).losses(make_batch())
    assert set(full) == set(LOSSES) and set(without) == set(LOSSES) - {name}
    for other, value in without.items():
        assert torch.allclose(value, full[other], atol=1e-6), other


def test_weights_multiply(backbone):
    weights = {"contrast": 2.0, "classification": 3.0, "consistency": 5.0, "triplet": 7.0}
    once = make_objective(backbone, **dict.fromkeys(weights, 1.0)).losses(make_batch())
    more = make_objective(backbone, **weights).losses(make_batch())
    for name, weight in LOSSES.items():
        assert more[name].item() == pytest.approx(weights[weight] * once[name].item(), rel=1e-5)


@pytest.mark.parametrize("mode", ["category", "fine-grained"])
def test_a_small_set_can_be_learnt(backbone, mode):
    objective = make_objective(backbone, mode=mode, ambiguity_base=0.0)
    optimizer = torch.optim.Adam(objective.parameters(), lr=1e-2)
    totals = []
    for _ in range(15):
        total = sum(objective.losses(make_batch()).values())
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
        totals.append(total.item())
    assert totals[-1] < 0.7 * totals[0]


def test_centres_follow_the_batches_each_their_own_modality(backbone):
    objective = make_objective(backbone)
    batch = make_batch()
    objective.losses(batch)
    method = objective.method
    for centre, rows in (
        (method.sketch_centre, method.sketch_rows(batch.sketches)),
        (method.photo_centre, method.photo_rows(batch.photos)),
    ):
        assert torch.allclose(centre.mean, rows.mean(dim=0), atol=1e-6)
    uncentred = make_objective(backbone, {"centred": False})
    assert set(uncentred.losses(batch)) == set(LOSSES)


def test_the_same_batch_gives_the_same_losses(backbone):
    first, second = (make_objective(backbone).losses(make_batch()) for _ in range(2))
    assert all(torch.equal(first[name], second[name]) for name in LOSSES)


def test_right_answers_of_a_category():
    batch = make_batch()  # labels 0 0 1 2, negatives 1 2 0 0
    right, ignored = right_answers(batch, "category", several=True)
    assert right.int().tolist() == [
        [1, 1, 0, 0, 0, 0, 1, 1],
        [1, 1, 0, 0, 0, 0, 1, 1],
        [0, 0, 1, 0, 1, 0, 0, 0],
        [0, 0, 0, 1, 0, 1, 0, 0],
    ]
    assert not ignored.any()
    only, rest = right_answers(batch, "category", several=False)
    assert torch.equal(only, torch.eye(4, 8, dtype=torch.bool))
    assert torch.equal(only | rest, right) and not (only & rest).any()


def test_right_answers_of_an_instance():
    """Two sketches of one chair, one of another chair, a cat; negatives are of their own category."""
    batch = make_batch(labels=(1, 1, 1, 0), negative_labels=(1, 1, 1, 0), instances=(5, 5, 6, 7))
    right, ignored = right_answers(batch, "fine-grained", several=True)
    assert right.int().tolist() == [
        [1, 1, 0, 0, 0, 0, 0, 0],
        [1, 1, 0, 0, 0, 0, 0, 0],
        [0, 0, 1, 0, 0, 0, 0, 0],
        [0, 0, 0, 1, 0, 0, 0, 0],
    ]
    assert ignored[:, :4].sum() == 0
    assert ignored[:, 4:].int().tolist() == [[0, 1, 1, 0], [1, 0, 1, 0], [1, 1, 0, 0], [0, 0, 0, 0]]


def test_contrast_with_one_right_answer_is_info_nce():
    a, b, own = unit(4), unit(4, seed=1), torch.eye(4, dtype=torch.bool)
    nobody = torch.zeros_like(own)
    both = (contrast(a, b, own, nobody, 0.1) + contrast(b, a, own, nobody, 0.1)) / 2
    assert both.item() == pytest.approx(info_nce(a, b, 0.1).item(), rel=1e-5)


def test_contrast_matches_the_slow_way():
    a, b = unit(3).requires_grad_(), unit(5, seed=1)
    right = torch.tensor([[1, 1, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 1, 0]], dtype=torch.bool)
    ignored = torch.tensor([[0, 0, 0, 0, 1], [0, 0, 0, 0, 1], [1, 0, 0, 0, 0]], dtype=torch.bool)
    expected = 0.0
    for i in range(3):
        weights = [math.exp((a[i] @ b[j]).item() / 0.2) * (not ignored[i, j]) for j in range(5)]
        shares = [weights[j] / sum(weights) for j in range(5) if right[i, j]]
        expected -= sum(math.log(share) for share in shares) / len(shares) / 3
    loss = contrast(a, b, right, ignored, 0.2)
    assert loss.item() == pytest.approx(expected, rel=1e-5)
    loss.backward()
    assert torch.isfinite(a.grad).all()


def test_consistency_is_least_for_the_frozen_rows_themselves():
    rows, same = unit(4), torch.eye(4, dtype=torch.bool)
    assert consistency(rows, rows, 0.0, same).item() == pytest.approx(0, abs=1e-6)
    assert consistency(rows, rows.roll(1, 0), 0.0, same) > 0.5
    assert consistency(rows, rows, 0.07, same) < consistency(rows, rows.roll(1, 0), 0.07, same)


def test_ambiguity_by_hand():
    answers = torch.eye(3)
    rows = torch.stack([answers[0], F.normalize(torch.ones(3), dim=0)])
    first, second = ambiguity(rows, answers, torch.tensor([0, 1]), 3.0).tolist()
    assert first == pytest.approx(1 - math.exp(2) / (math.exp(2) + 2))
    assert second == pytest.approx(2 / 3)


def test_ambiguous_sketches_get_small_margins():
    margins = ambiguity_margin(torch.tensor([0.0, 0.5, 1.0]), 0.3, 10.0)
    assert margins.tolist() == pytest.approx([0.3, 0.3 * (10**0.5 - 1) / 9, 0.0])


def test_the_triplet_takes_the_margin_of_its_sketch(backbone):
    fixed = make_objective(backbone, ambiguity_base=0.0).losses(make_batch())["triplet"]
    bent = make_objective(backbone, ambiguity_base=10.0).losses(make_batch())["triplet"]
    assert 0 <= bent < fixed


def test_another_view_shows_the_same_picture_differently():
    pixels = torch.rand(8, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    views = [augmented_view(pixels, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2)]
    assert torch.equal(views[0], views[1]) and not torch.equal(views[0], views[2])
    assert views[0].shape == pixels.shape
    assert views[0].min() >= pixels.min() - 1e-6 and views[0].max() <= pixels.max() + 1e-6
    left = torch.zeros(64, 1, 16, 16)
    left[..., :8] = 1
    mirrored = augmented_view(left, torch.Generator().manual_seed(0))[..., :8].mean(dim=(1, 2, 3)) < 0.5
    assert 16 < mirrored.sum() < 48
    paper = torch.ones(2, 3, 8, 8)
    assert torch.allclose(augmented_view(paper, torch.Generator()), paper, atol=1e-6)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"ambiguity_base": 0.5}, "over 1"),
        ({"momentum": 0.0}, "momentum"),
        ({"mode": "both"}, "mode"),
        (dict.fromkeys(LOSSES.values(), 0.0), "weight 0"),
    ],
)
def test_what_makes_no_sense_is_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        DeepDualTrainConfig(**wrong)
