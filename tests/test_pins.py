import configparser
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PIN = re.compile(r"^([\w.-]+)==([^\s;]+)", re.MULTILINE)
BOUND = re.compile(r"^([\w-]+)(?:\[\w+\])?(?: >= ([\d.]+))?(?: ?;.*)?$")
# Of PyPI's torch for Linux: constraints.txt leaves their versions to torch, which names them itself.
CUDA = re.compile(r"triton|cuda-|nvidia-")
# `make oldest` goes without them: they are large, and `make engines` knows one version of each.
ENGINES = {"ray", "pyspark"}
HASHED = ("requirements-dev.txt", "requirements-cpu.txt", "requirements-cuda.txt", "requirements-engines.txt")


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(file: str) -> dict[str, str]:
    return {normal(name): version for name, version in PIN.findall((ROOT / file).read_text())}


def lowest() -> dict[str, str]:
    """Every package that setup.cfg asks for, with the lowest version that will do, or an empty string."""
    config = configparser.ConfigParser(interpolation=None)
    config.read(ROOT / "setup.cfg")
    lists = [config["options"]["install_requires"], *config["options.extras_require"].values()]
    lines = [line for text in lists for line in text.splitlines() if line and line[0] not in "%#"]
    found = [BOUND.fullmatch(line) for line in lines]
    assert all(found), lines
    return {normal(match[1]): match[2] or "" for match in found if match}


def numbers(version: str) -> tuple[int, ...]:
    """3.10 and 3.10.0 are one version."""
    return tuple(map(int, re.sub(r"(\.0)+$", "", version).split(".")))


def test_every_file_pins_the_same_versions() -> None:
    dev, cpu, cuda, engines = map(pins, HASHED)
    torch = cuda.pop("torch")
    assert cpu == {"torch": torch + "+cpu"}
    assert {**dev, **engines, "torch": torch} == pins("constraints.txt")
    assert engines.keys() >= ENGINES
    assert not dev.keys() & engines.keys()
    assert all(map(CUDA.match, cuda))


def test_everything_has_hashes() -> None:
    for file in HASHED:
        lines = (ROOT / file).read_text().replace("\\\n", "").splitlines()
        assert lines[0].startswith("# Made by 'make pins'")
        for line in lines[1:]:
            assert re.fullmatch(r"[\w.-]+==\S+( ; [^;]+?)?( +--hash=sha256:[0-9a-f]{64})+", line), line[:80]


def test_what_setup_cfg_asks_for_is_pinned_and_not_older_than_it_says() -> None:
    constraints = pins("constraints.txt")
    asked = lowest()
    assert asked.keys() <= constraints.keys()
    for name, version in asked.items():
        assert not version or numbers(constraints[name]) >= numbers(version), name


def test_the_oldest_are_those_that_setup_cfg_names() -> None:
    oldest, constraints = pins("constraints-oldest.txt"), pins("constraints.txt")
    asked = {name: version for name, version in lowest().items() if name not in ENGINES}
    assert asked.keys() <= oldest.keys()
    for name, version in asked.items():
        if name == "torch":  # older builds of it for Linux want CUDA
            assert oldest[name] == constraints[name]
        elif version:
            assert numbers(oldest[name]) == numbers(version), name
        else:
            assert oldest[name] == constraints[name], name
