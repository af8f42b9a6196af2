"""UD English EWT in the treebank's 45 tags, to train on both: python benchmarks/english_web.py en_ewt-ud-train.conllu.

What the web treebank (N. Silveira et al., 2014, "A Gold Standard Dependency Corpus for English") has in its XPOS field
and how it becomes what the Penn Treebank sample has; "sign" is a token without letters and digits:

| EWT | ours | why |
|---|---|---|
| HYPH without spaces | one token, tagged by `compound_tag` | the treebank has well-known as one token |
| `-` SYM or `/` without spaces between numbers | one token, CD | 10-15, 1/2 |
| any sign of dashes, two or more dots, `:` `;` | `:` | the treebank's only tag of -- ... : ; |
| any sign of commas; of `.` `?` `!` | `,`; `.` | as in the treebank |
| `/` alone, whatever its tag | `:` | three tags in EWT for one use; the treebank never has it alone |
| NFP, a run of signs used as a rule | `:` | a line of ***** separates, as a dash does |
| NFP otherwise, other signs as `,` or `:` | SYM | emoticons, bullets, = and the like |
| ADD | NN; NNP where all letters | addresses; parts of names in old mail addresses |
| GW | tag of the word whose part it is | "with out"; names in an address NNP; signs and and/for as ever |
| AFX | tag of the word whose part it is; NNS for (s); else JJ | "e mail" is NN NN; mid August |
| XX | FW | what could not be read; only in older versions |
| to IN | TO | the treebank has one tag for to |
| # NN | # | the sign's own tag |
| both, neither CC | DT | 40 of 41 and 11 of 11 in the treebank, never CC |
| II, III CD after a name | NNP | 24 of 25 in the treebank |

Every second sentence has the treebank's names for brackets and quotes (-LRB-, ``), the others have EWT's, so that a
model knows both.
"""

import argparse
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from postagger.data_prep.corpus import load_corpus
from postagger.data_prep.formats import ConlluSentence, read_conllu
from postagger.data_prep.sentence import Sentence
from postagger.errors import CorpusError

TREEBANK_TAGS = frozenset(
    "# $ '' , -LRB- -RRB- . : CC CD DT EX FW IN JJ JJR JJS LS MD NN NNP NNPS NNS PDT POS PRP PRP$ RB RBR RBS RP SYM TO "
    "UH VB VBD VBG VBN VBP VBZ WDT WP WP$ WRB ``".split()
)
_BRACKETS = {"(": "-LRB-", "[": "-LRB-", "{": "-LCB-", ")": "-RRB-", "]": "-RRB-", "}": "-RCB-"}
_QUOTES = frozenset('"“”„«»') | {"''", "``", "‘’", "’’", '""'}
_SINGLE_QUOTES = frozenset("'`‘’")
# One form, one tag, in the treebank; EWT tells uses apart.
_SIGNS = (
    (re.compile(r"[-–—]+|[.…]{2,}|…|[:;]+|/"), ":"),
    (re.compile(r",+"), ","),
    (re.compile(r"[.?!…,]+"), "."),
    (re.compile(r"[(\[{]"), "-LRB-"),
    (re.compile(r"[)\]}]"), "-RRB-"),
)
_TAGS_OF_SIGNS = frozenset({",", ".", ":", "NFP", "SYM", "HYPH", "GW"})
_RULE = re.compile(r"(?=.*(.)\1|.{4})[-=_*~.·#+|<>{}]+")
_NUMBER = re.compile(r"[\d.,:]*\d[\d.,:]*")
_ROMAN = re.compile(r"I{2,3}|IV|VI{0,3}|IX")
_IN_A_NAME = {"and": "CC", "&": "CC", "for": "IN", "re": "IN", "@": "IN"}
_NOUN_OR_ADJECTIVE = frozenset({"NN", "NNS", "NNP", "NNPS", "JJ"})
_FINITE = frozenset({"VB", "VBD", "VBP", "VBZ", "MD"})


@dataclass(frozen=True, slots=True)
class Word:
    """A word of EWT on its way: its tag here, and in EWT (source: "HYPH+" for what was merged)."""

    form: str
    tag: str
    source: str
    line: int
    space_after: bool
    goes_with: bool  # a later part of the word before it


def read_english_web(path: Path) -> list[Sentence]:
    """The sentences of an EWT file in the treebank's tags; the first, third, ... with EWT's own brackets and quotes.

    Raises:
        CorpusError: the file cannot be read, breaks its format, or has a tag that no rule brings to the 45.
    """
    return [
        reconcile(sentence, path, treebank_names=number % 2 == 1) for number, sentence in enumerate(read_conllu(path))
    ]


