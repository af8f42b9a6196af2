"""What to do about a file that cannot be written."""

import errno

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def remedy(error: OSError) -> str:
    """The beginning of an advice."""
    return "make room" if error.errno in _FULL else "mend that"
