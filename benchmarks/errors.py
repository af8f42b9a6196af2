"""Errors to read: python benchmarks/errors.py prints a hundred random errors on the treebank's test part.

Each line: number, gold and predicted tag, how sure the model was, how often the training part has the word with each of
the two tags, and the sentence around it. Behind them, the confusions by count.
"""

import argparse
import random
import sys
from collections import Counter

import postagger
from postagger.data_prep.corpus import load_corpus

WINDOW = 8


def main() -> int:
    """Tag the test part, draw, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="english-news", help="model folder, or a model that comes with the package")
    parser.add_argument("--count", type=int, default=100, help="errors to print")
    parser.add_argument("--seed", type=int, default=1, help="of the draw")
    options = parser.parse_args()
    corpus = load_corpus(["treebank"])
    seen = Counter(pair for sentence in corpus.train for pair in zip(sentence.tokens, sentence.tags, strict=True))
    predictions = postagger.load(options.model).predict([sentence.tokens for sentence in corpus.test])
    errors = []
    for sentence, prediction in zip(corpus.test, predictions, strict=True):
        rows = zip(sentence.tokens, sentence.tags, prediction.tags, prediction.confidences, strict=True)
        for place, (token, gold, predicted, confidence) in enumerate(rows):
            if gold != predicted:
                before, after = sentence.tokens[max(0, place - WINDOW) : place], sentence.tokens[place + 1 :][:WINDOW]
                text = " ".join((*before, f"[{token}]", *after))
                counts = f"{seen[token, gold]}:{seen[token, predicted]}"
                errors.append((gold, predicted, f"{gold}>{predicted} {confidence:.2f} {counts} {text}"))
    for number, (_, _, line) in enumerate(
        random.Random(options.seed).sample(errors, min(options.count, len(errors))), 1
    ):
        print(number, line)
    print(f"\n{len(errors)} errors")
    for (gold, predicted), count in Counter((gold, predicted) for gold, predicted, _ in errors).most_common(20):
        print(f"{count:4} {gold} > {predicted}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
