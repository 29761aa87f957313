"""Imports run one way: read from the source of every module, so that lazy imports count too."""

import ast
import re
from pathlib import Path

import pytest

import zsbir

PACKAGE = Path(zsbir.__file__).parent
# Lowest first; a module imports its own layer and those below it, never one above.
LAYERS = [
    {"errors", "folders", "json_text", "modes", "families", "inference", "names", "progress", "sentences"}
    | {"workers", "zerogpu"},
    {"hub"},
    {"strokes", "images"},
    {"backbone", "backbone_seen"},
    {"methods"},
    {"checkpoint", "checkpoint_config", "checkpoint_results", "gallery"},
    {"index"},
    {"publishing"},
    {"hits"},
    {"query", "retriever", "rounds", ""},  # "" is the package's own __init__, which hands out the retriever
    {"lent"},
    {"explain"},
    {"ui"},
    {"cli", "__main__"},
]
OFFLINE = {"data", "training", "evaluation"}
# Where the command line hands over to offline work.
ALLOWED = {("cli.evaluate", "evaluation"), ("cli.benchmark", "evaluation")}
# The speed benchmarks start the page and draw its examples.
MEASURES_THE_PAGE = {("evaluation.benchmark", "ui"), ("evaluation.visitors.sheets", "ui")}


def modules():
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        yield ".".join(part for part in parts if part != "__init__"), path


def imported(path, name):
    """Yield the first name below `zsbir` of every import in a file, wherever it stands.

    A string that names a module counts too: `import_module` and tables of lazy names take such.
    """
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and re.fullmatch(r"zsbir(\.\w+)+", str(node.value)):
            yield node.value.split(".")[1]
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[1] for alias in node.names if alias.name.startswith("zsbir."))
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "zsbir":
            parts = node.module.split(".")
            yield from [parts[1]] if len(parts) > 1 else (alias.name for alias in node.names)
        assert not (isinstance(node, ast.ImportFrom) and node.level), f"{name}: relative import"


def level(part):
    return next((depth for depth, layer in enumerate(LAYERS) if part in layer), None)


@pytest.mark.parametrize(("name", "path"), modules(), ids=lambda value: str(value).split("/")[-1] or "zsbir")
def test_imports_run_one_way(name, path):
    own = name.split(".")[0]
    for part in set(imported(path, name)):
        if own in OFFLINE or (name, part) in ALLOWED:
            assert part not in ("ui", "cli") or (name, part) in MEASURES_THE_PAGE, f"{name} imports {part}"
            continue
        assert part not in OFFLINE, f"{name} answers drawings and must not import zsbir.{part}"
        if level(part) is not None:
            assert level(part) <= level(own), f"{name} imports {part}, which stands above it"


def test_no_way_of_importing_is_overlooked(tmp_path):
    source = """
import zsbir.methods
from zsbir import ui
from zsbir.index import build_index
def late():
    from zsbir.training import strokes
    import_module("zsbir.evaluation.run")
HOMES = {"Drawing": "zsbir.strokes"}
"""
    (tmp_path / "module.py").write_text(source)
    assert set(imported(tmp_path / "module.py", "module")) == {
        *("methods", "ui", "index", "training", "evaluation", "strokes")
    }
    assert {"retriever", "strokes", "errors"} <= set(imported(PACKAGE / "__init__.py", ""))


def test_every_part_has_a_layer():
    parts = {name.split(".")[0] for name, _ in modules() if name}
    assert all(level(part) is not None for part in parts - OFFLINE)


def test_importing_zsbir_loads_no_heavy_library():
    """The page is served before torch is imported, with the retriever's module loaded."""
    import subprocess
    import sys

    heavy = {"torch", "gradio", "open_clip", "faiss"}
    light = (
        "zsbir, zsbir.strokes, zsbir.images, zsbir.retriever, zsbir.index.sidecar, zsbir.publishing.gallery"
    )
    code = f"import sys, {light}; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_only_gallery_main_imports_the_importers():
    users = {
        name
        for name, path in modules()
        if "zsbir.gallery.importers" in path.read_text(encoding="utf-8")
        and not name.startswith("gallery.importers")
    }
    assert users <= {"gallery.__main__"}
