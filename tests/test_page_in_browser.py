"""The page of the server as people have it: every control, by mouse and keyboard, against a server that runs."""

import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, FilePayload, Locator, Page, Route, expect

from conftest import SENTENCES
from pages import browser, complaints
from postagger.char_language_model import CharLanguageModel
from postagger.charlm import run as charlm
from postagger.data_prep.formats import ConlluSentence, read_conllu
from postagger.tag import run as tag
from postagger.tagger import Tagger
from servers import server

TEXT = "The dog barks. Dogs bark at the old dog. Run!"
HTML = "<img src=x onerror=alert(1)> & </textarea><script>alert(2)</script>"
CONLLU = (
    "# sent_id = a1\n# text = dogs don't bark.\n"
    "1\tdogs\tdog\tNOUN\tXX\tNumber=Plur\t4\tnsubj\t4:nsubj\tGloss=chiens\n"
    "2-3\tdon't\t_\t_\t_\t_\t_\t_\t_\t_\n"
    "2\tdo\tdo\tAUX\tXX\t_\t4\taux\t4:aux\t_\n"
    "3\tn't\tnot\tPART\tXX\t_\t4\tadvmod\t4:advmod\t_\n"
    "3.1\tnever\tnever\tADV\tRB\t_\t_\t_\t4:advmod\t_\n"
    "4\tbark\tbark\tVERB\tXX\t_\t0\troot\t0:root\tSpaceAfter=No\n"
    "5\t.\t.\tPUNCT\tXX\t_\t4\tpunct\t4:punct\t_\n\n"
    "1\tRun\trun\tVERB\tXX\t_\t0\troot\t0:root\t_\n\n"
)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def language_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("charlm")
    (folder / "rhyme.txt").write_text("row, row, row your boat, gently down the stream.\n" * 20)
    settings = "--hidden-size 16 --embedding-dim 8 --context-length 8 --batch-size 4 --num-epochs 3".split()
    assert charlm(["train", "--text", str(folder / "rhyme.txt"), *settings, "--output", str(folder / "model")]) == 0
    return folder / "model"


@pytest.fixture(scope="module")
def address(small_model: Path, language_model: Path) -> Iterator[str]:
    with server(small_model, "--language-model", str(language_model)) as running:
        yield running.address


@pytest.fixture(scope="module")
def context(chromium: Browser) -> BrowserContext:
    opened = chromium.new_context(viewport={"width": 1280, "height": 900})
    opened.set_default_timeout(8000)
    return opened


@pytest.fixture(scope="module")
def window(context: BrowserContext) -> tuple[Page, list[str]]:
    """One for most tests, which is quicker than one for each; and what is said and asked for in it."""
    opened = context.new_page()
    said = complaints(opened, "")
    opened.on("dialog", lambda dialog: dialog.accept())  # that corrections are not saved
    return opened, said


@pytest.fixture
def page(window: tuple[Page, list[str]], address: str) -> Iterator[Page]:
    """The page, anew, with TEXT in it; nothing may be complained of, and only the server's own things be asked for."""
    opened, said = window
    opened.goto("about:blank")
    said.clear()
    opened.goto(address, wait_until="commit")
    write(opened, TEXT)
    yield opened
    opened.unroute_all()
    assert [one for one in said if not one.startswith((f"{address}/", f"blob:{address}/"))] == []


@pytest.fixture
def bare(context: BrowserContext) -> Iterator[Page]:
    """A page that is not open yet, for servers that refuse: the browser itself writes that into the console."""
    opened = context.new_page()
    yield opened
    opened.close()


def write(page: Page, text: str) -> None:
    """Enter a text, and wait until all of it is tagged."""
    page.locator("#text").evaluate("(box, text) => { box.value = text; box.dispatchEvent(new Event('input')); }", text)
    told = "text => [...document.querySelectorAll('#sentences .word')].map((one) => one.textContent).join('') === text"
    page.wait_for_function(told, arg="".join(text.split()))


def shown(page: Page) -> list[list[tuple[str, str]]]:
    return [
        list(zip(item.locator(".word").all_inner_texts(), item.locator(".tag").all_inner_texts(), strict=True))
        for item in page.locator("#sentences > li").all()
    ]


def expected(tagger: Tagger, text: str, tagset: str = "ptb") -> list[list[tuple[str, str]]]:
    return [[(one.text, one.tag) for one in sentence] for sentence in tagger.tag_text(text, tagset=tagset)]


