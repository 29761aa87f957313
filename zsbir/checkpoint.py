"""A checkpoint: what one method learnt, saved in a folder and loaded strictly."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from zsbir.checkpoint_config import CONFIG, FORMAT, read_config
from zsbir.errors import BackboneError, CheckpointError
from zsbir.folders import checkpoints_home, named_folder

if TYPE_CHECKING:
    from torch import Tensor

    from zsbir.backbone import Backbone
    from zsbir.methods import Method

WEIGHTS = "model.safetensors"


@dataclass(frozen=True)
class Checkpoint:
    """A method with its weights, ready to embed.

    Attributes:
        name: Folder name, or "plain" with the backbone's name when a backbone was chosen by hand.
        path: The folder.
        method: Frozen, in evaluation mode.
        digest: "sha256:..." of the backbone, the learnt weights and the method's choices; an index names it.
        config: The parsed `config.json`.
    """

    name: str
    path: Path
    method: Method
    digest: str
    config: dict

    @property
    def modes(self) -> tuple[str, ...]:
        """The modes it can serve: "category", "fine-grained" or both."""
        return self.method.modes

    @property
    def learnt(self) -> int:
        """How many numbers were learnt: none of the frozen backbone's."""
        return sum(parameter.numel() for parameter in self.method.parameters())

    @property
    def memory(self) -> int:
        """Bytes that the method takes on top of its backbone, which checkpoints share."""
        from zsbir.backbone.store import count_bytes

        return count_bytes([*self.method.parameters(), *self.method.buffers()])


def list_checkpoints(folder: Path | None = None) -> list[str]:
    """Return the names of the method checkpoints in a folder, plain CLIP first."""
    home = folder or checkpoints_home()
    names = sorted(path.parent.name for path in home.glob(f"*/{CONFIG}"))
    return sorted(names, key=lambda name: name != "plain")


def load_checkpoint(
    name: str | Path = "plain",
    *,
    device: str = "auto",
    precision: str = "auto",
    backbone: Backbone | None = None,
) -> Checkpoint:
    """Load a checkpoint from a folder, or by its name from the bundled ones.

    Checkpoints on one backbone share it: the second one costs only what it learnt.

    Args:
        name: Folder, or name below `checkpoints_home()`; or plain CLIP on a backbone of the Hub as
            "MODEL/WEIGHTS" or "MODEL/WEIGHTS@REVISION" in open_clip's names, such as
            "ViT-B-32-quickgelu/openai". A commit hash as revision pins the weights.
        device: For the backbone, see `zsbir.backbone.load_backbone`.
        precision: For the backbone too; it changes no digest.
        backbone: Use this one, already loaded, instead of loading the one that the config names.

    Raises:
        CheckpointError: The folder is missing or damaged, or was made for another backbone.
        BackboneError: The backbone cannot be loaded.
        HubError: The Hub does not have the backbone, or cannot be reached.
    """
    path = _folder(name)
    if path is None:
        return _plain_on_hub(str(name), device, precision)
    config = read_config(path)
    backbone = backbone or _backbone_of(config["backbone"], path, device, precision)
    method = _build(config, backbone, path)
    _check_backbone(config, method, path.name)
    learnt = _load_learnt(method, path) if method.state_dict() else {}
    method.to(backbone.device, backbone.dtype).eval().requires_grad_(False)
    return Checkpoint(path.name, path, method, _digest(method, learnt, config), config)


def _backbone_of(name: str, path: Path, device: str, precision: str) -> Backbone:
    """Open the backbone that a config names: beside the checkpoint, of the Hub, or bundled."""
    from zsbir.backbone import shared_backbone

    beside = path / name
    if not beside.is_dir() and _is_on_hub(name):
        return _hub_backbone(name, device, precision)
    return shared_backbone(beside if beside.is_dir() else name, device=device, precision=precision)


def _hub_backbone(name: str, device: str, precision: str) -> Backbone:
    from zsbir.backbone import shared_backbone

    model, _, rest = name.partition("/")
    weights, _, revision = rest.partition("@")
    return shared_backbone(model, weights, device=device, precision=precision, revision=revision or None)


def _plain_on_hub(name: str, device: str, precision: str) -> Checkpoint:
    from zsbir.methods.plain import PlainCLIP

    model, _, weights = name.partition("@")[0].partition("/")
    method = PlainCLIP(_hub_backbone(name, device, precision)).eval()
    config = {
        "format": FORMAT,
        "method": method.name,
        "backbone": name,
        "backbone_digest": None,
        "config": {},
    }
    return Checkpoint(
        f"plain-{model}-{weights}", checkpoints_home(), method, _digest(method, {}, config), config
    )


