"""What training must not see: by the papers' lists, under other names, and by a hash."""

import pytest

from zsbir.data import benchmark_split, is_unseen_sketch
from zsbir.data.splits import held_out_drawing, held_out_file
from zsbir.errors import DataError


def test_the_benchmarks_are_those_of_the_papers():
    seen, unseen = benchmark_split("sketchy-21")
    assert (len(seen), len(unseen), len(seen & unseen)) == (104, 21, 0)
    assert len(benchmark_split("sketchy-25")[1]) == 25
    assert len(benchmark_split("tuberlin-30-sake")[1]) == 30
    assert len(benchmark_split("quickdraw-30")[1]) == 30
    with pytest.raises(DataError, match="known are"):
        benchmark_split("sketchy-22")


UNSEEN_QUICKDRAW = (
    *("bat", "bird", "cow", "dolphin", "door", "giraffe", "helicopter", "mouse", "palm_tree", "pear"),
    *("raccoon", "rhinoceros", "saw", "scissors", "skyscraper", "sword", "tree", "windmill"),
)


def test_no_unseen_category_is_drawn_in_training_under_any_name():
    seen, unseen = benchmark_split("sketchy-21")
    assert all(map(is_unseen_sketch, unseen))
    assert not any(map(is_unseen_sketch, seen))
    assert all(map(is_unseen_sketch, UNSEEN_QUICKDRAW))
    others = [
        "rhino",
        "mouse (animal)",
        "computer-mouse",
        "chain_saw",
        "bull",
        "bonsai",
        "robin",
        "sliding_door",
        "water_buffalo",
        "bison",
        "killer whale",
        "window_screen",
        "window_shade",
    ]
    assert all(map(is_unseen_sketch, others))
    # Not names, nor kinds, of an unseen category: these stay.
    stay = [
        "house",
        "house_plant",
        "baseball_bat",
        "see_saw",
        "whale",
        "pickup_truck",
        "owl",
        "leaf",
        "door_handle",
    ]
    assert not any(map(is_unseen_sketch, stay))


def test_what_is_held_out_never_changes():
    files = [f"photo/ant/image_{i:04}.jpg" for i in range(1000)]
    held = [file for file in files if held_out_file("caltech101", file)]
    assert 160 < len(held) < 240
    assert held[:3] == ["photo/ant/image_0000.jpg", "photo/ant/image_0005.jpg", "photo/ant/image_0009.jpg"]
    assert not any(held_out_file("tiny_imagenet_1", file) for file in files)
    assert [held_out_drawing(i, 15) for i in range(15)] == [False] * 11 + [True] * 4
    assert [held_out_drawing(i, 3) for i in range(3)] == [False, False, True]
    assert not held_out_drawing(0, 1)