def token(page: Page, number: int) -> Locator:
    return page.locator(".token").nth(number)


def saved(page: Page, button: str, folder: Path) -> Path:
    with page.expect_download() as download:
        page.locator(button).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def corrected(page: Page, number: int, tag: str) -> None:
    token(page, number).click()
    page.locator(f'#card [role=option][data-tag="{tag}"]').click()
    expect(token(page, number).locator(".tag")).to_have_text(tag)


def fields(sentences: list[ConlluSentence], column: int) -> list[list[str]]:
    return [[row[column] for row in sentence.words] for sentence in sentences]


def test_tags_while_typing(page: Page, small_tagger: Tagger) -> None:
    page.locator("#text").fill("")
    expect(page.locator("#summary")).to_have_text("Nothing to tag yet.")
    page.locator("#text").press_sequentially(TEXT)
    expect(page.locator("#summary")).to_contain_text("3 sentences, 13 tokens")
    assert shown(page) == expected(small_tagger, TEXT)
    classes = [token.get_attribute("data-class") for token in page.locator(".token").all()[:4]]
    assert classes == ["determiner", "noun", "verb", "punctuation"]


def test_what_stays_is_left_alone_and_only_changes_are_sent(page: Page, small_tagger: Tagger) -> None:
    text = "The dog barks.\n\nRun!"
    write(page, text)
    page.locator("#text").press("ControlOrMeta+End")
    page.evaluate("first = document.querySelector('.token')")
    with page.expect_request("**/v1/tag") as asked:
        page.locator("#text").press_sequentially(" Dogs bark.")
    assert json.loads(asked.value.post_data or "")["text"] in [["Run! Dogs bark."[:length]] for length in range(5, 17)]
    expect(page.locator(".token")).to_have_count(9)
    assert page.evaluate("first === document.querySelector('.token')")
    assert shown(page) == expected(small_tagger, "The dog barks.") + expected(small_tagger, "Run! Dogs bark.")
    assert page.locator(".sentence.opens").count() == 2


def test_stale_answers_are_dropped(page: Page, small_tagger: Tagger) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route) if "old" in (route.request.post_data or "") else route.continue_()

    page.route("**/v1/tag", hold)
    page.locator("#text").fill("The old dog.")
    while not held:
        page.wait_for_timeout(20)
    write(page, "Run!")
    answer = {"tokens": ["old"], "tags": ["JJ"], "starts": [0], "ends": [3], "text": 0}
    held[0].fulfill(json={"sentences": [answer]})
    page.wait_for_timeout(100)
    assert shown(page) == expected(small_tagger, "Run!")


def test_hover_and_focus_tell_of_a_token(page: Page, small_tagger: Tagger) -> None:
    sentence = ["Dogs", "bark", "at", "the", "old", "dog", "."]
    prediction = small_tagger.predict([sentence], alternatives=4)[0]
    card = page.locator("#card")
    token(page, 5).hover()
    expect(card).to_be_visible()
    assert card.locator(".card-head").inner_text().split("\n")[:2] == ["bark", prediction.tags[1]]
    assert "verb, present, not third person singular" in card.inner_text()
    assert f"Confidence {prediction.confidences[1]:.2f}" in card.inner_text()
    told = list(
        zip(card.locator("li .tag").all_inner_texts(), card.locator(".probability").all_inner_texts(), strict=True)
    )
    best = [(prediction.tags[1], prediction.confidences[1]), *prediction.alternatives[1]]
    best = best[: max(3, sum(probability >= 0.005 for _, probability in best))]
    assert told == [(tag, f"{p:.2f}" if p >= 0.005 else "<0.01") for tag, p in best]
    page.locator("h1").hover()
    expect(card).to_be_hidden()
    page.locator("#clear").focus()
    page.keyboard.press("Tab")
    expect(card).to_be_visible()
    assert token(page, 0).get_attribute("aria-describedby") == "card"
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()


def test_less_sure_tokens(page: Page, small_tagger: Tagger) -> None:
    sure = [one.confidence for sentence in small_tagger.tag_text(TEXT) for one in sentence]
    for threshold in (0.5, sorted(sure)[6], 1.0):
        page.locator("#threshold").fill(f"{threshold:.2f}")
        below = [number for number, one in enumerate(sure) if round(one, 4) < round(threshold, 2)]
        classes = [one.get_attribute("class") or "" for one in page.locator(".token").all()]
        assert [number for number, one in enumerate(classes) if "unsure" in one.split()] == below
        assert f"{len(below)} less sure than {threshold:.2f}" in page.locator("#summary").inner_text()
    assert "underline" in token(page, below[0]).locator(".word").evaluate("one => getComputedStyle(one).textDecoration")
    assert "less sure" in (token(page, below[0]).text_content() or "")


