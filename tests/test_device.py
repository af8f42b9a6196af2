import pytest
import torch

from postagger.device import autocast, has_fast_bfloat16, select_device, threads
from postagger.errors import ConfigError


def test_a_device_the_machine_does_not_have() -> None:
    assert select_device("cpu").type == "cpu"
    if not torch.backends.mps.is_available():
        with pytest.raises(ConfigError, match="--device: expected a device of this machine"):
            select_device("mps")


def test_mixed_precision_is_asked_for_or_left_out() -> None:
    cpu = torch.device("cpu")
    with autocast(cpu, "bfloat16"):
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == torch.bfloat16
    with autocast(cpu, "auto"):
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == torch.float32


def test_fast_bfloat16_is_a_matter_of_the_device() -> None:
    assert has_fast_bfloat16(torch.device("cpu")) in (True, False)
    assert not has_fast_bfloat16(torch.device("mps"))


def test_threads_hold_for_a_context() -> None:
    before = torch.get_num_threads()
    with threads(before + 1):
        assert torch.get_num_threads() == before + 1
    assert torch.get_num_threads() == before
