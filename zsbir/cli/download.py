"""`python -m zsbir download`: bring what is on the Hub to this machine, or to one that has no network."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from zsbir.cli.output import print_json
from zsbir.cli.parcels import readable_size
from zsbir.errors import ZSBIRError
from zsbir.hub.reference import DATASETS, SCHEME

if TYPE_CHECKING:
    from zsbir.hub import Snapshot

NAME = "download"
SUMMARY = "bring checkpoints, backbones and galleries of the Hub to this machine"
DETAILS = """Download checkpoints of the Hugging Face Hub with the backbones they need, plain backbones, or a
gallery, so that everything works without a network afterwards. Branches are brought up to date.

  python -m zsbir download user/zsbir-clip-at                         a checkpoint, of the branch main
  python -m zsbir download user/zsbir-clip-at@REVISION                of a branch, a tag or a commit
  python -m zsbir download ViT-B-32-quickgelu/openai                  plain CLIP, by open_clip's names
  python -m zsbir download --gallery hf://datasets/user/name          a gallery

For another machine, one without a network:

  HF_HOME=FOLDER python -m zsbir download NAME     here; then bring FOLDER there, links and all (tar, cp -a)
  HF_HOME=FOLDER HF_HUB_OFFLINE=1 python -m zsbir demo --checkpoint NAME      there

What is private or gated needs `hf auth login` first. Every checkpoint is loaded once, to be sure of it."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `run` reads."""
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help="user/repo, user/repo@REVISION, or MODEL/WEIGHTS of open_clip's",
    )
    parser.set_defaults(checkpoint=None)


def run(args: argparse.Namespace) -> int:
    """Download one after the other, and tell what came and where it lies."""
    names = [*args.names, *([args.checkpoint] if args.checkpoint else [])]
    if not names and not args.gallery:
        raise ZSBIRError("Name what to download, as in user/zsbir-clip-at or ViT-B-32-quickgelu/openai.")
    for name in names:
        _tell(args, name, *_download_checkpoint(name, args.device))
    if args.gallery:
        snapshot = _download_gallery(args.gallery)
        _tell(args, args.gallery, str(snapshot.reference), [snapshot])
    return 0


def _download_checkpoint(name: str, device: str) -> tuple[str, list[Snapshot]]:
    """What to write behind `--checkpoint` for it, and the repositories that it is made of."""
    from zsbir.checkpoint import load_checkpoint
    from zsbir.checkpoint.source import find_source

    source = find_source(name, refresh=True)
    snapshots = source.snapshots(refresh=True)
    load_checkpoint(source.reference, device=device)
    return source.reference, snapshots


def _download_gallery(name: str) -> Snapshot:
    from zsbir.gallery.sources.snapshot import fetch_snapshot

    prefix = SCHEME + DATASETS
    return fetch_snapshot(name if name.startswith(SCHEME) else prefix + name, refresh=True)


def _tell(args: argparse.Namespace, name: str, reference: str, snapshots: list[Snapshot]) -> None:
    found = [(snapshot, _sizes(snapshot)) for snapshot in snapshots]
    if args.json:
        print_json(_facts(name, reference, found))
        return
    if not found:
        print(f"{name} is on this machine already: nothing of it is on the Hub.")
        return
    for snapshot, sizes in found:
        print(f"{snapshot.reference}")
        for file, size in sizes.items():
            print(f"  {readable_size(size):>10}  {file}")
        print(f"  {readable_size(sum(sizes.values())):>10}  in all, in {snapshot.folder}")
    option = "--gallery" if snapshots[0].reference.kind == "dataset" else "--checkpoint"
    print(f"Use it with: {option} {reference}")


def _facts(name: str, reference: str, found: list[tuple[Snapshot, dict[str, int]]]) -> dict[str, Any]:
    repositories = [
        {
            "repository": snapshot.reference.repo,
            "commit": snapshot.reference.revision,
            "folder": str(snapshot.folder),
            "files": sizes,
        }
        for snapshot, sizes in found
    ]
    return {"name": name, "reference": reference, "repositories": repositories}


def _sizes(snapshot: Snapshot) -> dict[str, int]:
    """The files of a snapshot, with their sizes in bytes."""
    files = sorted(path for path in snapshot.folder.rglob("*") if path.is_file())
    return {path.relative_to(snapshot.folder).as_posix(): path.stat().st_size for path in files}
