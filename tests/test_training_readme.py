"""The training README keeps its word: its commands are understood, and made the bundled checkpoints."""

import dataclasses
import json
import re
import shlex
from pathlib import Path

import pytest

import zsbir
from zsbir.evaluation import table
from zsbir.training import ablations, derive
from zsbir.training.__main__ import build_parser
from zsbir.training.fits.__main__ import build_parser as build_fits_parser
from zsbir.training.methods import OBJECTIVES
from zsbir.training.methods.run import RESUMABLE, read_configs

PACKAGE = Path(zsbir.__file__).parent
README = (PACKAGE / "training" / "README.md").read_text(encoding="utf-8")
PARSERS = {
    "zsbir.evaluation.table": table._parser,
    "zsbir.training.ablations": ablations._parser,
    "zsbir.training.derive": derive._parser,
    "zsbir.training.fits": build_fits_parser,
    "zsbir.training": build_parser,
}


def commands():
    """Yield module and words of every command in the README's blocks."""
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            module, *words = shlex.split(line.partition(" -m ")[2])
            yield module, words


def trainings():
    return [words for module, words in commands() if module == "zsbir.training" and words[0] in OBJECTIVES]


def test_every_command_is_understood():
    found = [(module, PARSERS[module]().parse_known_args(words)) for module, words in commands()]
    assert {module for module, _ in found} == set(PARSERS)
    strange = {module: unknown for module, (_, unknown) in found if unknown}
    assert strange == {"zsbir.training.ablations": ["--epochs", "2"]}  # which go on to each training


@pytest.mark.parametrize("words", trainings(), ids=" ".join)
def test_every_training_has_settings_that_a_run_can_be_made_of(words):
    method, recipe = read_configs(build_parser().parse_args(words))
    assert method.mode == recipe.mode == words[words.index("--mode") + 1]


WHATEVER = {"precision", *RESUMABLE}  # bf16 made the bundled ones, as the README says
SHIPPED = {"exported", "categories"}  # what SpLIP becomes
BUNDLED = [words for words in trainings() if "--preset" not in words and "--steps" not in words][:7]


@pytest.mark.parametrize("words", BUNDLED, ids=lambda words: "-".join([words[0], words[2]]))
def test_the_presets_are_what_the_bundled_checkpoints_were_trained_with(words):
    args = build_parser().parse_args(words)
    made = json.loads((PACKAGE.parent / "checkpoints" / args.out.name / "results.json").read_text())
    method, recipe = map(dataclasses.asdict, read_configs(args))
    assert {name: made["train_config"][name] for name in recipe.keys() - WHATEVER} == {
        name: recipe[name] for name in recipe.keys() - WHATEVER
    }
    assert {name: made["method_config"][name] for name in method.keys() - SHIPPED} == {
        name: method[name] for name in method.keys() - SHIPPED
    }
