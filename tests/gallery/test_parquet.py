"""Pictures out of the rows of parquet files: which columns, which rows, and where they are kept."""

import hashlib

import pytest

from tests.gallery.kit import ANIMALS, IMAGE, cell, picture, write_animals, write_parquet
from zsbir.errors import GalleryError
from zsbir.gallery import Wishes, create_gallery, load_gallery, make_gallery, scan_folder
from zsbir.images import open_image

pytest.importorskip("pyarrow")


@pytest.fixture
def animals(tmp_path):
    return write_animals(tmp_path / "animals")


def reds(gallery):
    """Photo id -> what its file shows."""
    return {photo.id: open_image(gallery.path(photo)).getpixel((0, 0))[0] for photo in gallery.photos}


def made_of(tmp_path, table, features=None, **wishes):
    made = make_gallery("one", write_parquet(tmp_path / "one.parquet", table, features), Wishes(**wishes))
    return made.gallery.photos, made.left_out


def test_all_shards_of_all_splits_become_photos(animals):
    gallery = create_gallery("animals", animals)
    assert reds(gallery) == {
        **{"train/000000": 0, "train/000001": 1, "train/000002": 2, "train/000003": 3},
        **{"test/000000": 4, "test/000001": 5, "test/000002": 6},
    }
    # The first synonym, where it tells the classes apart; a class below 0 is none.
    names = ["tree_frog", "sea_lion", "tree_frog", "", "sea_lion", "crane,_bird", "crane,_machine"]
    assert [photo.category for photo in gallery.photos] == names


def test_the_photos_lie_in_the_gallery_by_their_contents(animals, home):
    gallery = create_gallery("animals", animals)
    assert gallery.root == gallery.home == home / "animals"
    for photo in gallery.photos:
        name = hashlib.sha256(gallery.path(photo).read_bytes()).hexdigest()
        assert photo.file == f"photos/{name[:2]}/{name}.png"
    assert gallery.source == str(animals)
    assert load_gallery("animals") == gallery


def test_a_second_time_nothing_is_written_but_what_is_short(animals):
    gallery = create_gallery("animals", animals)
    first, *others = [gallery.path(photo) for photo in gallery.photos]
    first.write_bytes(first.read_bytes()[:10])
    before = [path.stat().st_mtime_ns for path in others]
    create_gallery("animals", animals)
    assert first.read_bytes() == picture(0)
    assert [path.stat().st_mtime_ns for path in others] == before


def test_photos_that_no_row_has_any_more_go(animals, home):
    create_gallery("animals", animals)
    (home / "animals" / "photos" / "mine.txt").write_text("not ours", encoding="utf-8")
    gallery = make_gallery("animals", animals, Wishes(split="test")).gallery
    there = sorted(path.name for path in (home / "animals" / "photos").rglob("*") if path.is_file())
    assert there == sorted([*(gallery.path(photo).name for photo in gallery.photos), "mine.txt"])


def test_listing_a_folder_takes_nothing_out_of_its_tables(animals):
    before = sorted(animals.rglob("*"))
    with pytest.raises(GalleryError, match=r"no photos in .*, which holds 3 \.parquet"):
        scan_folder(animals)
    assert sorted(animals.rglob("*")) == before


def test_a_split_a_limit_and_both(animals):
    assert len(make_gallery("a", animals, Wishes(split="train")).gallery.photos) == 4
    assert list(make_gallery("b", animals, Wishes(limit=3)).gallery.by_id)[-1] == "train/000002"
    assert len(make_gallery("c", animals, Wishes(split="test", limit=2)).gallery.photos) == 2
    with pytest.raises(GalleryError, match=r"no split 'dev'; name one of: train, test\."):
        make_gallery("d", animals, Wishes(split="dev"))
    with pytest.raises(GalleryError, match="at least 1 photo, not 0"):
        Wishes(limit=0)


def test_rows_that_hold_no_photo_are_left_out_and_told(tmp_path):
    cells = [cell(1), {"bytes": b"no picture", "path": "a.png"}, None, {"bytes": None, "path": "gone.png"}]
    photos, left_out = made_of(tmp_path, {"image": cells})
    assert [photo.id for photo in photos] == ["train/000000"]
    assert dict(left_out) == {
        "train/000001": "Its bytes are no picture.",
        "train/000002": "It has no picture.",
        "train/000003": "It names 'gone.png', which is not there.",
    }


def test_a_table_without_a_single_photo_is_told(tmp_path):
    with pytest.raises(
        GalleryError, match=r"None of the 2 photos that .* lists can be used; train/000000: It"
    ):
        made_of(tmp_path, {"image": [{"bytes": b"x", "path": None}] * 2})
    with pytest.raises(
        GalleryError, match=r"one.parquet has no column with pictures; its columns are: a, b\."
    ):
        made_of(tmp_path, {"a": [1], "b": ["x"]})


