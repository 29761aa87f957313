"""`python -m zsbir.training`: trains what zsbir ships."""

import argparse
import logging
import sys

from zsbir.errors import ZSBIRError
from zsbir.training.backbone import run as backbone


def main(arguments: list[str] | None = None) -> int:
    """Run one training command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m zsbir.training", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    backbone.add_arguments(commands.add_parser("backbone", help="train the bundled backbone zsbir-tiny"))
    args = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        return {"backbone": backbone.main}[args.command](args)
    except ZSBIRError as error:
        print(f"zsbir: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped; run the same command again to go on.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
