"""A file of results, a line each, from which a run that was cut off goes on."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Result = dict[str, Any]


class ResultFile:
    """Results by their keys, in memory and, given a path, as lines of JSON."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._known: dict[str, Result] = {}
        for line in path.read_bytes().split(b"\n") if path is not None and path.exists() else ():
            try:
                record = json.loads(line)
                self._known[_text(record["key"])] = record["result"]
            except (ValueError, KeyError, TypeError):  # cut off in the middle
                continue

    def __contains__(self, key: Mapping[str, Any]) -> bool:
        return _text(key) in self._known

    def get(self, key: Mapping[str, Any], compute: Callable[[], Result]) -> Result:
        """The result of this key, computed and stored if it is new."""
        name = _text(key)
        if name not in self._known:
            self._known[name] = compute()
            if self._path is not None:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                with self._path.open("a", encoding="utf-8") as file:
                    # On a line of its own, also behind one that was cut off.
                    file.write(f"\n{_text({'key': key, 'result': self._known[name]})}\n")
        return self._known[name]


def _text(value: Mapping[str, Any]) -> str:
    return json.dumps(value, sort_keys=True)
