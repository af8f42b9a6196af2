"""What can happen to a model folder: by accident, to bytes; by intent, with a manifest that agrees.

A draft is a folder to be written: bytes, or something odd that makes itself at a path. A corruption changes a draft.
"""

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

Odd = Callable[[Path], None]
Draft = dict[str, bytes | Odd]
Corruption = Callable[[Random, Draft, Draft], None]
"""Of a draft, with another model's beside it."""

CONFIG, VOCABULARY, WEIGHTS, MANIFEST = "config.json", "vocabulary.json", "weights.safetensors", "manifest.json"
_JSON = (CONFIG, CONFIG, VOCABULARY, VOCABULARY, "history.json", "evaluation.json")
_PLACEHOLDER = "@odd@"
_PATHS = ("../x", "/etc/passwd", "a/b", "", ".", "..", "C:\\x", "con", "x\0y", "\x1b[31m", "weights.bin", "é" * 300)
_ODD_VALUES = [
    *("null", "true", "false", "-1", "0", "1", "3", "1.5", "1e-320", "1e308", "1e999", "NaN", "-Infinity", "10000000"),
    *("9" * 19, "9" * 25, "9" * 5000, '""', '"../x"', '"\\ud800"', '"\\u001b[31m"', '"a\\nb"', "[]", "{}", "[[]]"),
    *('{"": 1}', '"' + "x" * 100_000 + '"', "[" * 900 + "]" * 900, "[" * 200_000, '{"a":' * 200_000),
    *("[" + "[]," * 100_000 + "0]", '[{"a": 1, "a": 1}]', '"lstm"', '"rnn"', "@broken@"),
]
_WHOLE_FILES = [
    *(b"", b"\0", b"{}", b"[]", b"null", b"7", b'"x"', b"{", b"\xef\xbb\xbf{}", b"\xff\xfe{\0}\0", b'{"\xff": 1}'),
    *(b"[" * 100_000, b'{"a":' * 100_000, b"9" * 100_000, b"[" + b"[]," * 700_000 + b"[]]", b"\x80\x04N."),
    b'{"format_version": 1, "kind": "tagger"}',
]
_SIZES = (0, 1, 2, 7, 255, 2**31 - 1, 2**31, 2**32, 2**40, 2**53, 2**62, 2**63 - 1, 2**63, 2**64 - 1)


def mend(draft: Draft) -> None:
    """Let the manifest agree with the files."""
    contents = {name: content for name, content in draft.items() if name != MANIFEST and isinstance(content, bytes)}
    draft[MANIFEST] = json.dumps(
        {name: hashlib.sha256(bytes_).hexdigest() for name, bytes_ in contents.items()}
    ).encode()


def flip_bits(random: Random, draft: Draft, _: Draft) -> None:
    """Some bits of a file."""
    name, content = _some_file(random, draft)
    changed = bytearray(content)
    for _number in range(random.choice([1, 1, 2, 8])):
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    draft[name] = bytes(changed)


def truncate(random: Random, draft: Draft, _: Draft) -> None:
    """The end of a file is missing."""
    name, content = _some_file(random, draft)
    draft[name] = content[: random.choice([0, len(content) - 1, random.randrange(len(content))])]


def extend(random: Random, draft: Draft, _: Draft) -> None:
    """More behind the end of a file: zeros, noise, itself."""
    name, content = _some_file(random, draft)
    size = random.choice([1, 8, 4096])
    draft[name] = content + random.choice([bytes(size), random.randbytes(size), content])


def overwrite(random: Random, draft: Draft, other: Draft) -> None:
    """A stretch of a file is zeros, noise, or from elsewhere."""
    name, content = _some_file(random, draft)
    start = random.randrange(len(content))
    size = min(random.choice([1, 16, 512]), len(content) - start)
    donor = _some_file(random, random.choice([draft, other]))[1]
    stretch = random.choice([bytes(size), random.randbytes(size), donor[:size]])
    draft[name] = content[:start] + stretch + content[start + len(stretch) :]


