"""What made an index, written beside it as `photos.json`, so that no index is searched by other weights."""

from __future__ import annotations

import hashlib
import itertools
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zsbir.errors import IndexMismatchError
from zsbir.json_text import parse_json

if TYPE_CHECKING:
    from zsbir.checkpoint import Checkpoint
    from zsbir.gallery import Gallery
    from zsbir.methods import Method

FORMAT = 2  # 1 lacked `support`, which no method of that time needed; it is read as an empty one
DIGITS = 64  # of a content key that name the photo's file
VECTORS = "photos.faiss"
SIDECAR = "photos.json"
HEAD = 4096  # bytes of a sidecar that hold what comes before its photos
APPROXIMATE = ("photos.approximate.faiss", "photos.approximate.json")  # beside them in large galleries
CALIBRATION = ("fits.safetensors", "fits.json")  # may lie beside them; see `zsbir.index.calibration`


@dataclass(frozen=True, kw_only=True)
class Sidecar:
    """The contents of `photos.json`.

    Attributes:
        format: Version of this layout.
        zsbir: Version of the program that wrote it; not compared.
        checkpoint: Name of the checkpoint.
        backbone: Name of the frozen model under it.
        weights: Digest of all weights, "sha256:...".
        preprocess: How photos became pixels.
        dimension: Length of a vector.
        dtype: Number format of the vectors.
        vectors: Digest of `photos.faiss`, "sha256:...".
        photos: Photo id -> content key (see `content_key`), in the order of the vectors.
        skipped: Photo id -> why the photo is not in the index.
        support: Category -> ids of the photos that taught it to the method; empty for methods without.
        sample: Of pieces of `photos.faiss`, where it is large, else absent; see `zsbir.index.vectors.sample`.
    """

    format: int
    zsbir: str
    checkpoint: str
    backbone: str
    weights: str
    preprocess: dict[str, Any]
    dimension: int
    dtype: str
    vectors: str
    photos: dict[str, str]
    skipped: dict[str, str]
    support: dict[str, list[str]] = field(default_factory=dict)
    sample: str = ""

    def to_bytes(self) -> bytes:
        """JSON with one photo a line, so that changes are readable in a diff."""
        values = {name: value for name, value in vars(self).items() if value or name != "sample"}
        return (json.dumps(values, indent=1) + "\n").encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> Sidecar:
        """Read what `to_bytes` wrote.

        Raises:
            ValueError: It is no such file, or one of another version.
        """
        values = parse_json(content)
        if isinstance(values, dict) and values.get("format") == 1:
            values = {**values, "format": FORMAT, "support": {}}
        if not isinstance(values, dict) or values.get("format") != FORMAT:
            raise ValueError("it is of another version of zsbir")
        if {*values, "sample"} != {field.name for field in fields(cls)}:
            raise ValueError("its fields are not those of an index")
        if not all(_maps_to(str, values[name]) for name in ("photos", "skipped")):
            raise ValueError("its photos are not listed by id")
        if not _maps_to(list, values["support"]):
            raise ValueError("its support photos are not listed by category")
        named = itertools.chain.from_iterable(values["support"].values())
        if not all(isinstance(id, str) and id in values["photos"] for id in named):
            raise ValueError("its support photos are not among its photos")
        return cls(**values)


def index_folder(gallery: Gallery, checkpoint: Checkpoint) -> Path:
    """Where the index of a gallery for a checkpoint lies, or would lie if there were one."""
    homes = gallery.index_homes
    return find_index(homes, checkpoint) or homes[0] / checkpoint.name


def find_index(homes: Iterable[Path], checkpoint: Checkpoint) -> Path | None:
    """The index that a checkpoint made; names do not count, since the same weights may have several.

    Args:
        homes: Folders with a folder for each index.
        checkpoint: Whose; where nothing is of its weights, an index of its name is taken to be an old one.
    """
    homes = list(homes)
    named = [home / checkpoint.name for home in homes if (home / checkpoint.name / SIDECAR).is_file()]
    others = (sidecar.parent for home in homes for sidecar in sorted(home.glob(f"*/{SIDECAR}")))
    for folder in itertools.chain(named, others):
        if _weights_of(folder / SIDECAR) == checkpoint.digest:
            return folder
    return next(iter(named), None)


def has_index(gallery: Gallery, checkpoint: Checkpoint) -> bool:
    """Whether there is an index of a gallery for a checkpoint; whether it still fits is not looked at."""
    return find_index(gallery.index_homes, checkpoint) is not None


def _weights_of(sidecar: Path) -> str:
    """The field `weights`, which comes before the photos, of which there may be a million."""
    try:
        with open(sidecar, "rb") as file:
            found = re.search(rb'"weights": *"([^"]*)"', file.read(HEAD))
    except OSError:
        return ""
    return found[1].decode(errors="replace") if found else ""


