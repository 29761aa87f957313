"""What the Hub would not take, and in which order files go."""

import pytest

from tests.hub.here import settle
from zsbir.errors import HubError
from zsbir.hub import push
from zsbir.hub.parcel import BYTES_A_FILE, ENTRIES_A_FOLDER, FILES_A_REPOSITORY, Item, Parcel, check_limits
from zsbir.hub.reference import Reference


def parcel(*paths, leaders=()):
    items = tuple(Item(path, b"") for path in paths)
    return Parcel(Reference("user/repo"), items, "card", leaders=frozenset(leaders))


def test_as_much_as_the_hub_takes_is_taken():
    check_limits(parcel(*(f"photos/{number}.jpg" for number in range(ENTRIES_A_FOLDER))))
    folders = FILES_A_REPOSITORY // 100
    check_limits(parcel(*(f"{number % folders}/{number}.jpg" for number in range(FILES_A_REPOSITORY - 1))))


@pytest.mark.parametrize(
    ("paths", "sentence"),
    [
        ([], "There is nothing to push to user/repo"),
        (
            [f"photos/{number}.jpg" for number in range(ENTRIES_A_FOLDER + 1)],
            "The folder photos would have 10,001",
        ),
        ([f"{number}/0.jpg" for number in range(ENTRIES_A_FOLDER)], "The folder . would have 10,001"),
        ([f"{number % 999}/{number}" for number in range(FILES_A_REPOSITORY)], "That would be 100,001 files"),
    ],
)
def test_more_than_that_is_refused(paths, sentence):
    with pytest.raises(HubError, match=sentence):
        check_limits(parcel(*paths))


def test_a_file_that_is_too_large_is_refused(tmp_path):
    with open(tmp_path / "model.safetensors", "wb") as file:
        file.truncate(BYTES_A_FILE + 1)  # takes no space on the disk
    large = Parcel(
        Reference("user/repo"), (Item("model.safetensors", tmp_path / "model.safetensors"),), "card"
    )
    with pytest.raises(HubError, match=r"model\.safetensors has 50 GB"):
        check_limits(large)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 6, 7])
def test_files_that_name_others_come_with_the_last_commit(monkeypatch, count):
    monkeypatch.setattr(push, "FILES_A_COMMIT", 3)
    photos = [f"{number}.jpg" for number in range(count)]
    commits = push._commits(parcel("metadata.csv", *photos, leaders=["metadata.csv"]))
    paths = [[item.path for item in commit] for commit in commits]
    assert paths[-1][-2:] == ["metadata.csv", "README.md"]
    assert [path for commit in paths for path in commit] == [*photos, "metadata.csv", "README.md"]
    assert all(len(commit) == 3 for commit in paths[:-1]) and len(paths[-1]) < 3 + 2


def test_a_large_parcel_takes_several_commits_of_which_each_is_sound(hub, monkeypatch, tmp_path):
    settle(monkeypatch, hub.url, tmp_path)
    monkeypatch.setenv("HF_TOKEN", "hf_user")
    monkeypatch.setattr(push, "FILES_A_COMMIT", 2)
    photos = [Item(f"{number}.jpg", b"%d" % number) for number in range(5)]
    table = Item("metadata.csv", b"file_name")
    to = Reference("user/zoo", kind="dataset")
    receipt = push.push(Parcel(to, (table, *photos), "card", leaders=frozenset({"metadata.csv"})))
    repo = hub.dataset("user/zoo")
    held = [set(commit.files) - {".gitattributes"} for commit in repo.commits.values()]
    assert [len(files) for files in held] == [0, 2, 4, 7]
    assert [("metadata.csv" in files) for files in held] == [False, False, False, True]
    assert repo.head == receipt.reference.revision and receipt.changed
    assert push.push(Parcel(to, (table, *photos), "card")).reference == receipt.reference
