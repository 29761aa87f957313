"""The worst queries as pictures: one HTML page that needs nothing beside it."""

from __future__ import annotations

import base64
import io
from html import escape
from pathlib import Path

import numpy as np

from zsbir.data.dataset import Dataset
from zsbir.data.layouts import Item
from zsbir.errors import DataError, ZSBIRError
from zsbir.evaluation.embed import Embedder
from zsbir.evaluation.evaluator import Outcome
from zsbir.evaluation.report import Report, main_metric
from zsbir.evaluation.text import format_report

WORST = 60  # queries shown
TOP = 5  # photos shown of each ranking
SIDE = 128  # pixels of a picture on the page

STYLE = """
body { font: 15px/1.4 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
pre { overflow-x: auto; font-size: 13px; }
article { display: flex; flex-wrap: wrap; gap: .5rem; padding: .75rem 0; border-top: 1px solid #ccc; }
article h2 { flex-basis: 100%; font-size: 15px; margin: 0; }
figure { margin: 0; width: 132px; }
img, .gone { width: 128px; height: 128px; object-fit: contain; border: 2px solid #bbb; background: #fff; }
.gone { display: inline-block; }
.right img { border-color: #2a2; }
.its img { border-color: #06c; border-style: double; border-width: 4px; width: 124px; height: 124px; }
.gap { width: 1rem; }
figcaption { font-size: 12px; overflow-wrap: anywhere; color: #444; }
"""


def check_place(path: Path) -> None:
    """Refuse a place where no page can be written, before the work is done.

    Raises:
        DataError: The folder is missing, or there is a folder of that name.
    """
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise DataError(f"No report can be written to {path}; name a file in a folder that exists.")


def write_page(path: Path, outcome: Outcome, report: Report, embedder: Embedder) -> None:
    """Write the page.

    The pictures in it are the datasets': keep it to yourself where their licence says so.

    Args:
        path: Where to.
        outcome: The trial, carried out.
        report: Its numbers.
        embedder: Opens pictures as the checkpoint saw them.

    Raises:
        DataError: The file cannot be written.
    """
    queries = worst_queries(outcome)[:WORST]
    title = f"{report.data['protocol']}: {report.data['sketches']} by {report.checkpoint['name']}"
    body = [
        f"<h1>{escape(title)}</h1>",
        f"<pre>{escape(format_report(report, confusions=10))}</pre>",
        f"<h1>The {len(queries)} worst queries</h1>",
        "<p>The sketch as the model sees it, its own photo (or the nearest right one), and the first photos "
        "found. Green: of the right category; blue: the very photo.</p>",
        *(_article(outcome, query, embedder) for query in queries),
    ]
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    head = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>\n"
    )
    try:
        path.write_text(head + "\n".join(body) + "\n</body></html>\n", encoding="utf-8")
    except OSError as error:
        raise DataError(f"Cannot write {path} ({error.strerror}); name another file.") from error


def worst_queries(outcome: Outcome) -> list[int]:
    """Positions of the queries, the worst first: by the rank of their photo, or by average precision."""
    if outcome.trial.pairs_only:
        return np.argsort(-outcome.scores.ranks, kind="stable").tolist()
    return np.argsort(outcome.scores.values[main_metric(outcome.trial.protocol)], kind="stable").tolist()


def _article(outcome: Outcome, query: int, embedder: Embedder) -> str:
    trial = outcome.trial
    item, rows = trial.queries[query], slice(query, query + 1)
    relevant, paired = trial.relevant(rows)[0], trial.paired(rows)[0]
    in_class = trial.pairs_only
    similarity = outcome.vectors @ (outcome.asked.told if in_class else outcome.asked.alone)[query]
    ranking = np.argsort(-similarity, kind="stable")
    wanted = next(i for i in ranking if (paired if paired.any() else relevant)[i])
    if in_class:
        ranking = ranking[relevant[ranking]]
    place = 1 + int(np.flatnonzero(ranking == wanted)[0])
    which = "its photo" if paired.any() else "the first right photo"
    head = f"{item.category}: {which} has rank {place} of {len(ranking)}"
    figures = [
        _figure(outcome.sketches, item, embedder, item.file),
        _figure(outcome.photos, trial.photos[wanted], embedder, trial.photos[wanted].file, "its"),
        '<span class="gap"></span>',
        *(
            _figure(
                outcome.photos,
                trial.photos[i],
                embedder,
                f"{trial.photos[i].category} {similarity[i]:.3f}",
                "its" if paired[i] else "right" if relevant[i] else "wrong",
            )
            for i in ranking[:TOP]
        ),
    ]
    return f"<article><h2>{escape(head)}</h2>{''.join(figures)}</article>"


def _figure(dataset: Dataset, item: Item, embedder: Embedder, caption: str, kind: str = "") -> str:
    try:
        picture = embedder.picture(dataset, item)
    except ZSBIRError:
        shown = '<span class="gone"></span>'
    else:
        picture.thumbnail((SIDE, SIDE))
        content = io.BytesIO()
        picture.convert("RGB").save(content, "jpeg", quality=80)
        data = base64.b64encode(content.getvalue()).decode()
        shown = f'<img alt="{escape(item.category)}" src="data:image/jpeg;base64,{data}">'
    return f'<figure class="{kind}">{shown}<figcaption>{escape(caption)}</figcaption></figure>'
