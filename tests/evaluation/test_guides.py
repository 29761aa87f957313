"""Methods that must be told a category: told the right one, and told the one that a guide assumes."""

import numpy as np
import pytest

from tests.evaluation.kit import COLOURS, ColourMethod, ToldMethod, fake_checkpoint, picture, write_set
from zsbir.data import open_dataset
from zsbir.errors import CheckpointError
from zsbir.evaluation.evaluator import Evaluator
from zsbir.evaluation.options import Options
from zsbir.evaluation.protocols import fine_grained, zero_shot
from zsbir.images import to_pixels

DARK = {"apple": (120, 0, 0), "pear": (0, 120, 40)}


@pytest.fixture
def shades(tmp_path):
    """Light and dark fruit; the last apple is drawn in a pear's colour."""
    rows, pictures = [], {}
    for name in ("apple", "pear"):
        for number, colour in enumerate((COLOURS[name], DARK[name])):
            rows.append((f"p/{name}{number}.png", name, "photo", f"{name}{number}", "dev"))
            rows.append((f"s/{name}{number}-1.png", name, "sketch", f"{name}{number}", "dev"))
            pictures[rows[-2][0]] = pictures[rows[-1][0]] = picture(colour)
    rows.append(("s/apple1-2.png", "apple", "sketch", "apple1", "dev"))
    pictures["s/apple1-2.png"] = picture(DARK["pear"])
    return open_dataset(write_set(tmp_path / "shades.zip", rows, pictures))


@pytest.fixture
def told():
    return Evaluator(
        fake_checkpoint(ToldMethod(), "told", ("fine-grained",)),
        guide=Evaluator(fake_checkpoint(ColourMethod(), "guide"), raw_sketch=True),
        raw_sketch=True,
    )


def test_both_numbers_match_the_slow_way(shades, told):
    outcome = told.run(fine_grained(shades, None, Options()), shades)
    assert outcome.guide == "guide"
    assert list(outcome.asked.assumed) == ["apple", "apple", "pear", "pear", "pear"]
    slow = ToldMethod()
    photos = shades.select("photo")

    def embed(item, category):
        return slow.embed_photos(to_pixels(shades.read(item), slow.preprocess), category)[0].numpy()

    for name in ("apple", "pear"):
        first = [shades.read(item) for item in photos if item.category == name][:2]
        slow.remember(name, to_pixels(first, slow.preprocess))
    vectors = [embed(item, item.category) for item in photos]
    for number, query in enumerate(outcome.trial.queries):
        for kind, category in (("in_class", query.category), ("assumed", outcome.asked.assumed[number])):
            row = embed(query, category)
            among = [i for i, photo in enumerate(photos) if photo.category == category]
            best = max(among, key=lambda i: float(vectors[i] @ row))
            expected = photos[best].instance == query.instance
            assert outcome.scores.values[f"acc@1_{kind}"][number] == expected, (query.file, kind)
    values = outcome.scores.values
    assert values["acc@1_assumed"].mean() == pytest.approx(0.8)  # the apple that was taken for a pear
    assert values["assumed_right"].tolist() == [1, 1, 1, 1, 0]


def test_ranking_all_photos_never_uses_what_only_the_right_answer_tells(shades, told):
    """The category is what category-level search asks for, so a query is told the assumed one there."""
    outcome = told.run(zero_shot(shades, None, Options()), shades)
    wrong = outcome.trial.queries.index(next(i for i in shades.items if i.file == "s/apple1-2.png"))
    assert not np.allclose(outcome.asked.alone[wrong], outcome.asked.told[wrong])
    right = [i for i in range(5) if i != wrong]
    assert np.array_equal(outcome.asked.alone[right], outcome.asked.told[right])
    assert outcome.scores.values["mAP@all"][wrong] < 1


def test_others_may_have_a_guide_too(shades):
    guide = Evaluator(fake_checkpoint(ColourMethod(), "guide"), raw_sketch=True)
    evaluator = Evaluator(fake_checkpoint(ColourMethod()), guide=guide, raw_sketch=True)
    outcome = evaluator.run(fine_grained(shades, None, Options()), shades)
    assert outcome.asked.alone is outcome.asked.told
    assert {"acc@1_assumed", "assumed_right"} <= outcome.scores.values.keys()
    assert outcome.guide == "guide"


def test_a_wider_category_is_learnt_from_the_photos_that_answer_it(tmp_path, told):
    sketches = open_dataset(write_set(tmp_path / "sketches.zip", [("s/d.png", "dog", "sketch", "", "dev")]))
    rows = [("p/1.png", "dalmatian", "photo", "", ""), ("p/2.png", "pizza", "photo", "", "")]
    photos = open_dataset(write_set(tmp_path / "photos.zip", rows))
    outcome = told.run(zero_shot(sketches, photos, Options()), sketches, photos)
    assert set(told.checkpoint.method.taught) == {"dog", "dalmatian", "pizza"}
    assert len(outcome.trial.queries) == 1


def test_who_cannot_guide_is_refused(told):
    with pytest.raises(CheckpointError, match="'told' needs a guide"):
        Evaluator(told.checkpoint)
    for guide in (told, Evaluator(fake_checkpoint(ColourMethod(), "fine", ("fine-grained",)))):
        with pytest.raises(CheckpointError, match="cannot tell what a sketch shows"):
            Evaluator(fake_checkpoint(ColourMethod()), guide=guide)


def test_the_command_takes_the_best_guide_there_is(shades, zoo, call, tmp_path, run_text):
    path = tmp_path / "shades.zip"
    zoo["dp-clip-fine-grained"] = fake_checkpoint(ToldMethod(), "dp-clip-fine-grained", ("fine-grained",))
    zoo["plain"].name = "plain"
    argv = (path, "--protocol", "fine-grained", "--checkpoint", "dp-clip-fine-grained")
    assert call(*argv)["checkpoint"]["guide"] == "plain"
    zoo["deep-dual-category"] = fake_checkpoint(ColourMethod(), "deep-dual-category", ("category",))
    report = call(*argv)
    assert report["checkpoint"]["guide"] == "deep-dual-category"
    assert report["metrics"]["acc@1_assumed"] == pytest.approx(0.8)
    assert call(*argv, "--guide", "plain")["checkpoint"]["guide"] == "plain"
    with pytest.raises(CheckpointError, match="'dp-clip-fine-grained' cannot tell what a sketch shows"):
        call(*argv, "--guide", "dp-clip-fine-grained")
    assert "plain assumes categories" in run_text(*argv, "--guide", "plain")
    assert call(path)["checkpoint"]["guide"] is None
