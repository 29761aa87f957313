"""Image folders with tables: metadata.csv, .jsonl and .parquet, in the folder or in each split's."""

import json

import pytest

from tests.gallery.kit import write_parquet
from tests.zoo import RED, save_photo, save_zoo
from zsbir.errors import GalleryError
from zsbir.gallery import Photo, Wishes, make_gallery, scan_folder
from zsbir.gallery.sources.columns import text_of

ROWS = [
    {"file_name": "frog/frog_0.png", "label": "Tree Frog", "text": "A frog", "license": "CC0"},
    {"file_name": "whale/gone.png", "label": "whale", "text": None, "license": ""},
]
EXPECTED = [
    Photo("frog/frog_0", "frog/frog_0.png", "tree_frog", "A frog", licence="CC0"),
    Photo("whale/gone", "whale/gone.png", "whale"),
]


@pytest.fixture
def zoo(tmp_path):
    save_zoo(tmp_path / "zoo")
    return tmp_path / "zoo"


def write_jsonl(path, rows):
    path.write_text("\n".join(map(json.dumps, rows)) + "\n\n", encoding="utf-8")


def write_csv(path, rows):
    lines = [",".join(rows[0]), *(",".join(str(value or "") for value in row.values()) for row in rows)]
    path.write_text("\n".join(lines), encoding="utf-8")


def write_columns(path, rows):
    pytest.importorskip("pyarrow")
    write_parquet(path, {column: [row[column] for row in rows] for column in rows[0]})


@pytest.mark.parametrize(
    ("name", "write"),
    [("metadata.csv", write_csv), ("metadata.jsonl", write_jsonl), ("metadata.parquet", write_columns)],
)
def test_all_three_kinds_say_the_same(zoo, name, write):
    write(zoo / name, ROWS)
    assert scan_folder(zoo) == EXPECTED


def test_rows_without_a_file_are_left_out_and_told(zoo, tmp_path, monkeypatch):
    monkeypatch.setenv("ZSBIR_GALLERIES", str(tmp_path / "galleries"))
    write_jsonl(zoo / "metadata.jsonl", [{"file_name": "frog/frog_0.png"}, {"file_name": None}, {}])
    made = make_gallery("zoo", zoo)
    assert list(made.gallery.by_id) == ["frog/frog_0"]
    assert made.left_out == [
        ("metadata.jsonl, row 2", "It names no file."),
        ("metadata.jsonl, row 3", "It names no file."),
    ]


def test_a_caption_that_was_cut_within_a_character(zoo, tmp_path, monkeypatch):
    monkeypatch.setenv("ZSBIR_GALLERIES", str(tmp_path / "galleries"))
    write_jsonl(zoo / "metadata.jsonl", [{"file_name": "frog/frog_0.png", "caption": "A frog \ud83d"}])
    assert make_gallery("zoo", zoo).gallery.photos[0].title == "A frog \ufffd"


def test_numbers_of_other_scripts_are_text():
    names = ("newt", "frog")
    assert [text_of(value, names) for value in (1, "1", "-1", 7)] == ["frog", "frog", "", ""]
    assert [text_of(value, names) for value in ("²", "--1", "1.5")] == ["²", "--1", "1.5"]


def test_a_table_speaks_for_its_folder_alone(zoo):
    write_jsonl(zoo / "frog" / "metadata.jsonl", [{"file_name": "frog_1.png", "label": "toad"}])
    found = {photo.id: photo.category for photo in scan_folder(zoo)}
    whole = {"ladybird/ladybird_0", "ladybird/ladybird_1", "whale/whale_0", "whale/whale_1"}
    assert found.keys() == whole | {"frog/frog_1"}
    assert found["frog/frog_1"] == "toad"


def test_class_numbers_get_their_names_from_the_card(zoo):
    write_jsonl(zoo / "metadata.jsonl", [{"file_name": "frog/frog_0.png", "label": 1}])
    names = "{class_label: {names: [newt, frog]}}"
    card = f"---\ndataset_info:\n  features:\n  - {{name: label, dtype: {names}}}\nlicense: mit\n---\n"
    (zoo / "README.md").write_text(card, encoding="utf-8")
    (photo,) = scan_folder(zoo)
    assert (photo.category, photo.licence) == ("frog", "mit")


def test_ids_of_a_table_are_kept_if_each_photo_has_its_own(zoo):
    rows = [{"file_name": f"frog/frog_{number}.png", "id": f"f{number}"} for number in range(2)]
    write_jsonl(zoo / "metadata.jsonl", rows)
    assert [photo.id for photo in scan_folder(zoo)] == ["f0", "f1"]
    write_jsonl(zoo / "metadata.jsonl", [{**row, "id": "f"} for row in rows])
    assert [photo.id for photo in scan_folder(zoo)] == ["frog/frog_0", "frog/frog_1"]


def test_a_split_of_folders(tmp_path):
    for name in ("train/cat/1.png", "train/dog/2.png", "test/cat/3.png"):
        save_photo(tmp_path / "pets" / name, RED)
    write_csv(tmp_path / "pets" / "test" / "metadata.csv", [{"file_name": "cat/3.png", "label": "tom"}])
    gallery = make_gallery("pets", tmp_path / "pets", Wishes(split="test")).gallery
    assert gallery.photos == (Photo("test/cat/3", "test/cat/3.png", "tom"),)
    gallery = make_gallery("pets", tmp_path / "pets", Wishes(split="train", limit=1)).gallery
    assert gallery.photos == (Photo("train/cat/1", "train/cat/1.png", "cat"),)


@pytest.mark.parametrize(
    ("folders", "categories"),
    [
        (("train", "test"), {""}),
        (("images",), {""}),
        (("train", "airplane"), {"train", "airplane"}),
        (("lion",), {"lion"}),
    ],
)
def test_folders_that_say_nothing_are_no_categories(tmp_path, folders, categories):
    for folder in folders:
        save_photo(tmp_path / folder / "1.png", RED)
    assert {photo.category for photo in scan_folder(tmp_path)} == categories


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"file_name": "a.png"}\n{"file', "Line 2 of .* is no JSON"),
        ("[1]\n", "Line 1 of .* is no JSON object"),
        ('{"label": "frog"}\n', "no column 'file_name'"),
        ('{"file_name": "../a.png"}\n', "inside the gallery's folder"),
        (b"\xff\xfe", "UTF-8"),
    ],
)
def test_broken_tables_are_told(zoo, text, message):
    content = text if isinstance(text, bytes) else text.encode()
    (zoo / "metadata.jsonl").write_bytes(content)
    with pytest.raises(GalleryError, match=message):
        scan_folder(zoo)


def test_a_table_of_ours_that_is_empty_is_told(zoo):
    (zoo / "photos.csv").write_text("id,file,category\n", encoding="utf-8")
    with pytest.raises(GalleryError, match=r"photos.csv lists no photos; fill it, or delete it to have"):
        scan_folder(zoo)


def test_a_source_without_photos_says_what_it_holds(tmp_path):
    (tmp_path / "a").mkdir()
    for name in ("1.tar", "2.tar", "notes"):
        (tmp_path / "a" / name).write_bytes(b"")
    with pytest.raises(GalleryError, match=r"no photos in .*, which holds 2 \.tar, 1 other; needed are"):
        scan_folder(tmp_path / "a")