def move_blocks(random: Random, draft: Draft, _: Draft) -> None:
    """Parts of a file change places."""
    name, content = _some_file(random, draft)
    first, second = sorted(random.randrange(len(content) + 1) for _number in range(2))
    draft[name] = content[second:] + content[first:second] + content[:first]


def swap_files(random: Random, draft: Draft, other: Draft) -> None:
    """A file of another model, or of the same under another name."""
    name, _content = _some_file(random, draft)
    donor, content = _some_file(random, random.choice([draft, other]))
    draft[name] = other.get(name, content) if random.random() < 0.7 else content
    if random.random() < 0.2:
        draft[donor] = draft[name]


def mix_halves(random: Random, draft: Draft, other: Draft) -> None:
    """A file that begins as one model's and ends as another's."""
    name, content = _some_file(random, draft)
    rest = other.get(name, b"")
    if isinstance(rest, bytes):
        place = random.randrange(len(content))
        draft[name] = content[:place] + rest[place:]


def remove(random: Random, draft: Draft, _: Draft) -> None:
    """A file is missing."""
    del draft[random.choice(sorted(draft))]


def foreign_files(random: Random, draft: Draft, _: Draft) -> None:
    """Files that are none of a model's, which hurt nobody."""
    for name in ("card.md", ".DS_Store", "pytorch_model.bin", "vocabulary.json~"):
        draft[name] = random.randbytes(100)
    draft["__init__.py"] = b"raise SystemExit('code was run')\n"
    draft["sitecustomize.py"] = draft["__init__.py"]


def no_plain_file(random: Random, draft: Draft, _: Draft) -> None:
    """A link, a pipe, a folder or a file of holes in place of a file."""
    name, content = _some_file(random, draft)
    draft[name] = random.choice(
        [
            lambda path: path.symlink_to("/dev/zero"),
            lambda path: path.symlink_to("/etc/hostname"),
            lambda path: path.symlink_to(path),
            lambda path: path.symlink_to("."),
            lambda path: path.symlink_to("no such file"),
            lambda path: _link_to_copy(path, content),
            lambda path: _link_to_copy(path, content),
            os.mkfifo,
            lambda path: path.mkdir(),
            lambda path: _sparse(path, content, random.choice([1 << 24, 1 << 28, 1 << 33, 1 << 40])),
            lambda path: _sparse(path, b"", random.choice([1 << 24, 1 << 28, 1 << 33, 1 << 40])),
        ]
    )


def change_manifest(random: Random, draft: Draft, _: Draft) -> None:
    """A manifest that names other places, or says something else of a file."""
    told = json.loads(_bytes(draft, MANIFEST))
    name = random.choice(sorted(told))
    path = random.choice(_PATHS)
    change = random.randrange(5)
    if change == 0:
        told[path] = told[name]
    elif change == 1:
        told[path] = told.pop(name)
    elif change == 2:
        told[name] = random.choice([None, 7, [], {}, "", "0" * 64, told[name].upper(), [told[name]]])
    elif change == 3:
        del told[name]
    text = json.dumps(told)
    draft[MANIFEST] = (text[:-1] + f', "{name}": "{told.get(name)}"}}' if change == 4 else text).encode()


def change_value(random: Random, draft: Draft, _: Draft) -> None:
    """A value of a JSON file is of another type, or out of all bounds."""
    name = random.choice(_JSON)
    told = json.loads(_bytes(draft, name))
    holder, key = _some_place(random, told)
    if holder is None:
        draft[name] = random.choice(_ODD_VALUES).encode()
        return
    holder[key] = _PLACEHOLDER
    draft[name] = json.dumps(told).replace(f'"{_PLACEHOLDER}"', random.choice(_ODD_VALUES)).encode()


