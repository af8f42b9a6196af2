"""The command `postagger COMMAND`, the same as `python -m postagger.COMMAND`."""

import importlib
import sys

COMMANDS = {
    "train": "train a tagger",
    "evaluate": "judge a tagger on tagged sentences",
    "tag": "tag text",
    "export": "write a tagger as one ONNX file, which runs without torch",
    "charlm": "train, judge and run character-level language models",
}


def main() -> int:
    """Hand the arguments on to the command they name."""
    command, arguments = (sys.argv[1] if len(sys.argv) > 1 else "--help"), sys.argv[2:]
    if command in COMMANDS:
        module = importlib.import_module(f"postagger.{command}")
        return int(module.run(arguments))
    if command in ("-h", "--help"):
        print("usage: postagger COMMAND [--help]\n")
        print("\n".join(f"  {name:<10} {text}" for name, text in COMMANDS.items()))
        return 0
    if command == "--version":
        import postagger

        print(postagger.__version__)
        return 0
    print(
        f"postagger: error: expected one of {' '.join(COMMANDS)}, got {command!r}; try --help",
        file=sys.stderr,
    )
    return 2


if __name__ == "__main__":
    sys.exit(main())
