"""The shipped models: python benchmarks/shipped_models.py --ewt FOLDER makes english-web, then judges both.

english-news is made by the train command, as its card says. english-web learns from the same 3000 sentences of the
treebank and from the train part of the English Web Treebank, whose tags become the treebank's 45 (english_web.py), with
all else as --preset accurate has it. Both are judged on the treebank's test part and EWT's dev part.

--renew leaves the weights as they are, and writes what stands around them anew: the temperature of the confidences
(english-news: that of the preset; english-web: learnt on EWT's dev part), how often training had each word, and the
scores with their page, which quote no sentence.
"""

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from english_web import read_english_web

from postagger.calibration import calibrate
from postagger.config import PRESETS, ConfidenceConfig, TaggerConfig
from postagger.data_prep.augmentation import RECASED, recase
from postagger.data_prep.corpus import Corpus, load_corpus
from postagger.data_prep.lexicon import Lexicon
from postagger.data_prep.sentence import Sentence
from postagger.evaluation import evaluate
from postagger.evaluation.provenance import provenance
from postagger.evaluation.quotes import Quoting
from postagger.model_folder import read_history
from postagger.pretrained import SHIPPED
from postagger.pretraining import pretrain_for
from postagger.tagger import Tagger
from postagger.tagger_training import train_tagger
from postagger.training_result import EpochRecord

PLACE = Path(__file__).parent.parent / "postagger" / "pretrained"


def main() -> int:
    """Train, save, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ewt", type=Path, required=True, help="folder of UD English EWT")
    parser.add_argument("--judge", action="store_true", help="train nothing, judge the models as they are")
    parser.add_argument("--renew", action="store_true", help="train nothing, renew what stands around the weights")
    parser.add_argument("--seed", type=int, default=1, help="of the training")
    parser.add_argument("--output", type=Path, default=PLACE, help="folder of the models (default: the package's)")
    options = parser.parse_args()
    treebank = load_corpus(["treebank"])
    train, dev = (read_english_web(options.ewt / f"en_ewt-ud-{part}.conllu") for part in ("train", "dev"))
    both = Corpus.from_parts("treebank+ewt", (*treebank.train, *train), (), (*treebank.test, *dev))
    if not (options.judge or options.renew):
        tagger, history = _train(both, options.seed)
        calibrate(tagger, dev)
        _save(tagger, [asdict(record) for record in history], treebank, options.output / "english-web")
    if options.renew:
        _renew(options.output / "english-news", treebank.train, (), treebank)
        _renew(options.output / "english-web", both.train, dev, treebank)
    for name in SHIPPED:
        if (options.output / name).exists():
            tagger = Tagger.load(options.output / name)
            judged = {"treebank test": treebank.test, "English Web Treebank dev": dev}
            scores = {part: _summary(tagger, part, sentences) for part, sentences in judged.items()}
            print(json.dumps({"model": name, **scores}, indent=1))
    return 0


def _renew(path: Path, taught: Sequence[Sentence], dev: Sequence[Sentence], treebank: Corpus) -> None:
    """Give a model of an older version what today's training would have stored with it."""
    tagger, history, card = Tagger.load(path, device="cpu"), read_history(path), path / "card.md"
    preset = PRESETS["accurate"]["confidence_temperature"]
    tagger.config = replace(tagger.config, confidence=ConfidenceConfig(preset))
    tagger.lexicon = Lexicon.build(taught)
    calibrate(tagger, dev)
    text = card.read_text(encoding="utf-8")
    card.unlink()  # --force replaces a folder of model files only
    try:
        _save(tagger, history, treebank, path)
    finally:
        card.write_text(text, encoding="utf-8")


def _save(tagger: Tagger, history: Sequence[Mapping[str, Any]], treebank: Corpus, path: Path) -> None:
    """Save the model with its scores on the treebank's test part, which must not be quoted."""
    quoting = Quoting(0)
    scores = evaluate(tagger, treebank.test, corpus="treebank", split="test", name=path.name, quoting=quoting)
    command = ["python", "-m", "postagger.evaluate", "--model", path.name, "--quote", "0"]
    facts = provenance(
        tagger.facts, tagger.config.to_dict(), treebank.test, command=command, corpus="treebank", split="test"
    )
    scores = replace(scores, history=history, provenance=facts)
    tagger.save(path, evaluation=scores.to_dict(), history=history, report=scores.to_html(), compact=True, force=True)


def _train(corpus: Corpus, seed: int) -> tuple[Tagger, list[EpochRecord]]:
    """As the train command does with --preset accurate --compact."""
    preset = PRESETS["accurate"]
    settings = {name: value for name, value in preset.items() if name in TaggerConfig.field_names()}
    config = TaggerConfig.from_settings({**settings, "seed": seed})
    start = time.perf_counter()
    pretrained = pretrain_for(corpus, preset["raw_text"], config, show_progress=True)
    facts = {"raw_text": list(preset["raw_text"]), "preset": "accurate"}
    tagger, result = train_tagger(corpus, config, pretrained=pretrained, facts=facts, show_progress=True)
    tagger.round_weights()
    print(f"{corpus.name}: {time.perf_counter() - start:.0f} s", file=sys.stderr)
    return tagger, result.history


def _summary(tagger: Tagger, part: str, sentences: Sequence[Sentence]) -> dict[str, float]:
    """Accuracy as it is written and in each other case, on known and on unknown words."""
    plain = evaluate(tagger, sentences, corpus=part, split="test")
    scores = {"accuracy": plain.accuracy, "known": plain.accuracy_known, "unknown": plain.accuracy_unknown}
    for case in RECASED:
        changed = [Sentence(recase(sentence.tokens, case), sentence.tags) for sentence in sentences]
        scores[case] = evaluate(tagger, changed, corpus=part, split="test").accuracy
    return {name: round(score or 0.0, 4) for name, score in scores.items()}


if __name__ == "__main__":
    sys.exit(main())
