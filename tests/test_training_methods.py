"""The training of every method: losses fall, runs go on, the best is kept, mistakes are told."""

import dataclasses
import json

import pytest
import torch

from tests.pairs import save_pairs
from zsbir.backbone import load_backbone
from zsbir.data import open_dataset
from zsbir.errors import ZSBIRError
from zsbir.training.methods import OBJECTIVES, run
from zsbir.training.methods.batches import BatchMaker
from zsbir.training.methods.dev import DevTrial, measure
from zsbir.training.methods.images import Source, load_photos, load_sketches
from zsbir.training.methods.loop import Loop
from zsbir.training.methods.ranks import Ranks, join_ranks

CPU = torch.device("cpu")
RUNS = [(name, mode) for name in OBJECTIVES for mode in ("category", "fine-grained")]


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    return save_pairs(tmp_path_factory.mktemp("data") / "pairs", instances=4, sketches=2)


def make_loop(pairs, folder, tiny, *, method="clip-at", measure=lambda: {"dev": 0.5}, **choices):
    data = open_dataset(pairs)
    photos = load_photos([Source(data, item) for item in data.select("photo")], 36)
    sketches = load_sketches([Source(data, item) for item in data.select("sketch")], 36)
    kind, recipe, learner = OBJECTIVES[method]
    settings = recipe(**({"batch": 6, "steps": 6, "lr": 1e-2, "norm_lr": 1e-2} | choices))
    backbone = load_backbone(tiny, device="cpu")
    batches = BatchMaker(sketches, photos, settings, backbone.preprocess, CPU)
    torch.manual_seed(settings.seed)
    made = run.METHODS[method].from_config(backbone, dataclasses.asdict(kind(mode=settings.mode)))
    return Loop(learner(made, settings, batches.categories), batches, measure, folder, CPU, Ranks())


def weights(loop):
    return {key: value.clone() for key, value in loop.objective.state_dict().items()}


def told(loop):
    """The history as it comes back from the disk, without the time."""
    return json.loads(json.dumps(loop.history.to_dict() | {"seconds": 0}))


def equal(a, b):
    return a.keys() == b.keys() and all(torch.equal(a[key], b[key]) for key in a)


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


def test_a_loss_that_is_no_number_stops_with_step_and_batch(pairs, tiny_folder, tmp_path):
    loop = make_loop(pairs, tmp_path, tiny_folder)
    losses = loop.objective.losses
    broken = lambda batch: losses(batch) | {"text": torch.tensor(float("nan"), requires_grad=True)}  # noqa: E731
    loop.objective.losses = broken
    before = weights(loop)
    with pytest.raises(ZSBIRError, match=r"The loss text is nan at step 0 .*broken-batch.json: lower --lr"):
        loop.run()
    assert equal(before, weights(loop))
    written = json.loads((tmp_path / "broken-batch.json").read_text())
    assert {name: written[name] for name in ("seed", "step", "rank", "world")} == {
        **{"seed": 0, "step": 0, "rank": 0, "world": 1}
    }
    assert {name: len(written[name]) for name in ("sketches", "photos", "negatives")} == {
        **{"sketches": 6, "photos": 6, "negatives": 6}
    }
    assert written["sketches"] == loop.batches.files(0)["sketches"]


def test_embeddings_that_are_no_numbers_are_never_the_best(pairs, tiny_folder, tmp_path):
    """A NaN scores Acc@1 = 1 against everything, and would be shipped."""
    loop = make_loop(pairs, tmp_path, tiny_folder, mode="fine-grained", sampler="pk", per_class=2, steps=2)
    batches = loop.batches
    trials = [DevTrial("seen", batches.sketches, batches.photos, counts=True)]

    def look():
        with torch.no_grad():
            next(loop.objective.method.parameters()).fill_(float("nan"))
        return measure(loop.objective.method.eval().export(), trials, "fine-grained")

    loop.measure = look
    with pytest.raises(ZSBIRError, match=r"held-out pictures are not finite at step 1 \(seed 0, process 0\)"):
        loop.run()
    assert loop.history.dev == []
    assert [path.name for path in tmp_path.glob("*.*")] == ["broken-batch.json"]
    assert (
        json.loads((tmp_path / "broken-batch.json").read_text())["sketches"] == batches.files(1)["sketches"]
    )


@pytest.mark.parametrize("clip_norm", [1.0, 0.0])
def test_a_gradient_that_is_no_number_ends_the_run(pairs, tiny_folder, tmp_path, clip_norm):
    """Neither clipped away, nor blamed on the next batch, which finds the weights lost."""
    loop = make_loop(pairs, tmp_path, tiny_folder, clip_norm=clip_norm)
    losses = loop.objective.losses

    def steep(batch):  # 0 * infinity: the loss is a number and its gradient is none
        first = next(p for p in loop.objective.parameters() if p.requires_grad)
        return losses(batch) | {"steep": (first - first.detach()).abs().sum().sqrt()}

    loop.objective.losses = steep
    before = weights(loop)
    with pytest.raises(ZSBIRError, match="The gradient is not a number at step 0"):
        loop.run()
    assert equal(before, weights(loop))


def test_only_a_limit_changes_the_gradient(pairs, tiny_folder, tmp_path):
    def gradient(clip_norm):
        loop = make_loop(pairs, tmp_path / str(clip_norm), tiny_folder, clip_norm=clip_norm)
        loop._step(loop.objective.train(), 0)
        return torch.cat([parameter.grad.flatten() for parameter in loop.parameters])

    free, wide, narrow = gradient(0.0), gradient(1e9), gradient(1e-3)
    assert torch.equal(free, wide) and free.norm() > 1e-3
    assert narrow.norm().item() == pytest.approx(1e-3, rel=1e-3)


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
