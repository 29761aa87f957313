"""The model card of a run, written from its results alone."""

from __future__ import annotations

from collections.abc import Mapping

PAPERS = {
    "clip-at": "Sain et al., *CLIP for All Things Zero-Shot Sketch-Based Image Retrieval, Fine-Grained or "
    "Not*, CVPR 2023",
    "splip": "Singha et al., *Elevating All Zero-Shot Sketch-Based Image Retrieval Through Multimodal Prompt "
    "Learning*, ECCV 2024",
    "dp-clip": "Gao et al., *DP-CLIP*, arXiv 2404.18695",
    "deep-dual": "our own recipe: prompts in every layer, LayerNorms and biases, for each modality where "
    "category counts; centres of sketches and photos; a short description of where things are in a picture",
    "linear-probe": "a reference row: a linear map on frozen features",
    "full-finetune": "a reference row: every weight of the image tower",
}
FRONT = """---
license: other
license_name: apache-2.0-start-weights-research-data
library_name: zsbir
pipeline_tag: image-feature-extraction
tags: [sketch, image-retrieval, zero-shot, clip, {method}]
---
"""


def write_card(name: str, results: Mapping) -> str:
    """Return the card as Markdown.

    Args:
        name: Of the checkpoint's folder.
        results: What `zsbir.training.methods.report.summarise` returns.
    """
    return "\n".join(
        [
            FRONT.format(method=results["method"]),
            f"# {name}\n",
            *_what(results),
            *_numbers(results),
            *_data(results),
            *_recipe(results),
        ]
    )


def _what(results: Mapping) -> list[str]:
    method, learnt = results["method"], results["parameters"]["learnt"]
    return [
        f"**{method}** for {results['mode']} retrieval on the frozen `{results['backbone']}`: "
        f"{PAPERS.get(method, 'see the code')}.",
        "Implemented anew from a description; no code or weights of its authors are in here. "
        f"{learnt:,} numbers were learnt",
        f"and are all that the folder holds. Made for the backbone `{results['backbone_digest'][:19]}`; any "
        "other is refused.\n",
    ]


def _numbers(results: Mapping) -> list[str]:
    best, plain, held = results["dev"], results["plain"], results["held_out_categories"]
    names, steps = [name for name in best if name != "dev"], results["steps"]
    selects = next((name for name in names if name.startswith("transfer/")), names[0])
    return [
        "## Held out while training\n",
        "| | " + " | ".join(names) + " |",
        "|---" * (len(names) + 1) + "|",
        "| plain backbone | " + " | ".join(f"{100 * plain[name]:.1f}" for name in names) + " |",
        "| **this** | " + " | ".join(f"**{100 * best[name]:.1f}**" for name in names) + " |\n",
        f"In percent. *seen*: held-out pictures of the {len(results['categories'])} training categories;",
        f"*transfer*: {len(held)} categories that training did not see ({', '.join(held) or 'none'}).",
        f"The weights are those of step {steps['best']} of {steps['planned']}, the best by {selects} alone, "
        "which is therefore a little too good.",
        "The project's README has those on the benchmark's unseen categories.\n",
    ]


def _data(results: Mapping) -> list[str]:
    data = results["data"]
    sets = sorted({name for part in data.values() for name in part})
    rows = [
        f"| {name} | {data['sketches'].get(name, 0):,} | {data['photos'].get(name, 0):,} |" for name in sets
    ]
    return [
        "## Learnt from\n",
        "| set | sketches | photos |",
        "|---|---|---|",
        *rows,
        "",
        f"No sketch of the unseen categories of `{results['train_config']['benchmark']}` was among them. The "
        "pictures are for research; none is in here.\n",
    ]


def _recipe(results: Mapping) -> list[str]:
    recipe, speed = results["train_config"], results["speed"]
    return [
        "## Recipe\n",
        "```sh",
        results["command"],
        "```\n",
        f"{results['steps']['made']} steps of {recipe['batch']} triplets, rate {recipe['lr']:g} (LayerNorms "
        f"{recipe['norm_lr']:g}), sampler {recipe['sampler']}, seed {recipe['seed']};",
        f"{speed['seconds_per_step']:.2f} s a step and {speed['peak_memory_mb']:,} MB on {speed['device']}. "
        "All settings, counts and curves: `results.json`, `curves.png`.",
        "",
    ]
