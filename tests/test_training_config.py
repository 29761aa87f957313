"""The settings of a training: presets and options, the papers' numbers, and what no run can be made of."""

import argparse
import shlex

import pytest

from zsbir.methods.dp_clip import DPCLIPConfig
from zsbir.methods.splip import SpLIPConfig
from zsbir.training.methods import run
from zsbir.training.methods.clip_at import ClipATTrainConfig
from zsbir.training.methods.config import TrainConfig
from zsbir.training.methods.deep_dual import DeepDualTrainConfig
from zsbir.training.methods.dp_clip import DPCLIPTrainConfig
from zsbir.training.methods.splip import SpLIPTrainConfig


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *((name, -1) for name in ("seed", "steps", "steps_per_epoch", "limit", "evaluate_every", "variants")),
        *((name, -1) for name in ("held_out_categories", "support", "warmup", "balance", "warp", "norm_lr")),
        *(
            (name, 0)
            for name in ("epochs", "batch", "dev_sketches", "dev_photos", "save_every", "tau", "crop")
        ),
        *(("lr", 1e38), ("lr", float("nan")), ("margin", float("inf")), ("pen", 2), ("max_minutes", -1)),
        *(("template", text) for text in ("a photo", "{} {}", "a {x}", "a {} {", "a {0}")),
        ("seed", 2**40),
    ],
)
def test_numbers_that_no_run_can_be_made_of_are_refused(name, value):
    with pytest.raises(ValueError, match=rf"^{name} must .*\.$"):
        TrainConfig(**{name: value})


@pytest.mark.parametrize(
    ("recipe", "name", "value"),
    [
        *((ClipATTrainConfig, name, -0.1) for name in ("classification", "uniformity", "patch_shuffle")),
        *((ClipATTrainConfig, "tiles", count) for count in (0, 1, 100)),
        *((SpLIPTrainConfig, name, -0.1) for name in ("classification", "jigsaw", "lr")),
        *((DPCLIPTrainConfig, name, -0.1) for name in ("local_loss", "hard_rise", "hard_most")),
        *((DeepDualTrainConfig, name, -0.1) for name in ("contrast", "triplet", "consistency_tau")),
        *(
            (DeepDualTrainConfig, name, value)
            for name, value in (("contrast_tau", 0), ("sketch_template", ""))
        ),
    ],
)
def test_a_method_s_own_numbers_are_checked_too(recipe, name, value):
    """A negative weight would be learnt against, and a temperature of 0 is found out at the first step."""
    with pytest.raises(ValueError, match=rf"^{name} must .*\.$"):
        recipe(**{name: value})


def test_options_beat_presets_and_presets_beat_defaults():
    parser = argparse.ArgumentParser()
    run.add_arguments(parser, "clip-at")
    given = "--data x --out y --mode fine-grained --lr 0.5 --no-flip --prompts 5"
    args = parser.parse_args(given.split())
    args.command = "clip-at"
    method, recipe = run.read_configs(args)
    assert (method.mode, method.prompts) == ("fine-grained", 5)
    assert (recipe.mode, recipe.lr, recipe.flip, recipe.sampler, recipe.epochs) == (
        *("fine-grained", 0.5, False, "pk", 3),
    )
    args.backbone = "ViT-B-32-quickgelu/openai"
    assert run.read_configs(args)[1].epochs == 60


def test_the_command_that_repeats_a_run_names_what_was_given_and_no_machine():
    parser = argparse.ArgumentParser()
    run.add_arguments(parser, "clip-at")
    given = "--data /some/where --out a/b/name --lr 0.5 --no-flip --quickdraw"
    args = parser.parse_args(given.split())
    args.command = "clip-at"
    assert run.command_line(args) == (
        "python -m zsbir.training clip-at --backbone zsbir-tiny --data DATA --lr 0.5 --no-flip --quickdraw "
        "--out checkpoints/name"
    )
    args = parser.parse_args([*given.split(), "--template", "a drawn {}'s photo"])
    args.command = "clip-at"
    assert "a drawn {}'s photo" in shlex.split(run.command_line(args))  # quoted, so that it can be pasted


def test_the_papers_recipe_is_the_paper_preset():
    category = ClipATTrainConfig(**ClipATTrainConfig.preset("paper", "category"))
    assert (category.lr, category.batch, category.epochs, category.margin) == (1e-5, 64, 60, 0.3)
    assert (category.classification, category.uniformity, category.patch_shuffle) == (0.5, 0.1, 1.0)
    assert category.sampler == "random"
    assert ClipATTrainConfig(**ClipATTrainConfig.preset("paper", "fine-grained")).sampler == "pk"


def paper(recipe, mode):
    return recipe(**recipe.preset("paper", mode))


@pytest.mark.parametrize("mode", ["category", "fine-grained"])
def test_splip_s_paper_preset_is_what_is_known_of_the_paper(mode):
    """Rate, batch and epochs are the paper's; alpha, beta and the jigsaw's size are ours, see README."""
    recipe = paper(SpLIPTrainConfig, mode)
    assert (recipe.lr, recipe.norm_lr, recipe.batch, recipe.epochs) == (1e-3, 1e-3, 192, 60)
    assert (recipe.schedule, recipe.weight_decay, recipe.sampler) == ("constant", 0.0, "random")
    assert (recipe.classification, recipe.jigsaw) == (1.0, 0.1)
    assert (recipe.tiles, recipe.permutations, recipe.jigsaw_reads) == (3, 100, "tiles")
    assert recipe.adaptive_margin and recipe.class_texts == "prompted"
    method = SpLIPConfig(mode=mode)
    assert (method.text_prompts, method.image_prompts) == (4, 2)
    assert (method.photo_template, method.sketch_template) == ("a photo of a", "a sketch of a")
    assert method.use_b_t and method.use_b_v and method.use_b_vt


def test_dp_clip_s_paper_preset_is_the_released_code_s():
    recipe, method = paper(DPCLIPTrainConfig, "fine-grained"), DPCLIPConfig()
    assert (recipe.lr, recipe.norm_lr, recipe.batch, recipe.epochs) == (1e-5, 1e-6, 64, 60)
    assert (recipe.margin, recipe.hard_margin, recipe.local_loss) == (0.15, 0.15, 0.1)
    assert (recipe.hard_rise, recipe.hard_most) == (0.25, 1.25)
    assert (recipe.sampler, recipe.support) == ("single-category", 2)
    assert (method.prompts, method.support, method.rank) == (3, 2, 16)
    assert (method.dropout, method.local_weight) == (0.1, 0.2)
    category = paper(DPCLIPTrainConfig, "category")
    assert (category.sampler, category.support) == ("random", 0)  # no category enters


@pytest.mark.parametrize(
    "recipe", [ClipATTrainConfig, SpLIPTrainConfig, DPCLIPTrainConfig, DeepDualTrainConfig]
)
def test_a_paper_s_sketches_are_those_of_its_data_set(recipe):
    """What makes another hand's sketches belongs to the tiny preset alone."""
    assert not paper(recipe, "fine-grained").another_hand
    assert recipe(**recipe.preset("tiny", "fine-grained")).another_hand
