"""Standard input, where there is one."""

import sys
from typing import BinaryIO

from postagger.errors import CorpusError


def standard_input() -> BinaryIO:
    """The bytes of standard input.

    Raises:
        CorpusError: it is closed.
    """
    if sys.stdin is None:
        raise CorpusError("expected text from standard input, got a closed one; name a file, or open it")
    return sys.stdin.buffer
