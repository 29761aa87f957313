"""The page's own scripts and fonts, served under the digest of them all so that they stay cached."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from pathlib import Path

from gradio import component_meta
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

STATIC = Path(str(files("zsbir.ui"))) / "static"
TYPES = {".js": "text/javascript", ".json": "application/json", ".woff2": "font/woff2"}
SERVED = ("**/*.js", "fonts/*.woff2", "languages/*.json")
FOR_GOOD = {"Cache-Control": "public, max-age=31536000, immutable"}

# Gradio would write a type stub beside the source of every component, and the clone is not ours to write to.
# This stands here because every component imports this module before it is defined.
component_meta.create_or_modify_pyi = lambda *_: None


def static(*names: str) -> str:
    """The text of static files, one after the other."""
    return "\n".join((STATIC / name).read_text(encoding="utf-8") for name in names)


def served() -> dict[str, Path]:
    """What is served: the name below the address -> the file."""
    found = sorted(path for pattern in SERVED for path in STATIC.glob(pattern))
    return {path.relative_to(STATIC).as_posix(): path for path in found}


def address() -> str:
    """Where the files are, seen from the page; another address as soon as one of them changes."""
    digest = hashlib.sha256()
    for name, path in served().items():
        digest.update(name.encode() + path.read_bytes())
    return f"zsbir/{digest.hexdigest()[:12]}"


def asset_route() -> Route:
    """`/zsbir/DIGEST/NAME`: the files that `served` lists, and nothing else."""
    contents = {name: (path.read_bytes(), TYPES[path.suffix]) for name, path in served().items()}
    current = address().rpartition("/")[2]

    def asset(request: Request) -> Response:
        name, digest = request.path_params["name"], request.path_params["digest"]
        if name not in contents or digest != current:
            return Response("There is no such file. Load the page again.", 404, media_type="text/plain")
        content, media_type = contents[name]
        return Response(content, 200, FOR_GOOD, media_type)

    return Route("/zsbir/{digest}/{name:path}", asset)


def head() -> str:
    """What the page's head needs: its style, its font, and its scripts as early as can be."""
    base = address()
    early = "".join(
        f'<link rel="modulepreload" href="{base}/{name}">' for name in served() if name.endswith(".js")
    )
    style = static("page/page.css", "page/controls.css", "page/projector.css").replace("{assets}", base)
    return f"{early}<style>{style}</style>"


def module(name: str, *events: str) -> str:
    """The `js_on_load` that hands a component to the `mount` of a module.

    Args:
        name: of the module, below the static folder.
        events: of the component; `mount` gets a function for each, which triggers it. Gradio finds
            an event by its name in quotes.
    """
    triggers = "".join(f', {event}: (detail) => trigger("{event}", detail)' for event in events)
    return (
        f'import(new URL("{address()}/{name}", document.baseURI))'
        f".then(({{ mount }}) => mount({{ element, props, server, watch{triggers} }}));"
    )
