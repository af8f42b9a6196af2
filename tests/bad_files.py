"""A folder of files that are wrong, each in a way of its own, and of a few that are right; their names tell which."""

import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from postagger.char_language_model import CharLanguageModel
from postagger.checkpoint import checkpoint_path
from postagger.data_prep.characters import Alphabet
from postagger.export import export
from postagger.language_config import LanguageModelConfig
from postagger.language_network import build_language_model
from postagger.tagger import Tagger

_DOG = "1\tdog\t_\tNOUN\tNN\t_\t0\troot\t_\t_\n"

FILES = {
    # Text.
    "good.txt": b"The dog barks.\n",
    "empty.txt": b"",
    "blank.txt": b" \n\t\n\n",
    "latin1.txt": b"The dog barks.\nThe caf\xe9.\n",
    "utf16.txt": "The dog barks.".encode("utf-16-le"),
    "utf16-with-bom.txt": b"\xff\xfe" + "The dog barks.".encode("utf-16-le"),
    "bytes.txt": bytes(range(256)),
    "cut.txt": "The café".encode()[:-1],
    "surrogate.txt": b"The \xed\xa0\x80\n",
    "overlong.txt": b"The \xc0\xaf\n",
    "bom.txt": b"\xef\xbb\xbfThe dog barks.\n",
    "crlf.txt": b"The dog barks.\r\nRun!\r\n",
    "cr.txt": b"The dog barks.\rRun!\r",
    "nul.txt": b"The d\0g barks.\n",
    "million.txt": b"a" * 1_000_000 + b"\n",
    "one-line.txt": b"The dog barks. " * 2_000,
    "umlaut.txt": "Müller barks .\n".encode(),
    # CoNLL-U.
    "good.conllu": _DOG.encode() + b"\n",
    "empty.conllu": b"",
    "comments.conllu": b"# nothing else\n",
    "spaces.conllu": _DOG.replace("\t", " ").encode(),
    "nine.conllu": _DOG.replace("\t_\n", "\n").encode(),
    "hole.conllu": _DOG.replace("NOUN", "").encode(),
    "two.conllu": b"2" + _DOG[1:].encode(),
    "letter.conllu": b"x" + _DOG[1:].encode(),
    "range.conllu": b"2-1" + _DOG[1:].encode(),
    "twice.conllu": _DOG.encode() * 2,
    "untagged.conllu": _DOG.replace("NN", "_").encode(),
    "latin1.conllu": _DOG.replace("dog", "caf\xe9").encode("latin-1"),
    "utf16.conllu": _DOG.encode("utf-16"),
    "bom.conllu": b"\xef\xbb\xbf" + _DOG.encode() + b"\n",
    "crlf.conllu": _DOG.replace("\n", "\r\n").encode() + b"\r\n",
    "no-end.conllu": _DOG.encode()[:-1],
    "late.conllu": _DOG.encode() + b"\ndog\n",
    # word/TAG.
    "good.tagged": b"The/DT dog/NN barks/VBZ ./.\nRun/VB !/.\n",
    "untagged.tagged": b"The/DT dog\n",
    "no-word.tagged": b"The/DT /NN\n",
    "latin1.tagged": b"caf\xe9/NN\n",
    "one.tagged": b"Run/VB !/.\n",
    "more.tagged": b"The/DT dog/NN barks/VBZ ./.\nRun/VB !/.\nRun/VB !/.\n",
    "other.tagged": b"The/DT cat/NN barks/VBZ ./.\nRun/VB !/.\n",
    "umlaut.tagged": "Müller/NN barks/NN ./.\n".encode(),
    "good.xyz": b"The/DT dog/NN\n",
    # A token a line.
    "good.tsv": b"dog\tNN\n",
    "one-column.tsv": b"dog\n",
    "mixed.tsv": b"The\tDT\ndog NN\n",
    "hole.tsv": b"dog\t\n",
    # Tags.
    "alone.lexicon": b"dog NN\nbarks\n",
    "strange.lexicon": b"dog XYZ\n",
    "latin1.lexicon": b"caf\xe9 NN\n",
    "one.tags": b"NN\n",
    "three.tags": b"NN NOUN X\n",
    "twice.tags": b"NN NOUN\nNN VERB\n",
    "few.tags": b"NN NOUN\n",
    # Settings.
    "broken.toml": b"cell = = 'gru'\n",
    "unknown.toml": b"sell = 'gru'\n",
    "type.toml": b"hidden_size = 'many'\n",
    "range.toml": b"dropout = 2.0\n",
    "choice.toml": b"cell = 'gruu'\n",
    "twice.toml": b"seed = 1\nseed = 2\n",
    "table.toml": b"[training]\nseed = 1\n",
    "preset.toml": b"preset = 'slow'\n",
    "flag.toml": b"force = true\n",
    "latin1.toml": b"# caf\xe9\n",
    # What servers read.
    "short.token": b"abc\n",
    "blank.token": b"correct horse battery staple\n",
    "latin1.token": b"correct-horse-caf\xe9\n",
    "good.token": b"correct-horse-battery-staple\n",
    # No file of the kind that its name says.
    "text.zip": b"The dog barks.\n",
    "text.onnx": b"The dog barks.\n",
    "text.parquet": b"The dog barks.\n",
}