def test_the_legend_finds_tokens(page: Page) -> None:
    entry = page.locator("#legend button", has=page.get_by_text("NN", exact=True))
    assert entry.inner_text().split() == ["NN", "noun,", "singular", "or", "mass:", "dog,", "water", "2"]
    entry.click()
    assert entry.get_attribute("aria-pressed") == "true"
    assert page.locator(".token.found .word").all_inner_texts() == ["dog", "dog"]
    expect(page.locator("#found")).to_have_text("NN: 2 tokens")
    for number in (1, 9, 1):
        page.locator("#find-next").click()
        expect(token(page, number)).to_be_focused()
    page.locator("#find-previous").click()
    expect(token(page, 9)).to_be_focused()
    entry.click()
    assert page.locator(".token.found").count() == 0
    expect(page.locator("#find-next")).to_be_disabled()
    assert entry.get_attribute("aria-pressed") == "false"


def test_other_tagsets(page: Page, tmp_path: Path, small_tagger: Tagger) -> None:
    spelling = {".": "PUNCT", "CONJ": "CCONJ", "PRT": "PART"}
    for name, tagset in (("Universal", "universal"), ("UD", "ud"), ("Penn", "ptb")):
        page.get_by_label(name, exact=True).check()
        want = expected(small_tagger, TEXT, tagset)
        for number in (1, 3):
            expect(token(page, number).locator(".tag")).to_have_text(want[0][number][1])
        assert shown(page) == want
        sentences = list(read_conllu(saved(page, "#download", tmp_path)))
        column, empty = (4, 3) if tagset == "ptb" else (3, 4)
        tags = [[tag if tagset == "ptb" else spelling.get(tag, tag) for _, tag in one] for one in want]
        assert fields(sentences, column) == tags
        assert fields(sentences, empty) == [["_"] * len(one) for one in tags]


def test_a_correction_is_marked_survives_and_is_saved(page: Page, tmp_path: Path, small_tagger: Tagger) -> None:
    corrected(page, 5, "NN")
    expect(token(page, 5)).to_be_focused()
    assert "corrected" in (token(page, 5).text_content() or "")
    page.locator("#text").press("End")
    page.locator("#text").press_sequentially(" Run!")
    expect(page.locator(".token")).to_have_count(15)
    assert page.locator(".token.corrected .word").all_inner_texts() == ["bark"]
    sentences = list(read_conllu(saved(page, "#download", tmp_path)))
    tags = [list(tags) for tags in fields(sentences, 4)]
    tagged = small_tagger.tag_text(f"{TEXT} Run!")
    want = [[one.tag for one in sentence] for sentence in tagged]
    want[1][1] = "NN"
    assert tags == want
    assert fields(sentences, 3) == [["_"] * len(one) for one in want]
    assert [one.comments[1] for one in sentences] == [
        "# text = The dog barks.",
        "# text = Dogs bark at the old dog.",
        "# text = Run!",
        "# text = Run!",
    ]
    misc = [f"Confidence={one.confidence:.4f}" for one in tagged[1]]
    misc[1], misc[5] = "Corrected=Yes", f"SpaceAfter=No|{misc[5]}"
    assert fields(sentences, 9)[1] == misc


def test_corrections_are_taken_back_and_come_back(page: Page) -> None:
    said = [tag for sentence in shown(page) for _, tag in sentence]
    corrected(page, 1, "JJ")
    corrected(page, 1, "VB")
    corrected(page, 12, "NN")
    assert "2 corrected by hand" in page.locator("#summary").inner_text()
    page.locator("#undo").click()
    expect(token(page, 12).locator(".tag")).to_have_text(said[12])
    token(page, 12).focus()
    page.keyboard.press("Control+z")
    expect(token(page, 1).locator(".tag")).to_have_text("JJ")
    # Its sentence is changed, and changed back; another tagset is looked at; an equal sentence comes before it.
    page.locator("#text").fill(TEXT.replace("dog barks", "dogs bark"))
    expect(page.locator(".token.corrected")).to_have_count(0)
    page.locator("#text").fill(TEXT)
    expect(token(page, 1)).to_have_class(re.compile("corrected"))
    page.get_by_label("UD", exact=True).check()
    expect(page.locator(".token.corrected")).to_have_count(0)
    expect(page.locator("#undo")).to_be_disabled()
    page.get_by_label("Penn", exact=True).check()
    expect(token(page, 1).locator(".tag")).to_have_text("JJ")
    write(page, f"The dog barks.\n\n{TEXT}")
    assert page.locator(".token.corrected").count() == 1
    page.locator("#undo").click()
    expect(page.locator(".token.corrected")).to_have_count(0)
    expect(page.locator("#undo")).to_be_disabled()
    corrected(page, 1, "VB")
    corrected(page, 1, said[1])  # no correction any more
    assert page.locator(".token.corrected").count() == 0


