"""What a training run learns from and what it holds out."""

import csv
import json

import pytest

from tests.pairs import CATEGORIES, save_pairs, write_manifest
from zsbir.data import open_dataset
from zsbir.errors import DataError
from zsbir.training.methods import selection
from zsbir.training.methods.config import TrainConfig
from zsbir.training.methods.selection import open_sources, select


def config(mode="category", **choices):
    return TrainConfig(mode=mode, **({"held_out_categories": 1} | choices))


def items(sources):
    return [source.item for source in sources]


def categories(sources):
    return {item.category for item in items(sources)}


def instances(sources):
    return {item.instance for item in items(sources)}


@pytest.fixture
def pairs(tmp_path):
    return save_pairs(tmp_path / "pairs")


def rows_of(folder):
    with open(folder / "manifest.csv", newline="") as file:
        return [tuple(row) for row in csv.reader(file)][1:]


@pytest.mark.parametrize("mode", ["category", "fine-grained"])
def test_training_dev_and_transfer_share_nothing(pairs, mode):
    chosen = select([open_dataset(pairs)], config(mode))
    assert len(chosen.categories) == len(CATEGORIES) - 1
    assert set(chosen.held_out) | set(chosen.categories) == set(CATEGORIES)
    assert categories(chosen.sketches) == categories(chosen.photos) == set(chosen.categories)
    assert categories(chosen.transfer_sketches) == categories(chosen.transfer_photos) == set(chosen.held_out)
    assert {item.split for item in items(chosen.sketches + chosen.photos)} == {"seen_train"}
    assert not instances(chosen.sketches + chosen.photos) & instances(chosen.dev_sketches)
    assert {item.modality for item in items(chosen.sketches + chosen.dev_sketches)} == {"sketch"}
    assert {item.modality for item in items(chosen.photos + chosen.dev_photos)} == {"photo"}


def test_held_out_categories_are_the_same_for_every_seed(pairs):
    data = [open_dataset(pairs)]
    assert select(data, config(seed=1)).held_out == select(data, config(seed=2)).held_out
    assert select(data, config(held_out_categories=0)).held_out == []


def test_the_digest_tells_one_choice_from_another(pairs):
    data = [open_dataset(pairs)]
    assert select(data, config()).digest == select(data, config()).digest
    assert select(data, config()).digest != select(data, config(dev_sketches=1)).digest
    before = select(data, config()).digest
    write_manifest(pairs, rows_of(pairs)[1:])
    assert select([open_dataset(pairs)], config()).digest != before


def test_categories_with_by_far_the_most_sketches_are_not_held_out(pairs):
    held = select([open_dataset(pairs)], config(held_out_categories=1)).held_out
    save_pairs(pairs, tuple(held), instances=40)  # overwrites the manifest
    rows = rows_of(pairs)
    save_pairs(pairs)
    write_manifest(pairs, [row for row in rows_of(pairs) if row[1] not in held] + rows)
    assert select([open_dataset(pairs)], config(held_out_categories=1)).held_out != held


def test_no_unseen_category_is_learnt_or_measured(tmp_path):
    folder = save_pairs(tmp_path / "pairs", (*CATEGORIES, "windmill", "palm_tree"))
    chosen = select([open_dataset(folder)], config())
    assert set(chosen.categories) | set(chosen.held_out) == set(CATEGORIES)
    everything = select([open_dataset(folder)], config(benchmark="none"))
    assert "windmill" in {*everything.categories, *everything.held_out}
    other = select([open_dataset(folder)], config(benchmark="sketchy-25", held_out_categories=0))
    assert set(other.categories) == {*CATEGORIES} - {"camel"}  # unseen there, and so are windmill and tree
    with pytest.raises(DataError, match="no benchmark split"):
        select([open_dataset(folder)], config(benchmark="imaginary"))


def test_an_instance_that_one_set_holds_out_trains_in_no_other(tmp_path):
    first = save_pairs(tmp_path / "first", dev=0)
    second = save_pairs(tmp_path / "second", dev=1)  # the same instances, the last of each held out
    chosen = select([open_dataset(first), open_dataset(second)], config())
    held = {f"{name}_3" for name in chosen.categories}
    assert held and not held & instances(chosen.sketches + chosen.photos)
    assert instances(chosen.dev_sketches) == held


def test_a_sketch_without_its_photo_trains_categories_only(pairs):
    rows = [row for row in rows_of(pairs) if row[0] != "photo/fan/fan_0.png"]
    write_manifest(pairs, rows)
    data = [open_dataset(pairs)]
    settings = {"held_out_categories": 0}
    assert "fan_0" in instances(select(data, config(**settings)).sketches)
    assert "fan_0" not in instances(select(data, config("fine-grained", **settings)).sketches)


def test_a_folder_without_pairs_is_told(pairs):
    write_manifest(pairs, [(*row[:3], "", row[4]) for row in rows_of(pairs)])
    with pytest.raises(DataError, match="learns from such pairs"):
        select([open_dataset(pairs)], config("fine-grained"))


