"""Whatever the page says, it says in all its languages."""

from __future__ import annotations

import re
from collections import Counter
from types import SimpleNamespace

import pytest

from tests.sentences import of_names, said
from zsbir.gallery import load_gallery
from zsbir.sentences import Sentence, parts
from zsbir.ui.assets import STATIC
from zsbir.ui.languages import LANGUAGES, asked, label, named, spoken, translations, unaccented
from zsbir.ui.languages import said as say

OTHERS = [language for language in LANGUAGES if language != "en"]
PLACEHOLDER = re.compile(r"\{(\w+)\}")


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_stays_english(language):
    missing = sorted(said() - set(translations(language)))
    assert not missing, f"languages/{language}.json lacks {len(missing)}: {missing[:20]}"


@pytest.mark.parametrize("language", OTHERS)
def test_things_have_names(language):
    missing = sorted(of_names() - set(translations(language)))
    assert not missing, f"languages/{language}.json lacks {len(missing)}: {missing[:20]}"


@pytest.mark.parametrize("language", OTHERS)
def test_no_two_categories_have_one_name(language):
    names = Counter(named(language, category).casefold() for category in load_gallery("everyday").categories)
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_translated_that_nobody_says(language):
    things = {
        "lamp",
        "spider",
        "octopus",
        "anchor",
        "windmill",
    }  # drawings that the page brings along
    assert sorted(set(translations(language)) - said() - of_names() - things) == []


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_filled_in_is_the_same(language):
    for english, other in translations(language).items():
        assert Counter(PLACEHOLDER.findall(english)) == Counter(PLACEHOLDER.findall(other)), english
        assert other.strip() == other != "" and "<" not in other, english


@pytest.mark.parametrize("language", OTHERS)
def test_the_files_are_sorted_and_read_as_they_are_written(language):
    text = (STATIC / "languages" / f"{language}.json").read_text(encoding="utf-8")
    assert list(translations(language)) == sorted(translations(language))
    assert "\\u" not in text


def test_french_signs_stay_with_their_words():
    wrong = [text for text in translations("fr").values() if re.search(r" [?!:;»]|« ", text)]
    assert wrong == []


def test_german_names_are_nouns():
    assert all(named("de", category)[0].isupper() for category in load_gallery("everyday").categories)


def visitor(query="", accepted=""):
    return SimpleNamespace(query_params={"lang": query}, headers={"accept-language": accepted})


@pytest.mark.parametrize(
    ("query", "accepted", "language"),
    [
        ("", "", "en"),
        ("", "de-CH,de;q=0.9,en;q=0.8", "de"),
        ("", "ja,fr;q=0.5", "fr"),
        ("", "*", "en"),
        ("fr", "de", "fr"),
        ("FR-ca", "de", "fr"),
        ("xx", "de", "de"),
    ],
)
def test_the_address_is_asked_first_then_the_browser(query, accepted, language):
    request = visitor(query, accepted)
    assert spoken(request) == language
    assert asked(request) == (language if query not in ("", "xx") else "")


def test_a_call_without_a_page_is_answered_in_english():
    assert (spoken(None), asked(None)) == ("en", "")


def test_names_nobody_translated_stay_as_they_are():
    assert [named(language, "sea_horse_41") for language in LANGUAGES] == ["Sea horse 41"] * 3
    assert say("de", "Nobody translated {this}.", this="{one}") == "Nobody translated {one}."


def test_names_are_ordered_without_accents():
    assert sorted(["Zebra", "Öl", "Apfel", "École"], key=unaccented) == ["Apfel", "École", "Öl", "Zebra"]


def test_a_label_that_is_not_listed_is_refused():
    with pytest.raises(KeyError, match="add it to LABELS"):
        label("Colour")


def test_a_sentence_is_a_text_that_remembers_its_parts():
    sentence = Sentence("{photos} photos by {by}", photos=1522, by="{you}")
    assert sentence == "1,522 photos by {you}"
    assert parts(sentence) == {
        "sentence": "{photos} photos by {by}",
        "values": {"photos": 1522, "by": "{you}"},
    }
    assert parts("As it is {so}.") == "As it is {so}."
