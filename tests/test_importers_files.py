"""Model files made whole, and where the camera stands."""

import numpy as np
import pytest

from zsbir.errors import GalleryError
from zsbir.gallery.importers.objfile import tidy_mtl, tidy_obj
from zsbir.gallery.importers.render import VIEWS, camera_axes


def test_views_stand_where_they_say():
    towards, up = camera_axes("front")
    assert np.allclose(towards, [0, np.sin(np.radians(8)), np.cos(np.radians(8))]) and np.allclose(
        up, [0, 1, 0]
    )
    assert np.allclose(camera_axes("side")[0][[0, 2]], [np.cos(np.radians(8)), 0], atol=1e-9)
    assert np.allclose(camera_axes("front", turn=90)[0], camera_axes("side")[0])
    # A model that lies on its back (its up is +z) is seen from its own front, -y, with its own up.
    rotation = (1, 0, 0, 0, 0, 1, 0, -1, 0)
    for view in VIEWS:
        plain, lying = camera_axes(view), camera_axes(view, rotation)
        assert np.allclose(np.reshape(rotation, (3, 3)) @ lying[0], plain[0])
    assert np.allclose(camera_axes("front", rotation)[1], [0, 0, 1])
    with pytest.raises(GalleryError, match="quarter"):
        camera_axes("sideways")


def faces(text: str) -> list[list[tuple[int, ...]]]:
    """Faces of an OBJ file as lists of (point, texture, normal)."""
    lines = [line.split()[1:] for line in text.splitlines() if line.startswith("f ")]
    return [[tuple(int(part) for part in corner.split("/")) for corner in line] for line in lines]


def vectors(text: str, word: str) -> np.ndarray:
    return np.array(
        [[float(x) for x in line.split()[1:]] for line in text.splitlines() if line.split()[0] == word]
    )


def test_every_corner_gets_texture_and_normal():
    square = "mtllib a.mtl\nv 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nvt 1 1\n"
    text = square + "usemtl red\nf 1/1 2/1 3/1\nusemtl blue\nf -4 -2 -1\n"
    whole = tidy_obj(text)
    first, second = faces(whole)
    assert first == [(1, 1, 1), (2, 1, 1), (3, 1, 1)]
    assert second == [(1, 2, 1), (3, 2, 1), (4, 2, 1)]
    assert np.allclose(vectors(whole, "vn"), [[0, 0, 1]])
    assert [line for line in whole.splitlines() if line[0] in "mu"] == [
        "mtllib a.mtl",
        "usemtl red",
        "usemtl blue",
    ]
    assert tidy_obj(whole) == whole


def test_given_normals_are_kept():
    whole = tidy_obj("v 0 0 0\nv 1 0 0\nv 0 1 0\nvn 0 1 0\ns 1\nf 1//1 2//1 3//1\nf 1 2 3\n")
    assert [[normal for _, _, normal in face] for face in faces(whole)] == [[1, 1, 1], [2, 2, 2]]
    assert np.allclose(vectors(whole, "vn"), [[0, 1, 0], [0, 0, 1]])


def slow_normal(
    points: np.ndarray, polygons: list[list[int]], groups: list[int], face: int, corner: int
) -> np.ndarray:
    """The obvious twin: walk over all faces that meet this one at the corner's place in the same group."""

    def area_vector(polygon: list[int]) -> np.ndarray:
        total = np.zeros(3)
        for here, there in zip(polygon, polygon[1:] + polygon[:1], strict=True):
            total += np.cross(points[here], points[there])
        return total

    own = area_vector(polygons[face])
    total = np.zeros(3)
    for other, polygon in enumerate(polygons):
        for place in polygon:
            same = np.allclose(points[place], points[polygons[face][corner]], atol=1e-6)
            if same and groups[other] == groups[face]:
                total += area_vector(polygon)
    own, total = own / np.linalg.norm(own), total / np.linalg.norm(total)
    return total if groups[face] and total @ own > np.cos(np.radians(42)) else own


@pytest.mark.parametrize("seed", range(3))
def test_normals_are_those_of_the_slow_twin(seed):
    rng = np.random.default_rng(seed)
    side = 5
    points = np.array([[x, y, rng.normal(0, 0.6)] for x in range(side) for y in range(side)]).round(3)
    polygons = [
        [side * x + y, side * x + y + side, side * x + y + side + 1, side * x + y + 1]
        for x in range(side - 1)
        for y in range(side - 1)
    ]
    groups = rng.integers(0, 3, len(polygons)).tolist()
    lines = [f"v {x} {y} {z}" for x, y, z in points]
    for polygon, group in zip(polygons, groups, strict=True):
        lines += [f"s {group}" if group else "s off", "f " + " ".join(str(place + 1) for place in polygon)]
    whole = tidy_obj("\n".join(lines))
    normals = vectors(whole, "vn")
    for number, face in enumerate(faces(whole)):
        for corner, (_, _, normal) in enumerate(face):
            expected = slow_normal(points, polygons, groups, number, corner)
            assert np.allclose(normals[normal - 1], expected, atol=2e-4)


def test_materials_without_picture_or_name_are_mended():
    text = "# head\nNs 20\nnewmtl a\nKd 1. 0 .5\nmap_Kd wood.jpg\nmap_Bump gone.png\n\n"
    text += "newmtl b\nmap_Kd gone.jpg\nd 0.5\n"
    assert tidy_mtl(text, {"wood.jpg"}) == "newmtl a\nKd 1.0 0 .5\nmap_Kd wood.jpg\nnewmtl b\nd 0.5\n"
