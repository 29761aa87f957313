"""Who searches among whom under each protocol."""

from dataclasses import replace

import pytest

from tests.evaluation.kit import photo_item, sketch_item, write_set
from zsbir.data import open_dataset
from zsbir.errors import DataError
from zsbir.evaluation.options import Options
from zsbir.evaluation.protocols import GALLERY, cross_dataset, fine_grained, generalised, zero_shot
from zsbir.evaluation.trial import Trial

SEEN = ("ant", "axe", "bear", "bell", "bench", "bread", "camel", "car", "chair", "church")
UNSEEN = ("bat", "cow", "door", "pear", "saw")


@pytest.fixture
def both(tmp_path):
    """Ten seen and five unseen categories: a training and a dev photo, and a sketch of each, of the seen."""
    rows = []
    for name in SEEN:
        rows += [
            (f"p/{name}{split}.png", name, "photo", f"{name}{split}", split)
            for split in ("seen_train", "seen_dev")
        ]
        rows += [
            (f"s/{name}{split}.png", name, "sketch", f"{name}{split}", split)
            for split in ("seen_train", "seen_dev")
        ]
    for name in UNSEEN:
        rows += [(f"p/{name}{i}.png", name, "photo", f"{name}{i}", "unseen_dev") for i in range(2)]
        rows.append((f"s/{name}.png", name, "sketch", f"{name}0", "unseen_dev"))
    rows.append(("p/lonely.png", "tree", "photo", "", "unseen_dev"))  # unseen, and nobody searches for it
    return open_dataset(write_set(tmp_path / "both.zip", rows))


def names(items):
    return {item.category for item in items}


def test_zero_shot_is_all_of_the_split(both):
    trial = zero_shot(both, None, Options())
    assert (trial.protocol, trial.split, trial.photo_split) == ("zs", "unseen_dev", "unseen_dev")
    assert (len(trial.queries), len(trial.photos)) == (5, 11)


@pytest.mark.parametrize(("rule", "count"), [("ocean", 1), ("drclip", 2)])
def test_seen_categories_join_both_sides(both, rule, count):
    """round(0.2 x 6 unseen) and round(0.2 x 10 seen)."""
    trial = generalised(both, None, Options(gzs_rule=rule))
    assert trial.protocol == "gzs"
    assert len(trial.seen) == count and trial.seen <= set(SEEN)
    assert names(trial.queries) == {*UNSEEN, *trial.seen}
    assert names(trial.photos) == {*UNSEEN, "tree", *trial.seen}
    joined = [item for item in trial.queries if item.category in trial.seen]
    assert {item.split for item in joined} == {"seen_dev"}  # training saw the others
    assert len(trial.photos) == 11 + 2 * count  # all photos of a seen category, whatever their split
    assert trial.settings == {"gzs_rule": rule, "seed": 0, "seen_split": "seen_dev"}


def test_the_share_is_one_of_all_seen_categories_not_of_those_that_can_search(both):
    """round(0.2 x 10) of the four with sketches, not round(0.2 x 4); and never more than there are."""
    for able, count in ((SEEN[:4], 2), (SEEN[:1], 1)):
        items = tuple(i for i in both.items if i.modality == "photo" or i.category in (*able, *UNSEEN))
        trial = generalised(replace(both, items=items), None, Options(gzs_rule="drclip"))
        assert len(trial.seen) == count and trial.seen <= set(able)
        assert names(trial.queries) == {*UNSEEN, *trial.seen}


def test_no_seen_category_that_can_search_is_no_generalised_zero_shot(both):
    """Its numbers would be those of plain zero-shot under another name."""
    silent = tuple(i for i in both.items if i.modality == "photo" or i.category in UNSEEN)
    with pytest.raises(DataError, match="By the rule drclip no seen category of both joins"):
        options = Options(split="all", benchmark="sketchy-21", gzs_rule="drclip")
        generalised(replace(both, items=silent), None, options)


def test_all_seen_photos_join_as_distractors(both):
    trial = generalised(both, None, Options(gzs_rule="all-seen"))
    assert names(trial.queries) == set(UNSEEN)
    assert len(trial.photos) == 11 + 20
    assert trial.seen == set(SEEN)


def test_a_seed_draws_the_same_categories_always_and_another_one_others(both):
    drawn = [generalised(both, None, Options(gzs_rule="drclip", seed=seed)).seen for seed in (0, 0, 1, 2, 3)]
    assert drawn[0] == drawn[1] == {"bread", "church"}  # by a hash: on every machine
    assert len(set(drawn)) > 2


def test_generalised_zero_shot_needs_seen_photos(both):
    with pytest.raises(DataError, match="no photos of seen categories"):
        generalised(both, None, Options(split="all"))


def test_a_benchmark_tells_unseen_from_seen_where_no_split_does(both):
    trial = zero_shot(both, None, Options(split="all", benchmark="sketchy-21"))
    assert names(trial.queries) == set(UNSEEN)
    assert names(trial.photos) == {*UNSEEN, "tree"}
    trial = generalised(both, None, Options(split="all", benchmark="sketchy-21", gzs_rule="all-seen"))
    assert (len(trial.queries), len(trial.photos)) == (5, 31)
    assert trial.settings["benchmark"] == "sketchy-21"