def reconcile(sentence: ConlluSentence, path: Path, *, treebank_names: bool = False) -> Sentence:
    """One sentence in the treebank's tags and tokens.

    path: where it is from, for messages. treebank_names: -LRB- for "(", `` for an opening quote, -- for a long dash.

    Raises:
        CorpusError: a tag that no rule brings to the 45.
    """
    words = _reconciled(sentence)
    for word in words:
        if word.tag not in TREEBANK_TAGS:
            raise CorpusError(
                f"{path}, line {word.line}: expected an XPOS tag of EWT, got {word.source!r} for {word.form!r}; "
                f"mend the line, or give the tag a rule in benchmarks/english_web.py"
            )
    return Sentence.from_pairs((_treebank_name(word) if treebank_names else word.form, word.tag) for word in words)


def compound_tag(parts: Sequence[str], following: str) -> str:
    """The tag of a hyphenated word by the tags of its parts and of the word after it.

    >>> compound_tag(["CD", "NN"], "NN"), compound_tag(["RB", "VBN"], "."), compound_tag(["VB", "RP"], ".")
    ('JJ', 'JJ', 'NN')
    """
    first, last = parts[0], parts[-1]
    if last in {"NNP", "NNPS"}:  # al-Qaeda
        return last
    if last in _FINITE and len(parts) == 2:  # to test-drive
        return last
    if last == "CD" and first.startswith("NNP"):  # Cray-3
        return "NNP"
    if set(parts) == {"CD"}:  # twenty-one
        return "CD"
    if last in {"JJ", "JJR", "VBN", "RB"} or following in _NOUN_OR_ADJECTIVE:  # well-known, a year-end sale
        return "JJ"
    if first in {"JJ", "CD"} and last == "NN":  # long-term, 30-minute: so after the noun, too
        return "JJ"
    return last if last in {"NNS", "JJS"} else "NN"  # clean-ups; a follow-up, record-keeping


def _reconciled(sentence: ConlluSentence) -> list[Word]:
    tagged: list[Word] = []
    whole: Word | None = None  # the last part of a word cut in parts, which has the tag of the whole
    for word in reversed(_merged(_words(sentence))):
        tagged.append(replace(word, tag=_tag(word, whole)))
        whole = whole if word.source == "GW" else tagged[-1]
    tagged.reverse()
    return [_roman(before, word) for before, word in zip([None, *tagged], tagged, strict=False)]


def _words(sentence: ConlluSentence) -> list[Word]:
    words = []
    first_row = sentence.line + len(sentence.comments)
    spaces = _spaces_after(sentence)
    for line, row in enumerate(sentence.rows, start=first_row):
        if row[0].isdecimal():
            words.append(Word(row[1], row[4], row[4], line, spaces[row[0]], row[7] == "goeswith"))
    return words


def _spaces_after(sentence: ConlluSentence) -> dict[str, bool]:
    """Whether a space follows each word: none inside a range (2-3 don't), and its last word has the range's."""
    spaces = {row[0]: "SpaceAfter=No" not in row[9].split("|") for row in sentence.rows}
    for row in sentence.rows:
        first, is_range, last = row[0].partition("-")
        if is_range:
            spaces.update({str(number): False for number in range(int(first), int(last))})
            spaces[last] = spaces[row[0]]
    return spaces


def _merged(words: list[Word]) -> list[Word]:
    """Parts between unspaced hyphens become one word: well - known."""
    merged: list[Word] = []
    start = 0
    while start < len(words):
        end = start
        while _joins(words, end + 1):
            end += 2
        merged.append(words[start] if end == start else _compound(words, start, end))
        start = end + 1
    return merged


def _joins(words: list[Word], place: int) -> bool:
    """Whether words[place] makes one token of its neighbours."""
    if not 0 < place < len(words) - 1:
        return False
    before, sign, after = words[place - 1 : place + 2]
    if before.space_after or sign.space_after:
        return False
    if sign.form in {"-", "/"} and _NUMBER.fullmatch(before.form) and _NUMBER.fullmatch(after.form):
        return sign.tag in {"HYPH", "SYM"} or sign.form == "/"
    return sign.tag == "HYPH" and sign.form == "-" and _is_wordlike(before.form) and _is_wordlike(after.form)


def _is_wordlike(form: str) -> bool:
    return any(letter.isalnum() for letter in form)


