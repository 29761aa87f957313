"""The frozen CLIP: parity with open_clip, slow twins of the prompted passes, and strict loading."""

import json

import pytest
import torch
from safetensors.torch import load_file, save_file

from zsbir.backbone import choose_device, load_backbone
from zsbir.backbone.inside import encode_pixels, encode_tokens
from zsbir.errors import BackboneError


def slow_prompted(visual, pixels, layers):
    """Class token, patches, prompts, ln_pre, the blocks; deep prompts are replaced before a block."""
    patches = visual.conv1(pixels).flatten(2).transpose(1, 2)
    first = visual.class_embedding.expand(len(pixels), 1, -1)
    image = torch.cat([first, patches], dim=1) + visual.positional_embedding
    learnt = [layer.expand(len(pixels), -1, -1) for layer in layers]
    tokens = visual.ln_pre(torch.cat([image, learnt[0]], dim=1))
    for depth, block in enumerate(visual.transformer.resblocks):
        if 0 < depth < len(learnt):
            tokens = torch.cat([tokens[:, : image.shape[1]], learnt[depth]], dim=1)
        tokens = block(tokens)
    return visual.ln_post(tokens[:, 0]) @ visual.proj


def test_no_prompts_equal_open_clip_exactly(tiny_folder, tiny_clip):
    backbone = load_backbone(tiny_folder, device="cpu")
    pixels = torch.randn(3, 3, 32, 32)
    with torch.no_grad():
        assert torch.equal(backbone.encode_image(pixels), tiny_clip.encode_image(pixels))


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_prompts_match_the_slow_way(tiny_clip, layers):
    pixels, prompts = torch.randn(2, 3, 32, 32), torch.randn(layers, 4, 32)
    with torch.no_grad():
        fast = encode_pixels(tiny_clip.visual, pixels, prompts)
        assert torch.allclose(fast, slow_prompted(tiny_clip.visual, pixels, prompts), atol=1e-5)


def test_shallow_prompts_are_deep_prompts_of_one_layer(tiny_clip):
    pixels, prompts = torch.randn(2, 3, 32, 32), torch.randn(4, 32)
    with torch.no_grad():
        shallow, deep = (encode_pixels(tiny_clip.visual, pixels, p) for p in (prompts, prompts[None]))
    assert torch.equal(shallow, deep)


def test_prompts_change_the_features(tiny_clip):
    pixels = torch.randn(2, 3, 32, 32)
    with torch.no_grad():
        plain, prompted = (
            tiny_clip.encode_image(pixels),
            encode_pixels(tiny_clip.visual, pixels, torch.randn(4, 32)),
        )
    assert not torch.allclose(plain, prompted, atol=1e-3)


def test_cropped_texts_match_the_whole_context(tiny_folder, tiny_clip):
    backbone = load_backbone(tiny_folder, device="cpu")
    texts = ["a cat", "a photo of a hot air balloon", "x"]
    with torch.no_grad():
        cropped = encode_tokens(backbone.model, backbone.tokenizer(texts))
        whole = tiny_clip.encode_text(backbone.tokenizer(texts))
    assert torch.allclose(cropped, whole, atol=1e-5)
    assert torch.allclose(backbone.encode_text(texts), whole, atol=1e-6)


def test_a_backbone_is_frozen_and_knows_its_sizes(tiny_folder):
    backbone = load_backbone(tiny_folder, device="cpu")
    assert (backbone.name, backbone.dim, backbone.preprocess.side) == ("tiny", 16, 32)
    assert not backbone.model.training
    assert not any(parameter.requires_grad for parameter in backbone.model.parameters())


def test_the_digest_follows_the_image_tower_only(tiny_folder):
    before = load_backbone(tiny_folder, device="cpu").digest
    weights = tiny_folder / "model.safetensors"
    state = load_file(weights)
    state["text_projection"] += 1
    save_file(state, weights)
    assert load_backbone(tiny_folder, device="cpu").digest == before
    state["visual.proj"] += 1
    save_file(state, weights)
    assert load_backbone(tiny_folder, device="cpu").digest != before


def test_truncated_weights_are_refused(tiny_folder):
    weights = tiny_folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(BackboneError, match="damaged"):
        load_backbone(tiny_folder, device="cpu")


@pytest.mark.parametrize("change", ["missing", "extra", "shape"])
def test_weights_of_another_model_are_refused(tiny_folder, change):
    weights = tiny_folder / "model.safetensors"
    state = load_file(weights)
    if change == "missing":
        del state["visual.proj"]
    elif change == "extra":
        state["visual.more"] = torch.zeros(1)
    else:
        state["visual.proj"] = torch.zeros(32, 8)
    save_file(state, weights)
    with pytest.raises(BackboneError, match="do not fit"):
        load_backbone(tiny_folder, device="cpu")


def test_a_folder_without_weights_is_never_random(tiny_folder):
    (tiny_folder / "model.safetensors").unlink()
    (tiny_folder / "pytorch_model.bin").write_bytes(b"pickle")
    with pytest.raises(BackboneError, match="pickled weights are not read"):
        load_backbone(tiny_folder, device="cpu")


@pytest.mark.parametrize("text", ["{", "[]", json.dumps({"model_cfg": {}})])
def test_a_broken_config_is_refused(tiny_folder, text):
    (tiny_folder / "open_clip_config.json").write_text(text)
    with pytest.raises(BackboneError, match="no open_clip config"):
        load_backbone(tiny_folder, device="cpu")


def test_unknown_names_say_what_to_do(tmp_path):
    with pytest.raises(BackboneError, match="ViT-B-32-quickgelu/openai"):
        load_backbone("no-such-backbone", device="cpu")
    with pytest.raises(BackboneError, match="ViT-B-32-quickgelu"):
        load_backbone("no-such-backbone", pretrained="openai", device="cpu")
    with pytest.raises(BackboneError, match=r"it has .*openai"):
        load_backbone("ViT-B-32-quickgelu", pretrained="no-such-weights", device="cpu")


def test_half_precision_is_for_cuda_only():
    from zsbir.backbone.load import _dtype

    assert _dtype("auto", torch.device("cuda")) == torch.float16
    assert _dtype("auto", torch.device("cpu")) == _dtype("auto", torch.device("mps")) == torch.float32
    assert _dtype("fp16", torch.device("mps")) == torch.float16


def test_devices():
    assert choose_device("cpu").type == "cpu"
    assert choose_device("auto").type in ("cuda", "mps", "cpu")
    with pytest.raises(BackboneError, match="no device 'tpu'"):
        choose_device("tpu")


def test_precision_is_checked(tiny_folder):
    with pytest.raises(BackboneError, match="precision"):
        load_backbone(tiny_folder, device="cpu", precision="fp64")
