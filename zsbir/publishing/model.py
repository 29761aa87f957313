"""A checkpoint or a backbone as a model repository of the Hub."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

from zsbir.backbone_seen import SEEN, read_seen
from zsbir.checkpoint.weights import WEIGHTS
from zsbir.checkpoint_config import CONFIG, read_config
from zsbir.checkpoint_results import RESULTS, read_results
from zsbir.errors import BackboneError, CheckpointError, HubError
from zsbir.folders import BUNDLED_BACKBONE, checkpoints_home, named_folder
from zsbir.hub.checksums import has_content
from zsbir.hub.download import list_files
from zsbir.hub.parcel import CARD, Item, Parcel
from zsbir.hub.reference import SCHEME, Reference, means_repository
from zsbir.names import did_you_mean
from zsbir.publishing.model_card import (
    RESULTS_TOLD,
    CardSource,
    write_backbone_card,
    write_checkpoint_card,
)

CURVES = "curves.png"
BACKBONE_CONFIG, BACKBONE_WEIGHTS = "open_clip_config.json", "open_clip_model.safetensors"
OURS = {CONFIG, WEIGHTS, RESULTS, CURVES, BACKBONE_CONFIG, BACKBONE_WEIGHTS, SEEN}
PICKLES = {".bin", ".ckpt", ".pkl", ".pt", ".pth", ".pyt"}


def pack_model(name: str | Path, to: Reference, backbone: Reference | None = None) -> Parcel:
    """Collect the files of a checkpoint or a backbone, and write its card; nothing is sent.

    Args:
        name: Folder, or name below `checkpoints_home()`.
        to: The repository.
        backbone: The repository of the Hub, at a commit, that has the backbone which the checkpoint's config
            calls by a name of this machine.

    Raises:
        CheckpointError: There is no such folder, or a file of it is missing or damaged.
        BackboneError: The weights of a backbone are missing or damaged, or what it has seen cannot be read.
        HubError: Others could not load it, or its card lacks a licence.
    """
    folder = named_folder(name, checkpoints_home())
    if (folder / CONFIG).is_file():
        return _pack_checkpoint(folder, to, backbone)
    if (folder / BACKBONE_CONFIG).is_file():
        if backbone:
            raise HubError(f"{folder.name} is a backbone itself; leave --backbone out.")
        return _pack_backbone(folder, to)
    near = did_you_mean(str(name), (path.name for path in checkpoints_home().glob("*/")))
    raise CheckpointError(
        f"There is no checkpoint or backbone {str(name)!r}{near} on this machine; `python -m zsbir info` "
        "lists what is here, and a folder is named as in ./FOLDER."
    )


def require_same_backbone(name: str | Path, given: Reference) -> None:
    """Refuse a repository whose weights are not the very file that a checkpoint's backbone has here.

    Asks the Hub for checksums; nothing is downloaded. Where the backbone is not on this machine either, the
    digest in the checkpoint's config is left to whoever loads it.

    Raises:
        HubError: They differ, or the Hub does not have them.
    """
    folder = named_folder(name, checkpoints_home())
    here = named_folder(read_config(folder)["backbone"], checkpoints_home())
    weights = next((path for path in _weights_of(here) if path.is_file()), None)
    there = list_files(given).files.get(BACKBONE_WEIGHTS)
    if there is None:
        raise HubError(f"{given} is no backbone: it has no {BACKBONE_WEIGHTS}.")
    if weights and not (there.lfs and has_content(weights, there.lfs.sha256)):
        raise HubError(
            f"The weights of {given} are not those of {here.name} here, on which {folder.name} stands; push "
            "that backbone, and name its commit."
        )


def _pack_checkpoint(folder: Path, to: Reference, given: Reference | None) -> Parcel:
    config = read_config(folder)
    backbone = _public_backbone(folder, config["backbone"], given)
    shown = {**config, "backbone": backbone.name}
    items = [_config_item(folder, config, shown), *backbone.items]
    if (folder / WEIGHTS).is_file():
        items.append(Item(WEIGHTS, _whole(folder / WEIGHTS)))
    elif config["backbone_digest"]:
        raise CheckpointError(
            f"{folder.name} has no {WEIGHTS}, without which nobody can load it; train it again."
        )
    items += [Item(file, folder / file) for file in (RESULTS, CURVES) if (folder / file).is_file()]
    card = write_checkpoint_card(
        CardSource.read(folder, to), backbone.repo, read_results(folder, RESULTS_TOLD)
    )
    return Parcel(to, tuple(items), card, _left_out(folder, items), is_ours=lambda path: path in OURS)


def _config_item(folder: Path, config: dict, shown: dict) -> Item:
    """The file as it is, or with the backbone named as others find it."""
    same = config == shown
    return Item(CONFIG, folder / CONFIG if same else (json.dumps(shown, indent=2) + "\n").encode())


@dataclass(frozen=True)
class _Backbone:
    """How others find a checkpoint's backbone.

    Attributes:
        name: In the checkpoint's config.
        repo: "user/name" of the Hub; None of one that comes with zsbir or with the checkpoint.
        items: Its files, if they come with the checkpoint.
    """

    name: str
    repo: str | None = None
    items: tuple[Item, ...] = ()


def _public_backbone(folder: Path, name: str, given: Reference | None) -> _Backbone:
    """Find out what others shall call the backbone that a config names.

    Raises:
        BackboneError: open_clip does not know it.
        HubError: Only this machine has it.
    """
    if given and not given.is_pinned:
        raise HubError(
            f"Name the commit of the backbone too, as in --backbone {given.repo}@COMMIT; a push prints it."
        )
    if given or name.startswith(SCHEME):
        found = given or Reference.parse(name)
        return _Backbone(f"{SCHEME}{found}", found.repo)
    if (folder / name).is_dir():
        files = [_whole(folder / name / file) for file in (BACKBONE_CONFIG, WEIGHTS)]
        files += _seen_of(folder / name)
        return _Backbone(name, None, tuple(Item(f"{name}/{file.name}", file) for file in files))
    if name == BUNDLED_BACKBONE:
        return _Backbone(name)
    if means_repository(name):
        found = _pinned(name)
        return _Backbone(str(found), found.repo)
    raise HubError(
        f"{folder.name} stands on the backbone {name!r}, which only this machine has; push that first with "
        f"`python -m zsbir push {name} USER/NAME --yes`, and name what it prints with --backbone."
    )


def _pinned(name: str) -> Reference:
    """The repository of open_clip's MODEL/WEIGHTS, at the commit that zsbir has chosen if it has."""
    from zsbir.backbone.hub import pretrained_reference
    from zsbir.backbone.torchvision_shim import import_torchvision

    import_torchvision()
    model, _, rest = name.partition("/")
    weights, _, revision = rest.partition("@")
    return pretrained_reference(model, weights, revision or None)


