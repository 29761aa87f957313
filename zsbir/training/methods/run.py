"""`python -m zsbir.training METHOD`: from datasets to a checkpoint's folder."""

from __future__ import annotations

import argparse
import dataclasses
import json
import logging
import os
import shlex
import types
import typing
from pathlib import Path

import torch

from zsbir.backbone import Backbone
from zsbir.errors import ZSBIRError
from zsbir.methods import METHODS
from zsbir.methods.plain import PlainCLIP
from zsbir.training.methods import OBJECTIVES
from zsbir.training.methods.backbones import is_random, open_backbone
from zsbir.training.methods.batches import BatchMaker
from zsbir.training.methods.card import write_card
from zsbir.training.methods.config import PRESETS, TrainConfig
from zsbir.training.methods.curves import draw_curves
from zsbir.training.methods.dev import load_trials, measure
from zsbir.training.methods.images import load_photos, load_sketches
from zsbir.training.methods.loop import Loop
from zsbir.training.methods.ranks import Ranks, join_ranks
from zsbir.training.methods.report import CARD, CURVES, Run, summarise, write_checkpoint, write_results
from zsbir.training.methods.selection import Selection, open_sources, select
from zsbir.training.state import remember_settings, write_whole

log = logging.getLogger(__name__)
ROOM = 9 / 8  # side of the stored pictures, in inputs: crops then lose no detail
RESUMABLE = ("max_minutes", "save_every")  # what may change when an interrupted run goes on


def add_arguments(parser: argparse.ArgumentParser, method: str) -> None:
    """Declare the options of a method; every field of its two configs is one."""
    parser.add_argument(
        "--data", type=Path, nargs="+", required=True, help="datasets, or the folder with this project's zips"
    )
    parser.add_argument("--out", type=Path, required=True, help="folder of the checkpoint")
    parser.add_argument(
        "--backbone", default="zsbir-tiny", help="bundled, ./FOLDER, MODEL/WEIGHTS, random:MODEL"
    )
    parser.add_argument("--preset", choices=PRESETS, help="default: tiny on zsbir-tiny, else paper")
    parser.add_argument(
        "--state", type=Path, help="training state to resume from (default: runs/NAME OF OUT)"
    )
    parser.add_argument("--device", default="auto", help="auto, cuda, mps or cpu")
    parser.add_argument("--allow-changes", action="store_true", help="resume with other settings")
    for name, kind in _options(method).items():
        flag, default = f"--{name.replace('_', '-')}", argparse.SUPPRESS  # what is not given is the preset's
        if kind is bool:
            parser.add_argument(flag, action=argparse.BooleanOptionalAction, default=default)
        else:
            parser.add_argument(flag, type=kind, default=default)


def main(args: argparse.Namespace) -> int:
    """Train, or go on with an interrupted training, and write the checkpoint.

    Raises:
        ZSBIRError: Data, backbone, settings or `--out` cannot be used, or a loss is not a number.
    """
    method_config, config = read_configs(args)
    _check_place(args.out)
    with join_ranks() as ranks:
        state = args.state or Path("runs") / args.out.name
        selection = select(open_sources(args.data, config), config)
        if ranks.is_first:
            settings = _settings(args, method_config, config, selection, ranks)
            remember_settings(state / "config.json", settings, args.allow_changes)
        log.info("%d categories, %d sketches, %d photos", *_sizes(selection))
        backbone = open_backbone(args.backbone, ranks.device(args.device), config.seed)
        run, results = train(args.command, backbone, method_config, config, selection, state, ranks)
        if ranks.is_first:
            _write(args.out, state, run, {"command": command_line(args), **results})
    return 0


def command_line(args: argparse.Namespace) -> str:
    """Return the command that repeats a run; where its data lies is left open."""
    words = ["python", "-m", "zsbir.training", args.command, "--backbone", args.backbone, "--data", "DATA"]
    words += ["--preset", args.preset] if args.preset else []
    for name in filter(lambda name: hasattr(args, name), _options(args.command)):
        flag, value = name.replace("_", "-"), getattr(args, name)
        on_off = f"--{flag}" if value else f"--no-{flag}"
        words += [on_off] if isinstance(value, bool) else [f"--{flag}", value]
    return shlex.join(str(word) for word in [*words, "--out", f"checkpoints/{args.out.name}"])


