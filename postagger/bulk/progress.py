"""How far a run has come, on standard error: a bar on a terminal, else a line now and then."""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator

from postagger.bulk.part import Finished
from postagger.command_line import note

_SECONDS = 30  # between two lines


@contextlib.contextmanager
def bulk_progress(num_parts: int, num_bytes: int) -> Iterator[Callable[[Finished], None]]:
    """What to tell of each finished part. num_parts, num_bytes: of all that is to be done."""
    tally = _Tally(num_parts, num_bytes)
    if not sys.stderr.isatty():
        yield tally.tell_lines
        return
    from tqdm import tqdm

    with tqdm(total=num_bytes, unit="B", unit_scale=True, leave=False, file=sys.stderr) as bar:

        def tell(finished: Finished) -> None:
            tally.add(finished)
            bar.set_postfix_str(tally.rates(), refresh=False)
            bar.update(finished.num_bytes)

        yield tell


class _Tally:
    """What has been done so far."""

    def __init__(self, num_parts: int, num_bytes: int) -> None:
        self._num_parts, self._num_bytes = num_parts, num_bytes
        self._begun = self._told = time.monotonic()
        self._parts = self._bytes = self._tokens = self._rejected = 0

    def add(self, finished: Finished) -> None:
        self._parts += 1
        self._bytes += finished.num_bytes
        self._tokens += finished.tokens
        self._rejected += finished.rejected

    def rates(self) -> str:
        """What a bar does not tell itself."""
        seconds = max(time.monotonic() - self._begun, 1e-9)
        return f"{self._tokens:,} tokens, {self._tokens / seconds:,.0f} tokens/s, {self._rejected:,} rejected"

    def tell_lines(self, finished: Finished) -> None:
        """As a line, if the last one is a while ago."""
        self.add(finished)
        now = time.monotonic()
        if now - self._told < _SECONDS:
            return
        self._told = now
        left = (now - self._begun) * (self._num_bytes - self._bytes) / max(self._bytes, 1)
        hours, minutes = divmod(round(left / 60), 60)
        note(f"{self._parts:,} of {self._num_parts:,} parts, {self.rates()}, {hours}:{minutes:02} hours left")
