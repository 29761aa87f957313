"""How deep dual prompts learn: each parameter's gradient, each loss written out, each weight's ablation."""

import math

import pytest
import torch
from torch.nn import functional as F

from zsbir.backbone import load_backbone
from zsbir.methods.deep_dual import DeepDual, DeepDualConfig
from zsbir.training.methods import OBJECTIVES
from zsbir.training.methods.batch import Batch
from zsbir.training.methods.deep_dual import DeepDualObjective, DeepDualTrainConfig
from zsbir.training.methods.deep_dual_losses import augmented_view

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


def test_it_is_registered():
    assert OBJECTIVES["deep-dual"] == (DeepDualConfig, DeepDualTrainConfig, DeepDualObjective)


@pytest.mark.parametrize("preset", ["paper", "tiny"])
@pytest.mark.parametrize("mode", ["category", "fine-grained"])
def test_presets_are_recipes(preset, mode):
    recipe = DeepDualTrainConfig(**DeepDualTrainConfig.preset(preset, mode))
    assert (recipe.mode, recipe.sampler) == (mode, "random" if mode == "category" else "pk")


@pytest.mark.parametrize("mode", ["category", "fine-grained"])
@pytest.mark.parametrize("choices", [{}, {"layout": 4, "biases": False}])
def test_every_parameter_learns_and_the_backbone_does_not(backbone, mode, choices):
    objective = make_objective(backbone, choices, mode=mode)
    with torch.no_grad():
        for parameter in objective.parameters():
            parameter += 0.1 * torch.randn_like(parameter)
    before = {name: tensor.clone() for name, tensor in backbone.model.state_dict().items()}
    sum(objective.losses(make_batch()).values()).backward()
    for name, parameter in objective.named_parameters():
        assert parameter.grad is not None and parameter.grad.abs().max() > 0, name
    assert all(torch.equal(before[name], tensor) for name, tensor in backbone.model.state_dict().items())
    assert all(parameter.grad is None for parameter in backbone.model.parameters())


def test_groups_hold_each_parameter_once(backbone):
    objective = make_objective(backbone, lr=0.1, norm_lr=0.2)
    groups = {group["name"]: group for group in objective.parameter_groups()}
    grouped = [id(p) for group in groups.values() for p in group["params"]]
    assert sorted(grouped) == sorted(id(p) for p in objective.method.parameters())
    assert groups["norms"]["lr"] == 0.2 and groups["new"]["lr"] == 0.1
    assert len(groups["norms"]["params"]) == 2 * (2 * (1 + 2 * 3 + 1) + 3 * 4)  # and four biases a block


def share(row, columns, right, tau):
    """-log of the share of column `right` in a softmax over the columns that take part."""
    weights = {j: math.exp((row @ column).item() / tau) for j, column in columns.items()}
    return -math.log(weights[right] / sum(weights.values()))


def mean(values):
    values = list(values)
    return sum(values) / len(values)


def slow_join(rows, gap, weight):
    """Centred whole pictures and cells, weighed so that inner products are mean cosines."""
    joined = []
    for i in range(len(rows.whole)):
        whole = F.normalize(rows.whole[i] - gap.whole.mean(dim=0), dim=0)
        if rows.cells is None:
            joined.append(whole)
            continue
        cells = F.normalize(rows.cells[i] - gap.cells.mean(dim=0), dim=1)
        joined.append(
            torch.cat([(1 - weight) ** 0.5 * whole, *((weight / len(cells)) ** 0.5 * c for c in cells)])
        )
    return torch.stack(joined)


