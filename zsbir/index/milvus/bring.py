"""Where the vectors of an index are searched: what follows once it has been built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zsbir.index.milvus.address import HERE, forget_address, parse_target, read_address
from zsbir.index.sidecar import new_index_folder

if TYPE_CHECKING:
    from zsbir.checkpoint import Checkpoint
    from zsbir.gallery import Gallery
    from zsbir.index.milvus.upload import UploadReport


def check_target(target: str) -> None:
    """Refuse a place that vectors cannot be brought to.

    Raises:
        GalleryError: It is none, does not answer, or pymilvus is not installed.
    """
    if target == HERE:
        return
    uri = parse_target(target)
    from zsbir.index.milvus.server import Server

    Server(uri).close()


def bring_vectors(gallery: Gallery, checkpoint: Checkpoint, target: str | None) -> UploadReport | None:
    """Bring the vectors of an index to where they are searched.

    Args:
        gallery: Whose index; built.
        checkpoint: What made it.
        target: As `parse_target` takes it, or "here"; None keeps them where they are.

    Returns:
        What was sent; None if they are searched beside the index.

    Raises:
        GalleryError: Milvus does not take them.
    """
    folder = new_index_folder(gallery, checkpoint)
    if target == HERE:
        forget_address(folder)
        return None
    address = read_address(folder)
    uri = parse_target(target) if target else address.uri if address else None
    if uri is None:
        return None
    from zsbir.index.milvus.upload import upload

    return upload(gallery, checkpoint, uri)
