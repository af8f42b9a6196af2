"""python -m postagger.charlm generate: a model continues a text, shown as it is made."""

import sys
from collections.abc import Sequence

from postagger.argument_types import at_least_0, positive
from postagger.command_line import Parser, add_model_arguments, command, note

_EXAMPLES = """examples:
  postagger charlm generate --model my-writer
  postagger charlm generate --model my-writer --prefix "The " --length 80 --temperature 0.7 --seed 1
"""


@command("charlm generate")
def run(arguments: Sequence[str]) -> int:
    """Read the model, write."""
    options = parser().parse_args(arguments)

    import torch

    from postagger.char_language_model import CharLanguageModel
    from postagger.language_config import LEAK_WARNING
    from postagger.sampling import Sampling

    sampling = Sampling(options.temperature, options.top_k, options.top_p, options.greedy)
    torch.set_num_threads(options.threads)
    model = CharLanguageModel.load(options.model, device=options.device)
    if model.config.network.bidirectional_leak:
        note(f"warning: {LEAK_WARNING}")
    if unknown := model.alphabet.unknown(options.prefix):
        note(f"warning: the model does not know {' '.join(unknown)} of the prefix; it reads <unk> there")
    generator = torch.Generator()
    generator.manual_seed(options.seed) if options.seed is not None else generator.seed()
    backward = "forward" not in model.directions
    try:
        for number in range(1, options.count + 1):
            if options.count > 1:
                print(f"--- {number}")
            _write("" if backward else options.prefix)
            for piece in model.stream(options.prefix, options.length, sampling, generator):
                _write(piece)
            _write(options.prefix if backward else "")
            print(flush=True)
    except KeyboardInterrupt:
        print(flush=True)  # what was made stands on a line of its own
        raise
    return 0


def _write(piece: str) -> None:
    sys.stdout.write(piece)
    sys.stdout.flush()


def parser() -> Parser:
    """The options."""
    description = "Let a character-level language model write."
    parser = Parser(prog="postagger charlm generate", description=description, epilog=_EXAMPLES)
    add_model_arguments(parser)
    parser.add_argument("--prefix", default="", help="what the text begins with (default: as after a line break)")
    parser.add_argument("--length", type=at_least_0, default=200, help="characters to write (default: 200)")
    parser.add_argument(
        "--temperature",
        type=float,
        default=1.0,
        help="below 1 more probable, above 1 more surprising text; 0 for the most probable (default: 1)",
    )
    parser.add_argument("--top-k", type=at_least_0, default=0, help="draw from the k most probable characters only")
    parser.add_argument(
        "--top-p", type=float, default=1.0, help="draw from the fewest characters together this probable (default: 1)"
    )
    parser.add_argument("--greedy", action="store_true", help="always take the most probable character")
    parser.add_argument("--seed", type=at_least_0, help="equal seeds write equal texts (default: another each time)")
    parser.add_argument("--count", type=positive, default=1, help="texts to write (default: 1)")
    return parser
