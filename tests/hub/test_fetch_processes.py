"""Troubles that leave something behind in the process that met them, so each has a process of its own."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.hub.server_trouble import Drip, Hang

WEIGHTS = "weights " * 1000
FETCH = """
import sys
import zsbir.hub.download
from zsbir.errors import HubError
from zsbir.hub import Layout, Reference, fetch
zsbir.hub.download.STALL_SECONDS = 0.5
try: fetch(Reference("user/repo"), Layout("a checkpoint", "config.json", ("*.safetensors",)))
except HubError as error: print(error)
assert not {"torch", "open_clip", "gradio"} & set(sys.modules)
"""
PATIENTLY = FETCH.replace("STALL_SECONDS = 0.5", "STALL_SECONDS = 30")  # for what shall come, however busy
WITHIN = 60  # seconds that the program is given, too few for a thread that is waited for


@pytest.fixture(autouse=True)
def repo(hub):
    repo = hub.model("user/repo")
    repo.commit({"config.json": "{}", "model.safetensors": WEIGHTS})
    return repo


@pytest.mark.parametrize("place", ["GET /api/models/user/repo$", "GET /api/models/user/repo/tree"])
def test_a_hub_that_hangs_before_anything_came(hub, machine, place):
    hub.misbehave(place, Hang())
    done = machine.python(FETCH, timeout=WITHIN, HF_HUB_ETAG_TIMEOUT="1")
    assert re.match("The Hub (said nothing for 1 s|does not answer, or stopped to,) when", done.out)
    assert done.status == 0, done.err


@pytest.mark.parametrize("trouble", [Hang(), Drip(piece=1, pause=0.05)])
def test_a_transfer_that_hangs_or_drips(hub, machine, trouble):
    """The thread that still waits for the network is left behind, and does not keep the program."""
    hub.misbehave("GET /storage", trouble)
    done = machine.python(FETCH, timeout=WITHIN)
    assert done.out.startswith("The Hub said nothing for 0.5 s when asked for user/repo. Where there is")
    assert done.status == 0, done.err
    assert not list(machine.home.rglob("config.json"))


SLOWLY = "import huggingface_hub.constants; huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE = 1000"
BUSY = 1.5  # seconds without news that a busy machine may need


def test_who_needs_the_same_file_waits_while_another_process_gets_on_with_it(hub, repo, machine):
    """The download takes twice as long as either process may hear nothing."""
    repo.commit({"model.safetensors": "weights " * 12_500})
    hub.misbehave("GET /storage", Drip(piece=5000, pause=0.15))
    with ThreadPoolExecutor(2) as pool:
        program = SLOWLY + FETCH.replace("STALL_SECONDS = 0.5", f"STALL_SECONDS = {BUSY}")
        both = list(pool.map(machine.python, [program] * 2))
    assert [(done.out, done.status) for done in both] == [("", 0)] * 2, both
    assert len(hub.asked("GET /storage")) == 1


NO_NAMES = """
import socket, threading
socket.getaddrinfo = lambda *_, **__: threading.Event().wait(60)
"""


def test_a_dead_name_server_is_not_waited_for(machine):
    done = machine.python(NO_NAMES + FETCH, HF_HUB_ETAG_TIMEOUT="1", HF_ENDPOINT="http://hub.invalid")
    assert done.out.startswith("The Hub said nothing for 1 s when asked for user/repo. Where there is")
    assert done.status == 0, done.err


FULL_DISK = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))  # a write beyond it fails as on a full disk
"""


def test_a_disk_that_is_full_meanwhile(machine):
    done = machine.python(FULL_DISK + PATIENTLY)
    assert done.out == (
        f"The disk of the cache {machine.home / 'hub'} is full (File too large) and does not take user/repo; "
        "free some space, or set HF_HOME to a folder on another disk.\n"
    ), done.err
    left = [path for path in machine.home.rglob("*") if path.is_file() and path.stat().st_size > 1000]
    assert not left
    assert machine.python(PATIENTLY).out == ""  # when there is room it comes
