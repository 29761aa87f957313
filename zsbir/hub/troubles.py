"""What can go wrong with the Hub, each in one sentence with what to do about it."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import TYPE_CHECKING

from zsbir.errors import HubError
from zsbir.hub.cache import is_known
from zsbir.hub.waiting import SilenceError

if TYPE_CHECKING:
    from huggingface_hub.errors import HfHubHTTPError

    from zsbir.hub.reference import Reference

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
SEALED = {errno.EACCES, errno.EPERM, errno.EROFS}


class DamagedError(Exception):
    """What came is not what was announced; the message is the file's name."""


class MovedOnError(Exception):
    """The branch got a new commit while it was being downloaded."""


def explain(error: BaseException, wanted: Reference, seconds: float) -> HubError:
    """Return the sentence for whatever the client raised.

    Args:
        error: Of `huggingface_hub`, of the network under it, of the disk, or of this package.
        wanted: The repository.
        seconds: How long silence was borne.
    """
    from huggingface_hub import errors

    what, cause = called(wanted), _root(error)
    if isinstance(cause, SilenceError):
        return HubError(f"The Hub said nothing for {seconds:g} s when asked for {what}. {cure(wanted)}")
    if "Timeout" in type(cause).__name__:
        return HubError(f"The Hub does not answer, or stopped to, when asked for {what}. {cure(wanted)}")
    if isinstance(cause, DamagedError):
        return HubError(
            f"{cause} of {what} came damaged: its checksum is not the one that the Hub announces. It was "
            "deleted; try again, and if that does not help, look for a proxy that changes downloads."
        )
    if isinstance(cause, MovedOnError):
        return HubError(f"{what} got a new commit while it was being downloaded; run the same again.")
    if isinstance(cause, errors.HfHubHTTPError):
        return HubError(_refusal(cause, wanted))
    if isinstance(cause, OSError) and (cause.filename is not None or cause.errno in FULL | SEALED):
        return HubError(_disk(cause, what))
    if isinstance(cause, errors.OfflineModeIsEnabled):
        return offline(wanted)
    if "Consistency check failed" in str(cause) or "ProtocolError" in type(cause).__name__:
        return HubError(
            f"The connection to the Hub broke off while {what} was being downloaded; run the same again."
        )
    reason = (str(cause).partition("\n")[0] or type(cause).__name__).rstrip(".")
    return HubError(f"The Hub cannot be reached for {what} ({reason}). {cure(wanted)}")


def offline(wanted: Reference) -> HubError:
    """The sentence for what may not be asked for."""
    if is_known(wanted):
        return HubError(f"HF_HUB_OFFLINE forbids to ask the Hub for {called(wanted)}. {cure(wanted)}")
    return HubError(
        f"{called(wanted)} is not in {cache_folder()}, and HF_HUB_OFFLINE forbids to ask the Hub. "
        f"{cure(wanted)}"
    )


def no_room(wanted: Reference, needed: int, free: int) -> HubError:
    """The sentence for a disk that would not hold a download."""
    return HubError(
        f"{called(wanted)} needs {needed / 1e6:,.0f} MB more, and the disk of the cache {cache_folder()} has "
        f"{free / 1e6:,.0f} MB left; free some, or set HF_HOME to a folder on another disk."
    )


def called(wanted: Reference) -> str:
    """What to call a repository: as people do, with its own name where that is another."""
    return f"{wanted} ({wanted.repo})" if wanted.alias else str(wanted)


def cure(wanted: Reference) -> str:
    """What helps where there is no network."""
    if wanted.kind == "dataset":
        return (
            f"Where there is a network run `python -m zsbir download --gallery {wanted}`, or, if it is no "
            f"gallery yet, `python -m zsbir index {wanted} --gallery NAME`."
        )
    return f"Where there is a network run `python -m zsbir download {wanted}`."


def cache_folder() -> Path:
    """Where the Hub's client keeps what it has downloaded; `HF_HOME` and `HF_HUB_CACHE` decide."""
    from huggingface_hub import constants

    return Path(constants.HF_HUB_CACHE).expanduser().absolute()


def _refusal(error: HfHubHTTPError, wanted: Reference) -> str:
    from huggingface_hub import errors, get_token

    what, page, status = called(wanted), wanted.page, error.response.status_code
    if isinstance(error, errors.GatedRepoError):
        return (
            f"{what} is gated: ask for access at {page}, log in with `hf auth login`, and run the same again."
        )
    if isinstance(error, errors.DisabledRepoError):
        return f"The Hub has disabled {what}; take another, or ask its owner."
    if isinstance(error, errors.RepositoryNotFoundError):
        login = "or one that your token may read" if get_token() else "or log in with `hf auth login`"
        return f"The Hub has no {wanted.kind} {what}, or it is private; check its name, {login}."
    if isinstance(error, errors.RevisionNotFoundError):
        return (
            f"{wanted.repo} has no revision {wanted.revision or 'main'!r}, or no longer; choose a branch, a "
            f"tag or a whole commit hash that {page} has."
        )
    if isinstance(error, errors.EntryNotFoundError):
        return f"{what} lacks a file that it should have; choose another revision, or tell its owner."
    if status == 401:
        return f"The Hub refuses your token for {what}; log in again with `hf auth login`, or unset HF_TOKEN."
    if status == 403:
        return f"Your token may not read {what}; log in with one that may, with `hf auth login`."
    if status == 429:
        after = error.response.headers.get("Retry-After")
        return f"The Hub was asked too often from here (429) and does not give {what} now; try again " + (
            f"in {after} seconds." if after else "in some minutes."
        )
    if status >= 500:
        return (
            f"The Hub is in trouble ({status}) and does not give {what} now; try again later. {cure(wanted)}"
        )
    return f"The Hub refuses {what} with status {status}; look at {page}."


def _disk(error: OSError, what: str) -> str:
    if error.errno in FULL:
        return (
            f"The disk of the cache {cache_folder()} is full ({error.strerror}) and does not take {what}; "
            "free some space, or set HF_HOME to a folder on another disk."
        )
    return (
        f"The cache {cache_folder()} cannot be written to ({error.strerror}); make it writable, or set "
        "HF_HOME to a folder that is."
    )


def _root(error: BaseException) -> BaseException:
    """What the client's own "not in the cache either" was caused by."""
    from huggingface_hub.errors import LocalEntryNotFoundError

    while isinstance(error, LocalEntryNotFoundError) and error.__cause__:
        error = error.__cause__
    return error
