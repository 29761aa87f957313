"""The text of a category that DP-CLIP scales its channels by: which sentences, and what becomes of them."""

import pytest
import torch
from torch.nn import functional as F

from zsbir.backbone import load_backbone
from zsbir.methods.dp_clip_texts import TEMPLATES, CategoryTexts


@pytest.fixture
def backbone(tiny_folder):
    return load_backbone(tiny_folder, device="cpu")


def sentences_of(category):
    """The sentences that a category is told by."""
    asked = []

    def encode(texts):
        asked.extend(texts)
        return torch.ones(len(texts), 4)

    fake = type("Backbone", (), {"device": torch.device("cpu"), "encode_text": staticmethod(encode)})
    CategoryTexts(fake)(category)
    return asked


@pytest.mark.parametrize(
    ("category", "named"),
    [
        ("cat", "a cat"),
        ("apple", "an apple"),
        ("hot_air_balloon", "a hot air balloon"),
        ("", "an object"),
        ("_", "an object"),
    ],
)
def test_a_category_is_told_in_five_sentences(category, named):
    assert sentences_of(category) == [
        f"This is {named} in the image.",  # the figure of the paper
        f"This is a photo of {named}.",
        f"This is a sketch of {named}.",
        f"This is a drawing of {named}.",
        f"This is a picture of {named}.",
    ]


def test_the_feature_is_the_mean_of_unit_features_and_not_normalised_again(backbone):
    rows = [backbone.encode_text([template.format("a cat")])[0] for template in TEMPLATES]
    slow = sum(row / row.norm() for row in rows) / 5
    found = CategoryTexts(backbone)("cat")
    assert torch.allclose(found, slow, atol=1e-6)
    assert found.norm() < 0.9999 and found.dtype == torch.float32


def test_a_category_is_read_once_and_in_single_precision(backbone):
    texts, exact = CategoryTexts(backbone), CategoryTexts(backbone)("cat")
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(texts("cat"), exact)
    assert texts("cat") is texts("cat")
    assert F.cosine_similarity(texts("cat"), texts("dog"), dim=0) < 0.9999
