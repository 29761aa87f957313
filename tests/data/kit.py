"""What the tests of the datasets share: a manifest, its pictures, a drawing."""

import io
import json

from PIL import Image

HEADER = "file,category,modality,instance,split,source,licence\n"
MANIFEST = HEADER + (
    "photo/car_(sedan)/a.png,car_(sedan),photo,a,seen_train,somewhere,CC0\n"
    "sketch/car_(sedan)/a-1.png,car_(sedan),sketch,a,seen_train,somewhere,CC0\n"
    "photo/mouse/m.png,mouse,photo,m,unseen_dev,somewhere,CC0\n"
)


def png(value: int = 0, side: int = 8) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (side, side), (value, value, value)).save(stream, "png")
    return stream.getvalue()


def quickdraw(word: str, x: int = 0) -> str:
    return json.dumps({"word": word, "drawing": [[[x, 10], [0, 20]]]})


PICTURES = {
    "photo/car_(sedan)/a.png": png(10),
    "sketch/car_(sedan)/a-1.png": png(20),
    "photo/mouse/m.png": png(30),
}
