"""The names of the recurrent cells and of those who compute them, for settings that must be read without torch."""

from typing import Literal

Cell = Literal["rnn", "gru", "lstm"]
Implementation = Literal["torch", "from-scratch"]
