"""Product pictures of Sweet Home 3D's models: `python -m zsbir.gallery import-models FOLDER`."""

from __future__ import annotations

import logging
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Protocol

from PIL import Image
from tqdm import tqdm

from zsbir.errors import GalleryError
from zsbir.gallery.importers.catalogue import Model, read_catalogues
from zsbir.gallery.importers.objfile import tidy_files
from zsbir.gallery.importers.pictures import ink_box, save_photo, trim
from zsbir.gallery.importers.render import Studio
from zsbir.gallery.importers.table import read_list, replace_photos
from zsbir.gallery.photos import Photo

SOURCE = "sweethome3d-furniture"
"""What the source column of these photos begins with: the Debian package."""

_CHANGES = "3D model prepared for Sweet Home 3D by Emmanuel Puybaret / eTeks; rendered by zsbir"
_COLUMNS = ("model", "category", "views", "turn", "title")
_LOG = logging.getLogger(__name__)


class Camera(Protocol):
    """What takes the pictures: `zsbir.gallery.importers.render.Studio`, or a stand-in in tests."""

    def load(self, model: Path) -> None:
        """Put one model file alone on the stage."""

    def picture(self, view: str, rotation: tuple[float, ...], turn: float) -> Image.Image:
        """Photograph it: RGB on white."""


def import_models(folder: Path, home: Path, studio: Camera | None = None) -> int:
    """Render the models of the curated list and enter them into a gallery's table.

    Pictures that exist already are kept: delete a picture to have it rendered again.

    Args:
        folder: Where the .sh3f catalogues lie.
        home: The gallery's folder, with photos.csv and photos/.
        studio: What takes the pictures; one with f3d by default.

    Returns:
        How many pictures of models the gallery holds now.

    Raises:
        GalleryError: A catalogue or a listed model is missing, or f3d does not work here.
    """
    models = read_catalogues(folder)
    lines = read_list("models.csv", _COLUMNS)
    missing = [line["model"] for line in lines if line["model"] not in models]
    if missing:
        raise GalleryError(
            f"No catalogue in '{folder}' holds the model '{missing[0]}': get sweethome3d-furniture 1.8."
        )
    photos: list[Photo] = []
    for line in tqdm(lines, unit="model", desc="rendering"):
        model = models[line["model"]]
        wanted = list(_photos(model, line))
        todo = [(photo, view) for photo, view in wanted if not (home / photo.file).exists()]
        if todo:
            studio = studio or Studio()
            _render(model, todo, float(line["turn"] or 0), home, studio)
        photos += [photo for photo, _ in wanted if (home / photo.file).exists()]
    replace_photos(home, photos, SOURCE)
    return len(photos)


def _photos(model: Model, line: dict[str, str]) -> Iterator[tuple[Photo, str]]:
    """The photos of one model with the view each shows."""
    for view in line["views"].split():
        key = f"{line['category']}/{model.slug}_{view}"
        yield (
            Photo(
                id=key,
                file=f"photos/{key}.jpg",
                category=line["category"],
                title=line["title"] or model.name,
                instance=model.slug,
                credit=f"{model.creator}; {_CHANGES}",
                licence=model.licence,
                source=f"{SOURCE}: {model.key}" + (f" <{model.address}>" if model.address else ""),
            ),
            view,
        )


def _render(model: Model, todo: list[tuple[Photo, str]], turn: float, home: Path, studio: Camera) -> None:
    """Take the missing pictures of one model; an empty picture is reported and not written."""
    with tempfile.TemporaryDirectory() as stage:
        file = _unpack(model, Path(stage))
        tidy_files(file)
        studio.load(file)
        for photo, view in todo:
            image = studio.picture(view, model.rotation, turn)
            if ink_box(image) is None:
                _LOG.warning("%s looks empty in the view '%s': take it off the list.", model.key, view)
                continue
            save_photo(trim(image), home / photo.file)


def _unpack(model: Model, stage: Path) -> Path:
    """Unpack a model with its materials and textures, which lie in the same folder of the archive."""
    folder = str(PurePosixPath(model.member).parent) + "/"
    with zipfile.ZipFile(model.archive) as archive:
        archive.extractall(stage, [name for name in archive.namelist() if name.startswith(folder)])
    return stage / model.member
