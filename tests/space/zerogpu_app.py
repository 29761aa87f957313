"""`app.py` as ZeroGPU runs it, with the CPU in place of the GPU; run as a module.

`spaces` itself patches torch, asks for a GPU, forks and hands calls over. Left out is what takes CUDA: the
forked process neither starts it nor moves tensors there. A torch without CUDA is made to look otherwise.
"""

import runpy

import gradio  # noqa: F401 - first, as the page imports it
import torch


def _is_in_bad_fork() -> bool:
    return False


if torch.version.cuda is None:
    torch.version.cuda = "12.8"
    torch._C._cuda_init = None
    torch.cuda._is_in_bad_fork = _is_in_bad_fork

import spaces.zero.torch  # noqa: E402

spaces.zero.torch.init = lambda uuid: None
spaces.zero.torch.move = lambda callback=None: None

if __name__ == "__main__":
    runpy.run_path("app.py", run_name="__main__")
