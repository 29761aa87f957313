"""What the lesson's steps promise, kept by the bundled model with the page's own drawings."""

from __future__ import annotations

import json

import pytest

from tests.node import evaluate
from zsbir.explain import category_statuses, fit_of, rank_while_drawing, stroke_importance
from zsbir.strokes import Drawing
from zsbir.ui import bundled
from zsbir.ui.assets import STATIC

TEACH = (STATIC / "teach").as_uri()
EXAMPLES = json.loads((STATIC / "results/examples.json").read_text("utf-8"))
SCRIPT = """
import {{ STEPS }} from "{teach}/lesson/steps.js";
import {{ LACKING }} from "{teach}/limits/lacking.js";
import {{ HARM }} from "{teach}/limits/harm.js";
import {{ written }} from "{teach}/limits/letters.js";
const all = [...{examples}, ...LACKING];
const drawings = Object.fromEntries(all.map(({{ name, strokes }}) => [name, strokes]));
const by = (harm) => Object.fromEntries(all.map(({{ name, strokes }}) => [name, harm(strokes)]));
const harmed = Object.fromEntries(Object.entries(HARM).map(([how, harm]) => [how, by(harm)]));
console.log(JSON.stringify({{ steps: STEPS, drawings, harmed, word: written("DOG") }}));
"""
ARMRESTS = [{"x": [195, 80, 80], "y": [255, 262, 340]}, {"x": [400, 520, 520], "y": [255, 262, 340]}]


@pytest.fixture(scope="module")
def page():
    """As the page has them: the steps, the drawings by name, what "Break it" makes of them, and a word."""
    return json.loads(evaluate(SCRIPT.format(teach=TEACH, examples=json.dumps(EXAMPLES))))


@pytest.fixture(scope="module")
def service():
    return bundled("everyday")


class Lesson:
    """The page at one step."""

    def __init__(self, page, step, service):
        self.page, self.service = page, service
        actions = [*step["begin"], *(action for deed in step["deeds"] for action in deed["actions"])]
        self.names = [action["draw"] for action in actions if "draw" in action]

    def strokes(self, which=0, harm=None):
        """A drawing that this step draws, as "Break it" changes it."""
        return (self.page["harmed"][harm] if harm else self.page["drawings"])[self.names[which]]

    def open(self, family=None, mode="category"):
        """A method's retriever; the page's own one unless another is named."""
        return self.service.open("everyday", family or self.service.family, mode).result()

    def found(self, strokes, *, k=24, mode="category", family=None):
        """The answer to strokes."""
        return self.open(family, mode).retrieve(drawing(strokes), mode=mode, k=k)


def drawing(strokes):
    """Strokes of the page."""
    return Drawing.from_json({"width": 600, "height": 600, "strokes": strokes})


def ids(result):
    """The photos, best first."""
    return [hit.photo.id for hit in result.hits]


def first(result, count=1):
    """The categories that come first."""
    return list(dict.fromkeys(hit.category for hit in result.hits))[:count]


def tiny_changes_nothing(lesson):
    whole, tiny = (lesson.found(lesson.strokes(harm=harm)) for harm in (None, "tiny"))
    assert ids(whole) == ids(tiny)


def strokes_help_and_harm(lesson):
    strokes = lesson.strokes()
    photo = ids(lesson.found(strokes))[0]
    drops = stroke_importance(lesson.open(), drawing(strokes), photo).drops
    assert max(drops) > 0.01 and min(drops) < 0


