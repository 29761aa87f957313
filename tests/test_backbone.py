"""The frozen CLIP: parity with open_clip, slow twins of the prompted passes, and strict loading."""

import json

import pytest
import torch
from safetensors.torch import load_file, save_file

from zsbir.backbone import choose_device, load_backbone
from zsbir.backbone.device import choose_dtype
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


def change_weight(folder, name, change=1):
    state = load_file(folder / "model.safetensors")
    state[name] += change
    save_file(state, folder / "model.safetensors")


def change_json(folder, part, **changes):
    file = folder / "open_clip_config.json"
    config = json.loads(file.read_text())
    target = config["model_cfg"] if part == "model_cfg" else {**config, **config["model_cfg"]}[part]
    target.update(changes)
    file.write_text(json.dumps(config))


def digests(folder):
    backbone = load_backbone(folder, device="cpu")
    return backbone.digest, backbone.text_digest


def test_each_digest_follows_its_own_tower(tiny_folder):
    image, text = digests(tiny_folder)
    change_weight(tiny_folder, "text_projection")
    same, other = digests(tiny_folder)
    assert same == image and other != text
    change_weight(tiny_folder, "visual.proj")
    assert digests(tiny_folder)[0] != image and digests(tiny_folder)[1] == other


@pytest.mark.parametrize(
    ("part", "changes", "changed"),
    [
        ("model_cfg", {"quick_gelu": False}, (True, True)),
        ("vision_cfg", {"head_width": 8}, (True, False)),
        ("vision_cfg", {"norm_kwargs": {"eps": 1e-3}}, (True, False)),
        ("text_cfg", {"heads": 4}, (False, True)),
        ("preprocess_cfg", {"mean": [0.4] * 3}, (True, False)),
        ("preprocess_cfg", {"std": [0.4] * 3}, (True, False)),
        ("vision_cfg", {"mlp_ratio": 4.0}, (False, False)),  # the default, spelt out
        ("vision_cfg", {"patch_dropout": 0.1}, (False, False)),  # for training only
        ("model_cfg", {"init_logit_scale": 1.0}, (False, False)),  # the file's weight replaces it
    ],
)
def test_digests_follow_what_changes_the_function(tiny_folder, part, changes, changed):
    """None of these changes a shape, so that the same weights fit before and after."""
    before = digests(tiny_folder)
    change_json(tiny_folder, part, **changes)
    assert tuple(now != old for now, old in zip(digests(tiny_folder), before, strict=True)) == changed


def test_digests_do_not_depend_on_the_number_format(tiny_folder):
    single = load_backbone(tiny_folder, device="cpu")
    half = load_backbone(tiny_folder, device="cpu", precision="fp16")
    assert half.model.visual.proj.dtype == torch.float16
    assert single.digest_of(text=False) == half.digest_of(text=False) == single.digest
    assert single.digest_of(text=True) == half.digest_of(text=True) != single.digest


def test_the_text_tower_is_not_read_unless_asked_for(tiny_folder, monkeypatch):
    from zsbir.backbone import load

    asked = []
    monkeypatch.setattr(load, "digest_text", lambda *given: asked.append(1) or "sha256:text")
    backbone = load_backbone(tiny_folder, device="cpu")
    assert backbone.digest_of(text=False) and not asked
    assert backbone.digest_of(text=True) == backbone.digest_of(text=True) and asked == [1]


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
    assert choose_dtype("auto", torch.device("cuda")) == torch.float16
    assert choose_dtype("auto", torch.device("cpu")) == choose_dtype("auto", torch.device("mps"))
    assert choose_dtype("auto", torch.device("cpu")) == torch.float32
    assert choose_dtype("fp16", torch.device("mps")) == torch.float16


def test_the_environment_chooses_where_nobody_else_does(monkeypatch):
    monkeypatch.setenv("ZSBIR_PRECISION", "bf16")
    assert choose_dtype("auto", torch.device("cuda")) == torch.bfloat16
    assert choose_dtype("fp32", torch.device("cpu")) == torch.float32
    monkeypatch.setenv("ZSBIR_PRECISION", "int8")
    with pytest.raises(BackboneError, match="auto, fp32, fp16 or bf16, not 'int8'"):
        choose_dtype("auto", torch.device("cpu"))


def test_bf16_embeds_nearly_as_fp32(tiny_folder):
    single = load_backbone(tiny_folder, device="cpu", precision="fp32")
    brain = load_backbone(tiny_folder, device="cpu", precision="bf16")
    pixels = torch.randn(4, 3, 32, 32)
    rows = [backbone.encode_image(pixels) for backbone in (single, brain)]
    assert rows[1].dtype == torch.float32
    assert torch.cosine_similarity(*rows).min() > 0.999
    texts = [backbone.encode_text(["a cat", "a dog"]) for backbone in (single, brain)]
    assert torch.cosine_similarity(*texts).min() > 0.999


def test_devices():
    assert choose_device("cpu").type == "cpu"
    assert choose_device("auto").type in ("cuda", "mps", "cpu")
    with pytest.raises(BackboneError, match="no device 'tpu'"):
        choose_device("tpu")


def test_precision_is_checked(tiny_folder):
    with pytest.raises(BackboneError, match="precision"):
        load_backbone(tiny_folder, device="cpu", precision="fp64")