def corrections(page: Page) -> list[tuple[str, str]]:
    """The words that are marked as corrected, with their tags."""
    found = page.locator(".token.corrected")
    words, tags = found.locator(".word").all_inner_texts(), found.locator(".tag").all_inner_texts()
    return list(zip(words, tags, strict=True))


def test_tokens_that_stay_keep_their_corrections(page: Page) -> None:
    write(page, "The old man the boats.")
    said = token(page, 2).locator(".tag").inner_text()
    corrected(page, 2, "VB")
    for text in (
        "The old man the boats. today",
        "Well, the old man the boats. today",  # what is before it, too
        "Well, the old man. The boats. today",  # split
        "Well, the old man, the boats. today",  # joined
        "Run! Well, the old man.\n\nRun! The boats.",
    ):
        write(page, text)
        assert corrections(page) == [("man", "VB")]
    corrected(page, 0, "NN")
    page.locator("#undo").click()
    page.locator("#undo").click()
    man = page.locator(".token", has=page.get_by_text("man", exact=True))
    expect(man.locator(".tag")).to_have_text(said)
    expect(page.locator("#undo")).to_be_disabled()
    # What was taken back stays so in the sentence as it was; what is gone returns, but not to two places.
    write(page, "The old man the boats.")
    assert corrections(page) == []
    corrected(page, 2, "VB")
    write(page, "The old man the boats today.")
    write(page, "The old man the boats today. The old man the boats.")
    assert corrections(page) == [("man", "VB")]
    write(page, "Run!")
    write(page, "The old man the boats.")
    assert corrections(page) == [("man", "VB")]
    write(page, "The old dog the boats.")
    assert corrections(page) == []


def test_corrections_of_other_tagsets_are_told_of(page: Page, tmp_path: Path) -> None:
    corrected(page, 1, "JJ")
    corrected(page, 4, "VB")
    page.get_by_label("UD", exact=True).check()
    expect(page.locator("#summary")).to_contain_text("2 corrected by hand in Penn")
    assert corrections(page) == []
    corrected(page, 1, "ADJ")
    expect(page.locator("#summary")).to_contain_text(", 1 corrected by hand, 2 corrected by hand in Penn")
    assert saved(page, "#download", tmp_path).read_text("utf-8").count("Corrected=Yes") == 1
    write(page, f"Run! {TEXT}")
    page.get_by_label("Penn", exact=True).check()
    expect(page.locator("#summary")).to_contain_text(", 2 corrected by hand, 1 corrected by hand in UD")
    assert corrections(page) == [("dog", "JJ"), ("Dogs", "VB")]


def test_what_is_cleared_can_be_brought_back(page: Page) -> None:
    corrected(page, 1, "JJ")
    page.locator("#clear").click()
    expect(page.locator("#summary")).to_have_text("Nothing to tag yet.")
    expect(page.locator("#text")).to_have_value("")
    page.locator("#clear").click()
    expect(page.locator("#text")).to_be_focused()
    page.keyboard.press("ControlOrMeta+z")
    expect(page.locator("#text")).to_have_value(TEXT)
    expect(page.locator(".token")).to_have_count(13)
    assert corrections(page) == [("dog", "JJ")]
    page.locator("#undo").click()
    expect(page.locator(".token.corrected")).to_have_count(0)


