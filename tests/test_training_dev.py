"""The dev metric against hand-made embeddings; the history that selects by it; the card that tells it."""

import contextlib
from types import SimpleNamespace

import pytest
import torch

from tests.pairs import save_pairs
from zsbir.data import Item, open_dataset
from zsbir.errors import DataError
from zsbir.images import Preprocess
from zsbir.training.methods import dev
from zsbir.training.methods.broken import NotFiniteError
from zsbir.training.methods.card import write_card
from zsbir.training.methods.dev import DevTrial, load_trials, measure
from zsbir.training.methods.history import History
from zsbir.training.methods.images import Pictures, Source
from zsbir.training.methods.selection import Selection

PREPROCESS = Preprocess(4, (0.0,) * 3, (1.0,) * 3)


class Angles(torch.nn.Module):
    """Embeds a picture of one grey as a direction: brightness is the angle."""

    support = 0

    def __init__(self):
        super().__init__()
        self.backbone = type("Backbone", (), {"device": torch.device("cpu")})
        self.preprocess, self.seen, self.remembered = PREPROCESS, [], {}

    def embed_sketches(self, pixels, category=None):
        assert not self.training
        self.seen.append(category)
        angle = pixels[:, 0, 0, 0]
        return torch.stack([angle.cos(), angle.sin()], dim=1)

    embed_photos = embed_sketches

    def remember(self, category, pixels):
        self.remembered[category] = (255 * pixels[:, 0, 0, 0]).round().tolist()


def pictures(modality, *shown):
    """Items from (category, instance, brightness)."""
    channels = 1 if modality == "sketch" else 3
    pixels = torch.stack([torch.full((channels, 4, 4), value, dtype=torch.uint8) for _, _, value in shown])
    items = tuple(
        Item(f"{n}.png", category, category, modality, instance)
        for n, (category, instance, _) in enumerate(shown)
    )
    return Pictures(pixels, items)


def trial(name="seen", counts=True):
    sketches = pictures("sketch", ("cat", "a", 0), ("cat", "b", 100), ("cow", "c", 200))
    photos = pictures(
        "photo", ("cat", "a", 10), ("cat", "b", 20), ("cow", "x", 110), ("cow", "c", 185), ("cat", "z", 160)
    )
    return DevTrial(name, sketches, photos, counts)


def test_category_metrics_by_hand():
    """Nearest first: cat at 0 finds a b x z c, cat at 100 finds x z b c a, cow at 200 finds c z x b a."""
    found = measure(Angles(), [trial()], "category")
    average = [(1 + 2 / 2 + 3 / 4) / 3, (1 / 2 + 2 / 3 + 3 / 5) / 3, (1 / 1 + 2 / 3) / 2]
    assert found["seen/mAP@all"] == pytest.approx(sum(average) / 3)
    assert found["seen/P@10"] == pytest.approx((3 / 5 + 3 / 5 + 2 / 5) / 3)
    assert found["dev"] == found["seen/mAP@all"]


def test_fine_grained_metrics_by_hand_within_the_category():
    found = measure(Angles(), [trial()], "fine-grained")
    assert found["seen/Acc@1"] == pytest.approx(2 / 3)  # b at 100 lies nearer to z at 160
    assert found["seen/Acc@5"] == 1
    assert found["dev"] == found["seen/Acc@1"]


def test_only_what_counts_selects():
    other = DevTrial("transfer", *(getattr(trial(), part) for part in ("sketches", "photos")), counts=False)
    found = measure(Angles(), [trial(), other], "fine-grained")
    assert set(found) == {"dev", *(f"{n}/{m}" for n in ("seen", "transfer") for m in ("Acc@1", "Acc@5"))}
    assert found["dev"] == found["seen/Acc@1"]


def test_methods_that_need_a_category_get_it_with_its_first_photos():
    method = Angles()
    method.support = 2
    method.train()
    measure(method, [trial()], "fine-grained")
    assert method.remembered == {"cat": [10, 20], "cow": [110, 185]}
    assert method.seen == ["cat", "cat", "cow", "cow"]
    assert method.training


def test_nothing_held_out_is_told():
    with pytest.raises(DataError, match="Nothing is held out to select the best checkpoint by"):
        load_trials(Selection((), (), (), (), (), ()), 4, "category")


@pytest.mark.parametrize("mode", ["category", "fine-grained"])
def test_embeddings_that_are_no_numbers_are_no_hits(mode):
    """NaN >= x is false: no photo would be ahead of the right one."""

    class Broken(Angles):
        def embed_sketches(self, pixels, category=None):
            return super().embed_sketches(pixels, category) * float("nan")

    with pytest.raises(NotFiniteError, match="not finite"):
        measure(Broken(), [trial()], mode)


