"""What is streamed against what is in memory."""

import os
from pathlib import Path
from typing import Any

import pytest

from conftest import SENTENCES
from postagger.data_prep import streamed_corpus
from postagger.data_prep.corpus import load_corpus
from postagger.data_prep.features import FeatureExtractor
from postagger.data_prep.formats import FileFormat
from postagger.data_prep.lexicon import Lexicon
from postagger.data_prep.sentence import Sentence
from postagger.data_prep.streamed_corpus import StreamedCorpus, stream_corpus
from postagger.data_prep.vocabulary import Tagset
from postagger.errors import CorpusError


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, sentences in {"a": SENTENCES[:1], "b": SENTENCES[1:] * 2, "dev": SENTENCES[2:]}.items():
        Path(f"{name}.tagged").write_text("".join(map(line, sentences)))
    Path("test.conll").write_text("*-1\t-NONE-\nBark\tVB\n!\t.\n")


def line(sentence: Sentence) -> str:
    return " ".join(f"{token}/{tag}" for token, tag in zip(sentence.tokens, sentence.tags, strict=True)) + "\n"


def stream(*sources: str, **settings: Any) -> StreamedCorpus:
    return stream_corpus(sources, **{"shuffle_buffer": 2, **settings})


@pytest.mark.parametrize("keep_traces", [False, True])
@pytest.mark.parametrize("parts", [{"dev": None, "test": 0}, {"dev": "dev.tagged", "test": "test.conll"}])
def test_all_that_is_known_of_it_is_as_in_memory(parts: dict[str, Any], keep_traces: bool) -> None:
    sources = ["a.tagged", "test.conll", "b.tagged"]
    streamed = stream(*sources, **parts, keep_traces=keep_traces)
    whole = load_corpus(sources, **parts, keep_traces=keep_traces)
    assert (streamed.name, streamed.sha256, streamed.sizes) == (whole.name, whole.sha256, whole.sizes)
    assert all(streamed.part(split) == whole.part(split) for split in ("train", "dev", "test"))
    lexicon, expected = Lexicon.from_counts(streamed.counts), Lexicon.build(whole.train)
    assert lexicon.to_dict() == expected.to_dict()
    assert list(lexicon.tags) == list(expected.tags)
    assert Tagset.build(streamed.counts.tags).tags == Tagset.build(t for s in whole.train for t in s.tags).tags
    ours = FeatureExtractor.build(streamed.counts.words(), min_affix_count=1, use_characters=True)
    theirs = FeatureExtractor.build((t for s in whole.train for t in s.tokens), min_affix_count=1, use_characters=True)
    for name in ("words", "features", "characters"):
        assert getattr(ours, name).symbols == getattr(theirs, name).symbols


def test_where_there_are_too_many_words_the_tagset_stays_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streamed_corpus, "MOST_PAIRS", 4)
    counts = stream("a.tagged", "b.tagged").counts
    assert len(counts.pairs.counts) <= 4
    assert counts.pairs.missed > 0
    assert set(counts.tags) == {tag for sentence in SENTENCES for tag in sentence.tags}
    assert counts.tags["."] == 5


def test_the_beginning_stands_for_the_train_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streamed_corpus, "BEGINNING", 3)
    assert stream("a.tagged", "b.tagged").part("train") == tuple(SENTENCES)


def test_of_many_files_the_name_is_short() -> None:
    names = [f"shard-{number:05}.tagged" for number in range(40)]
    for name in names:
        Path(name).write_text("a/DT\n")
    assert stream(*names).name == "shard-00000.tagged+39-more"
    assert stream(*names[:2]).name == "shard-00000.tagged+shard-00001.tagged"


@pytest.mark.parametrize(
    ("sources", "settings", "message"),
    [
        ([], {}, "--stream: expected files to train on, got none; name them with --corpus"),
        (["treebank"], {}, "--stream: expected files, got the named corpus treebank; leave --stream out"),
        (["a.tagged", "none.tagged"], {}, "none.tagged: expected a corpus file, got no such file; check the path"),
        (["a.tagged", "odd.txt"], {}, "odd.txt: expected a file name that ends in one of .conllu .tagged"),
        (["a.tagged", "folder.tagged"], {}, "folder.tagged: expected a file that can be read, got: Is a directory"),
        (["pipe.tagged"], {}, "pipe.tagged: expected a file that can be read again, got none; save it, or leave"),
        (["a.tagged"], {"dev": 0.1}, "--dev: expected a file beside --stream, got 0.1; put a part of the sentences"),
        (["a.tagged"], {"test": 0.2}, "--test: expected a file beside --stream, got 0.2; put a part of the sentences"),
        (["a.tagged"], {"dev": "none"}, "none: expected a corpus file or one of treebank"),
        (["traces.tagged"], {}, "traces.tagged: expected sentences to train on, got none; give more text"),
        (["odd.txt"], {"file_format": FileFormat("tagged")}, "odd.txt, line 2: expected word/TAG, got 'b'"),
    ],
)
def test_what_cannot_be_streamed(sources: list[str], settings: dict[str, Any], message: str) -> None:
    Path("odd.txt").write_text("a/DT\nb\n")
    Path("traces.tagged").write_text("0/-NONE-\n")
    Path("folder.tagged").mkdir()
    os.mkfifo("pipe.tagged")
    with pytest.raises(CorpusError) as caught:
        stream(*sources, **settings)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)
