"""What a Space takes from model repositories, and what of it may come along when the Space is built."""

from __future__ import annotations

from collections.abc import Sequence

from zsbir.checkpoint import list_checkpoints
from zsbir.checkpoint.source import Source, find_source
from zsbir.errors import HubError
from zsbir.families import families_of
from zsbir.folders import checkpoints_home
from zsbir.hub import Snapshot
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
