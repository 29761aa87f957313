"""`python -m zsbir.training`: trains what zsbir ships."""

import argparse
import logging
import sys

from zsbir.errors import ZSBIRError
from zsbir.training.backbone import reference, run
from zsbir.training.methods import OBJECTIVES
from zsbir.training.methods import run as methods


def build_parser() -> argparse.ArgumentParser:
    """Declare the training commands and their options."""
    parser = argparse.ArgumentParser(prog="python -m zsbir.training", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run.add_arguments(commands.add_parser("backbone", help="train the bundled backbone zsbir-tiny"))
    reference.add_arguments(
        commands.add_parser("start-weights", help="export the untouched start weights to compare with")
    )
    for name in OBJECTIVES:
        methods.add_arguments(commands.add_parser(name, help=f"train {name} on a frozen backbone"), name)
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run one training command; returns the exit status."""
    args = build_parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        return {"backbone": run.main, "start-weights": reference.main}.get(args.command, methods.main)(args)
    except ZSBIRError as error:
        print(f"zsbir: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped; run the same command again to go on.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