def new_index_folder(gallery: Gallery, checkpoint: Checkpoint) -> Path:
    """Where the index of a gallery for a checkpoint is written to."""
    return gallery.index_homes[0] / checkpoint.name


def stamp_index(gallery: Gallery, checkpoint: Checkpoint) -> tuple[int, int, int] | None:
    """What changes whenever an index is built again; None if there is none."""
    try:
        stat = (index_folder(gallery, checkpoint) / SIDECAR).stat()
    except OSError:
        return None
    return stat.st_ino, stat.st_mtime_ns, stat.st_size


def rebuild_command(gallery: Gallery, checkpoint: Checkpoint) -> str:
    """The command that builds this very index, ready to paste into a shell."""
    return f"python -m zsbir index --gallery {gallery.reference} --checkpoint {checkpoint.reference}"


def recipe(checkpoint: Checkpoint) -> dict[str, Any]:
    """What vectors depend on besides the photo: two indexes of one recipe may share vectors.

    No names are among it: the digest covers the backbone too.
    """
    method = checkpoint.method
    return {
        "weights": checkpoint.digest,
        "preprocess": json.loads(
            json.dumps(method.preprocess.to_dict())
        ),  # tuples become lists, as in the file
        "dimension": method.dim,
        "dtype": "float32",
    }


def content_key(content: bytes, context: str) -> str:
    """Name a vector by its origin: the digest of the photo's file (64 hex digits), and the `context`."""
    return hashlib.sha256(content).hexdigest() + context


def context(method: Method, category: str, support: Iterable[str]) -> str:
    """What a vector depends on besides its photo and the recipe, as the end of its content key.

    Args:
        method: One that sees no category needs no context.
        category: The photo's.
        support: Content keys of the photos that taught the category to the method, in order.
    """
    if not method.needs_category:
        return ""
    files = "".join(key[:DIGITS] for key in support)
    taught = f" {hashlib.sha256(files.encode()).hexdigest()[:16]}" if method.support else ""
    return f" {category}{taught}"


def digest_contents(sidecar: Sidecar) -> str:
    """Name what an index holds, "sha256:...": which photos, embedded by which weights, in which order."""
    contents = json.dumps([sidecar.weights, list(sidecar.photos.items())])
    return f"sha256:{hashlib.sha256(contents.encode()).hexdigest()}"


def check_recipe(sidecar: Sidecar, gallery: Gallery, checkpoint: Checkpoint) -> None:
    """Refuse an index that another checkpoint made.

    Raises:
        IndexMismatchError: Names the first difference, and the command that rebuilds the index.
    """
    for part, wanted in recipe(checkpoint).items():
        found = getattr(sidecar, part)
        if found != wanted:
            raise IndexMismatchError(
                f"The index of gallery '{gallery.name}' does not fit checkpoint '{checkpoint.name}': "
                f"it was made by '{sidecar.checkpoint}' with {part} {_short(found)}, not {_short(wanted)}. "
                f"Rebuild it with: {rebuild_command(gallery, checkpoint)}"
            )


def check_photos(sidecar: Sidecar, gallery: Gallery, checkpoint: Checkpoint) -> None:
    """Refuse an index whose photos are not those of `photos.csv`; the photos are not opened.

    Raises:
        IndexMismatchError: Says how many differ, and the command that rebuilds the index.
    """
    indexed = sidecar.photos.keys() | sidecar.skipped.keys()
    new = gallery.by_id.keys() - indexed
    gone = indexed - gallery.by_id.keys()
    contexts = _contexts(sidecar, gallery, checkpoint.method)
    moved = {
        id
        for id in sidecar.photos.keys() & gallery.by_id.keys()
        if sidecar.photos[id][DIGITS:] != contexts[gallery.by_id[id].category]
    }
    if new or gone or moved:
        counts = ((len(new), "are new"), (len(gone), "are gone"), (len(moved), "changed category"))
        changes = ", ".join(f"{count} {what}" for count, what in counts if count)
        raise IndexMismatchError(
            f"The photos of gallery '{gallery.name}' are not those of its index ({changes}). "
            f"Rebuild it with: {rebuild_command(gallery, checkpoint)}"
        )


def _contexts(sidecar: Sidecar, gallery: Gallery, method: Method) -> dict[str, str]:
    """The context that the vectors of each category should have."""
    return {
        category: context(method, category, (sidecar.photos[id] for id in sidecar.support.get(category, ())))
        for category in {photo.category for photo in gallery.photos}
    }


def _maps_to(kind: type, values: object) -> bool:
    """Whether what was read from JSON is an object whose values are all of one type."""
    return isinstance(values, dict) and all(isinstance(value, kind) for value in values.values())


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:20]}...{text[-8:]}"