def train(
    name: str,
    backbone: Backbone,
    method_config: object,
    config: TrainConfig,
    selection: Selection,
    state: Path,
    ranks: Ranks,
) -> tuple[Run, dict]:
    """Train a method on pictures that are chosen already.

    Args:
        name: Of the method.
        backbone: Frozen, in single precision.
        method_config: The method's own choices.
        config: The recipe.
        selection: What to learn from and to measure on.
        state: Folder of the training state; a run that is found there goes on.
        ranks: The processes that share the work.

    Returns:
        The run with the method as it is shipped, and its results.
    """
    batches = _load_batches(selection, config, backbone, ranks)
    torch.manual_seed(config.seed)
    method = METHODS[name].from_config(backbone, dataclasses.asdict(method_config)).to(backbone.device)
    objective = OBJECTIVES[name][2](method, config, batches.categories).to(backbone.device)
    trials = load_trials(selection, backbone.preprocess.side, config.mode) if ranks.is_first else []
    plain = measure(PlainCLIP(backbone), trials, config.mode, config.precision) if ranks.is_first else {}
    log.info("plain: %s", ", ".join(f"{metric} {value:.4f}" for metric, value in plain.items()))

    def look() -> dict[str, float]:
        return measure(method.eval().export(), trials, config.mode, config.precision)

    trainable = sum(p.numel() for group in objective.parameter_groups() for p in group["params"])
    log.info("%s numbers learn", f"{trainable:,}")
    outcome = Loop(objective, batches, look, state, backbone.device, ranks).run()
    run = Run(method.eval().export(), config, selection, outcome, plain, trainable, ranks)
    return run, summarise(run, batches) if ranks.is_first else {}


def read_configs(args: argparse.Namespace) -> tuple[object, TrainConfig]:
    """Put preset and options together.

    Raises:
        ZSBIRError: A value makes no sense.
    """
    kind, recipe, _ = OBJECTIVES[args.command]
    given = {name: getattr(args, name) for name in _options(args.command) if hasattr(args, name)}
    mode = given.get("mode") or recipe.__dataclass_fields__["mode"].default
    preset = args.preset or ("tiny" if args.backbone == "zsbir-tiny" else "paper")
    own = {field.name for field in dataclasses.fields(kind)}
    try:
        values = recipe.preset(preset, mode) | {k: v for k, v in given.items() if k in recipe.field_names()}
        return kind(**({"mode": mode} | {k: v for k, v in given.items() if k in own})), recipe(**values)
    except ValueError as error:
        raise ZSBIRError(str(error)) from error


def _options(method: str) -> dict[str, type]:
    """Return the fields of both configs that fit on a command line, with their types."""
    hints = {}
    for kind in OBJECTIVES[method][:2]:
        known = typing.get_type_hints(kind)
        hints |= {field.name: known[field.name] for field in dataclasses.fields(kind)}
    plain = {name: _without_none(hint) for name, hint in hints.items()}
    return {name: hint for name, hint in plain.items() if hint in (str, int, float, bool)}


def _without_none(hint: object) -> object:
    if isinstance(hint, types.UnionType):
        return next(part for part in typing.get_args(hint) if part is not type(None))
    return hint


def _check_place(out: Path) -> None:
    """Refuse a place where no checkpoint can be written, before hours of work."""
    there = next(place for place in (out, *out.absolute().parents) if place.exists())
    if not there.is_dir() or not os.access(there, os.W_OK):
        raise ZSBIRError(f"No checkpoint can be written to {out}; name another folder with --out.")


def _settings(
    args: argparse.Namespace, method_config: object, config: TrainConfig, selection: Selection, ranks: Ranks
) -> dict:
    """What an interrupted run may not change, as JSON reads it back."""
    recipe = {k: v for k, v in dataclasses.asdict(config).items() if k not in RESUMABLE}
    own = {f"method.{k}": v for k, v in dataclasses.asdict(method_config).items()}
    where = {"method": args.command, "backbone": args.backbone, "data": [path.name for path in args.data]}
    # Every process draws triplets of its own, and a step is a position in the draws from these files.
    drawn = {"processes": ranks.world, "selected_files": selection.digest}
    return json.loads(json.dumps(where | own | recipe | drawn))


def _sizes(selection: Selection) -> tuple[int, int, int]:
    return len(selection.categories), len(selection.sketches), len(selection.photos)


def _load_batches(selection: Selection, config: TrainConfig, backbone: Backbone, ranks: Ranks) -> BatchMaker:
    side = backbone.preprocess.side
    stored = round(side * ROOM) if config.crop < 1 else side
    drawn = {"variants": config.variants, "seed": config.seed, "flip": config.flip}
    sketches = load_sketches(selection.sketches, stored, **drawn)
    photos = load_photos(selection.photos, stored)
    megabytes = (sketches.pixels.nbytes + photos.pixels.nbytes) >> 20
    log.info("%d pictures take %d MB", len(sketches) + len(photos), megabytes)
    return BatchMaker(sketches, photos, config, backbone.preprocess, backbone.device, ranks.rank, ranks.world)


def _write(out: Path, state: Path, run: Run, results: dict) -> None:
    title = f"{run.method.name}, {run.config.mode}, on {run.backbone.name}"
    if is_random(run.backbone):
        write_results(state, results)
        draw_curves(state / CURVES, run.outcome.history, run.plain, title)
        log.info(
            "A random backbone proves the code path only: no checkpoint is written, the results are in %s. "
            "%.3f s a step, %d MB; the whole recipe would take %.1f hours here.",
            state,
            *(results["speed"][name] for name in ("seconds_per_step", "peak_memory_mb", "hours_planned")),
        )
        return
    write_checkpoint(out, run, results)
    write_whole(out / CARD, write_card(out.name, results).encode())
    draw_curves(out / CURVES, run.outcome.history, run.plain, title)
    log.info("wrote %s: dev %.4f, plain %.4f", out, results["dev"]["dev"], run.plain["dev"])
