"""What a checkpoint's config may hold: every field is of its type, and an error says which it needs."""

import dataclasses

import pytest

from zsbir.errors import CheckpointError
from zsbir.methods.clip_at import ClipATConfig
from zsbir.methods.config import read_choices
from zsbir.methods.deep_dual import DeepDualConfig
from zsbir.methods.dp_clip import DPCLIPConfig
from zsbir.methods.reference import ReferenceConfig
from zsbir.methods.splip import SpLIPConfig

KINDS = (ClipATConfig, DeepDualConfig, DPCLIPConfig, ReferenceConfig, SpLIPConfig)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_what_was_saved_is_read(kind):
    assert read_choices(kind, dataclasses.asdict(kind())) == kind()


@pytest.mark.parametrize(
    ("kind", "name", "value", "wanted"),
    [
        (ClipATConfig, "prompts", "3", "a whole number up to 10000"),
        (ClipATConfig, "prompts", 3.0, "a whole number up to 10000"),
        (ClipATConfig, "prompts", True, "a whole number up to 10000"),
        (ClipATConfig, "prompts", 10_001, "a whole number up to 10000"),  # would be gigabytes
        (ClipATConfig, "prompts", 10**400, "a whole number up to 10000"),
        (ClipATConfig, "prompt_std", None, "a finite number"),
        (ClipATConfig, "prompt_std", float("nan"), "a finite number"),
        (ClipATConfig, "prompt_std", float("inf"), "a finite number"),
        (ClipATConfig, "mode", ["category"], "a text"),
        (DPCLIPConfig, "rank", 16.0, "a whole number up to 10000"),
        (DeepDualConfig, "depth", 1.0, "a whole number up to 10000 or null"),
        (DeepDualConfig, "shared", 0, "true or false or null"),
        (DeepDualConfig, "biases", "no", "true or false"),
        (DeepDualConfig, "centred", 2, "true or false"),
        (SpLIPConfig, "exported", "no", "true or false"),
        (SpLIPConfig, "categories", "cat", "a list of texts"),
        (SpLIPConfig, "categories", ["cat", 3], "a list of texts"),
    ],
)
def test_a_value_of_another_type_is_refused(kind, name, value, wanted):
    with pytest.raises(CheckpointError) as caught:
        read_choices(kind, {**dataclasses.asdict(kind()), name: value})
    assert str(caught.value) == f"The config has {value!r} as {name!r}; it needs {wanted}."


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        (ClipATConfig, "prompt_std", 1),
        (DeepDualConfig, "depth", None),
        (DeepDualConfig, "shared", True),
        (SpLIPConfig, "categories", ["cat", "dog"]),
    ],
)
def test_what_json_makes_of_a_value_is_read(kind, name, value):
    read = getattr(read_choices(kind, {**dataclasses.asdict(kind()), name: value}), name)
    assert read == (tuple(value) if isinstance(value, list) else value)


@pytest.mark.parametrize("wrong", [{"prompts": -1}, {"prompt_std": -0.1}])
def test_negative_prompts_are_refused(wrong):
    with pytest.raises(CheckpointError, match="prompts and prompt_std must not be negative"):
        read_choices(ClipATConfig, {**dataclasses.asdict(ClipATConfig()), **wrong})
