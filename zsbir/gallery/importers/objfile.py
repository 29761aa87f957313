"""Wavefront OBJ and MTL files made whole: corners with texture coordinate and normal, textures that exist.

VTK, which f3d reads models with, loses or mixes up faces where some corners of a file have texture
coordinates (or normals) and others have none, shades faces flat that the file's smoothing groups call smooth,
paints missing textures with whatever lies in memory, and crashes on a material property before the first
material.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

_CREASE = math.cos(math.radians(42.0))
"""A corner whose face turns further from the mean of its neighbours than this keeps its own flat normal."""


@dataclass
class _Mesh:
    """What a file holds: numbers as read, corners flat in one list with one entry a corner."""

    header: list[str] = field(default_factory=list)
    points: list[str] = field(default_factory=list)
    textures: list[str] = field(default_factory=list)
    normals: list[str] = field(default_factory=list)
    corners: list[tuple[int, int, int]] = field(default_factory=list)
    face_sizes: list[int] = field(default_factory=list)
    face_groups: list[int] = field(default_factory=list)
    materials: list[tuple[int, str]] = field(default_factory=list)


def tidy_files(model: Path) -> None:
    """Rewrite a model file, and the material files beside it, in place.

    Args:
        model: An OBJ file; other formats are left alone.
    """
    if model.suffix.lower() != ".obj":
        return
    model.write_text(tidy_obj(model.read_text(encoding="utf-8", errors="replace")), encoding="utf-8")
    textures = {path.name for path in model.parent.iterdir()}
    for materials in model.parent.glob("*.mtl"):
        text = materials.read_text(encoding="utf-8", errors="replace")
        materials.write_text(tidy_mtl(text, textures), encoding="utf-8")


def tidy_mtl(text: str, textures: set[str]) -> str:
    """Rewrite an MTL file without maps whose picture is missing and without properties of no material.

    Args:
        text: The file.
        textures: Names of the files beside it.

    Returns:
        The materials.
    """
    kept: list[str] = []
    for line in text.splitlines():
        # f3d takes "0." for no number at all.
        line = re.sub(r"(?<=\d)\.(?=\s|$)", ".0", line.strip())
        word, _, rest = line.partition(" ")
        stray = not kept and word != "newmtl"
        if word and not stray and (not word.startswith("map_") or rest.strip() in textures):
            kept.append(line)
    return "\n".join(kept) + "\n"


def tidy_obj(text: str) -> str:
    """Rewrite an OBJ file so that every face reads `f point/texture/normal ...`.

    Args:
        text: The file.

    Returns:
        The same faces and materials; corners without texture coordinate get one at (0, 0), corners without
        normal the mean normal of their smoothing group around the point, or the face's own one at a crease.
        Lines, points and curves are left out.
    """
    mesh = _parse(text)
    corners = np.array(mesh.corners, dtype=np.int64).reshape(-1, 3)
    bare = corners[:, 1] < 0
    textures = [*mesh.textures, "vt 0 0"] if bare.any() else mesh.textures
    corners[bare, 1] = len(mesh.textures)
    missing = corners[:, 2] < 0
    normals = list(mesh.normals)
    if missing.any():
        made = _corner_normals(mesh, corners[:, 0])[missing]
        unique, places = np.unique(np.round(made, 4), axis=0, return_inverse=True)
        corners[missing, 2] = len(normals) + places.reshape(-1)
        normals += [f"vn {x:.4f} {y:.4f} {z:.4f}" for x, y, z in unique]
    lines = [*mesh.header, *mesh.points, *textures, *normals, *_face_lines(mesh, corners + 1)]
    return "\n".join(lines) + "\n"


def _parse(text: str) -> _Mesh:
    mesh = _Mesh()
    group = 0
    tables = {"v": mesh.points, "vt": mesh.textures, "vn": mesh.normals}
    for line in text.replace("\\\n", " ").splitlines():
        word, _, rest = line.strip().replace("\t", " ").partition(" ")
        if word in tables:
            tables[word].append(f"{word} {rest.strip()}")
        elif word == "f":
            _add_face(mesh, rest.split(), group)
        elif word == "usemtl":
            mesh.materials.append((len(mesh.face_sizes), line.strip()))
        elif word == "s":
            group = int(rest) if rest.strip().isdigit() else 0
        elif word == "mtllib":
            mesh.header.append(line.strip())
    return mesh


def _add_face(mesh: _Mesh, corners: list[str], group: int) -> None:
    if len(corners) < 3:
        return
    lengths = (len(mesh.points), len(mesh.textures), len(mesh.normals))
    for corner in corners:
        parts = [*corner.split("/"), "", ""][:3]
        point, texture, normal = (_index(part, length) for part, length in zip(parts, lengths, strict=True))
        mesh.corners.append((point, texture, normal))
    mesh.face_sizes.append(len(corners))
    mesh.face_groups.append(group)


def _index(part: str, length: int) -> int:
    """A reference counted from 0, or -1 for none; OBJ counts from 1, with a minus backwards from the end."""
    if not part:
        return -1
    number = int(part)
    return number - 1 if number > 0 else length + number


def _corner_normals(mesh: _Mesh, points: np.ndarray) -> np.ndarray:
    """Normals by corner, (corners, 3) float64 unit rows."""
    places = np.array([line.split()[1:4] for line in mesh.points], dtype=np.float64)
    sizes = np.array(mesh.face_sizes)
    face_of = np.repeat(np.arange(len(sizes)), sizes)
    flat = _face_normals(places[points], sizes, face_of)
    groups = np.array(mesh.face_groups)[face_of]
    # Faces meet at a place, not at an index: exporters write a point anew for each part.
    _, spot = np.unique(np.round(places, 5), axis=0, return_inverse=True)
    keys = np.stack([spot.reshape(-1)[points], groups], axis=1)
    _, meeting = np.unique(keys, axis=0, return_inverse=True)
    sums = np.zeros((len(keys), 3))
    np.add.at(sums, meeting.reshape(-1), flat[face_of])
    mean = _unit(sums[meeting.reshape(-1)])
    own = _unit(flat[face_of])
    smooth = (groups > 0) & ((mean * own).sum(axis=1) > _CREASE)
    return np.where(smooth[:, None], mean, own)


def _face_normals(corners: np.ndarray, sizes: np.ndarray, face_of: np.ndarray) -> np.ndarray:
    """Newell's normals, (faces, 3), as long as twice the face's area: they weigh a mean by area."""
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    following = np.arange(len(corners)) + 1
    following[starts + sizes - 1] = starts
    turned = np.cross(corners, corners[following])
    normals = np.zeros((len(sizes), 3))
    np.add.at(normals, face_of, turned)
    return normals


def _unit(vectors: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.where(lengths > 1e-12, vectors / np.maximum(lengths, 1e-12), np.array([0.0, 1.0, 0.0]))


def _face_lines(mesh: _Mesh, corners: np.ndarray) -> list[str]:
    lines = []
    written = [f"{point}/{texture}/{normal}" for point, texture, normal in corners.tolist()]
    changes = dict(mesh.materials)
    start = 0
    for number, size in enumerate(mesh.face_sizes):
        if number in changes:
            lines.append(changes[number])
        lines.append("f " + " ".join(written[start : start + size]))
        start += size
    return lines