def test_only_corrections_that_are_not_saved_are_warned_of(
    page: Page, window: tuple[Page, list[str]], tmp_path: Path
) -> None:
    asked: list[str] = []
    page.once("dialog", lambda dialog: asked.append(dialog.type))

    def warns() -> bool:
        """What is decided when a page is left; it is left for good below."""
        script = "!window.dispatchEvent(new Event('beforeunload', { cancelable: true }))"
        return bool(page.evaluate(script))

    token(page, 1).click()
    page.keyboard.press("Escape")
    assert not warns()
    corrected(page, 1, "JJ")
    assert warns()
    page.locator("#undo").click()
    assert not warns()
    corrected(page, 1, "JJ")
    saved(page, "#download", tmp_path)
    assert not warns()
    page.get_by_label("UD", exact=True).check()
    expect(page.locator("#summary")).to_contain_text("in Penn")
    assert not warns()
    corrected(page, 1, "ADJ")
    page.get_by_label("Penn", exact=True).check()
    expect(page.locator("#summary")).to_contain_text("in UD")
    saved(page, "#download", tmp_path)
    assert warns()  # that of UD is in no file
    assert asked == []
    page.goto("about:blank")
    assert asked == ["beforeunload"]
    window[1].remove("")  # the browser asks in its own words


def test_characters_beyond_16_bits(page: Page, tmp_path: Path) -> None:
    text = "😀 The 𝒹og barks 👩‍🚀.Run!\n\n  A\tdog\u00a0."
    write(page, text)
    sentences = list(read_conllu(saved(page, "#download", tmp_path)))
    words = [word for sentence in sentences for word in sentence.words]
    spaced = "".join(row[1] + ("" if "SpaceAfter=No" in row[9] else " ") for row in words)
    assert spaced.split() == text.split()
    assert [row[1] for row in words[:4]] == ["😀", "The", "𝒹og", "barks"]
    assert sentences[-1].comments[1] == "# text = A dog ."


def test_text_is_never_html(page: Page) -> None:
    write(page, HTML)
    assert "".join(page.locator(".word").all_inner_texts()) == HTML.replace(" ", "")
    token(page, 1).click()
    assert page.locator("#card img, #sentences img, #sentences script").count() == 0
    page.keyboard.press("Escape")
    page.set_input_files("#file", FilePayload(name="<b>x</b>.txt", mimeType="text/plain", buffer=HTML.encode()))
    assert page.locator("#panel-file b").count() == 0


