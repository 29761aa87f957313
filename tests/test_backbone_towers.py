"""Kinds of open_clip's models other than CLIP's own: what loads, what they can, what is refused."""

import json

import pytest
import torch
from safetensors.torch import save_file

from zsbir.backbone import load_backbone
from zsbir.backbone.inside import check_promptable
from zsbir.backbone.torchvision_shim import import_torchvision
from zsbir.errors import BackboneError
from zsbir.methods import METHODS

SMALL_TEXT = {"context_length": 16, "width": 32, "heads": 2, "layers": 1}
SIGLIP = {
    "embed_dim": 64,
    "init_logit_bias": -10,
    "custom_text": True,
    "vision_cfg": {"image_size": 32, "timm_model_name": "test_vit", "timm_pool": "map", "timm_proj": "none"},
    "text_cfg": SMALL_TEXT
    | {"vocab_size": 64, "hf_tokenizer_name": "timm/ViT-B-16-SigLIP2", "no_causal_mask": True},
}
MOBILECLIP = {
    "embed_dim": 24,
    "custom_text": True,
    "vision_cfg": {
        **{"image_size": 64, "timm_model_name": "test_convnext", "timm_pool": "avg", "timm_proj": None},
        "timm_model_pretrained": True,  # must not make timm download anything
    },
    "text_cfg": SMALL_TEXT | {"vocab_size": 49408, "no_causal_mask": True},
}
CONVNEXT = {
    "embed_dim": 24,
    "vision_cfg": {
        "image_size": 64,
        "timm_model_name": "test_convnext",
        "timm_pool": "",
        "timm_proj": "linear",
    },
    "text_cfg": SMALL_TEXT | {"vocab_size": 49408},
}
RESNET = {
    "embed_dim": 24,
    "vision_cfg": {"image_size": 64, "layers": [1, 1, 1, 1], "width": 8, "head_width": 16},
    "text_cfg": SMALL_TEXT | {"vocab_size": 49408},
}
KINDS = {"SigLIP2": SIGLIP, "MobileCLIP2": MOBILECLIP, "ConvNeXt": CONVNEXT, "ResNet": RESNET}


@pytest.fixture(params=KINDS)
def kind(request, tmp_path):
    """The config, open_clip's own model with random weights, and a folder with both."""
    import_torchvision()
    import open_clip

    config = json.loads(json.dumps(KINDS[request.param]))
    made = json.loads(json.dumps(config))
    made["vision_cfg"].pop("timm_model_pretrained", None)
    own = open_clip.CustomTextCLIP if made.pop("custom_text", False) else open_clip.CLIP
    torch.manual_seed(0)
    model = own(**made).eval()
    save_file(
        {name: value.contiguous() for name, value in model.state_dict().items()},
        tmp_path / "open_clip_model.safetensors",
    )
    written = {"model_cfg": config, "preprocess_cfg": {"mean": [0.5] * 3, "std": [0.5] * 3}}
    (tmp_path / "open_clip_config.json").write_text(json.dumps(written))
    return config, model, tmp_path


def test_plain_clip_runs_on_it_as_open_clip_does(kind):
    config, model, folder = kind
    backbone = load_backbone(folder, device="cpu")
    pixels = torch.randn(2, 3, backbone.preprocess.side, backbone.preprocess.side)
    with torch.inference_mode():
        assert torch.equal(backbone.encode_image(pixels), model.encode_image(pixels))
        plain = METHODS["plain"].from_config(backbone, {})
        assert plain.embed_photos(pixels).shape == (2, backbone.dim) == (2, config["embed_dim"])


def test_prompts_are_refused_in_a_sentence_where_the_tower_is_not_open_clip_s(kind):
    backbone = load_backbone(kind[2], device="cpu")
    with pytest.raises(BackboneError, match=r"^Prompts need open_clip's own vision transformer, and"):
        check_promptable(backbone.visual)


def test_texts_are_read_where_the_tokenizer_is_clips(kind):
    config, model, folder = kind
    backbone = load_backbone(folder, device="cpu")
    if "hf_tokenizer_name" in config["text_cfg"]:
        with pytest.raises(BackboneError, match="reads texts with another tokenizer than CLIP's"):
            backbone.encode_text(["a frog"])
        return
    import open_clip

    tokens = open_clip.SimpleTokenizer(context_length=16)(["a frog", "a whale"])
    with torch.inference_mode():
        read = backbone.encode_text(["a frog", "a whale"])
        assert torch.allclose(read, model.encode_text(tokens), atol=1e-5)


def test_each_tower_changes_its_own_digest(kind):
    _, model, folder = kind
    before = load_backbone(folder, device="cpu")
    digests = before.digest, before.text_digest
    state = {name: value.clone().contiguous() for name, value in model.state_dict().items()}
    state["logit_scale"] += 1
    save_file(state, folder / "open_clip_model.safetensors")
    after = load_backbone(folder, device="cpu")
    assert after.digest == digests[0] and after.text_digest != digests[1]
    image = next(name for name in state if name.startswith("visual.") and state[name].is_floating_point())
    state[image] += 1
    save_file(state, folder / "open_clip_model.safetensors")
    assert load_backbone(folder, device="cpu").digest != digests[0]
