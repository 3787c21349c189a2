"""The client against failing servers and proxies; see tests/engines/test_client.py too."""

import http.server
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from hubmeter_common.tokens import TokenAuth
from hubmeter_promql.client import (
    BadAnswerError,
    Prometheus,
    PrometheusError,
    TimedOutError,
    TooMuchError,
    UnreachableError,
    authentication,
    without_credentials,
)
from tests.http_server import Handler, http_server
from tests.waiting import PATIENCE, free_port

START = 1_790_035_200.0


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as opened:
        yield opened


def test_a_range_that_runs_backwards_is_refused(session: requests.Session) -> None:
    with pytest.raises(ValueError, match="start <= end"):
        Prometheus("http://127.0.0.1:1", session).range("up", 10, 0, 60)


def test_a_closed_port_is_unreachable_and_shows_no_password(session: requests.Session) -> None:
    with pytest.raises(UnreachableError, match="Connection refused") as caught:
        Prometheus(f"http://ana:geheim@127.0.0.1:{free_port()}", session).instant("up")
    assert "geheim" not in str(caught.value)


def test_an_error_shows_the_begin_of_a_long_query(session: requests.Session) -> None:
    """That of a quota names a hundred users, and each user's line in the log has it."""

    def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(503)
        handler.end_headers()
        handler.wfile.write(b'{"status": "error", "errorType": "timeout", "error": "slow"}')

    with answering(answer) as url, pytest.raises(TimedOutError, match=r"slow: begin_x+…$") as caught:
        Prometheus(url, session).instant("begin_" + "x" * 10_000)
    assert len(str(caught.value)) < 700


Answer = Callable[[http.server.BaseHTTPRequestHandler], None]


@contextmanager
def answering(answer: Answer) -> Iterator[str]:
    """Serve one fixed answer, of a broken or overloaded Prometheus."""

    class AnswerHandler(Handler, http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            answer(self)

    with http_server(AnswerHandler) as server:
        yield f"http://127.0.0.1:{server.server_port}"


def body(status: int, text: str) -> Answer:
    def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(text.encode())))
        handler.end_headers()
        handler.wfile.write(text.encode())

    return answer


@pytest.mark.parametrize(
    ("status", "text", "error", "said"),
    [
        (
            422,
            '{"status":"error","errorType":"execution","error":"query processing would load too many '
            'samples into memory in query execution"}',
            TooMuchError,
            "too many samples",
        ),
        (
            503,
            '{"status":"error","errorType":"timeout","error":"query timed out in expression evaluation"}',
            TimedOutError,
            "timed out",
        ),
        (500, '{"status":"error","errorType":"internal","error":"disk full"}', PrometheusError, "disk full"),
        (401, "Unauthorized", BadAnswerError, "credentials"),
        (200, "<html>Log in</html>", BadAnswerError, "Log in"),
        (200, "[1, 2]", BadAnswerError, "check the URL"),
        (200, '{"status":"success","data":{}}', BadAnswerError, "success but without a result"),
    ],
)
def test_an_error_has_the_answer_of_the_server(
    session: requests.Session, status: int, text: str, error: type[PrometheusError], said: str
) -> None:
    with answering(body(status, text)) as url, pytest.raises(error, match=said) as caught:
        Prometheus(url, session).instant("sum(used)")
    assert type(caught.value) is error
    assert url in str(caught.value)


