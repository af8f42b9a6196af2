"""How fast our tagger could be at best: python -m speed_parts.floor SECONDS STEP ... prints what one core multiplies.

A word is looked up with all that it means to the first layer; what cannot be looked up are the products of each step
with the states before it, those of higher layers with the layer below, and those of the output.
"""

import json
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

LARGE = 2048
STEP_TOKENS = 256
LEAST_TIMES = 3
GATES = {"rnn": 1, "gru": 3, "lstm": 4}


def operations_per_token(network: dict[str, Any], tags: int) -> int:
    """Multiplications and additions that no table saves; network as config.json has it.

    >>> operations_per_token(
    ...     {"cell": "lstm", "hidden_size": 128, "bidirectional": True, "num_layers": 1}, tags=45)
    285184
    """
    directions, size = 1 + network["bidirectional"], network["hidden_size"]
    width = GATES[network["cell"]] * size
    recurrent: int = network["num_layers"] * directions * size * width
    between: int = (network["num_layers"] - 1) * directions * directions * size * width
    output: int = directions * size * tags
    return 2 * (recurrent + between + output)


def model_operations(model: Path) -> int:
    """Those of a model folder."""
    config, vocabulary = (
        json.loads((model / f"{name}.json").read_text(encoding="utf-8")) for name in ("config", "vocabulary")
    )
    return operations_per_token(config["network"], len(vocabulary["tags"]))


def model_step(model: Path) -> str:
    """The product of a step: its units, and how wide all gates are together, as 128x512."""
    network = json.loads((model / "config.json").read_text(encoding="utf-8"))["network"]
    return f"{network['hidden_size']}x{GATES[network['cell']] * network['hidden_size']}"


def rate(rows: int, inner: int, columns: int, seconds: float) -> float:
    """Operations a second of a product in float32: the median of as many as fit into the seconds."""
    random = np.random.default_rng(1)
    first, second = (random.random(shape, np.float32) for shape in ((rows, inner), (inner, columns)))
    product = first @ second
    times: list[float] = []
    while len(times) < LEAST_TIMES or sum(times) < seconds:
        start = time.perf_counter()
        np.matmul(first, second, out=product)
        times.append(time.perf_counter() - start)
    return 2 * rows * inner * columns / median(times)


def main() -> None:
    """The rates of large products, and of those of the steps."""
    seconds = float(sys.argv[1])
    steps = {}
    for step in sys.argv[2:]:
        inner, columns = map(int, step.split("x"))
        steps[step] = rate(STEP_TOKENS, inner, columns, seconds)
    print(json.dumps({"large": rate(LARGE, LARGE, LARGE, seconds), "steps": steps}))


if __name__ == "__main__":
    main()
