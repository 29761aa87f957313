"""Which files of a dataset are taken: by its card, else by the names of files and folders."""

import pytest

from zsbir.errors import GalleryError
from zsbir.gallery.sources.card import Subset, read_card
from zsbir.gallery.sources.parts import choose_files, missing_shards, split_of


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("data/train-00000-of-00002.parquet", "train"),
        ("data/unlabeled-00000-of-00002-1a2b.parquet", "unlabeled"),
        ("test.parquet", "test"),
        ("valid/cat/1.jpg", "validation"),
        ("plain_text/partial-train/0003.parquet", "train"),
        ("cats.parquet", "train"),
        ("contest/1.jpg", "train"),
        ("my-dev-set/1.jpg", "validation"),
    ],
)
def test_splits_by_name(name, split):
    assert split_of(name) == split


CARD = """---
license: [cc-by-4.0, cc0-1.0]
configs:
- config_name: small
  data_files: small.parquet
- config_name: large
  default: true
  data_dir: data
  data_files:
  - {split: train, path: "train-*"}
  - split: test
    path: ["test/**", "extra.parquet"]
dataset_info:
- config_name: large
  features:
  - {name: photo, dtype: image}
  - name: kind
    dtype: {class_label: {names: {'0': frog, '10': toad, '2': newt}}}
---
# Frogs
"""
FILES = [
    "small.parquet",
    "data/train-1.parquet",
    "data/test/a/1.parquet",
    "data/extra.parquet",
    "train-9.parquet",
]


def test_the_card_says_what_belongs_together():
    card = read_card(CARD)
    assert card.licence == "cc-by-4.0, cc0-1.0"
    assert card.images == ("photo",) and card.labels == {"kind": ("frog", "newt", "toad")}
    large = {"train": ["data/train-1.parquet"], "test": ["data/extra.parquet", "data/test/a/1.parquet"]}
    assert choose_files(FILES, card.subsets, None, None) == large
    assert choose_files(FILES, card.subsets, "large", "test") == {"test": large["test"]}
    assert choose_files(FILES, card.subsets, "small", None) == {"train": ["small.parquet"]}
    with pytest.raises(GalleryError, match="no subset 'tiny'; name one of: small, large"):
        choose_files(FILES, card.subsets, "tiny", None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# No front matter",
        "---\n[1, 2\n---\n",
        "---\njust text\n---\n",
        "---\nlicense: {a: 1}\nconfigs: 3\ndataset_info: [1, {features: no}]\n---\n",
        "---\nconfigs: [{config_name: x, data_files: [{}, 7, null]}]\n---\n",
        "---\ndataset_info: {features: [{name: a, dtype: {class_label: 3}}]}\n---\n",
        "---\ndataset_info: {features: [{name: a, dtype: {class_label: {names: x}}}]}\n---\n",
    ],
)
def test_a_card_that_makes_no_sense_says_nothing(text):
    card = read_card(text)
    assert not card.labels and not card.images
    assert choose_files(["a.parquet"], card.subsets, None, None) == {"train": ["a.parquet"]}


def test_one_of_several_subsets_has_to_be_named():
    subsets = {name: Subset({"train": [f"{name}/*"]}) for name in ("a", "b", "empty")}
    with pytest.raises(GalleryError, match="choose one with --subset: a, b"):
        choose_files(["a/1.parquet", "b/1.parquet"], subsets, None, None)
    assert choose_files(["a/1.parquet"], subsets, None, None) == {"train": ["a/1.parquet"]}
    with pytest.raises(GalleryError, match="no subsets here"):
        choose_files(["a/1.parquet"], {}, "a", None)


def test_the_hub_s_own_conversions_have_a_folder_for_each_subset():
    files = ["full/train/0000.parquet", "full/test/0000.parquet", "mini/train/0000.parquet"]
    with pytest.raises(GalleryError, match="choose one with --subset: full, mini"):
        choose_files(files, {}, None, None)
    assert choose_files(files, {}, "full", None) == {"train": [files[0]], "test": [files[1]]}


def test_missing_shards_are_noticed():
    there = [
        "data/a-00000-of-00003.parquet",
        "data/a-00002-of-00003.parquet",
        "data/b-00000-of-00001.parquet",
        "x",
    ]
    assert missing_shards(there) == ["data/a-00001-of-00003.parquet"]
    assert missing_shards(there[2:]) == []
