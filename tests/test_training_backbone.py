"""Training of the bundled backbone, on a corpus of a few generated pictures."""

import csv
import dataclasses
import io
import json
import zipfile

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from safetensors.torch import save_file

from zsbir.backbone.torchvision_shim import import_torchvision
from zsbir.errors import BackboneError, CheckpointError, DataError
from zsbir.strokes import Drawing
from zsbir.training.backbone.augment import jitter_colours, line_drawings, random_crops
from zsbir.training.backbone.batches import BatchMaker
from zsbir.training.backbone.config import BackboneConfig
from zsbir.training.backbone.corpus import Pool, caption_names, load_photos, load_sketches
from zsbir.training.backbone.image_stage import schedule, smooth_targets, train_image_tower
from zsbir.training.backbone.model import build_model, start_image_tower
from zsbir.training.backbone.targets import NameBank, make_bank, read_clip_names
from zsbir.training.state import load_state, remember_settings, save_state
from zsbir.training.strokes import augmented_drawing

SMALL = BackboneConfig(
    side=32,
    image_width=64,
    image_layers=2,
    text_width=64,
    text_layers=2,
    dim=16,
    batch=8,
    steps=6,
    warmup=2,
    save_every=2,
)
CPU = torch.device("cpu")


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def pool(names, captions=None, side=128):
    pixels = torch.randint(0, 256, (len(names), 3, side, side), generator=generator()).to(torch.uint8)
    return Pool(pixels, names, captions or [()] * len(names), 1.0)


def bank(names=("cat", "cow", "cup")):
    vectors = torch.randn(len(names), 16, generator=generator())
    return NameBank(list(names), vectors, torch.tensor([True] * (len(names) - 1) + [False]))


def test_the_start_tower_computes_what_timm_computes(tmp_path):
    import_torchvision()
    import timm

    torch.manual_seed(1)
    theirs = timm.models.VisionTransformer(
        img_size=32, patch_size=16, embed_dim=64, depth=2, num_heads=1
    ).eval()
    for parameter in theirs.parameters():
        torch.nn.init.normal_(parameter, std=0.05)
    save_file(
        {key: value.contiguous() for key, value in theirs.state_dict().items()}, tmp_path / "vit.safetensors"
    )
    ours = build_model(SMALL).visual.eval()
    rows = start_image_tower(ours, tmp_path / "vit.safetensors")
    pixels = torch.randn(2, 3, 32, 32)
    with torch.no_grad():
        expected = theirs.forward_head(theirs.forward_features(pixels), pre_logits=True) @ ours.proj
        assert torch.allclose(ours(pixels), expected, atol=1e-4)
    assert torch.equal(rows, theirs.head.weight)


def test_start_weights_of_another_size_are_refused(tmp_path):
    save_file({"cls_token": torch.zeros(1, 1, 8)}, tmp_path / "vit.safetensors")
    with pytest.raises(BackboneError, match="does not fit"):
        start_image_tower(build_model(SMALL).visual, tmp_path / "vit.safetensors")


def test_clip_names_are_centred_and_spellings_averaged(tmp_path):
    raw = np.eye(4, dtype=np.float32) + 5  # cosines near 1, as CLIP's are
    np.savez(
        tmp_path / "names.npz",
        names=np.array(["hot air balloon", "hot-air_balloon", "cat", "dog"]),
        embeddings=raw,
    )
    names = read_clip_names(tmp_path / "names.npz")
    assert set(names) == {"hot_air_balloon", "cat", "dog"}
    assert torch.allclose(torch.stack(list(names.values())).norm(dim=-1), torch.ones(3))
    assert names["cat"] @ names["dog"] < 0


def test_known_names_stay_fixed_and_unknown_ones_learn():
    clip = {"cat": torch.eye(4)[0], "dog": torch.eye(4)[1]}
    classifier = {
        "cat": torch.tensor([1.0, 0, 0]),
        "dog": torch.tensor([0, 1.0, 0]),
        "wolf": torch.tensor([0.1, 1, 0]),
    }
    made = make_bank(["wolf", "cat_flap", "thing"], clip, classifier, seed=0)
    vectors = made()
    assert made.names == ["cat", "cat_flap", "dog", "thing", "wolf"]
    assert torch.equal(vectors[made.rows["cat"]], clip["cat"])
    assert vectors[made.rows["wolf"]] @ clip["dog"] > vectors[made.rows["wolf"]] @ clip["cat"]
    vectors.sum().backward()
    moved = made.learnt.grad.abs().sum(-1) > 0
    assert moved.tolist() == [False, True, False, True, True]


