"""`python -m zsbir info`: what is installed, and what can be searched."""

from __future__ import annotations

import argparse
import platform
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, TypeVar

from zsbir.cli.output import print_json
from zsbir.errors import ZSBIRError
from zsbir.families import families_of, family_of, readable

if TYPE_CHECKING:
    from zsbir.checkpoint import Checkpoint
    from zsbir.gallery import Gallery

NAME = "info"
SUMMARY = "show versions, device, checkpoints and galleries"
DETAILS = """Show what is installed, what can be searched, and whether every index is ready.

  python -m zsbir info
  python -m zsbir info --json                            for a bug report"""

PACKAGES = ("torch", "open_clip_torch", "faiss-cpu", "gradio", "numpy", "pillow", "opencv-python-headless")

T = TypeVar("T")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add nothing: the shared arguments are enough."""


def run(args: argparse.Namespace) -> int:
    """Print what is there."""
    facts = collect(args.gallery, args.checkpoint, args.device)
    if args.json:
        print_json(facts)
    else:
        _print(facts)
    return 0


def collect(gallery: str | None, checkpoint: str, device: str) -> dict[str, Any]:
    """Open every checkpoint and every gallery, those named included; note what they are, or their error.

    Raises:
        BackboneError: There is no such device.
    """
    from zsbir import __version__
    from zsbir.backbone.device import choose_device
    from zsbir.checkpoint import list_checkpoints, load_checkpoint
    from zsbir.gallery import list_galleries, load_gallery

    found = str(choose_device(device))
    names = dict.fromkeys(list_checkpoints())
    if checkpoint not in families_of(names):
        names[checkpoint] = None
    checkpoints = {name: _attempt(lambda name=name: load_checkpoint(name, device=device)) for name in names}
    names = dict.fromkeys([*list_galleries(), *([gallery] if gallery else [])])
    galleries = {name: _attempt(lambda name=name: load_gallery(name)) for name in names}
    usable = [opened for opened in checkpoints.values() if not isinstance(opened, ZSBIRError)]
    return {
        "zsbir": __version__,
        "python": platform.python_version(),
        "packages": {name: _installed(name) for name in PACKAGES},
        "device": found,
        "backbones": _describe_backbones(usable),
        "methods": {
            family: _modes_of(family, usable) for family in families_of(opened.name for opened in usable)
        },
        "checkpoints": {name: _describe_checkpoint(opened) for name, opened in checkpoints.items()},
        "galleries": {name: _describe_gallery(opened, usable) for name, opened in galleries.items()},
    }


def _attempt(open_it: Callable[[], T]) -> T | ZSBIRError:
    try:
        return open_it()
    except ZSBIRError as error:
        return error


def _installed(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _describe_checkpoint(checkpoint: Checkpoint | ZSBIRError) -> dict[str, Any]:
    if isinstance(checkpoint, ZSBIRError):
        return {"error": str(checkpoint)}
    method = checkpoint.method
    return {
        "method": method.name,
        "modes": list(checkpoint.modes),
        "backbone": method.backbone.name,
        "dimension": method.dim,
        "side": method.preprocess.side,
        "weights": checkpoint.digest,
        "learnt": checkpoint.learnt,
        "memory": checkpoint.memory,
    }


def _describe_backbones(checkpoints: list[Checkpoint]) -> dict[str, Any]:
    """Each backbone with the bytes it takes, once for all checkpoints on it."""
    from zsbir.backbone.store import count_bytes

    backbones = {opened.method.backbone.name: opened.method.backbone.model for opened in checkpoints}
    return {
        name: {"memory": count_bytes([*model.parameters(), *model.buffers()])}
        for name, model in backbones.items()
    }


def _modes_of(family: str, checkpoints: list[Checkpoint]) -> dict[str, str]:
    """Mode -> the family's checkpoint that serves it."""
    own = [opened for opened in checkpoints if family_of(opened.name) == family]
    return {mode: opened.name for opened in own for mode in opened.modes}


def _describe_gallery(gallery: Gallery | ZSBIRError, checkpoints: list[Checkpoint]) -> dict[str, Any]:
    if isinstance(gallery, ZSBIRError):
        return {"error": str(gallery)}
    return {
        "photos": len(gallery.photos),
        "categories": len(gallery.categories),
        "folder": str(gallery.root),
        "indexes": {checkpoint.name: _index_state(gallery, checkpoint) for checkpoint in checkpoints},
    }


def _index_state(gallery: Gallery, checkpoint: Checkpoint) -> str:
    from zsbir.index import PhotoIndex

    index = _attempt(lambda: PhotoIndex.load(gallery, checkpoint))
    if isinstance(index, ZSBIRError):
        return str(index)
    where = [f"in {index.address}"] if index.address else []
    return ", ".join(["ready", f"{len(index)} photos", *where, *index.notes])


def _print(facts: dict[str, Any]) -> None:
    packages = ", ".join(f"{name} {found or 'is missing'}" for name, found in facts["packages"].items())
    print(f"zsbir {facts['zsbir']} on Python {facts['python']}, device {facts['device']}\n{packages}")
    print("\nBackbones")
    for name, about in facts["backbones"].items():
        print(f"  {name}: {_size(about['memory'])} of memory, once for all checkpoints on it")
    print("\nMethods")
    for family, modes in facts["methods"].items():
        print(f"  {readable(family)} ({family}): {', '.join(modes)}")
    print("\nCheckpoints")
    for name, about in facts["checkpoints"].items():
        print(f"  {name}: " + (about.get("error") or _checkpoint_line(about)))
    print(
        "\nGalleries"
        + ("" if facts["galleries"] else ": none yet; python -m zsbir index --help says how to make one")
    )
    for name, about in facts["galleries"].items():
        print(
            f"  {name}: "
            + (about.get("error") or "{photos} photos, {categories} categories, {folder}".format(**about))
        )
        for checkpoint, state in about.get("indexes", {}).items():
            print(f"    index for {checkpoint}: {state}")


def _checkpoint_line(about: dict[str, Any]) -> str:
    modes = " and ".join(about["modes"])
    return (
        "{method} on {backbone} ({side} px, {dimension} dimensions), {weights:.19}".format(**about)
        + f", for {modes}, {about['learnt']:,} numbers learnt, {_size(about['memory'])}"
    )


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB"