def test_pictures_beside_the_table_are_read(tmp_path):
    (tmp_path / "shots").mkdir()
    (tmp_path / "shots" / "a.webp").write_bytes(picture(9, "WEBP"))
    (tmp_path / "secret.png").write_bytes(picture(8))
    for column in ({"image": [{"bytes": None, "path": "shots/a.webp"}]}, {"file_name": ["shots/a.webp"]}):
        (photo,), _ = made_of(tmp_path, column)
        assert photo.file.endswith(".webp") and photo.title == "a"
    below = tmp_path / "below"
    write_parquet(below / "one.parquet", {"file_name": ["../secret.png"]})
    with pytest.raises(GalleryError, match="which is not there"):
        create_gallery("one", below / "one.parquet")


@pytest.mark.parametrize(
    ("columns", "features", "wishes", "shown"),
    [
        ({"thumb": [cell(1)], "image": [cell(2)]}, None, {}, 2),
        ({"back": [cell(1)], "front": [cell(2)]}, {"front": IMAGE}, {}, 2),
        ({"thumb": [cell(1)], "image": [cell(2)]}, None, {"image": "thumb"}, 1),
        ({"picture": [picture(3)], "score": [0.5]}, None, {}, 3),
    ],
)
def test_the_column_of_pictures(tmp_path, columns, features, wishes, shown):
    photos, _ = made_of(tmp_path, columns, features, columns=wishes)
    (gallery,) = [load_gallery("one")]
    assert reds(gallery) == {photos[0].id: shown}


def test_text_columns_are_found_by_their_names_or_named(tmp_path):
    columns = {
        **{"image": [cell(1)], "Caption": [["a frog\non a leaf", "green"]], "species": ["Tree Frog"]},
        **{"license": ["CC0"], "author": ["Ann"], "url": ["https://example.org/1"], "kind": ["animal"]},
    }
    (photo,), _ = made_of(tmp_path, columns)
    assert (photo.category, photo.title) == ("tree_frog", "a frog on a leaf")
    assert (photo.licence, photo.credit, photo.source) == ("CC0", "Ann", "https://example.org/1")
    (photo,), _ = made_of(tmp_path, columns, columns={"category": "kind", "title": "species"})
    assert (photo.category, photo.title) == ("animal", "Tree Frog")
    with pytest.raises(GalleryError, match=r"no column 'colour'; name one of: Caption, species"):
        made_of(tmp_path, columns, columns={"category": "colour"})


def test_ids_of_the_table_are_kept_where_each_photo_has_its_own(tmp_path):
    cells = [cell(1), cell(2)]
    assert [photo.id for photo in made_of(tmp_path, {"image": cells, "id": [70, 71]})[0]] == ["70", "71"]
    ids = [photo.id for photo in made_of(tmp_path, {"image": cells, "id": [7, 7]})[0]]
    assert ids == ["train/000000", "train/000001"]


def test_two_rows_with_the_same_picture_are_two_photos(tmp_path):
    photos, _ = made_of(tmp_path, {"image": [cell(1), cell(1)], "label": ["a", "b"]})
    assert len({photo.file for photo in photos}) == 1
    assert [photo.category for photo in photos] == ["a", "b"]


def test_damaged_files_and_missing_pyarrow_are_told(tmp_path, monkeypatch):
    path = write_parquet(tmp_path / "one.parquet", {"image": [cell(1)], "label": [0]}, {"label": ANIMALS})
    whole = path.read_bytes()
    for content in (b"", b"PAR1", whole[: len(whole) // 2], whole[:-30] + b"x" * 22 + whole[-8:]):
        path.write_bytes(content)
        with pytest.raises(GalleryError, match=r"one.parquet is no parquet file or damaged \(.*\); get it"):
            create_gallery("one", path)
    monkeypatch.setitem(__import__("sys").modules, "pyarrow.parquet", None)
    with pytest.raises(GalleryError, match="pip install pyarrow"):
        create_gallery("one", path)


def test_one_row_group_is_in_memory_at_once(tmp_path):
    """Twenty row groups, of 1.2 MB each, take what two or three of them take."""
    import os

    import pyarrow
    import pyarrow.parquet

    from zsbir.gallery.sources.arrow import read_rows

    table = pyarrow.table({"image": [os.urandom(40_000) for _ in range(600)]})
    pyarrow.parquet.write_table(table, tmp_path / "big.parquet", row_group_size=30)
    del table
    pool = pyarrow.default_memory_pool()
    before, peak, rows = pool.bytes_allocated(), 0, 0
    for _ in read_rows(tmp_path / "big.parquet"):
        peak = max(peak, pool.bytes_allocated() - before)
        rows += 1
    assert rows == 600 and peak < 5e6
