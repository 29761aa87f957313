"""README keeps its word: commands, Python, front matter, the table of checkpoints."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_the_front_matter_is_what_a_space_needs():
    front = README.split("---")[1]
    fields = dict(re.findall(r"^(\w+): *(.+)$", front, re.MULTILINE))
    assert fields["sdk"] == "gradio"
    assert (ROOT / fields["app_file"]).is_file()
    lowest = re.search(r"gradio>=([\d.]+)", (ROOT / "requirements.txt").read_text())[1]
    assert tuple(map(int, fields["sdk_version"].split("."))) >= tuple(map(int, lowest.split(".")))


def test_the_two_commands_stand_there_as_promised():
    assert "pip install -r requirements.txt && python app.py" in README
    assert "pip install -r requirements.txt && python -m pytest" in README


def test_the_python_lines_run_and_find_something(capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    snippets = blocks("python")
    assert snippets
    for snippet in snippets:
        exec(compile(snippet, "README.md", "exec"), {})
    assert len(capsys.readouterr().out.splitlines()) >= 3


def test_every_checkpoint_of_the_table_is_on_disk():
    named = re.findall(r"^\| `([\w-]+)` \|", README, re.MULTILINE)
    assert {"plain", "zsbir-tiny"} <= set(named)
    for name in named:
        assert (ROOT / "checkpoints" / name).is_dir(), name


def test_every_picture_and_local_link_exists():
    targets = re.findall(r"\]\((?!https?:|#)([^)]+)\)", README)
    assert targets
    for target in targets:
        assert (ROOT / target).exists(), target


WRITTEN = [
    *(path for part in ("zsbir", "tests") for path in (ROOT / part).rglob("*.py")),
    *(path for pattern in ("*.md", "checkpoints/*/*.md", "gallery/*.md") for path in ROOT.glob(pattern)),
    *(ROOT / name for name in ("app.py", ".ci/run")),
]


@pytest.mark.parametrize("path", sorted(WRITTEN), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_machine_path_is_written_down(path):
    """Nothing here may depend on where the authors' machine keeps its files."""
    forbidden = "/wo" + "rk/", "/ro" + "ot/"
    assert not any(word in path.read_text(encoding="utf-8") for word in forbidden)


def test_the_client_finds_photos(address, capsys):
    """The page is not at the address that README names, so the test names its own."""
    (snippet,) = blocks("py")
    exec(compile(snippet.replace("http://127.0.0.1:7860", address), "README.md", "exec"), {})
    assert len(capsys.readouterr().out.splitlines()[-1].split(",")) == 5
