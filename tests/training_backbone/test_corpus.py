"""Which photos and sketches are read for training."""

import csv
import io
import json
import zipfile

import pytest
from PIL import Image, ImageDraw

from tests.training_backbone.kit import SMALL
from zsbir.errors import DataError
from zsbir.training.backbone.corpus import load_photos, load_sketches


def picture(colour):
    buffer = io.BytesIO()
    image = Image.new("RGB", (80, 60), "white")
    ImageDraw.Draw(image).rectangle([20, 15, 60, 45], fill=colour)
    image.save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def data(tmp_path):
    """Three sets in the layout of the shared data, with held-out and unseen items among them."""
    rows = [
        ("photo/cat/a.png", "cat", "photo", "seen_train"),
        ("photo/cat/b.png", "cat", "photo", "seen_dev"),
        ("photo/cow/c.png", "cow", "photo", "unseen_dev"),
    ]
    with zipfile.ZipFile(tmp_path / "sketchy_pairs.zip", "w") as file:
        table = io.StringIO()
        writer = csv.writer(table)
        writer.writerow(["file", "category", "modality", "instance", "split", "source", "licence"])
        for name, category, modality, split in rows:
            writer.writerow([name, category, modality, "", split, "", ""])
            file.writestr(name, picture("red"))
        file.writestr("manifest.csv", table.getvalue())
    with zipfile.ZipFile(tmp_path / "quickdraw_strokes.zip", "w") as file:
        for word in ("cat", "cow", "mouse", "palm tree"):
            line = json.dumps({"word": word, "drawing": [[[0, 9, 200], [0, 50, 9]]]})
            file.writestr(f"{word.replace(' ', '_')}.ndjson", "\n".join([line] * 10))
    return tmp_path


def test_only_training_photos_and_seen_sketches_are_read(data):
    photos = load_photos(data, 36)
    assert [p.names for p in photos] == [["cat"]]
    assert photos[0].pixels.shape == (1, 3, 36, 36)
    sketches = load_sketches(data, 36, SMALL)
    assert set(sketches[0].names) == {"cat"}
    assert len(sketches[0].names) == 6 * SMALL.sketch_variants  # the last four drawings are held out


def test_a_folder_without_photo_sets_is_named(tmp_path):
    with pytest.raises(DataError, match="none of the photo sets"):
        load_photos(tmp_path, 36)
