"""What a Space takes from model repositories, and what of it may come along when the Space is built."""

from __future__ import annotations

from collections.abc import Sequence

from zsbir.backbone import hub as backbone_hub
from zsbir.checkpoint import list_checkpoints
from zsbir.checkpoint.source import Source, find_source, is_pretrained, split_pretrained
from zsbir.errors import HubError
from zsbir.families import families_of
from zsbir.folders import checkpoints_home
from zsbir.hub import Reference, Snapshot, fetch, means_repository
from zsbir.hub.reference import SCHEME
from zsbir.hub.visibility import is_public


def find_on_hub(name: str | None) -> Source | None:
    """Find the checkpoint that a Space shows first, if it is of the Hub; None if the clone has it.

    Raises:
        HubError: It lies in a folder that the Space will not have, or the Hub does not give it.
        CheckpointError: There is no such checkpoint.
    """
    here = list_checkpoints()
    if name is None or name in here or name in families_of(here):
        return None
    source = find_source(name)
    if source.snapshot is None:
        raise HubError(
            f"The checkpoint {name} lies in a folder that a Space does not have; push it and name its "
            f"repository, or move it to {checkpoints_home().name}/."
        )
    return source


def snapshots_of(source: Source | None) -> list[Snapshot]:
    """The repositories that a checkpoint is loaded from: its own, and that of its backbone.

    Raises:
        HubError: The Hub does not give the backbone.
    """
    if source is None or source.snapshot is None:
        return []
    own, backbone = source.snapshot, _backbone_of(source)
    if backbone is None or backbone.repo == own.reference.repo:
        return [own]
    return [own, fetch(backbone, backbone_hub.LAYOUT)]


def choose_preloaded(models: Sequence[Snapshot]) -> tuple[list[Snapshot], list[str]]:
    """Those that the Hub may download when it builds the Space, which it does without a token.

    Returns:
        Them, and a sentence for each of the others.
    """
    chosen, notes = [], []
    for snapshot in models:
        repo = snapshot.reference.repo
        try:
            public, why = is_public(snapshot.reference), f"{repo} is not for everybody."
        except HubError as error:
            public, why = False, f"{error} So {repo} is taken for one that is not for everybody."
        if public:
            chosen.append(snapshot)
        else:
            notes.append(
                f"{why} The Space downloads it when it starts, with a token that may read it: set one as its "
                "secret HF_TOKEN, in its settings."
            )
    return chosen, notes


def _backbone_of(source: Source) -> Reference | None:
    """The repository of the backbone, unless that is bundled or lies in the checkpoint's own."""
    name = source.config["backbone"]
    if name.startswith(SCHEME):
        return Reference.parse(name)
    if not (source.folder / name).is_dir() and means_repository(name) and is_pretrained(name):
        return backbone_hub.pretrained_reference(*split_pretrained(name))
    return None