def half_is_enough(lesson):
    strokes = lesson.strokes()
    photo = ids(lesson.found(strokes))[0]
    moments = rank_while_drawing(lesson.open(), drawing(strokes), photo).moments
    assert moments[0].rank > 10 and moments[len(strokes) // 2 - 1].rank == 1


def armrests_tell_chairs_apart(lesson):
    before, after = lesson.strokes(), lesson.strokes() + ARMRESTS
    assert lesson.found(before, mode="fine-grained").category == "chair"

    def moved(mode):
        ranked = [lesson.found(strokes, mode=mode, k=2000) for strokes in (before, after)]
        one, two = ([hit.photo.id for hit in each.hits if hit.category == "chair"] for each in ranked)
        return sum(abs(place - two.index(photo)) for place, photo in enumerate(one))

    assert moved("fine-grained") > 1.1 * moved("category")


def a_lamp_is_found_unlearnt(lesson):
    (category,) = first(lesson.found(lesson.strokes()))
    assert "lamp" in category
    assert category_statuses(lesson.open().checkpoint, {category}) == {category: "not by it"}


def methods_disagree(lesson):
    families = [family for family in lesson.service.families if family != "dp-clip"]
    orders = {tuple(ids(lesson.found(lesson.strokes(), family=family, k=6))) for family in families}
    assert len(orders) == len(families)


def a_lamp_on_its_head_is_a_sink(lesson):
    assert "lamp" in first(lesson.found(lesson.strokes()))[0]
    assert set(first(lesson.found(lesson.strokes(harm="upsideDown")), 2)) == {"sink", "toilet"}


def a_spider_is_doubted_and_an_octopus_is_not(lesson):
    assert lesson.names == ["spider", "octopus"]
    assert not set(lesson.names) & set(lesson.open().gallery.categories)
    doubts = [fit_of(lesson.open(), lesson.found(lesson.strokes(which))) for which in (0, 1)]
    assert [fit.unsure for fit in doubts] == [True, False]
    assert first(lesson.found(lesson.strokes(1))) == ["ape"]
    for family in lesson.service.families:  # any of them may be the class's own
        assert fit_of(lesson.open(family), lesson.found(lesson.strokes(), family=family)).unsure, family


# Title of a step -> what shows that its words hold; None where they promise nothing of the photos.
PROMISES = {
    "Draw": None,
    "Look at the photos": None,
    "What the model sees": tiny_changes_nothing,
    "Which strokes matter": strokes_help_and_harm,
    "Rank while drawing": half_is_enough,
    "What is it, or which one is it?": armrests_tell_chairs_apart,
    "Zero-shot": a_lamp_is_found_unlearnt,
    "Plain and learnt prompts": methods_disagree,
    "A map of the gallery": None,
    "Break it": a_lamp_on_its_head_is_a_sink,
    "The game": None,
    "Count": None,
    "Whose pictures?": a_spider_is_doubted_and_an_octopus_is_not,
    "What you have seen": None,
}


def test_every_step_is_thought_of(page):
    assert [step["title"] for step in page["steps"]] == list(PROMISES)


@pytest.mark.parametrize("title", [title for title, shown in PROMISES.items() if shown])
def test_a_step_shows_what_it_promises(page, service, title):
    step = next(step for step in page["steps"] if step["title"] == title)
    PROMISES[title](Lesson(page, step, service))


# What "Break it" says to watch for: (what is done, drawing, categories, one of which is among the first 3).
WATCHED = [
    ("upsideDown", "lamp", {"sink"}),
    ("upsideDown", "elephant", {"teapot"}),
    ("upsideDown", "bicycle", {"bicycle"}),
    ("mirrored", "elephant", {"elephant"}),
    ("flattened", "chair", {"couch"}),
    ("flattened", "elephant", {"bus"}),
    ("narrowed", "cup", {"lantern", "candle"}),
    ("tinyWithDot", "cup", {"apple"}),
    ("tinyWithDot", "bicycle", {"tennis_ball"}),
    ("scribbledOver", "elephant", {"fence", "radiator"}),
    ("scribbledOver", "chair", {"fence", "radiator"}),
]


@pytest.mark.parametrize(("harm", "name", "expected"), WATCHED)
def test_what_breaks_it_breaks_it_as_told(page, service, harm, name, expected):
    retriever = service.open("everyday", service.family).result()
    assert set(first(retriever.retrieve(drawing(page["harmed"][harm][name])), 3)) & expected


def test_a_word_is_a_shape_like_any_other(page, service):
    retriever = service.open("everyday", service.family).result()
    assert set(first(retriever.retrieve(drawing(page["word"])), 3)) & {"glasses", "sunglasses", "goggles"}
