"""Train the models that come with the package: python benchmarks/shipped_models.py --ewt FOLDER.

english-news learns from the treebank sample's 3000 training sentences, english-web from these and the train part of the
English Web Treebank, whose tags become the treebank's 45 (english_web.py). Both learn from raw text first, as --preset
accurate does. Each is judged on the treebank's test part; english-web on the English Web Treebank's dev part, too.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from english_web import read_english_web

from postagger.config import PRESETS, TaggerConfig
from postagger.data_prep.augmentation import RECASED, recase
from postagger.data_prep.corpus import Corpus, load_corpus
from postagger.data_prep.raw_sentences import load_raw_sentences
from postagger.data_prep.sentence import Sentence
from postagger.evaluation import evaluate
from postagger.pretrained import SHIPPED
from postagger.pretraining import pretrain
from postagger.tagger import Tagger
from postagger.tagger_training import train_tagger

PLACE = Path(__file__).parent.parent / "postagger" / "pretrained"


def main() -> int:
    """Train, judge, save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ewt", type=Path, help="folder of UD English EWT")
    parser.add_argument("--models", nargs="+", choices=SHIPPED, default=list(SHIPPED))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--output", type=Path, default=PLACE, help="folder that will hold them (default: the package's)"
    )
    options = parser.parse_args()
    treebank = load_corpus(["treebank"])
    judged: dict[str, Sequence[Sentence]] = {"treebank test": treebank.test}
    for name in options.models:
        train, test = treebank.train, treebank.test
        if name == "english-web":
            web = [read_english_web(options.ewt / f"en_ewt-ud-{part}.conllu") for part in ("train", "dev")]
            train, test = (*train, *web[0]), (*test, *web[1])
            judged["English Web Treebank dev"] = web[1]
        corpus = Corpus.from_parts("treebank" if name == "english-news" else "treebank+ewt", train, (), test)
        tagger = _train(corpus, options.seed)
        scores = {part: evaluate(tagger, sentences, corpus=part, split="test") for part, sentences in judged.items()}
        tagger.save(options.output / name, evaluation=scores["treebank test"].to_dict(), compact=True, force=True)
        print(json.dumps({"model": name, **{part: _summary(tagger, part, judged[part]) for part in judged}}, indent=1))
    return 0


def _train(corpus: Corpus, seed: int) -> Tagger:
    """As the train command does with --preset accurate --compact."""
    preset = PRESETS["accurate"]
    settings = {name: value for name, value in preset.items() if name in TaggerConfig.field_names()}
    config = TaggerConfig.from_settings({**settings, "seed": seed})
    start = time.perf_counter()
    raw = load_raw_sentences(preset["raw_text"], without=corpus.test)
    pretrained = pretrain([*raw, *(sentence.tokens for sentence in corpus.train)], config, show_progress=True)
    facts = {"raw_text": list(preset["raw_text"]), "preset": "accurate"}
    tagger, _ = train_tagger(corpus, config, pretrained=pretrained, facts=facts, show_progress=True)
    tagger.round_weights()
    print(f"{corpus.name}: {time.perf_counter() - start:.0f} s", file=sys.stderr)
    return tagger


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
