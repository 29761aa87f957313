"""The demo: draw, and photos follow. `python app.py` here, or a Hugging Face Space as it is.

The same as `python -m zsbir demo`, whose arguments it takes; the environment may set them too, see there.
"""

import sys

from zsbir.cli import main
from zsbir.cli.demo import page

if __name__ == "__main__":
    sys.exit(main(["demo", *sys.argv[1:]]))

demo = page()  # for `gradio app.py`, which serves it anew whenever a file changes
