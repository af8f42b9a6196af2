"""TaggerComponent: a recurrent tagger as a component of spaCy's pipelines."""

import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import postagger
from postagger.errors import ModelFolderError
from postagger.integrations.packing import packed, unpacked
from postagger.integrations.spacy_pos import check_pos, is_missing_file, pos_by_tag
from postagger.integrations.spacy_sentences import sentences_of
from postagger.stored_files import StoredFiles, one_line, parse_json
from postagger.tagger import Tagger

_MODEL, _POS = "model", "pos.json"
_MOST_OF_POS = 1 << 20  # bytes
_SPACE_TAG, _SPACE_POS = "_SP", "SPACE"


class TaggerComponent:
    """It sets tag_ and pos_ of every token, and nothing else. See make_component for what it is made of.

    Documents of one batch are tagged in one call. Saved, it is a folder with the model folder, and pos.json.
    """

    def __init__(self, name: str, model: str, pos: str) -> None:
        self.name = name
        self._model, self._pos = model, pos
        self._tagger: Tagger | None = None
        self._pos_by_tag: dict[str, str] = {}
        if not is_missing_file(pos):
            with contextlib.suppress(ModelFolderError):  # a pipeline that was saved will bring its own model
                self._load()

    @property
    def tagger(self) -> Tagger:
        """What tags.

        Raises:
            ConfigError, ModelFolderError: it cannot be had where the settings say; see make_component.
        """
        return self._tagger or self._load()

    @property
    def labels(self) -> tuple[str, ...]:
        """The tags it sets, beside that of white space; none before there is a model."""
        return () if self._tagger is None else tuple(self._tagger.tagset)

    def __call__(self, doc: Any) -> Any:
        """Tag one document, and return it."""
        self._tag([doc])
        return doc

    def pipe(self, stream: Iterable[Any], *, batch_size: int = 128) -> Iterator[Any]:
        """Tag documents, as many at once as batch_size says, and hand them on in order."""
        from spacy.util import minibatch

        for docs in minibatch(stream, batch_size):
            self._tag(docs)
            yield from docs

    def score(self, examples: Iterable[Any], **settings: Any) -> dict[str, Any]:
        """tag_acc and pos_acc of examples, as spaCy's own components count them; for nlp.evaluate."""
        from spacy.scorer import Scorer

        listed = list(examples)
        return {
            **Scorer.score_token_attr(listed, "tag", **settings),
            **Scorer.score_token_attr(listed, "pos", **settings),
        }

    def _tag(self, docs: list[Any]) -> None:
        tagger = self.tagger
        sentences = [(doc, sentence) for doc in docs for sentence in sentences_of(doc)]
        forms = [tagger.known_forms(sentence.tokens, sentence.lookups) for _, sentence in sentences]
        for (doc, sentence), pairs in zip(sentences, tagger.tag_sents(forms), strict=True):
            for place, (_, tag) in zip(sentence.places, pairs, strict=True):
                token = doc[place]
                token.tag_, token.pos_ = tag, self._pos_by_tag[tag]
        for token in (token for doc in docs for token in doc if token.is_space):
            token.tag_, token.pos_ = _SPACE_TAG, _SPACE_POS

    def _load(self) -> Tagger:
        """As the settings say."""
        tagger = postagger.load(self._model)
        self._pos_by_tag = pos_by_tag(tagger.tagset, self._pos)
        self._tagger = tagger
        return tagger

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Write the model and the mapping into a folder, in place of what was saved there before.

        Raises:
            OutputError: something else is in the way, or it cannot be written.
            InputError: the tagger is an exported model, which has no folder.
        """
        folder, tagger = Path(path), self.tagger
        tagger.save(folder / _MODEL, force=True)
        (folder / _POS).write_text(json.dumps(self._pos_by_tag, indent=1) + "\n", encoding="utf-8")

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> "TaggerComponent":
        """Read what to_disk has written; the settings no longer count.

        Raises:
            ModelFolderError: something is missing or changed.
        """
        tagger = Tagger.load(Path(path) / _MODEL)
        self._pos_by_tag = _read_pos(Path(path) / _POS, tagger)
        self._tagger = tagger
        return self

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """What to_disk writes, as bytes."""
        from spacy import util

        content: bytes = util.to_bytes({"files": lambda: packed(self.to_disk)}, ())
        return content

    def from_bytes(self, content: bytes, *, exclude: Iterable[str] = ()) -> "TaggerComponent":
        """Read what to_bytes has given.

        Raises:
            ModelFolderError: something is missing or changed.
        """
        from spacy import util

        files: dict[str, bytes] = {}
        util.from_bytes(content, {"files": files.update}, ())
        return unpacked(files, self.from_disk)

    def __getstate__(self) -> dict[str, Any]:
        """For the processes of nlp.pipe that start afresh."""
        files = packed(self.to_disk)
        return {"name": self.name, "_model": self._model, "_pos": self._pos, "files": files}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        """The reverse of __getstate__."""
        self.__dict__.update({name: value for name, value in state.items() if name != "files"})
        unpacked(state["files"], self.from_disk)


def _read_pos(path: Path, tagger: Tagger) -> dict[str, str]:
    files = StoredFiles(path.parent, ModelFolderError, "the pos of each tag", "copy it again")
    try:
        stored = parse_json(files.read(path.name, _MOST_OF_POS))
        by_tag = {tag: stored.get(tag) for tag in tagger.tagset}
        check_pos(by_tag, _POS)
    except (ValueError, TypeError, AttributeError) as error:
        reason = one_line(error)
        raise ModelFolderError(f"{path}: expected the pos of each tag, got: {reason}; copy it again") from None
    return by_tag
