"""The gallery's photos over HTTP: only pictures that a gallery lists, scaled for the page when large."""

from __future__ import annotations

import io
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from zsbir.errors import ImageError
from zsbir.images import open_image
from zsbir.ui.service import Service

SENT_AS_THEY_ARE = {384: 150_000, 1600: 2_000_000}  # longest side in pixels -> most bytes
WEB_FORMATS = {"jpg": "jpeg", "jpeg": "jpeg", "png": "png", "webp": "webp", "gif": "gif"}
CACHE = {"Cache-Control": "private, max-age=3600"}


def photo_route(service: Service) -> Route:
    """`/photo/GALLERY/ID?side=384`: a photo by its id, so that no path of this machine leaves it."""

    def photo(request: Request) -> Response:
        path = service.photo(request.path_params["gallery"], request.path_params["photo_id"])
        side = request.query_params.get("side", "1600")
        if path is None or not path.is_file() or side not in map(str, SENT_AS_THEY_ARE):
            return Response("This photo is not in the gallery.", 404, media_type="text/plain")
        return _respond(path, int(side))

    return Route("/photo/{gallery}/{photo_id:path}", photo)


def _respond(path: Path, side: int) -> Response:
    stat = path.stat()
    kind = WEB_FORMATS.get(path.suffix.lower().removeprefix("."))
    if kind is not None and stat.st_size <= SENT_AS_THEY_ARE[side]:
        # Read here: FileResponse would change threads four times, which takes longer than the reading.
        return Response(path.read_bytes(), 200, CACHE, f"image/{kind}")
    try:
        return Response(_scaled(path, stat.st_mtime_ns, side), 200, CACHE, "image/jpeg")
    except ImageError as error:
        return Response(str(error), 404, media_type="text/plain")


@lru_cache(maxsize=400)
def _scaled(path: Path, modified: int, side: int) -> bytes:
    """JPEG bytes of a photo at most `side` pixels long; `modified` keeps the cache honest."""
    image = open_image(path, enough=2 * side)
    image.thumbnail((side, side))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=88)
    return buffer.getvalue()
