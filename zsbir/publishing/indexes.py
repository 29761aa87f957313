"""The indexes of a gallery as they go to the Hub: whole ones, of exactly the photos that go there."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from zsbir.errors import GalleryError
from zsbir.gallery import Gallery
from zsbir.hub.parcel import Item
from zsbir.index.sidecar import APPROXIMATE, CALIBRATION, SIDECAR, VECTORS, Sidecar, digest_contents

INDEXES = "index"
FILES = (VECTORS, *APPROXIMATE, *CALIBRATION, SIDECAR)


@dataclass(frozen=True)
class WholeIndex:
    """An index of exactly the photos of its gallery, nothing of which is missing or damaged.

    Attributes:
        folder: Where it lies; its name is the checkpoint's.
        sidecar: What it tells about itself.
    """

    folder: Path
    sidecar: Sidecar

    def items(self, unreadable: Collection[str]) -> list[Item]:
        """Its files, for a gallery without the photos of these ids."""
        sidecar: Path | bytes = self.folder / SIDECAR
        if any(photo in self.sidecar.skipped for photo in unreadable):
            skipped = {id: why for id, why in self.sidecar.skipped.items() if id not in unreadable}
            sidecar = replace(self.sidecar, skipped=skipped).to_bytes()
        others = (
            [] if self._miscalibrated() else [name for name in CALIBRATION if (self.folder / name).is_file()]
        )
        if self._is_approximated():
            others += [name for name in APPROXIMATE if (self.folder / name).is_file()]
        contents = {name: self.folder / name for name in (VECTORS, *others)} | {SIDECAR: sidecar}
        return [Item(f"{INDEXES}/{self.folder.name}/{name}", content) for name, content in contents.items()]

    def left_out(self) -> dict[str, str]:
        """Which of its files stay here, and why."""
        here, found = f"{INDEXES}/{self.folder.name}", {}
        lists, learnt = APPROXIMATE[0], CALIBRATION[1]
        if (self.folder / lists).is_file() and not self._is_approximated():
            found[f"{here}/{lists}"] = "it is damaged, or was made of other vectors"
        if why := self._miscalibrated():
            found[f"{here}/{learnt}"] = why
        return found

    def _is_approximated(self) -> bool:
        from zsbir.index.approximate import belongs_to

        return belongs_to(self.folder, self.sidecar.vectors)

    def _miscalibrated(self) -> str:
        """What is wrong with its calibration; "" if nothing is, or if it has none."""
        from zsbir.index.calibration import load_calibration

        if not (self.folder / CALIBRATION[1]).is_file():
            return ""
        try:
            found = load_calibration(self.folder, digest_contents(self.sidecar))
        except GalleryError as error:
            return str(error)
        return "" if found else "it was learnt of other photos or weights; run python -m zsbir.training.fits"


def whole_indexes(gallery: Gallery) -> tuple[list[WholeIndex], dict[str, str]]:
    """The indexes of a gallery that can go to the Hub; and why others stay here."""
    found = {path.name: path for home in gallery.index_homes[::-1] for path in sorted(home.glob("*/"))}
    whole, left_out = [], {}
    for name, folder in sorted(found.items()):
        index = _open(gallery, folder)
        if isinstance(index, str):
            left_out[f"{INDEXES}/{name}"] = index
        else:
            whole.append(index)
            left_out |= index.left_out()
    return whole, left_out


def unreadable_photos(indexes: Iterable[WholeIndex]) -> dict[str, str]:
    """Ids of the photos that were left out of every index, with the reason."""
    sidecars = [index.sidecar for index in indexes]
    readable = set().union(*(sidecar.photos for sidecar in sidecars))
    skipped = (item for sidecar in sidecars for item in sidecar.skipped.items())
    return {photo: why for photo, why in skipped if photo not in readable}


def is_of_an_index(path: str) -> bool:
    """Whether a file of the repository, by its path, is of an index, which a push replaces as a whole."""
    place = PurePosixPath(path)
    return place.parts[0] == INDEXES and place.name in FILES


def _open(gallery: Gallery, folder: Path) -> WholeIndex | str:
    """An index, or what is wrong with it."""
    from zsbir.index.vectors import digest_file

    try:
        sidecar = Sidecar.from_bytes((folder / SIDECAR).read_bytes())
        vectors = digest_file(folder / VECTORS)
    except (OSError, ValueError):
        return "it is not complete"
    if sidecar.photos.keys() | sidecar.skipped.keys() != gallery.by_id.keys():
        return f"it is not of these photos; build it again with --checkpoint {folder.name}"
    return WholeIndex(folder, sidecar) if sidecar.vectors == vectors else "its vectors are damaged"
