"""The models that come with the package, each in a model folder with its card."""

from pathlib import Path

SHIPPED = ("english-news", "english-web")
"""Their names; the first is the one that is taken where none is named."""


def model_path(name: "str | Path") -> Path:
    """The folder of a shipped model, or the path itself. A folder of one's own with such a name is ./english-news.

    >>> model_path("english-web").name, model_path("./english-web").parent.name, str(model_path("my/model"))
    ('english-web', '', 'my/model')
    """
    return Path(__file__).parent / name if name in SHIPPED else Path(name)