def slow_losses(objective, batch, mode):
    """Every loss of a batch, weights of one, picture by picture."""
    method, config, n = objective.method, objective.config, range(len(batch))
    rows = [
        method.sketch_rows(batch.sketches),
        method.photo_rows(batch.photos),
        method.photo_rows(batch.negatives),
    ]
    gaps = [rows[0], rows[1], rows[1]]  # the first batch sets the centres
    s, p, x = (
        slow_join(row, gap, objective.method.config.layout_weight)
        for row, gap in zip(rows, gaps, strict=True)
    )
    rows = [row.whole for row in rows]
    view = augmented_view(torch.cat([batch.sketches, batch.photos]), torch.Generator().manual_seed(9))
    frozen = F.normalize(method.backbone.encode_image(view), dim=-1).chunk(2)
    words = ["cat", "chair", "hot air balloon", "person"]
    texts = F.normalize(method.backbone.encode_text([f"a photo of a {word}" for word in words]), dim=-1)
    same = (
        (lambda i, j: batch.instances[i] == batch.instances[j])
        if mode == "fine-grained"
        else (lambda i, j: batch.labels[i] == batch.labels[j])
    )
    forth, back, triplets, text, kept = [], [], [], [], []
    for i in n:
        columns = {j: p[j] for j in n} | {len(n) + j: x[j] for j in n}
        right = [j for j in n if same(i, j)]
        for j in n:
            alike = batch.labels[i] == batch.negative_labels[j]
            if mode == "category" and alike:
                right.append(len(n) + j)
            elif mode == "fine-grained" and alike and i != j:
                del columns[len(n) + j]
        forth.append(mean(share(s[i], columns, j, 0.07) for j in right))
        back.append(mean(share(p[i], dict(enumerate(s)), j, 0.07) for j in n if same(i, j)))
        sure = math.exp(
            -share(frozen[0][i], dict(enumerate(texts)), batch.labels[i].item(), 1.5 / objective.scale)
        )
        margin = config.margin * (10**sure - 1) / 9
        triplets.append(max(0.0, margin - (s[i] @ p[i]).item() + (s[i] @ x[i]).item()))
        names = dict(enumerate(texts[:3]))
        text.append(share(rows[0][i], names, batch.labels[i].item(), 0.07))
        for row, label in ((rows[1], batch.labels), (rows[2], batch.negative_labels)):
            text.append(share(row[i], names, label[i].item(), 0.07) / 2)
        alone = [j for j in n if j == i or batch.instances[i] != batch.instances[j]]
        for now, then in zip(rows[:2], frozen, strict=True):
            kept.append(share(now[i], {j: then[j] for j in alone}, i, 0.07) / 2)
            kept.append(share(then[i], {j: now[j] for j in alone}, i, 0.07) / 2)
    return {
        "contrast": (mean(forth) + mean(back)) / 2,
        "triplet": mean(triplets),
        "text": sum(text) / len(n),
        "consistency": sum(kept) / len(n),
    }


@pytest.mark.parametrize("mode", ["category", "fine-grained"])
def test_losses_match_the_slow_way(backbone, mode):
    weights = dict.fromkeys(LOSSES.values(), 1.0)
    objective = make_objective(backbone, mode=mode, margin=0.8, **weights)
    negatives = (1, 2, 0, 0) if mode == "category" else (0, 0, 0, 2)
    labels = (0, 0, 1, 2) if mode == "category" else (0, 0, 0, 2)
    batch = make_batch(labels, negatives, instances=(5, 5, 6, 7))
    batch.generator.manual_seed(9)
    with torch.no_grad():
        for parameter in objective.parameters():  # the frozen tower is another one from here on
            parameter += 0.2 * torch.randn_like(parameter)
        fast = objective.losses(batch)
        slow = slow_losses(objective, batch, mode)
    assert slow["triplet"] > 0
    for name in LOSSES:
        assert fast[name].item() == pytest.approx(slow[name], rel=1e-4), name


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
    objective = make_objective(backbone, {"layout": 4})
    batch = make_batch()
    objective.losses(batch)
    method = objective.method
    for centres, rows in (
        (method.sketch_centres, method.sketch_rows(batch.sketches)),
        (method.photo_centres, method.photo_rows(batch.photos)),
    ):
        assert torch.allclose(centres.whole.mean, rows.whole.mean(dim=0), atol=1e-6)
        assert torch.allclose(centres.cells.mean, rows.cells.mean(dim=0), atol=1e-6)
    uncentred = make_objective(backbone, {"centred": False})
    assert set(uncentred.losses(batch)) == set(LOSSES)


def test_the_same_batch_gives_the_same_losses(backbone):
    first, second = (make_objective(backbone).losses(make_batch()) for _ in range(2))
    assert all(torch.equal(first[name], second[name]) for name in LOSSES)


def test_the_triplet_takes_the_margin_of_its_sketch(backbone):
    fixed = make_objective(backbone, ambiguity_base=0.0).losses(make_batch())["triplet"]
    bent = make_objective(backbone, ambiguity_base=10.0).losses(make_batch())["triplet"]
    assert 0 <= bent < fixed


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
