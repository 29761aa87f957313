"""Which files of a dataset belong together: its subsets, and in each the splits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from zsbir.errors import GalleryError
from zsbir.gallery.sources.card import Subset

# As the Hub's own datasets library understands names of files and folders.
SPLITS = {
    "train": ("train", "training"),
    "validation": ("validation", "valid", "val", "dev"),
    "test": ("test", "testing", "eval", "evaluation"),
}
_SHARD = re.compile(r"(?:.*/)?(\w[\w.-]*?)-\d{5}-of-\d{5}\b[^/]*")
_NUMBERED = re.compile(r"\d+\.parquet")  # of the Hub's conversions: SUBSET/SPLIT/0000.parquet


def choose_files(
    names: Iterable[str], subsets: Mapping[str, Subset], subset: str | None, split: str | None
) -> dict[str, list[str]]:
    """Split -> its files in order, of one subset.

    Args:
        names: Paths of the files that may hold photos, or tables of them.
        subsets: What the dataset's card says of them.
        subset: Which one is wanted; None takes the default, or the only one.
        split: Which split is wanted; None takes all.

    Raises:
        GalleryError: There is no such subset or split, or one has to be named.
    """
    names = sorted(names)
    chosen = _take(names, subsets or _converted(names), subset)
    splits = _declared(names, chosen) or _by_name([name for name in names if _lies_in(name, chosen.folder)])
    if split is None:
        return splits
    if split not in splits:
        raise GalleryError(f"There is no split {split!r}; name one of: {', '.join(splits)}.")
    return {split: splits[split]}


def split_of(name: str) -> str:
    """The split that a file belongs to by its name and its folders'; "train" if they say nothing."""
    if shard := _SHARD.fullmatch(name):
        return shard[1]
    path = PurePosixPath(name)
    if _NUMBERED.fullmatch(path.name) and path.parent.name:
        return path.parent.name.removeprefix("partial-")
    for word in reversed(re.split(r"[^A-Za-z]+", str(path.with_suffix("")).lower())):
        for split, words in SPLITS.items():
            if word in words:
                return split
    return "train"


def missing_shards(names: Iterable[str]) -> list[str]:
    """The shards of numbered sets, such as train-00001-of-00004.parquet, of which others are there."""
    there = set(names)
    missing = []
    for name in sorted(there):
        if found := re.fullmatch(r"(.*)-(\d{5})-of-(\d{5})(.*)", name):
            head, _, count, tail = found.groups()
            whole = (f"{head}-{number:05d}-of-{count}{tail}" for number in range(int(count)))
            missing += [shard for shard in whole if shard not in there and shard not in missing]
    return missing


def _take(names: list[str], subsets: Mapping[str, Subset], wanted: str | None) -> Subset:
    if wanted is not None:
        if wanted not in subsets:
            raise GalleryError(
                f"There is no subset {wanted!r}; name one of: {', '.join(subsets)}."
                if subsets
                else f"There are no subsets here, so none is called {wanted!r}; leave the subset out."
            )
        return subsets[wanted]
    usable = {name: subset for name, subset in subsets.items() if _declared(names, subset) or subset.folder}
    for name, subset in usable.items():
        if subset.is_default or name == "default" or len(usable) == 1:
            return subset
    if usable:
        raise GalleryError(f"There are several subsets; choose one with --subset: {', '.join(usable)}.")
    return Subset({})


def _declared(names: list[str], subset: Subset) -> dict[str, list[str]]:
    """The splits of a subset by the patterns that its card gives."""
    splits = {
        split: [name for name in names if any(_fits(name, subset.folder, pattern) for pattern in patterns)]
        for split, patterns in subset.files.items()
    }
    return {split: files for split, files in splits.items() if files}


def _by_name(names: list[str]) -> dict[str, list[str]]:
    splits: dict[str, list[str]] = {}
    for name in names:
        splits.setdefault(split_of(name), []).append(name)
    order = [*SPLITS, *sorted(splits.keys() - SPLITS.keys())]
    return {split: splits[split] for split in order if split in splits}


def _converted(names: list[str]) -> dict[str, Subset]:
    """The subsets of a branch that the Hub has converted to parquet, where folders tell."""
    paths = [PurePosixPath(name) for name in names if name.endswith(".parquet")]
    if not paths or not all(len(path.parts) == 3 and _NUMBERED.fullmatch(path.name) for path in paths):
        return {}
    return {folder: Subset({}, folder) for folder in sorted({path.parts[0] for path in paths})}


def _fits(name: str, folder: str, pattern: str) -> bool:
    pattern = "/".join(filter(None, (folder, pattern.removeprefix("./"))))
    pattern = pattern + "**" if pattern.endswith("/") else pattern
    anywhere = pattern.removeprefix("**/")  # it stands for no folder too
    return fnmatchcase(name, pattern) or (anywhere != pattern and fnmatchcase(name, anywhere))


def _lies_in(name: str, folder: str) -> bool:
    return not folder or name.startswith(f"{folder}/")
