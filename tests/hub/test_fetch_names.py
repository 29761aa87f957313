"""How repositories are named, and which names are told apart from folders."""

from pathlib import Path

import pytest

from zsbir.errors import HubError
from zsbir.hub import Reference, means_repository

COMMIT = "0123456789" * 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("user/repo", Reference("user/repo")),
        ("user/repo@main", Reference("user/repo", "main")),
        (f"user/repo@{COMMIT}", Reference("user/repo", COMMIT)),
        ("user/repo@refs/pr/1", Reference("user/repo", "refs/pr/1")),
        ("hf://user/repo@v1.0", Reference("user/repo", "v1.0")),
        ("hf://datasets/user/zoo", Reference("user/zoo", None, "dataset")),
        ("hf://datasets/user/zoo@main", Reference("user/zoo", "main", "dataset")),
    ],
)
def test_what_is_written_is_read_and_written_again(text, expected):
    found = Reference.parse(text)
    assert found == expected
    assert Reference.parse(str(found)) == found
    assert found.is_pinned == (found.revision == COMMIT)


@pytest.mark.parametrize(
    "text",
    [
        *("user/my repo", "my user/repo", "user/..", "../repo", "user/a..b", "user/a--b", "user/repo.git"),
        *("repo", "user/", "/repo", "user/more/repo", "hf://datasets/zoo", "datasets/user/zoo", "", "user/-"),
    ],
)
def test_bad_names_are_refused_in_a_sentence(text):
    with pytest.raises(
        HubError, match=r"cannot be a repository of the Hub; it is named .*user/zsbir-clip-at"
    ):
        Reference.parse(text)


@pytest.mark.parametrize("revision", ["", "../../other", "a..b", "/main", "with space", "-rf"])
def test_bad_revisions_are_refused_in_a_sentence(revision):
    with pytest.raises(HubError, match=r"names no revision behind its '@'.*user/repo@main\.$"):
        Reference.parse(f"user/repo@{revision}")


def test_an_alias_is_what_people_read():
    wanted = Reference("timm/vit", None, alias="ViT-B-32/openai")
    assert str(wanted) == "ViT-B-32/openai"
    assert str(wanted.at(COMMIT)) == f"ViT-B-32/openai@{COMMIT}"
    assert wanted == Reference("timm/vit")


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        *(("user/repo", True), ("user/repo@rev", True), ("user/my repo", True), ("hf://user/a/b", True)),
        *(("plain", False), ("./user/repo", False), ("../repo", False), ("~/repo", False)),
        *(("/user/repo", False), ("a/b/c", False), (Path("user/repo"), False), ("user\\repo", False)),
    ],
)
def test_names_that_may_mean_a_repository(name, is_one):
    assert means_repository(name) == is_one
