"""Which files a checkpoint's repository gets, what its config calls the backbone, and its card's numbers."""

import json
import shutil

import pytest
from huggingface_hub import ModelCard

from zsbir.errors import BackboneError, CheckpointError, HubError, ZSBIRError
from zsbir.folders import checkpoints_home
from zsbir.hub.reference import Reference
from zsbir.publishing.model import pack_model

TO = Reference("user/mine")
PIN = "0123456789" * 4
SEEN = '{"says": "It saw much.", "never_drawn": ["cow"]}'


@pytest.fixture
def folder(tmp_path):
    """A copy of a bundled checkpoint."""
    return shutil.copytree(checkpoints_home() / "clip-at-fine-grained", tmp_path / "mine")


def rename_backbone(folder, name):
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "backbone": name}))


def tell_in_results(folder, **fields):
    results = json.loads((folder / "results.json").read_text())
    (folder / "results.json").write_text(json.dumps(results | fields))


def packed_config(parcel):
    return json.loads({item.path: item.content for item in parcel.items}["config.json"])


def test_the_cards_numbers_are_those_of_the_results(folder):
    card = ModelCard(pack_model(folder, TO).card)
    results = json.loads((folder / "results.json").read_text())
    told = {f"{each.dataset_split}/{each.metric_type}": each.metric_value for each in card.data.eval_results}
    measured = {name: round(value, 4) for name, value in results["dev"].items() if "/" in name}
    assert told == measured and len(told) == 4
    assert (card.data.library_name, card.data.model_name) == ("zsbir", "mine")
    assert (card.data.license, "clip-at" in card.data.tags) == ("other", True)
    for category in (*results["categories"], *results["held_out_categories"]):
        assert category in card.text


def test_without_results_there_are_no_numbers(folder):
    (folder / "results.json").unlink()
    parcel = pack_model(folder, TO)
    assert "model-index" not in parcel.card and [item.path for item in parcel.files][-1] == "README.md"


def test_links_out_of_the_folder_become_words():
    assert "frozen image tower of zsbir-tiny for" in pack_model("plain", TO).card


def test_what_is_not_needed_stays_here(folder):
    (folder / "model.pt").touch()
    (folder / "notes.txt").touch()
    (folder / ".hidden").touch()
    assert pack_model(folder, TO).left_out == {
        "model.pt": "pickled, which can run any code when loaded",
        "notes.txt": "not needed to load it",
    }


def test_open_clips_weights_are_pinned_and_named(folder):
    rename_backbone(folder, "ViT-B-32-quickgelu/openai")
    parcel = pack_model(folder, TO)
    pinned = "ViT-B-32-quickgelu/openai@a6f597a30f7b82c51704746581f9a4e41421e878"
    assert packed_config(parcel)["backbone"] == pinned
    assert ModelCard(parcel.card).data.base_model == "timm/vit_base_patch32_clip_224.openai"


def test_a_backbone_in_the_checkpoints_folder_comes_along(folder, tiny_folder):
    shutil.copytree(tiny_folder, folder / "tiny")
    rename_backbone(folder, "tiny")
    (folder / "tiny" / "seen.json").write_text(SEEN)
    paths = {item.path for item in pack_model(folder, TO).items}
    assert {"tiny/open_clip_config.json", "tiny/model.safetensors", "tiny/seen.json"} <= paths


def test_a_backbone_goes_with_what_it_has_seen(tiny_folder):
    (tiny_folder / "README.md").write_text("---\nlicense: mit\n---\n# tiny\n")
    (tiny_folder / "seen.json").write_text(SEEN)
    parcel = pack_model(tiny_folder, TO)
    sent = {item.path: item.content for item in parcel.items}
    assert sent["seen.json"] == tiny_folder / "seen.json" and parcel.is_ours("seen.json")
    assert parcel.left_out == {}
    (tiny_folder / "seen.json").write_text('{"says": "", "never_drawn": []}')
    with pytest.raises(BackboneError, match=r"^tiny/seen.json does not tell .*says must be a sentence"):
        pack_model(tiny_folder, TO)


def test_a_named_backbone_replaces_the_local_one_and_nothing_else(folder):
    before = json.loads((folder / "config.json").read_text())
    after = packed_config(pack_model(folder, TO, Reference("user/tiny", PIN)))
    assert after == {**before, "backbone": f"hf://user/tiny@{PIN}"}


def cut_weights(folder):
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-10])


def lose_licence(folder):
    (folder / "README.md").write_text("---\ntags: [sketch]\n---\n# mine\n")


@pytest.mark.parametrize(
    ("harm", "error", "sentence"),
    [
        (cut_weights, CheckpointError, "model.safetensors is missing or damaged"),
        (lambda folder: (folder / "model.safetensors").unlink(), CheckpointError, "has no model.safetensors"),
        (
            lambda folder: (folder / "config.json").write_text("{"),
            CheckpointError,
            "config.json cannot be read",
        ),
        (
            lambda folder: (folder / "results.json").write_text("{"),
            CheckpointError,
            "results.json cannot be read",
        ),
        (
            lambda folder: (folder / "results.json").write_text('{"mode": "category", "dev": {}}'),
            CheckpointError,
            "results.json lacks categories, data, held_out_categories, train_config; train again",
        ),
        (lambda folder: (folder / "results.json").write_text("3"), CheckpointError, "cannot be read"),
        (
            lambda folder: tell_in_results(folder, train_config="sketchy-21"),
            CheckpointError,
            "mine/results.json makes no sense: train_config must be an object",
        ),
        (
            lambda folder: tell_in_results(folder, dev={"seen/Acc@1": "high"}),
            CheckpointError,
            "mine/results.json makes no sense: dev must be an object of numbers",
        ),
        (
            lambda folder: (folder / "README.md").write_text("---\n- 1\n---\n"),
            CheckpointError,
            "cannot be read",
        ),
        (lambda folder: (folder / "README.md").unlink(), HubError, "names no licence"),
        (lose_licence, HubError, "names no licence"),
        (lambda folder: rename_backbone(folder, "start-weights"), HubError, "which only this machine has"),
        (lambda folder: rename_backbone(folder, "./tiny"), HubError, "which only this machine has"),
        (lambda folder: rename_backbone(folder, "No-Model/openai"), ZSBIRError, "no pretrained model"),
    ],
)
def test_what_cannot_be_pushed(folder, harm, error, sentence):
    harm(folder)
    with pytest.raises(error, match=sentence) as raised:
        pack_model(folder, TO)
    assert "\n" not in str(raised.value)


def test_what_is_not_here(tmp_path):
    with pytest.raises(CheckpointError, match="no checkpoint or backbone 'nothing' on this machine"):
        pack_model("nothing", TO)
    with pytest.raises(CheckpointError, match=r"'zsbir-tny' \(did you mean 'zsbir-tiny'\?\) on this machine"):
        pack_model("zsbir-tny", TO)
    with pytest.raises(HubError, match="is a backbone itself"):
        pack_model("zsbir-tiny", TO, Reference("user/tiny", PIN))
