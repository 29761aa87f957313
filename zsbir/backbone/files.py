"""The two files of a backbone, wherever they come from: a folder, or a repository of the Hub."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from zsbir.backbone.config import CONFIG
from zsbir.backbone.hub import LAYOUT, pretrained_reference
from zsbir.backbone.hub import WEIGHTS as HUB_WEIGHTS
from zsbir.backbone.torchvision_shim import import_torchvision
from zsbir.errors import BackboneError
from zsbir.folders import checkpoints_home, named_folder
from zsbir.hub import Reference, fetch
from zsbir.hub.reference import SCHEME
from zsbir.json_text import parse_json

WEIGHTS = "model.safetensors"


@dataclass(frozen=True)
class BackboneFiles:
    """A backbone on this machine, not loaded.

    Attributes:
        name: Of the backbone, for tables and indexes.
        config: open_clip's config.
        weights: safetensors.
    """

    name: str
    config: Path
    weights: Path

    @property
    def identity(self) -> tuple:
        """Equal as long as the files are the same and unchanged."""
        stats = [(path.resolve(), path.stat()) for path in (self.config, self.weights)]
        return tuple((path, stat.st_mtime_ns, stat.st_size) for path, stat in stats)

    def read_config(self) -> dict:
        """Parse the config.

        Raises:
            BackboneError: It is no JSON.
        """
        try:
            return parse_json(self.config.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise BackboneError(
                f"The {CONFIG} of {self.name} is no open_clip config ({error}). Download it again."
            ) from error


def find_backbone(
    name: str | Path, pretrained: str | None = None, revision: str | None = None
) -> BackboneFiles:
    """Find a backbone, in the local cache before on the Hub; see `load_backbone` for the arguments.

    Raises:
        BackboneError: There is none of that name, or a file is missing.
        HubError: The Hub cannot be reached or does not have it.
    """
    if pretrained is not None:
        import_torchvision()
        return _of_hub(f"{name}/{pretrained}", pretrained_reference(str(name), pretrained, revision))
    if isinstance(name, str) and name.startswith(SCHEME):
        reference = Reference.parse(name)
        return _of_hub(reference.name, reference)
    return _of_folder(name)


def _of_hub(name: str, wanted: Reference) -> BackboneFiles:
    snapshot = fetch(wanted, LAYOUT)
    return BackboneFiles(name, snapshot.file(CONFIG), snapshot.file(HUB_WEIGHTS))


def _of_folder(name: str | Path) -> BackboneFiles:
    folder = named_folder(name, checkpoints_home())
    if not (folder / CONFIG).is_file():
        raise BackboneError(
            f"There is no backbone {str(name)!r}: neither a path as in ./FOLDER of a folder with {CONFIG}, "
            "nor bundled in checkpoints/. Of the Hub, open_clip's models are named with their weights, as in "
            "ViT-B-32-quickgelu/openai, and others as in hf://user/repo."
        )
    for weights in (WEIGHTS, HUB_WEIGHTS):
        if (folder / weights).is_file():
            return BackboneFiles(folder.name, folder / CONFIG, folder / weights)
    raise BackboneError(
        f"{folder.name} has no {WEIGHTS}; pickled weights are not read. Download the folder again."
    )
