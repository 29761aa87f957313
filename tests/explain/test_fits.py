"""Nothing here fits: the probability against a slow twin, and when nothing is said."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from zsbir.errors import GalleryError
from zsbir.explain import fit_of
from zsbir.index.calibration import FILE, VECTORS, Calibration, Names, load_calibration, save_calibration
from zsbir.index.sidecar import index_folder
from zsbir.retriever import Retriever
from zsbir.strokes import Drawing
from zsbir.training.fits.nonsense import draw_nonsense
from zsbir.ui.examples import examples

ROOT = Path(__file__).parents[2]
CALIBRATED = ("plain", "clip-at-category", "splip-category", "deep-dual-category")
HERE, LACKING = ("frog", "whale"), ("star", "flying_saucer", "harp", "moon")
HOUSE = [  # walls, a roof, a door, two windows
    {"x": [110, 490, 490, 110, 110], "y": [270, 270, 540, 540, 270]},
    {"x": [60, 300, 540], "y": [290, 60, 290]},
    {"x": [260, 260, 345, 345], "y": [540, 390, 390, 540]},
    *({"x": [left, left + 75, left + 75, left, left], "y": [320, 320, 395, 395, 320]} for left in (150, 380)),
    *({"x": [left + 37, left + 37], "y": [320, 395]} for left in (150, 380)),
    *({"x": [left, left + 75], "y": [357, 357]} for left in (150, 380)),
]


@pytest.fixture
def names():
    rows = np.random.default_rng(0).normal(size=(6, 16)).astype(np.float16)
    return Names(HERE, LACKING, rows.astype(np.float32) / 4)


@pytest.fixture
def calibrated(plain, names):
    """Calibrates `plain` with a threshold; returns the folder."""
    folder = index_folder(plain.gallery, plain.checkpoint)

    def calibrate(threshold=1.0, index=plain.index.digest):
        learnt = Calibration(
            index=index, weight=0.7, bias=-0.2, threshold=threshold, share=(2, 3), names=names
        )
        save_calibration(learnt, folder)
        return folder

    yield calibrate
    for file in (FILE, VECTORS):
        (folder / file).unlink(missing_ok=True)


def slow_probability(names, vector, unknown=""):
    """Compare with one name after the other."""
    odds = {True: 0.0, False: 0.0}
    for place, name in enumerate((*names.here, *names.lacking)):
        cosine = sum(float(a) * float(b) for a, b in zip(names.vectors[place], vector, strict=True))
        if name != unknown:
            odds[name in names.here] += math.exp(cosine / 0.05)
    return 1 / (1 + math.exp(-0.7 * math.log(odds[True] / odds[False]) + 0.2))


def test_it_is_what_a_slow_twin_finds(plain, drawing, names, calibrated):
    calibrated()
    result = plain.retrieve(drawing)
    fit = fit_of(plain, result)
    assert fit.probability == pytest.approx(slow_probability(names, result.vector), rel=1e-4)
    assert fit.unsure
    assert fit.share == (2, 3)
    assert "2 of 3" in fit.says
    nearness = {name: float(names.vectors[2 + i] @ result.vector) for i, name in enumerate(LACKING)}
    assert list(fit.guesses) == sorted(LACKING, key=lambda name: -nearness[name])[:3]


def test_above_the_threshold_nothing_is_said(plain, drawing, calibrated):
    calibrated(threshold=0.0)
    fit = fit_of(plain, plain.retrieve(drawing))
    assert (fit.unsure, fit.share, fit.says, fit.guesses) == (False, (0, 0), "", ())


def test_a_name_can_be_taken_for_unlisted(names):
    row = np.random.default_rng(1).normal(size=16).astype(np.float32) / 4
    learnt = Calibration(index="", weight=0.7, bias=-0.2, names=names)
    for unknown in ("", "harp", "no name at all"):
        assert learnt.probability(row, unknown) == pytest.approx(
            slow_probability(names, row, unknown), rel=1e-4
        )
    assert learnt.probability(row, "harp") > learnt.probability(row)


def test_it_speaks_only_of_searches_by_category_in_the_whole_gallery(plain, drawing, calibrated):
    calibrated()
    assert fit_of(plain, plain.retrieve(drawing)) is not None
    assert fit_of(plain, plain.retrieve(drawing, "fine-grained")) is None
    assert fit_of(plain, plain.retrieve(drawing, category="frog")) is None


def test_without_a_calibration_of_this_very_index_it_says_nothing(plain, drawing, calibrated):
    result = plain.retrieve(drawing)
    assert fit_of(plain, result) is None
    calibrated(index="sha256:of photos that are gone")
    assert fit_of(plain, result) is None
    calibrated()
    assert fit_of(plain, result) is not None


def cut(folder):
    (folder / FILE).write_text((folder / FILE).read_text()[:99])


def exchange_vectors(folder):
    (folder / VECTORS).write_bytes((folder / VECTORS).read_bytes()[:-2] + b"xx")


def claim(**told):
    """Write other facts into the file."""

    def harm(folder):
        (folder / FILE).write_text(json.dumps(json.loads((folder / FILE).read_text()) | told))

    return harm


def vectors_of_another_backbone(folder):
    told = json.loads((folder / FILE).read_text())
    names = Names(HERE, LACKING, np.eye(6, dtype=np.float32))
    save_calibration(Calibration(index=told["index"], weight=0.7, bias=-0.2, names=names), folder)


@pytest.mark.parametrize(
    "harm",
    [
        cut,
        exchange_vectors,
        lambda folder: (folder / VECTORS).unlink(),
        vectors_of_another_backbone,
        claim(threshold="high"),
        claim(threshold=float("nan")),
        claim(share="23"),
        claim(share=[2]),
        claim(names={"here": "fw", "lacking": [*LACKING]}),
        claim(names={"here": [*HERE], "lacking": [1, 2, 3, 4]}),
        claim(surplus=1),
    ],
)
def test_a_damaged_calibration_says_nothing_but_in_the_log(plain, drawing, calibrated, caplog, harm):
    folder = calibrated()
    harm(folder)
    result = plain.retrieve(drawing)
    assert fit_of(plain, result) is None
    assert fit_of(plain, result) is None
    assert caplog.text.count("zsbir.training.fits") == 1
    with pytest.raises(GalleryError, match="delete it"):
        load_calibration(folder, plain.index.digest, 16)


def test_a_calibration_survives_being_written(names, tmp_path):
    learnt = Calibration(
        index="sha256:x", weight=0.7, bias=-0.2, threshold=0.3, share=(3, 4), measured={"a": 1}, names=names
    )
    save_calibration(learnt, tmp_path)
    read = load_calibration(tmp_path, "sha256:x")
    assert read == learnt
    assert (read.names.here, read.names.lacking) == (HERE, LACKING)
    assert np.array_equal(read.names.vectors, names.vectors)


@pytest.fixture(scope="module")
def everyday():
    """Name -> retriever of what the clone brings along."""
    return {name: Retriever.load(ROOT / "gallery" / "everyday", name, device="cpu") for name in CALIBRATED}


@pytest.mark.parametrize("name", CALIBRATED)
def test_the_examples_are_in_the_gallery_and_a_house_is_not(everyday, name):
    """A doghouse is as near as the gallery comes to one."""
    retriever = everyday[name]
    strokes = {example["name"]: example["strokes"] for example in examples()} | {"house": HOUSE}
    fits = {name: fit_of(retriever, retriever.retrieve(_drawn(lines))) for name, lines in strokes.items()}
    assert None not in fits.values(), "calibrate again, as zsbir/training/README.md tells"
    assert [name for name, fit in fits.items() if fit.unsure] == ["house"]
    assert "house" in fits["house"].guesses


def _drawn(strokes):
    return Drawing.from_json({"width": 600, "height": 600, "strokes": strokes})


@pytest.mark.parametrize("name", CALIBRATED)
def test_hatching_is_like_nothing_in_the_gallery(everyday, name):
    retriever = everyday[name]
    fits = [fit_of(retriever, retriever.retrieve(drawing)) for drawing in draw_nonsense("hatching", 5)]
    assert sum(fit.unsure for fit in fits) >= 4


def test_its_names_are_those_of_the_gallery_and_of_what_it_lacks(everyday):
    retriever = everyday["plain"]
    learnt = load_calibration(index_folder(retriever.gallery, retriever.checkpoint), retriever.index.digest)
    assert {"bicycle", "cat"} <= set(learnt.names.here)
    assert "star" in learnt.names.lacking
    assert not set(learnt.names.here) & set(learnt.names.lacking)
