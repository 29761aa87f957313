"""What the tests of explanations share: retrievers of untrained methods, and the slow way to a score."""

from tests.fake_checkpoint import FakeCheckpoint
from zsbir.images import open_image, to_pixels
from zsbir.index import PhotoIndex, build_index
from zsbir.retriever import Retriever

NAMES = [
    *("plain", "clip-at-category", "clip-at-fine-grained", "splip-category", "dp-clip-fine-grained"),
    *("deep-dual-category", "deep-dual-fine-grained", "linear-probe-category", "full-finetune-category"),
]


def retriever_of(gallery, method, path, guide=None):
    """Index a gallery for a method, and open both."""
    checkpoint = FakeCheckpoint(path, path.name, method, "sha256:" + path.name, method.modes)
    build_index(gallery, checkpoint, progress=False)
    return Retriever(gallery, checkpoint, PhotoIndex.load(gallery, checkpoint), guide)


def cosine(retriever, image, photo):
    """Embed a picture of a sketch and a photo, each alone, under the photo's category; compare."""
    method = retriever.checkpoint.method
    category = photo.category if method.needs_category else None
    retriever.teach(category)
    sketch = method.embed_sketches(to_pixels(image, method.preprocess), category)[0]
    shown = open_image(retriever.gallery.path(photo))
    return float(sketch @ method.embed_photos(to_pixels(shown, method.preprocess), category)[0])
