"""Where the vectors of an index live if not beside it: `milvus.json` in its folder."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from zsbir.errors import GalleryError
from zsbir.gallery.atomic import write_atomically, writing_to

ADDRESS = "milvus.json"
HERE = "here"  # the target that brings vectors back beside the index
TOKEN = "ZSBIR_MILVUS_TOKEN"


@dataclass(frozen=True)
class Address:
    """A collection in Milvus.

    Attributes:
        uri: http://HOST:PORT[/DATABASE], https likewise, or the absolute path of a FILE.db.
        owner: Hexadecimal digits that tell galleries of one name apart.
        collection: Its name there.
        complete: Whether all vectors have been there once; until then they are searched beside the index.
    """

    uri: str
    owner: str
    collection: str
    complete: bool = False

    def write(self, folder: Path) -> None:
        """Say in the folder of an index where its vectors live.

        Raises:
            GalleryError: The folder cannot be written to.
        """
        write_atomically(folder / ADDRESS, (json.dumps(asdict(self), indent=1) + "\n").encode())


def read_address(folder: Path) -> Address | None:
    """Where the vectors of the index in a folder live; None if beside it.

    Raises:
        GalleryError: The file that says so cannot be used.
    """
    path = folder / ADDRESS
    if not path.is_file():
        return None
    try:
        return Address(**json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError) as error:
        raise GalleryError(
            f"{path} does not say where the vectors are; delete it to search those beside it, and bring them "
            "to Milvus again with: python -m zsbir index --gallery NAME --to PLACE"
        ) from error


def forget_address(folder: Path) -> None:
    """Let the vectors be searched beside the index again; nothing is deleted in Milvus.

    Raises:
        GalleryError: The folder cannot be written to.
    """
    with writing_to(folder):
        (folder / ADDRESS).unlink(missing_ok=True)


def parse_target(text: str) -> str:
    """Turn what people write for a place into a URI as `Address` keeps it.

    Raises:
        GalleryError: It is none, or tells a password.
    """
    if text.endswith(".db") and "://" not in text:
        return str(Path(text).expanduser().absolute())
    try:
        parts = urlsplit(re.sub("^milvus://", "http://", text))
        port = parts.port or (443 if parts.scheme == "https" else 19530)
    except ValueError:  # of brackets that do not match, or a port that is none
        parts, port = urlsplit(""), 0
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise GalleryError(
            f"{text!r} is no place for vectors; write milvus://HOST:19530 for a server of Milvus, FILE.db "
            f"for its embedded engine, or '{HERE}' for this machine."
        )
    if "@" in parts.netloc:
        raise GalleryError(
            f"A place must not tell a password, because it is written to the gallery's folder; leave it out "
            f"and set {TOKEN} to user:password."
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}:{port}{parts.path.rstrip('/')}"


def collection_name(gallery: str, checkpoint: str, owner: str, made_by: str) -> str:
    """A name in Milvus for an index: readable, and of nobody else's.

    Args:
        gallery: Name of the gallery.
        checkpoint: Name of the checkpoint.
        owner: See `Address`.
        made_by: Digest of what the vectors depend on; other weights get another collection.
    """
    readable = re.sub(r"[^A-Za-z0-9]+", "_", f"{gallery}_{checkpoint}")[:120]
    return f"zsbir_{readable}_{owner}_{made_by[:8]}"
