"""A checkpoint: a method with what it learnt, on the backbone that it was learnt on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from zsbir.checkpoint.source import find_source
from zsbir.checkpoint.weights import WEIGHTS, load_learnt
from zsbir.errors import CheckpointError

if TYPE_CHECKING:
    from torch import Tensor

    from zsbir.backbone import Backbone
    from zsbir.methods import Method


@dataclass(frozen=True)
class Checkpoint:
    """A method with its weights, ready to embed.

    Attributes:
        name: Of the folder or the repository, or "plain" with the names of open_clip's weights.
        path: Where its files lie.
        method: Frozen, in evaluation mode.
        digest: "sha256:..." of the backbone, the learnt weights and the method's choices; an index names it.
        config: The parsed `config.json`.
        reference: What to write behind `--checkpoint` in a shell to mean this one; if of the Hub, with its
            commit.
        origin: The Hub repository and the commit that it is, or that its backbone is where it is plain CLIP;
            "" for what is here anyway. A visitor may see it, other than `path` and `reference`.
    """

    name: str
    path: Path
    method: Method
    digest: str
    config: dict
    reference: str
    origin: str = ""

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


def load_checkpoint(
    name: str | Path = "plain",
    *,
    device: str = "auto",
    precision: str = "auto",
    backbone: Backbone | None = None,
) -> Checkpoint:
    """Load a checkpoint from a folder, from the Hub, or by its name from the bundled ones.

    Checkpoints on one backbone share it: the second one costs only what it learnt.

    Args:
        name: Folder; name below `checkpoints_home()`; repository of the Hub as "user/repo" or
            "user/repo@REVISION", looked for in the local cache first; or plain CLIP with weights of the Hub
            as "MODEL/WEIGHTS" or "MODEL/WEIGHTS@REVISION" in open_clip's names, such as
            "ViT-B-32-quickgelu/openai". A folder comes before open_clip's names, and those before other
            repositories; "hf://user/repo" is always a repository. One that holds a backbone is plain CLIP.
        device: For the backbone, see `zsbir.backbone.load_backbone`.
        precision: For the backbone too; it changes no digest.
        backbone: Use this one, already loaded, instead of loading the one that the config names.

    Raises:
        CheckpointError: The folder is missing or damaged, or was made for another backbone.
        BackboneError: The backbone cannot be loaded.
        HubError: The Hub does not have it or its backbone, or cannot be reached.
    """
    source = find_source(name)
    config = source.config
    method = _build(config, backbone or source.open_backbone(device, precision), source.name)
    _check_backbone(config, method, source.name)
    learnt = load_learnt(method, source.file(WEIGHTS), source.name) if method.state_dict() else {}
    method.to(method.backbone.device, method.backbone.dtype).eval().requires_grad_(False)
    digest = _digest(method, learnt, config)
    return Checkpoint(source.name, source.folder, method, digest, config, source.reference, source.origin)


def _build(config: dict, backbone: Backbone, name: str) -> Method:
    from zsbir.methods import METHODS

    if config["method"] not in METHODS:
        raise CheckpointError(
            f"{name} is of the method {config['method']!r}, which this zsbir does not know; "
            f"it has {sorted(METHODS)}."
        )
    try:
        return METHODS[config["method"]].from_config(backbone, config["config"])
    except CheckpointError as error:
        raise CheckpointError(f"{name} cannot be built. {error}") from error


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


def _digest(method: Method, learnt: dict[str, Tensor], config: dict) -> str:
    """Name what an embedding depends on: the towers it passes, what was learnt, and the method's choices.

    All as the files hold them, so that an index made on the CPU serves a GPU in half precision.
    """
    from zsbir.backbone.digest import digest_tensors, join_digests

    towers = method.backbone.digest_of(text=method.reads_text)
    choices = json.dumps([config["method"], config["config"]], sort_keys=True)
    return join_digests(towers, digest_tensors(learnt), choices)
