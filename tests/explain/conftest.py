"""Every method, untrained but stirred, over one small gallery; made once, for nothing here changes them."""

import pytest
import torch

from tests.conftest import TINY
from tests.dp_clip_kit import stirred
from tests.explain.kit import retriever_of
from tests.zoo import save_zoo
from zsbir.backbone import Backbone
from zsbir.backbone.torchvision_shim import import_torchvision
from zsbir.gallery import create_gallery
from zsbir.images import Preprocess
from zsbir.methods.clip_at import ClipAT, ClipATConfig
from zsbir.methods.deep_dual import DeepDual, DeepDualConfig
from zsbir.methods.dp_clip import DPCLIP, DPCLIPConfig
from zsbir.methods.plain import PlainCLIP
from zsbir.methods.reference import FullFinetune, LinearProbe, ReferenceConfig
from zsbir.methods.splip import SpLIP, SpLIPConfig
from zsbir.strokes import Drawing

BAR = {"x": [10, 10], "y": [0, 100]}


@pytest.fixture(scope="session")
def backbone():
    import_torchvision()
    import open_clip

    torch.manual_seed(0)
    model = open_clip.CLIP(**TINY).eval().requires_grad_(False)
    tokenizer = open_clip.SimpleTokenizer(context_length=16)
    preprocess = Preprocess(side=32, mean=(0.5,) * 3, std=(0.5,) * 3)
    return Backbone("tiny", model, tokenizer, preprocess, "sha256:tiny", torch.device("cpu"))


@pytest.fixture(scope="session")
def gallery(tmp_path_factory):
    """Frogs, ladybirds and whales, and a frog that is the drawn bar."""
    folder = tmp_path_factory.mktemp("explained")
    save_zoo(folder / "zoo")
    Drawing.from_json({"width": 100, "height": 100, "strokes": [BAR]}).render(60).save(
        folder / "zoo" / "frog" / "bar.png"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZSBIR_GALLERIES", str(folder / "galleries"))
        return create_gallery("zoo", folder / "zoo")


@pytest.fixture(scope="session")
def retrievers(backbone, gallery, tmp_path_factory):
    """Checkpoint name -> retriever."""
    methods = {
        "plain": PlainCLIP(backbone),
        "clip-at-category": ClipAT(backbone, ClipATConfig(prompt_std=1.0)),
        "clip-at-fine-grained": ClipAT(backbone, ClipATConfig(mode="fine-grained", prompt_std=1.0)),
        "splip-category": SpLIP(backbone, SpLIPConfig(exported=True)),
        "dp-clip-fine-grained": DPCLIP(backbone, DPCLIPConfig()),
        "deep-dual-category": DeepDual(backbone, DeepDualConfig(layout=5, layout_weight=0.1)),
        "deep-dual-fine-grained": DeepDual(backbone, DeepDualConfig(mode="fine-grained", layout=5)),
        "linear-probe-category": LinearProbe(backbone, ReferenceConfig()),
        "full-finetune-category": FullFinetune(backbone, ReferenceConfig()),
    }
    folder = tmp_path_factory.mktemp("checkpoints")
    found = {}
    for name, method in methods.items():
        stirred(method).eval().requires_grad_(False)
        found[name] = retriever_of(gallery, method, folder / name, found.get("plain"))
    return found


@pytest.fixture
def plain(retrievers):
    return retrievers["plain"]


@pytest.fixture
def drawing():
    """Four strokes: a bar, a stroke far out, a dot and a wave."""
    strokes = [
        BAR,
        {"x": [60, 95], "y": [5, 20]},
        {"x": [50], "y": [50]},
        {"x": [20, 50, 80], "y": [80, 95, 70]},
    ]
    return Drawing.from_json({"width": 100, "height": 100, "strokes": strokes})
