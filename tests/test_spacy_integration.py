"""The component in spaCy's pipelines: what it sets, in batches, in other processes, saved and loaded."""

import copy
import importlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.tokens import Doc
from spacy.training import Example

import postagger.integrations.spacy  # noqa: F401  # as spaCy does by the entry point
from postagger.data_prep.sentence import Sentence
from postagger.data_prep.tag_meanings import UD_TAGS
from postagger.errors import ConfigError, CorpusError, ModelFolderError
from postagger.integrations.recipe import Recipe
from postagger.integrations.spacy_sentences import sentences_of
from postagger.tagger import Tagger

TEXTS = ["The dog barks. Run!", "", "Dogs bark at the old dog.", " \n "]
PAIRS = [("The", "DT", "DET"), ("dog", "NN", "NOUN"), ("barks", "VBZ", "VERB"), (".", ".", "PUNCT")]


def pipeline(model: str | Path, **settings: str) -> Any:
    nlp = spacy.blank("en")
    nlp.add_pipe("postagger", config={"model": str(model), **settings})
    return nlp


def tags(doc: Iterable[Any]) -> list[tuple[str, str, str]]:
    return [(token.text, token.tag_, token.pos_) for token in doc]


@pytest.fixture(scope="module")
def nlp(small_model: Path) -> Any:
    return pipeline(small_model)


def test_it_sets_tags_and_nothing_else(nlp: Any) -> None:
    doc = nlp("The dog barks. Run!")
    assert tags(doc) == [*PAIRS, ("Run", "VB", "VERB"), ("!", ".", "PUNCT")]
    assert not doc.has_annotation("SENT_START")
    assert nlp.pipe_labels["postagger"] == [".", "DT", "IN", "JJ", "NN", "NNS", "VB", "VBP", "VBZ"]


def test_the_tags_are_those_of_the_tagger(small_tagger: Tagger, nlp: Any) -> None:
    tagged = [(token.text, token.tag) for one in small_tagger.tag_text("The dog barks. Run!") for token in one]
    assert [(text, tag) for text, tag, _ in tags(nlp("The dog barks. Run!"))] == tagged


def test_white_space_and_empty_documents(nlp: Any) -> None:
    assert tags(nlp("")) == []
    assert tags(nlp(" \n ")) == [(" \n ", "_SP", "SPACE")]
    assert tags(nlp("The  dog\n\nbarks.")) == [
        PAIRS[0],
        (" ", "_SP", "SPACE"),
        PAIRS[1],
        ("\n\n", "_SP", "SPACE"),
        *PAIRS[2:],
    ]


def test_brackets_and_quotes_have_their_treebank_names() -> None:
    doc = spacy.blank("en")('She said "Go (home)" and won’t.')
    sentence = sentences_of(doc)[0]
    assert sentence.lookups == ["She", "said", "``", "Go", "-LRB-", "home", "-RRB-", "''", "and", "wo", "n't", "."]
    assert sentence.tokens == [token.text for token in doc]
    told = {(text, tag) for text, tag, _ in tags(pipeline("english-news")(doc.text))}
    assert {("(", "-LRB-"), (")", "-RRB-"), ('"', "``"), ('"', "''"), ("n’t", "RB")} <= told


def test_sentences_are_the_documents_own_if_it_has_some() -> None:
    words = ["Run", ".", " ", "The", "dog", "barks", "."]
    spaces = [False, True, False, True, True, False, False]
    vocab = spacy.blank("en").vocab
    places = [sentence.places for sentence in sentences_of(Doc(vocab, words, spaces))]
    assert places == [[0, 1], [3, 4, 5, 6]]
    starts = [True, False, False, False, True, False, False]
    places = [sentence.places for sentence in sentences_of(Doc(vocab, words, spaces, sent_starts=starts))]
    assert places == [[0, 1, 3], [4, 5, 6]]
    # What reaches over an end belongs to where it begins.
    over = Doc(vocab, ["I", "ran. He", "sat", "."], [True, True, False, False])
    assert [sentence.places for sentence in sentences_of(over)] == [[0, 1], [2, 3]]
    assert sentences_of(Doc(vocab)) == sentences_of(Doc(vocab, [" "])) == []


