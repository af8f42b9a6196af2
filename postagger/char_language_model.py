"""CharLanguageModel: text in, perplexity or more text out."""

import codecs
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from postagger.data_prep.characters import Alphabet, Codes
from postagger.device import select_device
from postagger.errors import ConfigError, InputError, ModelFolderError
from postagger.language_config import LanguageModelConfig
from postagger.language_network import build_language_model
from postagger.model_folder import FORMAT_VERSION, ModelFolder, open_model_folder, write_model_folder
from postagger.models.from_scratch import State
from postagger.models.language_model import BothDirections, LanguageModel
from postagger.perplexity import perplexity
from postagger.sampling import Sampling
from postagger.scoring.weight_shapes import language_weight_shapes
from postagger.stored_files import one_line
from postagger.stored_model import config_and_facts, naming, stored_alphabet
from postagger.stored_tensors import check_shapes

_ROWS = 64  # stretches of a text that are read side by side
_SHORTEST_ROW = 2048
_WARM_UP = 512  # characters a stretch reads of the one before it, so that it begins with a context
_STEPS = 256


@dataclass(frozen=True, slots=True)
class ScoredCharacter:
    """A character and its log-probability in nats, given what stands before it; the first one has no such."""

    character: str
    log_prob: float | None


class CharLanguageModel:
    """A trained model of the next character (or, read backward, of the one before).

    network and alphabet belong together; facts is what config.json tells beside the settings (text, versions).
    """

    def __init__(
        self,
        network: LanguageModel | BothDirections,
        alphabet: Alphabet,
        config: LanguageModelConfig,
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        self.network = network
        self.alphabet = alphabet
        self.config = config
        self.facts = dict(facts or {})

    @property
    def directions(self) -> dict[str, LanguageModel]:
        """The network of each direction there is, forward first."""
        if isinstance(self.network, BothDirections):
            return {"forward": self.network.forward_model, "backward": self.network.backward_model}
        return {"backward" if self.config.network.direction == "backward" else "forward": self.network}

    def perplexity(self, text: str) -> float:
        """How many characters, equally probable, would be as hard to choose from; of the first direction there is.

        Raises:
            InputError: text is not a string of at least two characters.
        """
        codes = self.alphabet.codes(_checked(text, 2))
        return perplexity(self.nats(codes, next(iter(self.directions))).double().mean().item())

    def score(self, text: str) -> list[ScoredCharacter]:
        """Each character with its log-probability, of the first direction there is.

        Raises:
            InputError: text is not a string.
        """
        direction = next(iter(self.directions))
        if not _checked(text, 0):
            return []
        nats = self.nats(self.alphabet.codes(text), direction).tolist()
        # A character of several bytes is as probable as all of them one after the other.
        widths = [1 if self.alphabet.characters is not None else len(_utf8(character)) for character in text]
        log_probs: list[float | None] = []
        missing, end = ([None], []) if direction == "forward" else ([], [None])
        remaining = iter([*missing, *(-value for value in nats), *end])
        for width in widths:
            parts = [next(remaining) for _ in range(width)]
            known = [part for part in parts if part is not None]
            log_probs.append(sum(known) if len(known) == len(parts) else None)
        return [ScoredCharacter(*pair) for pair in zip(text, log_probs, strict=True)]

    def nats(self, codes: Codes, direction: str) -> Tensor:
        """The negative log-likelihood of each symbol but the first one read: codes [N] -> [N - 1], in text order.

        A long text is read in rows side by side. Each but the first begins by reading the 512 symbols before it, so
        that every symbol is judged once and in context.
        """
        if direction == "backward":
            return self.nats_in_reading_order(self.network_of("backward"), codes[::-1]).flip(0)
        return self.nats_in_reading_order(self.network_of("forward"), codes)

    def network_of(self, direction: str) -> LanguageModel:
        """The network of a direction.

        Raises:
            ConfigError: the model has no such direction.
        """
        if direction not in self.directions:
            raise ConfigError(f"expected a direction of the model ({' '.join(self.directions)}), got {direction}")
        return self.directions[direction]

    def nats_in_reading_order(self, network: LanguageModel, codes: Codes) -> Tensor:
        """As nats, in reading order."""
        count = len(codes) - 1
        num_rows = max(1, min(_ROWS, count // _SHORTEST_ROW))
        width = -(-count // num_rows)
        warm_up = _WARM_UP if num_rows > 1 else 0
        firsts = np.maximum(np.arange(num_rows) * width - warm_up, 0)[:, None]
        nats = torch.zeros(num_rows, warm_up + width)
        steps = self.config.text.context_length if self.config.network.bidirectional_leak else _STEPS
        state: State | None = None
        network.eval()
        with torch.inference_mode():
            for start in range(0, warm_up + width, steps):
                end = min(start + steps, warm_up + width)
                # Rows that have come to the text's end read its last character again, which is not counted.
                places = np.minimum(firsts + np.arange(start, end + 1), count)
                ids = self.alphabet.ids(codes[places]).to(self.device)
                log_probs, state = network(ids[:, :-1], state)
                nats[:, start:end] = -log_probs.gather(-1, ids[:, 1:, None]).squeeze(-1).cpu()
        spans = [
            nats[row, row * width - first : min((row + 1) * width, count) - first]
            for row, first in enumerate(firsts[:, 0].tolist())
        ]
        return torch.cat(spans)

    @property
    def device(self) -> torch.device:
        """Where the network is."""
        return next(self.network.parameters()).device

    def states(self, text: str) -> Tensor:
        """What the recurrent layers make of a text: the last layer's states after each character [N, D * H].

        D directions side by side, each after the character on its own way. For bytes N counts bytes. (A. Akbik,
        D. Blythe and R. Vollgraf, 2018, "Contextual String Embeddings for Sequence Labeling", use them as features.)

        Raises:
            InputError: text is not a string.
        """
        ids = self.alphabet.encode(_checked(text, 0)).to(self.device)
        states = []
        for direction, network in self.directions.items():
            turned = ids.flip(0) if direction == "backward" else ids
            parts, state = [torch.empty(0, network.recurrent.output_size)], None
            network.eval()
            with torch.inference_mode():
                for piece in turned.split(_STEPS) if len(turned) else ():
                    hidden, state = network.hidden(piece[None], state)
                    parts.append(hidden[0].float().cpu())
            joined = torch.cat(parts)
            states.append(joined.flip(0) if direction == "backward" else joined)
        return torch.cat(states, dim=1)

    def generate(
        self,
        prefix: str = "",
        length: int = 200,
        *,
        temperature: float = 1.0,
        top_k: int = 0,
        top_p: float = 1.0,
        greedy: bool = False,
        seed: int | None = None,
    ) -> str:
        """The prefix and a continuation of so many symbols; a backward model puts them before it.

        Equal seeds give equal texts; without a seed each is another. An empty prefix is read as a line break.

        Raises:
            ConfigError: a setting is outside its range.
            InputError: the prefix is not a string.
        """
        generator = None if seed is None else torch.Generator().manual_seed(seed)
        made = "".join(self.stream(prefix, length, Sampling(temperature, top_k, top_p, greedy), generator))
        return prefix + made if "forward" in self.directions else made + prefix

    def stream(
        self, prefix: str, length: int, sampling: Sampling, generator: torch.Generator | None = None
    ) -> Iterator[str]:
        """The continuation, piece by piece as it is made; a backward model gives all of it at the end.

        Raises:
            ConfigError: the length is negative.
            InputError: the prefix is not a string.
        """
        if length < 0:
            raise ConfigError(f"--length: expected a number at least 0, got {length}")
        start = _checked(prefix, 0) or "\n"
        direction, network = next(iter(self.directions.items()))
        if direction == "backward":
            ids = self._draw(network, self.alphabet.encode(start).flip(0), length, sampling, generator)
            yield self.alphabet.decode(reversed(list(ids)))
            return
        ids = self._draw(network, self.alphabet.encode(start), length, sampling, generator)
        if self.alphabet.characters is not None:
            yield from (self.alphabet.decode([number]) for number in ids)
            return
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        yield from filter(None, (decoder.decode(bytes([number])) for number in ids))
        yield decoder.decode(b"", final=True)

    def _draw(
        self,
        network: LanguageModel,
        start: Tensor,
        length: int,
        sampling: Sampling,
        generator: torch.Generator | None,
    ) -> Iterator[int]:
        """Read the ids of a beginning [N], then draw so many further ones."""
        state: State | None = None
        network.eval()
        # A long beginning in pieces, so that only the last one's scores are kept.
        for piece in start[None].split(_STEPS, dim=1):
            log_probs, state = self._read(network, piece, state)
        for _ in range(length):
            number = sampling.choose(log_probs, generator)
            yield number
            log_probs, state = self._read(network, torch.tensor([[number]]), state)

    def _read(self, network: LanguageModel, ids: Tensor, state: State | None) -> tuple[Tensor, State]:
        """Ids [1, T] and the state before them -> log_probs [V] of what may be written next, and the state after them.

        Not a context around the loop above: what the caller does between two characters is none of its business.
        """
        with torch.inference_mode():
            log_probs, after = network(ids.to(self.device), state)
            following = log_probs[0, -1].cpu()
            if self.alphabet.characters is not None:
                following[Alphabet.unk_id] = -math.inf  # which has no shape to be written in
            return following, after

    def save(
        self,
        path: str | Path,
        *,
        evaluation: Mapping[str, Any] | None = None,
        history: Sequence[Mapping[str, Any]] = (),
        report: str = "",
        force: bool = False,
    ) -> None:
        """Write a model folder (see model_folder). report: the page of the scores.

        Raises:
            OutputError: the path exists (without force) or cannot be written; then nothing is left behind.
        """
        config = {"format_version": FORMAT_VERSION, "kind": "char_language_model", **self.config.to_dict()}
        weights = {name: value.detach().cpu().numpy() for name, value in self.network.state_dict().items()}
        vocabulary = {"symbols": None if self.alphabet.characters is None else "".join(self.alphabet.characters)}
        folder = ModelFolder(config | self.facts, vocabulary, weights, evaluation or {}, history, report)
        write_model_folder(Path(path), folder, force=force)

    @classmethod
    def load(cls, path: str | Path, *, device: str = "auto") -> "CharLanguageModel":
        """Read a model folder.

        Raises:
            ModelFolderError: the folder is missing, changed, or not a character-level language model's.
        """
        folder = open_model_folder(Path(path), "char_language_model")
        try:
            with naming("config.json"):
                config, facts = config_and_facts(LanguageModelConfig, folder.config)
            with naming("vocabulary.json"):
                alphabet = stored_alphabet(folder.vocabulary)
            with naming("weights.safetensors"):  # before there is a network, which takes what memory its config says
                shapes = {name: tensor.shape for name, tensor in folder.tensors.items()}
                check_shapes(shapes, language_weight_shapes(config.network, len(alphabet)))
            weights = {name: torch.tensor(weight) for name, weight in folder.weights().items()}
            network = build_language_model(config.network, len(alphabet))
            network.load_state_dict(weights)
        except (ValueError, RuntimeError) as error:
            reason = f"files that do not fit together: {one_line(error)}"
            raise ModelFolderError(f"{path}: expected a language model, got {reason}; copy the folder again") from None
        return cls(network.to(select_device(device)), alphabet, config, facts)


def _checked(text: str, least: int) -> str:
    if not isinstance(text, str):
        raise InputError(f"expected text as a str, got {type(text).__name__}")
    if len(text) < least:
        raise InputError(f"expected at least {least} characters, got {len(text)}; give more text")
    return text


def _utf8(character: str) -> bytes:
    return character.encode("utf-8", "surrogatepass")
