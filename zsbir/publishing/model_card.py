"""The model card: what stands in the folder's README.md, with a head that the Hub reads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zsbir.checkpoint_results import RESULTS
from zsbir.errors import CheckpointError, HubError
from zsbir.hub.parcel import CARD
from zsbir.hub.reference import Reference
from zsbir.hub.sender import MAIN

if TYPE_CHECKING:
    from huggingface_hub import EvalResult

TASK = "Zero-shot sketch-based image retrieval"
SPLITS = {
    "seen": "held-out pictures of seen categories",
    "transfer": "categories held out of training",
}
RESULTS_TOLD = {"mode", "dev", "data", "categories", "held_out_categories", "train_config"}
"""What a card tells of `results.json`."""
OUTWARD = re.compile(r"\[([^\]]*)\]\(\.\./[^)]*\)")  # links out of the folder lead nowhere on the Hub


@dataclass(frozen=True)
class CardSource:
    """What a folder says about itself.

    Attributes:
        name: The folder's.
        to: The repository.
        head: The front matter of its README.md.
        body: The rest of it.
    """

    name: str
    to: Reference
    head: Mapping[str, Any]
    body: str

    @classmethod
    def read(cls, folder: Path, to: Reference) -> CardSource:
        """Read `README.md`.

        Raises:
            HubError: It is missing or names no licence, which a repository for others needs.
            CheckpointError: Its head cannot be read.
        """
        from huggingface_hub import ModelCard

        path = folder / CARD
        try:
            card = ModelCard(path.read_text(encoding="utf-8")) if path.is_file() else None
        except (OSError, ValueError, TypeError) as error:
            raise CheckpointError(
                f"The head of {folder.name}/{CARD} cannot be read ({error}); mend it."
            ) from error
        if card is None or not card.data.get("license"):
            raise HubError(
                f"{folder.name}/{CARD} names no licence; write one at its head, between two lines of ---, as "
                "in license: mit."
            )
        return cls(folder.name, to, card.data.to_dict(), OUTWARD.sub(r"\1", card.text).strip())


def write_checkpoint_card(source: CardSource, backbone: str | None, results: Mapping | None) -> str:
    """Return the card of a checkpoint.

    Args:
        source: What its folder says.
        backbone: "user/name" of its backbone on the Hub, if it is there.
        results: Its `results.json`, with all of `RESULTS_TOLD`; without it the card has no numbers.
    """
    facts = {"library_name": "zsbir", "base_model": backbone}
    if results:
        facts |= {"model_name": source.to.name, "eval_results": _evaluations(source.to, results)}
    parts = [source.body, _categories(results) if results else "", _how_to_load(source.to)]
    return _card(source, facts, parts)


def write_backbone_card(source: CardSource) -> str:
    """Return the card of a backbone."""
    to = source.to.repo
    use = (
        "## Use\n\nPlain CLIP on it, without prompts:\n\n"
        f"```sh\npython -m zsbir demo --checkpoint {to}\n```\n\n"
        f'open_clip itself loads it as `open_clip.create_model("hf-hub:{to}")`.'
    )
    return _card(source, {}, [source.body, use])


def _card(source: CardSource, facts: Mapping[str, Any], parts: list[str]) -> str:
    from huggingface_hub import ModelCardData

    known = {key: value for key, value in facts.items() if value is not None}
    data = ModelCardData(**{**source.head, **known})
    body = "\n\n".join(part for part in parts if part)
    return f"---\n{data.to_yaml()}\n---\n\n{body}\n"


def _evaluations(to: Reference, results: Mapping) -> list[EvalResult]:
    """What `results.json` has measured, as the Hub lists it; shares in 0 to 1."""
    from huggingface_hub import EvalResult

    source = f"{to.page}/blob/{to.revision or MAIN}/{RESULTS}"
    benchmark = results["train_config"]["benchmark"]
    measured = [(name.partition("/"), value) for name, value in results["dev"].items() if "/" in name]
    return [
        EvalResult(
            task_type="image-retrieval",
            task_name=f"{TASK}, {results['mode']}",
            dataset_type=f"{benchmark}-{split}",
            dataset_name=f"{SPLITS.get(split, split)} ({', '.join(_sets(results, split))})",
            dataset_split=split,
            metric_type=metric,
            metric_name=metric,
            metric_value=round(value, 4),
            source_name=RESULTS,
            source_url=source,
        )
        for (split, _, metric), value in measured
    ]


def _sets(results: Mapping, split: str) -> list[str]:
    """The datasets that the sketches of a split are from."""
    part = {"seen": "dev_sketches", "transfer": "transfer_sketches"}.get(split, "")
    return sorted(results["data"].get(part, {})) or ["of unknown origin"]


def _categories(results: Mapping) -> str:
    seen, held_out = results["categories"], results["held_out_categories"]
    benchmark = results["train_config"]["benchmark"]
    return (
        "## Categories\n\n"
        f"Split `{benchmark}` of zsbir; no sketch of its unseen categories was learnt from.\n\n"
        f"Held out of training ({len(held_out)}): {', '.join(held_out) or 'none'}.\n\n"
        f"<details><summary>Seen ({len(seen)})</summary>\n\n{', '.join(seen)}\n\n</details>"
    )


def _how_to_load(to: Reference) -> str:
    branch = f"@{to.revision}" if to.revision else ""
    return (
        "## Use\n\n"
        f"```sh\npython -m zsbir index --gallery everyday --checkpoint {to.repo}{branch}\n"
        f"python -m zsbir demo --checkpoint {to.repo}{branch}\n```\n\n"
        f"`{to.repo}@COMMIT` pins one commit."
    )
