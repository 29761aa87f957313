"""Many visitors who draw at once: how long after the pen is lifted their photos come.

Starts `app.py`, lets visitors draw at a hand's pace, and prints one JSON object. They share this machine's
cores with the app, which real visitors' browsers do not.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from zsbir.evaluation.encoder import BareEncoder
from zsbir.evaluation.serving import started_app
from zsbir.evaluation.visitors.hand import LOOKING, Hand, Notes
from zsbir.evaluation.visitors.session import open_session
from zsbir.evaluation.visitors.sheets import endless, is_own, load_drawings
from zsbir.strokes import Drawing


def main(arguments: list[str] | None = None) -> int:
    """Measure, and print one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m zsbir.evaluation.visitors", description=__doc__)
    parser.add_argument("--visitors", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=30, help="how long they draw (default: 30)")
    parser.add_argument("--sketches", type=Path, metavar="DATA", help="default: the page's own examples")
    parser.add_argument("--checkpoint", help="default: the one that the page starts with")
    parser.add_argument("--no-photos", action="store_true", help="let nobody load the photos of the answers")
    args = parser.parse_args(arguments)
    drawings = load_drawings(args.sketches)
    figures = {"cores": os.cpu_count(), "load_before": os.getloadavg()[0], "visitors": args.visitors}
    encoder = BareEncoder(drawings[0])
    with started_app({"ZSBIR_CHECKPOINT": args.checkpoint} if args.checkpoint else {}) as address:
        encoder.measure()
        notes = asyncio.run(draw_together(address, drawings, args.visitors, args.seconds, not args.no_photos))
        encoder.measure()
    figures |= {"encoder_ms": statistics.median(encoder.times)} | summarise(notes)
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}, indent=2))
    return 0


async def draw_together(
    address: str, drawings: Sequence[Drawing], visitors: int, seconds: float, with_photos: bool
) -> list[Notes]:
    """Let visitors draw at once, after a first one has waited for the model."""
    async with open_session(address) as first:
        await first.ask(next(endless(drawings, 0)), 1)

    async def visit(number: int) -> Notes:
        await asyncio.sleep(LOOKING * number / visitors)
        async with open_session(address) as session:
            hand = Hand(session, with_photos)
            await hand.draw(endless(drawings, number), seconds)
        return hand.notes

    return await asyncio.gather(*map(visit, range(visitors)))


def summarise(notes: Sequence[Notes]) -> dict[str, float]:
    """Medians and 95th percentiles in milliseconds, and how much of what was drawn was asked for."""
    figures: dict[str, float] = {}
    for name in ("answers", "photos"):
        times = [1000 * seconds for visitor in notes for seconds in getattr(visitor, name)]
        figures[f"pen_ups_with_{name}"] = len(times)
        if times:
            figures[f"pen_up_to_{name}_median_ms"], figures[f"pen_up_to_{name}_p95_ms"] = np.percentile(
                times, (50, 95)
            )
    changes, asked = (sum(getattr(visitor, name) for visitor in notes) for name in ("changes", "asked"))
    figures |= {"changes": changes, "superseded_share": 1 - asked / changes}
    pairs = [pair for visitor in notes for pair in visitor.seen]
    return figures | {"of_another_drawing": sum(not is_own(*pair) for pair in pairs)}


if __name__ == "__main__":
    sys.exit(main())
