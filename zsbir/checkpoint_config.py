"""A checkpoint's `config.json`, read strictly."""

from __future__ import annotations

from pathlib import Path

from zsbir.errors import CheckpointError
from zsbir.json_text import parse_json

CONFIG = "config.json"
FORMAT = 1
KEYS = {"format": int, "method": str, "backbone": str, "backbone_digest": (str, type(None)), "config": dict}


def read_config(folder: Path, name: str = "") -> dict:
    """Read the config of a checkpoint's folder.

    Args:
        folder: Where it lies.
        name: Of the checkpoint; "" is the folder's.

    Raises:
        CheckpointError: It is missing, damaged, of another version, or its values are of other types.
    """
    file = f"{name or folder.name}/{CONFIG}"
    try:
        config = parse_json((folder / CONFIG).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{file} cannot be read ({error}). Download it again.") from error
    _check_config(config, file)
    return config


def _check_config(config: object, file: str) -> None:
    if not isinstance(config, dict) or type(config.get("format")) is not int:
        raise CheckpointError(f"{file} is no checkpoint's config: it names no format. Download it again.")
    if config["format"] != FORMAT:
        age = "a newer" if config["format"] > FORMAT else "an older"
        raise CheckpointError(
            f"{file} is of format {config['format']} and comes from {age} zsbir; this one reads "
            f"format {FORMAT}. Update zsbir, or fetch a checkpoint made for this version."
        )
    if set(config) != set(KEYS):
        wrong = sorted(set(config) ^ set(KEYS))
        raise CheckpointError(f"{file} has missing or unknown keys {wrong}; it needs {sorted(KEYS)}.")
    for key, kind in KEYS.items():
        if not isinstance(config[key], kind):
            raise CheckpointError(f"{file} has {config[key]!r} as {key!r}, which makes no sense. Mend it.")
