"""Where it matches: cosines against towers run block by block, and against the scores they are part of."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from tests.explain.kit import NAMES, cosine
from zsbir.errors import ZSBIRError
from zsbir.explain import match_kinds, match_parts
from zsbir.explain.grids import cell_boxes, window_boxes
from zsbir.images import open_image, to_pixels


@pytest.mark.parametrize("name", NAMES)
def test_every_kind_of_every_method_gives_cosines_on_grids(retrievers, drawing, name):
    retriever = retrievers[name]
    kinds = match_kinds(retriever.checkpoint.method)
    for kind in kinds:
        found = match_parts(retriever, drawing, "frog/frog_2", kind)
        parts = int(np.prod(found.sketch_grid))
        assert (found.kind, found.kinds) == (kind, kinds)
        assert found.similarity.shape == (parts, int(np.prod(found.photo_grid)))
        assert abs(found.similarity).max() <= 1 + 1e-5
        assert found.boxes.shape == (parts, 4) and found.ink.shape == found.filled.shape == (parts,)
        assert found.sketch_seen.size == found.photo_seen.size == (32, 32)
    assert match_parts(retriever, drawing, "frog/frog_2").kind == kinds[0]
    with pytest.raises(ZSBIRError, match="has no dreams to compare"):
        match_parts(retriever, drawing, "frog/frog_2", "dreams")


def test_the_plain_patches_are_those_of_open_clip_itself(plain, drawing):
    """Block after block, as open_clip runs them."""
    method, visual = plain.checkpoint.method, plain.checkpoint.method.backbone.visual
    photo = open_image(plain.gallery.path(plain.gallery.by_id["frog/bar"]))
    rows = []
    for image in (drawing.render(32), photo):
        tokens = visual._embeds(to_pixels(image, method.preprocess))
        for block in visual.transformer.resblocks:
            tokens = block(tokens)
        patches = (visual.ln_post(tokens) @ visual.proj)[0, 1:]
        rows.append(F.normalize(patches - patches.mean(0), dim=-1))
    found = match_parts(plain, drawing, "frog/bar")
    assert found.similarity == pytest.approx((rows[0] @ rows[1].T).numpy(), abs=1e-5)


@pytest.mark.parametrize(
    "name", ["clip-at-category", "splip-category", "dp-clip-fine-grained", "deep-dual-category"]
)
def test_the_patches_are_those_that_the_class_token_was_made_of(retrievers, drawing, name, monkeypatch):
    """Seen by a hook on the tower's own final norm, while the method embeds."""
    retriever = retrievers[name]
    method, photo = retriever.checkpoint.method, retriever.gallery.by_id["frog/frog_2"]
    category = photo.category if method.needs_category else None
    retriever.teach(category)
    leaving = {}
    for modality, encoder in (("sketch", "sketch_encoder"), ("photo", "photo_encoder")):
        tower = (getattr(method, encoder, None) or method).tuned.tower
        image = drawing.render(32) if modality == "sketch" else open_image(retriever.gallery.path(photo))
        embed = method.embed_sketches if modality == "sketch" else method.embed_photos
        hook = tower.ln_post.register_forward_hook(lambda _, __, out, at=modality: leaving.update({at: out}))
        embed(to_pixels(image, method.preprocess), category)
        hook.remove()
        patches = leaving[modality][0, 1:] @ tower.proj
        leaving[modality] = F.normalize(patches - patches.mean(0), dim=-1)
    found = match_parts(retriever, drawing, photo.id, "patches")
    assert found.similarity == pytest.approx((leaving["sketch"] @ leaving["photo"].T).numpy(), abs=1e-4)


@pytest.mark.parametrize(
    ("name", "kind"), [("deep-dual-fine-grained", "cells"), ("dp-clip-fine-grained", "windows")]
)
def test_the_regions_diagonal_is_their_part_of_the_score(retrievers, drawing, name, kind):
    """The score is the weighted mean of the whole pictures' cosine and the regions' own."""
    retriever = retrievers[name]
    method, photo = retriever.checkpoint.method, retriever.gallery.by_id["frog/frog_2"]
    found = match_parts(retriever, drawing, photo.id, kind)
    category = photo.category if method.needs_category else None
    dim = method.backbone.dim
    pixels = to_pixels(open_image(retriever.gallery.path(photo)), method.preprocess)
    whole = [
        F.normalize(vector[:dim], dim=0)
        for vector in (
            torch.from_numpy(retriever.embed(drawing, category)),
            method.embed_photos(pixels, category)[0],
        )
    ]
    alike = float(whole[0] @ whole[1])
    own = np.diagonal(found.similarity)
    expected = 0.5 * alike + 0.5 * own.mean() if kind == "cells" else (alike + 0.2 * own.sum()) / 1.8
    assert cosine(retriever, drawing.render(32), photo) == pytest.approx(expected, abs=1e-4)


def test_blank_parts_of_the_sketch_and_paper_beside_the_photo_are_marked(plain, drawing):
    found = match_parts(plain, drawing, "frog/bar")
    seen = np.asarray(found.sketch_seen)
    for part in range(16):
        row, column = 8 * (part // 4), 8 * (part % 4)
        assert found.ink[part] == (seen[row : row + 8, column : column + 8] < 166).any()
    assert found.ink.any() and not found.ink.all()
    assert found.filled.all()


def test_boxes_by_hand():
    """Three cells over four patches overlap as adaptive pooling does; windows take three of four patches."""
    assert cell_boxes((1, 3), (1, 4))[:, [0, 2]].tolist() == [[0, 0.5], [0.25, 0.75], [0.5, 1]]
    assert cell_boxes((2, 2), (2, 2)).tolist() == [
        [0, 0, 0.5, 0.5],
        [0.5, 0, 1, 0.5],
        [0, 0.5, 0.5, 1],
        [0.5, 0.5, 1, 1],
    ]
    assert window_boxes((4, 4)).tolist() == [
        [0, 0, 0.75, 0.75],
        [0.25, 0, 1, 0.75],
        [0, 0.25, 0.75, 1],
        [0.25, 0.25, 1, 1],
    ]
