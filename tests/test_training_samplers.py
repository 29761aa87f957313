"""Triplets and batches: what each sampler promises, and that the step alone decides them."""

import dataclasses
from collections import Counter

import pytest
import torch

from tests.pairs import CATEGORIES, save_pairs
from zsbir.data import open_dataset
from zsbir.errors import DataError
from zsbir.images import Preprocess, normalise_sketch, to_pixels
from zsbir.training.methods.batches import BatchMaker
from zsbir.training.methods.config import TrainConfig
from zsbir.training.methods.images import Source, load_photos, load_sketches, to_batch
from zsbir.training.methods.samplers import Catalogue, draw_triplets

PREPROCESS = Preprocess(32, (0.5, 0.4, 0.3), (0.2, 0.3, 0.4))
CPU = torch.device("cpu")


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return open_dataset(save_pairs(tmp_path_factory.mktemp("data") / "pairs", instances=5, dev=0))


@pytest.fixture(scope="module")
def pictures(data):
    sources = {kind: [Source(data, item) for item in data.select(kind)] for kind in ("sketch", "photo")}
    return load_sketches(sources["sketch"], 36), load_photos(sources["photo"], 36)


def draws(data, steps=20, mode="category", **choices):
    """The items of the triplets of many steps."""
    sketches, photos = data.select("sketch"), data.select("photo")
    catalogue = Catalogue(sketches, photos, mode)
    settings = TrainConfig(mode=mode, **({"batch": 12} | choices))
    for step in range(steps):
        drawn = draw_triplets(catalogue, settings, generator(step))
        yield [
            (sketches[s], photos[p], photos[n])
            for s, p, n in zip(
                drawn.sketches.tolist(), drawn.photos.tolist(), drawn.negatives.tolist(), strict=True
            )
        ]


@pytest.mark.parametrize("sampler", ["random", "pk"])
def test_category_triplets(data, sampler):
    seen = Counter()
    for triplets in draws(data, sampler=sampler):
        for sketch, photo, negative in triplets:
            assert sketch.category == photo.category != negative.category
            seen[sketch.category, negative.category] += 1
    assert len(seen) == len(CATEGORIES) * (len(CATEGORIES) - 1)  # every category against every other


@pytest.mark.parametrize("sampler", ["random", "pk", "single-category"])
def test_fine_grained_triplets(data, sampler):
    negatives = set()
    for triplets in draws(data, mode="fine-grained", sampler=sampler):
        for sketch, photo, negative in triplets:
            assert sketch.instance == photo.instance != negative.instance
            assert sketch.category == negative.category
            negatives.add((sketch.instance, negative.instance))
    assert len(negatives) > 60  # of 6 categories * 5 * 4


def test_pk_has_every_category_equally_often(data):
    for triplets in draws(data, sampler="pk", per_class=4):
        assert sorted(Counter(sketch.category for sketch, _, _ in triplets).values()) == [4, 4, 4]
        assert len({sketch.file for sketch, _, _ in triplets}) == 12  # nothing twice while there is more


def test_pk_makes_do_with_fewer_categories(data):
    two = dataclasses.replace(data, items=tuple(i for i in data.items if i.category in CATEGORIES[:2]))
    for triplets in draws(two, sampler="pk", per_class=2, steps=3):
        assert sorted(Counter(sketch.category for sketch, _, _ in triplets).values()) == [6, 6]


def test_a_single_category_fills_a_batch_and_brings_support(data):
    sketches, photos = data.select("sketch"), data.select("photo")
    settings = TrainConfig(mode="fine-grained", sampler="single-category", batch=16, support=3)
    catalogue, seen = Catalogue(sketches, photos, "fine-grained"), set()
    for step in range(30):
        drawn = draw_triplets(catalogue, settings, generator(step))
        assert {sketches[s].category for s in drawn.sketches.tolist()} == {drawn.category}
        assert {photos[p].category for p in drawn.support.tolist()} == {drawn.category}
        assert len(set(drawn.support.tolist())) == 3
        assert len(set(drawn.sketches.tolist())) == 10  # all there are, before any comes again
        seen.add(drawn.category)
    assert seen == set(CATEGORIES)


@pytest.mark.parametrize(("balance", "share"), [(1.0, 10 / 12), (0.0, 0.5)])
def test_balance_weighs_large_categories(data, balance, share):
    few = [i for i in data.items if i.category == "fan" and i.instance == "fan_0"]
    part = dataclasses.replace(data, items=(*few, *(i for i in data.items if i.category == "camel")))
    counts = Counter(sketch.category for ((sketch, *_),) in draws(part, steps=400, batch=1, balance=balance))
    assert counts["camel"] / counts.total() == pytest.approx(share, abs=0.06)


def test_no_sketch_comes_twice_in_a_batch_while_there_is_another(data):
    for balance in (0.0, 1.0):
        for triplets in draws(data, batch=60, balance=balance, steps=3):
            assert len({sketch.file for sketch, _, _ in triplets}) == 60  # all there are
    (many,) = draws(data, batch=61, steps=1)
    assert len(many) == 61


