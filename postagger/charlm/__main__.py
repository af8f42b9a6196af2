"""The command `python -m postagger.charlm`."""

import sys

from postagger.charlm import run

if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
