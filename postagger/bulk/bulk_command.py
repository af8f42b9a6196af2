"""The command bulk: find out what there is to do, hand it to an engine, note what is finished."""

import contextlib
import hashlib
import importlib
import os
import signal
import time
from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from postagger.argument_types import number, whole_number
from postagger.bulk.input_files import InputFile, input_files
from postagger.bulk.ledger import Ledger, Noted, check_names, finished_parts, noted_parts
from postagger.bulk.output import made_output, model_hash, open_output, remove_leftovers
from postagger.bulk.part import REJECTED, Finished, Part
from postagger.bulk.planning import plan, to_read_through
from postagger.bulk.progress import bulk_progress
from postagger.command_line import Parser, add_model_arguments, command, note
from postagger.data_prep.tag_mapping import TAGSETS
from postagger.errors import ConfigError
from postagger.folder_lock import locked
from postagger.interrupts import ALL_SIGNALS, Interrupted
from postagger.pretrained import SHIPPED, model_path

if TYPE_CHECKING:
    from postagger.bulk.job import Job

FORMAT_VERSION = 1
_ENGINES = ("local", "ray", "spark")
_MEGABYTE, _GIGABYTE = 10**6, 10**9
_MOST_WORKERS = 100_000
_EXAMPLES = """examples:
  postagger bulk --input 'corpus/**/*.txt' --output tagged
  postagger bulk --input 'crawl/*.jsonl' --column content --id url --output tagged --workers 8
  postagger bulk --input 'tables/*.parquet' --output tagged --engine ray
"""


@command("bulk")
def run(arguments: Sequence[str]) -> int:
    """Plan, tag, tell."""
    options = parser().parse_args(arguments)
    engine = _engine(options.engine)
    output = Path(options.output).absolute()
    files = input_files(options.input, options.input_format, output)
    if options.id is not None and any(file.format == "text" for file in files):
        raise ConfigError("--id: expected rows with fields, got lines of text; leave it out: their ids are NAME:LINE")
    job = _job(options, output)
    with made_output(output), locked(output):
        parts = _planned(files, options)
        open_output(output, _settings(options), {file.name for file in files}, force=options.force)
        noted = noted_parts(output)
        finished = _finished(parts, job, noted)
        remove_leftovers(output, parts)
        begun, old = time.monotonic(), len(finished)
        _tag(engine, [part for part in parts if part.stem not in finished], job, noted, finished)
        _tell(parts, finished, old, time.monotonic() - begun, output)
    return 0


def parser() -> Parser:
    """The options."""
    parser = Parser(prog="postagger bulk", description="Tag corpora of any size, file by file.", epilog=_EXAMPLES)
    parser.add_argument(
        "--input", nargs="+", required=True, metavar="GLOB", help="files to tag; ** is any folder below"
    )
    parser.add_argument("--output", required=True, metavar="DIR", help="folder to write, or to go on with")
    parser.add_argument(
        "--engine",
        choices=_ENGINES,
        default="local",
        help="who tags: worker processes of this machine, Ray, or Spark (default: local)",
    )
    workers = whole_number(1, _MOST_WORKERS)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    parser.add_argument(
        "--workers", type=workers, default=cores, help="processes that tag (default: one for each core)"
    )
    _add_formats(parser)
    add_model_arguments(parser, shipped=SHIPPED, threads=False)
    parser.add_argument(
        "--tagset",
        default="ptb",
        metavar="NAME|FILE",
        help="tags to write: ptb, the model's own; universal; ud; or a file that maps them (default: ptb)",
    )
    parser.add_argument("--confidence", action="store_true", help="write the probability of each tag, too")
    parser.add_argument(
        "--precision",
        choices=["float32", "bfloat16"],
        default="float32",
        help="number format of products on a CPU (default: float32)",
    )
    parser.add_argument("--force", action="store_true", help="throw away what an earlier run has left in the folder")
    return parser


def _add_formats(parser: Parser) -> None:
    parser.add_argument(
        "--input-format",
        choices=["text", "jsonl", "parquet", "conllu"],
        help="lines of text, JSON lines, Parquet or CoNLL-U (default: by the end of each name)",
    )
    parser.add_argument(
        "--output-format",
        choices=["parquet", "jsonl", "conllu"],
        default="parquet",
        help="Parquet, JSON lines or CoNLL-U (default: parquet)",
    )
    parser.add_argument(
        "--column", default="text", help="field or column of the text, or of lists of tokens (default: text)"
    )
    parser.add_argument("--id", help="field or column that names a row (default: its file and number)")
    parser.add_argument("--tokenized", action="store_true", help="a text is the tokens of one sentence, between spaces")
    parser.add_argument(
        "--part-size",
        type=number(0.0001, 100_000),
        default=8,
        metavar="MB",
        help="larger files are tagged in parts of so many megabytes (default: 8)",
    )


def _engine(name: str) -> Any:
    """The module of an engine, whose tag_parts does the work."""
    import postagger.integrations.arrow  # noqa: F401 - which says what to install, where that is missing

    return importlib.import_module(f"postagger.bulk.{name}_engine")


def _planned(files: Sequence[InputFile], options: Namespace) -> list[Part]:
    """The parts of files; where finding them takes a while, it is told what takes it."""
    part_size = round(options.part_size * _MEGABYTE)
    sizes = to_read_through(files, part_size)
    if sum(sizes) >= _GIGABYTE:
        note(f"looking for the parts of {len(sizes):,} files, {sum(sizes) / _GIGABYTE:,.1f} GB")
    return list(plan(files, part_size, options.column, options.id))


