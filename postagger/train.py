"""python -m postagger.train: from a corpus to a model folder with its scores."""

import itertools
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from postagger.command_line import INTERRUPTED, command, note, parse_settings
from postagger.config import PARTS, PRESETS, CorpusConfig, TaggerConfig, part_from
from postagger.data_prep.corpus import Corpus, load_corpus
from postagger.errors import MissingCorpusError
from postagger.output_folder import check_output
from postagger.trainer import select_device

_EXAMPLES = 3
_CORPUS_SETTINGS = tuple(CorpusConfig.__dataclass_fields__)
_OPTIONS = ("config", "preset", "output", "force")


@command("train")
def run(arguments: Sequence[str]) -> int:
    """Read the settings, train, judge, save, print."""
    start = time.perf_counter()
    settings = parse_settings(
        arguments,
        program="train",
        usage="[--corpus NAME|FILE ...] [--preset NAME] [--output DIR] [SETTING ...]",
        description="Train a part-of-speech tagger and write a model folder.",
        parts=(CorpusConfig, *PARTS),
        presets=PRESETS,
        options=_add_options,
    )
    settings["corpus"] = tuple(settings["corpus"])
    corpus_config = part_from(CorpusConfig, settings)
    others = {name: value for name, value in settings.items() if name not in (*_CORPUS_SETTINGS, *_OPTIONS)}
    config = TaggerConfig.from_settings(others)
    select_device(config.training.device)
    force = settings["force"]
    if settings["output"] is not None:
        check_output(Path(settings["output"]), force=force)
    corpus = _load(corpus_config)
    output = (
        Path(settings["output"]) if settings["output"] is not None else _free(Path("trained") / Path(corpus.name).stem)
    )
    check_output(output, force=force)
    facts = asdict(corpus_config) | {"sources": list(corpus_config.corpus), "preset": settings["preset"]}
    del facts["corpus"]
    return _train(corpus, config, facts, output, force=force, start=start)


def _add_options(parser: Any) -> None:
    parser.add_argument("--output", type=str, default=None, help="model folder to write (default: trained/CORPUS)")
    parser.add_argument("--force", action="store_true", help="replace the model folder if it exists")


def _load(config: CorpusConfig) -> Corpus:
    try:
        return _read(config, config.corpus or ("treebank",))
    except MissingCorpusError:
        if config.corpus:
            raise
        note("The Penn Treebank sample is not on this machine and cannot be downloaded: training on the small sample.")
        return _read(config, ("sample",))


def _read(config: CorpusConfig, sources: tuple[str, ...]) -> Corpus:
    return load_corpus(
        sources,
        dev=config.dev,
        test=config.test,
        file_format=config.file_format,
        keep_traces=config.keep_traces,
    )


def _free(path: Path) -> Path:
    """The path, or where it is taken PATH-2, and so on."""
    numbered = (path.with_name(f"{path.name}-{number}") for number in itertools.count(2))
    return next(candidate for candidate in itertools.chain([path], numbered) if not candidate.exists())


def _train(
    corpus: Corpus, config: TaggerConfig, facts: dict[str, Any], output: Path, *, force: bool, start: float
) -> int:
    from postagger.evaluation import evaluate, text_report
    from postagger.tagger_training import train_tagger

    sizes = ", ".join(f"{len(corpus.part(split)):,} {split}" for split in ("train", "dev", "test"))
    note(f"{corpus.name}: {sizes} sentences; ready after {time.perf_counter() - start:.1f} s")
    tagger, result = train_tagger(corpus, config, facts=facts, show_progress=True)
    if result.interrupted:
        note("Interrupted: saving the best model so far.")
    split = "test" if corpus.test else "dev" if corpus.dev else "train"
    if split == "train":
        note("There is no test and no dev part: these scores are of the training sentences, and far too good.")
    evaluation = evaluate(tagger, corpus.part(split), corpus=corpus.name, split=split)
    print(text_report(evaluation))
    print(f"\nThe first sentences of {split}, as tagged:")
    for sentence in corpus.part(split)[:_EXAMPLES]:
        print("  " + " ".join(f"{token}/{tag}" for token, tag in tagger.tag(sentence.tokens)))
    sys.stdout.flush()
    if not force:
        output = _free(output)  # another run may have taken the place meanwhile; this one must not be lost
    tagger.save(output, evaluation=evaluation.to_dict(), history=result.history, force=force)
    print(f"\nSaved in {output} after {time.perf_counter() - start:.1f} s.")
    return INTERRUPTED if result.interrupted else 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
