"""The clone as a Space of the Hub: the page's code, the checkpoints, and one gallery."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from zsbir.checkpoint.source import Source
from zsbir.errors import HubError
from zsbir.folders import checkpoints_home
from zsbir.gallery import Gallery, indexed_checkpoints, load_gallery
from zsbir.gallery.homes import TABLE
from zsbir.hub import Reference
from zsbir.hub.parcel import BYTES_IN_GIT, CARD, Item, Parcel
from zsbir.publishing import gallery as dataset
from zsbir.publishing.front_matter import write_readme
from zsbir.publishing.space_models import choose_preloaded, find_on_hub

ROOT = Path(__file__).resolve().parents[2]
CODE = ("zsbir", "requirements.txt", "app.py")
BESIDE = (".readme", "LICENSE", "CITATION.cff", "gallery/README.md")
BUNDLED = "everyday"
SECRETS = ("TOKEN", "SECRET", "KEY", "PASSWORD")
# Kept beside git whatever their size.
BINARY = ("*.safetensors", "*.faiss", "*.jpg", "*.jpeg", "*.png", "*.webp", "*.avif", "*.heic", "*.gif")


@dataclass(frozen=True)
class Wanted:
    """What a Space shows first.

    Attributes:
        gallery: Name or folder of a gallery, or one of the Hub; the Space has this one alone.
        checkpoint: Family or name of a bundled checkpoint, or one of the Hub; None leaves it to the page.
        variables: Further environment variables, by their names.
    """

    gallery: str = BUNDLED
    checkpoint: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)


def pack_space(to: Reference, wanted: Wanted, root: Path = ROOT) -> Parcel:
    """Collect the files of a Space, and write the head of its README.md; nothing is sent.

    What is of the Hub is looked up in the cache, and downloaded where it is not there: a Space that cannot
    work is found out here.

    Args:
        to: The Space.
        wanted: What it shows first.
        root: The clone.

    Raises:
        HubError: The clone lacks files of the page, or a variable would give a secret away.
        ZSBIRError: The gallery or the checkpoint cannot be opened.
    """
    gallery, source = load_gallery(wanted.gallery), find_on_hub(wanted.checkpoint)
    packed = Parcel(to, (), "") if gallery.is_snapshot else dataset.pack_gallery(gallery, to)
    models, code = source.snapshots() if source else [], tuple(_files(root, CODE))
    # A cache elsewhere than in the image has nothing that came with the image.
    preloaded, notes = ([], []) if "HF_HOME" in wanted.variables else choose_preloaded(models)
    items = (*_files(root, BESIDE), *_checkpoints(), *_in_clone(gallery, packed), *code)
    return Parcel(
        to,
        (*items, Item(".gitattributes", _attributes(items))),
        write_readme(
            _read(root / CARD),
            [snapshot.reference for snapshot in models],
            [Reference.parse(gallery.source)] if gallery.is_snapshot else [],
            preloaded,
        ),
        packed.left_out,
        (*notes, *_advise(wanted, gallery, source)),
        leaders=frozenset(item.path for item in code),
        is_ours=_is_ours,
        variables=_variables(wanted, gallery, source),
    )


def _variables(wanted: Wanted, gallery: Gallery, source: Source | None) -> dict[str, str]:
    """What the Space's environment has to say; what is bundled needs nothing."""
    for name in wanted.variables:
        if any(word in name.upper() for word in SECRETS):
            raise HubError(
                f"Everybody can read a Space's variables; set {name} as a secret in the Space's settings."
            )
    first = gallery.source if gallery.is_snapshot else gallery.name
    chosen = {} if first == BUNDLED else {"ZSBIR_GALLERY": first}
    if wanted.checkpoint:
        chosen["ZSBIR_CHECKPOINT"] = source.reference if source else wanted.checkpoint
    return {**chosen, **wanted.variables}


def _in_clone(gallery: Gallery, packed: Parcel) -> Iterator[Item]:
    """The files of a gallery as a clone has them; none of one that the Space fetches from the Hub."""
    if gallery.is_snapshot:
        return
    folder = f"gallery/{gallery.name}"
    yield Item(f"{folder}/{TABLE}", gallery.home / TABLE)
    for item in packed.items:
        if item.path != dataset.TABLE:
            yield Item(f"{folder}/{item.path}", item.content)


def _checkpoints() -> Iterator[Item]:
    home = checkpoints_home()
    for folder in sorted(path.name for path in home.glob("*/")):
        for item in _files(home, (folder,)):
            yield Item(f"checkpoints/{item.path}", item.content)


def _files(root: Path, names: tuple[str, ...]) -> Iterator[Item]:
    """Files and whole folders, without what tools leave behind in them."""
    for name in names:
        place = root / name
        if not place.exists():
            raise HubError(f"{root} lacks {name}; deploy from a whole clone of zsbir.")
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            inside = path.relative_to(place).parts
            if path.is_file() and not any(_is_left_behind(part) for part in inside):
                yield Item(path.relative_to(root).as_posix(), path)


def _is_left_behind(name: str) -> bool:
    return name.startswith(".") or name == "__pycache__" or name.endswith((".pyc", ".pyi", ".partial"))


def _attributes(items: tuple[Item, ...]) -> bytes:
    """Which files are kept beside git, for whoever clones the Space."""
    other = [item.path for item in items if item.size > BYTES_IN_GIT and not _is_binary(item.path)]
    return "".join(f"{name} filter=lfs diff=lfs merge=lfs -text\n" for name in (*BINARY, *other)).encode()


def _is_binary(path: str) -> bool:
    return any(PurePosixPath(path).match(kind) for kind in BINARY)


def _advise(wanted: Wanted, gallery: Gallery, source: Source | None) -> Iterator[str]:
    if gallery.name != BUNDLED and not gallery.is_snapshot:
        yield (f"Whoever sees the Space can download the {len(gallery.photos):,} photos of '{gallery.name}'.")
    indexed = indexed_checkpoints(wanted.gallery)
    if not indexed or (source and source.name not in indexed):
        name = source.reference if source else "NAME"
        yield (
            f"Gallery '{gallery.name}' has no index for the checkpoint, so the Space makes one whenever it "
            f"starts; make it here first: python -m zsbir index --gallery {gallery.reference} "
            f"--checkpoint {name}"
        )


def _is_ours(path: str) -> bool:
    """Whether a file of the Space is of those that a deployment replaces as a whole."""
    return path.partition("/")[0] in ("zsbir", "checkpoints", "gallery", ".readme")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise HubError(f"{path.parent} lacks {path.name}; deploy from a whole clone of zsbir.") from error
