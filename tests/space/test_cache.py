"""Where things are kept that can be had again: one variable moves all of it to a disk that stays."""

import os
import subprocess
import sys

import pytest

ASK = "from zsbir.folders import cache_home; from huggingface_hub.constants import HF_HUB_CACHE; "
ASK += "print(cache_home(), HF_HUB_CACHE, sep='\\n')"
DECIDING = ("ZSBIR_CACHE", "HF_HOME", "HF_HUB_CACHE", "HF_ASSETS_CACHE", "XDG_CACHE_HOME")


def ask(**variables):
    """Ask in a process of its own: the Hub's client reads its variables once."""
    kept = {name: value for name, value in os.environ.items() if name not in DECIDING}
    done = subprocess.run(
        [sys.executable, "-c", ASK], env=kept | variables, capture_output=True, text=True, check=True
    )
    return done.stdout.split("\n")[:2]


@pytest.mark.parametrize(
    ("variables", "ours", "downloads"),
    [
        (
            {"HOME": "/home/user"},
            "/home/user/.cache/huggingface/assets/zsbir",
            "/home/user/.cache/huggingface/hub",
        ),
        ({"HF_HOME": "/data/huggingface"}, "/data/huggingface/assets/zsbir", "/data/huggingface/hub"),
        ({"HF_HOME": "/data", "ZSBIR_CACHE": "/fast"}, "/fast", "/data/hub"),
        (
            {"HOME": "/home/user", "ZSBIR_CACHE": "~/kept"},
            "/home/user/kept",
            "/home/user/.cache/huggingface/hub",
        ),
    ],
)
def test_what_is_cached_lies_where_the_host_says(variables, ours, downloads):
    assert ask(**variables) == [ours, downloads]
