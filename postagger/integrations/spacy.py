"""The factory by which spaCy makes the component: nlp.add_pipe("postagger"). spaCy finds it by its entry point."""

from typing import TYPE_CHECKING, Any

from postagger.errors import ConfigError
from postagger.pretrained import SHIPPED

try:
    from spacy.language import Language
except ModuleNotFoundError as error:
    raise ConfigError(
        f"expected spaCy for a component of its pipelines, got no module {error.name}; pip install 'postagger[spacy]'"
    ) from None

if TYPE_CHECKING:
    from postagger.integrations.spacy_component import TaggerComponent


def make_component(nlp: Any, name: str, model: str, pos: str) -> "TaggerComponent":
    """A component that sets tag_ and pos_ of every token.

    nlp, name: the pipeline, and what the component is called in it. model: the name of a shipped model, or the path of
    a model folder. pos: how its tags become those of Universal Dependencies, of which pos_ is one: "ud" for Penn
    Treebank tags and for models whose own tags are these, else a file with two tags a line.

    Raises:
        ConfigError: pos lacks a tag of the model, or leads to one that is none of Universal Dependencies.
        CorpusError: pos is a file that cannot be read.

    A model, or a file for pos, that is not there is missed at the first document: a pipeline that was saved brings its
    own.
    """
    from postagger.integrations.spacy_component import TaggerComponent  # here, as spaCy looks in with every pipeline

    return TaggerComponent(name, model, pos)


Language.factory(
    "postagger",
    default_config={"model": SHIPPED[0], "pos": "ud"},
    assigns=["token.tag", "token.pos"],
    func=make_component,
)
