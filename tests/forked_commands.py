"""Real runs of the command line, quickly: one process imports everything once, and each run is a copy of it.

A copy has its own working folder, environment, standard streams and exit code, as a fresh process would. Linux only.
"""

import contextlib
import ctypes
import gc
import importlib
import io
import json
import os
import pkgutil
import select
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

CLOSED, NOBODY_READS = "&-", "|"
"""What standard output can be instead of a file: closed, or a pipe whose reader has gone."""
_SECONDS = 20
# All memory from malloc, and there in large pages: a process of fewer pages is copied in half the time.
_LARGE_PAGES = {"PYTHONMALLOC": "malloc", "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
_NOT_NEEDED = ("matplotlib", "pandas")
_VARIABLES_OF_THE_MACHINE = (
    "PATH",
    "LANG",
    "LC_ALL",
    "LD_LIBRARY_PATH",
    "OMP_NUM_THREADS",
    "VIRTUAL_ENV",
    "PYTHONPATH",
)


@dataclass(frozen=True)
class Ran:
    """What a run left behind. code: its exit code; a negative one is that of a signal."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Running:
    """A run that goes on. out, err: the files its streams go to."""

    pid: int
    out: Path
    err: Path


class ForkedCommands:
    """The process that is copied. Use forked_commands()."""

    def __init__(self, process: "subprocess.Popen[str]", streams: Path) -> None:
        self._process, self._streams, self._count = process, streams, 0

    def start(
        self,
        arguments: Sequence[str],
        folder: Path,
        *,
        stdin: str = os.devnull,
        stdout: str | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> Running:
        """Begin `postagger ARGUMENTS` in a folder.

        stdin: a file, or CLOSED. stdout: another file than the one that is read, CLOSED, or NOBODY_READS. environment:
        variables beside the few that every run has. It may read what it may, though it be root.
        """
        self._count += 1
        out, err = (self._streams / f"{self._count}.{name}" for name in ("out", "err"))
        out.touch()
        asked = {
            "arguments": list(arguments),
            "folder": str(folder),
            "environment": dict(environment or {}),
            "streams": [stdin, stdout or str(out), str(err)],
        }
        return Running(int(self._ask({"start": asked})), out, err)

    def end(self, running: Running, *, seconds: float = _SECONDS) -> Ran:
        """Wait for its end; after so many seconds it is killed."""
        code = int(self._ask({"wait": running.pid, "seconds": seconds}))
        out, err = (path.read_bytes().decode("utf-8", "surrogateescape") for path in (running.out, running.err))
        return Ran(code, out, err)

    def stop(self, running: Running) -> Ran:
        """Ask it to stop, and wait for that."""
        os.kill(running.pid, signal.SIGTERM)
        return self.end(running)

    def run(self, arguments: Sequence[str], folder: Path, **streams: Any) -> Ran:
        """Both of these."""
        return self.end(self.start(arguments, folder, **streams))

    def _ask(self, request: Mapping[str, object]) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline()


@contextmanager
def forked_commands(environment: Mapping[str, str]) -> Iterator[ForkedCommands]:
    """Start the process that is copied. environment: what each run has beside the variables of the machine."""
    kept = {name: os.environ[name] for name in _VARIABLES_OF_THE_MACHINE if name in os.environ}
    with tempfile.TemporaryDirectory() as streams:
        process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**kept, **_LARGE_PAGES, **environment},
        )
        try:
            yield ForkedCommands(process, Path(streams))
        finally:
            process.communicate()


def main() -> None:
    """Be that process: read requests, answer with process ids and exit codes."""
    _import_all()
    for line in iter(sys.stdin.readline, ""):
        request = json.loads(line)
        print(_started(request["start"]) if "start" in request else _ended(**request), flush=True)


def _import_all() -> None:
    """Whatever a command imports; but no thread may be running when the process is copied."""
    # Without what NLTK would only look for, and each copy would cost twice the time.
    sys.modules |= dict.fromkeys(_NOT_NEEDED)  # type: ignore[arg-type]
    import nltk.corpus  # noqa: F401

    for name in _NOT_NEEDED:
        del sys.modules[name]

    import onnxruntime  # noqa: F401
    import uvicorn.protocols.http.h11_impl  # noqa: F401

    import postagger

    for module in pkgutil.walk_packages(postagger.__path__, "postagger."):
        if not module.name.startswith("postagger.integrations") and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    with contextlib.redirect_stderr(io.StringIO()):
        postagger.train.run(["--cell", "none"])  # the first flags that jsonargparse reads take a while
    gc.collect()
    gc.freeze()  # else each copy would copy what it looks at


def _started(asked: Mapping[str, Any]) -> int:
    pid = os.fork()
    if pid == 0:
        code = 70
        try:
            code = _run(asked)
        except BaseException:  # of this file, not of the command
            traceback.print_exc()
        finally:
            os._exit(code)
    return pid


def _ended(wait: int, seconds: float) -> int:
    """The exit code of a copy, which is killed if it takes too long."""
    descriptor = os.pidfd_open(wait)
    if not select.select([descriptor], [], [], seconds)[0]:
        os.kill(wait, signal.SIGKILL)
    os.close(descriptor)
    return os.waitstatus_to_exitcode(os.waitpid(wait, 0)[1])


def _run(asked: Mapping[str, Any]) -> int:
    """In the copy: be a fresh process, run the command, end as Python does."""
    _open_streams(*asked["streams"])
    os.chdir(asked["folder"])
    os.environ.update(asked["environment"])
    _wrap_streams()
    _drop_privileges()
    sys.argv = ["postagger", *map(os.fsdecode, map(os.fsencode, asked["arguments"]))]
    from postagger.__main__ import main as command

    try:
        code = command()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        code = 1
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except (OSError, ValueError):
        print("Exception ignored in: <stdout>", file=sys.stderr)
        code = 120
    return code


def _open_streams(stdin: str, stdout: str, stderr: str) -> None:
    """The descriptors 0, 1 and 2 as a shell sets them up."""
    os.dup2(os.open(stderr, os.O_WRONLY | os.O_CREAT), 2)
    if stdout == NOBODY_READS:
        reader, writer = os.pipe()
        os.close(reader)
        os.dup2(writer, 1)
    elif stdout != CLOSED:
        os.dup2(os.open(stdout, os.O_WRONLY), 1)
    if stdin != CLOSED:
        os.dup2(os.open(stdin, os.O_RDONLY), 0)
    for number, name in ((0, stdin), (1, stdout)):
        if name == CLOSED:
            os.close(number)


def _wrap_streams() -> None:
    """sys.stdin, sys.stdout and sys.stderr as Python makes them of the descriptors."""
    encoding = os.environ.get("PYTHONIOENCODING", "utf-8")
    sys.stdin, sys.stdout = _text_stream(0, "rb", encoding), _text_stream(1, "wb", encoding)
    sys.stderr = io.TextIOWrapper(open(2, "wb", 0), encoding, "backslashreplace", write_through=True)  # noqa: SIM115


def _text_stream(number: int, mode: str, encoding: str) -> IO[str] | None:
    try:
        return io.TextIOWrapper(open(number, mode), encoding, "strict")
    except OSError:  # it is closed
        return None


def _drop_privileges() -> None:
    """Root may do no more than others: read and write only what the permissions of files allow."""
    if os.geteuid() == 0:
        version_3_of_this_process, none = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
        if ctypes.CDLL(None, use_errno=True).capset(version_3_of_this_process, none) != 0:
            raise OSError(ctypes.get_errno(), "capset")


if __name__ == "__main__":
    main()