def change_keys(random: Random, draft: Draft, _: Draft) -> None:
    """A key or an item of a JSON file is missing, renamed, there twice, or there beside the others."""
    name = random.choice(_JSON)
    told = json.loads(_bytes(draft, name))
    holder, key = _some_place(random, told)
    if holder is None:
        return
    change = random.randrange(4)
    if isinstance(holder, list):
        value = holder[key]
        holder[key : key + 1] = [[], [value, value], [value, "new"], [holder[0]]][change]
    elif change == 0:
        del holder[key]
    elif change == 1:
        holder[random.choice([*_PATHS, *holder, "__class__", "kind"])] = holder.pop(key)
    elif change == 2:
        holder[random.choice(["new", "dtype", "seed", "facts", "tags"])] = 1
    else:
        holder[_PLACEHOLDER] = holder[key]
    draft[name] = json.dumps(told).replace(f'"{_PLACEHOLDER}"', json.dumps(key)).encode()


def replace_whole(random: Random, draft: Draft, _: Draft) -> None:
    """Another file altogether."""
    draft[random.choice([*_JSON, WEIGHTS])] = random.choice(_WHOLE_FILES)


def change_header(random: Random, draft: Draft, _: Draft) -> None:
    """What the weights say of themselves."""
    header, data = _parsed(_bytes(draft, WEIGHTS))
    name = random.choice(sorted(header))
    entry = header[name]
    change = random.randrange(8)
    if change == 0:
        entry["shape"] = random.choice(
            [[], [0], [-1], [True], [1.5], [random.choice(_SIZES)] * 2, [1] * 100, "x", None]
        )
    elif change == 1:
        entry["dtype"] = random.choice(["F64", "F16", "BF16", "I8", "I64", "U8", "F8_E4M3", "OBJECT", "", None, 7, []])
    elif change == 2:
        entry["data_offsets"] = random.choice(
            [[0, 0], [random.choice(_SIZES)] * 2, [0, random.choice(_SIZES)], [1], "x"]
        )
    elif change == 3:
        header[random.choice([*_PATHS, "output.bias", name + ".scale", "word_encoder.words.weight"])] = header.pop(name)
    elif change == 4:
        header["__metadata__"] = random.choice([{}, {"format": "pt"}, {"a": "x" * 10**6}, {"a": 1}, None, [1]])
    elif change == 5:
        entry[random.choice(["dtype", "shape", "data_offsets", "more"])] = None
    elif change == 6:
        other = header[random.choice(sorted(header))]
        entry["data_offsets"], other["data_offsets"] = other["data_offsets"], entry["data_offsets"]
    else:
        del header[name]
    draft[WEIGHTS] = _unparsed(json.dumps(header).encode(), data)


def change_header_bytes(random: Random, draft: Draft, _: Draft) -> None:
    """A header that is longer or shorter than it says, or no JSON."""
    content = _bytes(draft, WEIGHTS)
    header, data = _parsed(content)
    text = json.dumps(header).encode()
    length = random.choice([*_SIZES, len(content) - 8, len(content) - 7, len(content)])
    draft[WEIGHTS] = random.choice(
        [
            length.to_bytes(8, "little") + content[8:],
            length.to_bytes(8, "little"),
            _unparsed(random.choice(_WHOLE_FILES), data),
            _unparsed(text + b" " * random.choice([1, 7, 8, 10**6, 5 * 10**6]), data),
            _unparsed(text[:-1] + b"," + text[1:], data),
            _unparsed(text, data + random.randbytes(random.randrange(1, 9))),
            _unparsed(text, data[: -random.randrange(1, 9)]),
        ]
    )


