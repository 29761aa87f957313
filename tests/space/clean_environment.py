"""Runs the clone as a Space would: in a new virtual environment, with exactly what a Space installs.

    python -m tests.space.clean_environment --python python3.10 --python python3.12 --work FOLDER

Needs PyPI, and a few minutes and gigabytes for each interpreter. What it found is printed as JSON.
"""

from __future__ import annotations

import argparse
import ast
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.space.running import ROOT, TRIANGLE, App, running
from zsbir.hub import Reference
from zsbir.hub.parcel import Parcel
from zsbir.publishing.space import Wanted, pack_space

PYTHONS = ("3.10", "3.12")  # a Space's default, and what README.md asks for; ZeroGPU has these two
# As build logs of Gradio Spaces show it: these come first, then the rest in one call of pip.
BASE = ["datasets", "huggingface-hub>=0.30", "hf-transfer>=0.1.4", "protobuf<4", "click<8.1"]
BESIDE = ["torch<=2.13.0", "uvicorn>=0.14.0", "websockets>=10.4", "spaces==0.51.3"]
SHOWN = (
    "torch",
    "torchvision",
    "open_clip_torch",
    "gradio",
    "huggingface_hub",
    "faiss-cpu",
    "numpy",
    "pillow",
)
DRAW = """
import json, sys
from gradio_client import Client
found = Client(sys.argv[1], verbose=False).predict(json.loads(sys.argv[2]), "category", 5, api_name="/search")
print(json.dumps([photo["category"] for photo in found["photos"]]))
"""


def main(arguments: list[str] | None = None) -> None:
    """Check every interpreter, and print what was found."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--python", action="append", default=[], help="interpreter; may be repeated")
    parser.add_argument("--work", type=Path, required=True, help="folder for the environments; kept")
    args = parser.parse_args(arguments)
    parcel = pack_space(Reference("user/zsbir", kind="space"), Wanted())
    for version in PYTHONS:
        troubles = list(syntax_troubles(parcel, version))
        if troubles:
            sys.exit(f"Not valid in Python {version}: {troubles}")
    for python in args.python or [sys.executable]:
        print(json.dumps(rehearse(parcel, python, args.work), indent=2), flush=True)


def space_requirements(readme: str) -> list[str]:
    """What a Space with this README.md installs in one call of pip."""
    head = yaml.safe_load(readme.split("---\n")[1])
    return ["-r", "requirements.txt", f"gradio[oauth,mcp]=={head['sdk_version']}", *BESIDE]


def syntax_troubles(parcel: Parcel, version: str) -> Iterator[str]:
    """The files of a Space that a version of Python would not read, and why."""
    feature = tuple(map(int, version.split(".")))
    for item in parcel.files:
        if item.path.endswith(".py") and isinstance(item.content, Path):
            try:
                ast.parse(item.content.read_text(encoding="utf-8"), item.path, feature_version=feature)
            except SyntaxError as error:
                yield f"{item.path}: {error}"


def unpack(parcel: Parcel, folder: Path) -> Path:
    """Write the files of a Space as they lie in its container."""
    for item in parcel.files:
        path = folder / item.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(item.content if isinstance(item.content, bytes) else item.content.read_bytes())
    return folder


def rehearse(parcel: Parcel, python: str, work: Path) -> dict[str, Any]:
    """Install, start and draw with one interpreter; return versions, seconds and what was found."""
    version = _run(python, "-c", "import platform; print(platform.python_version())").strip()
    place = work / version
    clone, environment = unpack(parcel, place / "app"), place / "venv"
    start = time.monotonic()
    _run(python, "-m", "venv", "--clear", str(environment))
    inside = str(environment / ("Scripts" if sys.platform == "win32" else "bin") / "python")
    _run(inside, "-m", "pip", "install", "-q", *BASE)
    _run(
        inside, "-m", "pip", "install", "-q", *space_requirements((ROOT / "README.md").read_text()), cwd=clone
    )
    installed = time.monotonic()
    _run(inside, "-m", "compileall", "-q", str(clone / "zsbir"), str(clone / "app.py"))
    with running(place / "home", root=clone, python=inside) as app:
        served = time.monotonic()
        found = json.loads(_run(inside, "-c", DRAW, app.url, json.dumps(TRIANGLE)).splitlines()[-1])
        answered = time.monotonic()
        troubles = _troubles(app)
    return {
        "python": version,
        "versions": _versions(inside),
        "conflicts": subprocess.run(
            [inside, "-m", "pip", "check"], capture_output=True, text=True
        ).stdout.splitlines(),
        "install_s": round(installed - start, 1),
        "page_served_s": round(served - installed, 1),
        "first_photos_s": round(answered - installed, 1),
        "found": found,
        "log": troubles,
    }


def _versions(python: str) -> dict[str, str]:
    listed = json.loads(_run(python, "-m", "pip", "list", "--format", "json"))
    versions = {package["name"].lower().replace("-", "_"): package["version"] for package in listed}
    return {name: versions[name.replace("-", "_")] for name in (*SHOWN, "spaces", "gradio_client")}


def _troubles(app: App) -> list[str]:
    """Lines of the log that look as if something were wrong."""
    return [line for line in app.log.splitlines() if "Error" in line or "Warning" in line]


def _run(*command: str, cwd: Path = ROOT) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout}\n{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
