"""A tower with LayerNorms of its own: what it shares, what it learns, what it leaves alone."""

import copy

import torch
from torch import nn

from zsbir.backbone.tuned import TunedNorms


def norms_of(module):
    return [m for m in module.modules() if isinstance(m, nn.LayerNorm)]


def pixels(n=2):
    return torch.randn(n, 3, 32, 32, generator=torch.Generator().manual_seed(0))


def test_everything_but_the_layernorms_is_the_same_memory(tiny_clip):
    tuned = TunedNorms(tiny_clip.visual)
    own = {p.data_ptr() for norm in norms_of(tuned.tower) for p in norm.parameters()}
    theirs = {name: p.data_ptr() for name, p in tiny_clip.visual.named_parameters()}
    for name, parameter in tuned.tower.named_parameters():
        assert (parameter.data_ptr() == theirs[name]) != (parameter.data_ptr() in own), name
    assert len(own) == 2 * len(norms_of(tiny_clip.visual))


def test_it_learns_the_layernorms_and_nothing_else(tiny_clip):
    tiny_clip.requires_grad_(False)
    tuned = TunedNorms(tiny_clip.visual)
    count = sum(p.numel() for norm in norms_of(tiny_clip.visual) for p in norm.parameters())
    assert sum(p.numel() for p in tuned.parameters()) == count
    assert {id(p) for p in tuned.parameters()} == {
        id(p) for n in norms_of(tuned.tower) for p in n.parameters()
    }
    tuned(pixels()).square().sum().backward()
    assert all(p.grad is not None for p in tuned.parameters())
    assert all(p.grad is None for p in tiny_clip.parameters())


def test_a_step_leaves_the_frozen_tower_as_it_was(tiny_clip):
    tiny_clip.requires_grad_(False)
    before, frozen = copy.deepcopy(tiny_clip.state_dict()), tiny_clip.visual(pixels())
    tuned = TunedNorms(tiny_clip.visual)
    assert torch.allclose(tuned(pixels()), frozen, atol=1e-6)
    optimizer = torch.optim.SGD(tuned.parameters(), lr=0.1)
    tuned(pixels()).square().sum().backward()
    optimizer.step()
    assert not torch.allclose(tuned(pixels()), frozen, atol=1e-3)
    assert torch.equal(tiny_clip.visual(pixels()), frozen)
    assert all(torch.equal(before[key], value) for key, value in tiny_clip.state_dict().items())


def test_its_state_is_the_layernorms_and_comes_back(tiny_clip):
    first, second = TunedNorms(tiny_clip.visual), TunedNorms(tiny_clip.visual)
    with torch.no_grad():
        for parameter in first.parameters():
            parameter.add_(0.1)
    assert len(first.state_dict()) == 2 * len(norms_of(tiny_clip.visual))
    second.load_state_dict(first.state_dict())
    assert torch.equal(first(pixels()), second(pixels()))


def test_two_of_them_learn_apart(tiny_clip):
    first, second = TunedNorms(tiny_clip.visual), TunedNorms(tiny_clip.visual)
    assert not {p.data_ptr() for p in first.parameters()} & {p.data_ptr() for p in second.parameters()}


def test_the_text_tower_works_alike(tiny_clip):
    tuned = TunedNorms(tiny_clip)
    tokens = torch.zeros(1, 16, dtype=torch.long)
    tokens[0, :3] = torch.tensor([49406, 320, 49407])
    assert torch.equal(tuned.tower.encode_text(tokens), tiny_clip.encode_text(tokens))
    assert any(key.startswith("norms.ln_final") for key in tuned.state_dict())


def test_biases_learn_too_where_they_are_wanted(tiny_clip):
    tiny_clip.requires_grad_(False)
    tuned = TunedNorms(tiny_clip.visual, biases=True)
    own = {name for name, p in tuned.tower.named_parameters() if p.requires_grad}
    theirs = {name for name, p in tiny_clip.visual.named_parameters() if "ln_" in name or "bias" in name}
    assert own == theirs
    tuned(pixels()).square().sum().backward()
    assert all(p.grad is not None for p in tuned.parameters())
    with torch.no_grad():
        for parameter in tuned.parameters():
            parameter.add_(0.1)
    other = TunedNorms(tiny_clip.visual, biases=True)
    other.load_state_dict(tuned.state_dict())
    assert torch.equal(other(pixels()), tuned(pixels()))
    assert not torch.allclose(tuned(pixels()), tiny_clip.visual(pixels()), atol=1e-3)
