"""Which checkpoint a method's name means in a mode, and who stands in for it."""

import pytest

from zsbir.errors import CheckpointError, ZSBIRError
from zsbir.families import (
    BEST,
    GUIDES,
    READABLE,
    Choice,
    best_guide,
    choose,
    default_family,
    families_of,
    family_of,
    readable,
)
from zsbir.methods import METHODS
from zsbir.modes import MODES, READABLE_MODES

PAPERS = ["plain", "clip-at", "splip", "dp-clip", "deep-dual"]
ZOO = [
    *("plain", "clip-at-category", "clip-at-fine-grained", "splip-category", "splip-fine-grained"),
    *("dp-clip-fine-grained", "deep-dual-category", "deep-dual-fine-grained"),
]


@pytest.mark.parametrize(
    ("checkpoint", "family"),
    [
        ("plain", "plain"),
        ("clip-at-category", "clip-at"),
        ("dp-clip-fine-grained", "dp-clip"),
        ("category", "category"),
        ("plain-ViT-B-32-quickgelu-openai", "plain-ViT-B-32-quickgelu-openai"),
    ],
)
def test_a_family_is_a_name_without_its_mode(checkpoint, family):
    assert family_of(checkpoint) == family


def test_families_stand_in_the_page_s_order():
    assert families_of(["mine", *reversed(ZOO), "theirs-category"]) == [*PAPERS, "mine", "theirs"]
    assert [readable(family) for family in families_of(ZOO)] == [
        *("Plain CLIP", "CLIP-AT", "SpLIP", "DP-CLIP", "Deep dual")
    ]
    assert readable("mine") == "mine"


def test_every_method_has_a_readable_name():
    assert set(METHODS) <= set(READABLE)
    assert tuple(READABLE_MODES) == MODES


@pytest.mark.parametrize(
    ("name", "mode", "checkpoint"),
    [
        ("plain", "category", "plain"),
        ("plain", "fine-grained", "plain"),
        ("clip-at", "category", "clip-at-category"),
        ("clip-at", "fine-grained", "clip-at-fine-grained"),
        ("dp-clip", "fine-grained", "dp-clip-fine-grained"),
        ("clip-at-category", "fine-grained", "clip-at-category"),  # a checkpoint is taken as it is
    ],
)
def test_the_mode_picks_the_family_s_checkpoint(name, mode, checkpoint):
    assert choose(name, mode, ZOO) == Choice(checkpoint)


def test_a_family_without_the_mode_falls_back_and_says_so():
    choice = choose("dp-clip", "category", ZOO)
    assert choice.checkpoint == "plain"
    assert choice.note == "DP-CLIP has no checkpoint for category-level search, so Plain CLIP ranks here."
    with pytest.raises(CheckpointError, match="no checkpoint for category-level search; choose another"):
        choose("dp-clip", "category", ["dp-clip-fine-grained"])


def test_an_unknown_name_lists_the_families():
    with pytest.raises(CheckpointError, match="'clip'; there are: plain, clip-at"):
        choose("clip", "category", ZOO)


@pytest.mark.parametrize("name", ["clip-at", "plain", "dp-clip"])
def test_an_unknown_mode_is_named(name):
    with pytest.raises(ZSBIRError) as caught:
        choose(name, "coarse", ZOO)
    assert str(caught.value) == "There is no mode 'coarse'; use 'category' or 'fine-grained'."


def test_a_family_named_as_a_folder_still_follows_the_mode():
    assert choose("mine", "category", ["mine", "mine-category"]).checkpoint == "mine-category"
    assert choose("mine", "fine-grained", ["mine", "mine-category"]).checkpoint == "mine"


@pytest.mark.parametrize(
    ("missing", "family"),
    [((), BEST), (("deep-dual-category",), "plain"), (("deep-dual-fine-grained",), "plain")],
)
def test_the_best_family_is_the_default_where_all_of_it_is_indexed(missing, family):
    assert default_family(ZOO, set(ZOO) - set(missing)) == family


def test_without_the_best_family_plain_is_the_default():
    assert default_family(["plain"], ["plain", "deep-dual-category"]) == "plain"
    assert default_family([], []) == "plain"


def test_the_best_guide_that_is_there_and_indexed():
    assert best_guide(ZOO, ZOO) == "deep-dual-category"
    assert best_guide(ZOO, ["plain", "clip-at-category"]) == "clip-at-category"
    assert best_guide(["plain"], ZOO) == "plain"
    assert best_guide([], []) == "plain"
    assert all(name == "plain" or name.endswith("-category") for name in GUIDES)
