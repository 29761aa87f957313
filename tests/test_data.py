"""Datasets made here in every layout, read back; names and splits by example and by rule."""

import io
import json
import os
import pickle
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from zsbir.data import benchmark_split, canonical_name, is_unseen_sketch, name_words, open_dataset
from zsbir.data import names as names_module
from zsbir.data.names import IMAGENET, is_a, kinds_of
from zsbir.data.splits import held_out_drawing, held_out_file
from zsbir.errors import DataError, ImageError

HEADER = "file,category,modality,instance,split,source,licence\n"
MANIFEST = HEADER + (
    "photo/car_(sedan)/a.png,car_(sedan),photo,a,seen_train,somewhere,CC0\n"
    "sketch/car_(sedan)/a-1.png,car_(sedan),sketch,a,seen_train,somewhere,CC0\n"
    "photo/mouse/m.png,mouse,photo,m,unseen_dev,somewhere,CC0\n"
)


def png(value: int = 0, side: int = 8) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (side, side), (value, value, value)).save(stream, "png")
    return stream.getvalue()


def quickdraw(word: str, x: int = 0) -> str:
    return json.dumps({"word": word, "drawing": [[[x, 10], [0, 20]]]})


@pytest.fixture
def make(tmp_path):
    """Write files (name -> bytes or text) as a zip or a folder; return its path."""

    def write(files: dict[str, bytes | str], as_zip: bool = True, name: str = "set"):
        data = {key: value.encode() if isinstance(value, str) else value for key, value in files.items()}
        if as_zip:
            path = tmp_path / f"{name}.zip"
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
                for key, value in data.items():
                    archive.writestr(key, value)
            return path
        for key, value in data.items():
            (tmp_path / name / key).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name / key).write_bytes(value)
        return tmp_path / name

    return write


PICTURES = {
    "photo/car_(sedan)/a.png": png(10),
    "sketch/car_(sedan)/a-1.png": png(20),
    "photo/mouse/m.png": png(30),
}


@pytest.mark.parametrize("as_zip", [True, False])
@pytest.mark.parametrize("root", ["", "inner/"])
def test_a_manifest_is_read_from_zip_and_folder(make, as_zip, root):
    files = {root + name: data for name, data in {"manifest.csv": MANIFEST, **PICTURES}.items()}
    dataset = open_dataset(make(files, as_zip))
    assert [item.category for item in dataset.items] == ["car", "car", "mouse"]
    assert dataset.items[0].raw_category == "car_(sedan)"
    assert [item.modality for item in dataset.items] == ["photo", "sketch", "photo"]
    assert [item.instance for item in dataset.items] == ["a", "a", "m"]
    assert dataset.splits == ["seen_train", "unseen_dev"]
    assert dataset.select("photo", "unseen_dev") == dataset.items[2:]
    assert [dataset.read(item).getpixel((0, 0))[0] for item in dataset.items] == [10, 20, 30]


def test_threads_read_what_one_thread_reads(make):
    manifest = HEADER + "".join(f"{i}.png,cat,photo,,train,,\n" for i in range(200))
    dataset = open_dataset(make({"manifest.csv": manifest, **{f"{i}.png": png(i) for i in range(200)}}))
    with ThreadPoolExecutor(8) as pool:
        values = [image.getpixel((0, 0))[0] for image in pool.map(dataset.read, dataset.items * 3)]
    assert values == [*range(200)] * 3


def test_a_forked_worker_opens_its_own_zip(make, monkeypatch):
    """A handle shared over a fork shares its position too, and both sides then read garbage."""
    dataset = open_dataset(make({"manifest.csv": MANIFEST, **PICTURES}))
    parent = dataset.storage._open()
    assert dataset.storage._open() is parent
    pid = os.getpid()
    monkeypatch.setattr(os, "getpid", lambda: pid + 1)
    assert dataset.storage._open() is not parent


def test_a_dataset_travels_to_another_process(make):
    dataset = pickle.loads(pickle.dumps(open_dataset(make({"manifest.csv": MANIFEST, **PICTURES}))))
    assert dataset.read(dataset.items[0]).getpixel((0, 0))[0] == 10


def test_captions_are_keyed_by_file(make):
    manifest = HEADER + "photo/x.jpg,,photo,,train,,\nphoto/y.jpg,,photo,,train,,\n"
    captions = 'image,caption\nx.jpg,"A dog, running ."\nx.jpg,Two dogs .\n'
    dataset = open_dataset(make({"manifest.csv": manifest, "captions.csv": captions}))
    assert dataset.captions == {"photo/x.jpg": ("A dog, running .", "Two dogs .")}
    assert dataset.items[0].category == ""


