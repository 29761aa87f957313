"""How SpLIP learns: what gets gradients, its losses by hand, and that they fall."""

import itertools

import pytest
import torch
from torch.nn import functional as F

from zsbir.backbone import load_backbone
from zsbir.methods.splip import SpLIP, SpLIPConfig
from zsbir.training.methods.batch import Batch
from zsbir.training.methods.splip import SpLIPObjective, SpLIPTrainConfig
from zsbir.training.methods.texts import class_texts

CATEGORIES = ["cat", "hot_air_balloon", "teapot"]


@pytest.fixture
def backbone(tiny_folder):
    return load_backbone(tiny_folder, device="cpu")


def build(backbone, *, method=None, **choices):
    torch.manual_seed(1)
    config = SpLIPTrainConfig(**{"tiles": 2, "permutations": 5} | choices)
    splip = SpLIP(backbone, SpLIPConfig(mode=config.mode, **method or {}))
    return SpLIPObjective(splip, config, CATEGORIES).train()


def make_batch(n=6):
    pixels = torch.randn(3, n, 3, 32, 32, generator=torch.Generator().manual_seed(3))
    labels = torch.arange(n) % 3
    negatives = (labels + 1) % 3
    return Batch(*pixels, labels, negatives, torch.arange(n), torch.Generator().manual_seed(4))


ABLATIONS = [
    ({}, {}),
    ({"mode": "fine-grained", "margin": 0.3}, {}),
    ({"adaptive_margin": False}, {}),
    ({"jigsaw": 0.0}, {}),
    ({"jigsaw_reads": "class"}, {}),
    ({"classification": 0.0}, {}),
    ({"class_texts": "frozen"}, {}),
    ({}, {"use_b_t": False}),
    ({}, {"use_b_v": False}),
    ({}, {"use_b_vt": False}),
    ({"class_texts": "frozen"}, {"use_b_vt": False}),
    ({}, {"use_b_v": False, "use_b_vt": False}),
    ({"classification": 0.0, "jigsaw": 0.0}, {"use_b_t": False, "use_b_v": False, "use_b_vt": False}),
]


@pytest.mark.parametrize(("choices", "method"), ABLATIONS, ids=str)
def test_everything_that_trains_gets_a_gradient(backbone, choices, method):
    """The re-implementations of the paper fail here: their three networks never got one."""
    objective = build(backbone, method=method, **choices)
    sum(objective.losses(make_batch()).values()).backward()
    named = dict(objective.named_parameters())
    trained = {name for name, parameter in named.items() if parameter.requires_grad}
    moved = {name for name, p in named.items() if p.grad is not None and p.grad.abs().max() > 0}
    assert moved == trained
    grouped = list(itertools.chain.from_iterable(g["params"] for g in objective.parameter_groups()))
    assert {id(parameter) for parameter in grouped} == {id(named[name]) for name in trained}
    assert len(grouped) == len(trained)
    assert all(parameter.grad is None for parameter in backbone.model.parameters())


def test_half_precision_trains_the_same_parameters(backbone):
    """As on a GPU, where the loop computes in bfloat16."""
    objective = build(backbone)
    with torch.autocast("cpu", torch.bfloat16):
        half = objective.losses(make_batch())
    sum(half.values()).backward()
    assert all(p.grad.isfinite().all() for p in objective.parameters() if p.requires_grad)
    full = build(backbone).losses(make_batch())
    assert all(half[name].item() == pytest.approx(full[name].item(), rel=0.05) for name in full)


def test_ablations_cut_off_exactly_what_they_name(backbone):
    def trained(method=None, **choices):
        objective = build(backbone, method=method, **choices)
        return {name.removeprefix("method.") for name, p in objective.named_parameters() if p.requires_grad}

    def starting(prefix):
        return {name for name in everything if name.startswith(prefix)}

    everything = trained()
    end = starting("live.text.norms.ln_final")
    parts = {"tuned.norms", "live.text.norms", "live.b_t", "live.b_v.", "live.b_vt", "solver"}
    assert everything == set().union(*map(starting, parts)) and all(map(starting, parts))
    assert everything - trained(jigsaw=0.0) == starting("solver")
    assert everything - trained(class_texts="frozen") == end and len(end) == 2
    assert everything - trained(classification=0.0) == end
    for name in ("b_t", "b_v", "b_vt"):
        assert everything - trained({f"use_{name}": False}) == starting(f"live.{name}.")
    cut = trained({"use_b_vt": False}, class_texts="frozen")
    assert everything - cut == starting("live.b_vt") | starting("live.b_t") | starting("live.text")


def test_layernorms_learn_at_their_own_rate(backbone):
    objective = build(backbone, lr=0.5, norm_lr=0.25)
    rates = {g["name"]: (g["lr"], sum(p.numel() for p in g["params"])) for g in objective.parameter_groups()}
    norms = [*objective.method.tuned.parameters(), *objective.method.live.text.parameters()]
    assert rates["norms"] == (0.25, sum(p.numel() for p in norms))
    assert rates["new"][0] == 0.5


