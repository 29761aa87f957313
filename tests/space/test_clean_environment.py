"""The parts of `clean_environment.py` that need no network."""

import pytest
from packaging.requirements import Requirement

from tests.space.clean_environment import PYTHONS, space_requirements, syntax_troubles
from tests.space.running import ROOT
from zsbir.hub import Reference
from zsbir.hub.parcel import Item, Parcel
from zsbir.publishing.space import Wanted, pack_space

TO = Reference("user/zsbir", kind="space")


@pytest.mark.parametrize("version", PYTHONS)
def test_what_is_deployed_can_be_read(version):
    assert list(syntax_troubles(pack_space(TO, Wanted()), version)) == []


def test_newer_syntax_is_found(tmp_path):
    (tmp_path / "new.py").write_text("match 1:\n    case _:\n        pass\n")
    parcel = Parcel(TO, (Item("new.py", tmp_path / "new.py"),), "")
    assert [len(list(syntax_troubles(parcel, version))) for version in ("3.9", "3.10")] == [1, 0]


def test_what_a_space_adds_fits_what_is_asked_for():
    """Each name's ranges have something in common, as far as pins tell."""
    named = [Requirement(line) for line in space_requirements((ROOT / "README.md").read_text())[2:]]
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    asked = {line.name: line for line in map(Requirement, (x for x in lines if x and x[0] != "#"))}
    assert {line.name for line in named} == {"gradio", "torch", "uvicorn", "websockets", "spaces"}
    for line in named:
        for pin in line.specifier:
            if line.name in asked and pin.operator in ("==", "<="):
                assert pin.version in asked[line.name].specifier, line
