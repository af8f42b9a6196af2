"""The command `postagger COMMAND`, the same as `python -m postagger.COMMAND`."""

import sys
from collections.abc import Sequence

from postagger.command_line import command
from postagger.commands import commands_in_help, run_command

COMMANDS = {
    "tag": "tag text",
    "bulk": "tag corpora of any size, on one machine or many",
    "tags": "show what the tags mean",
    "train": "train a tagger",
    "evaluate": "judge a tagger on tagged sentences",
    "doctor": "look for what is wrong with a corpus",
    "serve": "tag over HTTP, and on a page in the browser",
    "export": "write a tagger as one ONNX file, which runs without torch",
    "charlm": "train, judge and run character-level language models",
    "completion": "let the shell complete commands and options",
}
_HELP = f"""usage: postagger COMMAND [--help]

{commands_in_help(COMMANDS)}
examples:
  echo "She can't bear the bear." | postagger tag          an English tagger comes with the package
  postagger train --output my-tagger                       another one, in under a minute
  postagger evaluate --model my-tagger --output report     how good it is, and where it goes wrong

Read more: postagger COMMAND --help; docs/command-line.md, where the code is; postagger --version
"""


def main() -> int:
    """Hand the arguments on to the command they name."""
    if sys.argv[1:] == ["--version"]:
        return _tell_version([])
    return run_command("postagger", "postagger", COMMANDS, _HELP, sys.argv[1:])


@command("")
def _tell_version(_: Sequence[str]) -> int:
    import postagger

    print(postagger.__version__)
    return 0


if __name__ == "__main__":
    sys.exit(main())
