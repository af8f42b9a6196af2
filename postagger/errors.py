"""The errors of this package, one small family.

    PostaggerError
    ├── ConfigError         a setting has a value that cannot be used
    ├── CorpusError         a corpus is empty or malformed; names the file and the line
    │   └── MissingCorpusError  a named corpus is not on this machine and cannot be downloaded
    ├── ModelFolderError    a model folder is missing, damaged, or of another kind
    ├── CheckpointError     there is no checkpoint to resume from, or it is of another run
    ├── DivergedError       the loss of a training run is no longer a finite number
    ├── OutputError         something is in the way of a folder to write, or it cannot be written
    ├── InputError          what was handed over to a model is not tokens or text
    └── ProcessError        something is wrong in another process than the first of those that train together
        └── LostProcessError    one of them has ended

Every message is one line that says what was expected, what came, and what to do. The commands print it and
exit with 2.
"""


class PostaggerError(Exception):
    """Whatever this package raises on purpose."""


class ConfigError(PostaggerError, ValueError):
    """A setting has a value that cannot be used."""


class CorpusError(PostaggerError, ValueError):
    """A corpus is missing, empty or malformed."""


class MissingCorpusError(CorpusError):
    """A named corpus is not on this machine and cannot be downloaded."""


class ModelFolderError(PostaggerError):
    """A model folder is missing, damaged, or of another kind."""


class CheckpointError(PostaggerError):
    """There is no checkpoint to resume from, or it is of another run."""


class DivergedError(PostaggerError):
    """The loss of a training run is no longer a finite number."""


class OutputError(PostaggerError):
    """Something is in the way of a folder to write, or it cannot be written."""


class InputError(PostaggerError, TypeError):
    """What was handed over to a model is not tokens or text."""


class ProcessError(PostaggerError):
    """Something is wrong in another process than the first of those that train together."""


class LostProcessError(ProcessError):
    """One of the processes that train together has ended."""
