"""Why the Hub does not take what is pushed, each in one sentence with what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zsbir.errors import HubError
from zsbir.hub.waiting import SilenceError

if TYPE_CHECKING:
    from huggingface_hub.errors import HfHubHTTPError

    from zsbir.hub.reference import Reference

AGAIN = "run the same again: what has been sent is not sent twice"


def explain_refusal(error: BaseException, to: Reference, seconds: float) -> HubError:
    """Return the sentence for whatever the client raised while it was pushing.

    Args:
        error: Of `huggingface_hub`, of the network under it, of the disk, or of `zsbir.hub.waiting`.
        to: The repository.
        seconds: How long silence was borne.
    """
    from huggingface_hub import errors

    cause = _first(error)
    if isinstance(cause, SilenceError):
        return HubError(
            f"The Hub said nothing for {seconds:.0f} seconds while {to.repo} was being pushed; look at its "
            f"page whether it has arrived, or {AGAIN}."
        )
    if isinstance(cause, errors.HfHubHTTPError):
        return HubError(_sentence(cause, to))
    if isinstance(cause, ValueError) and "metadata in README.md" in str(cause):
        faults = " ".join(str(cause).splitlines()[1:]).strip("- ")
        return HubError(f"The Hub refuses the card of {to.repo} ({faults}); mend the head of its README.md.")
    if isinstance(cause, FileNotFoundError):
        return HubError(f"{cause.filename} is gone while it was being pushed; {AGAIN}.")
    if isinstance(cause, OSError) and cause.filename is not None:
        return HubError(f"{cause.filename} cannot be used ({cause.strerror}); mend that, then {AGAIN}.")
    reason = (str(cause).partition("\n")[0] or type(cause).__name__).rstrip(".")
    return HubError(
        f"The Hub cannot be reached to push {to.repo} ({reason}); check the network, then {AGAIN}."
    )


def _sentence(error: HfHubHTTPError, to: Reference) -> str:
    from huggingface_hub import errors

    status = error.response.status_code
    told = (error.server_message or "").partition("\n")[0].rstrip(".")
    if isinstance(error, errors.RevisionNotFoundError):
        return f"{to.repo} has no branch {to.revision or 'main'!r} to push to; name a branch, not a tag."
    if status == 401:
        return (
            "The Hub does not know your token; log in again with `hf auth login`, or set HF_TOKEN to another."
        )
    if status == 403:
        return (
            f"Your token may not write to {to.repo} ({told or 'forbidden'}); log in with one that may, with "
            "`hf auth login`."
        )
    if isinstance(error, errors.RepositoryNotFoundError):
        return (
            f"{to.repo} has vanished, or your token may not see it any more; look at its page, then {AGAIN}."
        )
    if status == 402 and to.kind == "space":
        return (
            f"The Hub wants to be paid for {to.repo} ({told}); a new Space of a free account takes "
            "--hardware zero-a10g."
        )
    if status == 402:
        return (
            f"The Hub wants to be paid for {to.repo} ({told}); make room in your account, or push elsewhere."
        )
    if status in (409, 412):
        return f"Somebody else has changed {to.repo} meanwhile; look at what is new there, then {AGAIN}."
    if status == 413:
        return f"The Hub finds that too large for {to.repo} ({told or status}); push less at once."
    if status == 429:
        after = error.response.headers.get("Retry-After")
        when = f"in {after} seconds" if after else "in some minutes"
        return f"The Hub was asked too often from here (429); {when} {AGAIN}."
    if status >= 500:
        return f"The Hub is in trouble ({status}) and did not take {to.repo}; try later: {AGAIN}."
    return f"The Hub refuses {to.repo} with status {status} ({told or 'no reason given'}); look at its page."


def _first(error: BaseException) -> BaseException:
    """What the client's "error while uploading", or its "not in the cache either", was caused by."""
    from huggingface_hub.errors import LocalEntryNotFoundError

    while isinstance(error, RuntimeError | LocalEntryNotFoundError) and error.__cause__:
        error = error.__cause__
    return error
