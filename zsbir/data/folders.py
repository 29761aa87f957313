"""Class folders, and the folder names of the benchmarks as their authors and users have them.

Understood beside plain class folders and `photo`/`sketch` anywhere in the path:

* Sketchy: `photo/tx_000000000000/<class>/n..._7.jpg`, `sketch/tx_000000000000/<class>/n..._7-4.png`; of
  several renderings of the same pictures (`tx_...`) the first is taken; and `EXTEND_image_sketchy/<class>`;
* TU-Berlin: `png/<class>` with `ImageResized/<class>`, or `sketches` with `images`;
* QuickDraw-Extended: `QuickDraw_sketches_final/<class>` with `QuickDraw_images_final/<class>`;
* ShoeV2 and ChairV2: `photo/<id>.png` with `sketch/<id>_3.png`; `ShoeV2_photo` with `ShoeV2_sketch`;
  `trainA`, `testA` (sketches) with `trainB`, `testB` (photos). All are of the one category of the set's name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

PHOTO, SKETCH = "photo", "sketch"
_ROLES = {
    **dict.fromkeys(("photo", "photos", "image", "images"), PHOTO),
    **dict.fromkeys(("imageresized", "extend_image_sketchy", "trainb", "testb"), PHOTO),
    **dict.fromkeys(("sketch", "sketches", "traina", "testa"), SKETCH),
}
_SPLITS = {"traina": "train", "trainb": "train", "testa": "test", "testb": "test"}
_RENDERING = re.compile(r"tx_\d+(_ready)?")
_PAIRED = re.compile(r"(.+)_(photos?|images?|sketch(?:es)?)")


@dataclass(frozen=True, slots=True)
class Place:
    """What the folders above a file say about it; empty strings where they say nothing."""

    category: str
    modality: str
    split: str


class FolderReader:
    """Reads paths, knowing all folder names of the set: some mean something only beside others.

    Args:
        names: Paths of all files inside the dataset.
        title: Name of the dataset: the category of pictures that lie in no class folder.
    """

    def __init__(self, names: list[str], title: str) -> None:
        self._title = title
        folders = {folder for name in names for folder in name.split("/")[:-1]}
        self._roles = _find_roles(folders)
        self._stems = {f: m[1] for f in folders if f in self._roles and (m := _PAIRED.fullmatch(_plain(f)))}
        self._renderings = self._first_renderings(names)

    def place(self, name: str) -> Place | None:
        """Return what a path says; None for another rendering of a picture that is there already."""
        folders = name.split("/")[:-1]
        modality = next((self._roles[f] for f in reversed(folders) if f in self._roles), "")
        rendering = next(filter(_RENDERING.fullmatch, folders), None)
        if rendering and rendering != self._renderings.get(modality):
            return None
        split = next((_SPLITS[_plain(f)] for f in folders if _plain(f) in _SPLITS), "")
        return Place(self._category(folders), modality, split)

    def _category(self, folders: list[str]) -> str:
        """The nearest folder that is a class: `photo/chair/x.jpg` as well as `chair/photo/x.jpg`."""
        for folder in reversed(folders):
            if folder in self._stems:
                return self._stems[folder]
            if folder not in self._roles and not _RENDERING.fullmatch(folder):
                return folder
        return self._title

    def _first_renderings(self, names: list[str]) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for name in sorted(names, reverse=True):  # the first overwrites the later ones
            folders = name.split("/")[:-1]
            modality = next((self._roles[f] for f in reversed(folders) if f in self._roles), "")
            for folder in filter(_RENDERING.fullmatch, folders):
                found[modality] = folder
        return found


def _plain(folder: str) -> str:
    return re.sub(r"_(ready|final)$", "", folder.lower())


def _find_roles(folders: set[str]) -> dict[str, str]:
    """Say which folders hold photos and which sketches.

    A class may be called `wedding_photo`, and `png` may be anything: such names count in pairs only.
    """
    plain = {folder: _plain(folder) for folder in folders}
    roles = {folder: _ROLES[name] for folder, name in plain.items() if name in _ROLES}
    roles |= {f: SKETCH for f, name in plain.items() if name == "png" and "imageresized" in plain.values()}
    ends = {f: m for f, name in plain.items() if f not in roles and (m := _PAIRED.fullmatch(name))}
    kinds = {f: SKETCH if match[2].startswith("sketch") else PHOTO for f, match in ends.items()}
    both = {m[1] for f, m in ends.items() if kinds[f] == PHOTO}
    both &= {m[1] for f, m in ends.items() if kinds[f] == SKETCH}
    return roles | {folder: kinds[folder] for folder, match in ends.items() if match[1] in both}
