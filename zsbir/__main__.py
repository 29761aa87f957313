"""`python -m zsbir`."""

import sys

from zsbir.cli import main

if __name__ == "__main__":
    sys.exit(main())
