"""A rival's output: python benchmarks/predictions.py trains a rival and writes how it tags the test part.

    python benchmarks/predictions.py --rival "NLTK perceptron" --output perceptron.conllu
    python -m postagger.evaluate --compare-predictions perceptron.conllu --output report

The rival learns from the corpus's training part, on one thread.
"""

import argparse
import sys
from pathlib import Path

from rivals import RIVALS, MissingRivalError

from postagger.data_prep.corpus import NAMED_CORPORA, load_corpus
from postagger.prediction import Prediction
from postagger.predictions import predictions_conllu


def main() -> int:
    """Train, tag, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rival", choices=list(RIVALS), default="NLTK perceptron", help="who is trained")
    parser.add_argument("--corpus", choices=list(NAMED_CORPORA), default="treebank", help="what it learns from")
    parser.add_argument("--output", type=Path, required=True, help="CoNLL-U file to write")
    options = parser.parse_args()
    corpus = load_corpus([options.corpus])
    try:
        trained = RIVALS[options.rival](corpus.train)
    except MissingRivalError as error:
        print(error, file=sys.stderr)
        return 2
    tags = trained.tag([sentence.tokens for sentence in corpus.test])
    text = predictions_conllu(corpus.test, [Prediction(row) for row in tags])
    options.output.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