def test_a_missing_pair_is_no_hit_in_a_small_gallery():
    sketches = pictures("sketch", ("cat", "a", 0), ("cat", "gone", 100))
    photos = pictures("photo", ("cat", "a", 10), ("cat", "b", 20))
    found = measure(Angles(), [DevTrial("seen", sketches, photos, True)], "fine-grained")
    assert (found["seen/Acc@1"], found["seen/Acc@5"]) == (0.5, 0.5)


@pytest.mark.parametrize(("mode", "kept"), [("fine-grained", {"fan_3"}), ("category", {"fan_2", "fan_3"})])
def test_sketches_that_no_readable_photo_answers_do_not_search(tmp_path, mode, kept):
    folder = save_pairs(tmp_path / "pairs", ("fan", "camel"), dev=2)
    for name in ("camel/camel_2", "camel/camel_3", "fan/fan_2"):
        (folder / f"photo/{name}.png").write_bytes(b"no picture")
    data = open_dataset(folder)
    sketches, photos = (
        tuple(Source(data, item) for item in data.select(kind, "seen_dev")) for kind in ("sketch", "photo")
    )
    (found,) = load_trials(Selection((), (), sketches, photos, (), ()), 32, mode)
    assert {item.instance for item in found.sketches.items} == kept
    assert {item.instance for item in found.photos.items} == {"fan_3"}


@pytest.mark.parametrize("mode", ["category", "fine-grained"])
def test_held_out_categories_alone_select_where_there_are_any(tmp_path, mode):
    data = open_dataset(save_pairs(tmp_path / "pairs", ("fan", "camel")))
    sources = [
        tuple(Source(data, item) for item in data.select(kind) if item.category == category)
        for category in ("fan", "camel")
        for kind in ("sketch", "photo")
    ]
    both = load_trials(Selection((), (), *sources), 32, mode)
    assert [(found.name, found.counts) for found in both] == [("seen", False), ("transfer", True)]
    (seen,) = load_trials(Selection((), (), *sources[:2], (), ()), 32, mode)
    assert seen.counts


@pytest.mark.parametrize(("device", "expected"), [("cpu", "fp32"), ("cuda", "bf16")])
def test_checkpoints_are_measured_in_the_precision_they_are_served_in(monkeypatch, device, expected):
    method, asked = Angles(), []
    method.backbone.device = SimpleNamespace(type=device)
    monkeypatch.setattr(torch.Tensor, "to", lambda self, device: self)

    def precision(name, device):
        asked.append(name)
        return contextlib.nullcontext()

    monkeypatch.setattr(dev, "mixed_precision", precision)
    measure(method, [trial()], "category", "bf16")
    assert asked == [expected] * 2


def test_the_first_of_the_best_looks_is_the_best():
    history = History()
    assert history.best is None
    assert [history.look(step, {"dev": dev}) for step, dev in ((1, 0.2), (2, 0.5), (3, 0.5), (4, 0.1))] == [
        *(True, True, False, False)
    ]
    assert history.best == (2, {"dev": 0.5})


def test_losses_are_averaged_between_entries_and_come_back():
    history = History()
    history.add({"triplet": 1.0, "text": 4.0})
    history.add({"triplet": 3.0})  # a loss may be missing in some steps
    assert history.close(2) == {"triplet": 2.0, "text": 4.0}
    history.add({"triplet": 5.0})
    again = History(**history.to_dict())
    again.add({"triplet": 7.0})
    again.close(4)
    assert again.losses == {"triplet": [(2, 2.0), (4, 6.0)], "text": [(2, 4.0)]}


def test_the_card_tells_the_numbers_and_how_to_repeat_them():
    results = {
        "method": "clip-at",
        "mode": "category",
        "backbone": "zsbir-tiny",
        "backbone_digest": "sha256:0123456789abcdef",
        "parameters": {"learnt": 20352},
        "dev": {"dev": 0.5, "transfer/mAP@all": 0.512},
        "plain": {"dev": 0.4, "transfer/mAP@all": 0.401},
        "categories": ["cat", "cow"],
        "held_out_categories": ["owl"],
        "steps": {"best": 40, "made": 80, "planned": 80},
        "data": {"sketches": {"pairs": 1936}, "photos": {"pairs": 1872}},
        "train_config": {
            **{"benchmark": "sketchy-21", "seed": 3, "batch": 32, "lr": 2e-3, "norm_lr": 5e-4},
            "sampler": "random",
        },
        "command": "python -m zsbir.training clip-at --data DATA --seed 3",
        "speed": {"seconds_per_step": 1.5, "peak_memory_mb": 1500, "device": "cpu x86_64"},
    }
    card = write_card("clip-at-category", results)
    assert card.startswith("---\nlicense:")
    for words in (
        "20,352 numbers",
        "| plain backbone | 40.1 |",
        "**51.2**",
        "(owl)",
        "the best by transfer/mAP@all alone",
        "| pairs | 1,936 | 1,872 |",
    ):
        assert words in card
    assert "```sh\npython -m zsbir.training clip-at --data DATA --seed 3\n```" in card
    assert max(map(len, card.splitlines())) < 200
