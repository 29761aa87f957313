"""Configs of open_clip that must be refused in a sentence, and models that cannot read texts."""

import json

import pytest
import torch

from zsbir.backbone import load_backbone
from zsbir.errors import BackboneError


@pytest.fixture
def change(tiny_folder):
    """Change a part of the config; "" is the whole."""

    def rewrite(part, **changes):
        file = tiny_folder / "open_clip_config.json"
        config = json.loads(file.read_text())
        parts = {"": config, "model_cfg": config["model_cfg"], **config["model_cfg"]}
        parts[part].update(changes)
        file.write_text(json.dumps(config))

    return rewrite


NO_TABLE = "tiny has no open_clip config: {} must be a JSON object, not {}. Download it again."
NO_PIXELS = (
    "The preprocess_cfg of tiny makes no sense. "
    "Preprocessing needs three means and three stds above 0, all of them numbers."
)
OTHER_KIND = (
    "tiny is of a kind that zsbir cannot build: its config has {}; "
    "take a model such as ViT-B-32-quickgelu/openai."
)


@pytest.mark.parametrize(
    ("part", "changes", "sentence"),
    [
        ("", {"model_cfg": 3}, NO_TABLE.format("model_cfg", 3)),
        ("", {"preprocess_cfg": None}, NO_TABLE.format("preprocess_cfg", None)),
        ("model_cfg", {"vision_cfg": 3}, NO_TABLE.format("vision_cfg", 3)),
        ("model_cfg", {"text_cfg": None}, NO_TABLE.format("text_cfg", None)),
        ("", {"preprocess_cfg": {"mean": 3}}, NO_PIXELS),
        ("", {"preprocess_cfg": {"std": [0.5, 0.5]}}, NO_PIXELS),
        ("", {"preprocess_cfg": {"std": [0.5, "a", 0.5]}}, NO_PIXELS),
        ("model_cfg", {"multimodal_cfg": {"width": 8}}, OTHER_KIND.format("multimodal_cfg")),
        ("text_cfg", {"hf_model_name": "roberta-base"}, OTHER_KIND.format("hf_model_name")),
    ],
)
def test_configs_are_refused_in_a_sentence(change, tiny_folder, part, changes, sentence):
    change(part, **changes)
    with pytest.raises(BackboneError) as caught:
        load_backbone(tiny_folder, device="cpu")
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("part", "changes"),
    [
        ("vision_cfg", {"head_width": 0}),
        ("vision_cfg", {"width": "wide"}),
        ("vision_cfg", {"wings": 2}),
        ("model_cfg", {"embed_dim": -1}),
        ("text_cfg", {"heads": 5}),
    ],
)
def test_senseless_numbers_are_told_in_a_sentence(change, tiny_folder, part, changes):
    change(part, **changes)
    with pytest.raises(BackboneError, match=r"^open_clip cannot build tiny from its config: .*\.$") as caught:
        load_backbone(tiny_folder, device="cpu")
    assert "\n" not in str(caught.value)


def test_keys_that_change_nothing_are_passed_over(change, tiny_folder):
    before = load_backbone(tiny_folder, device="cpu").digest
    change("model_cfg", custom_text=False, output_dict=True)
    assert load_backbone(tiny_folder, device="cpu").digest == before


@pytest.mark.parametrize(
    "tokenizer", [{"hf_tokenizer_name": "bert-base-uncased"}, {"tokenizer_kwargs": {"clean": "lower"}}]
)
def test_another_tokenizer_is_refused_only_when_texts_are_read(change, tiny_folder, tokenizer):
    change("text_cfg", **tokenizer)
    backbone = load_backbone(tiny_folder, device="cpu")
    assert backbone.encode_image(torch.zeros(1, 3, 32, 32)).shape == (1, 16)
    with pytest.raises(BackboneError) as caught:
        backbone.encode_text(["a cat"])
    assert str(caught.value) == (
        f"tiny reads texts with another tokenizer than CLIP's ({next(iter(tokenizer))}), which zsbir does "
        "not have; take a model such as ViT-B-32-quickgelu/openai."
    )