def test_ndjson_drawings_and_their_dev_part(make):
    lines = "\n".join(quickdraw("cell phone", i) for i in range(10))
    dataset = open_dataset(
        make({"cell_phone.ndjson": lines, "the_mona_lisa.ndjson": quickdraw("The Mona Lisa")})
    )
    phones = [item for item in dataset.items if item.category == "cell_phone"]
    assert [item.split for item in phones] == ["train"] * 6 + ["dev"] * 4
    assert {item.modality for item in dataset.items} == {"sketch"}
    assert dataset.drawing(phones[7]).strokes[0].points[0].tolist() == [7, 0]
    assert dataset.read(phones[0]).size == (224, 224)
    assert dataset.items[-1].category == "mona_lisa"
    assert dataset.items[-1].split == "train"  # never more than half of a file is held out


def test_a_single_ndjson_file(make):
    folder = make({"cat.ndjson": quickdraw("cat") + "\n", "dog.ndjson": quickdraw("dog")}, as_zip=False)
    assert [item.category for item in open_dataset(folder / "cat.ndjson").items] == ["cat"]
    assert [item.category for item in open_dataset(folder).items] == ["cat", "dog"]


def test_strokes_are_not_looked_for_in_pictures(make):
    dataset = open_dataset(make({"manifest.csv": MANIFEST, **PICTURES}))
    with pytest.raises(DataError, match="picture"):
        dataset.drawing(dataset.items[0])


def test_class_folders_pair_sketches_with_photos(make):
    files = {
        "256x256/photo/tx_000/cow/n01_7.png": png(),
        "256x256/sketch/tx_000/cow/n01_7-4.png": png(),
        "256x256/sketch/tx_000/cow/n09_1-2.png": png(),
        "256x256/sketch/tx_000/bat/n01_7-1.png": png(),
        ".hidden/cow/x.png": png(),
        "__MACOSX/cow/y.png": png(),
    }
    items = {item.file.split("/", 1)[1]: item for item in open_dataset(make(files)).items}
    assert len(items) == 4
    assert items["photo/tx_000/cow/n01_7.png"].instance == "n01_7"
    assert items["sketch/tx_000/cow/n01_7-4.png"].instance == "n01_7"
    assert items["sketch/tx_000/cow/n09_1-2.png"].instance == ""  # its photo is not there
    assert items["sketch/tx_000/bat/n01_7-1.png"].instance == ""  # another category


def test_plain_class_folders_take_the_modality_they_are_told(make):
    path = make({"tea pot/1.png": png(), "notes.txt": "-"}, as_zip=False)
    assert open_dataset(path).items[0].modality == "photo"
    assert open_dataset(path, modality="sketch").items[0].modality == "sketch"
    assert open_dataset(make({"chair/sketch/1.png": png()})).items[0].category == "chair"


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"notes.txt": "hello"}, "no manifest.csv"),
        ({"manifest.csv": "file,category\nx,y\n"}, "lacks the columns"),
        ({"manifest.csv": HEADER + "x.png,cat,painting,,,,\n"}, "Line 2 .* 'painting'"),
        ({"manifest.csv": HEADER + "x.png,cat\n"}, "too few fields"),
        ({"manifest.csv": HEADER.encode() + b"x.png,\xff\xfe,photo,,,,\n"}, "UTF-8"),
        ({"cat.ndjson": quickdraw("cat") + "\nnonsense\n"}, "Line 2 of cat.ndjson"),
        ({"cat.ndjson": "[1, 2]"}, "Line 1 of cat.ndjson"),
    ],
)
@pytest.mark.parametrize("as_zip", [True, False])
def test_what_is_no_dataset_is_refused(make, files, sentence, as_zip):
    with pytest.raises(DataError, match=sentence):
        open_dataset(make(files, as_zip))


def test_missing_and_damaged_files_are_told(make, tmp_path):
    with pytest.raises(DataError, match="no dataset at"):
        open_dataset(tmp_path / "nowhere.zip")
    (tmp_path / "fake.zip").write_text("this is text")
    with pytest.raises(DataError, match="not a readable zip"):
        open_dataset(tmp_path / "fake.zip")
    for as_zip in (True, False):
        dataset = open_dataset(make({"manifest.csv": MANIFEST}, as_zip, name=f"lacks{as_zip}"))
        with pytest.raises(DataError, match=r"a\.png"):
            dataset.read(dataset.items[0])
    dataset = open_dataset(make({"manifest.csv": MANIFEST, **PICTURES, "photo/mouse/m.png": b"no picture"}))
    with pytest.raises(ImageError):
        dataset.read(dataset.items[2])


