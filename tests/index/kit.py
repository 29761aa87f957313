"""What the tests of the index share: building quietly, and the slow obvious twins."""

from zsbir.images import open_image, to_pixels
from zsbir.index import build_index

REBUILD = "python -m zsbir index --gallery zoo --checkpoint "


def build(gallery, checkpoint, batch=2):
    return build_index(gallery, checkpoint, batch=batch, progress=False)


def embedding(path, checkpoint, category=None):
    pixels = to_pixels(open_image(path), checkpoint.method.preprocess)
    return checkpoint.method.embed_sketches(pixels, category)[0].numpy()


def slow_search(gallery, checkpoint, query, category=None):
    """Every photo opened, embedded alone, compared and sorted."""
    photos = [photo for photo in gallery.photos if category in (None, photo.category)]
    scores = [float(embedding(gallery.path(photo), checkpoint) @ query) for photo in photos]
    order = sorted(range(len(photos)), key=lambda i: -scores[i])
    return [photos[i].id for i in order], [scores[i] for i in order]
