"""What a backbone learnt from, as whoever trained it has written down beside its weights in `seen.json`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zsbir.errors import BackboneError
from zsbir.json_text import parse_json
from zsbir.names import shared_name

if TYPE_CHECKING:
    from pathlib import Path

SEEN = "seen.json"
FIELDS = {"says", "never_drawn"}


@dataclass(frozen=True)
class BackboneSeen:
    """What a backbone learnt from, as far as it has been written down.

    Attributes:
        says: One or two sentences for people.
        never_drawn: Shared names of categories of which no sketch was among it; photos may have been. Of
            other categories it may have seen sketches.
    """

    says: str
    never_drawn: frozenset[str]


def read_seen(folder: Path) -> BackboneSeen | None:
    """Read what the backbone in a folder learnt from; None where nothing is written down.

    Raises:
        BackboneError: The file cannot be read, or does not say what it should.
    """
    path = folder / SEEN
    if not path.is_file():
        return None
    try:
        told = parse_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _refusal(folder, str(error)) from error
    if not isinstance(told, dict) or told.keys() != FIELDS:
        raise _refusal(folder, f"it must have exactly the keys {', '.join(sorted(FIELDS))}")
    says, names = told["says"], told["never_drawn"]
    if not isinstance(says, str) or not says.strip():
        raise _refusal(folder, "says must be a sentence")
    if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
        raise _refusal(folder, "never_drawn must be a list of names")
    return BackboneSeen(says, frozenset(map(shared_name, names)))


def _refusal(folder: Path, why: str) -> BackboneError:
    return BackboneError(
        f"{folder.name}/{SEEN} does not tell what the backbone has seen ({why}); mend it, or delete it."
    )
