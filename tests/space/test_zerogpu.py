"""The page on ZeroGPU, and that nothing of it shows elsewhere."""

import subprocess
import sys

import pytest

from tests.space.running import ROOT, running
from tests.space.zerogpu_host import ZeroGPUHost

USED = "import sys, zsbir.zerogpu, zsbir.lent; print('spaces' in sys.modules)"


def test_elsewhere_spaces_is_not_even_imported():
    done = subprocess.run([sys.executable, "-c", USED], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_page_borrows_and_does_without(tmp_path):
    pytest.importorskip("spaces", reason="pip install spaces")
    with ZeroGPUHost() as host:
        variables = {
            "SPACES_ZERO_GPU": "true",
            "SPACES_ZERO_DEVICE_API_URL": host.url,
            "ZSBIR_DEVICE": "cuda",
        }
        with running(tmp_path / "home", "-m", "tests.space.zerogpu_app", **variables) as app:
            assert host.calls == ["/startup-report"]
            there = app.draw()
            assert host.calls[1:] == ["/schedule", "/allow", "/release"]
            again = app.draw()
            assert host.calls[4:] == ["/schedule", "/release"], "the process stays"
            host.empty = True
            here = app.draw()
            assert host.calls[6:] == ["/schedule"]
            assert "No GPU could be borrowed" in app.log
    assert there["photos"] == again["photos"]
    assert [photo["id"] for photo in there["photos"]] == [photo["id"] for photo in here["photos"]]
