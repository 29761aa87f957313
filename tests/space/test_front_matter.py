"""The head of README.md, by which the Hub knows how to run the clone as a Space."""

import re
from importlib.metadata import version

import pytest
import yaml
from packaging.requirements import Requirement

from tests.space.running import ROOT

COLOURS = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}
# https://huggingface.co/docs/hub/spaces-config-reference: each key with what it may be, or must look like.
# Of those, the ones left out are for other kinds of Spaces, for OAuth, or ignored by now.
DOCUMENTED = {
    "title": r".+",
    "emoji": r"[^\w\s]+",
    "colorFrom": COLOURS,
    "colorTo": COLOURS,
    "sdk": {"gradio"},
    "sdk_version": r"\d+\.\d+\.\d+",
    "python_version": r"3\.\d+(\.\d+)?",
    "app_file": r"[\w/]+\.py",
    "suggested_hardware": {
        *("cpu-basic", "cpu-upgrade", "t4-small", "t4-medium", "l4x1", "l4x4", "l40sx1", "l40sx4", "l40sx8"),
        *("a10g-small", "a10g-large", "a10g-largex2", "a10g-largex4", "a100-large", "a100x4", "a100x8"),
    },
    "startup_duration_timeout": r"\d+[mh]",
    "fullWidth": {True, False},
    "header": {"default", "mini"},
    "short_description": r".{1,60}",
    "license": r"[a-z0-9.-]+",
    "models": list,
    "datasets": list,
    "tags": list,
    "thumbnail": r"https://.+",
    "pinned": {True, False},
    "disable_embedding": {True, False},
    "preload_from_hub": list,
}


@pytest.fixture(scope="module")
def head():
    return yaml.safe_load((ROOT / "README.md").read_text(encoding="utf-8").split("---\n")[1])


def test_every_key_is_documented_and_fits(head):
    for key, value in head.items():
        fits = DOCUMENTED[key]
        if fits is list:
            assert all(isinstance(entry, str) for entry in value)
        elif isinstance(fits, set):
            assert value in fits, key
        else:
            assert re.fullmatch(fits, str(value)), key
    assert {"title", "sdk", "sdk_version", "python_version", "app_file", "license"} <= head.keys()
    assert isinstance(head["python_version"], str), "3.10 would be read as the number 3.1"


def test_the_clone_names_no_repository_that_may_not_exist(head):
    """`deploy` fills these in for the repositories that are used."""
    assert not {"models", "datasets", "preload_from_hub"} & head.keys()


def test_the_app_is_where_the_head_says(head):
    assert (ROOT / head["app_file"]).is_file()


def test_one_gradio_is_asked_for(head):
    """The Space installs `sdk_version`, together with requirements.txt: they must have it in common."""
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    asked = {line.name: line for line in map(Requirement, (x for x in lines if x and x[0] != "#"))}
    assert head["sdk_version"] in asked["gradio"].specifier
    assert all("==" not in str(line.specifier) for line in asked.values()), "a Space adds pins of its own"
    assert version("gradio") in asked["gradio"].specifier


@pytest.mark.parametrize("torch", ["2.8.0", "2.9.1", "2.10.0", "2.11.0", "2.13.0"])
def test_the_versions_of_torch_that_spaces_have_are_admitted(torch):
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    asked = next(Requirement(line) for line in lines if line.startswith("torch"))
    assert torch in asked.specifier
