"""The vectors of one index as the rows of a collection in Milvus, and what it tells about itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from zsbir.errors import GalleryError
from zsbir.index.approximate import is_exact
from zsbir.index.sidecar import DIGITS

if TYPE_CHECKING:
    from zsbir.index.milvus.server import Server

MADE_BY, STATE = "zsbir.made_by", "zsbir.state"  # properties of the collection
LONG = 3600  # seconds for what grows with the number of photos
LISTED = 1000  # rows that are asked for together
SENT = 8 << 20  # bytes of vectors that are sent together
EXACT, APPROXIMATE = "FLAT", "IVF_SQ8"
LISTS, PROBED = 1024, 64  # of the approximate index, in each of Milvus's segments


@dataclass(frozen=True)
class State:
    """How far a collection is.

    Attributes:
        holds: `digest_contents` of what it holds, or will hold when it is complete.
        before: The same of what it held before the update that is under way.
        complete: Whether no update is under way, or was interrupted.
    """

    holds: str = ""
    before: str = ""
    complete: bool = False


def row_key(photo_id: str) -> str:
    """Name a photo in Milvus: 32 hexadecimal digits, whatever characters its id is made of."""
    return _short(photo_id)


def row_content(content_key: str, category: str) -> str:
    """What changes whenever a row has to be sent again."""
    return _short(f"{content_key}\n{category}")


def row_bucket(content_key: str, category: str) -> str:
    """What photos that are ranked together share: a category, taught by the same photos where that matters.

    So a search that was opened before an update never compares its drawing with vectors of another teaching.
    """
    return _short(content_key[DIGITS:] or category)


class Collection:
    """A collection of a server.

    Args:
        server: Where it is.
        name: Its name.
    """

    def __init__(self, server: Server, name: str):
        self.server, self.name = server, name

    def call(self, what: str, *args: Any, **kwargs: Any) -> Any:
        """Call a method of `pymilvus.MilvusClient` for this collection; see `Server.call`."""
        return self.server.call(what, self.name, *args, **kwargs)

    def exists(self) -> bool:
        """Whether the server has it."""
        return self.call("has_collection")

    def create(self, dimension: int, made_by: str) -> None:
        """Make it, empty."""
        from pymilvus import DataType, MilvusClient

        schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("key", DataType.VARCHAR, is_primary=True, max_length=32)
        schema.add_field("content", DataType.VARCHAR, max_length=32)
        schema.add_field("bucket", DataType.VARCHAR, max_length=32)
        schema.add_field("photo", DataType.VARCHAR, max_length=65535)
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimension)
        indexes = _vector_index(EXACT)
        indexes.add_index("bucket", index_type="INVERTED")
        properties = {MADE_BY: made_by, STATE: json.dumps(asdict(State()))}
        self.call("create_collection", schema=schema, index_params=indexes, properties=properties)

    def made_by(self) -> str:
        """Digest of what its vectors depend on; "" if nobody knows."""
        return self._properties().get(MADE_BY, "")

    def state(self) -> State:
        """How far it is."""
        try:
            return State(**json.loads(self._properties().get(STATE, "{}")))
        except (ValueError, TypeError):  # of another version, or somebody else's
            return State()

    def set_state(self, state: State) -> None:
        """Tell how far it is."""
        self.call("alter_collection_properties", {STATE: json.dumps(asdict(state))})

    def load(self) -> None:
        """Let it be searched; does nothing if it can be."""
        self.call("load_collection", timeout=LONG)

    def contents(self) -> dict[str, str]:
        """The `row_content` of every row, by `row_key`."""
        found: dict[str, str] = {}
        rows = self.call(
            "query_iterator",
            batch_size=LISTED,
            output_fields=["key", "content"],
            consistency_level="Strong",
            timeout=LONG,
        )
        while block := rows.next():
            found.update((row["key"], row["content"]) for row in block)
        rows.close()
        return found

    def send(self, rows: list[Mapping[str, Any]]) -> None:
        """Write rows, in place of those of the same keys."""
        self.call("upsert", rows, timeout=LONG)

    def remove(self, keys: Iterable[str]) -> None:
        """Delete rows."""
        gone = list(keys)
        for start in range(0, len(gone), LISTED):
            self.call("delete", ids=gone[start : start + LISTED], timeout=LONG)

    def settle(self, count: int) -> None:
        """Let everything that was sent be found, by the index that suits so many photos.

        Raises:
            GalleryError: It does not hold so many rows.
        """
        self.call("flush", timeout=LONG)
        found = self.call("query", output_fields=["count(*)"], consistency_level="Strong", timeout=LONG)
        if (held := found[0]["count(*)"]) != count:
            raise GalleryError(
                f"Milvus at {self.server.uri} holds {held} photos instead of {count}; run the command again."
            )
        kind = EXACT if is_exact(count) else APPROXIMATE
        if self.kind() != kind:
            self.call("release_collection", timeout=LONG)
            self.call("drop_index", "vector", timeout=LONG)
            self.call("create_index", _vector_index(kind), timeout=LONG)
            self.load()

    def kind(self) -> str:
        """The type of the index over the vectors."""
        return self.call("describe_index", "vector")["index_type"]

    def _properties(self) -> dict[str, str]:
        return dict(self.call("describe_collection").get("properties") or {})


def _vector_index(kind: str) -> Any:
    from pymilvus import MilvusClient

    indexes = MilvusClient.prepare_index_params()
    parameters = {} if kind == EXACT else {"nlist": LISTS}
    indexes.add_index("vector", index_name="vector", index_type=kind, metric_type="IP", params=parameters)
    return indexes


def _short(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