def test_smoothing_keeps_a_distribution_and_prefers_similar_names():
    vectors = torch.nn.functional.normalize(torch.tensor([[1.0, 0, 0], [0.9, 0.1, 0], [0, 0, 1]]), dim=-1)
    target = torch.tensor([[1.0, 0, 0]])
    smooth = smooth_targets(target, vectors, 0.2)
    assert smooth.sum().item() == pytest.approx(1)
    assert smooth[0, 0] > 0.8 and smooth[0, 1] > smooth[0, 2]
    assert torch.equal(smooth_targets(target, vectors, 0.0), target)


def test_the_schedule_by_hand():
    assert [schedule(step, 100, 10) for step in (0, 9)] == [0.1, 1.0]
    assert schedule(55, 100, 10) == pytest.approx(0.01 + 0.99 * 0.5)
    assert schedule(100, 100, 10) == pytest.approx(0.01)


def test_crops_put_white_around_and_keep_the_whole_picture():
    black = torch.zeros(4, 1, 20, 20, dtype=torch.uint8)
    wide = random_crops(black, 16, generator(), area=(4.0, 4.0), turn=0.0)
    assert wide.shape == (4, 1, 16, 16)
    assert ((wide < 0.5).float().mean((1, 2, 3)) - 0.25).abs().max() < 0.12
    inside = random_crops(black, 16, generator(), area=(0.3, 0.5), turn=0.0)
    assert inside[..., 3:13, 3:13].max() < 0.01  # stretching may let a little white in at the border


def test_line_drawings_are_lines_on_white():
    photo = torch.ones(1, 3, 64, 64)
    photo[:, :, 20:44, 20:44] = 0.2
    lines = line_drawings(photo, generator())[0, 0]
    assert lines.shape == (64, 64)
    assert lines[2:8, 2:8].min() > 0.9  # paper
    assert lines[32, 32] > 0.9  # no filling
    assert lines[32, 16:26].min() < 0.5  # the edge


def test_colours_stay_in_range():
    pixels = jitter_colours(torch.rand(6, 3, 8, 8, generator=generator()), generator())
    assert pixels.min() >= 0 and pixels.max() <= 1


def test_augmented_drawings_differ_by_seed_only():
    drawing = Drawing.from_quickdraw(
        {"drawing": [[[0, 255], [0, 255]], [[0, 255], [255, 0]], [[9, 9], [0, 200]]]}
    )
    draw = [augmented_drawing(drawing, 48, np.random.default_rng(seed)) for seed in (0, 0, 1)]
    assert draw[0].shape == (48, 48) and draw[0].dtype == np.uint8
    assert (draw[0] == draw[1]).all() and (draw[0] != draw[2]).any()
    assert draw[0].min() < 100 and np.median(draw[0]) == 255


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        ("Two dogs chase a tennis ball .", ["dog", "tennis_ball"]),
        ("A cat", ["cat"]),
        ("Nothing known", []),
    ],
)
def test_caption_names(caption, expected):
    assert caption_names(caption, {"dog", "tennis_ball", "ball", "cat"}) == expected


def test_a_step_always_gets_the_same_batch():
    rows = bank().rows
    make = lambda: BatchMaker([pool(["cat", "cup"])], [], rows, SMALL, CPU)  # noqa: E731
    first, again, other = make().make(3), make().make(3), make().make(4)
    assert torch.equal(first.pixels, again.pixels) and torch.equal(first.targets, again.targets)
    assert not torch.equal(first.pixels, other.pixels)
    assert first.targets.sum(-1).tolist() == pytest.approx([1] * len(first.targets))


def test_photos_of_unseen_categories_are_never_turned_into_line_drawings():
    maker = BatchMaker([pool(["cat", "cow", "cup", "cow"])], [], bank().rows, SMALL, CPU)
    assert sorted(maker.photos[0].usable.tolist()) == [0, 1, 2, 3]
    assert sorted(maker.drawable[0].usable.tolist()) == [0, 2]


def test_captions_that_speak_of_an_unseen_thing_keep_a_photo_from_being_drawn():
    captioned = pool(["", ""], [("a cup",), ("a cat and a cow",)])
    maker = BatchMaker([captioned], [], bank().rows, SMALL, CPU)
    assert maker.photos[0].usable.tolist() == [0, 1]
    assert maker.drawable[0].usable.tolist() == [0]


def test_captions_stand_in_for_a_missing_category():
    captioned = pool(["", ""], [("a cat and a cup",), ("nothing",)])
    maker = BatchMaker([captioned], [], bank().rows, SMALL, CPU)
    assert maker.photos[0].usable.tolist() == [0]
    _, targets = maker.photos[0].draw(1, generator())
    assert targets[0].tolist() == [0.5, 0, 0.5]


