"""Files as their formats want them, of all that these allow."""

import io
import json
import warnings
import zipfile
from random import Random

from .material import LINE_ENDS, TAGS, WORDS, encoded, text, token

Rows = list[list[str]]


def conllu(random: Random) -> bytes:
    """Comments, words, multiword ranges, empty nodes, blank lines."""
    lines: list[str] = []
    for _ in range(random.randrange(4)):
        lines += [f"# {token(random)} = {token(random)}" for _ in range(random.randrange(3))]
        for number in range(1, random.randrange(1, 8)):
            if random.random() < 0.1:
                lines.append("\t".join([f"{number}-{number + 1}", token(random), *["_"] * 8]))
            lines.append("\t".join(_conllu_fields(random, number)))
            if random.random() < 0.1:
                lines.append("\t".join([f"{number}.1", token(random), *["_"] * 8]))
        lines += [""] * random.randrange(1, 3)
    return _file(random, lines)


def _conllu_fields(random: Random, number: int) -> list[str]:
    misc = random.choice(["_", "_", "SpaceAfter=No", "Corrected=Yes|X=1", "Confidence=0.5|KBest=NN:1|a", token(random)])
    tag = random.choice(TAGS)
    return [str(number), token(random), token(random), random.choice(TAGS), tag, "_", str(number - 1), "dep", "_", misc]


def slashed(random: Random) -> bytes:
    """word/TAG word/TAG, a sentence a line."""
    gap = random.choice([" ", " ", "  ", "\t"])
    sentences = [_pairs(random) for _ in range(random.randrange(5))]
    return _file(random, [gap.join(f"{token}/{tag}" for token, tag in pairs) for pairs in sentences])


def columns(random: Random) -> bytes:
    """A token and a tag a line, perhaps more columns, a blank line between sentences."""
    separator, further = random.choice(["\t", " "]), ["_"] * random.choice([0, 0, 2])
    lines = []
    for _ in range(random.randrange(5)):
        lines += [separator.join([token, tag, *further]) for token, tag in _pairs(random)]
        lines += random.choice([[""], ["", ""], ["-DOCSTART- -X- O", ""]])
    return _file(random, lines)


def tokens(random: Random) -> bytes:
    """Tokens between blanks, a sentence a line."""
    return _file(random, [" ".join(token for token, _ in _pairs(random)) for _ in range(random.randrange(5))])


def lexicon(random: Random) -> bytes:
    """A word and its tags a line."""
    return _file(random, [f"{token(random)} {random.choice(TAGS)} {random.choice(TAGS)}" for _ in range(5)])


def mapping(random: Random) -> bytes:
    """Two tags a line."""
    return _file(random, [f"{tag} {random.choice(TAGS)}" for tag in random.sample(TAGS, random.randrange(5))])


def prose(random: Random) -> bytes:
    """Raw text."""
    return encoded(random, text(random))


def archive(random: Random) -> bytes:
    """A zip of texts, some packed, some in folders, some of which hide, some of the same name."""
    memory = io.BytesIO()
    methods = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
    with (
        warnings.catch_warnings(action="ignore"),
        zipfile.ZipFile(memory, "w") as file,
    ):  # of names that are twice there
        for number in range(random.randrange(4)):
            name = random.choice(
                ["a.txt", f"{number}.txt", "b/c", ".hidden", "d/", "../e", "/f", f"x{token(random)}.txt"]
            )
            info = zipfile.ZipInfo(name.encode("utf-8", "replace").decode())
            info.compress_type = random.choice(methods)
            file.writestr(info, b"" if name == "d/" else prose(random))
    return memory.getvalue()


def tag_request(random: Random) -> bytes:
    """A body for /v1/tag: mostly as it should be."""
    body: dict[str, object] = {}
    if random.random() < 0.5:
        body["text"] = random.choice([_text(random), [_text(random), _text(random)], []])
    if not body or random.random() < 0.05:
        sentences = [[_text(random) for _ in range(random.randrange(5))] for _ in range(random.randrange(3))]
        body["tokens"] = random.choice([sentences, sentences[0] if sentences else []])
    further: dict[str, list[object]] = {
        "tagset": ["ptb", "universal", "ud", "ptb", "universal", "brown"],
        "confidence": [True, False, True, 1],
        "k_best": [1, 3, 10, 2, 2, 2, 0, 11, 1.0],
        "sequences": [1, 5, 3, 3, -1],
        "min_confidence": [0, 0.5, 1, 0.9, 1.01],
        "allowed": [
            {},
            {random.choice(WORDS): ["NN"]},
            {"dog": ["VB", "NN"]},
            {"dog": random.sample(TAGS, 2)},
            {"": []},
        ],
    }
    for name in random.sample(list(further), random.choice([0, 1, 1, 2, 3])):
        body[name] = random.choice(further[name])
    return json.dumps(body, ensure_ascii=random.random() < 0.5).encode("utf-8", "surrogatepass")


def continue_request(random: Random) -> bytes:
    """A body for /v1/continue."""
    wanted = {
        "prefix": _text(random),
        "length": random.choice([1, 200, 2001]),
        "temperature": random.choice([0.8, 0, 5]),
    }
    wanted["seed"] = random.choice([0, 1, 2**63, None])
    return json.dumps(wanted).encode()


def request(random: Random) -> bytes:
    """A request to the server, as HTTP has it: a line, headers, an empty line, a body."""
    paths = ["/v1/tag"] * 12 + [
        "/v1/continue",
        "/v1/model",
        "/v1/tagset?tagset=ud",
        "/v1/tagset?tagset=%0a%ff",
        "/health",
    ]
    paths += ["/metrics", "/", "/page.js", "/..%2f..%2fsetup.cfg", f"/{token(random)}", "/openapi.json"]
    path = random.choice(paths)
    method = (
        random.choice(["POST"] * 8 + ["GET", "HEAD", "PUT"]) if path == "/v1/tag" else random.choice(["GET", "POST"])
    )
    kinds = ["application/json"] * 30 + ["application/json; charset=utf-8", "text/plain", "", "a" * 100]
    host = random.choice(["localhost"] * 30 + ["127.0.0.1:8000", "[::1]", "example.org", ""])
    head = f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: {random.choice(kinds)}\r\n"
    if random.random() < 0.1:
        head += f"Content-Length: {random.choice(['5', '999999999999', '-1', 'x'])}\r\n"
    return f"{head}\r\n".encode("utf-8", "replace") + tag_request(random)


def _text(random: Random) -> str:
    return text(random, 8).encode("utf-8", "ignore").decode()


def _pairs(random: Random) -> list[tuple[str, str]]:
    return [(token(random), random.choice(TAGS)) for _ in range(random.randrange(6))]


def _file(random: Random, lines: list[str]) -> bytes:
    end = random.choice(["\n"] * 8 + ["\r\n"] * 2 + LINE_ENDS)
    return encoded(random, end.join([*lines, ""] if random.random() < 0.8 else lines))
