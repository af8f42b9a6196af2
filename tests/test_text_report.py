from postagger.data_prep.lexicon import Lexicon
from postagger.data_prep.sentence import Sentence
from postagger.evaluation import score, text_report

GOLD = [Sentence(("the", "dog", "runs", "home"), ("DT", "NN", "VBZ", "NN"))] * 300
PREDICTED = [["DT", "NN", "NNS", "NN"]] * 299 + [["DT", "JJ", "VBZ", "FW"]]


def test_the_whole_report() -> None:
    evaluation = score(
        GOLD, PREDICTED, lexicon=Lexicon({"the": "DT", "dog": "NN"}, "NN"), tagset=["NN"], corpus="dogs", split="test"
    )
    assert (
        text_report(evaluation)
        == """\
dogs test: 300 sentences, 1,200 tokens

  accuracy         0.7492   95 % interval 0.7239 to 0.7729
  known words      0.9983   600 tokens
  unknown words    0.5000   600 tokens not in the training text
  whole sentences  0.0000   every tag right
  macro F1         0.3342   mean of 6 tags
  baseline         0.7500   accuracy of the most frequent tag of each word

  Never seen in training, counted as errors: DT (300), VBZ (300)

  tag    precision  recall      F1  support  mistaken for
  NN        1.0000  0.9967  0.9983      600  FW 1, JJ 1
  DT        1.0000  1.0000  1.0000      300
  VBZ       1.0000  0.0033  0.0066      300  NNS 299
  FW        0.0000  0.0000  0.0000        0
  JJ        0.0000  0.0000  0.0000        0
  NNS       0.0000  0.0000  0.0000        0"""
    )


def test_it_fits_a_terminal_of_80_columns_with_large_counts() -> None:
    tags = ("NOUN-PROPER", "VERB-FINITE", "ADJECTIVES", "ADVERBS-X")
    gold = [Sentence(("w",) * 4, tags)] * 4000
    predicted = [tags[number % 4 :] + tags[: number % 4] for number in range(4000)]
    report = text_report(score(gold, predicted, tagset=["X"], corpus="a-corpus-with-a-name-" * 5, split="test"))
    assert "Never seen in training" in report
    assert max(map(len, report.splitlines())) <= 80