def _folder(name: str | Path) -> Path | None:
    """Return the folder of a checkpoint; None for "MODEL/WEIGHTS" of the Hub."""
    folder = named_folder(name, checkpoints_home())
    if (folder / CONFIG).is_file():
        return folder.resolve()
    if _is_on_hub(str(name)):
        return None
    known = ", ".join(list_checkpoints()) or "none"
    raise CheckpointError(
        f"There is no checkpoint {str(name)!r}; bundled are: {known}. "
        "A folder is named as in ./FOLDER, plain CLIP of the Hub as in ViT-B-32-quickgelu/openai."
    )


def _is_on_hub(name: str) -> bool:
    """Whether a name is "MODEL/WEIGHTS" or "MODEL/WEIGHTS@REVISION" with a model of open_clip's."""
    if not re.fullmatch(r"[\w.-]+/[\w.-]+(@[\w.-]+)?", name):
        return False
    from zsbir.backbone.torchvision_shim import import_torchvision

    import_torchvision()
    from open_clip.pretrained import list_pretrained_tags_by_model

    return bool(list_pretrained_tags_by_model(name.partition("/")[0]))


def _build(config: dict, backbone: Backbone, path: Path) -> Method:
    from zsbir.methods import METHODS

    if config["method"] not in METHODS:
        raise CheckpointError(
            f"{path.name} is of the method {config['method']!r}, which this zsbir does not know; "
            f"it has {sorted(METHODS)}."
        )
    try:
        return METHODS[config["method"]].from_config(backbone, config["config"])
    except CheckpointError as error:
        raise CheckpointError(f"{path.name} cannot be built. {error}") from error


def _check_backbone(config: dict, method: Method, name: str) -> None:
    """Refuse what was learnt on top of other towers; what learnt nothing may leave open which it takes."""
    expected, backbone = config["backbone_digest"], method.backbone
    if expected is None and method.state_dict():
        raise CheckpointError(
            f"{name} does not say which backbone it was trained on; train or download it again."
        )
    found = backbone.digest_of(text=method.reads_text)
    if expected not in (None, found):
        raise CheckpointError(
            f"{name} was trained on {config['backbone']} {expected[:19]}, and the backbone here is "
            f"{backbone.name} {found[:19]}. Use that backbone, or a checkpoint trained on this one."
        )


def _load_learnt(method: Method, path: Path) -> dict[str, Tensor]:
    """Load strictly, and return the tensors as the file holds them."""
    from zsbir.backbone.load import read_safetensors

    try:
        found = read_safetensors(path / WEIGHTS)
    except BackboneError as error:
        raise CheckpointError(str(error)) from error
    troubles = _misfits(method.state_dict(), found)
    if troubles:
        raise CheckpointError(
            f"{path.name}/{WEIGHTS} does not fit its config: {'; '.join(troubles)}. "
            "Download the checkpoint again, or train it again."
        )
    method.load_state_dict(found, strict=True)
    return found


def _misfits(expected: dict[str, Tensor], found: dict[str, Tensor]) -> list[str]:
    """Say what keeps weights from being loaded: of each kind of trouble the first, and how many more."""
    shared = sorted(expected.keys() & found.keys())
    shapes = [
        f"{key} of shape {tuple(found[key].shape)} instead of {tuple(expected[key].shape)}"
        for key in shared
        if found[key].shape != expected[key].shape
    ]
    troubles = {
        "it lacks": sorted(expected.keys() - found.keys()),
        "it has the unknown": sorted(found.keys() - expected.keys()),
        "it has": shapes,
        "not all numbers are finite in": [key for key in shared if not found[key].isfinite().all()],
    }
    return [
        f"{what} {names[0]}" + (f" and {len(names) - 1} more" if names[1:] else "")
        for what, names in troubles.items()
        if names
    ]


def _digest(method: Method, learnt: dict[str, Tensor], config: dict) -> str:
    """Name what an embedding depends on: the towers it passes, what was learnt, and the method's choices.

    All as the files hold them, so that an index made on the CPU serves a GPU in half precision.
    """
    from zsbir.backbone.digest import digest_tensors, join_digests

    towers = method.backbone.digest_of(text=method.reads_text)
    choices = json.dumps([config["method"], config["config"]], sort_keys=True)
    return join_digests(towers, digest_tensors(learnt), choices)
