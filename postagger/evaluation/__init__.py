"""Gold and predicted tags in, scores and reports out."""

from postagger.evaluation.evaluation import Evaluation
from postagger.evaluation.scores import compare, evaluate, score
from postagger.evaluation.text_report import text_report

__all__ = ["Evaluation", "compare", "evaluate", "score", "text_report"]
