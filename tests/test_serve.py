import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import postagger
from postagger import serve
from postagger.char_training import train_language_model
from postagger.data_prep.text_files import text_of
from postagger.language_config import LanguageModelConfig
from postagger.pretrained import model_path
from postagger.serving.messages import ContinueRequest
from postagger.tagger import Tagger
from servers import HEAD, Reply, Server, server

TEXT = "The old dog barks. Dogs bark at the dog!"
LIMITS = ["--max-body-bytes", "200000", "--max-tokens", "1000", "--max-concurrency", "2"]


@pytest.fixture(scope="module")
def language_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    config = LanguageModelConfig.from_settings(
        {"hidden_size": 8, "embedding_dim": 4, "context_length": 8, "batch_size": 4, "num_epochs": 1, "held_out": 0.0}
    )
    path = tmp_path_factory.mktemp("models") / "rhyme"
    train_language_model(text_of("rhyme", "row, row, row your boat. " * 20), config)[0].save(path)
    return path


@pytest.fixture(scope="module")
def running(small_model: Path, language_model: Path) -> Iterator[Server]:
    with server(small_model, *LIMITS, "--language-model", str(language_model)) as one:
        yield one


@pytest.fixture(autouse=True)
def still_answers(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever was asked in a test, the next request works."""
    yield
    if "running" in request.fixturenames:
        reply = request.getfixturevalue("running").post({"tokens": ["The", "dog"]})
        assert reply.json["sentences"] == [{"tokens": ["The", "dog"], "tags": ["DT", "NN"]}]


def test_tags_of_raw_text_are_those_of_the_tagger(running: Server, small_tagger: Tagger) -> None:
    reply = running.post({"text": TEXT})
    assert (reply.status, reply.headers["content-type"]) == (200, "application/json")
    found = [list(zip(one["tokens"], one["tags"], strict=True)) for one in reply.json["sentences"]]
    assert found == [[(token.text, token.tag) for token in one] for one in small_tagger.tag_text(TEXT)]


def test_what_it_tells_of_itself(running: Server) -> None:
    assert running.get("/health").json == {"status": "ok"}
    for path in ("/", "/health"):
        with running.connect() as connection:
            connection.send(f"HEAD {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            assert connection._file.readline() == b"HTTP/1.1 200 OK\r\n"
    model = running.get("/v1/model").json
    assert model["name"] == "small"
    assert model["tagsets"] == ["ptb", "universal", "ud"]
    assert model["language_model"] == {"name": "rhyme", "direction": "forward"}
    assert model["limits"] == {"body_bytes": 200_000, "tokens": 1000, "seconds": 10.0, "concurrency": 2}
    universal = running.get("/v1/tagset?tagset=universal").json["tags"]
    assert [one["tag"] for one in universal] == [".", "ADJ", "ADP", "DET", "NOUN", "VERB"]
    assert {"tag": "NOUN", "meaning": "noun"}.items() <= universal[4].items()
    refused = running.get("/v1/tagset?tagset=brown")
    said = "expected one of the tagsets ptb universal ud, got 'brown'; choose one of these"
    assert (refused.status, refused.message) == (422, said)


@pytest.mark.parametrize(
    ("content", "accuracy"),
    [
        ('{"accuracy": 0.97}', 0.97),
        ('{"accuracy": 1}', 1.0),
        ('{"accuracy": true}', None),
        ('{"accuracy": 1' + "0" * 400 + "}", None),
        ('{"accuracy": "0.97"}', None),
        ("[" * 200_000, None),
        ("[" + "{}," * 3_000_000 + "0]", None),
        ("[0.97]", None),
        ("{", None),
    ],
)
def test_scores_that_nobody_vouches_for(tmp_path: Path, content: str, accuracy: float | None) -> None:
    (tmp_path / "evaluation.json").write_text(content)
    assert serve._accuracy(tmp_path) == accuracy


def test_scores_that_are_none(small_model: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "evaluation.json")
    assert serve._accuracy(tmp_path) is None
    assert serve._accuracy(small_model / "config.json") is None
    assert 0.9 < (serve._accuracy(model_path("english-news")) or 0) < 1


def test_metrics(running: Server) -> None:
    def tokens() -> float:
        lines = running.get("/metrics").content.decode().splitlines()
        return next(float(line.split()[1]) for line in lines if line.startswith("postagger_tokens_total"))

    before = tokens()
    running.post({"tokens": [["The", "dog"], ["Run", "!"]]})
    assert tokens() == before + 4
    text = running.get("/metrics").content.decode()
    assert 'postagger_requests_total{path="/v1/tag",status="200"}' in text
    assert "postagger_requests_in_flight 0.0" in text
    assert 'postagger_request_seconds_bucket{le="0.25",path="/v1/tag"}' in text


def test_openapi_tells_of_every_path(running: Server) -> None:
    told = running.get("/openapi.json").json
    assert set(told["paths"]) == {"/v1/tag", "/v1/continue", "/v1/model", "/v1/tagset", "/health", "/metrics"}
    post = told["paths"]["/v1/tag"]["post"]
    assert set(post["responses"]) == {"200", "401", "413", "415", "422", "429", "503"}
    schema = post["requestBody"]["content"]["application/json"]["schema"]
    assert {"text", "tokens", "tagset", "k_best", "allowed"} <= set(schema["properties"])
    assert told["info"]["version"] == postagger.__version__


def test_the_language_model_goes_on_writing(running: Server, language_model: Path) -> None:
    reply = running.post({"prefix": "row", "length": 50, "seed": 3, "temperature": 0.9}, "/v1/continue")
    assert reply.headers["content-type"] == "text/plain; charset=utf-8"
    model = postagger.CharLanguageModel.load(language_model)
    assert "row" + reply.content.decode() == model.generate("row", 50, temperature=0.9, seed=3)
    default = ContinueRequest()
    assert len(running.post({}, "/v1/continue").content.decode()) == default.length


def test_several_texts_are_written_at_the_same_time(running: Server) -> None:
    replies: list[Reply] = []

    def ask() -> None:
        replies.append(running.post({"length": 300, "seed": 1}, "/v1/continue"))

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert replies[0].content == replies[1].content
    assert len(replies[0].content) == 300


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        (b"{" * 100_000, 422, "body: invalid JSON"),
        (b"[" * 100_000 + b"]" * 100_000, 422, "body: invalid JSON: recursion limit exceeded"),
        (b'{"text": "\xff\xfe"}', 422, "body: invalid JSON: invalid unicode code point"),
        ({"text": 7}, 422, "text: input should be a valid string, got 7"),
        (
            {"tokens": [[]] * 1_000_000},
            413,
            "expected a body of at most 200,000 bytes, got 4,000,012; send it in parts",
        ),
        ({"tokens": [[]] * 40_000}, 422, "expected at most 1,000 tokens, got more; send the text in parts"),
        ({"text": "( " * 90_000}, 422, "expected at most 1,000 tokens, got more; send the text in parts"),
        (b"", 422, "body: invalid JSON"),
    ],
)
def test_hostile_bodies(running: Server, body: object, status: int, message: str) -> None:
    reply = running.post(body)
    assert reply.status == status
    assert message in reply.message


def test_text_stays_text(running: Server) -> None:
    token = "<script>alert(1)</script>"
    reply = running.post({"tokens": [token, "\x00", "a\nb", "😀", ""]})
    assert reply.json["sentences"][0]["tokens"] == [token, "\x00", "a\nb", "😀", ""]
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert "script-src 'self'" in reply.headers["content-security-policy"]


def test_a_hundred_megabytes_are_refused_and_not_kept(running: Server) -> None:
    before = running.memory
    with running.connect() as connection:
        connection.send(HEAD + "Content-Length: 100000000\r\n\r\n")
        sender = threading.Thread(target=connection.send, args=(b"x" * 100_000_000,))
        sender.start()
        reply = connection.reply()
        sender.join()
    assert (reply.status, reply.headers["connection"]) == (413, "close")
    assert reply.message == "expected a body of at most 200,000 bytes, got 100,000,000; send it in parts"
    assert running.memory < before + 20_000_000


def test_an_endless_body_is_refused(running: Server) -> None:
    before, sent = running.memory, 0
    piece = b"%x\r\n%s\r\n" % (50_000, b"x" * 50_000)
    with running.connect() as connection:
        connection.send(HEAD + "Transfer-Encoding: chunked\r\n\r\n")
        with contextlib.suppress(ConnectionError):  # once the server has left
            while sent < 100_000_000_000:
                connection.send(piece)
                sent += len(piece)
    assert 200_000 < sent < 100_000_000_000
    assert running.memory < before + 20_000_000


def test_a_moderate_excess_in_chunks_is_told_why(running: Server) -> None:
    with running.connect() as connection:
        connection.send(HEAD + "Transfer-Encoding: chunked\r\n\r\n")
        connection.send(b"%x\r\n%s\r\n" % (300_000, b"x" * 300_000) + b"0\r\n\r\n")
        reply = connection.reply()
    assert reply.status == 413
    assert reply.message == "expected a body of at most 200,000 bytes, got more; send it in parts"


def test_an_endless_head_is_refused(running: Server) -> None:
    before, sent = running.memory, 0
    with running.connect() as connection:
        connection.send("GET /health HTTP/1.1\r\n")
        with contextlib.suppress(ConnectionError):
            while sent < 50_000_000:
                connection.send(b"X-A: b\r\n" * 1000)
                sent += 8000
    assert sent < 50_000_000
    assert running.memory < before + 20_000_000


def test_requests_that_nobody_waits_for_are_not_piled_up(running: Server) -> None:
    before = running.memory
    with running.connect() as connection:
        connection.patience(1)
        with contextlib.suppress(TimeoutError):
            for _ in range(200):
                connection.send(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n" * 1000)
        assert running.memory < before + 20_000_000


def test_a_body_of_mistakes_keeps_nobody_waiting(running: Server) -> None:
    start = time.monotonic()
    reply = running.post({"tokens": [1] * 60_000})
    assert (reply.status, time.monotonic() - start < 1) == (422, True)
    assert reply.message.startswith("tokens.0: input should be a valid string, got 1")


@pytest.mark.parametrize("head", [HEAD.replace("application/json", "text/plain"), HEAD.replace("127.0.0.1", "b.org")])
def test_whoever_is_refused_with_a_large_body_reads_why(running: Server, head: str) -> None:
    with running.connect() as connection:
        connection.send(head + "Content-Length: 9000000\r\n\r\n")
        connection.send(b"x" * 9_000_000)
        assert connection.reply().status in (415, 421)


def test_who_waits_for_leave_to_send_too_much_gets_none(running: Server) -> None:
    with running.connect() as connection:
        connection.send(HEAD + "Expect: 100-continue\r\nContent-Length: 100000000\r\n\r\n")
        start = time.monotonic()
        assert connection.reply().status == 413
        assert time.monotonic() - start < 0.9


@pytest.mark.parametrize(
    ("request_", "status", "message"),
    [
        ("GET /v1/tag HTTP/1.1\r\nHost: localhost\r\n\r\n", 405, "got GET /v1/tag"),
        ("GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n", 404, "got GET /nowhere"),
        ("GET /../serve.py HTTP/1.1\r\nHost: localhost\r\n\r\n", 404, "/../serve.py"),
        ("GET /health HTTP/1.1\r\nHost: example.org\r\n\r\n", 421, "got 'example.org'; use http://127.0.0.1"),
        ("POST /v1/tag HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}", 415, "got none; set the header"),
    ],
)
def test_other_requests(running: Server, request_: str, status: int, message: str) -> None:
    with running.connect() as connection:
        connection.send(request_)
        reply = connection.reply()
    assert reply.status == status
    assert message in reply.message


def test_what_is_no_http(running: Server) -> None:
    with running.connect() as connection:
        connection.send(b"\x16\x03\x01 no http at all\r\n\r\n")
        assert connection._file.readline().startswith(b"HTTP/1.1 400")


def test_one_request_too_many(running: Server) -> None:
    with running.connect() as first, running.connect() as second:
        for connection in (first, second):
            connection.send(HEAD + 'Content-Length: 19\r\n\r\n{"tokens"')
        wait_for(running, "postagger_requests_in_flight 2.0")
        third = running.post({"tokens": ["dog"] * 20_000})
        assert (third.status, third.headers["retry-after"]) == (429, "1")
        assert third.message == "expected at most 2 requests at a time, got one more; try again in a second"
        for connection in (first, second):
            connection.send(': ["dog"]}')
            assert connection.reply().json["sentences"] == [{"tokens": ["dog"], "tags": ["NN"]}]


def wait_for(running: Server, line: str) -> None:
    for _ in range(200):
        if line in running.get("/metrics").content.decode():
            return
        time.sleep(0.02)
    pytest.fail(f"never came to {line}")


def test_a_body_that_does_not_come_is_not_waited_for(small_model: Path) -> None:
    with server(small_model, "--max-seconds", "1") as one, one.connect() as connection:
        connection.send(HEAD + "Content-Length: 100\r\n\r\n{")
        reply = connection.reply()
        assert (reply.status, reply.headers["retry-after"]) == (503, "1")
        assert reply.message == "expected to be done within 1 s, got no further; ask for less, or try again"
        assert one.post({"tokens": ["dog"]}).status == 200


def test_what_was_accepted_is_finished_when_it_is_asked_to_stop(small_model: Path) -> None:
    with server(small_model) as one, one.connect() as connection:
        connection.send(HEAD + 'Content-Length: 19\r\n\r\n{"tokens"')
        wait_for(one, "postagger_requests_in_flight 1.0")
        one.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        with pytest.raises(ConnectionError):
            one.connect()
        connection.send(': ["dog"]}')
        assert connection.reply().json["sentences"] == [{"tokens": ["dog"], "tags": ["NN"]}]
        assert one.process.wait(timeout=10) == 0


def test_other_machines_must_know_a_token(small_model: Path, tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("correct-horse-battery-staple\n")
    with server(small_model, "--host", "0.0.0.0", "--token-file", str(path)) as one:
        for given in ([], ["Authorization: Bearer wrong"], ["Authorization: Bearer correct-horse-battery-stapl\xe9"]):
            refused = one.post({"tokens": ["dog"]}, "/v1/tag", *given)
            assert (refused.status, refused.headers["www-authenticate"]) == (401, "Bearer")
        right = "Authorization: Bearer correct-horse-battery-staple"
        assert one.post({"tokens": ["dog"]}, "/v1/tag", right).status == 200
        assert one.get("/metrics").status == 401
        assert one.get("/openapi.json").status == 401
        assert one.get("/metrics", right).status == 200
        assert one.get("/health").status == 200
        page = one.get("/")
        assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--host", "0.0.0.0"], "--host 0.0.0.0: expected --token-file for an address that other machines reach"),
        (["--token-file", "nowhere"], "--token-file nowhere: expected a text file, got: No such file or directory"),
        (["--token-file", "short"], "expected at least 16 ASCII characters without blanks, got 3 characters"),
        (["--host", "a..b", "--token-file", "long"], "--host a..b --port 8000: expected an address to listen at, got"),
        (["--port", "70000"], "--port: expected a whole number of at most 65535, got '70000'"),
        (["--max-tokens", "0"], "expected a whole number of at least 1, got '0'"),
        (["--model", "nowhere"], "nowhere/manifest.json: expected a file of a model folder"),
        (["--language-model", "nowhere"], "nowhere/manifest.json: expected a file of a model folder"),
        (
            ["--host", "256.0.0.1", "--token-file", "long"],
            "--host 256.0.0.1 --port 8000: expected an address to listen",
        ),
    ],
)
def test_bad_options_are_one_clear_line(
    arguments: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("short").write_text("abc")
    Path("long").write_text("a" * 16)
    assert serve.run(arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith("postagger serve: error: ")
    assert message in error
    assert error.count("\n") == 1


def test_a_port_that_is_taken(small_model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert serve.run(["--model", str(small_model), "--port", str(taken.getsockname()[1])]) == 2
    assert "expected an address to listen at, got: Address already in use; choose another" in capsys.readouterr().err


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    assert serve.run([]) == 2
    assert "expected uvicorn for a server, got none; pip install 'postagger[serve]'" in capsys.readouterr().err


def test_ctrl_c(small_model: Path) -> None:
    command = [sys.executable, "-m", "postagger.serve", "--model", str(small_model), "--port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    process.stderr.readline()
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=20)[1] == "postagger serve: interrupted\n"
    assert process.returncode == 130


def test_a_method_that_does_not_exist_is_told_in_short(running: Server) -> None:
    with running.connect() as connection:
        connection.send(f"{'P' * 300} /v1/tag HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        reply = connection.reply()
    assert reply.status == 405
    assert "got PPPPPPPPPP /v1/tag; see" in reply.message
