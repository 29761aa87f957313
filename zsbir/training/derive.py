"""The same weights with other settings: nothing is learnt, only how parts are weighed, or the mode.

`python -m zsbir.training.derive runs/deep-dual-category --mode category --set layout_weight=0.1 --out ...`

The layout of a picture teaches deep dual prompts most when it weighs much, and telling categories apart needs
little of it.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from zsbir.checkpoint import load_checkpoint
from zsbir.checkpoint_config import CONFIG
from zsbir.checkpoint_results import RESULTS, read_results
from zsbir.errors import CheckpointError, ZSBIRError
from zsbir.modes import MODES
from zsbir.training.methods.report import CARD

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
    """Copy a checkpoint's files with another mode and other settings of its method.

    Args:
        source: Folder of a trained checkpoint.
        mode: Of the new one.
        changes: Fields of the method's config -> values; none may change which weights there are.
        out: Folder to write, or whose checkpoint is replaced; nothing of it changes before the new one loads.

    Raises:
        CheckpointError: The source cannot be loaded, or not with these settings, or `out` is the source.
    """
    source = load_checkpoint(source, device="cpu").path
    if out.resolve() == source:
        raise CheckpointError(f"{out} would replace what it is derived from; name another folder with --out.")
    draft = out.with_name(f".{out.name}.partial")
    try:
        _copy_files(source, draft)
        config = json.loads((source / CONFIG).read_text(encoding="utf-8"))
        config["config"] |= {"mode": mode, **changes}
        (draft / CONFIG).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
        load_checkpoint(draft, device="cpu")
        _tell_in_results(draft, {"from": source.name, "mode": mode, "changes": changes})
        _tell_in_card(draft, source.name, out.name, mode, changes)
        _move_files(draft, out)
    except OSError as error:
        raise CheckpointError(
            f"{out} cannot be written ({error}); name another folder with --out."
        ) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _copy_files(source: Path, draft: Path) -> None:
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    for file in filter(Path.is_file, source.iterdir()):
        shutil.copyfile(file, draft / file.name)


def _move_files(draft: Path, out: Path) -> None:
    """Move the config last: without one a folder is no checkpoint yet."""
    out.mkdir(exist_ok=True)
    for file in sorted(draft.iterdir(), key=lambda file: file.name == CONFIG):
        os.replace(file, out / file.name)


def _tell_in_results(folder: Path, derived: dict[str, object]) -> None:
    """Note in the results, if there are any, what was changed; and what had been changed before."""
    results, path = read_results(folder), folder / RESULTS
    if results is None:
        return
    earlier = {"before": results.pop("derived")} if "derived" in results else {}
    path.write_text(json.dumps({"derived": derived | earlier, **results}, indent=1) + "\n", encoding="utf-8")


def _tell_in_card(folder: Path, source: str, name: str, mode: str, changes: dict[str, object]) -> None:
    """Put the new name and a note below it into the card, if there is one."""
    path = folder / CARD
    if not path.is_file():
        return
    told = ", ".join(f"`{field}` {value}" for field, value in changes.items()) or "the same settings"
    note = CARD_NOTE.format(source=source, mode=mode, changes=told)
    titled = f"# {name}\n{note}"
    card, found = re.subn(r"(?m)^# .*\n", lambda _: titled, path.read_text(encoding="utf-8"), count=1)
    path.write_text(card if found else card + note, encoding="utf-8")


def _setting(text: str) -> tuple[str, object]:
    name, equals, value = text.partition("=")
    if not equals:
        raise ZSBIRError(f"--set takes NAME=VALUE, such as layout_weight=0.1, not {text!r}.")
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
