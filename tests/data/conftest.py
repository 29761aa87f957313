"""Datasets made of a few files."""

import zipfile

import pytest


@pytest.fixture
def make(tmp_path):
    """Write files (name -> bytes or text) as a zip or a folder; return its path."""

    def write(files: dict[str, bytes | str], as_zip: bool = True, name: str = "set"):
        data = {key: value.encode() if isinstance(value, str) else value for key, value in files.items()}
        if as_zip:
            path = tmp_path / f"{name}.zip"
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
                for key, value in data.items():
                    archive.writestr(key, value)
            return path
        for key, value in data.items():
            (tmp_path / name / key).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name / key).write_bytes(value)
        return tmp_path / name

    return write
