"""The command line: `python -m zsbir COMMAND`; `COMMANDS` lists them."""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import sys
from collections.abc import Sequence

from zsbir.cli import benchmark, demo, deploy, download, evaluate, index, info, push, push_gallery, search
from zsbir.cli.output import print_json
from zsbir.errors import ZSBIRError

COMMANDS = (demo, index, search, evaluate, benchmark, info, download, push, push_gallery, deploy)
"""Each module has NAME, SUMMARY, DETAILS, `add_arguments(parser)` and `run(args) -> int`."""

FAILED = 2
INTERRUPTED = 130  # what shells report for a program that Ctrl-C ended


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status.

    Args:
        arguments: What follows `python -m zsbir`; None takes it from `sys.argv`.

    Returns:
        0 if all went well, 2 after an error that is told in one line, 130 after Ctrl-C.
    """
    args = build_parser().parse_args(arguments)
    logging.basicConfig(format="zsbir: %(message)s", level=logging.WARNING, stream=sys.stderr, force=True)
    for stream in (sys.stdout, sys.stderr):  # file names need not be valid text
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        return args.run(args)
    except ZSBIRError as error:
        if args.json:
            print_json({"error": str(error)})
        print(f"zsbir: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("\nStopped; run the same command again to go on.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader, `head` say, has seen enough
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def build_parser() -> argparse.ArgumentParser:
    """The parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="python -m zsbir",
        description="Draw something, and find photos of it.",
        epilog="Start with: python -m zsbir demo",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version of zsbir and exit")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        below = commands.add_parser(
            command.NAME,
            help=command.SUMMARY,
            description=command.DETAILS,
            parents=[_shared()],
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.add_arguments(below)
        below.set_defaults(run=command.run)
    return parser


def _shared() -> argparse.ArgumentParser:
    """What every command understands."""
    shared = argparse.ArgumentParser(add_help=False)
    group = shared.add_argument_group("shared by all commands")
    group.add_argument(
        "--gallery",
        metavar="NAME",
        help="gallery of photos, by name or folder (demo, search: everyday unless named)",
    )
    group.add_argument(
        "--checkpoint",
        metavar="NAME",
        default="plain",
        help="what embeds, by name or folder; demo, index and search also take a method such as clip-at "
        "(default: plain; demo, search: the best that the gallery is indexed for)",
    )
    group.add_argument(
        "--device",
        metavar="NAME",
        default="auto",
        help="auto, cpu, cuda or mps (default: auto, the fastest there is); "
        "ZSBIR_PRECISION=fp32, fp16 or bf16 sets the number format",
    )
    group.add_argument(
        "--json", action="store_true", help="print JSON for programs instead of text for people"
    )
    return shared


class _Version(argparse.Action):
    """Prints the version; asked for only then, so that nothing is imported for it otherwise."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from zsbir import __version__

        print(f"zsbir {__version__}")
        parser.exit()
