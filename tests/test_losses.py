"""The shared losses, by hand and against slow twins."""

import math

import pytest
import torch
from torch.nn import functional as F

from zsbir.training.methods import losses


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def rows(*values):
    return F.normalize(torch.tensor(values, dtype=torch.float), dim=-1)


def test_distance_is_one_minus_cosine():
    a, b = rows([1, 0], [1, 0], [1, 0]), rows([2, 0], [0, 5], [-1, 0])
    assert losses.distance(a, b).tolist() == pytest.approx([0, 1, 2])


@pytest.mark.parametrize(
    ("positive", "negative", "margin", "expected"),
    [
        ([0.2], [0.9], 0.3, 0.0),  # far enough
        ([0.5], [0.6], 0.3, 0.2),  # 0.3 + 0.5 - 0.6
        ([0.5, 0.2], [0.6, 0.9], 0.3, 0.1),  # the mean of both
        ([0.5, 0.2], [0.6, 0.9], torch.tensor([0.1, 1.0]), 0.15),  # margins of their own: 0 and 0.3
    ],
)
def test_triplet(positive, negative, margin, expected):
    found = losses.triplet(torch.tensor(positive), torch.tensor(negative), margin)
    assert found.item() == pytest.approx(expected, abs=1e-6)


def test_text_classification_by_hand():
    texts = rows([1, 0], [0, 1])
    found = losses.text_classification(rows([1, 0], [3, 4]), texts, torch.tensor([0, 0]), tau=0.5)
    by_hand = [
        -math.log(math.exp(2) / (math.exp(2) + 1)),
        -math.log(math.exp(1.2) / (math.exp(1.2) + math.exp(1.6))),
    ]
    assert found.item() == pytest.approx(sum(by_hand) / 2, rel=1e-5)


def test_a_higher_temperature_is_less_sure():
    arguments = rows([3, 1]), rows([1, 0], [0, 1]), torch.tensor([0])
    assert losses.text_classification(*arguments, 1.0) > losses.text_classification(*arguments, 0.1)


def test_uniformity_by_hand():
    """Two categories of two: softmax of (0, log 3) is (1/4, 3/4), of (0, 0) it is (1/2, 1/2)."""
    deltas = torch.tensor([math.log(3), 0.0, 0.0, 0.0])
    forth = 0.25 * math.log(0.5) + 0.75 * math.log(1.5)
    back = 0.5 * math.log(2) + 0.5 * math.log(0.5 / 0.75)
    found = losses.relative_uniformity(deltas, torch.tensor([7, 7, 2, 2]))
    assert found.item() == pytest.approx((forth + back) / 2, rel=1e-5)


def slow_uniformity(deltas, labels):
    groups = [sorted(d for d, of in zip(deltas, labels, strict=True) if of == c) for c in sorted(set(labels))]
    shares = [[math.exp(d) / sum(map(math.exp, group)) for d in group] for group in groups]
    pairs = [(p, q) for p in shares for q in shares if p is not q]
    return sum(sum(a * math.log(a / b) for a, b in zip(p, q, strict=True)) for p, q in pairs) / len(pairs)


def test_uniformity_equals_its_slow_twin_in_any_order():
    labels = torch.arange(5).repeat(4)[torch.randperm(20, generator=generator(1))]
    deltas = torch.randn(20, generator=generator(2))
    expected = slow_uniformity(deltas.tolist(), labels.tolist())
    assert losses.relative_uniformity(deltas, labels).item() == pytest.approx(expected, rel=1e-5)
    order = torch.randperm(20, generator=generator(3))
    assert losses.relative_uniformity(deltas[order], labels[order]).item() == pytest.approx(
        expected, rel=1e-5
    )