def _compound(words: list[Word], start: int, end: int) -> Word:
    parts = words[start : end + 1]
    following = words[end + 1].tag if end + 1 < len(words) else "."
    tag = compound_tag([part.tag for part in parts[::2]], following)
    form = "".join(part.form for part in parts)
    return Word(form, tag, "HYPH+", parts[0].line, parts[-1].space_after, parts[0].goes_with)


def _tag(word: Word, whole: Word | None) -> str:
    form, tag = word.form, word.tag
    if tag in _TAGS_OF_SIGNS and not _is_wordlike(form) and form not in _IN_A_NAME:
        return _sign_tag(form, tag)
    match tag:
        case "ADD":
            return "NNP" if form.isalpha() else "NN"
        case "GW":
            return _IN_A_NAME.get(form) or _part_tag(form, whole)
        case "AFX":
            if whole and whole.goes_with:
                return whole.tag
            return "NNS" if form.lower() == "s" else "JJ"
        case "XX":
            return "FW"
        case "NFP":  # :D, xD
            return "SYM"
        case "IN" if form.lower() == "to":
            return "TO"
        case "CC" if form.lower() in {"both", "neither"}:
            return "DT"
        case "NN" if form == "#":
            return "#"
    return tag


def _sign_tag(form: str, tag: str) -> str:
    for pattern, sign_tag in _SIGNS:
        if pattern.fullmatch(form):
            return sign_tag
    if tag == ".":  # an odd mark at the end: ./
        return "."
    if form in _QUOTES:  # only closing ones have a comma's tag
        return "''"
    return ":" if tag in {"NFP", "HYPH"} and _RULE.fullmatch(form) else "SYM"


def _part_tag(form: str, whole: Word | None) -> str:
    """The tag of an earlier part of a word; those of an old mail address (Lara Leibman@ENRON) are names."""
    if whole and whole.source == "ADD":
        return "NN" if "@" in form else "NNP"
    return whole.tag if whole else "NN"


def _roman(before: Word | None, word: Word) -> Word:
    after_a_name = before is not None and before.tag == "NNP"
    return replace(word, tag="NNP") if after_a_name and word.tag == "CD" and _ROMAN.fullmatch(word.form) else word


def _treebank_name(word: Word) -> str:
    if word.tag in {"``", "''"}:
        if word.form in _QUOTES:
            return word.tag
        if word.form in _SINGLE_QUOTES:
            return word.tag[0]
    if word.tag in {"-LRB-", "-RRB-"}:
        return _BRACKETS.get(word.form, word.form)
    if word.tag == ":":
        return {"–": "--", "—": "--", "…": "..."}.get(word.form, word.form)
    return word.form.replace("’", "'")


def hyphen_agreement(sentences: Sequence[Sentence]) -> tuple[int, int]:
    """How often `compound_tag` gives the treebank's tag: the words it is right on, and all whose parts are known.

    A part's tag is the one it has most often as a word of its own.
    """
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for sentence in sentences:
        for token, tag in zip(sentence.tokens, sentence.tags, strict=True):
            counts[token][tag] += 1
    usual = {token: tags.most_common(1)[0][0] for token, tags in counts.items()}
    right = total = 0
    for sentence in sentences:
        for token, tag, following in zip(sentence.tokens, sentence.tags, [*sentence.tags[1:], "."], strict=True):
            parts = token.split("-")
            tags = [usual.get(part, "CD" if part.isdecimal() else "") for part in parts]
            if len(parts) > 1 and all(part.isalnum() for part in parts) and all(tags):
                total += 1
                right += compound_tag(tags, following) == tag
    return right, total


def main() -> None:
    """Print the sizes, what became of which tag, and how well the rule for hyphens fits the treebank."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("files", nargs="+", type=Path, help="CoNLL-U files of UD English EWT")
    changes: Counter[tuple[str, str]] = Counter()
    examples: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for path in parser.parse_args().files:
        sentences = read_english_web(path)
        print(f"{path.name}: {len(sentences):,} sentences, {sum(map(len, sentences)):,} tokens")
        for word in (word for sentence in read_conllu(path) for word in _reconciled(sentence)):
            if word.source != word.tag:
                changes[word.source, word.tag] += 1
                examples[word.source, word.tag][word.form] += 1
    print("\n| EWT | ours | tokens | most often |\n|---|---|---|---|")
    for (source, tag), count in changes.most_common():
        often = " ".join(form for form, _ in examples[source, tag].most_common(6))
        print(f"| {source} | {tag} | {count:,} | {often} |")
    right, total = hyphen_agreement(load_corpus(["treebank"]).train)
    print(f"\nhyphenated words of the treebank: {right} of {total} as the treebank has them ({right / total:.1%})")


if __name__ == "__main__":
    main()