def test_photos_that_went_missing_are_told(data):
    photos = [item for item in data.select("photo") if item.category != "fan"]
    with pytest.raises(DataError, match="Of the category fan too few photos"):
        Catalogue(data.select("sketch"), tuple(photos), "category")
    photos = [item for item in data.select("photo") if item.instance != "fan_0"]
    Catalogue(data.select("sketch"), tuple(photos), "category")
    with pytest.raises(DataError, match="fan"):
        Catalogue(data.select("sketch"), tuple(photos), "fine-grained")


def test_photos_of_one_instance_alone_are_told(data):
    """Both answer every sketch, so that none would be wrong."""
    sketches = [item for item in data.select("sketch") if item.instance == "fan_0"]
    (photo,) = [item for item in data.select("photo") if item.instance == "fan_0"]
    photos = (photo, dataclasses.replace(photo, file="photo/fan/again.png"))
    with pytest.raises(DataError, match="Of the category fan too few photos"):
        Catalogue(tuple(sketches), photos, "fine-grained")


def test_a_single_category_that_can_be_read_is_told(data):
    sketches = tuple(item for item in data.select("sketch") if item.category == "fan")
    with pytest.raises(DataError, match="Only sketches of fan can be read"):
        Catalogue(sketches, data.select("photo"), "category")


def same(a, b):
    return all(
        torch.equal(x, y) if isinstance(x, torch.Tensor) else x == y
        for x, y in (
            (getattr(a, name), getattr(b, name)) for name in a.__dataclass_fields__ if name != "generator"
        )
    )


def test_the_step_decides_the_batch(pictures):
    settings = TrainConfig(mode="fine-grained", batch=8, sampler="single-category", support=2)
    maker, again = (BatchMaker(*pictures, settings, PREPROCESS, CPU) for _ in range(2))
    maker.make(0)  # what came before does not matter
    assert same(maker.make(7), again.make(7))
    assert not same(maker.make(7), maker.make(8))
    other = BatchMaker(*pictures, dataclasses.replace(settings, seed=1), PREPROCESS, CPU)
    assert not same(maker.make(7), other.make(7))
    assert torch.equal(
        torch.rand(3, generator=maker.make(7).generator), torch.rand(3, generator=again.make(7).generator)
    )


def test_processes_draw_batches_of_their_own(pictures):
    settings = TrainConfig(batch=8)
    first, second = (BatchMaker(*pictures, settings, PREPROCESS, CPU, rank, 2) for rank in range(2))
    assert not same(first.make(3), second.make(3))
    assert first.per_epoch == second.per_epoch == -(-60 // 16)


def test_the_batch_says_what_is_in_it(pictures):
    maker = BatchMaker(*pictures, TrainConfig(mode="fine-grained", batch=24), PREPROCESS, CPU)
    batch, files = maker.make(5), maker.files(5)["sketches"]
    for name in ("sketches", "photos", "negatives"):
        assert getattr(batch, name).shape == (24, 3, 32, 32)
    assert [maker.categories[label] for label in batch.labels] == [file.split("/")[1] for file in files]
    assert torch.equal(batch.labels, batch.negative_labels)
    instances = [file.rpartition("-")[0] for file in files]
    alike = torch.tensor([[a == b for a in instances] for b in instances])
    assert torch.equal(batch.instances[:, None] == batch.instances, alike)


def test_without_augmentation_training_sees_what_the_app_sees(data):
    photo, sketch = data.select("photo")[0], data.select("sketch")[0]
    maker = BatchMaker(
        load_sketches([Source(data, sketch)], 32),
        load_photos([Source(data, item) for item in data.select("photo")], 32),
        TrainConfig(batch=1, crop=1.0, flip=False, mode="fine-grained"),
        PREPROCESS,
        CPU,
    )
    batch = maker.make(0)
    shown = to_pixels(normalise_sketch(data.read(sketch), 32), PREPROCESS)
    assert torch.allclose(batch.sketches, shown, atol=1e-6)
    assert photo.instance == sketch.instance
    assert torch.allclose(batch.photos, to_pixels(data.read(photo), PREPROCESS), atol=1e-6)
    assert torch.allclose(to_batch(maker.photos.pixels[:1], PREPROCESS), batch.photos, atol=1e-6)


def test_a_triplet_is_mirrored_as_a_whole(pictures):
    settings = TrainConfig(mode="fine-grained", batch=16, crop=1.0)
    small = [dataclasses.replace(part, pixels=part.pixels[..., :32, :32]) for part in pictures]
    flipped, straight = (
        BatchMaker(*small, dataclasses.replace(settings, flip=flip), PREPROCESS, CPU).make(0)
        for flip in (True, False)
    )
    turned = [
        [torch.equal(a, b.flip(-1)) and not torch.equal(a, b) for a, b in zip(x, y, strict=True)]
        for x, y in (
            (getattr(flipped, name), getattr(straight, name)) for name in ("sketches", "photos", "negatives")
        )
    ]
    assert turned[0] == turned[1] == turned[2]
    assert 0 < sum(turned[0]) < 16
