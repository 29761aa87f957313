"""Text beside the sketch, against z-scores worked out photo by photo."""

import numpy as np
import pytest
from torch.nn import functional as F

from tests.explain.kit import NAMES, cosine
from zsbir.errors import CheckpointError, ZSBIRError
from zsbir.explain import reads_words, steer
from zsbir.images import open_image, to_pixels


def slow_scores(retriever, drawing, photos, text):
    """The drawing's cosines and the text's, with what describes the whole photo alone."""
    method, dim = retriever.checkpoint.method, retriever.checkpoint.method.backbone.dim
    words = F.normalize(method.backbone.encode_text([text])[0], dim=0)
    sketch, told = [], []
    for photo in photos:
        pixels = to_pixels(open_image(retriever.gallery.path(photo)), method.preprocess)
        sketch.append(cosine(retriever, drawing.render(32), photo))
        told.append(float(F.normalize(method.embed_photos(pixels)[0, :dim], dim=0) @ words))
    return np.array(sketch), np.array(told)


@pytest.mark.parametrize("name", ["plain", "splip-category", "deep-dual-category"])
@pytest.mark.parametrize("weight", [0.0, 0.3, 1.0])
def test_both_scores_are_mixed_in_standard_deviations(retrievers, drawing, name, weight):
    retriever = retrievers[name]
    photos = retriever.gallery.photos
    sketch, told = slow_scores(retriever, drawing, photos, "a photo of an apple")
    z = [(scores - scores.mean()) / scores.std() for scores in (sketch, told)]
    order = np.argsort(-((1 - weight) * z[0] + weight * z[1]))[:5]
    found = steer(retriever, retriever.retrieve(drawing), " apple ", weight, 5)
    assert [hit.photo for hit in found.result.hits] == [photos[i] for i in order]
    assert [hit.score for hit in found.result.hits] == pytest.approx(sketch[order].tolist(), abs=1e-5)
    assert [hit.rank for hit in found.result.hits] == [1, 2, 3, 4, 5]
    assert found.sketch_scores == pytest.approx(z[0][order].tolist(), abs=5e-2)
    assert found.word_scores == pytest.approx(z[1][order].tolist(), abs=5e-2)
    assert (found.word, found.weight) == ("apple", weight)


def test_only_what_was_searched_is_steered(retrievers, drawing):
    retriever = retrievers["clip-at-fine-grained"]
    result = retriever.retrieve(drawing, "fine-grained", category="frog")
    found = steer(retriever, result, "a red thing", 0.5)
    assert {hit.photo.id for hit in found.result.hits} == {hit.photo.id for hit in result.hits}
    assert found.result.searched == result.searched == 4


def test_who_reads_words_is_told(retrievers, drawing):
    deaf = [name for name in NAMES if not reads_words(retrievers[name].checkpoint.method)]
    assert deaf == ["dp-clip-fine-grained", "linear-probe-category", "full-finetune-category"]
    for name in deaf:
        retriever = retrievers[name]
        result = retriever.retrieve(drawing, retriever.checkpoint.modes[0], category="frog")
        with pytest.raises(CheckpointError, match="A word cannot steer"):
            steer(retriever, result, "apple", 0.5)


@pytest.mark.parametrize(
    ("word", "weight"), [("  ", 0.5), ("x" * 101, 0.5), ("apple", 1.1), ("apple", float("nan"))]
)
def test_what_is_no_word_or_weight_is_refused(plain, drawing, word, weight):
    with pytest.raises(ZSBIRError, match="A word has 1 to 100 letters and a weight from 0 to 1"):
        steer(plain, plain.retrieve(drawing), word, weight)
