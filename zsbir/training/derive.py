"""The same weights with other settings: nothing is learnt, only how parts are weighed, or the mode.

`python -m zsbir.training.derive runs/deep-dual-category --mode category --set layout_weight=0.1 --out ...`

The layout of a picture teaches deep dual prompts most when it weighs much, and telling categories apart needs
little of it.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from zsbir.checkpoint import load_checkpoint
from zsbir.checkpoint_config import CONFIG
from zsbir.errors import ZSBIRError
from zsbir.modes import MODES
from zsbir.training.methods.report import CARD, RESULTS

CARD_NOTE = """
> The weights of a run named `{source}`, for {mode} search with {changes} instead of what it was trained
> with: a choice made on `unseen_dev`. What follows tells how they were trained.

"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the checkpoint; return the exit status."""
    args = _parser().parse_args(arguments)
    try:
        derive(args.checkpoint, args.mode, dict(map(_setting, args.set)), args.out)
    except ZSBIRError as error:
        print(f"zsbir: {error}", file=sys.stderr)
        return 2
    return 0


def derive(source: Path, mode: str, changes: dict[str, object], out: Path) -> None:
    """Copy a checkpoint's folder with another mode and other settings of its method.

    Args:
        source: Folder of a trained checkpoint.
        mode: Of the new one.
        changes: Fields of the method's config -> values; none may change which weights there are.
        out: Folder to write; what is there already is replaced.

    Raises:
        CheckpointError: The source cannot be loaded, or not with these settings.
    """
    load_checkpoint(source, device="cpu")
    shutil.copytree(source, out, dirs_exist_ok=True)
    config = json.loads((source / CONFIG).read_text(encoding="utf-8"))
    config["config"] |= {"mode": mode, **changes}
    (out / CONFIG).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    load_checkpoint(out, device="cpu")
    results = json.loads((source / RESULTS).read_text(encoding="utf-8"))
    derived = {"from": source.name, "mode": mode, "changes": changes}
    (out / RESULTS).write_text(json.dumps({"derived": derived, **results}, indent=1) + "\n", "utf-8")
    _write_card(source, out, mode, changes)


def _write_card(source: Path, out: Path, mode: str, changes: dict[str, object]) -> None:
    """Put a note below the front matter and the new name into the source's card."""
    card = (source / CARD).read_text(encoding="utf-8")
    told = ", ".join(f"`{name}` {value}" for name, value in changes.items()) or "the same settings"
    note = CARD_NOTE.format(source=source.name, mode=mode, changes=told)
    title = f"# {source.name}\n"
    (out / CARD).write_text(card.replace(title, f"# {out.name}\n{note}", 1), encoding="utf-8")


def _setting(text: str) -> tuple[str, object]:
    name, _, value = text.partition("=")
    try:
        return name, json.loads(value)
    except json.JSONDecodeError:
        return name, value


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m zsbir.training.derive", description=__doc__)
    add = parser.add_argument
    add("checkpoint", type=Path, help="folder of a trained checkpoint")
    add("--mode", choices=MODES, required=True)
    add("--set", nargs="*", default=[], metavar="NAME=VALUE", help="settings of the method that change")
    add("--out", type=Path, required=True, help="folder to write")
    return parser


if __name__ == "__main__":
    sys.exit(main())
