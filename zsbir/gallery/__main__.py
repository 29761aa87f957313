"""Command line of the importers that made the bundled gallery: `python -m zsbir.gallery --help`."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from zsbir.errors import ZSBIRError
from zsbir.gallery.homes import galleries_home

_SOURCES = {
    "import-stamps": "photographs out of Tux Paint's stamps (folder usr/share/tuxpaint/stamps)",
    "import-models": "pictures of Sweet Home 3D's models (folder usr/share/sweethome3d/furniture); needs f3d",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one importer.

    Args:
        arguments: What follows the program's name; the process's own by default.

    Returns:
        Exit status: 0, or 1 after a message on standard error.
    """
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    chosen = _parser().parse_args(arguments)
    try:
        count = _run(chosen.source, chosen.folder, galleries_home() / chosen.gallery)
    except ZSBIRError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"{count} pictures imported. Now build the index: python -m zsbir index --gallery {chosen.gallery}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m zsbir.gallery", description="Make the bundled gallery anew."
    )
    sources = parser.add_subparsers(dest="source", required=True)
    for name, summary in _SOURCES.items():
        source = sources.add_parser(name, help=summary, description=f"Import {summary}.")
        source.add_argument("folder", type=Path, help="where the unpacked Debian package keeps them")
        source.add_argument("--gallery", default="everyday", help="gallery to put them into (everyday)")
    return parser


def _run(source: str, folder: Path, home: Path) -> int:
    if source == "import-stamps":
        from zsbir.gallery.importers.stamps import import_stamps

        return import_stamps(folder, home)
    from zsbir.gallery.importers.models import import_models

    return import_models(folder, home)


if __name__ == "__main__":
    sys.exit(main())
