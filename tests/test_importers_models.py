"""Catalogues of models and the pictures made of them, on made-up ones; f3d is not needed."""

import zipfile
from pathlib import Path

import pytest
from PIL import Image

from zsbir.errors import GalleryError
from zsbir.gallery.importers import table
from zsbir.gallery.importers.catalogue import find_licence, parse_properties, read_catalogues
from zsbir.gallery.importers.models import import_models
from zsbir.gallery.importers.pictures import SIDE
from zsbir.gallery.photos import read_photos

IDENTITY = (1.0, 0, 0, 0, 1, 0, 0, 0, 1)


@pytest.fixture
def lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Put made-up curated lists in place of the real ones."""
    folder = tmp_path / "lists"
    folder.mkdir()
    monkeypatch.setattr(table, "_LISTS", folder)

    def write(name: str, *lines: str) -> None:
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")

    return write


def catalogue(
    folder: Path, models: dict[str, str], licence: str, notes: dict[str, str] | None = None
) -> Path:
    """Write a .sh3f with models /lib/<name>/<name>.obj; `models` gives more properties, # as number."""
    lines = ["# comment", f"license={licence}"]
    for number, (name, more) in enumerate(models.items(), 1):
        lines += [f"id#{number}=Lib#{name}", f"name#{number}={name.title()} \\u00e9", f"creator#{number}=Ann"]
        lines += [f"model#{number}=/lib/{name}/{name}.obj", more.replace("#", f"#{number}")]
    path = folder / "lib.sh3f"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("PluginFurnitureCatalog.properties", "\n".join(lines))
        for name in models:
            archive.writestr(f"lib/{name}/{name}.obj", "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")
            archive.writestr(f"lib/{name}/{name}.mtl", "newmtl a\nmap_Kd gone.jpg\n")
        for name, note in (notes or {}).items():
            archive.writestr(f"lib/{name}/License.txt", note)
    return path


def test_catalogue_tells_maker_licence_and_pose(tmp_path):
    note = "Released under Creative Commons Attribution 3.0\nhttp://www.blendswap.com/blends/view/42"
    turned = "modelRotation#=1 0 0 0 0 1 0 -1 0"
    catalogue(tmp_path, {"seat": turned, "lamp": ""}, "Public domain", {"seat": note})
    models = read_catalogues(tmp_path)
    seat, lamp = models["Lib#seat"], models["Lib#lamp"]
    assert (seat.name, seat.creator, seat.slug, seat.member) == (
        "Seat é",
        "Ann",
        "lib_seat",
        "lib/seat/seat.obj",
    )
    assert seat.rotation == (1, 0, 0, 0, 0, 1, 0, -1, 0) and lamp.rotation == IDENTITY
    # A model's own licence file wins over the catalogue's heading.
    assert (seat.licence, seat.address) == ("CC-BY-3.0", "http://www.blendswap.com/blends/view/42")
    assert (lamp.licence, lamp.address) == ("CC0-1.0", "")


def test_licences_of_the_real_catalogues_are_told_apart():
    assert find_licence("Creative Commons Attribution 3.0 United States license") == "CC-BY-3.0-US"
    assert find_licence("Creative Commons Attribution 3.0 Unported license") == "CC-BY-3.0"
    assert find_licence("Released under Creative Commons Zero (Public Domain)") == "CC0-1.0"
    assert find_licence("All rights reserved") == ""
    assert parse_properties("a=b \\\n  c\n! no\nd = \\u00e9") == {"a": "b c", "d": "é"}


def test_broken_or_missing_catalogues_are_told(tmp_path):
    with pytest.raises(GalleryError, match="sweethome3d-furniture"):
        read_catalogues(tmp_path)
    (tmp_path / "x.sh3f").write_bytes(b"no zip")
    with pytest.raises(GalleryError, match=r"x\.sh3f"):
        read_catalogues(tmp_path)


class FakeStudio:
    """Draws a square, or nothing in the view `top`; remembers what it was asked for."""

    def __init__(self) -> None:
        self.loaded: list[str] = []
        self.asked: list[tuple] = []

    def load(self, model: Path) -> None:
        assert "vn " in model.read_text(), "the model was not made whole before rendering"
        assert "map_Kd" not in model.with_suffix(".mtl").read_text()
        self.loaded.append(model.name)

    def picture(self, view: str, rotation: tuple[float, ...], turn: float) -> Image.Image:
        self.asked.append((view, rotation, turn))
        sheet = Image.new("RGB", (640, 640), "white")
        if view != "top":
            sheet.paste((90, 60, 30), (100, 100, 600, 400))
        return sheet


@pytest.fixture
def furniture(tmp_path: Path) -> Path:
    folder = tmp_path / "furniture"
    folder.mkdir()
    catalogue(folder, {"seat": "", "lamp": ""}, "Creative Commons Attribution 3.0 license")
    return folder


def test_views_of_a_model_share_an_instance(tmp_path, furniture, lists):
    lists(
        "models.csv",
        "model,category,views,turn,title",
        "Lib#seat,chair,quarter side,90,",
        "Lib#lamp,lamp,front,,L",
    )
    home, studio = tmp_path / "everyday", FakeStudio()
    assert import_models(furniture, home, studio) == 3
    photos = {photo.id: photo for photo in read_photos(home / "photos.csv")}
    assert sorted(photos) == ["chair/lib_seat_quarter", "chair/lib_seat_side", "lamp/lib_lamp_front"]
    assert {photo.instance for photo in photos.values() if photo.category == "chair"} == {"lib_seat"}
    assert photos["chair/lib_seat_side"].title == "Seat é" and photos["lamp/lib_lamp_front"].title == "L"
    assert all(photo.licence == "CC-BY-3.0" and "Ann" in photo.credit for photo in photos.values())
    assert studio.asked == [("quarter", IDENTITY, 90.0), ("side", IDENTITY, 90.0), ("front", IDENTITY, 0.0)]
    with Image.open(home / photos["lamp/lib_lamp_front"].file) as picture:
        assert picture.width == SIDE and 200 < picture.height < 260


def test_only_missing_pictures_are_rendered_and_empty_ones_left_out(tmp_path, furniture, lists, caplog):
    lists(
        "models.csv",
        "model,category,views,turn,title",
        "Lib#seat,chair,quarter top,,",
        "Lib#lamp,lamp,front,,",
    )
    home = tmp_path / "everyday"
    assert import_models(furniture, home, FakeStudio()) == 2
    assert "Lib#seat looks empty in the view 'top'" in caplog.text
    assert not (home / "photos/chair/lib_seat_top.jpg").exists()
    (home / "photos/lamp/lib_lamp_front.jpg").unlink()
    again = FakeStudio()
    assert import_models(furniture, home, again) == 2
    assert [view for view, *_ in again.asked] == ["top", "front"]


def test_a_model_that_no_catalogue_holds_is_told(tmp_path, furniture, lists):
    lists("models.csv", "model,category,views,turn,title", "Lib#throne,chair,front,,")
    with pytest.raises(GalleryError, match="Lib#throne"):
        import_models(furniture, tmp_path / "everyday", FakeStudio())