@pytest.mark.parametrize("damage", [b"\7", bytes(400)], ids=["the stream", "its content"])
def test_a_damaged_member_is_told(make, damage):
    """Seven begins a block of a kind that deflate does not have; zeros only break the sum of stored bytes."""
    path = make({"manifest.csv": MANIFEST, **PICTURES, "photo/mouse/m.png": os.urandom(4000)})
    with zipfile.ZipFile(path) as archive:
        member = archive.getinfo("photo/mouse/m.png")
    assert member.compress_type == zipfile.ZIP_DEFLATED
    start = member.header_offset + zipfile.sizeFileHeader + len(member.filename)
    start += 0 if len(damage) == 1 else 500
    data = bytearray(path.read_bytes())
    data[start : start + len(damage)] = damage
    path.write_bytes(data)
    dataset = open_dataset(path)
    with pytest.raises(DataError, match="damaged"):
        dataset.read(dataset.items[2])


def test_a_manifest_cannot_reach_outside_its_folder(make, tmp_path):
    (tmp_path / "secret.png").write_bytes(png())
    dataset = open_dataset(make({"manifest.csv": HEADER + "../secret.png,cat,photo,,,,\n"}, as_zip=False))
    with pytest.raises(DataError, match="outside"):
        dataset.read(dataset.items[0])


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("hot-air_balloon", "hot_air_balloon"),
        ("hot air balloon", "hot_air_balloon"),
        ("car_(sedan)", "car"),
        ("car_side", "car"),
        ("Motorbikes", "motorcycle"),
        ("motorbike", "motorcycle"),
        ("airplanes", "airplane"),
        ("Faces_easy", "face"),
        ("crocodilian", "crocodile"),
        ("crocodile_head", "crocodile"),
        ("rhino", "rhinoceros"),
        ("cellphone", "cell_phone"),
        ("jack-o'-lantern", "jack_o_lantern"),
        ("teddy-bear", "teddy_bear"),
        ("tennis_racquet", "racket"),
        ("wrist-watch", "watch"),
        ("The Eiffel Tower", "eiffel_tower"),
        ("mouse (animal)", "mouse"),
        ("", ""),
    ],
)
def test_one_thing_has_one_name(raw, name):
    assert canonical_name(raw) == name


@pytest.mark.parametrize(
    ("raw", "file", "name"),
    [
        ("mouse", "x/n03793489_mouse.jpg", "computer_mouse"),  # ImageNet's mouse lies beside the keyboard
        ("crane", "photo/crane/val_3.jpg", "crane_machine"),  # Tiny ImageNet's only crane
        ("crane", "crane/n02012849_crane.jpg", "crane_bird"),
        ("Cardigan", "Cardigan/n02113186_Cardigan.jpg", "cardigan_corgi"),
        ("cardigan", "cardigan/n02963159_cardigan.jpg", "cardigan"),
        ("n01514668", "n01514668/train_n01514668_1.jpg", "rooster"),
        ("cock", "cock/n01514668_cock.jpg", "rooster"),
        ("kite", "kite/n01608432_kite.jpg", "kite_bird"),
    ],
)
def test_imagenet_means_other_things_by_some_words(make, raw, file, name):
    assert canonical_name(raw, IMAGENET, file) == name
    manifest = HEADER + f"{file},{raw},photo,,train,somewhere,ImageNet terms: non-commercial research\n"
    assert open_dataset(make({"manifest.csv": manifest})).items[0].category == name


def test_the_tables_of_names_do_not_contradict_themselves():
    aliases = names_module._aliases("aliases.txt")
    for file in ("aliases.txt", "imagenet.txt"):
        listed = [other for _, others in names_module._table(file) for other in others]
        assert len(listed) == len(set(listed)), file
        assert not [name for name, _ in names_module._table(file) if name in aliases], file
    kinds = {name for wider, others in names_module._table("kinds.txt") for name in (wider, *others)}
    for name in kinds | set(aliases.values()):
        assert canonical_name(name) == name
        assert name not in kinds_of(name)  # no circles


def test_kinds_reach_over_several_steps():
    assert kinds_of("robin") == ("songbird", "bird")
    assert is_a("robin", "bird") and is_a("bird", "bird") and not is_a("bird", "robin")
    assert name_words("hot_air_balloon") == "hot air balloon"


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
