"""The bundled gallery: its table, its pictures and the lists that made it agree."""

import re
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from zsbir.data.names import canonical_name
from zsbir.gallery import Gallery, load_gallery
from zsbir.gallery.importers.pictures import SIDE
from zsbir.gallery.importers.table import read_list

HOME = Path(__file__).parents[1] / "gallery" / "everyday"


@pytest.fixture(scope="module")
def everyday() -> Gallery:
    return load_gallery(HOME)


def test_every_row_has_its_picture_and_every_picture_its_row(everyday):
    files = [photo.file for photo in everyday.photos]
    on_disk = {path.relative_to(HOME).as_posix() for path in (HOME / "photos").rglob("*") if path.is_file()}
    assert set(files) == on_disk
    assert len(files) == len(set(files)) >= 1400
    assert [file for file in files if not re.fullmatch(r"photos/[a-z0-9_]+/[a-z0-9_]+\.jpg", file)] == []


def test_every_row_tells_maker_terms_and_origin(everyday):
    for photo in everyday.photos:
        assert photo.title and photo.credit and photo.source, photo
        assert photo.licence in {"GPL-2.0-or-later", "CC0-1.0", "CC-BY-3.0", "CC-BY-3.0-US"}, photo
        assert photo.credit[0] != ";", photo


def test_categories_are_canonical_and_name_the_folder(everyday):
    assert [name for name in everyday.categories if canonical_name(name) != name] == []
    assert all(photo.file.split("/")[1] == photo.category for photo in everyday.photos)


def test_pictures_are_small_and_the_gallery_is_light(everyday):
    assert sum((HOME / photo.file).stat().st_size for photo in everyday.photos) <= 45e6
    for photo in everyday.photos:
        with Image.open(HOME / photo.file) as picture:
            assert picture.format == "JPEG" and picture.mode == "RGB", photo.file
            assert 100 <= max(picture.size) <= SIDE, photo.file


def test_views_of_an_instance_are_of_one_category(everyday):
    seen: dict[str, str] = {}
    for photo in everyday.photos:
        assert seen.setdefault(photo.instance, photo.category) == photo.category or not photo.instance, photo
    chairs = {"chair", "armchair", "office_chair", "stool"}
    counts = Counter(category for instance, category in seen.items() if instance)
    assert counts["chair"] >= 30 and sum(counts[name] for name in chairs) >= 60


def test_the_lists_lead_to_these_photos(everyday):
    origins = Counter(photo.source.split(": ", 1)[1].split(" <")[0] for photo in everyday.photos)
    listed = {line["file"]: 1 for line in read_list("stamps.csv", ("file", "category", "title"))}
    lines = read_list("models.csv", ("model", "category", "views", "turn", "title"))
    listed |= {line["model"]: len(line["views"].split()) for line in lines}
    assert origins == listed
