"""Importing stamps into a gallery, on made-up ones, and the command line of the importers."""

import csv
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from zsbir.errors import GalleryError
from zsbir.gallery.__main__ import main
from zsbir.gallery.importers import table
from zsbir.gallery.importers.pictures import SMALL, ink_box, trim
from zsbir.gallery.importers.render import VIEWS
from zsbir.gallery.importers.stamps import import_stamps, read_description
from zsbir.gallery.photos import Photo, read_photos, write_photos


@pytest.fixture
def lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Put made-up curated lists in place of the real ones."""
    folder = tmp_path / "lists"
    folder.mkdir()
    monkeypatch.setattr(table, "_LISTS", folder)

    def write(name: str, *lines: str) -> None:
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")

    return write


@pytest.fixture
def stamps(tmp_path: Path) -> Path:
    """Two stamps: a big red square off centre on a transparent sheet, and a tiny blue one without words."""
    folder = tmp_path / "stamps"
    (folder / "animals").mkdir(parents=True)
    big = Image.new("RGBA", (900, 700), (0, 0, 0, 0))
    big.paste((200, 30, 30, 255), (500, 100, 800, 400))
    big.save(folder / "animals/lion-2.png")
    (folder / "animals/lion-2.txt").write_text("An African lion.\nde.utf8=Ein Löwe.\n", encoding="utf-8")
    Image.new("RGBA", (50, 25), (20, 20, 220, 255)).save(folder / "apple.png")
    return folder


def test_stamps_become_photos_on_white(tmp_path, stamps, lists):
    lists("stamps.csv", "file,category,title", "animals/lion-2.png,lion,", "apple.png,apple,")
    home = tmp_path / "everyday"
    assert import_stamps(stamps, home) == 2
    apple, lion = read_photos(home / "photos.csv")
    assert (lion.id, lion.file) == ("lion/stamp_animals_lion_2", "photos/lion/stamp_animals_lion_2.jpg")
    assert (lion.title, apple.title) == ("African lion", "apple")
    assert lion.licence == "GPL-2.0-or-later" and "Tux Paint" in lion.credit
    assert lion.source == "tuxpaint-stamps-default: animals/lion-2.png"
    with Image.open(home / lion.file) as picture:
        assert picture.format == "JPEG" and picture.mode == "RGB"
        assert picture.size == (324, 324)  # 300 pixels of lion and a margin of 4 percent on each side
        assert min(picture.getpixel((2, 2))) > 240
        assert np.abs(np.subtract(picture.getpixel((162, 162)), (200, 30, 30))).max() < 6
    with Image.open(home / apple.file) as picture:
        assert max(picture.size) == SMALL


def test_a_stamp_taken_off_the_list_goes_and_other_sources_stay(tmp_path, stamps, lists):
    home = tmp_path / "everyday"
    other = Photo(
        id="chair/x", file="photos/chair/x.jpg", category="chair", source="sweethome3d-furniture: x"
    )
    write_photos(home / "photos.csv", [other])
    lists("stamps.csv", "file,category,title", "animals/lion-2.png,lion,", "apple.png,apple,")
    import_stamps(stamps, home)
    gone = home / "photos/apple/stamp_apple.jpg"
    assert gone.exists()
    lists("stamps.csv", "file,category,title", "animals/lion-2.png,lion,A big cat")
    import_stamps(stamps, home)
    photos = read_photos(home / "photos.csv")
    assert [photo.id for photo in photos] == ["chair/x", "lion/stamp_animals_lion_2"]
    assert photos[1].title == "A big cat"
    assert not gone.parent.exists()


def test_missing_stamps_and_bad_lists_are_told(tmp_path, stamps, lists):
    lists("stamps.csv", "file,category,title", "animals/unicorn.png,unicorn,")
    with pytest.raises(GalleryError, match=r"unicorn\.png.*tuxpaint-stamps-default"):
        import_stamps(stamps, tmp_path / "everyday")
    lists("stamps.csv", "file,category,title", "apple.png,An apple,")
    with pytest.raises(GalleryError, match="floor_lamp"):
        import_stamps(stamps, tmp_path / "everyday")
    lists("stamps.csv", "file,category", "apple.png,apple")
    with pytest.raises(GalleryError, match="title"):
        import_stamps(stamps, tmp_path / "everyday")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("A brown hen.", "Brown hen"),
        ("Eat your broccoli!", "Eat your broccoli"),
        ("Our moon.", "Moon"),
        ("", ""),
    ],
)
def test_descriptions_lose_article_and_stop(tmp_path, text, title):
    (tmp_path / "x.txt").write_text(text, encoding="utf-8")
    assert read_description(tmp_path / "x.png") == title


def test_trim_leaves_an_even_margin():
    sheet = Image.new("RGB", (100, 100), "white")
    ImageDraw.Draw(sheet).rectangle((10, 20, 59, 29), fill="black")
    assert ink_box(sheet) == (10, 20, 60, 30)
    framed = trim(sheet, margin=0.1)
    assert framed.size == (60, 20)
    assert ink_box(framed) == (5, 5, 55, 15)
    empty = Image.new("RGB", (7, 7), "white")
    assert ink_box(empty) is None and trim(empty).size == (7, 7)


def test_the_command_tells_what_is_wrong(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("ZSBIR_GALLERIES", str(tmp_path))
    assert main(["import-stamps", str(tmp_path / "nowhere")]) == 1
    assert main(["import-models", str(tmp_path / "nowhere")]) == 1
    assert capsys.readouterr().err.count("error: No ") == 2
    assert not (tmp_path / "everyday").exists() or not (tmp_path / "everyday/photos.csv").exists()


def test_the_gallery_does_not_import_its_importers():
    code = "import sys, zsbir.gallery as _; sys.exit('zsbir.gallery.importers' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_lists_name_everything_once_and_as_the_field_does():
    from zsbir.data.names import canonical_name

    folder = Path(table.__file__).parent / "data"
    for name, key in (("stamps.csv", "file"), ("models.csv", "model")):
        with open(folder / name, newline="", encoding="utf-8") as file:
            lines = list(csv.DictReader(file))
        assert len({line[key] for line in lines}) == len(lines) > 250
        assert [
            line["category"] for line in lines if canonical_name(line["category"]) != line["category"]
        ] == []
        assert all(view in VIEWS for line in lines for view in line.get("views", "").split())
