"""Pictures of a 3D model as a shop would take them: rendered headless with f3d, on white, softly lit."""

from __future__ import annotations

import importlib
import math
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from PIL import Image

from zsbir.errors import GalleryError

SIDE = 640
"""Side of the square rendered before trimming, in pixels; the trimmed picture is scaled down from it."""

VIEWS: dict[str, tuple[float, float]] = {
    "quarter": (30.0, 12.0),
    "left": (-35.0, 12.0),
    "front": (0.0, 8.0),
    "side": (90.0, 8.0),
    "high": (30.0, 35.0),
    "above": (0.0, 55.0),
    "top": (0.0, 89.0),
}
"""Named views: degrees around the object from its front (towards its own left), degrees above the ground."""

# Key light from the upper left, fill from the right, a little from the camera, and the ceiling: where from,
# how strong. f3d's ambient occlusion looks a little softer still, and takes five times as long on a CPU.
_LIGHTS = (((-0.6, 0.9, 1.0), 2.3), ((1.0, 0.2, 0.8), 0.8), ((0.0, 0.0, 1.0), 0.6), ((0.0, 1.0, -0.2), 1.5))
_LENS_DEGREES = 30.0
_IDENTITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)


def camera_axes(
    view: str, rotation: Sequence[float] = _IDENTITY, turn: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """Say where the camera stands for a view, in the model's own axes.

    Args:
        view: A name of `VIEWS`.
        rotation: The catalogue's 3x3 rotation, row by row, that sets the model upright with its front to +z.
        turn: Degrees added around the upright axis, for a model whose front is not where the catalogue says.

    Returns:
        Two unit vectors, each (3,) float64: from the object to the camera, and up.

    Raises:
        GalleryError: The view has no such name.
    """
    if view not in VIEWS:
        raise GalleryError(f"No view is called '{view}'; use one of {', '.join(VIEWS)}.")
    azimuth, elevation = (math.radians(angle) for angle in VIEWS[view])
    azimuth += math.radians(turn)
    flat = math.cos(elevation)
    towards = np.array([math.sin(azimuth) * flat, math.sin(elevation), math.cos(azimuth) * flat])
    up = np.array([0.0, 1.0, 0.0])
    undo = np.asarray(rotation, dtype=np.float64).reshape(3, 3).T
    return undo @ towards, undo @ up


class Studio:
    """One headless f3d engine with the lights and the white paper of every picture."""

    def __init__(self, side: int = SIDE) -> None:
        """Start the engine.

        Args:
            side: Width and height of a rendered picture, in pixels.

        Raises:
            GalleryError: f3d is not installed, or neither OSMesa nor EGL works here.
        """
        self._f3d = _import_f3d()
        self._f3d.Log.set_verbose_level(self._f3d.Log.QUIET)
        self._f3d.Engine.autoload_plugins()
        self._engine = _start_engine(self._f3d)
        self._engine.window.size = (side, side)
        self._engine.options.update(
            {
                "render.background.color": [1.0, 1.0, 1.0],
                "render.grid.enable": False,
                "render.effect.antialiasing.mode": "fxaa",
                "ui.axis": False,
                "ui.loader_progress": False,
            }
        )

    def load(self, model: Path) -> None:
        """Put one model file (OBJ, 3DS, DAE ...) alone on the stage.

        Raises:
            GalleryError: f3d cannot read the file.
        """
        scene = self._engine.scene
        scene.clear()
        try:
            scene.add(str(model))
        except RuntimeError as error:
            raise GalleryError(
                f"f3d cannot read '{model.name}': {error}. Leave it out of the list."
            ) from error
        scene.remove_all_lights()
        for position, strength in _LIGHTS:
            scene.add_light(self._light(position, strength))

    def picture(self, view: str, rotation: Sequence[float] = _IDENTITY, turn: float = 0.0) -> Image.Image:
        """Photograph what is on the stage.

        Args:
            view: A name of `VIEWS`.
            rotation: As in `camera_axes`.
            turn: As in `camera_axes`.

        Returns:
            An RGB image, side x side pixels, the object whole and centred on white.
        """
        towards, up = camera_axes(view, rotation, turn)
        camera = self._engine.window.camera
        camera.focal_point = (0.0, 0.0, 0.0)
        camera.position = tuple(towards)
        camera.view_up = tuple(up)
        camera.view_angle = _LENS_DEGREES
        camera.reset_to_bounds(0.98)
        raw = self._engine.window.render_to_image()
        pixels = np.frombuffer(raw.content, np.uint8).reshape(raw.height, raw.width, raw.channel_count)
        return Image.fromarray(np.ascontiguousarray(pixels[::-1, :, :3]))

    def _light(self, position: tuple[float, float, float], strength: float) -> Any:
        x, y, z = position
        return self._f3d.LightState(
            type=self._f3d.LightType.CAMERA_LIGHT,
            position=position,
            direction=(-x, -y, -z),
            positional_light=False,
            intensity=strength,
        )


def _import_f3d() -> ModuleType:
    try:
        return importlib.import_module("f3d")
    except ImportError as error:
        raise GalleryError(
            "Rendering models needs the package f3d, which the app itself does not: pip install f3d."
        ) from error


def _start_engine(f3d: ModuleType) -> Any:
    reasons = []
    for start in (f3d.Engine.create_osmesa, f3d.Engine.create_egl):
        try:
            return start()
        except RuntimeError as error:
            reasons.append(str(error))
    raise GalleryError(
        f"f3d can draw neither with OSMesa nor with EGL ({'; '.join(reasons)}); install libosmesa6 or "
        "libegl1."
    )
