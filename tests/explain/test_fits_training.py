"""Learning when to say that perhaps nothing fits: parts against slow twins, and all of it on few drawings."""

import io
import json
import zipfile
from itertools import product

import numpy as np
import pytest
from PIL import Image

from tests.data.kit import HEADER
from zsbir.errors import CheckpointError, DataError
from zsbir.training.fits.__main__ import format_rows
from zsbir.training.fits.asked import Asked, search_alone
from zsbir.training.fits.calibrate import calibrate
from zsbir.training.fits.learn import choose_threshold, learn
from zsbir.training.fits.measure import claim, measure, roc_auc
from zsbir.training.fits.nonsense import KINDS, LETTERS, SIDE, WORDS, draw_nonsense
from zsbir.training.fits.questions import Questions, ask, learns_from, names_lacking

DRAWN = (
    "frog",
    "ladybird",
    "whale",
    "star",
    "moon",
    "harp",
    "sun",
    "cloud",
    "kite",
    "drum",
    "anvil",
    "tooth",
)


@pytest.fixture
def answers():
    rng = np.random.default_rng(0)
    here = rng.random(60) < 0.5
    return np.round(rng.normal(here, 2.0), 1), here


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Eight drawings of each category, the last four of them held out, and a photo of each."""
    folder = tmp_path_factory.mktemp("data")
    rng = np.random.default_rng(0)
    with zipfile.ZipFile(folder / "quickdraw_strokes.zip", "w") as packed:
        for name in DRAWN:
            strokes = rng.integers(0, 255, (8, 1, 2, 6)).tolist()
            records = [json.dumps({"word": name, "drawing": drawn}) for drawn in strokes]
            packed.writestr(f"{name}.ndjson", "\n".join(records))
    with zipfile.ZipFile(folder / "sketchy_pairs.zip", "w") as packed:
        rows = [f"{name}.png,{name},sketch,{name},seen_dev,somewhere,CC0\n" for name in DRAWN]
        packed.writestr("manifest.csv", HEADER + "".join(rows))
        for name in DRAWN:
            packed.writestr(f"{name}.png", _cross(len(name)))
    return folder


def _cross(place):
    """A picture of two lines."""
    pixels = np.full((40, 40), 255, dtype=np.uint8)
    pixels[place * 2], pixels[:, 20] = 0, 0
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "png")
    return stream.getvalue()


def test_the_regression_is_where_a_slow_descent_ends(answers):
    scores, here = answers
    features = np.stack([scores, 3 * np.sin(scores) + 5], axis=1)
    weights, bias = learn(features, here)
    inputs = (features - features.mean(axis=0)) / features.std(axis=0)
    slow, slow_bias = np.zeros(2), 0.0
    for _ in range(4000):
        miss = 1 / (1 + np.exp(-inputs @ slow - slow_bias)) - here
        slow -= miss @ inputs / len(here) + 0.01 * slow
        slow_bias -= miss.mean()
    assert features @ weights + bias == pytest.approx(inputs @ slow + slow_bias, abs=1e-4)


def test_the_area_is_the_share_of_pairs_in_order(answers):
    scores, here = answers
    pairs = list(product(scores[here], scores[~here]))
    slow = sum((own > other) + (own == other) / 2 for own, other in pairs) / len(pairs)
    assert roc_auc(scores, here) == pytest.approx(slow)


def test_the_threshold_is_the_highest_that_is_precise_enough(answers):
    scores, here = answers
    probabilities = 1 / (1 + np.exp(-scores + np.arange(60) * 1e-6))
    found = choose_threshold(probabilities, here, 0.6)
    cuts = [np.nextafter(value, 1) for value in np.sort(probabilities)[20:]]
    good = [cut for cut in cuts if measure(probabilities, here, cut)["precision"] >= 0.6]
    assert found == max(good)
    assert choose_threshold(probabilities, here, 1.01) == 0.0


def test_both_kinds_count_as_if_they_were_as_many():
    here = np.array([True] * 8 + [False] * 2)
    told = measure(np.array([0.1] * 2 + [0.9] * 6 + [0.1, 0.9]), here, 0.5)
    assert (told["recall"], told["false_alarms"]) == (0.5, 0.25)
    assert told["precision"] == pytest.approx(2 / 3, abs=1e-3)


@pytest.mark.parametrize(
    ("precision", "share"), [(0.95, (9, 10)), (0.79, (3, 4)), (2 / 3, (2, 3)), (0.66, (0, 0))]
)
def test_no_more_is_claimed_than_was_measured(precision, share):
    assert claim(precision) == share


@pytest.mark.parametrize("name", ["bat", "cow", "dolphin", "palm_tree", "windmill"])
def test_benchmarks_unseen_categories_are_not_learnt_from(name):
    assert not learns_from(name)


def test_drawings_are_held_out_ones_and_answered_by_the_gallery(data, gallery):
    asked = ask(data, "quickdraw_strokes", gallery)
    assert len(asked.items) == 4 * len(DRAWN)
    assert {item.split for item in asked.items} == {"dev"}
    shown = {item.category for item, here in zip(asked.items, asked.here, strict=True) if here}
    assert shown == {"frog", "ladybug", "whale"}
    halves = [asked.those(learning=learning) for learning in (True, False)]
    assert sorted(item.file for half in halves for item in half.items) == sorted(i.file for i in asked.items)
    assert not {i.category for i in halves[0].items} & {i.category for i in halves[1].items}


def test_what_is_a_kind_of_what_is_here_is_not_lacking(data):
    assert "harp" in names_lacking(data, ["frog"])
    assert "frog" not in names_lacking(data, ["tree_frog"])
    assert "whale" not in names_lacking(data, ["killer_whale"])


def test_what_a_search_tells_is_what_its_ranking_tells(plain, drawing):
    vector = plain.embed(drawing)
    found = plain.index.search(vector, len(plain.index))
    scores = np.array(found.scores)
    best, ten, deviation, height, lead, agreeing, kinds = search_alone(plain, vector[None])[0]
    assert (best, ten) == pytest.approx((scores[0], scores[:10].mean()), abs=1e-5)
    assert deviation == pytest.approx(scores.std(), rel=1e-3)
    assert height == pytest.approx((scores[0] - scores.mean()) / scores.std(), rel=1e-2, abs=1e-3)
    assert lead == pytest.approx((scores[0] - scores[1:10].mean()) / scores.std(), rel=1e-2, abs=1e-3)
    categories = [photo.category for photo in found.photos]
    assert agreeing == max(categories[:10].count(name) for name in categories)
    assert kinds == len(set(categories))


def test_a_checkpoint_is_calibrated_and_its_rows_tell_it(plain, data):
    learnt = calibrate(plain, data, 0.8)
    assert learnt.index == plain.index.digest
    assert learnt.names.here == ("frog", "ladybug", "whale")
    assert "harp" in learnt.names.lacking
    told = learnt.measured["quickdraw_strokes"]
    assert told["here"] + told["lacking"] == 4 * sum(not learns_from(name) for name in DRAWN)
    assert set(learnt.measured["nonsense"]) == set(KINDS)
    assert (learnt.threshold > 0) == (learnt.share != (0, 0))
    rows = list(format_rows("plain", learnt))
    assert len(rows) == 3
    assert len({row.count("|") for row in rows}) == 1


def test_what_reads_no_names_is_refused(retrievers, data, tmp_path):
    with pytest.raises(CheckpointError, match="compared with no text"):
        calibrate(retrievers["linear-probe-category"], data, 0.8)
    with pytest.raises(DataError):
        calibrate(retrievers["plain"], tmp_path, 0.8)


def test_drawings_of_one_kind_alone_teach_nothing(plain, data, gallery):
    asked = ask(data, "quickdraw_strokes", gallery)
    with pytest.raises(DataError, match="both"):
        Asked.embed(plain, Questions(asked.dataset, asked.items[:2], (True, True)))


@pytest.mark.parametrize("kind", KINDS)
def test_nonsense_is_drawn_within_the_sheet_and_again_the_same(kind):
    first, again = (draw_nonsense(kind, 3, seed=1) for _ in range(2))
    assert first == again != draw_nonsense(kind, 3, seed=2)
    points = np.concatenate([stroke.points for drawing in first for stroke in drawing.strokes])
    assert points.min() >= 0
    assert points.max() <= SIDE
    assert set("".join(WORDS)) <= LETTERS.keys()