def _pack_backbone(folder: Path, to: Reference) -> Parcel:
    weights = next((path for path in _weights_of(folder) if path.is_file()), None)
    if weights is None:
        raise BackboneError(f"{folder.name} has no {WEIGHTS}; pickled weights are not pushed.")
    items = (Item(BACKBONE_CONFIG, folder / BACKBONE_CONFIG), Item(BACKBONE_WEIGHTS, _whole(weights)))
    items += tuple(Item(SEEN, path) for path in _seen_of(folder))
    card = write_backbone_card(CardSource.read(folder, to))
    left_out = _left_out(folder, [*items, replace(items[1], path=weights.name)])
    return Parcel(to, items, card, left_out, is_ours=lambda path: path in OURS)


def _seen_of(folder: Path) -> list[Path]:
    """The file that tells what a backbone has seen, if there is one and it can be read."""
    return [folder / SEEN] if read_seen(folder) else []


def _weights_of(folder: Path) -> tuple[Path, Path]:
    """Where a backbone's folder may have its weights."""
    return folder / WEIGHTS, folder / BACKBONE_WEIGHTS


def _whole(path: Path) -> Path:
    """A file, if it is there and, of weights, not cut off."""
    from safetensors import SafetensorError, safe_open

    try:
        if path.suffix == ".safetensors":
            safe_open(path, framework="numpy").__enter__()
        elif not path.is_file():
            raise FileNotFoundError(path)
    except (OSError, SafetensorError) as error:
        raise CheckpointError(
            f"{path.parent.name}/{path.name} is missing or damaged ({error}); train or download it again."
        ) from error
    return path


def _left_out(folder: Path, items: list[Item]) -> dict[str, str]:
    """What else lies in the folder, and why it stays here."""
    taken = {CARD, *(item.path for item in items)}
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    names = [path.relative_to(folder).as_posix() for path in found]
    return {
        name: "pickled, which can run any code when loaded"
        if Path(name).suffix in PICKLES
        else "not needed to load it"
        for name in names
        if name not in taken and not Path(name).name.startswith(".")
    }