def test_uniformity_of_like_distributions_is_zero_and_of_one_category_too():
    deltas = torch.tensor([0.1, 0.4, 0.4, 0.1])  # sorted within the category, so the order says nothing
    assert losses.relative_uniformity(deltas, torch.tensor([0, 0, 1, 1])).item() == pytest.approx(0, abs=1e-7)
    assert losses.relative_uniformity(deltas, torch.zeros(4, dtype=torch.long)).item() == 0


def test_uniformity_needs_equal_numbers():
    with pytest.raises(ValueError, match="PK sampler"):
        losses.relative_uniformity(torch.zeros(3), torch.tensor([0, 0, 1]))


def test_tiles_move_where_they_are_told():
    picture = torch.arange(16.0).view(1, 1, 4, 4)
    moved = losses.shuffle_tiles(picture, torch.tensor([[3, 0, 1, 2]]), 2)[0, 0]
    assert moved[:2, :2].tolist() == [[10, 11], [14, 15]]  # tile 3 comes first
    assert moved[:2, 2:].tolist() == [[0, 1], [4, 5]]
    assert moved[2:, :2].tolist() == [[2, 3], [6, 7]]
    assert moved[2:, 2:].tolist() == [[8, 9], [12, 13]]


@pytest.mark.parametrize(("side", "n"), [(8, 2), (9, 3), (8, 3), (7, 2)])
def test_shuffling_keeps_every_pixel_and_can_be_undone(side, n):
    pictures = torch.rand(5, 3, side, side, generator=generator())
    permutations = losses.random_permutations(5, n * n, generator(1))
    moved = losses.shuffle_tiles(pictures, permutations, n)
    assert torch.equal(moved.flatten(2).sort().values, pictures.flatten(2).sort().values)
    assert torch.equal(losses.shuffle_tiles(moved, permutations.argsort(dim=-1), n), pictures)
    used = side // n * n
    assert torch.equal(moved[..., used:, :], pictures[..., used:, :])  # the remainder stays
    still = torch.arange(n * n).expand(5, -1)
    assert torch.equal(losses.shuffle_tiles(pictures, still, n), pictures)


def test_permutations_are_permutations_and_the_others_differ_in_every_row():
    some = losses.random_permutations(500, 2, generator())  # of two elements: half of the draws would agree
    other = losses.other_permutations(some, generator(1))
    for drawn in (some, other):
        assert torch.equal(drawn.sort(dim=-1).values, torch.arange(2).expand(500, -1))
    assert (some != other).any(dim=-1).all()
    assert 0.4 < (some[:, 0] == 0).float().mean() < 0.6


def slow_info_nce(a, b, tau, same):
    total = 0.0
    for x, y, mask in ((a, b, same), (b, a, same.T)):
        for i in range(len(x)):
            rivals = [j for j in range(len(x)) if j == i or not mask[i, j]]
            scores = [math.exp(float(x[i] @ y[j]) / tau) for j in rivals]
            total -= math.log(math.exp(float(x[i] @ y[i]) / tau) / sum(scores)) / (2 * len(x))
    return total


def test_info_nce_equals_its_slow_twin():
    a, b = (F.normalize(torch.randn(6, 4, generator=generator(s)), dim=-1) for s in (1, 2))
    labels = torch.tensor([0, 0, 1, 2, 2, 2])
    same = labels[:, None] == labels
    alone = torch.eye(6, dtype=torch.bool)
    assert losses.info_nce(a, b, 0.2, same).item() == pytest.approx(slow_info_nce(a, b, 0.2, same), rel=1e-5)
    assert losses.info_nce(a, b, 0.2).item() == pytest.approx(slow_info_nce(a, b, 0.2, alone), rel=1e-5)


def test_other_right_answers_do_not_compete():
    a = rows([1, 0], [1, 0])
    assert losses.info_nce(a, a, 0.1).item() == pytest.approx(math.log(2))
    everything = torch.ones(2, 2, dtype=torch.bool)
    assert losses.info_nce(a, a, 0.1, everything).item() == pytest.approx(0)
