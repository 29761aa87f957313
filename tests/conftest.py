"""Shared fixtures: a real but tiny CLIP, in memory and as a folder; a page over placeholder photos."""

import json

import pytest

from zsbir.backbone.torchvision_shim import import_torchvision

TINY = {
    "embed_dim": 16,
    "vision_cfg": {"layers": 3, "width": 32, "head_width": 16, "patch_size": 8, "image_size": 32},
    "text_cfg": {"context_length": 16, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 3},
    "quick_gelu": True,
}


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory):
    """Keep what is made at run time out of the cache of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZSBIR_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def tiny_clip():
    import_torchvision()
    import open_clip
    import torch

    torch.manual_seed(0)
    return open_clip.CLIP(**TINY).eval()


@pytest.fixture
def tiny_folder(tiny_clip, tmp_path):
    """A folder as `load_backbone` reads it: open_clip's config beside safetensors."""
    from safetensors.torch import save_file

    folder = tmp_path / "tiny"
    folder.mkdir()
    state = {key: value.contiguous() for key, value in tiny_clip.state_dict().items()}
    save_file(state, folder / "model.safetensors")
    config = {"model_cfg": TINY, "preprocess_cfg": {"mean": [0.5] * 3, "std": [0.5] * 3}}
    (folder / "open_clip_config.json").write_text(json.dumps(config))
    return folder


@pytest.fixture
def fake(tmp_path):
    """A page's service over placeholders, and the retriever behind it."""
    from tests.browser.fake import fake_service

    service, retriever = fake_service(tmp_path)
    yield service, retriever
    retriever.gate.set()


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Where the page is served over placeholders, once for a file."""
    from tests.browser.fake import fake_service
    from zsbir.ui import build, serve

    service, _ = fake_service(tmp_path_factory.mktemp("galleries"))
    demo = build(service)
    yield serve(demo, service, block=False)
    demo.close()
