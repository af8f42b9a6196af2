"""Gold and predicted tags in, scores and reports out."""

from postagger.evaluation.comparison import compare
from postagger.evaluation.scores import Evaluation, evaluate, score
from postagger.evaluation.text_report import text_report

__all__ = ["Evaluation", "compare", "evaluate", "score", "text_report"]