def cut(handler: http.server.BaseHTTPRequestHandler) -> None:
    """Announce more than is sent, as a process does that is killed while it answers."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"status":"success",')


def not_gzip(handler: http.server.BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Encoding", "gzip")
    handler.send_header("Content-Length", "4")
    handler.end_headers()
    handler.wfile.write(b"page")


def in_a_circle(handler: http.server.BaseHTTPRequestHandler) -> None:
    handler.send_response(307)
    handler.send_header("Location", handler.path)
    handler.send_header("Content-Length", "0")
    handler.end_headers()


@pytest.mark.parametrize("answer", [cut, not_gzip, in_a_circle], ids=lambda answer: answer.__name__)
def test_a_truncated_or_unreadable_answer_is_unreachable(session: requests.Session, answer: Answer) -> None:
    with (
        answering(answer) as url,
        pytest.raises(UnreachableError, match=r"cannot be read \(\w+\): sum\(used\)") as caught,
    ):
        Prometheus(url, session).instant("sum(used)")
    assert url in str(caught.value)


def test_an_invalid_host_name_is_unreachable(session: requests.Session) -> None:
    with pytest.raises(UnreachableError, match=r"http://prometheus\.\.svc:9090"):
        Prometheus("http://prometheus..svc:9090", session).instant("up")


def test_a_server_that_hangs_in_the_middle_of_its_answer_times_out(session: requests.Session) -> None:
    release = threading.Event()

    def dawdle(handler: http.server.BaseHTTPRequestHandler) -> None:
        cut(handler)
        release.wait(PATIENCE)

    with answering(dawdle) as url:
        with pytest.raises(TimedOutError, match=r"within 0\.2 s: sum\(used\)"):
            Prometheus(url, session, timeout=0.2).instant("sum(used)")
        release.set()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read (No such file or directory)"),
        (b"\xff\xfe", "cannot be read (not text)"),
        (b"", "is empty"),
        (b"geheim\nX-Other: 1", "characters that are not allowed in a token"),
    ],
)
def test_an_invalid_token_file_is_named_but_not_shown(
    content: bytes | None, said: str, tmp_path: Path, session: requests.Session
) -> None:
    path = tmp_path / "token"
    if content is not None:
        path.write_bytes(content)
    session.auth = TokenAuth(path)
    with pytest.raises(PrometheusError) as caught:
        Prometheus("http://127.0.0.1:1", session).instant("up")
    assert said in str(caught.value)
    assert str(path) in str(caught.value)
    assert "geheim" not in f"{caught.value!r} {caught.value.__cause__!r}"


@pytest.mark.parametrize(
    ("url", "options", "said"),
    [
        ("https://127.0.0.1:1", {"verify": "/nowhere/ca.pem"}, "/nowhere/ca.pem"),
        ("https://127.0.0.1:1", {"cert": ("/nowhere/tls.crt", "/nowhere/tls.key")}, "/nowhere/tls.crt"),
        ("http://127.0.0.1:1", {"auth": ("ana", "geheim ✓")}, "UnicodeEncodeError"),
        ("http://127.0.0.1:1", {"headers": {"Authorization": "Bearer geheim\n"}}, "InvalidHeader"),
    ],
    ids=["no such authority", "no such certificate", "a password outside of latin-1", "a header with a line break"],
)
@pytest.mark.parametrize("ask", [lambda client: client.instant("up"), lambda client: client.read("rules")])
def test_an_error_before_sending_shows_no_secret(
    url: str,
    options: dict[str, Any],
    said: str,
    ask: Callable[[Prometheus], object],
    session: requests.Session,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The environment's authority must not take precedence over the session's.
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", requests.utils.DEFAULT_CA_BUNDLE_PATH)
    for name, value in options.items():
        setattr(session, name, value)
    with pytest.raises(PrometheusError) as caught:
        ask(Prometheus(url, session))
    assert type(caught.value) is PrometheusError
    assert str(caught.value).startswith(f"cannot query {url}/api/v1/")
    assert f"{said}; check its credentials, headers and TLS files" in str(caught.value)
    assert "geheim" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    ("file", "environment", "header"),
    [
        (None, {}, None),
        ("token", {"PROMETHEUS_TOKEN": "other", "PROMETHEUS_USERNAME": "ana"}, "Bearer from-file"),
        (None, {"PROMETHEUS_TOKEN": "geheim\n", "PROMETHEUS_USERNAME": "ana"}, "Bearer geheim"),
        (None, {"PROMETHEUS_USERNAME": "ana", "PROMETHEUS_PASSWORD": "lópez"}, "Basic YW5hOmzDs3Bleg=="),
        (None, {"PROMETHEUS_USERNAME": "", "PROMETHEUS_PASSWORD": "geheim"}, None),
    ],
)
def test_credentials_come_from_the_file_or_the_environment(
    file: str | None, environment: dict[str, str], header: str | None, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text("from-file", encoding="utf-8")
    auth = authentication(tmp_path / file if file else None, environment)
    request = requests.Request("GET", "http://localhost", auth=auth).prepare()
    assert request.headers.get("Authorization") == header


def test_a_server_that_hangs_times_out(session: requests.Session) -> None:
    release = threading.Event()
    with answering(lambda _: (release.wait(PATIENCE), None)[1]) as url:
        with pytest.raises(TimedOutError, match=r"within 0\.2 s: sum\(used\)"):
            Prometheus(url, session, timeout=0.2).instant("sum(used)")
        release.set()


def test_the_bearer_token_is_read_from_its_file_at_each_request(tmp_path: Path, session: requests.Session) -> None:
    path = tmp_path / "token"
    session.auth = TokenAuth(path)
    seen = []

    def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
        seen.append(handler.headers["Authorization"])
        body(200, '{"status":"success","data":{"resultType":"vector","result":[]}}')(handler)

    with answering(answer) as url:
        for token in ("one", "two"):
            path.write_text(f"{token}\n", encoding="utf-8")
            assert Prometheus(url, session).instant("up") == []
    assert seen == ["Bearer one", "Bearer two"]


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://prometheus:9090/sub", "http://prometheus:9090/sub"),
        ("https://ana:p%40ss@mimir.example/prometheus?token=x", "https://mimir.example/prometheus"),
    ],
)
def test_credentials_in_a_url_are_not_shown(url: str, shown: str) -> None:
    assert without_credentials(url) == shown
