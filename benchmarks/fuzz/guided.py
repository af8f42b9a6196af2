"""Inputs that lead where none has led before: python -m benchmarks.fuzz.guided --target conllu -max_total_time=60.

libFuzzer changes inputs and keeps those by which code is run that was not run before; it needs atheris (pip install
atheris), and takes its own options (-help=1). The targets and what must hold are those of python -m benchmarks.fuzz,
whose valid files it begins with. It ends at the first finding, and names the file to which it has written it.
"""

import argparse
import importlib
import importlib.util
import multiprocessing
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from random import Random

_BEGINNINGS = 200


def main(arguments: Sequence[str]) -> int:
    """Run until a finding, or as long as libFuzzer is told, in a process of its own, which it ends as it likes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--target", required=True, metavar="NAME", help="a target of python -m benchmarks.fuzz")
    options, others = parser.parse_known_args(arguments)
    if importlib.util.find_spec("atheris") is None:
        parser.error("expected atheris, got none; pip install atheris")
    with tempfile.TemporaryDirectory() as folder:
        process = multiprocessing.get_context("spawn").Process(
            target=_fuzz, args=(options.target, others, Path(folder))
        )
        process.start()
        process.join()
    return process.exitcode or 0


def _fuzz(name: str, options: Sequence[str], folder: Path) -> None:
    atheris = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["postagger"]):
        from .all_targets import all_targets
        from .small_tagger import small_tagger
    targets = all_targets(small_tagger(), folder)
    if name not in targets:
        raise SystemExit(f"--target: expected one of {', '.join(targets)}, got {name!r}")
    target, beginnings = targets[name], folder / "beginnings"
    beginnings.mkdir()
    for number in range(_BEGINNINGS):
        (beginnings / str(number)).write_bytes(target.make(Random(number)))

    def check(data: bytes) -> None:
        target.check(data)

    atheris.Setup([sys.argv[0], "-timeout=10", *options, str(beginnings)], check)
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
