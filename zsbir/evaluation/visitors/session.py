"""Visitors of the page without browsers: they speak with Gradio's queue as its own script does, over HTTP."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

AT_ONCE = 6  # connections that a browser opens to one host
WIDTH = 384  # pixels of the photos in the page's grid
LIMIT = 120  # seconds


@dataclass(frozen=True)
class Page:
    """What a browser learns about the search when it loads the page.

    Attributes:
        event: Number of the event that the sheet fires.
        inputs: What is sent with it, as the page starts.
        sheet: Where among these the drawing stands.
        results: Where the photos stand among the outputs.
    """

    event: int
    inputs: tuple[Any, ...]
    sheet: int
    results: int


@asynccontextmanager
async def open_session(address: str) -> AsyncIterator[Session]:
    """Open the page as a browser does: with connections and a session of its own."""
    import httpx

    limits = httpx.Limits(max_connections=AT_ONCE)
    async with httpx.AsyncClient(base_url=address, timeout=LIMIT, limits=limits) as client:
        yield Session(client, await _read_page(client))


async def _read_page(client: httpx.AsyncClient) -> Page:
    (await client.get("/")).raise_for_status()
    config = (await client.get("/config")).json()
    parts = {part["id"]: part["props"] for part in config["components"]}
    named = {props.get("elem_id"): number for number, props in parts.items()}
    sheet, results = named["zs-pad"], named["zs-results"]
    event = next(event for event in config["dependencies"] if [sheet, "input"] in event["targets"])
    inputs = tuple(parts[number].get("value") for number in event["inputs"])
    return Page(event["id"], inputs, event["inputs"].index(sheet), event["outputs"].index(results))


class Session:
    """One open page, and the photos that its browser has loaded.

    Args:
        client: Speaks with the page's address.
        page: What the browser learnt when it loaded it.
    """

    def __init__(self, client: httpx.AsyncClient, page: Page) -> None:
        self._client = client
        self._page = page
        self._session = uuid.uuid4().hex[:11]
        self._loaded: set[str] = set()
        self._shown: set[str] = set()
        self._idle = asyncio.Semaphore(AT_ONCE - 1)  # photos keep no question waiting for a connection

    async def ask(self, strokes: Sequence[dict], seq: int, choices: Mapping[str, str] = {}) -> dict[str, Any]:
        """Ask for the photos of a drawing.

        Args:
            strokes: `{"x", "y"}` each, on a sheet of 600 x 600.
            seq: Number of the drawing.
            choices: What is chosen instead of what the page starts with, as `{"category": "fine-grained"}`.

        Returns:
            What the page would show; see `zsbir.ui.results.found`.

        Raises:
            RuntimeError: The page failed.
            httpx.HTTPError: It could not be reached.
        """
        data = [choices.get(value, value) if isinstance(value, str) else value for value in self._page.inputs]
        data[self._page.sheet] = {"width": 600, "height": 600, "strokes": list(strokes), "seq": seq}
        body = {"data": data, "fn_index": self._page.event, "session_hash": self._session}
        joined = await self._client.post("/gradio_api/queue/join", json=body)
        joined.raise_for_status()
        return await self._hear(joined.json()["event_id"])

    async def _hear(self, event: str) -> dict[str, Any]:
        address = f"/gradio_api/queue/data?session_hash={self._session}"
        async with self._client.stream("GET", address) as stream:
            async for line in stream.aiter_lines():
                message = json.loads(line[5:]) if line.startswith("data:") else {}
                if message.get("msg") == "process_completed" and message.get("event_id") == event:
                    if not message["success"]:
                        raise RuntimeError(f"The page could not search: {message['output']}")
                    return message["output"]["data"][self._page.results]
        raise RuntimeError("The page ended its answer before the photos came.")

    async def load_photos(self, answer: dict[str, Any]) -> bool:
        """Load the photos of an answer that this visitor has not seen yet, several at once.

        Returns:
            Whether all are there; a newer answer takes the place of photos that are still waiting.
        """
        urls = [photo["url"] for photo in answer["photos"]]
        self._shown = set(urls)
        await asyncio.gather(*map(self._load, urls))
        return self._loaded.issuperset(urls)

    async def _load(self, url: str) -> None:
        async with self._idle:
            if url in self._shown and url not in self._loaded:
                (await self._client.get(f"/{url}?side={WIDTH}")).raise_for_status()
                self._loaded.add(url)