def test_photos_of_another_set_are_unseen_by_a_benchmark(both, tmp_path):
    rows = [("p/1.png", "bat", "photo", "", ""), ("p/2.png", "bear", "photo", "", "")]
    photos = open_dataset(write_set(tmp_path / "photos.zip", rows))
    trial = generalised(both, photos, Options(gzs_rule="all-seen"))
    assert (names(trial.queries), names(trial.photos), len(trial.photos)) == ({"bat"}, {"bat", "bear"}, 2)


def test_cross_dataset_keeps_unseen_categories_of_both_sides(both, tmp_path):
    rows = [("p/1.png", "bat", "photo", "", ""), ("p/2.png", "bear", "photo", "", "")]
    photos = open_dataset(write_set(tmp_path / "photos.zip", rows))
    trial = cross_dataset(both, photos, Options(split="all"))
    assert trial.protocol == "cross"
    assert (names(trial.queries), names(trial.photos)) == ({"bat"}, {"bat"})
    assert trial.settings == {"benchmark": "sketchy-21"}
    with pytest.raises(DataError, match="None of the"):
        cross_dataset(both, photos, Options(split="all", benchmark="sketchy-25"))


def test_fine_grained_keeps_sketches_that_have_their_photo(both):
    trial = fine_grained(both, None, Options())
    assert trial.protocol == "fine-grained" and trial.pairs_only
    assert (len(trial.queries), len(trial.photos), trial.photo_split) == (5, 11, "unseen_dev")
    # The photo is not among those that are searched: the sketch has nothing to find.
    with pytest.raises(DataError, match="was drawn from one"):
        fine_grained(both, None, Options(split="seen_dev", photo_split="seen_train"))


def test_small_galleries_are_filled_up_with_photos_of_the_same_category(tmp_path):
    rows = [(f"p/{i}.png", "apple", "photo", f"{i}", "dev" if i < 4 else "train") for i in range(150)]
    rows += [(f"p/b{i}.png", "pear", "photo", f"b{i}", "dev" if i < 2 else "train") for i in range(9)]
    rows += [(f"p/c{i}.png", "bat", "photo", f"c{i}", "train") for i in range(9)]
    rows += [("s/1.png", "apple", "sketch", "1", "dev"), ("s/b1.png", "pear", "sketch", "b1", "dev")]
    rows += [("s/9.png", "apple", "sketch", "9", "train")]
    dataset = open_dataset(write_set(tmp_path / "set.zip", rows))
    trial = fine_grained(dataset, None, Options())
    assert trial.photo_split == "dev, filled up to 100 a category"
    assert [item.file for item in trial.queries] == ["s/1.png", "s/b1.png"]
    apples = [item for item in trial.photos if item.category == "apple"]
    assert len(apples) == GALLERY == len({item.file for item in apples})
    assert sum(item.split == "dev" for item in apples) == 4
    assert sum(item.category == "pear" for item in trial.photos) == 9
    assert names(trial.photos) == {"apple", "pear"}
    assert fine_grained(dataset, None, Options(photo_split="dev")).photos == dataset.select("photo", "dev")
    assert trial.photos == fine_grained(dataset, None, Options()).photos


def test_our_held_out_instances_are_the_dev_split_of_both_sets(tmp_path):
    """`held_out_instance` decides; --split dev selects them, of several sets too."""
    from zsbir.data.splits import held_out_instance

    for dataset in ("sketchy_five_full", "chairs_v2"):
        rows = [(f"p/{i}.png", "chair", "photo", f"{i}", "seen_train") for i in range(30)]
        rows += [(f"s/{i}-1.png", "chair", "sketch", f"{i}", "seen_train") for i in range(30)]
        trial = fine_grained(open_dataset(write_set(tmp_path / f"{dataset}.zip", rows)), None, Options())
        expected = [str(i) for i in range(30) if held_out_instance(dataset, str(i))]
        assert 0 < len(expected) < 30
        assert [item.instance for item in trial.queries] == expected
        assert (trial.split, len(trial.photos)) == ("dev", 30)


def test_a_pair_is_the_same_instance_of_the_same_category():
    """Doodles name an instance after the student who drew it: the same in every category."""
    photos = (photo_item("apple", "1"), photo_item("pear", "1"), photo_item("apple", "2"))
    queries = (sketch_item("apple", "1"), sketch_item("pear", ""))
    trial = Trial(queries, photos, lambda a, b: a == b)
    assert trial.relevant().tolist() == [[True, False, True], [False, True, False]]
    assert trial.paired().tolist() == [[True, False, False], [False, False, False]]
    pairs = Trial(queries, photos, lambda a, b: a == b, pairs_only=True)
    assert pairs.restricted(queries, photos).queries == queries[:1]
    assert pairs.restricted(queries, photos[:1]).left_out == 1
    with pytest.raises(DataError, match="was drawn from one"):
        pairs.restricted(queries, photos[1:])


def test_the_photos_of_a_named_category():
    photos = (photo_item("apple", "1"), photo_item("pear", "1"))
    trial = Trial((sketch_item("apple"), sketch_item("pear")), photos, lambda a, b: a == b)
    assert trial.in_categories(["pear", "pear"]).tolist() == [[False, True]] * 2
    assert trial.in_categories(["pear", "apple"], slice(1, 2)).tolist() == [[True, False]]
