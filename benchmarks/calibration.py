"""Temperatures: python benchmarks/calibration.py learns them on parts of the treebank's training sentences.

A preset is trained without one of three parts of 300 sentences (first, middle, last), which then teaches the
temperature. What that does is measured on the test part: the expected calibration error without a temperature, with the
learnt one, and with the preset's own --confidence-temperature, which is about the mean of the three. accurate learns
from raw text each time: ten minutes a row.
"""

import argparse
import sys
from statistics import mean

import torch

from postagger.calibration import calibrate
from postagger.config import PRESETS, TaggerConfig
from postagger.data_prep.corpus import Corpus, load_corpus
from postagger.evaluation import evaluate
from postagger.pretraining import pretrain_for
from postagger.tagger import Tagger
from postagger.tagger_training import train_tagger

HELD_OUT = 300


def main() -> int:
    """Train, learn the temperature, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--presets", nargs="+", choices=list(PRESETS), default=["fast", "default", "thorough"])
    parser.add_argument("--seed", type=int, default=1, help="of the training")
    options = parser.parse_args()
    torch.set_num_threads(1)
    treebank = load_corpus(["treebank"])
    middle = (len(treebank.train) - HELD_OUT) // 2
    starts = {"first": 0, "middle": middle, "last": len(treebank.train) - HELD_OUT}
    print("| preset | held out | temperature | error without | with | with the preset's |\n|---|---|---|---|---|---|")
    for preset in options.presets:
        settings = {name: value for name, value in PRESETS[preset].items() if name in TaggerConfig.field_names()}
        config = TaggerConfig.from_settings({**settings, "seed": options.seed})
        temperatures = []
        for name, start in starts.items():
            dev, train = treebank.train[start : start + HELD_OUT], list(treebank.train)
            del train[start : start + HELD_OUT]
            # dev stands by only, so that it chooses no epoch; the raw text must not have it.
            corpus = Corpus.from_parts("treebank", train, (), (*dev, *treebank.test))
            pretrained = pretrain_for(corpus, PRESETS[preset].get("raw_text", ()), config)
            tagger, _ = train_tagger(corpus, config, pretrained=pretrained)
            own = tagger.temperature
            calibrate(tagger, dev)
            temperatures.append(tagger.temperature)
            errors = [_error(tagger, value, treebank) for value in (1.0, temperatures[-1], own)]
            print(f"| {preset} | {name} | {temperatures[-1]:.2f} |", " | ".join(f"{one:.4f}" for one in errors), "|")
        print(f"| {preset} | mean | {mean(temperatures):.2f} | | | |", flush=True)
    return 0


def _error(tagger: Tagger, temperature: float, treebank: Corpus) -> float:
    tagger.facts["calibration"] = {"temperature": temperature, "from": "setting"}
    found = evaluate(tagger, treebank.test).reliability
    return found.expected_calibration_error if found is not None else float("nan")


if __name__ == "__main__":
    sys.exit(main())