def test_many_documents_are_one_batch(nlp: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = [tags(nlp(text)) for text in TEXTS]
    calls = []
    whole = Tagger.tag_sents

    def counted(self: Tagger, sentences: Any) -> Any:
        calls.append(len(sentences))
        return whole(self, sentences)

    monkeypatch.setattr(Tagger, "tag_sents", counted)
    assert [tags(doc) for doc in nlp.pipe(TEXTS)] == alone
    assert calls == [3]
    assert [tags(doc) for doc in nlp.pipe(TEXTS, batch_size=2)] == alone
    assert calls == [3, 2, 1]
    assert [(tags(doc), number) for doc, number in nlp.pipe([(TEXTS[0], 7)], as_tuples=True)] == [(alone[0], 7)]


def test_a_pipeline_loads_in_a_new_process_without_its_model(nlp: Any, small_model: Path, tmp_path: Path) -> None:
    shutil.copytree(small_model, tmp_path / "model")
    moved = pipeline(tmp_path / "model")
    moved.to_disk(tmp_path / "pipeline")
    moved.to_disk(tmp_path / "pipeline")  # over what is there
    shutil.rmtree(tmp_path / "model")
    program = """if True:
        import json, spacy, sys
        nlp = spacy.load("pipeline")
        texts = json.loads(sys.argv[1])
        for docs in ([nlp(text) for text in texts], nlp.pipe(texts, n_process=2, batch_size=1)):
            print(json.dumps([[(token.text, token.tag_, token.pos_) for token in doc] for doc in docs]))
    """
    command = [sys.executable, "-c", program, json.dumps(TEXTS)]
    lines = subprocess.check_output(command, cwd=tmp_path, text=True).splitlines()
    wanted = [[list(one) for one in tags(nlp(text))] for text in TEXTS]
    assert [json.loads(line) for line in lines] == [wanted, wanted]
    saved = {path.name for path in (tmp_path / "pipeline" / "postagger").rglob("*") if path.is_file()}
    assert {path.suffix for path in map(Path, saved)} == {".json", ".safetensors"}


def test_bytes_and_copies(nlp: Any) -> None:
    other = pipeline("english-news").from_bytes(nlp.to_bytes())
    copied = copy.deepcopy(nlp.get_pipe("postagger"))  # by what a process that starts afresh is given
    assert copied.name == "postagger"
    for text in TEXTS:
        assert tags(other(text)) == tags(nlp(text))
        assert tags(copied(nlp.make_doc(text))) == tags(nlp(text))


def test_what_is_changed_in_a_saved_pipeline_is_refused(nlp: Any, tmp_path: Path) -> None:
    nlp.to_disk(tmp_path / "it")
    saved = tmp_path / "it" / "postagger"
    for content, message in (
        ("[]", "no attribute 'get'"),
        ("[", "Expecting value"),
        ("[" * 200_000, "more than 100,000 lists"),
        ("[" * 90_000, "nested too deeply"),
        ('{".": "FULL STOP"}', "for .*'FULL STOP'"),
    ):
        (saved / "pos.json").write_text(content)
        with pytest.raises(ModelFolderError, match=f"pos.json: expected the pos of each tag, got: .*{message}"):
            spacy.load(tmp_path / "it")
    (saved / "model" / "config.json").write_text("{}")
    with pytest.raises(ModelFolderError, match=r"config\.json: expected the bytes that manifest.json vouches for"):
        spacy.load(tmp_path / "it")


def ud_model(path: Path, *tagset: str) -> Path:
    words = tuple(f"word{number}" for number in range(len(tagset)))
    recipe = Recipe.from_settings("fast", {"num_epochs": 40, "embedding_dim": 8, "hidden_size": 8})
    recipe.train("ud", [Sentence(words, tagset)] * 8).save(path)
    return path


def test_a_model_of_universal_dependencies_needs_no_mapping(tmp_path: Path) -> None:
    nlp = pipeline(ud_model(tmp_path / "ud", "PROPN", "AUX", "SCONJ"))
    assert tags(nlp("word0 word1 word2")) == [
        ("word0", "PROPN", "PROPN"),
        ("word1", "AUX", "AUX"),
        ("word2", "SCONJ", "SCONJ"),
    ]


def test_ud_tags_are_pos_tags_of_spacy() -> None:
    from spacy.parts_of_speech import IDS

    assert len(UD_TAGS) == 17
    assert set(IDS) >= set(UD_TAGS)


def test_a_file_maps_any_tags(tmp_path: Path) -> None:
    model = ud_model(tmp_path / "other", "N", "V")
    mapping = tmp_path / "pos.txt"
    mapping.write_text("N NOUN\nV VERB\n")
    assert tags(pipeline(model, pos=str(mapping))("word0 word1")) == [("word0", "N", "NOUN"), ("word1", "V", "VERB")]
    for content, message in (
        ("N NOUN\n", "expected a mapping of all tags of the model, got none of V; name a file"),
        ("N NOUN\nV verb\n", "expected one of ADJ ADP .* X for V, got 'verb'"),
        ("N\n", "line 1: expected two tags"),
    ):
        mapping.write_text(content)
        with pytest.raises(ConfigError, match=message):
            pipeline(model, pos=str(mapping))
    with pytest.raises(ConfigError, match="pos ud: expected a mapping of all tags of the model, got none of N V"):
        pipeline(model)
    with pytest.raises(CorpusError, match="expected a file that can be read"):
        pipeline(model, pos=str(tmp_path))


@pytest.mark.parametrize("name", ["ptb", "upos"])
def test_a_wrong_name_of_a_mapping(small_model: Path, name: str) -> None:
    with pytest.raises(ConfigError, match=f"pos: expected ud .* got '{name}'"):
        pipeline(small_model, pos=name)


def test_universal_tags_are_no_pos(small_model: Path) -> None:
    with pytest.raises(ConfigError, match=r"pos universal: expected one of .* for \., got '\.'"):
        pipeline(small_model, pos="universal")


def test_what_is_not_there_is_missed_at_the_first_document(small_model: Path) -> None:
    nlp = pipeline("nowhere")
    assert nlp.pipe_labels["postagger"] == []
    with pytest.raises(ModelFolderError, match=r"nowhere/manifest\.json: expected a file of a model folder"):
        nlp("The dog")
    with pytest.raises(ConfigError, match=r"pos: expected ud .* got 'nowhere/pos\.txt'"):
        pipeline(small_model, pos="nowhere/pos.txt")("The dog")


def test_spacy_scores_it(nlp: Any) -> None:
    gold = {
        "words": [text for text, _, _ in PAIRS],
        "tags": ["DT", "NNS", "VBZ", "."],
        "pos": [pos for *_, pos in PAIRS],
    }
    scores = nlp.evaluate([Example.from_dict(nlp.make_doc("The dog barks."), gold)])
    assert (scores["tag_acc"], scores["pos_acc"]) == (0.75, 1)


def test_without_spacy_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "postagger.integrations.spacy")
    for name in ("spacy", "spacy.language"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ConfigError, match=r"expected spaCy .* pip install 'postagger\[spacy\]'"):
        importlib.import_module("postagger.integrations.spacy")
