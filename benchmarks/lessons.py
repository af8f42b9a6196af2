"""The lessons' character-level models: perplexities, and seconds beside the lesson's own way of writing it.

python benchmarks/lessons.py --text LYRICS.zip [--seeds 1 2 3] [--runs NAME ...] [--check]
python benchmarks/lessons.py --text LYRICS.zip --time

The first trains with the documented commands, each in a process of its own. The second lets the plain program below and
ours take turns, each in a process of its own, so that a machine that slows down slows both down.
"""

import argparse
import json
import multiprocessing
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import mean, median
from typing import Any

import torch
from torch import Tensor, nn

from postagger.char_language_model import CharLanguageModel
from postagger.char_training import TrainingRun, with_precision
from postagger.data_prep.characters import Alphabet, Codes
from postagger.data_prep.text_files import read_text
from postagger.device import keep_memory
from postagger.language_config import LANGUAGE_PRESETS, LanguageModelConfig
from postagger.language_network import build_language_model

# name: (flags, the perplexity to reach)
RUNS: dict[str, tuple[str, float]] = {
    "RNN from scratch, SGD, random windows": (
        "--cell rnn --implementation from-scratch --windows random --optimizer sgd --learning-rate 100"
        " --initial-weights small --num-epochs 250",
        1.31,
    ),
    "RNN from scratch, SGD, consecutive windows": (
        "--cell rnn --implementation from-scratch --optimizer sgd --learning-rate 100 --initial-weights small"
        " --num-epochs 250",
        1.17,
    ),
    "RNN, Adam": ("--cell rnn --learning-rate 1e-3 --num-epochs 250", 1.022),
    "GRU, Adam": ("--cell gru --learning-rate 1e-2 --schedule linear --num-epochs 160", 1.019),
    "LSTM, Adam": ("--cell lstm --learning-rate 1e-2 --schedule linear --num-epochs 160", 1.018),
    "LSTM of two layers, Adam": (
        "--cell lstm --num-layers 2 --learning-rate 1e-2 --schedule linear --num-epochs 160",
        1.017,
    ),
    "GRU that sees the next character": (
        "--cell gru --bidirectional-leak --hidden-size 128 --learning-rate 1e-2 --schedule linear --num-epochs 160",
        1.001,
    ),
}
BATCH_SIZE, STEPS, HIDDEN = 32, 35, 256
TURNS, EPOCHS_A_TURN = 9, 5


class PlainModel(nn.Module):
    """The lesson's: a one-hot tensor per step, a layer of torch.nn on their stack, a linear layer."""

    def __init__(self, layer: nn.RNNBase, vocab_size: int) -> None:
        super().__init__()
        self.layer, self.vocab_size = layer, vocab_size
        self.dense = nn.Linear(layer.hidden_size, vocab_size)

    def forward(self, inputs: Tensor, state: Any) -> tuple[Tensor, Any]:
        """Ids [B, T] -> logits [T * B, V] and the state."""
        steps = []
        for step in range(inputs.shape[1]):
            row = torch.zeros(inputs.shape[0], self.vocab_size)
            row.scatter_(1, inputs[:, step, None], 1)
            steps.append(row)
        hidden, state = self.layer(torch.stack(steps), state)
        return self.dense(hidden.view(-1, hidden.shape[-1])), state


