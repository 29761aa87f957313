"""What the commands that push have in common: where to, how to tell what would be sent, and the sending."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Any

from zsbir.cli.output import print_json
from zsbir.errors import HubError
from zsbir.hub.parcel import CARD, Parcel, check_limits
from zsbir.hub.push import Receipt, push
from zsbir.hub.reference import COMMIT, DATASETS, SCHEME, Reference
from zsbir.hub.sender import MAIN

SHOWN = 20  # files of one push listed for people; --json lists all


def add_push_arguments(parser: argparse.ArgumentParser, repository: str) -> None:
    """Add the repository, and how to push to it.

    Args:
        parser: Of the command.
        repository: What people read for the repository's name.
    """
    parser.add_argument("repository", metavar=repository, help="repository of the Hub; made if there is none")
    parser.add_argument(
        "--yes", action="store_true", help="really upload it (default: only tell what would be)"
    )
    parser.add_argument(
        "--private", action="store_true", help="make a new repository that only its owner sees"
    )
    parser.add_argument(
        "--revision", metavar="BRANCH", help="branch to push to; made if there is none (default: main)"
    )


def destination(args: argparse.Namespace, kind: str) -> Reference:
    """Read the repository and the branch that were asked for.

    Raises:
        HubError: It is no repository's name, or no branch's.
    """
    text = args.repository
    if kind == "dataset" and not text.startswith(SCHEME):
        text = f"{SCHEME}{DATASETS}{text}"
    if args.revision:
        text = f"{text}@{args.revision}"
    to = Reference.parse(text)
    if to.kind != kind:
        raise HubError(f"{args.repository} is a {to.kind} repository; a {kind} goes to one of its own kind.")
    if to.revision and COMMIT.fullmatch(to.revision):
        raise HubError(
            f"{to.revision} is a commit, which never changes; push to a branch, as in --revision main."
        )
    return to


def deliver(
    parcel: Parcel,
    args: argparse.Namespace,
    show: Callable[[Parcel, argparse.Namespace], None] | None = None,
) -> int:
    """Upload a parcel if that was asked for, else only tell what it holds.

    Args:
        parcel: What to send.
        args: As `add_push_arguments` reads them.
        show: Prints for people what the parcel holds; None lists its card and its files.

    Raises:
        HubError: The Hub would not or does not take it.
    """
    check_limits(parcel)
    facts = _facts(parcel, args)
    if not args.json:
        (show or _print_parcel)(parcel, args)
    if args.yes:
        receipt = push(parcel, private=args.private)
        facts |= _receipt_facts(receipt)
        if not args.json:
            _print_receipt(receipt)
    elif not args.json:
        print("\nNothing has been sent. To upload it, add --yes.")
    if args.json:
        print_json(facts)
    return 0


def _facts(parcel: Parcel, args: argparse.Namespace) -> dict[str, Any]:
    return {
        "repository": parcel.to.repo,
        "kind": parcel.to.kind,
        "branch": parcel.to.revision or MAIN,
        "private": args.private,
        "uploaded": args.yes,
        "files": {item.path: item.size for item in parcel.files},
        "left_out": dict(parcel.left_out),
        "notes": list(parcel.notes),
        "card": parcel.card,
        **_space_facts(parcel),
    }


def _space_facts(parcel: Parcel) -> dict[str, Any]:
    if parcel.to.kind != "space":
        return {}
    return {"hardware": parcel.hardware, "variables": dict(parcel.variables)}


def _receipt_facts(receipt: Receipt) -> dict[str, Any]:
    return {
        "commit": receipt.reference.revision,
        "reference": str(receipt.reference),
        "url": receipt.url,
        "removed": list(receipt.removed),
        "changed": receipt.changed,
    }


def _print_parcel(parcel: Parcel, args: argparse.Namespace) -> None:
    if not args.yes:
        print(f"{CARD}:\n\n{parcel.card}")
    visible = ", private if it is new" if args.private else ""
    print(f"To {parcel.to.page}, branch {parcel.to.revision or MAIN}{visible}:")
    for item in parcel.files[: -SHOWN - 1 : -1]:  # what names others comes last, and says most
        print(f"  {readable_size(item.size):>9}  {item.path}")
    if len(parcel.files) > SHOWN:
        print(f"  and {len(parcel.files) - SHOWN:,} more; --json lists all")
    print(f"{len(parcel.files):,} files, {readable_size(parcel.size)}.")
    if parcel.left_out:
        print("Not uploaded:")
    for path, why in parcel.left_out.items():
        print(f"  {path}: {why}")
    for note in parcel.notes:
        print(f"zsbir: {note}", file=sys.stderr)


def _print_receipt(receipt: Receipt) -> None:
    if not receipt.changed:
        print("All of it was there already.")
    for path in receipt.removed:
        print(f"Removed there: {path}")
    print(f"Commit {receipt.reference.revision}: {receipt.url}\nPinned: {receipt.reference}")


def readable_size(count: int) -> str:
    """A number of bytes for people."""
    return f"{count / 1e6:,.1f} MB" if count >= 1e6 else f"{count / 1e3:,.1f} kB"
