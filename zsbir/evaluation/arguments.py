"""The command line of `python -m zsbir evaluate`; light, so that help needs no model."""

import argparse

# Here rather than in `protocols`, so that help imports nothing; a test compares them.
PROTOCOLS = ("zs", "gzs", "cross", "fine-grained")
GZS_RULES = ("ocean", "drclip", "all-seen")


def add_arguments(parser: argparse.ArgumentParser, *, shared: bool = True) -> None:
    """Add what `zsbir.evaluation.run.main` reads.

    Args:
        parser: Gets the arguments.
        shared: Also add --gallery, --checkpoint, --device, --json; False where the parser has them already.
    """
    add = parser.add_argument
    add(
        "data",
        nargs="+",
        metavar="DATA",
        help="sketches: zips or folders with manifest.csv, ndjson, class folders or a benchmark's own",
    )
    add("--protocol", choices=PROTOCOLS, default="zs", help="who searches among whom (default: zs)")
    add("--photos", metavar="DATA2", help="photos of another set, or gallery:NAME; default: those of DATA")
    add("--split", help="split of the sketches, several with commas, or all; default: unseen_dev, dev or all")
    add("--photo-split", help="split of the photos; default: --split, or all photos of DATA2")
    add("--categories", choices=("all", "seen", "unseen"), default="all", help="keep such queries only")
    add("--benchmark", metavar="NAME", help="keep only the unseen categories of one, such as sketchy-21")
    add("--gzs-rule", choices=GZS_RULES, default="ocean", help="which seen categories join (default: ocean)")
    add("--seed", type=_count, default=0, metavar="N", help="draws the seen categories of gzs (default: 0)")
    add("--guide", metavar="NAME", help="checkpoint that assumes categories; default: where one is needed")
    add("--raw-sketch", action="store_true", help="letterbox sketch pictures without normalising them")
    add("--confusions", type=_count, default=0, metavar="N", help="print the N most confused categories")
    add("--report", metavar="FILE", help="write an HTML page with the worst queries as pictures")
    add("--batch", type=_size, default=32, metavar="N", help="pictures embedded together (default: 32)")
    if shared:
        add("--gallery", help="the same as --photos gallery:NAME")
        add("--checkpoint", default="plain", help="name or folder of a checkpoint (default: plain)")
        add("--device", default="auto", help="auto, cpu, cuda or mps (default: auto)")
        add("--json", action="store_true", help="print one JSON object instead of a table")


def _count(text: str) -> int:
    return _at_least(0, text)


def _size(text: str) -> int:
    return _at_least(1, text)


def _at_least(least: int, text: str) -> int:
    if not text.isdecimal() or int(text) < least:
        raise argparse.ArgumentTypeError(f"must be a whole number of at least {least}, not {text!r}")
    return int(text)
