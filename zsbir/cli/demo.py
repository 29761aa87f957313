"""`python -m zsbir demo`: the page in the browser."""

from __future__ import annotations

import argparse

NAME = "demo"
SUMMARY = "draw in the browser and watch photos appear"
DETAILS = """Serve the page on this machine and print its address. Open it in a browser and draw.

  python -m zsbir demo
  python -m zsbir demo --gallery NAME --port 8000"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `run` reads."""
    parser.add_argument(
        "--host", help="address to listen on; 0.0.0.0 lets other machines in (default: this machine only)"
    )
    parser.add_argument(
        "--port", type=int, help="port to listen on (default: the first free one from 7860 on)"
    )
    parser.add_argument(
        "--share",
        action="store_true",
        default=None,
        help="also open a public link through gradio.live for a week",
    )
    parser.set_defaults(checkpoint=None)


def run(args: argparse.Namespace) -> int:
    """Serve until Ctrl-C."""
    from zsbir.ui import launch

    launch(
        gallery=args.gallery or "everyday",
        checkpoint=args.checkpoint,
        host=args.host,
        port=args.port,
        device=args.device,
        share=args.share,
    )
    return 0