def make_files(folder: Path, tagger: Tagger) -> None:
    """Fill a folder: the files above, zip archives, models and parts of such, links, and what nobody may open."""
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    _make_archives(folder)
    _make_models(folder, tagger)
    (folder / "folder").mkdir()
    (folder / "folder" / "notes.txt").write_text("The dog barks.\n")
    (folder / "empty").mkdir()
    (folder / "dangling.txt").symlink_to("nowhere")
    (folder / "loop.txt").symlink_to("loop.txt")
    (folder / "taken.runs.jsonl").mkdir()
    os.mkfifo(folder / "pipe")
    foreign = checkpoint_path(folder / "foreign")
    foreign.mkdir()
    (foreign / "notes.txt").write_text("The dog barks.\n")
    (folder / "locked.txt").write_text("The dog barks.\n")
    (folder / "locked").mkdir()
    for name in ("locked.txt", "locked"):
        (folder / name).chmod(0)


def unlock(folder: Path) -> None:
    """Let everything be deleted again."""
    (folder / "locked").chmod(0o700)


def _make_archives(folder: Path) -> None:
    for name, member in (("good", b"The dog barks.\n"), ("latin1", b"caf\xe9\n"), ("nothing", None)):
        with zipfile.ZipFile(folder / f"{name}.zip", "w") as archive:
            if member is not None:
                archive.writestr(zipfile.ZipInfo("notes.txt"), member)
    whole = (folder / "good.zip").read_bytes()
    (folder / "changed.zip").write_bytes(whole.replace(b"The dog", b"The cat", 1))
    (folder / "cut.zip").write_bytes(whole[:-5])
    encrypted = bytearray(whole)
    encrypted[6] |= 1  # the flags of the member
    encrypted[whole.rindex(b"PK\x01\x02") + 8] |= 1  # and of its entry
    (folder / "encrypted.zip").write_bytes(encrypted)


def _make_models(folder: Path, tagger: Tagger) -> None:
    tagger.save(folder / "model")
    _language_model().save(folder / "writer")
    export(folder / "model", folder / "model.onnx")
    content = (folder / "model.onnx").read_bytes()
    (folder / "cut.onnx").write_bytes(content[: len(content) // 2])
    for name, file, change in (
        ("changed-model", "config.json", lambda old: old.replace(b"gru", b"rnn")),
        ("cut-model", "weights.safetensors", lambda old: old[:-1]),
        ("broken-model", "manifest.json", lambda _: b"{"),
    ):
        shutil.copytree(folder / "model", folder / name)
        path = folder / name / file
        path.write_bytes(change(path.read_bytes()))
    shutil.copytree(folder / "model", folder / "half-model")
    (folder / "half-model" / "weights.safetensors").unlink()
    _rewritten(folder / "model", folder / "later-model", "config.json", lambda one: one | {"format_version": 99})
    _rewritten(folder / "model", folder / "odd-model", "evaluation.json", lambda one: one | {"accuracy": "high"})


def _rewritten(source: Path, target: Path, name: str, change: Callable[[dict[str, Any]], object]) -> None:
    """A copy in which one file says something else, and the manifest vouches for it."""
    shutil.copytree(source, target)
    content = json.dumps(change(json.loads((source / name).read_bytes()))).encode()
    (target / name).write_bytes(content)
    manifest = json.loads((target / "manifest.json").read_bytes())
    manifest[name] = hashlib.sha256(content).hexdigest()
    (target / "manifest.json").write_text(json.dumps(manifest))


def _language_model() -> CharLanguageModel:
    """One that has learnt nothing."""
    torch.manual_seed(0)
    config = LanguageModelConfig.from_settings({"hidden_size": 8, "embedding_dim": 4})
    alphabet = Alphabet("\n .Tabdeghkors")
    return CharLanguageModel(build_language_model(config.network, len(alphabet)), alphabet, config)
