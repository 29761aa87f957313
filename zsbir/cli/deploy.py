"""`python -m zsbir deploy`: the page becomes a Space of the Hugging Face Hub."""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from zsbir.cli.parcels import add_push_arguments, deliver, readable_size
from zsbir.errors import HubError, ZSBIRError
from zsbir.hub.parcel import BYTES_IN_GIT
from zsbir.hub.reference import Reference

if TYPE_CHECKING:
    from zsbir.hub.parcel import Item, Parcel

NAME = "deploy"
SUMMARY = "make a Space of the Hugging Face Hub that serves the page"
DETAILS = """Upload what the page needs to a Space of the Hugging Face Hub, with the gallery and checkpoint
that it shows first. Without --yes nothing is sent: you see the files, the settings, and what stays here.

  python -m zsbir deploy USER/SPACE                                  what would be uploaded
  python -m zsbir deploy USER/SPACE --hardware zero-a10g --yes       upload it; ZeroGPU costs nothing
  python -m zsbir deploy USER/SPACE --gallery mine --checkpoint USER/zsbir-clip-at
  python -m zsbir deploy USER/SPACE --variable HF_HOME=/data/huggingface

Run it again to bring the Space up to date.
Log in first with `hf auth login`, or set HF_TOKEN to a token that may write."""
DEPTH = {"checkpoints": 2, "gallery": 3}  # of what is listed by its parts


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `run` reads."""
    add_push_arguments(parser, "USER/SPACE")
    parser.add_argument(
        "--dry-run", action="store_true", help="only tell what would be uploaded (the default)"
    )
    parser.add_argument(
        "--hardware",
        metavar="NAME",
        help="of a new Space, by the Hub's name, such as cpu-basic or zero-a10g (default: the Hub's)",
    )
    parser.add_argument(
        "--variable",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="set a variable of the Space's environment, which everybody can read; may be repeated",
    )
    parser.set_defaults(checkpoint=None)


def run(args: argparse.Namespace) -> int:
    """Print what would be uploaded, or upload it."""
    from zsbir.publishing.space import BUNDLED, Wanted, pack_space

    if args.dry_run and args.yes:
        raise ZSBIRError("--dry-run sends nothing, and --yes everything; leave out one of them.")
    if args.revision:
        raise ZSBIRError("A Space runs what is on its branch main; leave --revision out.")
    to = replace(Reference.parse(args.repository), kind="space")
    if to.revision:
        raise HubError(f"A Space has no revisions to deploy to; name it {to.repo}.")
    wanted = Wanted(args.gallery or BUNDLED, args.checkpoint, dict(map(_variable, args.variable)))
    parcel = replace(pack_space(to, wanted), hardware=_hardware(args.hardware))
    return deliver(parcel, args, show=_print_space)


def _variable(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.isidentifier():
        raise ZSBIRError(f"--variable takes NAME=VALUE, as in ZSBIR_DEVICE=cpu, not {text!r}.")
    return name, value


def _hardware(name: str | None) -> str | None:
    from huggingface_hub import SpaceHardware

    known = [hardware.value for hardware in SpaceHardware]
    if name is not None and name not in known:
        raise HubError(f"The Hub has no hardware {name!r} for Spaces; it has {', '.join(known)}.")
    return name


def _print_space(parcel: Parcel, args: argparse.Namespace) -> None:
    head = parcel.card[4:].partition("\n---\n")[0]
    print(f"The head of README.md:\n\n{head}\n")
    print(f"To {parcel.to.page}{', private if it is new' if args.private else ''}:")
    for folder, items in sorted(_by_folder(parcel).items()):
        size = readable_size(sum(item.size for item in items))
        print(f"  {size:>9}  {len(items):6,} files  {folder}")
    print(f"{len(parcel.files):,} files, {readable_size(parcel.size)}; --json lists all.")
    large = [item for item in parcel.files if item.size > BYTES_IN_GIT]
    if large:
        print("Of these git-xet or LFS keeps, as git is for files up to 10 MB:")
    for item in large:
        print(f"  {readable_size(item.size):>9}  {item.path}")
    if parcel.left_out:
        print("Not uploaded:")
    for path, why in parcel.left_out.items():
        print(f"  {path}: {why}")
    print(f"Hardware: {parcel.hardware or 'as the Hub gives it'}")
    for name, value in parcel.variables.items():
        print(f"Variable: {name}={value}")
    for note in parcel.notes:
        print(f"zsbir: {note}", file=sys.stderr)


def _by_folder(parcel: Parcel) -> dict[str, list[Item]]:
    """Files by what people tell apart: the code, each checkpoint, the parts of a gallery."""
    folders: dict[str, list[Item]] = defaultdict(list)
    for item in parcel.files:
        parts = item.path.split("/")[:-1]
        folders["/".join(parts[: DEPTH.get(item.path.partition("/")[0], 1)]) or "."].append(item)
    return folders
