"""`python -m zsbir demo`, and `python app.py`: the page in the browser."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from zsbir.errors import ZSBIRError

if TYPE_CHECKING:
    import gradio as gr

NAME = "demo"
SUMMARY = "draw in the browser and watch photos appear"
DETAILS = """Serve the page on this machine and print its address. Open it in a browser and draw.

  python -m zsbir demo
  python -m zsbir demo --gallery NAME --port 8000
  python -m zsbir demo --checkpoint user/zsbir-clip-at                       of the Hugging Face Hub
  python -m zsbir demo --backbone ViT-B-32-quickgelu --pretrained openai     plain CLIP, by open_clip's names

What is of the Hub is downloaded once, and the gallery embedded once; page and terminal show how far it is.
In place of arguments, as in a Space: ZSBIR_GALLERY, ZSBIR_CHECKPOINT, ZSBIR_DEVICE and ZSBIR_PRECISION, and
Gradio's own GRADIO_SERVER_NAME and GRADIO_SERVER_PORT."""


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
    parser.add_argument(
        "--backbone",
        metavar="MODEL",
        help="search with plain CLIP on this model of open_clip's, or on a backbone of the Hub, as user/repo",
    )
    parser.add_argument(
        "--pretrained", metavar="WEIGHTS", help="open_clip's name of the model's weights, such as openai"
    )
    parser.set_defaults(checkpoint=None, device=None)


def run(args: argparse.Namespace) -> int:
    """Serve until Ctrl-C."""
    checkpoint = _checkpoint(args)
    from zsbir.ui import launch

    chosen = {"gallery": args.gallery, "checkpoint": checkpoint, "device": args.device}
    environment = _environment() | {name: value for name, value in chosen.items() if value}
    launch(**environment, host=args.host, port=args.port, share=args.share)
    return 0


def page() -> gr.Blocks:
    """Build the page that the environment asks for, without serving it."""
    from zsbir.ui import build, bundled

    return build(bundled(**_environment()))


def _environment() -> dict[str, str]:
    """What to search with, as far as the environment says."""
    names = {"gallery": "ZSBIR_GALLERY", "checkpoint": "ZSBIR_CHECKPOINT", "device": "ZSBIR_DEVICE"}
    return {name: os.environ[variable] for name, variable in names.items() if os.environ.get(variable)}


def _checkpoint(args: argparse.Namespace) -> str | None:
    """What embeds, as the arguments name it; None if they do not."""
    if args.backbone is None and args.pretrained is None:
        return args.checkpoint
    if args.checkpoint:
        raise ZSBIRError(
            "--backbone means plain CLIP, and a checkpoint brings a backbone of its own; name one of them."
        )
    if args.backbone is None:
        raise ZSBIRError(
            f"Say which model has the weights {args.pretrained}, as in --backbone ViT-B-32-quickgelu."
        )
    if args.pretrained is None and "/" not in args.backbone:
        raise ZSBIRError(
            f"Say which weights {args.backbone} shall have, as in --pretrained openai; a backbone of the Hub "
            "is named as in --backbone user/repo."
        )
    return f"{args.backbone}/{args.pretrained}" if args.pretrained else args.backbone
