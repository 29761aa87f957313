"""Where a checkpoint comes from: a folder, or the Hub, where plain CLIP is a backbone alone."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from zsbir.checkpoint.weights import WEIGHTS
from zsbir.checkpoint_config import CONFIG, FORMAT, read_config
from zsbir.errors import CheckpointError
from zsbir.folders import checkpoints_home, named_folder
from zsbir.hub import Layout, Reference, Snapshot, fetch, means_repository
from zsbir.hub.reference import SCHEME
from zsbir.names import did_you_mean

if TYPE_CHECKING:
    from zsbir.backbone import Backbone

# A backbone of its own may lie in a folder beside it.
LAYOUT = Layout("a checkpoint", CONFIG, (WEIGHTS, "README.md", "results.json", "*/*.json", "*/*.safetensors"))


@dataclass(frozen=True)
class Source:
    """A checkpoint on this machine, not loaded.

    Attributes:
        name: Of the checkpoint, for tables and indexes.
        reference: What to write behind `--checkpoint` in a shell to mean exactly this one.
        folder: Where its files lie.
        config: The parsed `config.json`.
        snapshot: The repository that the folder is of, if it is of one.
    """

    name: str
    reference: str
    folder: Path
    config: dict
    snapshot: Snapshot | None = None

    @property
    def origin(self) -> str:
        """The repository and its commit; "" for what is of no repository."""
        return str(self.snapshot.reference) if self.snapshot else ""

    def file(self, name: str) -> Path:
        """Where one of its files is; one that the cache lacks, or holds damaged, is downloaded.

        Raises:
            HubError: It cannot be had.
        """
        return self.snapshot.file(name) if self.snapshot else self.folder / name

    @property
    def backbone_repository(self) -> Reference | None:
        """The repository of the backbone; None if that is bundled, or lies beside the checkpoint."""
        name = self.config["backbone"]
        if name.startswith(SCHEME):
            return Reference.parse(name)
        if (self.folder / name).is_dir() or not (means_repository(name) and is_pretrained(name)):
            return None
        from zsbir.backbone.hub import pretrained_reference

        return pretrained_reference(*split_pretrained(name))

    def snapshots(self, *, refresh: bool = False) -> list[Snapshot]:
        """The repositories that it is loaded from: its own and its backbone's, as far as they are of the Hub.

        Raises:
            HubError: The Hub does not give the backbone.
        """
        from zsbir.backbone.hub import LAYOUT as BACKBONE

        own, backbone = [self.snapshot] if self.snapshot else [], self.backbone_repository
        if backbone is None or (own and backbone.repo == own[0].reference.repo):
            return own
        return [*own, fetch(backbone, BACKBONE, refresh=refresh)]

    def open_backbone(self, device: str, precision: str) -> Backbone:
        """Open the backbone that the config names: of the Hub, beside the checkpoint, or bundled."""
        from zsbir.backbone import shared_backbone
        from zsbir.backbone.config import CONFIG as OPEN_CLIP_CONFIG

        name = self.config["backbone"]
        beside = self.folder / name
        if name.startswith(SCHEME):
            return shared_backbone(name, device=device, precision=precision)
        if beside.is_dir():
            for file in (OPEN_CLIP_CONFIG, WEIGHTS):
                self.file(f"{name}/{file}")
            return shared_backbone(beside, device=device, precision=precision)
        if means_repository(name) and is_pretrained(name):
            model, weights, revision = split_pretrained(name)
            return shared_backbone(model, weights, device=device, precision=precision, revision=revision)
        return shared_backbone(name, device=device, precision=precision)


def find_source(name: str | Path, *, refresh: bool = False) -> Source:
    """Find a checkpoint, in folders and the local cache before on the Hub; see `load_checkpoint`.

    Args:
        name: As `load_checkpoint` takes it.
        refresh: Ask the Hub for what is of the Hub, even where the cache has it.

    Raises:
        CheckpointError: There is no such checkpoint here, or its config is damaged.
        BackboneError: open_clip does not have the weights.
        HubError: The Hub does not have it, or cannot be reached.
    """
    folder = named_folder(name, checkpoints_home())
    if (folder / CONFIG).is_file():
        return _of_folder(folder.resolve())
    if not means_repository(name):
        known = list_checkpoints()
        raise CheckpointError(
            f"There is no checkpoint {str(name)!r}{did_you_mean(str(name), known)}; "
            f"bundled are: {', '.join(known) or 'none'}. "
            "A folder is named as in ./FOLDER, one of the Hub as in user/repo, plain CLIP of the Hub as in "
            "ViT-B-32-quickgelu/openai."
        )
    from zsbir.backbone import hub as backbone_hub

    if is_pretrained(name):
        model, weights, revision = split_pretrained(name)
        wanted = backbone_hub.pretrained_reference(model, weights, revision)
        snapshot = fetch(wanted, backbone_hub.LAYOUT, refresh=refresh)
        return _plain_on(snapshot, f"plain-{model}-{weights}", str(snapshot.reference))
    snapshot = fetch(Reference.parse(name), backbone_hub.LAYOUT, LAYOUT, refresh=refresh)
    pinned = snapshot.reference
    if snapshot.layout is backbone_hub.LAYOUT:
        return _plain_on(snapshot, pinned.name, f"{SCHEME}{pinned}")
    config = read_config(snapshot.file(CONFIG).parent, pinned.name)
    return Source(pinned.name, str(pinned), snapshot.folder, config, snapshot)


def list_checkpoints(folder: Path | None = None) -> list[str]:
    """Return the names of the method checkpoints in a folder, plain CLIP first."""
    home = folder or checkpoints_home()
    names = sorted(path.parent.name for path in home.glob(f"*/{CONFIG}"))
    return sorted(names, key=lambda name: name != "plain")


def is_pretrained(name: str) -> bool:
    """Whether a name with a slash is open_clip's MODEL/WEIGHTS or MODEL/WEIGHTS@REVISION."""
    if name.startswith(SCHEME):
        return False
    from zsbir.backbone.torchvision_shim import import_torchvision

    import_torchvision()
    from open_clip.pretrained import list_pretrained_tags_by_model

    return bool(list_pretrained_tags_by_model(name.partition("/")[0]))


def split_pretrained(name: str) -> tuple[str, str, str | None]:
    """Take MODEL/WEIGHTS@REVISION apart; None where no revision is named."""
    model, _, rest = name.partition("/")
    weights, _, revision = rest.partition("@")
    return model, weights, revision or None


def _of_folder(folder: Path) -> Source:
    bundled = folder.parent == checkpoints_home().resolve()
    reference = folder.name if bundled else shlex.quote(str(folder))
    return Source(folder.name, reference, folder, read_config(folder))


def _plain_on(snapshot: Snapshot, name: str, backbone: str) -> Source:
    """Plain CLIP on a backbone of the Hub, for which no config needs to be written."""
    config = {
        "format": FORMAT,
        "method": "plain",
        "backbone": backbone,
        "backbone_digest": None,
        "config": {},
    }
    return Source(name, backbone, snapshot.folder, config, snapshot)
