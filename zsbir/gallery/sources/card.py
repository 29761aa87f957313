"""What a dataset's card, the YAML in front of its README.md, says about its files and columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

CARD = "README.md"


@dataclass(frozen=True)
class Subset:
    """One of the datasets that a repository holds ("config" in the card).

    Attributes:
        files: Split -> patterns of its files; empty if the card leaves that to their names.
        folder: Its files lie below; "" is the whole repository.
        is_default: Whether the card says so.
    """

    files: dict[str, list[str]]
    folder: str = ""
    is_default: bool = False


@dataclass(frozen=True)
class Card:
    """What is used of a card.

    Attributes:
        licence: As the card writes it, such as "cc-by-4.0"; several joined by commas; "" if it names none.
        subsets: By their names.
        labels: Column -> names of its classes.
        images: Columns that hold pictures.
    """

    licence: str = ""
    subsets: dict[str, Subset] = field(default_factory=dict)
    labels: dict[str, tuple[str, ...]] = field(default_factory=dict)
    images: tuple[str, ...] = ()


def read_card(text: str) -> Card:
    """Read a README; what is not understood is left out, since cards are written by hand."""
    front = _front_matter(text)
    features = list(_features(front.get("dataset_info")))
    return Card(
        licence=", ".join(str(each) for each in _listed(front.get("license"))),
        subsets=dict(_subsets(front.get("configs"))),
        labels={name: names for name, kind in features if (names := _class_names(kind))},
        images=tuple(name for name, kind in features if kind == "image"),
    )


def _front_matter(text: str) -> Mapping[str, Any]:
    import yaml  # huggingface_hub brings it

    parts = text.lstrip("\ufeff").split("---\n", 2)
    if len(parts) < 3 or parts[0].strip():
        return {}
    try:
        front = yaml.safe_load(parts[1])
    except yaml.YAMLError:
        return {}
    return front if isinstance(front, Mapping) else {}


def _subsets(configs: Any) -> Iterator[tuple[str, Subset]]:
    for config in _listed(configs):
        if isinstance(config, Mapping) and "config_name" in config:
            files = _patterns(config.get("data_files"))
            folder = str(config.get("data_dir") or "").strip("./")
            yield str(config["config_name"]), Subset(files, folder, bool(config.get("default")))


def _patterns(data_files: Any) -> dict[str, list[str]]:
    """Split -> patterns, in each of the forms that the Hub knows."""
    if isinstance(data_files, Mapping):
        return {str(split): [str(path) for path in _listed(paths)] for split, paths in data_files.items()}
    splits: dict[str, list[str]] = {}
    for entry in _listed(data_files):
        if isinstance(entry, Mapping):
            paths, split = _listed(entry.get("path")), str(entry.get("split", "train"))
        else:
            paths, split = [entry], "train"
        splits.setdefault(split, []).extend(map(str, paths))
    return splits


def _features(info: Any) -> Iterator[tuple[str, Any]]:
    """Column and type of each feature, of all subsets."""
    for about in _listed(info):
        for feature in _listed(about.get("features") if isinstance(about, Mapping) else None):
            if isinstance(feature, Mapping) and "name" in feature:
                yield str(feature["name"]), feature.get("dtype")


def _class_names(kind: Any) -> tuple[str, ...]:
    label = kind.get("class_label") if isinstance(kind, Mapping) else None
    names = label.get("names") if isinstance(label, Mapping) else None
    if isinstance(names, Mapping):  # by number, as text or not
        names = [names[number] for number in sorted(names, key=_by_number)]
    return tuple(map(str, names)) if isinstance(names, list) else ()


def _by_number(key: Any) -> tuple[int, str]:
    return len(str(key)), str(key)


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]
