import subprocess
import sys

import pytest
import torch
from torch import nn

from postagger.config import TrainingConfig
from postagger.optimization import AdamW, learning_rate, load_moments, make_optimizer, moments


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("constant", [1.0, 1.0, 1.0, 1.0, 1.0]),
        ("linear", [1.0, 0.75, 0.5, 0.25, 0.0]),
        ("one-cycle", [0.04, 0.52, 1.0, 0.5, 0.0]),
    ],
)
def test_schedules(schedule: str, expected: list[float]) -> None:
    settings = TrainingConfig(learning_rate=1.0, schedule=schedule, warmup_fraction=0.5)  # type: ignore[arg-type]
    assert [learning_rate(settings, done, 4) for done in range(5)] == pytest.approx(expected)


def test_a_schedule_may_follow_the_clock() -> None:
    settings = TrainingConfig(learning_rate=2.0, schedule="one-cycle", warmup_fraction=0.1)
    seconds = (0.0, 3.0, 6.0, 33.0, 60.0, 61.0)
    rates = [learning_rate(settings, 1000 * passed, 60_000) for passed in seconds]
    assert rates == pytest.approx([0.08, 1.04, 2.0, 1.0, 0.0, 0.0])


def test_adamw_is_that_of_torch_to_the_bit() -> None:
    networks = [nn.Sequential(nn.Embedding(9, 4, padding_idx=0), nn.Linear(4, 3), nn.Linear(3, 2)) for _ in range(2)]
    networks[1].load_state_dict(networks[0].state_dict())
    ours = make_optimizer(networks[0], TrainingConfig(learning_rate=0.02, beta2=0.9))
    assert isinstance(ours, AdamW)
    theirs = torch.optim.AdamW(networks[1].parameters(), lr=0.02, betas=(0.9, 0.9), weight_decay=0.01, fused=True)
    for step in range(5):
        optimizers: list[torch.optim.Optimizer | AdamW] = [ours, theirs]
        for network, optimizer in zip(networks, optimizers, strict=True):
            optimizer.param_groups[0]["lr"] = 0.02 / (step + 1)
            optimizer.zero_grad()
            unused = network[:2] if step == 0 else network  # one layer has no gradient yet
            unused(torch.tensor([[1, 2, 0], [3, step, 1]])).square().sum().backward()
            optimizer.step()
        if step == 2:
            again = make_optimizer(networks[0], TrainingConfig(learning_rate=0.02, beta2=0.9))
            again.load_state_dict(ours.state_dict())
            ours = again
    for mine, other in zip(networks[0].parameters(), networks[1].parameters(), strict=True):
        assert torch.equal(mine, other)


def test_a_training_step_imports_no_compiler() -> None:
    program = (
        "import sys, torch\n"
        "from postagger.config import TrainingConfig\n"
        "from postagger.optimization import make_optimizer\n"
        "network = torch.nn.Linear(2, 2)\n"
        "optimizer = make_optimizer(network, TrainingConfig())\n"
        "network(torch.ones(1, 2)).sum().backward()\n"
        "torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)\n"
        "optimizer.step()\n"
        "sys.exit('torch._dynamo' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_what_is_remembered_goes_to_the_device_of_the_parameters() -> None:
    parameter = torch.nn.Parameter(torch.zeros(2, 3, device="meta"))  # a device that every machine has
    optimizer = AdamW([parameter], 0.1, betas=(0.9, 0.99), weight_decay=0.0)
    load_moments(optimizer, {"0.step": torch.tensor(5.0), "0.exp_avg": torch.zeros(2, 3)}, [parameter])
    assert {value.device.type for value in moments(optimizer).values()} == {"meta"}
