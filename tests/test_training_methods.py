"""The training of every method: losses fall, runs go on, the best is kept."""

import dataclasses

import pytest
import torch

from tests.loops import CPU, equal, make_loop, told, weights
from tests.pairs import save_pairs
from zsbir.backbone import load_backbone
from zsbir.data import open_dataset
from zsbir.training.methods import OBJECTIVES, run
from zsbir.training.methods.batches import BatchMaker
from zsbir.training.methods.images import Source, load_photos, load_sketches
from zsbir.training.methods.ranks import Ranks, join_ranks

RUNS = [(name, mode) for name in OBJECTIVES for mode in ("category", "fine-grained")]


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    return save_pairs(tmp_path_factory.mktemp("data") / "pairs", instances=4, sketches=2)


@pytest.mark.parametrize(("method", "mode"), RUNS)
def test_every_objective_learns_a_handful_of_triplets(tiny_folder, tmp_path, method, mode):
    """The same batch again and again; class texts of a random tower are hard to tell apart, hence tau."""
    data = open_dataset(save_pairs(tmp_path / "pairs", ("fan", "camel"), instances=2, sketches=1, dev=0))
    kind, recipe, objective = OBJECTIVES[method]
    settings = {"batch": 4, "per_class": 2}
    settings |= {"crop": 1.0, "flip": False, "turn": 0.0, "warp": 0.0, "pen": 0.0}  # views as they are
    settings |= {"lr": 5e-3, "norm_lr": 5e-3, "tau": 0.01}
    config = recipe(**(recipe.preset("tiny", mode) | settings))
    backbone = load_backbone(tiny_folder, device="cpu")
    torch.manual_seed(0)
    learner = run.METHODS[method].from_config(backbone, dataclasses.asdict(kind(mode=mode)))
    photos = load_photos([Source(data, item) for item in data.select("photo")], 32)
    sketches = load_sketches([Source(data, item) for item in data.select("sketch")], 32)
    batches = BatchMaker(sketches, photos, config, backbone.preprocess, CPU)
    learning = objective(learner, config, batches.categories).train()
    learning.start_epoch(0, 1)
    optimizer = torch.optim.AdamW(learning.parameter_groups(), weight_decay=0.0)
    totals = []
    for _ in range(25):
        torch.manual_seed(0)
        loss = sum(learning.losses(batches.make(0)).values())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        totals.append(loss.item())
    assert min(totals[-5:]) < 0.8 * totals[0], totals[::5]


@pytest.mark.parametrize("method", list(OBJECTIVES))
def test_an_interrupted_run_ends_as_an_uninterrupted_one(pairs, tiny_folder, tmp_path, method):
    """Interrupted after the best look, so that its weights have to come back from the disk."""
    recipe = OBJECTIVES[method][1]
    settings = recipe.preset("tiny", "category") | {
        "batch": 6,
        "steps": 6,
        "save_every": 2,
        "evaluate_every": 2,
    }

    def loop_in(folder):
        values = {2: 0.7, 4: 0.4, 6: 0.5}
        looks = []

        def measure():
            looks.append(weights(loop))
            return {"dev": values[loop.optimizer.state_dict()["state"][0]["step"].item()]}

        loop = make_loop(pairs, tmp_path / folder, tiny_folder, method=method, measure=measure, **settings)
        return loop, looks

    whole, looks = loop_in("whole")
    whole.run()
    first, _ = loop_in("parts")
    make = first.batches.make

    def interrupted(step):
        if step == 5:
            raise KeyboardInterrupt
        return make(step)

    first.batches.make = interrupted
    with pytest.raises(KeyboardInterrupt):
        first.run()
    second, later = loop_in("parts")
    steps = []
    remember = second.batches.make
    second.batches.make = lambda step: steps.append(step) or remember(step)
    second.run()
    assert steps == [4, 5]
    assert equal(later[-1], looks[-1]) and not equal(looks[0], looks[-1])  # the last step's weights
    assert equal(weights(second), looks[0]) and equal(weights(whole), looks[0])  # and the best ones
    assert told(second) == told(whole)


def test_the_best_weights_are_kept_not_the_last(pairs, tiny_folder, tmp_path):
    values, seen = iter([0.2, 0.7, 0.4]), []

    def measure():
        seen.append(weights(loop))
        return {"dev": next(values)}

    loop = make_loop(pairs, tmp_path, tiny_folder, measure=measure, evaluate_every=2)
    outcome = loop.run()
    assert [look[1]["dev"] for look in outcome.history.dev] == [0.2, 0.7, 0.4]
    assert outcome.history.best[0] == 4
    assert equal(weights(loop), seen[1]) and not equal(seen[1], seen[2])


def test_what_is_finished_is_not_done_again(pairs, tiny_folder, tmp_path):
    make_loop(pairs, tmp_path, tiny_folder).run()
    again = make_loop(pairs, tmp_path, tiny_folder)
    again.batches.make = lambda step: pytest.fail("a step was repeated")
    assert again.run().steps == 6


def test_steps_are_at_most_so_many(pairs, tiny_folder, tmp_path):
    """36 sketches, 6 a step."""
    assert make_loop(pairs, tmp_path, tiny_folder, steps=100, epochs=2).planned == 16
    assert make_loop(pairs, tmp_path, tiny_folder, steps=5, epochs=2).planned == 5
    assert make_loop(pairs, tmp_path, tiny_folder, steps=0, epochs=2).planned == 16


def test_time_that_is_up_ends_a_run_in_good_order(pairs, tiny_folder, tmp_path):
    outcome = make_loop(pairs, tmp_path, tiny_folder, max_minutes=1e-9).run()
    assert (outcome.steps, outcome.planned) == (1, 6)
    assert [step for step, _ in outcome.history.dev] == [1]
    assert make_loop(pairs, tmp_path, tiny_folder).run().steps == 6  # and the rest can follow


@pytest.mark.parametrize(
    ("schedule", "expected"), [("constant", [0.5, 1, 1, 1]), ("cosine", [0.5, 1, 0.505, 0.01])]
)
def test_rates_warm_up_and_fall(pairs, tiny_folder, tmp_path, schedule, expected):
    loop = make_loop(pairs, tmp_path, tiny_folder, schedule=schedule, warmup=2, steps=12)
    found = []
    for step in (0, 2, 7, 12):
        loop._start(step, first=False)
        found.append(loop.optimizer.param_groups[0]["lr"] / loop.base[0])
    assert found == pytest.approx(expected)


def test_alone_there_is_nobody_to_agree_with(monkeypatch):
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    with join_ranks() as ranks:
        assert ranks == Ranks() and ranks.is_first
        module = torch.nn.Linear(1, 1)
        assert ranks.wrap(module, CPU) is module
        assert ranks.agree(True, CPU) and not ranks.agree(False, CPU)
        assert ranks.device("cpu") == "cpu"