def test_a_single_photo_leaves_nothing_to_be_wrong(tmp_path):
    folder = save_pairs(tmp_path / "pairs", ("fan", "camel"), instances=1, dev=0)
    with pytest.raises(DataError, match="another one of its category"):
        select([open_dataset(folder)], config("fine-grained", held_out_categories=0))


def test_a_category_without_photos_is_told(pairs):
    write_manifest(pairs, [row for row in rows_of(pairs) if not row[0].startswith("photo/fan/")])
    with pytest.raises(DataError, match=r"1 categories have sketches and no photos to find \(fan\)"):
        select([open_dataset(pairs)], config())


def test_a_single_category_needs_fine_grained_training(tmp_path):
    data = [open_dataset(save_pairs(tmp_path / "pairs", ("fan",)))]
    with pytest.raises(DataError, match="--mode fine-grained"):
        select(data, config(held_out_categories=0))
    assert select(data, config("fine-grained", held_out_categories=0)).categories == ["fan"]


def test_what_left_a_single_category_is_named(tmp_path):
    data = [open_dataset(save_pairs(tmp_path / "pairs"))]
    with pytest.raises(DataError, match="--limit 1 leaves no other"):
        select(data, config(limit=1))
    birds = ("bird", "duck", "owl", "swan", "fan")  # kinds of what is held out are held out too
    data = [open_dataset(save_pairs(tmp_path / "birds", birds))]
    with pytest.MonkeyPatch.context() as patch, pytest.raises(DataError) as error:
        patch.setattr(selection, "held_categories", lambda sources, asked: {"duck", "owl", "swan"})
        select(data, config())
    assert "--held-out-categories keeps duck, owl, swan for measuring" in str(error.value)


def test_what_a_limit_left_out_is_still_counted(pairs, tmp_path):
    (tmp_path / "drawn").mkdir()
    line = json.dumps({"word": "fan", "drawing": [[[1, 10, 20], [0, 20, 5]]]})
    (tmp_path / "drawn/fan.ndjson").write_text("\n".join([line] * 6))
    data = [open_dataset(pairs), open_dataset(tmp_path / "drawn")]
    free = select(data, config(held_out_categories=0, variants=3))
    drawings = sum(source.item.is_vector for source in free.sketches)
    assert drawings > 0 and free.drawn_in_all == len(free.sketches) + 2 * drawings
    assert select(data, config(held_out_categories=0, variants=3, limit=5)).drawn_in_all == free.drawn_in_all


def test_photos_alone_are_told(tmp_path):
    folder = save_pairs(tmp_path / "pairs", sketches=0)
    with pytest.raises(DataError, match="no sketches of a category"):
        select([open_dataset(folder)], config())


def test_drawings_join_where_there_are_photos_and_never_for_held_out_categories(pairs, tmp_path):
    (tmp_path / "drawn").mkdir()
    for word in (*CATEGORIES, "eyebrow", "tree"):
        line = json.dumps({"word": word, "drawing": [[[1, 10, 20], [0, 20, 5]]]})
        (tmp_path / "drawn" / f"{word}.ndjson").write_text("\n".join([line] * 6))
    chosen = select([open_dataset(pairs), open_dataset(tmp_path / "drawn")], config())
    drawn = [s.item for s in chosen.sketches if s.item.is_vector]
    assert {item.category for item in drawn} == set(chosen.categories)
    assert {item.split for item in drawn} == {"train"}  # the last drawings of each file are held out
    assert not any(item.is_vector for item in items(chosen.transfer_sketches))


def test_fine_grained_galleries_are_filled_up_with_training_photos(pairs):
    chosen = select([open_dataset(pairs)], config("fine-grained"))
    assert instances(chosen.dev_sketches) < instances(chosen.dev_photos)
    assert instances(chosen.photos) < instances(chosen.dev_photos)
    small = select([open_dataset(pairs)], config("fine-grained", dev_photos=1))
    assert instances(small.dev_photos) == instances(chosen.dev_sketches)  # the held-out ones come first


def test_caps_hold_for_each_category(pairs):
    chosen = select([open_dataset(pairs)], config(dev_sketches=1, dev_photos=2, limit=5))
    assert len(chosen.sketches) == 5
    assert categories(chosen.photos) == categories(chosen.sketches)
    assert instances(chosen.sketches) < instances(chosen.photos)
    assert (len(chosen.transfer_sketches), len(chosen.transfer_photos)) == (1, 2)


def test_this_projects_folder_stands_for_its_zips(tmp_path):
    import shutil

    for name in ("sketchy_pairs", "chairs_v2", "caltech101"):
        save_pairs(tmp_path / name, CATEGORIES[:2])
        shutil.make_archive(tmp_path / name, "zip", tmp_path / name)
        shutil.rmtree(tmp_path / name)
    assert {data.name for data in open_sources([tmp_path], config())} == {"sketchy_pairs", "chairs_v2"}
    (single,) = open_sources([tmp_path / "caltech101.zip"], config())
    assert single.name == "caltech101"
