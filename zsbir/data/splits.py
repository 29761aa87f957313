"""Which categories and files training must not see.

Three decisions live here, so that training and evaluation cannot disagree:

* the categories that are unseen in the papers' benchmarks (`splits.json`, facts);
* which names of *any* set count as a sketch of one of Sketchy's 21 unseen categories;
* which files and instances of sets without a split of their own are held out for development.
"""

import functools
import json
from importlib import resources

from zsbir.data.lots import lot_share
from zsbir.data.names import canonical_name, kinds_of
from zsbir.errors import DataError

# Sketches that stay, looked at and decided: house, barn and castle (seen or wider than a log cabin, and no
# name for one), bush and house_plant (no trees), whale (no dolphin), baseball_bat (another thing called
# bat), see_saw, door_handle, knife, owl, duck and the other birds that Sketchy itself lists as seen.
# Not names or kinds of an unseen category, and still too close to one for an honest exam:
TOO_CLOSE = {
    "bird": "a drawing that says no more than bird nearly always shows a songbird or a seagull",
    "flying_bird": "as bird; TU-Berlin's seagulls and flying birds are alike",
    "standing_bird": "as bird",
    "pigeon": "drawn as songbirds are",
    "computer_mouse": "shares the word with the unseen animal, and Quick, Draw! mixes both under it",
    "bison": "drawn as an ox is: horns, four legs and a heavy body",
    "water_buffalo": "as bison",
    "killer_whale": "the largest dolphin, and drawn as one",
    "window_screen": "the frame and bars of a window",
    "window_shade": "a window with its shade down",
}

# Share of the files held out for development, by dataset; by a hash, so that no list has to be kept.
DEV_SHARE = {"caltech101": 0.2, "flickr8k_1000": 0.2}
# Share of the instances whose sketches search: a third leaves 100 chairs, and 32 of each category of Sketchy,
# whose galleries are filled up with the photos of the instances that are trained on (95 in all).
DEV_INSTANCES = {"sketchy_five_full": 1 / 3, "chairs_v2": 1 / 3}
DEV_DRAWINGS = 4  # of each Quick, Draw! file, the last ones; never more than half of the file


@functools.cache
def benchmark_split(name: str = "sketchy-21") -> tuple[frozenset[str], frozenset[str]]:
    """Return the seen and the unseen categories of a paper's benchmark, by their shared names.

    Raises:
        DataError: No benchmark has that name.
    """
    table = json.loads(resources.files(__package__).joinpath("splits.json").read_text(encoding="utf-8"))
    if name not in table:
        raise DataError(f"There is no benchmark split {name!r}; known are {sorted(table)}.")
    seen, unseen = (frozenset(map(canonical_name, table[name].get(part, ()))) for part in ("seen", "unseen"))
    return seen, unseen


def is_unseen_sketch(category: str) -> bool:
    """Whether sketches of a category must stay out of all training.

    True for the 21 unseen categories of Sketchy's split 2, all their other names, all their kinds
    (a palm tree is a tree, a bull is a cow) and the few in `TOO_CLOSE`.

    Args:
        category: A name of any set, canonical or not.
    """
    unseen = benchmark_split("sketchy-21")[1]
    lineage = {canonical_name(category), *kinds_of(canonical_name(category))}
    return bool(lineage & unseen) or canonical_name(category) in TOO_CLOSE


def held_out_file(dataset: str, file: str) -> bool:
    """Whether a file of a set without an own split belongs to the development part."""
    return lot_share(f"{dataset}/{file}") < DEV_SHARE.get(dataset, 0.0)


def held_out_instance(dataset: str, instance: str) -> bool:
    """Whether a photo and all its sketches belong to the fine-grained development part.

    Args:
        dataset: Its name, such as "chairs_v2"; sets that are not in `DEV_INSTANCES` hold nothing out.
        instance: As in `Item.instance`.
    """
    return bool(instance) and lot_share(f"{dataset}#{instance}") < DEV_INSTANCES.get(dataset, 0.0)


def held_out_drawing(index: int, count: int) -> bool:
    """Whether drawing `index` of the `count` in its ndjson file belongs to the development part."""
    return index >= count - min(DEV_DRAWINGS, count // 2)
