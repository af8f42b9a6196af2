"""How much of the files has been read, as a bar on standard error."""

import contextlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from postagger.arrivals import Tell


@contextlib.contextmanager
def reading_progress(paths: Sequence[Path | None]) -> Iterator[Tell | None]:
    """What to tell the bytes that were read; None where nobody could see a bar, or it would disturb.

    paths: None among them is standard input, of which nobody knows how much there will be. Without tqdm, which tagging
    does not need, there is no bar.
    """
    sizes = [path.stat().st_size if path is not None and path.is_file() else None for path in paths]
    known = [size for size in sizes if size is not None]
    if len(known) < len(sizes) or not sys.stderr.isatty() or sys.stdout.isatty():
        yield None
        return
    try:
        from tqdm import tqdm
    except ImportError:
        yield None
        return
    with tqdm(total=sum(known), unit="B", unit_scale=True, leave=False, file=sys.stderr) as bar:
        yield bar.update
