"""What is asked and answered in JSON."""

from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from postagger.data_prep.quoting import printable
from postagger.serving.refusal import RefusalError

_MOST_BEST = 10
Number = Annotated[int, Field(ge=1, le=_MOST_BEST)]
# A body of a million wrong values shall not make a million errors.
Texts = Annotated[list[str], Field(fail_fast=True)]
Tokens = Annotated[list[str | Texts], Field(fail_fast=True)]
Asked = TypeVar("Asked", bound="Request")


class Request(BaseModel):
    """What a client sends: nothing but the fields below, of just these types."""

    model_config = ConfigDict(extra="forbid", strict=True)


class TagRequest(Request):
    """Sentences to tag: text or tokens, of one or of many."""

    text: str | Texts | None = Field(
        default=None, description="raw text, or several texts", examples=["The dog barks."]
    )
    tokens: Tokens | None = Field(default=None, description="the tokens of a sentence, or of several sentences")
    tagset: Literal["ptb", "universal", "ud"] = Field(
        default="ptb", description="the tagset to tell tags in; ptb: the model's own"
    )
    confidence: bool = Field(default=False, description="tell the probability of each tag")
    k_best: Number | None = Field(default=None, description="tell so many of the best tags of each token")
    sequences: Number | None = Field(default=None, description="tell so many of the best sequences of tags")
    min_confidence: Annotated[float, Field(ge=0, le=1)] | None = Field(
        default=None, description="tell the numbers of the tokens whose tags are less probable"
    )
    allowed: dict[str, Texts] = Field(default={}, description="words with the only tags they may have")

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.text is None) == (self.tokens is None):
            got = "both" if self.text is not None else "neither"
            raise ValueError(f"expected either text or tokens, got {got}")
        if len({isinstance(one, str) for one in self.tokens or []}) > 1:
            raise ValueError("expected tokens, or lists of tokens, got both in one list")
        return self

    @property
    def texts(self) -> list[str]:
        """The texts, if it is about such."""
        return [self.text] if isinstance(self.text, str) else self.text or []

    @property
    def sentences(self) -> list[list[str]]:
        """The sentences of tokens, if it is about such."""
        if self.tokens is None:
            return []
        several = [one for one in self.tokens if isinstance(one, list)]
        return several or [[one for one in self.tokens if isinstance(one, str)]]


class ContinueRequest(Request):
    """A beginning for the character language model to continue."""

    prefix: str = Field(default="", max_length=10_000, description="the beginning")
    length: Annotated[int, Field(ge=1, le=2000)] = Field(default=200, description="how many characters to write")
    temperature: Annotated[float, Field(ge=0.05, le=5)] = Field(
        default=0.8, description="below 1 rather usual, above 1 rather odd"
    )
    seed: Annotated[int, Field(ge=0, lt=2**63)] | None = Field(
        default=None, description="equal seeds write equal texts"
    )


class BestSequence(BaseModel):
    """A tag for each token, and how probable it is that all are right."""

    tags: list[str]
    probability: float


class SentenceAnswer(BaseModel):
    """What is said of a sentence; all but the first two only where it was asked for, or is of raw text."""

    tokens: list[str]
    tags: list[str]
    starts: list[int] = Field(default=[], description="where the tokens begin in the text, in characters")
    ends: list[int] = Field(default=[], description="where they end")
    text: int = Field(default=0, description="the number of the text, if there were several")
    confidences: list[float] = Field(default=[], description="the probabilities of the tags")
    k_best: list[list[tuple[str, float]]] = Field(default=[], description="of each token the best tags")
    sequences: list[BestSequence] = []
    uncertain: list[int] = Field(default=[], description="numbers of the tokens that a person should look at, from 0")


class TagAnswer(BaseModel):
    """Sentences, tagged."""

    model: str
    tagset: str
    sentences: list[SentenceAnswer]


class TagInWords(BaseModel):
    """A tag, for people."""

    tag: str
    meaning: str
    example: str


class TagsetAnswer(BaseModel):
    """The tags of a tagset."""

    tagset: str
    tags: list[TagInWords]


class LanguageModelAnswer(BaseModel):
    """The character-level language model."""

    name: str
    direction: Literal["forward", "backward"]


class LimitsAnswer(BaseModel):
    """What a request may ask for."""

    body_bytes: int
    tokens: int
    seconds: float
    concurrency: int


class ModelAnswer(BaseModel):
    """What answers here. accuracy: on the part of its corpus that its folder tells of."""

    name: str
    version: str
    corpus: str | None
    accuracy: float | None
    tagsets: list[str]
    language_model: LanguageModelAnswer | None
    limits: LimitsAnswer


class HealthAnswer(BaseModel):
    """Whether it answers."""

    status: Literal["ok"] = "ok"


class ErrorInWords(BaseModel):
    """What was expected, what came, what to do."""

    status: int
    message: str


class ErrorAnswer(BaseModel):
    """Why there is no answer."""

    error: ErrorInWords


def parsed(kind: type[Asked], body: bytes) -> Asked:
    """What a body says.

    Raises:
        RefusalError: it is no JSON, nested too deeply, or of other fields and types (422).
    """
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        raise RefusalError(422, _in_one_line(error.errors(include_url=False, include_context=False)[0])) from None


def _in_one_line(error: Any) -> str:
    steps = error["loc"]
    known = steps[:2] if steps[:1] == ("allowed",) else [one for one in steps if isinstance(one, int) or one in _FIELDS]
    place = ".".join(printable(str(one)) for one in known)[:60]
    said = error["msg"].removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        unknown = str(error["loc"][-1])[:40]
        return f"expected the fields that /openapi.json tells of, got {unknown!r}; take it out"
    if said.startswith("expected"):
        return f"{said}; see /openapi.json"
    got = repr(error.get("input"))
    got = f", got {got if len(got) <= 40 else got[:37] + '...'}" if place else ""
    return f"{place or 'body'}: {said[:1].lower()}{said[1:]}{got}; see /openapi.json"


_FIELDS = frozenset((*TagRequest.model_fields, *ContinueRequest.model_fields))
