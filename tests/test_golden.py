"""The bundled backbone still computes what it computed when its index was made.

`python -m tests.test_golden` writes the golden file anew, after the weights were trained anew.
"""

import json
from pathlib import Path

import numpy as np

from zsbir.checkpoint import load_checkpoint
from zsbir.images import to_pixels
from zsbir.strokes import Drawing
from zsbir.ui.examples import examples

GOLDEN = Path(__file__).parent / "golden" / "zsbir-tiny.json"


def embed_examples():
    """Embed the page's example drawings with plain CLIP on the CPU."""
    drawn = examples()
    checkpoint = load_checkpoint("plain", device="cpu")
    method = checkpoint.method
    drawings = [Drawing.from_json({"width": 600, "height": 600, "strokes": e["strokes"]}) for e in drawn]
    pixels = to_pixels([drawing.render(method.preprocess.side) for drawing in drawings], method.preprocess)
    names = [example["name"] for example in drawn]
    return method.backbone.digest, dict(zip(names, method.embed_sketches(pixels).numpy(), strict=True))


def test_golden_embeddings():
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    digest, embeddings = embed_examples()
    assert digest == golden["digest"], "the weights changed: train, index, then python -m tests.test_golden"
    assert set(embeddings) == set(golden["embeddings"])
    for name, embedding in embeddings.items():
        expected = np.array(golden["embeddings"][name])
        assert np.abs(embedding - expected).max() < 2e-3, (
            f"{name}: off by {np.abs(embedding - expected).max():.4f}"
        )


def main():
    """Write the golden file."""
    digest, embeddings = embed_examples()
    rounded = {name: [round(float(value), 4) for value in vector] for name, vector in embeddings.items()}
    GOLDEN.parent.mkdir(exist_ok=True)
    GOLDEN.write_text(json.dumps({"digest": digest, "embeddings": rounded}) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
