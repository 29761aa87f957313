"""The benchmarks in the folders that researchers have them in; which instances are held out."""

import io

import pytest
from PIL import Image

from zsbir.data import held_out_instance, open_dataset
from zsbir.errors import DataError


def png():
    stream = io.BytesIO()
    Image.new("L", (4, 4)).save(stream, "png")
    return stream.getvalue()


@pytest.fixture
def read(tmp_path):
    """Write empty pictures at some paths; return what the dataset says about each."""

    def write(*names, title="set"):
        for name in names:
            path = tmp_path / title / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(png())
        return {item.file: item for item in open_dataset(tmp_path / title).items}

    return write


def summary(item):
    return item.modality, item.category, item.instance, item.split


def test_sketchy_extended(read):
    items = read(
        "256x256/photo/tx_000000000000/cow/n01_7.jpg",
        "256x256/photo/tx_000100000000/cow/n01_7.jpg",
        "256x256/sketch/tx_000000000000/cow/n01_7-4.png",
        "256x256/sketch/tx_000000000110/cow/n01_7-4.png",
        "EXTEND_image_sketchy/cow/ext_1.jpg",
    )
    assert {name: summary(item) for name, item in items.items()} == {
        "256x256/photo/tx_000000000000/cow/n01_7.jpg": ("photo", "cow", "n01_7", ""),
        "256x256/sketch/tx_000000000000/cow/n01_7-4.png": ("sketch", "cow", "n01_7", ""),
        "EXTEND_image_sketchy/cow/ext_1.jpg": ("photo", "cow", "ext_1", ""),
    }


def test_each_modality_keeps_its_own_first_rendering(read):
    items = read("photo/tx_000100000000_ready/cow/a.jpg", "sketch/tx_000000000000_ready/cow/a-1.png")
    assert [(item.modality, item.instance) for item in items.values()] == [("photo", "a"), ("sketch", "a")]


@pytest.mark.parametrize(
    ("photo", "sketch"),
    [
        ("ImageResized/bus/1.jpg", "png/bus/1.png"),
        ("ImageResized_ready/bus/1.jpg", "png_ready/bus/1.png"),
        ("TU-Berlin/images/bus/1.jpg", "TU-Berlin/sketches/bus/1.png"),
        ("QuickDraw_images_final/bus/1.jpg", "QuickDraw_sketches_final/bus/1.png"),
    ],
)
def test_category_benchmarks(read, photo, sketch):
    items = read(photo, sketch)
    assert [items[name].modality for name in (photo, sketch)] == ["photo", "sketch"]
    assert {item.category for item in items.values()} == {"bus"}


@pytest.mark.parametrize(
    ("photo", "sketch", "split"),
    [
        ("photo/34.png", "sketch/34_2.png", ""),
        ("trainB/34.png", "trainA/34_2.png", "train"),
        ("testB/34.png", "testA/34_2.png", "test"),
        ("ShoeV2_photo/34.png", "ShoeV2_sketch/34_2.png", ""),
        ("ShoeV2/photo/34.png", "ShoeV2/sketch/34_2.png", ""),
    ],
)
def test_shoes_and_chairs(read, photo, sketch, split):
    items = read(photo, sketch, title="ShoeV2")
    assert summary(items[photo]) == ("photo", "shoe", "34", split)
    assert summary(items[sketch]) == ("sketch", "shoe", "34", split)


def test_names_that_mean_something_in_pairs_only(read):
    items = read("images/png/1.jpg", "images/wedding_photo/1.jpg")
    assert {item.category for item in items.values()} == {"png", "wedding_photo"}
    assert {item.modality for item in items.values()} == {"photo"}


def test_instances_are_held_out_by_name_alone():
    chairs = [f"chair_{n}" for n in range(3000)]
    held = [name for name in chairs if held_out_instance("chairs_v2", name)]
    assert 900 < len(held) < 1100
    assert held == [name for name in chairs if held_out_instance("chairs_v2", name)]
    assert not any(held_out_instance("another_set", name) for name in chairs)
    assert not held_out_instance("chairs_v2", "")  # of unknown instance


def test_a_held_out_instance_is_held_out_with_its_sketches(tmp_path):
    lines = "".join(
        f"photo/chair/{n}.png,chair,photo,{n},seen_train\nsketch/chair/{n}_1.png,chair,sketch,{n},seen_train\n"
        for n in range(30)
    )
    folder = tmp_path / "chairs_v2"
    folder.mkdir()
    (folder / "manifest.csv").write_text("file,category,modality,instance,split\n" + lines)
    items = open_dataset(folder).items
    expected = {str(n): "dev" if held_out_instance("chairs_v2", str(n)) else "seen_train" for n in range(30)}
    assert set(expected.values()) == {"dev", "seen_train"}
    assert all(item.split == expected[item.instance] for item in items)


def test_pictures_outside_of_folders_are_no_dataset(tmp_path):
    (tmp_path / "x.png").write_bytes(png())
    with pytest.raises(DataError, match="class folders"):
        open_dataset(tmp_path)