def plain_epochs(cell: type[nn.RNN] | type[nn.GRU] | type[nn.LSTM], ids: list[int], vocab_size: int) -> Iterator[None]:
    """The lesson's training loop; an epoch between two yields."""
    model = PlainModel(cell(vocab_size, HIDDEN), vocab_size)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    criterion = nn.CrossEntropyLoss()
    while True:
        width = len(ids) // BATCH_SIZE
        rows = torch.tensor(ids)[: BATCH_SIZE * width].view(BATCH_SIZE, width)
        state = None
        for start in range(0, (width - 1) // STEPS * STEPS, STEPS):
            inputs, targets = rows[:, start : start + STEPS], rows[:, start + 1 : start + STEPS + 1]
            if state is not None:
                state = tuple(part.detach() for part in state) if isinstance(state, tuple) else state.detach()
            logits, state = model(inputs, state)
            loss = criterion(logits, targets.t().contiguous().view(-1))
            optimizer.zero_grad()
            loss.backward()
            norm = torch.tensor([0.0])
            for parameter in model.parameters():
                if parameter.grad is not None:
                    norm += (parameter.grad.data**2).sum()
            if norm.sqrt().item() > 0.01:
                for parameter in model.parameters():
                    if parameter.grad is not None:
                        parameter.grad.data *= 0.01 / norm.sqrt().item()
            optimizer.step()
            loss.item()
        yield


def our_epochs(cell: str, codes: Codes) -> Iterator[None]:
    """The same with the package's own trainer, as the documented command runs it."""
    settings = {**LANGUAGE_PRESETS["lesson"], "cell": cell, "learning_rate": 1e-3, "num_epochs": 10**6}
    config = with_precision(LanguageModelConfig.from_settings(settings))
    alphabet = Alphabet.build(codes)
    torch.manual_seed(1)
    model = CharLanguageModel(build_language_model(config.network, len(alphabet)), alphabet, config)
    trainer = TrainingRun(model, codes, codes[:0], None).trainer(show_progress=False)
    keep_memory()
    torch.set_num_threads(config.training.threads)
    while True:
        trainer.run_epoch()
        yield


def serve(kind: str, cell: str, codes: Codes, connection: Connection) -> None:
    """In a process of its own: some epochs for each message, answered with the seconds of one."""
    alphabet = Alphabet.build(codes)
    layers: dict[str, type[nn.RNN] | type[nn.GRU] | type[nn.LSTM]]
    layers = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}
    epochs = (
        plain_epochs(layers[cell], alphabet.ids(codes).tolist(), len(alphabet))
        if kind == "plain"
        else our_epochs(cell, codes)
    )
    while connection.recv():
        start = time.perf_counter()
        for _ in range(EPOCHS_A_TURN):
            next(epochs)
        connection.send((time.perf_counter() - start) / EPOCHS_A_TURN)


def compare(text: str) -> None:
    """Print seconds an epoch of both, and their ratio."""
    codes = read_text([text], newlines="spaces", characters=10_000).codes
    context = multiprocessing.get_context("spawn")
    print("| cell | plain program, s an epoch | ours, s an epoch | times as fast |\n|---|---|---|---|")
    for cell in ("rnn", "gru", "lstm"):
        seconds: dict[str, list[float]] = {"plain": [], "ours": []}
        pipes = {kind: context.Pipe() for kind in seconds}
        for kind, (_, there) in pipes.items():
            context.Process(target=serve, args=(kind, cell, codes, there), daemon=True).start()
        for _ in range(TURNS):
            for kind, (here, _) in pipes.items():
                time.sleep(0.05)  # until the threads of the other have come to rest
                here.send(True)
                seconds[kind].append(here.recv())
        for here, _ in pipes.values():
            here.send(False)
        theirs, ours = (median(values[1:]) for values in seconds.values())
        print(f"| {cell} | {theirs:.3f} | {ours:.3f} | {theirs / ours:.2f} |", flush=True)


def train(text: str, flags: str, seed: int) -> tuple[float, float]:
    """Perplexity of the last epoch, and median seconds of an epoch."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "model"
        command = [sys.executable, "-m", "postagger.charlm", "train", "--preset", "lesson", "--text", text]
        command += [*flags.split(), "--seed", str(seed), "--output", str(output)]
        subprocess.run(command, check=True, capture_output=True)
        history = json.loads((output / "history.json").read_text())
    return history[-1]["perplexity"], median(record["seconds"] for record in history)


def main() -> int:
    """Run what is asked for; with --check, exit 1 where a perplexity is not reached by any seed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--text", required=True, help="the lyrics: a zip archive or a text file")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--runs", nargs="+", choices=RUNS, default=list(RUNS), metavar="NAME")
    parser.add_argument("--time", action="store_true", help="time ours beside the plain program instead")
    parser.add_argument("--check", action="store_true", help="exit with 1 where a perplexity is not reached")
    options = parser.parse_args()
    if options.time:
        compare(options.text)
        return 0
    print("| run | to reach | reached by | perplexity: mean (range) | s an epoch |\n|---|---|---|---|---|")
    missed = False
    for name in options.runs:
        flags, bar = RUNS[name]
        results = [train(options.text, flags, seed) for seed in options.seeds]
        values = [perplexity for perplexity, _ in results]
        reached = sum(value <= bar for value in values)
        missed |= not reached
        print(
            f"| {name} | {bar} | {reached} of {len(values)} seeds | {mean(values):.4f} ({min(values):.4f} to "
            f"{max(values):.4f}) | {median(seconds for _, seconds in results):.2f} |",
            flush=True,
        )
    return int(missed and options.check)


if __name__ == "__main__":
    sys.exit(main())