def change_numbers(random: Random, draft: Draft, _: Draft) -> None:
    """Weights that are no numbers, or far too large."""
    header, data = _parsed(_bytes(draft, WEIGHTS))
    numbers = bytearray(data)
    for _number in range(random.choice([1, 3, 100])):
        place = random.randrange(len(numbers) // 4) * 4
        patterns = (0x7FC00000, 0x7F800000, 0xFF800000, 0x7F7FFFFF, 0x7F800001, 0x00000001, 0x7C017C01, 0x80808080)
        numbers[place : place + 4] = random.choice(patterns).to_bytes(4, "little")
    draft[WEIGHTS] = _unparsed(json.dumps(header).encode(), bytes(numbers))


def agree_on_giants(random: Random, draft: Draft, _: Draft) -> None:
    """A size so large that nobody has the memory, in the settings and in the header, and a file of that many holes."""
    config = json.loads(_bytes(draft, CONFIG))
    network = config["network"]
    field = random.choice(["hidden_size", "embedding_dim", "num_layers"])
    factor = random.choice([1 << 8, 1 << 14, 1 << 20, 1 << 30])
    old = network[field]
    network[field] = old * factor
    header, data = _parsed(_bytes(draft, WEIGHTS))
    end = 0
    for entry in header.values():
        size = entry["data_offsets"][1] - entry["data_offsets"][0]
        if field != "num_layers":
            multiples = [size_ if size_ % old else size_ * factor for size_ in entry["shape"]]
            for before, after in zip(entry["shape"], multiples, strict=True):
                size = size // before * after
            entry["shape"] = multiples
        entry["data_offsets"] = [end, end + size]
        end += size
    draft[CONFIG] = json.dumps(config).encode()
    mend(draft)
    begin = _unparsed(json.dumps(header).encode(), data)
    length = len(begin) - len(data) + end
    if length < 1 << 43:
        draft[WEIGHTS] = lambda path: _sparse(path, begin, length)


BY_ACCIDENT: list[Corruption] = [
    *(flip_bits, flip_bits, truncate, extend, overwrite, move_blocks, swap_files, mix_halves, remove, foreign_files),
    *(no_plain_file, change_manifest, agree_on_giants),
]
"""The manifest stays what it was, or speaks of other bytes."""

BY_INTENT: list[Corruption] = [
    *(flip_bits, truncate, extend, overwrite, move_blocks, swap_files, mix_halves, remove, replace_whole),
    *(change_value, change_value, change_value, change_keys, change_keys),
    *(change_header, change_header, change_header_bytes, change_numbers),
]
"""The manifest is mended afterwards, so that what lies behind it is reached."""


def _some_file(random: Random, draft: Draft) -> tuple[str, bytes]:
    """A file that has at least a byte."""
    files = {name: content for name, content in draft.items() if isinstance(content, bytes) and content}
    name = random.choice(sorted(files))
    return name, files[name]


def _bytes(draft: Draft, name: str) -> bytes:
    content = draft[name]
    assert isinstance(content, bytes)
    return content


def _some_place(random: Random, told: Any) -> tuple[Any, Any]:
    """A container within a value and one of its keys or indices; (None, None) for the value as a whole."""
    holder, key, value = None, None, told
    while isinstance(value, dict | list) and value and (holder is None or random.random() < 0.75):
        holder = value
        key = random.randrange(len(value)) if isinstance(value, list) else random.choice(list(value))
        value = value[key]
    return (None, None) if random.random() < 0.02 else (holder, key)


def _parsed(content: bytes) -> tuple[dict[str, Any], bytes]:
    """The header and the tensors of a safetensors file."""
    length = int.from_bytes(content[:8], "little")
    return json.loads(content[8 : 8 + length]), content[8 + length :]


def _unparsed(header: bytes, data: bytes) -> bytes:
    return len(header).to_bytes(8, "little") + header + data


def _link_to_copy(path: Path, content: bytes) -> None:
    """A link to the very same bytes, which lie elsewhere: only who looks at what it is can refuse it."""
    copy = path.parent.with_name("elsewhere")
    copy.write_bytes(content)
    path.symlink_to(copy)


def _sparse(path: Path, content: bytes, size: int) -> None:
    path.write_bytes(content)
    os.truncate(path, size)
