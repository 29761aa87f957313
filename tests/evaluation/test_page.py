"""The page of the worst queries: complete, self-contained, and nobody's file name becomes markup."""

import base64
import io
import re
from html.parser import HTMLParser

import pytest
from PIL import Image

from tests.evaluation.kit import COLOURS, ColourMethod, fake_checkpoint, picture, write_set
from zsbir.data import open_dataset
from zsbir.errors import DataError
from zsbir.evaluation import page
from zsbir.evaluation.evaluator import Evaluator
from zsbir.evaluation.options import Options
from zsbir.evaluation.page import check_place, worst_queries, write_page
from zsbir.evaluation.protocols import fine_grained, zero_shot
from zsbir.evaluation.report import make_report


class Seen(HTMLParser):
    """What a browser would show: headings, pictures with the class of their frame, captions."""

    def __init__(self, text):
        super().__init__()
        self.headings, self.pictures, self.captions, self.tags = [], [], [], set()
        self._open, self._kind = "", ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self._open = tag
        self.tags.add(tag)
        values = dict(attributes)
        if tag == "figure":
            self._kind = values["class"]
        if tag == "img":
            self.pictures.append((self._kind, values["src"]))

    def handle_endtag(self, tag):
        self._open = ""

    def handle_data(self, data):
        if self._open in ("h2", "figcaption"):
            (self.headings if self._open == "h2" else self.captions).append(data)


@pytest.fixture
def fruit(tmp_path):
    """The pear is drawn in the colour of an apple, and a file's name is markup."""
    rows = [
        ("p/a1.png", "apple", "photo", "a1", "dev"),
        ("p/a2.png", "apple", "photo", "a2", "dev"),
        ("p/b1<b>.png", "pear", "photo", "b1", "dev"),
        ("s/a1-1.png", "apple", "sketch", "a1", "dev"),
        ('s/"><script>b.png', "pear", "sketch", "b1", "dev"),
    ]
    pictures = {
        "p/a2.png": picture((255, 60, 0)),
        's/"><script>b.png': picture(COLOURS["apple"]),
    }
    return open_dataset(write_set(tmp_path / "fruit&co.zip", rows, pictures))


def written(tmp_path, dataset, protocol):
    evaluator = Evaluator(fake_checkpoint(ColourMethod(), "<i>mine"), raw_sketch=True)
    outcome = evaluator.run(protocol(dataset, None, Options()), dataset)
    write_page(tmp_path / "page.html", outcome, make_report(outcome), evaluator.embedder)
    return outcome, (tmp_path / "page.html").read_text(encoding="utf-8")


def test_the_worst_query_comes_first_with_what_it_found(tmp_path, fruit):
    outcome, text = written(tmp_path, fruit, zero_shot)
    seen = Seen(text)
    assert seen.headings == ["pear: its photo has rank 3 of 3", "apple: its photo has rank 1 of 3"]
    kinds = [kind for kind, _ in seen.pictures]
    assert kinds == ["", "its", "wrong", "wrong", "its", "", "its", "its", "right", "wrong"]
    assert [outcome.trial.queries[i].category for i in worst_queries(outcome)] == ["pear", "apple"]
    assert any(caption.startswith("apple 1.000") for caption in seen.captions)


def test_fine_grained_shows_the_ranking_within_the_category(tmp_path, fruit):
    _, text = written(tmp_path, fruit, fine_grained)
    seen = Seen(text)
    assert sorted(seen.headings) == ["apple: its photo has rank 1 of 2", "pear: its photo has rank 1 of 1"]
    assert "wrong" not in [kind for kind, _ in seen.pictures]


def test_pictures_are_inside_the_page_and_nothing_is_fetched(tmp_path, fruit):
    _, text = written(tmp_path, fruit, zero_shot)
    for _, source in Seen(text).pictures:
        head, _, data = source.partition(",")
        assert head == "data:image/jpeg;base64"
        with Image.open(io.BytesIO(base64.b64decode(data))) as shown:
            assert max(shown.size) <= page.SIDE
    assert not re.search(r"https?:|//|url\(|@import", re.sub('src="[^"]*"', "", text))
    assert "default-src 'none'" in text


def test_names_are_text_never_markup(tmp_path, fruit):
    _, text = written(tmp_path, fruit, zero_shot)
    seen = Seen(text)
    assert not seen.tags & {"script", "b", "i"}
    assert 's/"><script>b.png' in seen.captions  # as a reader sees it
    assert "fruit&amp;co" in text and "&lt;i&gt;mine" in text


def test_no_more_than_the_worst_are_shown(tmp_path, fruit, monkeypatch):
    monkeypatch.setattr(page, "WORST", 1)
    _, text = written(tmp_path, fruit, zero_shot)
    assert Seen(text).headings == ["pear: its photo has rank 3 of 3"]


def test_the_command_writes_it_beside_what_it_prints(tmp_path, pairs, checkpoint, call):
    report = call(pairs, "--report", tmp_path / "out.html")
    assert report["counts"]["queries"] == len(Seen((tmp_path / "out.html").read_text()).headings)


def test_a_place_that_cannot_be_written_to_is_told(tmp_path, fruit):
    with pytest.raises(DataError, match="name a file in a folder that exists"):
        check_place(tmp_path)
    check_place(tmp_path / "page.html")
    (tmp_path / "page.html").mkdir()
    with pytest.raises(DataError, match="Cannot write"):
        written(tmp_path, fruit, zero_shot)
