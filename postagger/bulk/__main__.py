"""The command `python -m postagger.bulk`."""

import sys

from postagger.bulk import run

if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
