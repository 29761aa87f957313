"""torchvision beside a CPU torch, in processes of their own because an import happens once."""

import subprocess
import sys
import textwrap


def run(code):
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", textwrap.dedent(code)], capture_output=True, text=True
    )


def test_torchvision_imports_and_transforms_work():
    done = run("""
        from zsbir.backbone.torchvision_shim import import_torchvision
        import_torchvision()
        import_torchvision()
        import torch, torchvision
        print(tuple(torchvision.transforms.functional.resize(torch.zeros(3, 8, 8), [4, 4]).shape))
    """)
    assert done.stdout.strip() == "(3, 4, 4)", done.stderr


def test_nothing_is_declared_when_the_plain_import_works():
    done = run("""
        import sys, types
        sys.modules["torchvision"] = types.ModuleType("torchvision")
        from zsbir.backbone import torchvision_shim
        torchvision_shim.import_torchvision()
        print(torchvision_shim._library)
    """)
    assert done.stdout.strip() == "None", done.stderr


def test_other_failures_are_not_hidden():
    done = run("""
        import importlib
        from zsbir.backbone import torchvision_shim
        def broken(name):
            raise RuntimeError("something else")
        importlib.import_module = broken
        try:
            torchvision_shim.import_torchvision()
        except RuntimeError as error:
            print(error)
    """)
    assert done.stdout.strip() == "something else", done.stderr
