"""Datasets as the Hub has them: parquet files with pictures in their rows."""

import io
import json

from PIL import Image

IMAGE = {"_type": "Image"}
ANIMALS = {"_type": "ClassLabel", "names": ["tree frog, Hyla", "Sea Lion", "crane, bird", "crane, machine"]}


def picture(red, kind="PNG"):
    """The content of a picture that is like no other of another red."""
    content = io.BytesIO()
    Image.new("RGB", (8, 6), (red, 0, 0)).save(content, kind)
    return content.getvalue()


def cell(red, path=None, kind="PNG"):
    """A cell of a column of pictures, as the datasets library writes them."""
    return {"bytes": picture(red, kind), "path": path}


def write_parquet(path, columns, features=None):
    """Write a parquet file of these columns; `features` is what the datasets library notes about them."""
    import pyarrow
    import pyarrow.parquet

    table = pyarrow.table(columns)
    if features is not None:
        note = json.dumps({"info": {"features": features}})
        table = table.replace_schema_metadata({"huggingface": note})
    path.parent.mkdir(parents=True, exist_ok=True)
    pyarrow.parquet.write_table(table, path)
    return path


def write_animals(folder):
    """A dataset of seven rows in three shards of two splits, with class names."""
    labels = {
        "train-00000-of-00002": [0, 1],
        "train-00001-of-00002": [0, -1],
        "test-00000-of-00001": [1, 2, 3],
    }
    red = 0
    for name, numbers in labels.items():
        cells = [cell(red + number) for number in range(len(numbers))]
        red += len(numbers)
        write_parquet(
            folder / "data" / f"{name}.parquet",
            {"image": cells, "label": numbers},
            {"image": IMAGE, "label": ANIMALS},
        )
    return folder