def test_losses_are_those_of_the_switches(backbone):
    assert set(build(backbone).losses(make_batch())) == {"triplet", "text", "jigsaw"}
    assert set(build(backbone, jigsaw=0.0, classification=0.0).losses(make_batch())) == {"triplet"}


def test_the_margin_is_the_likeness_of_class_texts_but_never_below_the_fixed_one(backbone):
    batch, texts = make_batch(), class_texts(backbone, CATEGORIES)
    by_hand = torch.stack([texts[i % 3] @ texts[(i + 1) % 3] for i in range(6)])
    assert torch.allclose(build(backbone, margin=-1.0).margins(batch), by_hand, atol=1e-6)
    floor = float(by_hand.median()) + 1e-3
    margins = build(backbone, margin=floor).margins(batch)
    assert torch.allclose(margins, by_hand.clamp(min=floor)) and margins.min() == pytest.approx(floor)
    assert build(backbone, margin=0.2, adaptive_margin=False).margins(batch) == 0.2
    assert build(backbone, margin=0.3, mode="fine-grained").margins(batch) == 0.3


def test_presets_give_each_mode_its_margin():
    margins = {
        (name, mode): SpLIPTrainConfig(**SpLIPTrainConfig.preset(name, mode)).margin
        for name in ("paper", "tiny")
        for mode in ("category", "fine-grained")
    }
    assert margins == {key: 0.3 if key[1] == "fine-grained" else 0.2 for key in margins}


def test_the_triplet_is_on_squared_distances(backbone):
    objective, batch = build(backbone, jigsaw=0.0), make_batch()
    found = objective.losses(batch)["triplet"]
    with torch.no_grad():
        live = objective.method.live
        sketches = objective.method.embed_prompted(batch.sketches, live("sketch", batch.sketches)[0])[0]
        both = live("photo", torch.cat([batch.photos, batch.negatives]))[0]
        photos, negatives = (
            objective.method.embed_prompted(p, both)[0] for p in (batch.photos, batch.negatives)
        )
        gaps = [(sketches - other).square().sum(dim=-1) for other in (photos, negatives)]
        expected = (gaps[0] - gaps[1] + objective.margins(batch)).clamp(min=0).mean()
    assert found.item() == pytest.approx(expected.item(), abs=1e-5)


@pytest.mark.parametrize("kind", ["prompted", "frozen"])
def test_each_modality_is_classified_by_its_own_texts(backbone, kind):
    objective, batch = build(backbone, class_texts=kind, classification=2.0, tau=0.5), make_batch()
    features = [F.normalize(torch.randn(6, 16), dim=-1) for _ in range(3)]
    texts = [F.normalize(torch.randn(3, 16), dim=-1) for _ in range(3)]
    used = texts if kind == "prompted" else [objective.texts] * 3
    terms = []
    for rows, classes, labels in zip(
        features, used, [batch.labels] * 2 + [batch.negative_labels], strict=True
    ):
        for row, label in zip(rows, labels, strict=True):
            scores = torch.exp(classes @ row / 0.5)
            terms.append(-torch.log(scores[label] / scores.sum()))
    found = objective._text(features, tuple(texts), batch)
    assert found.item() == pytest.approx(torch.stack(terms).mean().item(), abs=1e-5)


def test_the_answer_is_the_permutation_that_moved_the_tiles(backbone):
    objective = build(backbone)
    batch = make_batch()
    (moved,), answers = objective._shuffle(batch)
    for row, answer in enumerate(answers):
        order = objective.permutations[answer]
        for place in range(4):
            y, x = divmod(place, 2)
            from_y, from_x = divmod(int(order[place]), 2)
            tile = moved[row, :, 16 * y : 16 * y + 16, 16 * x : 16 * x + 16]
            source = batch.sketches[row, :, 16 * from_y : 16 * from_y + 16, 16 * from_x : 16 * from_x + 16]
            assert torch.equal(tile, source)


def test_a_resumed_run_repeats_the_interrupted_one(backbone):
    first = build(backbone)
    first.losses(make_batch())  # moves the mean pictures
    second = build(backbone)
    second.load_state_dict(first.state_dict())
    first, second = first.eval(), second.eval()
    losses = [objective.losses(make_batch()) for objective in (first, second)]
    assert all(torch.equal(losses[0][name], losses[1][name]) for name in losses[0])


@pytest.mark.parametrize("mode", ["category", "fine-grained"])
def test_a_few_steps_lower_the_loss(backbone, mode):
    objective = build(backbone, mode=mode, lr=3e-3, norm_lr=3e-3)
    optimizer = torch.optim.Adam(objective.parameter_groups())
    totals = []
    for _ in range(12):
        total = sum(objective.losses(make_batch()).values())
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
        totals.append(total.item())
    assert totals[-1] < 0.8 * totals[0]


def test_wrong_choices_are_named():
    with pytest.raises(ValueError, match="class_texts must be one of"):
        SpLIPTrainConfig(class_texts="plain")
    with pytest.raises(ValueError, match="2 to 23"):
        SpLIPTrainConfig(tiles=2)
    with pytest.raises(ValueError, match="2 or 3 along a side"):
        SpLIPTrainConfig(tiles=4)
    with pytest.raises(ValueError, match="mode must be one of"):
        SpLIPTrainConfig(mode="both")
