"""python -m postagger.export: a tagger as one ONNX file, which runs without torch."""

import os
import stat
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from postagger.command_line import Parser, command
from postagger.errors import OutputError
from postagger.pretrained import SHIPPED, model_path

_EXAMPLES = """examples:
  postagger export --output english.onnx
  postagger export --model my-tagger --output my-tagger.onnx --force
  postagger tag --model my-tagger.onnx novel.txt           tags with it
"""


@command("export")
def run(arguments: Sequence[str]) -> int:
    """Read the model, write the file, say so."""
    options = parser().parse_args(arguments)
    output = Path(options.output)
    _check_way(output, force=options.force)
    export(model_path(options.model), output)
    print(f"Saved in {output}: {output.stat().st_size / 1e6:.1f} MB. postagger.load({str(output)!r}) runs it.")
    return 0


def export(model: Path, output: Path) -> None:
    """Write the tagger of a model folder as an ONNX model, with its settings and vocabularies as metadata.

    Inputs: token_ids [B, T], feature_ids [B, T, F] and character_ids [B, T, C] where the network has these, and
    lengths [B]; output: log_probs [B, T, K]. The file appears whole or not at all.

    Raises:
        ConfigError: onnx is not installed.
        ModelFolderError: the folder is missing, changed, or not a tagger's.
        OutputError: the file cannot be written.
    """
    from postagger.model_folder import json_text, read_model_folder
    from postagger.onnx_graph import build_onnx
    from postagger.tagger import Tagger

    tagger = Tagger.load(model, device="cpu")
    folder = read_model_folder(model, "tagger")
    # As the folder has them: what was read there is read again.
    metadata = {name: json_text(getattr(folder, name)) for name in ("config", "vocabulary")}
    content = build_onnx(tagger.weights.arrays(), metadata=metadata)
    partial = output.with_name(f".{output.name}.partial")
    try:
        partial.write_bytes(content)
        partial.replace(output)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise _cannot_write(output, error) from None


def _check_way(output: Path, *, force: bool) -> None:
    """Find out before any work is done whether the file can be written.

    Raises:
        OutputError: something is in the way, or the place cannot be written to.
    """
    if not output.parent.is_dir():
        raise OutputError(f"{output}: expected a folder to write into, got none at {output.parent}; make it first")
    try:
        if os.path.lexists(output) and not force:
            raise OutputError(f"{output}: expected a path that is free, got one in use; choose another, or add --force")
        # Moved into the place of a device, as /dev/null, the file would be the end of that.
        if os.path.lexists(output) and not stat.S_ISREG(output.lstat().st_mode):
            raise OutputError(f"{output}: expected a file to replace, got something else; choose another")
        with tempfile.TemporaryFile(dir=output.parent):
            pass
    except OSError as error:
        raise _cannot_write(output, error) from None


def _cannot_write(output: Path, error: OSError) -> OutputError:
    return OutputError(
        f"{output}: expected a file that can be written, got: {error.strerror}; make room or choose another --output"
    )


def parser() -> Parser:
    """The options."""
    description = "Write a tagger as one ONNX file, which runs without torch."
    parser = Parser(prog="postagger export", description=description, epilog=_EXAMPLES)
    names = " ".join(SHIPPED)
    parser.add_argument("--model", default=SHIPPED[0], help=f"model folder, or one of {names} (default: {SHIPPED[0]})")
    parser.add_argument("--output", required=True, help="file to write: model.onnx")
    parser.add_argument("--force", action="store_true", help="replace the file if it exists")
    return parser


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
