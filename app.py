"""The demo: draw, and photos follow. `python app.py` here, or a Hugging Face Space as it is.

Settings come from the environment: ZSBIR_GALLERY, ZSBIR_CHECKPOINT, ZSBIR_DEVICE and ZSBIR_PRECISION, and
Gradio's own GRADIO_SERVER_NAME and GRADIO_SERVER_PORT. The model is loaded after the page is served.
"""

import os
import sys

from zsbir.errors import ZSBIRError
from zsbir.ui import build, bundled, serve

service = bundled(
    os.environ.get("ZSBIR_GALLERY", "everyday"),
    os.environ.get("ZSBIR_CHECKPOINT"),
    device=os.environ.get("ZSBIR_DEVICE", "auto"),
)
demo = build(service)

if __name__ == "__main__":
    try:
        serve(demo, service)
    except ZSBIRError as error:
        sys.exit(str(error))
