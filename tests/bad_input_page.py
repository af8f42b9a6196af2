"""The answers to bad input, in docs/reliability.md: `python tests/bad_input_page.py` writes those of today there."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

from bad_files import make_files, unlock
from bad_inputs import HARMLESS, MISTAKES, Line, Section
from bad_requests import REQUESTS, Request, answer_to, running_servers
from forked_commands import ForkedCommands, Ran, forked_commands

from postagger.tagger import Tagger
from servers import Reply

PAGE = Path(__file__).parent.parent / "docs" / "reliability.md"
BEGIN, END = "<!-- bad input: begin -->", "<!-- bad input: end -->"
_LONGEST, _BEGINNING, _REST = 240, 80, 40
_PREFIX = re.compile(r"postagger[a-z ]*: error: ")
_INTRODUCTION = """
Every answer is one line on standard error, with exit code 2 and nothing left behind. It begins with
`postagger COMMAND: error:`, which is left out here. The names of the files tell what is wrong with them: `latin1.txt`
is not UTF-8, `locked.txt` may not be read. The tests run these and {further} more, every flag of every command and
every path of the server among them, and compare this page with what was said.
"""


class Answers:
    """What commands and servers say to bad input, found out when it is asked for, and once."""

    def __init__(self, commands: ForkedCommands, folder: Path, ports: dict[str, int]) -> None:
        self.commands, self.folder, self.ports = commands, folder, ports
        self.to_line = cache(self._to_line)
        self.to_request = cache(self._to_request)

    def _to_line(self, line: Line) -> Ran:
        return self.commands.run(
            line.arguments,
            self.folder,
            stdin=str(self.folder / line.stdin) if line.stdin != "&-" else line.stdin,
            stdout=line.stdout,
            environment=line.environment,
        )

    def _to_request(self, request: Request) -> Reply:
        return answer_to(request, self.ports[request.server])


@contextmanager
def all_answers(tagger: Tagger) -> Iterator[Answers]:
    """Make the files, start the servers; at the end both are gone."""
    with ExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for name in ("work", "home", "temporary"):
            (root / name).mkdir()
        make_files(root / "work", tagger)
        stack.callback(unlock, root / "work")
        # No corpus and no network to download one from, and no GPU: answers are the same on all machines.
        nowhere = dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:9")
        places = {"HOME": root / "home", "TMPDIR": root / "temporary", "NLTK_DATA": root / "none"}
        environment = {**nowhere, **{name: str(path) for name, path in places.items()}, "CUDA_VISIBLE_DEVICES": ""}
        commands = stack.enter_context(forked_commands(environment))
        ports = stack.enter_context(running_servers(commands, root / "work"))
        yield Answers(commands, root / "work", ports)


def page_part(answers: Answers) -> str:
    """What stands between the marks of the page."""
    parts = [_table(section, answers) for section in MISTAKES]
    requests = [(one, answers.to_request(one)) for one in REQUESTS if one.is_shown]
    rows = [(one.text, f"{answer.status}: {answer.message}") for one, answer in requests]
    parts.append(_rows("Requests to the server", ("request", "status and message"), rows))
    parts.append(_table(HARMLESS, answers))
    further = sum(len(one.lines) - len(one.shown) for one in (*MISTAKES, HARMLESS)) + len(REQUESTS) - len(rows)
    return "\n".join([_INTRODUCTION.format(further=further), *parts])


def said(ran: Ran, folder: Path) -> str:
    """An answer in a line: the message, or what was printed; paths as seen from the folder."""
    text = _PREFIX.sub("", ran.err.splitlines()[-1]) if ran.code else ran.out.strip()
    before = f"(first {ran.out.strip()}) " if ran.code and ran.out else ""
    for old, new in ((f"{folder}/", ""), ("\n", " ⏎ "), ("\r", "\\r"), ("\0", "\\0")):
        text = text.replace(old, new)
    return before + (text or "nothing")


def _table(section: Section, answers: Answers) -> str:
    rows = [(one.text, said(answers.to_line(one), answers.folder)) for one in section.shown]
    return _rows(section.title, ("input", "answer"), rows)


def _rows(title: str, names: tuple[str, str], rows: list[tuple[str, str]]) -> str:
    lines = [f"### {title}\n", f"| {' | '.join(names)} |", "|---|---|"]
    return "\n".join([*lines, *(f"| `{_cell(first)}` | {_text(second)} |" for first, second in rows)]) + "\n"


def _cell(text: str) -> str:
    return _shortened(text).replace("|", "\\|")


def _text(text: str) -> str:
    """As code, in which nothing has a meaning of its own."""
    mark = "``" if "`" in text else "`"
    return f"{mark}{_cell(text)}{mark}"


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_BEGINNING]} … {text[-_REST:]}"


def main() -> None:
    """Write the page."""
    from conftest import SENTENCES, SMALL
    from postagger.data_prep.corpus import Corpus
    from postagger.tagger_training import train_tagger

    with all_answers(train_tagger(Corpus.from_parts("small", SENTENCES, SENTENCES, SENTENCES), SMALL)[0]) as answers:
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        PAGE.write_text(f"{before}{BEGIN}\n{page_part(answers)}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
