"""The lesson's notebook runs from its first cell to its last, offline, and finds what its text says."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")

NOTEBOOK = Path(__file__).parent.parent / "notebooks" / "lesson.ipynb"


@pytest.fixture(scope="module")
def lesson():
    """The notebook after all its cells have run."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    folder = {"metadata": {"path": str(NOTEBOOK.parent)}}
    # Not the Hub: whatever the notebook needs lies in the clone.
    environment = os.environ | {
        "HF_HUB_OFFLINE": "1",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    }
    nbclient.NotebookClient(notebook, timeout=240, resources=folder).execute(env=environment)
    return notebook


def printed(notebook) -> str:
    """All that its cells printed."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return "".join(output["text"] for output in outputs if output.get("name") == "stdout")


@pytest.mark.slow
def test_the_lesson_runs_and_finds_cups(lesson):
    text = printed(lesson)
    assert "as it is     ['cup'" in text
    assert "assumed, if nobody told: chair" in text
    pictures = [
        o for cell in lesson.cells for o in cell.get("outputs", []) if "image/png" in o.get("data", {})
    ]
    assert len(pictures) >= 8


def test_it_is_kept_without_its_outputs():
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells)