def test_by_keyboard_alone(page: Page) -> None:
    page.locator("#text").focus()
    for _ in range(3):
        page.keyboard.press("Tab")  # tagset, threshold; no correction to undo
    expect(page.locator("#download")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(token(page, 0)).to_be_focused()
    for key, number in (
        ("ArrowRight", 1),
        ("ArrowRight", 2),
        ("End", 12),
        ("ArrowUp", 9),
        ("Home", 0),
        ("ArrowLeft", 0),
    ):
        page.keyboard.press(key)
        if key == "ArrowUp":
            assert 4 <= page.evaluate("[...document.querySelectorAll('.token')].indexOf(document.activeElement)") <= 10
        else:
            expect(token(page, number)).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "listbox"
    options = page.locator("#card [role=option]")
    assert page.locator("[role=option].active").get_attribute("data-tag") == token(page, 0).locator(".tag").inner_text()
    page.keyboard.press("End")
    assert options.last.get_attribute("class") == "active"
    page.keyboard.type("vbz")
    active = page.locator("[role=listbox]").get_attribute("aria-activedescendant")
    assert page.locator(f"#{active}").get_attribute("data-tag") == "VBZ"
    page.keyboard.press("Enter")
    expect(token(page, 0)).to_be_focused()
    expect(page.locator("#card")).to_be_hidden()
    expect(token(page, 0).locator(".tag")).to_have_text("VBZ")
    expect(page.locator("#announcer")).to_have_text("The is VBZ now")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(token(page, 0)).to_be_focused()


def test_tabs_by_keyboard(page: Page) -> None:
    page.locator("#tab-text").focus()
    for key, tab in (("ArrowRight", "file"), ("End", "writing"), ("ArrowRight", "text"), ("ArrowLeft", "writing")):
        page.keyboard.press(key)
        expect(page.locator(f"#tab-{tab}")).to_be_focused()
        visible = [one.get_attribute("id") for one in page.locator("[role=tabpanel]").all() if one.is_visible()]
        assert visible == [f"panel-{tab}"]
    assert page.locator('[role=tab][tabindex="0"]').count() == 1


def give(page: Page, name: str, content: bytes) -> None:
    page.locator("#tab-file").click()
    page.set_input_files("#file", FilePayload(name=name, mimeType="text/plain", buffer=content))
    expect(page.locator("#file-name")).to_contain_text(name)


def tagged_file(page: Page, folder: Path) -> Path:
    page.locator("#start").click()
    expect(page.locator("#save")).to_be_visible(timeout=20_000)
    return saved(page, "#save", folder)


def test_ten_thousand_sentences_come_back_in_order(page: Page, tmp_path: Path, small_tagger: Tagger) -> None:
    sentences = [[*SENTENCES[number % 3].tokens, f"w{number}"] for number in range(10_000)]
    sentences[77] = []
    give(page, "many.tok", "".join(" ".join(one) + "\n" for one in sentences).encode())
    assert page.locator("#kind").input_value() == "tokens"
    asked: list[int] = []
    page.on("request", lambda request: asked.append(len(request.post_data or "")))
    path = tagged_file(page, tmp_path)
    assert path.name == "many.tagged"
    tagged = small_tagger.tag_sents(sentences)
    assert path.read_text("utf-8") == "".join(" ".join(f"{a}/{b}" for a, b in one) + "\n" for one in tagged)
    assert len(asked) > 5
    assert max(asked) < 1_000_000
    expect(page.locator("#file-status")).to_contain_text("Done: 10,000 sentences")
    expect(page.locator("#progress")).to_have_js_property("value", 1)


def by_command(capsys: pytest.CaptureFixture[str], model: Path, path: Path, *arguments: str) -> str:
    """What the command line says of a file."""
    capsys.readouterr()
    assert tag(["--model", str(model), *arguments, str(path)]) == 0
    return capsys.readouterr().out


def assert_same(one: str, other: str) -> None:
    """Equal, but for the last digit of a confidence."""
    number = re.compile(r"\b[01]\.\d{4}\b")
    assert number.sub("", one) == number.sub("", other)
    assert list(map(float, number.findall(one))) == pytest.approx(list(map(float, number.findall(other))), abs=2e-4)
    assert number.findall(one)


def test_conllu_keeps_what_else_it_holds(
    page: Page, tmp_path: Path, small_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "source.conllu"
    source.write_text(CONLLU, "utf-8")
    give(page, "some.txt", b"\xef\xbb\xbf" + CONLLU.replace("\n", "\r\n").encode())
    assert (page.locator("#kind").input_value(), page.locator("#output").input_value()) == ("conllu", "conllu")
    page.locator("#confidences").check()
    for tagset in ("ptb", "universal"):
        page.locator("#file-tagset").select_option(tagset)
        path = tagged_file(page, tmp_path)
        assert path.name == "some.conllu"
        settings = ["--input", "conllu", "--output-format", "conllu", "--confidence", "--tagset", tagset]
        written = path.read_text("utf-8")
        assert_same(written, by_command(capsys, small_model, source, *settings))
        assert "2-3\tdon't" in written
        assert "Gloss=chiens|Confidence=" in written


def test_conllu_drops_marks_of_tags_that_are_replaced(page: Page, tmp_path: Path) -> None:
    marks = "Corrected=Yes|Gloss=chiens|Confidence=0.1234|KBest=XX:0.1234,NN:0.1000|Check=Yes"
    give(page, "marked.conllu", CONLLU.replace("Gloss=chiens", marks).replace("SpaceAfter=No", "Check=Yes").encode())
    sentences = list(read_conllu(tagged_file(page, tmp_path)))
    assert fields(sentences, 9) == [["Gloss=chiens", "_", "_", "_", "_"], ["_"]]
    page.locator("#confidences").check()
    sentences = list(read_conllu(tagged_file(page, tmp_path)))
    assert re.fullmatch(r"Gloss=chiens\|Confidence=[01]\.\d{4}", fields(sentences, 9)[0][0])
    assert "0.1234" not in str(fields(sentences, 9))


def test_raw_text_as_the_command_line_tags_it(
    page: Page, tmp_path: Path, small_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (
        "A headline 😀\n\nThe dog barks (at dogs).\nRun!\n \n\n“Dogs bark,” I said." + "\n\nThe old dog barks." * 1500
    )
    source = tmp_path / "raw.txt"
    source.write_text(text, "utf-8")
    give(page, "raw.txt", text.encode())
    assert page.locator("#kind").input_value() == "text"
    page.locator("#output").select_option("tsv")
    page.locator("#confidences").check()
    settings = ["--input", "text", "--output-format"]
    told = by_command(capsys, small_model, source, *settings, "tsv", "--confidence")
    assert_same(tagged_file(page, tmp_path).read_text("utf-8"), told)
    page.locator("#output").select_option("tagged")
    told = by_command(capsys, small_model, source, *settings, "tagged")
    assert tagged_file(page, tmp_path).read_text("utf-8") == told


def test_files_that_cannot_be_tagged(page: Page) -> None:
    for name, content, message in (
        ("a.conllu", b"1\tdog\n", "a.conllu: line 1: expected 10 fields separated by single tabs, got 2; mend"),
        ("a.conllu", CONLLU.replace("\n2\t", "\n7\t").encode(), "line 5: expected the word number 2, got 7"),
        ("a.txt", b"caf\xe9 au lait", "a.txt: expected UTF-8 text, got other bytes; save the file as UTF-8"),
        ("b.txt", b"", "b.txt: expected text to tag, got an empty file; choose another one"),
    ):
        give(page, name, content)
        page.locator("#start").click()
        expect(page.locator("#file-trouble")).to_contain_text(message)
        expect(page.locator("#start")).to_be_focused()
        assert not page.locator("#save").is_visible()


def test_a_file_is_dropped_and_cancelled(page: Page) -> None:
    script = """() => {
      const data = new DataTransfer();
      data.items.add(new File(["The dog barks .\\n".repeat(200000)], "dropped.txt"));
      for (const type of ["dragover", "drop"]) {
        document.body.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
      }
    }"""
    page.evaluate(script)
    expect(page.locator("#file-name")).to_have_text("dropped.txt, 3,200,000 bytes")
    assert page.locator("#kind").input_value() == "tokens"
    page.locator("#start").click()
    expect(page.locator("#file-status")).to_contain_text("%")
    expect(page.locator("#cancel")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#file-status")).to_have_text("Cancelled.")
    expect(page.locator("#start")).to_be_focused()


def refusing(statuses: list[int]) -> Callable[[Route], None]:
    """As many refusals, then what the server says."""

    def answer(route: Route) -> None:
        if not statuses:
            route.continue_()
            return
        message = {"error": {"status": statuses[0], "message": "expected less, got more; try again"}}
        route.fulfill(status=statuses.pop(0), json=message, headers={"Retry-After": "0.1"})

    return answer


def test_a_busy_server_is_asked_again(bare: Page, address: str, tmp_path: Path, small_tagger: Tagger) -> None:
    statuses = [429, 503]
    bare.goto(address)
    expect(bare.locator(".token").first).to_be_visible()
    bare.route("**/v1/tag", refusing(statuses))
    write(bare, TEXT)
    assert shown(bare) == expected(small_tagger, TEXT)
    assert not bare.locator("#trouble").is_visible()
    statuses += [503, 429, 429]
    give(bare, "a.tok", b"The dog barks .\n" * 3000)
    assert len(tagged_file(bare, tmp_path).read_text().splitlines()) == 3000
    assert statuses == []


def test_other_refusals_are_told(bare: Page, address: str) -> None:
    bare.goto(address)
    expect(bare.locator(".token").first).to_be_visible()
    bare.route("**/v1/tag", refusing([500]))
    bare.locator("#text").fill("Run!")
    expect(bare.locator("#trouble")).to_have_text("expected less, got more; try again")
    bare.unroute("**/v1/tag")
    bare.route("**/v1/tag", lambda route: route.abort())
    bare.locator("#text").fill("Run!!")
    expect(bare.locator("#trouble")).to_contain_text("expected an answer of the server, got none")
    bare.unroute("**/v1/tag")
    write(bare, TEXT)
    expect(bare.locator("#trouble")).to_be_hidden()


def test_a_text_that_is_too_long_becomes_a_file(page: Page, small_tagger: Tagger, tmp_path: Path) -> None:
    limits = {"limits": {"body_bytes": 1_000_000, "tokens": 40, "seconds": 10, "concurrency": 9}}
    page.route("**/v1/model", lambda route: route.fulfill(json=route.fetch().json() | limits))
    page.reload()
    text = "The dog barks. Run!\n\n" * 12
    write(page, "The dog barks.")
    corrected(page, 1, "JJ")
    page.locator("#text").fill(text)
    expect(page.locator("#too-long")).to_contain_text("expected a text of at most 40 tokens, got 72; shorten it")
    expect(page.locator("#summary")).to_have_text("This text is too long to be tagged here.")
    page.locator("#threshold").fill("0.5")
    expect(page.locator("#summary")).to_have_text("This text is too long to be tagged here.")
    assert page.locator(".token").count() == 0
    assert page.locator("#undo, #download").evaluate_all("all => all.every((one) => one.disabled)")
    page.locator("#as-file").click()
    expect(page.locator("#file-name")).to_be_focused()
    tagged = "\n".join(" ".join(f"{a}/{b}" for a, b in one) for one in expected(small_tagger, text))
    assert tagged_file(page, tmp_path).read_text() == f"{tagged}\n"
    page.locator("#tab-text").click()
    write(page, "The dog. Run!")
    assert not page.locator("#too-long").is_visible()
    assert corrections(page) == [("dog", "JJ")]


def test_an_access_token_is_asked_for(bare: Page, address: str) -> None:
    def guarded(route: Route) -> None:
        if route.request.headers.get("authorization") == "Bearer right-token-0123":
            route.continue_()
        else:
            route.fulfill(status=401, json={"error": {"status": 401, "message": "expected a token"}})

    bare.route("**/v1/**", guarded)
    bare.goto(address)
    expect(bare.locator("#access-token")).to_be_focused()
    bare.keyboard.type("wrong")
    bare.keyboard.press("Enter")
    expect(bare.locator("#access-title")).to_contain_text("does not accept")
    bare.keyboard.type("right-token-0123")
    bare.keyboard.press("Enter")
    expect(bare.locator(".token").first).to_be_visible()
    assert not bare.locator("#access").is_visible()
    assert bare.evaluate("[localStorage.length, document.cookie]") == [0, ""]
    bare.reload()
    expect(bare.locator(".token").first).to_be_visible()


def stopped(page: Page) -> None:
    page.locator("#length").fill("2000")
    page.locator("#write").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#stop")).to_be_focused()
    expect(page.locator("#continuation")).not_to_be_empty()
    page.keyboard.press("Enter")
    expect(page.locator("#writing-status")).to_contain_text(re.compile("Stopped after|Written"))
    expect(page.locator("#write")).to_be_focused()
    count = len(page.locator("#continuation").text_content() or "")
    assert 0 < count <= 2000
    page.wait_for_timeout(100)
    assert len(page.locator("#continuation").text_content() or "") == count


def test_the_language_model_continues_and_stops(page: Page, language_model: Path) -> None:
    page.locator("#tab-writing").click()
    page.locator("#prefix").fill("row, row")
    page.locator("#length").fill("60")
    page.locator("#temperature").fill("0.8")
    page.locator("#seed").fill("7")
    page.locator("#write").click()
    expect(page.locator("#writing-status")).to_have_text("Written: 60 characters.")
    model = CharLanguageModel.load(language_model, device="cpu")
    assert page.locator("#written").text_content() == model.generate("row, row", 60, temperature=0.8, seed=7)
    page.locator("#length").fill("2001")
    page.locator("#write").click()
    assert page.evaluate("document.querySelector('#length').matches(':invalid')")
    stopped(page)


def test_without_a_language_model(page: Page) -> None:
    page.route("**/v1/model", lambda route: route.fulfill(json=route.fetch().json() | {"language_model": None}))
    page.reload()
    page.locator("#tab-writing").click()
    expect(page.locator("#no-writer pre")).to_have_text(
        "python -m postagger.charlm train --text FILE --minutes 3\n"
        "python -m postagger.serve --language-model trained/FILE"
    )
    assert not page.locator("#writer").is_visible()


@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (360, "dark")])
def test_readable_by_everybody(chromium: Browser, address: str, width: int, scheme: Literal["light", "dark"]) -> None:
    page = chromium.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.set_default_timeout(8000)
    page.goto(address)
    write(page, f"{TEXT} {'unbelievably' * 12}.")
    corrected(page, 1, "JJ")

    def check() -> None:
        found = Axe().run(page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    page.locator("#legend button").nth(2).click()
    check()
    token(page, 2).click()
    check()
    page.keyboard.press("Escape")
    give(page, "a.tok", b"Run !\n")
    check()
    page.locator("#tab-writing").click()
    page.locator("#length").fill("20")
    page.locator("#write").click()
    expect(page.locator("#writing-status")).to_contain_text("Written")
    check()
    page.close()


def test_a_long_text_stays_quick(page: Page) -> None:
    write(page, "The old dog barks at the dogs.\n\n" * 2000)
    start = time.perf_counter()
    corrected(page, 3, "NN")
    page.locator("#text").press("ControlOrMeta+End")
    page.locator("#text").press_sequentially("Run!")
    expect(page.locator(".token")).to_have_count(16_002)
    assert time.perf_counter() - start < 8
