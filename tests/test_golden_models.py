"""Folders that models were once saved in are read for good, and say what they said then.

python tests/test_golden_models.py FOLDER trains such models: those of the next format version, never again of an old.
"""

import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from postagger.char_language_model import CharLanguageModel
from postagger.config import TaggerConfig
from postagger.data_prep.corpus import Corpus
from postagger.data_prep.sentence import Sentence
from postagger.language_config import LanguageModelConfig
from postagger.tagger import Tagger

GOLDEN = Path(__file__).parent / "golden"
VERSIONS = ["1"]
TAGGED = """The/DT old/JJ dog/NN barks/VBZ loudly/RB ./.
Three/CD young/JJ children/NNS were/VBD playing/VBG outside/RB ./.
Mr./NNP Smith/NNP bought/VBD 1,200/CD shares/NNS yesterday/NN ./.
She/PRP would/MD never/RB have/VB expected/VBN that/DT question/NN ./.
Running/VBG quickly/RB through/IN forests/NNS is/VBZ wonderful/JJ !/."""
SENTENCES = [
    Sentence.from_pairs([(token, tag) for token, tag in (pair.rsplit("/", 1) for pair in line.split())])
    for line in TAGGED.splitlines()
]
UNSEEN = ["Nobody", "had", "walked", "quietly", "through", "the", "older", "houses", "."]
TAGS = ["PRP", ".", "NN", ".", "IN", "DT", "JJ", "NN", "."]  # it has seen five sentences
CONFIDENCES = [0.1423, 0.2898, 0.2221, 0.5042, 0.3481, 0.8074, 0.5236, 0.4431, 0.9553]
PERPLEXITY = 1.170604
RHYME = "row, row, row your boat\n" * 8


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", ["tagger", "compact-tagger"])
def test_taggers_of_each_version(version: str, kind: str) -> None:
    tagger = Tagger.load(GOLDEN / version / kind, device="cpu")
    for sentence in SENTENCES:
        assert [tag for _, tag in tagger.tag(sentence.tokens)] == list(sentence.tags)
    (prediction,) = tagger.predict([UNSEEN])
    assert prediction.tags == TAGS
    assert prediction.confidences == pytest.approx(CONFIDENCES, abs=2e-3)  # of which compact weights move some
    assert (tagger.temperature, tagger.facts["corpus"]["name"]) == (1.45, "golden")


@pytest.mark.parametrize("version", VERSIONS)
def test_the_compact_one_is_compact(version: str) -> None:
    from postagger.model_folder import open_model_folder

    tensors = open_model_folder(GOLDEN / version / "compact-tagger", "tagger").tensors
    assert {tensor.dtype for tensor in tensors.values()} == {"I8", "F16"}


@pytest.mark.parametrize("version", VERSIONS)
def test_language_models_of_each_version(version: str) -> None:
    model = CharLanguageModel.load(GOLDEN / version / "language-model", device="cpu")
    assert model.perplexity(RHYME) == pytest.approx(PERPLEXITY, rel=1e-4)
    assert model.generate("row", 21, greedy=True) == "row, row, row your boat\n"


def make(folder: Path) -> None:
    """Train the models, and save them below a folder."""
    from postagger.char_training import train_language_model
    from postagger.data_prep.text_files import text_of
    from postagger.tagger_training import train_tagger

    sizes = {"embedding_dim": 6, "feature_dim": 3, "hidden_size": 8, "min_affix_count": 1, "max_affix_length": 7}
    learning = {"num_epochs": 100, "batch_size": 2, "learning_rate": 0.02}
    config = TaggerConfig.from_settings({**sizes, **learning})
    tagger, result = train_tagger(Corpus.from_parts("golden", SENTENCES, [], []), config)
    history = [asdict(record) for record in result.history[:2]]
    tagger.save(folder / "tagger", history=history, report="<p>golden</p>")
    tagger.save(folder / "compact-tagger", compact=True)
    text = {"hidden_size": 12, "embedding_dim": 6, "context_length": 8, "held_out": 0.0, "num_epochs": 120}
    language_config = LanguageModelConfig.from_settings({**text, "learning_rate": 0.03, "batch_size": 4})
    train_language_model(text_of("golden", RHYME, symbols="characters"), language_config)[0].save(
        folder / "language-model"
    )


if __name__ == "__main__":
    make(Path(sys.argv[1]))
