"""How figures were made: what somebody else needs to make them again."""

import os
import platform
import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from postagger.data_prep.fingerprint import sha256_of
from postagger.data_prep.sentence import Sentence
from postagger.model_folder import library_versions


def provenance(
    facts: Mapping[str, Any],
    config: Mapping[str, Any],
    sentences: Iterable[Sentence] | None = None,
    *,
    command: Sequence[str] = (),
    **judged: Any,
) -> dict[str, Any]:
    """The facts by name. facts, config: the model's own. sentences: what a tagger was judged on.

    command: the words of the command line. judged: more about what was judged.
    """
    corpus, calibration = facts.get("corpus", {}), facts.get("calibration", {})
    sources = {
        "name": corpus.get("name"),
        "sentences": corpus.get("train_sentences"),
        "characters": corpus.get("train_characters"),
        "SHA-256 of all parts": corpus.get("sha256"),
        "raw text": " ".join(corpus.get("raw_text") or ()) or None,
        "preset": corpus.get("preset"),
        "seed": config["training"]["seed"],
    }
    return _told(
        {
            **judged,
            "judged_SHA-256": None if sentences is None else sha256_of(sentences),
            "model_trained_on": _told(sources),
            "model_made_with": facts.get("versions"),
            "temperature_from": calibration.get("from"),
            "judged_with": library_versions(),
            "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
            "command": shlex.join(command),
        }
    )


def _told(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Those that are known."""
    return {name: value for name, value in facts.items() if value not in (None, "", {})}
