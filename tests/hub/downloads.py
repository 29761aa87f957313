"""Downloads by the real client, several in one process."""

from __future__ import annotations

import json

PROGRAM = """
import json, sys
from pathlib import Path
from huggingface_hub import hf_hub_download
for case in json.loads(sys.argv[1]):
    try:
        path = Path(hf_hub_download(**case))
        print(json.dumps({"content": path.read_text(), "commit": path.parts[-2]}))
    except Exception as error:
        print(json.dumps({"error": type(error).__name__, "caused": type(error.__cause__).__name__}))
"""


def download(machine, *cases, **variables):
    """Download files one after the other; return for each its content and commit, or the client's error.

    Args:
        machine: A `tests.hub.machine.Machine`.
        cases: Each ("user/repo", file, revision) or with a token behind.
        variables: Further environment variables.
    """
    names = ("repo_id", "filename", "revision", "token")
    asked = [dict(zip(names, case, strict=False)) for case in cases]
    done = machine.python(PROGRAM, json.dumps(asked), **variables)
    return [json.loads(line) for line in done.out.splitlines()]
