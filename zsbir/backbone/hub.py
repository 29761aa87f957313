"""Weights of open_clip's models from the Hugging Face Hub: the local cache first, then the network, once."""

from __future__ import annotations

import json
import os
import queue
import threading
import urllib.error
import urllib.request
from pathlib import Path

from zsbir.errors import BackboneError, HubError

CONFIG, WEIGHTS = "open_clip_config.json", "open_clip_model.safetensors"
# Commits that weights are taken from when the user names none: what was tried stays what is run.
PINNED = {
    "timm/vit_base_patch32_clip_224.openai": "a6f597a30f7b82c51704746581f9a4e41421e878",
    "timm/vit_base_patch16_clip_224.openai": "977e3dd0ec55ab8da155f2fbeb6b5f54948b6e3d",
    "timm/vit_large_patch14_clip_224.openai": "18d0535469bb561bf468d76c1d73aa35156c922b",
}
REACH_SECONDS = 5  # an unreachable Hub would otherwise cost huggingface_hub's retries, half a minute a file


def fetch_weights(model: str, tag: str, revision: str | None = None) -> tuple[Path, dict]:
    """Return the weights file and the config of one of open_clip's pretrained models.

    Args:
        model: open_clip's model name, such as "ViT-B-32-quickgelu".
        tag: open_clip's name of the weights, such as "openai".
        revision: Branch, tag or commit hash of the Hub repository; a hash pins the weights. None takes the
            commit in `PINNED`, and the newest one of repositories that are not in it.

    Raises:
        BackboneError: open_clip does not know the model or the tag.
        HubError: Neither the cache nor the Hub has the files.
    """
    repo = hub_repository(model, tag)
    revision = revision or PINNED.get(repo)
    config = _fetch(repo, CONFIG, revision)
    weights = _fetch(repo, WEIGHTS, revision)
    return weights, json.loads(config.read_text(encoding="utf-8"))


def hub_repository(model: str, tag: str) -> str:
    """Return the Hub repository of a pretrained model, such as "timm/vit_base_patch32_clip_224.openai".

    Raises:
        BackboneError: open_clip does not know the model or the tag, or keeps the weights elsewhere.
    """
    from open_clip.pretrained import get_pretrained_cfg, list_pretrained_tags_by_model

    tags = list_pretrained_tags_by_model(model)
    if not tags:
        raise BackboneError(f"open_clip has no pretrained model {model!r}; try ViT-B-32-quickgelu.")
    repo = get_pretrained_cfg(model, tag).get("hf_hub", "").rstrip("/")
    if not repo:
        raise BackboneError(
            f"open_clip has no weights {tag!r} for {model} on the Hub; it has {', '.join(tags)}."
        )
    return repo


def _fetch(repo: str, file: str, revision: str | None) -> Path:
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        return Path(hf_hub_download(repo, file, revision=revision, local_files_only=True))
    except LocalEntryNotFoundError:
        _require_reachable(repo, file, revision)
    try:
        return Path(hf_hub_download(repo, file, revision=revision))
    except Exception as error:  # the client raises a dozen kinds; all mean the same to the person waiting
        raise HubError(f"The Hub did not give {file} of {repo}: {error}. {_cure(repo, revision)}") from error


def _require_reachable(repo: str, file: str, revision: str | None) -> None:
    """Fail within `REACH_SECONDS` when there is no network, instead of waiting for the client's retries."""
    from huggingface_hub.constants import ENDPOINT, HF_HUB_OFFLINE

    if HF_HUB_OFFLINE:
        raise HubError(f"{repo} is not in the cache and HF_HUB_OFFLINE is set. {_cure(repo, revision)}")
    endpoint = os.environ.get("HF_ENDPOINT", ENDPOINT)
    request = urllib.request.Request(f"{endpoint}/{repo}/resolve/{revision or 'main'}/{file}", method="HEAD")
    answers: queue.SimpleQueue[bool] = queue.SimpleQueue()
    # In a thread that may be left behind: a dead name server keeps a look-up longer than any timeout allows.
    threading.Thread(target=lambda: answers.put(_answers(request)), daemon=True).start()
    try:
        reached = answers.get(timeout=REACH_SECONDS)
    except queue.Empty:
        reached = False
    if not reached:
        raise HubError(f"The Hub cannot be reached for {repo}. {_cure(repo, revision)}")


def _answers(request: urllib.request.Request) -> bool:
    """Whether the Hub says anything at all; what it says, its client words better."""
    try:
        urllib.request.urlopen(request, timeout=REACH_SECONDS).close()
    except urllib.error.HTTPError:
        return True
    except (OSError, ValueError):
        return False
    return True


def _cure(repo: str, revision: str | None) -> str:
    pin = f" --revision {revision}" if revision else ""
    return (
        f"On a machine with network run `hf download {repo}{pin} {CONFIG} {WEIGHTS}` and bring its cache, "
        "or use the bundled backbone zsbir-tiny."
    )
