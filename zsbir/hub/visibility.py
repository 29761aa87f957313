"""Who may download a repository."""

from __future__ import annotations

from zsbir.hub.reference import Reference
from zsbir.hub.troubles import explain, offline
from zsbir.hub.waiting import wait_for


def is_public(wanted: Reference) -> bool:
    """Ask the Hub, without a token, whether everybody gets a repository's files.

    Raises:
        HubError: The Hub cannot be asked.
    """
    from huggingface_hub import HfApi, constants
    from huggingface_hub.errors import RepositoryNotFoundError

    if constants.HF_HUB_OFFLINE:
        raise offline(wanted)
    api, reach = HfApi(endpoint=constants.ENDPOINT, token=False), constants.HF_HUB_ETAG_TIMEOUT
    try:
        about = wait_for(lambda _: api.repo_info(wanted.repo, repo_type=wanted.kind, timeout=reach), reach)
    except RepositoryNotFoundError:  # what the Hub tells strangers of private ones
        return False
    except Exception as error:  # the client raises a dozen kinds, and the network under it as many
        raise explain(error, wanted, reach) from error
    return not about.private and not about.gated