class RecordingBatches(BatchMaker):
    """Remembers the steps it made, and stops before one of them."""

    def __init__(self, *args, stop=None):
        super().__init__(*args)
        self.made, self.stop = [], stop

    def make(self, step):
        if step == self.stop:
            raise KeyboardInterrupt
        self.made.append(step)
        return super().make(step)


def train(folder, stop=None):
    torch.manual_seed(hash(str(folder)) % 1000)  # whatever the process did before must not matter
    model, names = build_model(SMALL), bank()
    batches = RecordingBatches([pool(["cat", "cup"])], [], names.rows, SMALL, CPU, stop=stop)
    try:
        train_image_tower(model, names, batches, SMALL, folder, CPU)
    except KeyboardInterrupt:
        assert stop is not None
    return batches.made, model.visual.proj.detach(), names.learnt.detach()


def test_an_interrupted_training_ends_where_an_uninterrupted_one_does(tmp_path):
    whole = train(tmp_path / "whole")
    assert train(tmp_path / "parts", stop=3)[0] == [0, 1, 2]
    parts = train(tmp_path / "parts")
    assert parts[0] == [2, 3, 4, 5]  # from the save after the second step
    assert all(torch.allclose(a, b, atol=1e-6) for a, b in zip(whole[1:], parts[1:], strict=True))


def test_other_settings_are_not_resumed_silently(tmp_path):
    path = tmp_path / "state" / "config.json"
    remember_settings(path, dataclasses.asdict(SMALL))
    remember_settings(path, dataclasses.asdict(SMALL))
    with pytest.raises(CheckpointError, match="seed"):
        remember_settings(path, dataclasses.asdict(SMALL) | {"seed": 1})
    remember_settings(path, dataclasses.asdict(SMALL) | {"seed": 1}, allow_changes=True)


def test_a_state_of_another_model_is_refused(tmp_path):
    one, other = torch.nn.Linear(2, 2), torch.nn.Linear(3, 2)
    save_state(tmp_path / "s.safetensors", 5, {"model": one}, torch.optim.AdamW(one.parameters()))
    assert load_state(tmp_path / "s.safetensors", {"model": one}, torch.optim.AdamW(one.parameters())) == 5
    with pytest.raises(CheckpointError, match="another model"):
        load_state(tmp_path / "s.safetensors", {"model": other}, torch.optim.AdamW(other.parameters()))


def picture(colour):
    buffer = io.BytesIO()
    image = Image.new("RGB", (80, 60), "white")
    ImageDraw.Draw(image).rectangle([20, 15, 60, 45], fill=colour)
    image.save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def data(tmp_path):
    """Three sets in the layout of the shared data, with held-out and unseen items among them."""
    rows = [
        ("photo/cat/a.png", "cat", "photo", "seen_train"),
        ("photo/cat/b.png", "cat", "photo", "seen_dev"),
        ("photo/cow/c.png", "cow", "photo", "unseen_dev"),
    ]
    with zipfile.ZipFile(tmp_path / "sketchy_pairs.zip", "w") as file:
        table = io.StringIO()
        writer = csv.writer(table)
        writer.writerow(["file", "category", "modality", "instance", "split", "source", "licence"])
        for name, category, modality, split in rows:
            writer.writerow([name, category, modality, "", split, "", ""])
            file.writestr(name, picture("red"))
        file.writestr("manifest.csv", table.getvalue())
    with zipfile.ZipFile(tmp_path / "quickdraw_strokes.zip", "w") as file:
        for word in ("cat", "cow", "mouse", "palm tree"):
            line = json.dumps({"word": word, "drawing": [[[0, 9, 200], [0, 50, 9]]]})
            file.writestr(f"{word.replace(' ', '_')}.ndjson", "\n".join([line] * 10))
    return tmp_path


def test_only_training_photos_and_seen_sketches_are_read(data):
    photos = load_photos(data, 36)
    assert [p.names for p in photos] == [["cat"]]
    assert photos[0].pixels.shape == (1, 3, 36, 36)
    sketches = load_sketches(data, 36, SMALL)
    assert set(sketches[0].names) == {"cat"}
    assert len(sketches[0].names) == 6 * SMALL.sketch_variants  # the last four drawings are held out


def test_a_folder_without_photo_sets_is_named(tmp_path):
    with pytest.raises(DataError, match="none of the photo sets"):
        load_photos(tmp_path, 36)


def test_shares_and_sides_are_checked():
    with pytest.raises(ValueError, match="add up"):
        BackboneConfig(photo_share=0.9)
    with pytest.raises(ValueError, match="multiple"):
        BackboneConfig(side=100)