def _job(options: Namespace, output: Path) -> "Job":
    """What the engine is told; a model that cannot be used is missed here, and not by each worker."""
    from postagger.bulk.job import Job
    from postagger.network_weights import check_device
    from postagger.scoring.bfloat16 import check_bfloat16
    from postagger.tagged_sentences import tag_field_of
    from postagger.tagger import Tagger

    if options.engine == "local":  # other machines may have others
        check_device(options.device)
        if options.precision == "bfloat16":
            check_bfloat16()
    tagset = str(Path(options.tagset).absolute()) if _is_file(options.tagset) else options.tagset
    tagger = Tagger.load(model_path(options.model), device="cpu").with_tags(tagset=tagset)
    return Job(
        output=str(output),
        model=options.model if options.model in SHIPPED else str(Path(options.model).absolute()),
        tagset=tagset,
        confidence=options.confidence,
        device=options.device,
        precision=options.precision,
        column=options.column,
        id_column=options.id,
        tokenized=options.tokenized,
        output_format=options.output_format,
        tag_field=tag_field_of(tagger, tagset),
        workers=options.workers,
    )


def _is_file(tagset: str) -> bool:
    """Whether a tagset is a file, and no name of one."""
    return tagset not in TAGSETS and os.path.isfile(tagset)  # noqa: PTH113 - which no text is too long for


def _settings(options: Namespace) -> dict[str, Any]:
    """What decides the output."""
    tagset = options.tagset
    if _is_file(tagset):
        tagset = "SHA-256 " + hashlib.sha256(Path(tagset).read_bytes()).hexdigest()
    return {
        "format_version": FORMAT_VERSION,
        "model": model_hash(options.model),
        "tagset": tagset,
        "input_format": options.input_format,
        "output_format": options.output_format,
        "column": options.column,
        "id": options.id,
        "tokenized": options.tokenized,
        "confidence": options.confidence,
        "precision": options.precision,
        "part_size": options.part_size,
    }


def _finished(parts: Sequence[Part], job: "Job", noted: Noted) -> dict[str, Finished]:
    """The parts that are finished, by their stems: noted, with their files."""
    if others := check_names(Path(job.output), noted, parts):
        note(
            f"{others:,} files of earlier runs are no input of this one; what came of them stays in {job.output}, "
            f"unless --force begins anew"
        )
    finished = finished_parts(noted, parts)
    return {
        part.stem: finished[part.stem]
        for part in parts
        if part.stem in finished
        and job.output_file(part).exists()
        and (not finished[part.stem].rejected or job.rejected_file(part).exists())
    }


def _tag(engine: Any, parts: Sequence[Part], job: "Job", noted: Noted, finished: dict[str, Finished]) -> None:
    """Have parts tagged, and note each that is finished. noted: before."""
    if not parts:
        return
    stems = {(part.name, part.number): part.stem for part in parts}
    try:
        with (
            _interrupted_by_signals(),
            Ledger(Path(job.output)) as ledger,
            bulk_progress(len(parts), sum(part.num_bytes for part in parts)) as tell,
            contextlib.closing(engine.tag_parts(parts, job)) as done,
        ):
            for key in filter(noted.__contains__, stems):
                ledger.note(noted[key].outdated())  # in case this is killed, and the file comes back as it was then
            for one in done:
                ledger.note(one)
                finished[stems[one.name, one.number]] = one
                tell(one)
    except BaseException as error:
        with contextlib.suppress(OSError):  # then the next run does it
            remove_leftovers(Path(job.output), ())  # of who was ended in the middle
        if not isinstance(error, KeyboardInterrupt):
            raise
        left = len(stems.keys() - {(one.name, one.number) for one in finished.values()})
        note(f"{len(finished):,} parts are finished, {left:,} are not; the same command goes on with these")
        raise


@contextlib.contextmanager
def _interrupted_by_signals() -> Iterator[None]:
    """Let signals that end a process do so as Ctrl-C does, unless somebody else has a use for them."""

    def interrupt(signal_number: int, frame: FrameType | None) -> None:
        raise Interrupted(signal_number)

    ours = [one for one in ALL_SIGNALS if signal.getsignal(one) is signal.SIG_DFL]
    for one in ours:
        signal.signal(one, interrupt)
    try:
        yield
    finally:
        for one in ours:
            signal.signal(one, signal.SIG_DFL)


def _tell(parts: Sequence[Part], finished: dict[str, Finished], old: int, seconds: float, output: Path) -> None:
    """The summary."""
    rows = sum(one.rows for one in finished.values())
    tokens = sum(one.tokens for one in finished.values())
    rejected = sum(one.rejected for one in finished.values())
    print(f"{tokens:,} tokens of {rows:,} rows in {len(parts):,} parts: {output}")
    if old:
        print(f"{old:,} of these parts were finished before")
    if old < len(parts):
        new = sum(one.tokens for one in list(finished.values())[old:])
        print(f"{seconds:,.1f} seconds, {new / max(seconds, 1e-9):,.0f} tokens per second")
    if rejected:
        print(f"rows that could not be tagged: {rejected:,}, see {output / REJECTED}")
