"""What all commands share, and those that only hand over: how they start, help and end."""

import io
import subprocess
import sys

import pytest

import zsbir
import zsbir.ui
from zsbir.cli import main


def test_demo_launches_the_page(monkeypatch):
    asked = {}
    monkeypatch.setattr(zsbir.ui, "launch", lambda **arguments: asked.update(arguments))
    assert main(["demo", "--gallery", "zoo", "--port", "8000", "--device", "cpu"]) == 0
    assert asked == {
        "gallery": "zoo",
        "host": None,
        "port": 8000,
        "device": "cpu",
        "share": None,
    }


def test_evaluate_hands_its_arguments_on(monkeypatch):
    import zsbir.evaluation.run

    monkeypatch.setattr(
        zsbir.evaluation.run, "main", lambda args: 0 if (args.data, args.json) == (["x.zip"], True) else 1
    )
    assert main(["evaluate", "x.zip", "--json"]) == 0


def test_ctrl_c_says_how_to_go_on(monkeypatch, capsys):
    def stop(**_):
        raise KeyboardInterrupt

    monkeypatch.setattr(zsbir.ui, "launch", stop)
    assert main(["demo"]) == 130
    assert capsys.readouterr().err == "\nStopped; run the same command again to go on.\n"


def test_a_reader_that_leaves_early_is_no_error(indexed, monkeypatch):
    class Closed(io.StringIO):
        def write(self, text):
            raise BrokenPipeError

        def fileno(self):
            raise OSError

    monkeypatch.setattr(sys, "stdout", Closed())
    assert main(["info", "--device", "cpu"]) == 0


@pytest.mark.parametrize("command", ["demo", "index", "search", "evaluate", "info"])
def test_every_command_explains_itself(command, capsys):
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    out = capsys.readouterr().out
    assert f"python -m zsbir {command}" in out
    for flag in ("--json", "--device", "--gallery", "--checkpoint"):
        assert flag in out


def test_the_module_runs_and_help_is_light():
    """In a process of its own, as people start it; help must not wait for torch."""
    code = (
        "import sys, runpy; sys.argv = ['zsbir', '--version']\n"
        "try: runpy.run_module('zsbir', run_name='__main__')\n"
        "except SystemExit as end: print(end.code, 'torch' in sys.modules, 'gradio' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    version, ending = answer.stdout.splitlines()
    assert version == f"zsbir {zsbir.__version__}"
    assert ending.split() == ["0", "False", "False"]
