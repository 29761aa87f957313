"""What small datasets hold out, which have no split of their own for it."""

import csv

import pytest

from tests.pairs import CATEGORIES, save_pairs, write_manifest
from zsbir.data import open_dataset
from zsbir.training.methods.config import TrainConfig
from zsbir.training.methods.selection import select


def config(mode="category", **choices):
    return TrainConfig(mode=mode, **({"held_out_categories": 1} | choices))


def categories(sources):
    return {source.item.category for source in sources}


def instances(sources):
    return {source.item.instance for source in sources}


@pytest.fixture
def pairs(tmp_path):
    return save_pairs(tmp_path / "pairs")


def test_at_most_a_fifth_of_the_categories_is_held_out(pairs, caplog):
    chosen = select([open_dataset(pairs)], config(held_out_categories=10))
    assert len(chosen.held_out) == 1 and len(chosen.categories) == 5
    assert "1 of 6 categories are held out, not 10" in caplog.text
    caplog.clear()
    select([open_dataset(pairs)], config(held_out_categories=1))
    assert not caplog.text


def save_shoes(folder, count=30, sketches=2):
    """ShoeV2 as pix2pix has it: sketches in A, photos in B, and an exam in testA and testB."""
    for part, start in (("train", 0), ("test", 1000)):
        for number in range(start, start + count):
            names = [f"{part}B/{number}.png", *(f"{part}A/{number}_{k}.png" for k in range(1, sketches + 1))]
            for name in names:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(b"")  # only names matter
    return folder


def test_a_set_of_one_category_holds_a_tenth_of_its_instances_out(tmp_path):
    data = open_dataset(save_shoes(tmp_path / "ShoeV2"))
    chosen = select([data], config("fine-grained"))
    held = instances(chosen.dev_sketches)
    assert len(held) == 3 and len(chosen.dev_sketches) == 6
    assert not held & instances(chosen.sketches + chosen.photos)
    assert instances(chosen.dev_photos) == held | instances(chosen.photos)  # filled up with distractors
    every = [source for part in chosen.parts.values() for source in part]
    assert {source.item.split for source in every} == {"train"}  # the exam is never looked at
    assert len({source.item.file for source in every}) == 90
    assert select([data], config("fine-grained", seed=1)).digest == chosen.digest


def test_a_split_for_exams_selects_nothing_either(pairs):
    held = select([open_dataset(pairs)], config()).held_out
    with open(pairs / "manifest.csv", newline="") as file:
        rows = [tuple(row) for row in csv.reader(file)][1:]
    write_manifest(pairs, [(*row[:4], "test") if row[1] in held else row for row in rows])
    chosen = select([open_dataset(pairs)], config())
    assert not set(held) & {*chosen.held_out, *chosen.categories}


@pytest.mark.parametrize("mode", ["category", "fine-grained"])
def test_a_few_class_folders_hold_a_tenth_of_each_category_out(tmp_path, mode):
    folder = save_pairs(tmp_path / "few", CATEGORIES[:3], instances=4, dev=0, split="")
    (folder / "manifest.csv").unlink()
    chosen = select([open_dataset(folder)], config(mode))
    assert categories(chosen.dev_sketches) == set(chosen.categories) == set(CATEGORIES[:3])
    held = instances(chosen.dev_sketches)
    assert len(held) == 3 and len(instances(chosen.sketches)) == 9
    assert not held & instances(chosen.sketches + chosen.photos)


def test_class_folders_without_pairs_hold_files_out(tmp_path):
    for name in (
        f"{kind}/{cat}/{kind[0]}{n}.png" for kind in ("sketch", "photo") for cat in "ab" for n in range(20)
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    chosen = select([open_dataset(tmp_path)], config())
    assert [len(part) for part in chosen.parts.values()] == [36, 36, 4, 4, 0, 0]


def test_two_instances_spare_none(tmp_path):
    folder = save_pairs(tmp_path / "pairs", CATEGORIES[:3], instances=2, dev=0)
    chosen = select([open_dataset(folder)], config("fine-grained"))
    assert not chosen.dev_sketches and len(instances(chosen.sketches)) == 6
