"""The command as a user starts it. No message contains the token."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from hubmeter_common.pseudonyms import Salt
from hubmeter_common.slugs import escape_slug, safe_slug
from hubmeter_exporter import cli
from hubmeter_exporter.cli import parse
from hubmeter_exporter.command_line import UsageError, every_address
from hubmeter_exporter.membership import Accounting, GroupPatterns, Strategy
from tests import exporters
from tests.exporters import Exporter, assert_usage_error
from tests.unit.exporter import broken_hub
from tests.unit.exporter.broken_hub import FakeHub, fake_hub
from tests.waiting import PATIENCE, wait_until

TOKEN = "secret-0123456789"
ACCESS = {"JUPYTERHUB_API_TOKEN": TOKEN, "HUB_SERVICE_HOST": "10.0.0.7", "HUB_SERVICE_PORT": "8081"}


def environment(**extra: str) -> dict[str, str]:
    mine = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTERHUB_", "HUB_"))}
    return mine | extra


def run(*arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hubmeter_exporter", *arguments],
        env=environment(**extra),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def running(*arguments: str, **extra: str) -> AbstractContextManager[Exporter]:
    return exporters.running("hubmeter_exporter", arguments, environment(**extra))


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with fake_hub() as fake:
        fake.users = {"ana.lópez@uni.edu": ["geo"], "Bob-Smith": ["geo", "bio", "chem"], "x--y": []}
        yield fake


@pytest.mark.parametrize(
    ("sentence", "arguments", "extra"),
    [
        ("the API token is missing; set JUPYTERHUB_API_TOKEN or --api_token_file", [], {"HUB_SERVICE_HOST": "h"}),
        ("the URL of the hub is missing; set --hub_url, JUPYTERHUB_API_URL", [], {"JUPYTERHUB_API_TOKEN": TOKEN}),
        ("argument --multiple_groups/--multiple-groups: invalid choice: 'some'", ["--multiple_groups", "some"], ACCESS),
        ("argument --double_count/--double-count: invalid choice: 'maybe'", ["--double_count", "maybe"], ACCESS),
        ("--double-count: not allowed with", ["--multiple_groups=all", "--double_count=true"], ACCESS),
        ("'0' is not a number of seconds from 1 to 604800", ["--update_exporter_interval", "0"], ACCESS),
        ("'-5' is not a number of seconds", ["--update_exporter_interval=-5"], ACCESS),
        ("'nan' is not a number of seconds", ["--update-info-interval", "nan"], ACCESS),
        ("'1h' is not a number of seconds", ["--update_info_interval", "1h"], ACCESS),
        ("'65536' is not a port from 0 to 65535", ["--port", "65536"], ACCESS),
        ("'9_090' is not a port", ["--port", "9_090"], ACCESS),
        ("'a:b' cannot begin the name of a metric", ["--jupyterhub_metrics_prefix", "a:b"], ACCESS),
        ("'my hub' cannot begin the name of a metric", ["--jupyterhub_metrics_prefix", "my hub"], ACCESS),
        ("the name of a group must not be empty", ["--default_group", ""], ACCESS),
        ("invalid choice: 'LOUD'", ["--log_level", "loud"], ACCESS),
        ("--hub_ca_file /no/ca.pem cannot be read (No such file", ["--hub_ca_file", "/no/ca.pem"], ACCESS),
        ("JUPYTERHUB_SSL_CLIENT_CA /no/ca.pem cannot", [], ACCESS | {"JUPYTERHUB_SSL_CLIENT_CA": "/no/ca.pem"}),
        ("must be set together, or neither", [], ACCESS | {"JUPYTERHUB_SSL_CERTFILE": __file__}),
        ("--hub_url 'hub:8081' is not a URL such as http://localhost:8000", ["--hub_url", "hub:8081"], ACCESS),
        ("--hub_url 'http://[::1' is not a URL", ["--hub_url", "http://[::1"], ACCESS),
        ("JUPYTERHUB_API_URL 'x' is not a URL", [], ACCESS | {"JUPYTERHUB_API_URL": "x"}),
        ("without user, query and fragment", ["--hub_url", f"http://me:{TOKEN}@hub"], ACCESS),
        ("JUPYTERHUB_SERVICE_URL 'http://x:y' is not a URL", [], ACCESS | {"JUPYTERHUB_SERVICE_URL": "http://x:y"}),
        ("/nowhere/t cannot be read (No such file or directory)", ["--api_token_file", "/nowhere/t"], ACCESS),
        ("--api_token is empty, or has characters that are not allowed", ["--api_token", f"{TOKEN}\nX: y"], ACCESS),
        ("JUPYTERHUB_API_TOKEN is empty, or has characters", [], ACCESS | {"JUPYTERHUB_API_TOKEN": f"{TOKEN}é"}),
        ("--api_token/--api-token/--hub_api_token", ["--api_token", TOKEN, "--api_token_file", "f"], ACCESS),
        ("--hub_url '...@hub:8081' is not a URL", ["--hub_url", f"me:{TOKEN}@hub:8081"], ACCESS),
        ("--hub_url '...@hub:80a' is not a URL", ["--hub_url", f"http://me:{TOKEN}@hub:80a"], ACCESS),
        ("without user, query and fragment", ["--hub_url", f"http://:{TOKEN}@hub:8081"], ACCESS),
        ("'...@hub:80a' is not a URL", [], ACCESS | {"JUPYTERHUB_SERVICE_URL": f"http://me:{TOKEN}@hub:80a"}),
        ("--hub_url 'http://hub..svc:8081' is not a URL", ["--hub_url", "http://hub..svc:8081"], ACCESS),
        (f"--hub_url 'http://{'x' * 64}:8081' is not a URL", ["--hub_url", f"http://{'x' * 64}:8081"], ACCESS),
        ("the name of a group must not be empty", ["--allowed_groups="], ACCESS),
        ("unknown option --api_tokne", ["--api_tokne", f"-{TOKEN}"], ACCESS),
        ("unknown option --api_tokne", [f"--api_tokne={TOKEN}"], ACCESS),
        ("unknown option --api_tokne", ["--api_tokne", TOKEN], ACCESS),
        ("there are words outside of options", [TOKEN], ACCESS),
    ],
)  # fmt: skip
def test_invalid_options_are_one_sentence_without_the_token(
    sentence: str, arguments: list[str], extra: dict[str, str], capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for name in list(os.environ):
        if name.startswith(("JUPYTERHUB_", "HUB_")):
            monkeypatch.delenv(name)
    for name, value in extra.items():
        monkeypatch.setenv(name, value)
    assert_usage_error(cli.main, arguments, sentence, TOKEN, capsys)


@pytest.mark.parametrize(
    ("url", "extra", "api_url"),
    [
        ("http://localhost:8000", {}, "http://localhost:8000/hub/api"),
        ("http://localhost:8000/", {}, "http://localhost:8000/hub/api"),
        ("https://uni.edu/jupyter/", {}, "https://uni.edu/jupyter/hub/api"),
        ("http://hub:8081/hub/api", {}, "http://hub:8081/hub/api"),
        ("http://hub:8081/base/hub/api/", {}, "http://hub:8081/base/hub/api"),
        (None, {"JUPYTERHUB_API_URL": "http://127.0.0.1:8081/b/hub/api"}, "http://127.0.0.1:8081/b/hub/api"),
        (None, {}, "http://10.0.0.7:8081/hub/api"),
        (None, {"JUPYTERHUB_BASE_URL": "/"}, "http://10.0.0.7:8081/hub/api"),
        (None, {"JUPYTERHUB_BASE_URL": "/lab/"}, "http://10.0.0.7:8081/lab/hub/api"),
        (None, {"HUB_SERVICE_HOST": "fd00::7"}, "http://[fd00::7]:8081/hub/api"),
        ("http://hub:8081/hub", {}, "http://hub:8081/hub/api"),
        ("http://hub:8081/lab/hub/", {}, "http://hub:8081/lab/hub/api"),
    ],
)
def test_the_url_of_the_hub(url: str | None, extra: dict[str, str], api_url: str) -> None:
    assert parse(["--hub_url", url] if url else [], ACCESS | extra).api_url == api_url


@pytest.mark.parametrize(
    ("arguments", "extra", "address"),
    [
        ([], {}, (every_address(), 9090)),
        (["--port", "8000"], {}, (every_address(), 8000)),
        ([], {"JUPYTERHUB_SERVICE_URL": "http://127.0.0.1:10101"}, ("127.0.0.1", 10101)),
        (["--port", "8000"], {"JUPYTERHUB_SERVICE_URL": "http://127.0.0.1:10101"}, ("127.0.0.1", 8000)),
        ([], {"JUPYTERHUB_SERVICE_URL": "http://[::1]:10101"}, ("::1", 10101)),
    ],
)
def test_the_address_to_listen_on(arguments: list[str], extra: dict[str, str], address: tuple[str, int]) -> None:
    settings = parse(arguments, ACCESS | extra)
    assert (settings.host, settings.port) == address


@pytest.mark.parametrize(
    ("arguments", "accounting"),
    [
        ([], Accounting(Strategy.DEFAULT, "other", None)),
        (["--multiple_groups", "split"], Accounting(Strategy.SPLIT)),
        (["--multiple-groups=all"], Accounting(Strategy.ALL)),
        (["--double_count", "true"], Accounting(Strategy.ALL, multiple_row=True)),
        (["--double-count", "False"], Accounting(Strategy.DEFAULT)),
        (["--default-group", "shared"], Accounting(default_group="shared")),
        (["--allowed_groups"], Accounting()),
        (["--allowed_groups", "geo", "a,b"], Accounting(allowed_groups=GroupPatterns(["geo", "a,b"]))),
        (
            ["--allowed-groups", "geo", "--allowed_groups", "bio"],
            Accounting(allowed_groups=GroupPatterns(["geo", "bio"])),
        ),
        (["--listed_groups"], Accounting(listed_groups=GroupPatterns([]))),
        (["--listed_groups", "geo", "course-*"], Accounting(listed_groups=GroupPatterns(["geo", "course-*"]))),
    ],
)
def test_the_attribution_to_groups(arguments: list[str], accounting: Accounting) -> None:
    assert parse(arguments, ACCESS).accounting == accounting


def test_every_option_of_the_contract_and_its_aliases(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("from-file\n")
    spellings: list[tuple[Sequence[str], Sequence[str], object]] = [
        (["--update_exporter_interval", "--update-exporter-interval", "--update_info_interval"], ["60"], 60.0),
        (["--api_token", "--api-token", "--hub_api_token", "--hub-api-token"], ["t"], "t"),
        (["--api_token_file", "--api-token-file"], [str(file)], file),
        (["--jupyterhub_namespace", "--jupyterhub-namespace"], ["ns"], "ns"),
        (["--jupyterhub_metrics_prefix", "--jupyterhub-metrics-prefix"], ["lab"], "lab"),
        (["--hub_service_prefix", "--hub-service-prefix"], ["/services/x/"], "/services/x/"),
        (["--log_level", "--log-level"], ["debug"], "DEBUG"),
        (["--once"], [], True),
    ]
    for names, values, expected in spellings:
        for name in names:
            settings = parse([name, *values], ACCESS)
            shown = (
                settings.interval, settings.token, settings.origin.namespace, settings.origin.prefix,
                settings.prefix, settings.log_level, settings.once,
            )  # fmt: skip
            assert expected in shown, name


def test_options_of_newer_groups_exporters_are_ignored_with_their_effect_in_the_log(hub: FakeHub) -> None:
    # As the Helm chart of jupyterhub-groups-exporter writes them: without double_count, which was true there.
    hosts = ["--prometheus_host", "prometheus.support", "--prometheus_port", ""]
    retired = ["--update_metrics_interval", "300", "--update-dirsize-interval", "3600", *hosts]
    ended = run("--once", *retired, JUPYTERHUB_API_TOKEN=TOKEN, JUPYTERHUB_API_URL=hub.api_url)
    assert ended.returncode == 0
    ignored = "ignored: --update_metrics_interval, --update_dirsize_interval, --prometheus_host, --prometheus_port. "
    assert ignored in ended.stderr
    assert "users of several groups count only in the default group 'other'" in ended.stderr
    for chosen in (["--double_count", "true"], ["--multiple_groups", "default"]):
        (warning,) = parse([*retired, *chosen], ACCESS).warnings
        assert ignored in warning
    assert parse(["--update_info_interval", "60"], ACCESS).warnings == ()


def test_defaults_and_the_environment() -> None:
    settings = parse([], ACCESS)
    assert (settings.interval, settings.origin.namespace, settings.origin.prefix) == (3600.0, "", "jupyterhub")
    assert (settings.prefix, settings.log_level, settings.once) == ("/services/groups-exporter/", "INFO", False)
    settings = parse([], ACCESS | {"NAMESPACE": "hub-1", "JUPYTERHUB_SERVICE_PREFIX": "/lab/services/g/"})
    assert (settings.origin.namespace, settings.prefix) == ("hub-1", "/lab/services/g/")
    assert parse([], ACCESS | {"JUPYTERHUB_METRICS_PREFIX": "lab"}).origin.prefix == "lab"
    assert parse(["--jupyterhub_metrics_prefix=a"], ACCESS | {"JUPYTERHUB_METRICS_PREFIX": "b"}).origin.prefix == "a"
    with pytest.raises(UsageError, match="'my hub' cannot begin the name of a metric"):
        parse([], ACCESS | {"JUPYTERHUB_METRICS_PREFIX": "my hub"})


def test_settings_do_not_print_the_token() -> None:
    assert TOKEN not in repr(parse([], ACCESS))


def test_options_cannot_be_abbreviated() -> None:
    with pytest.raises(UsageError, match="unknown option --por"):
        parse(["--por", "1"], ACCESS)


def test_help_and_version() -> None:
    shown = run("--help", COLUMNS="200")
    assert shown.returncode == 0
    for option in ("--hub_api_token", "--update-info-interval", "--double_count", "--once"):
        assert option in shown.stdout
    assert "list:users and read:users:groups" in shown.stdout
    assert run("--version").stdout.startswith("hubmeter-exporter ")


def test_once_prints_the_metrics_and_ends(hub: FakeHub) -> None:
    ended = run("--once", "--multiple_groups", "split", JUPYTERHUB_API_TOKEN=TOKEN, JUPYTERHUB_API_URL=hub.api_url)
    assert (ended.returncode, ended.stderr) == (0, "")
    shares = {
        (s.labels["username"], s.labels["usergroup"]): s.value
        for family in text_string_to_metric_families(ended.stdout)
        for s in family.samples
        if s.name == "jupyterhub_user_group_share"
    }
    third = 1 / 3
    assert shares == {
        ("ana.lópez@uni.edu", "geo"): 1,
        ("Bob-Smith", "geo"): third,
        ("Bob-Smith", "bio"): third,
        ("Bob-Smith", "chem"): third,
        ("x--y", "none"): 1,
    }


def test_once_against_a_hub_that_refuses_prints_no_metrics_and_the_remedy(hub: FakeHub) -> None:
    hub.script = [broken_hub.status(403)]
    ended = run("--once", "--log_level", "DEBUG", JUPYTERHUB_API_TOKEN=TOKEN, JUPYTERHUB_API_URL=hub.api_url)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "list:users and read:users:groups" in ended.stderr
    assert TOKEN not in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_port_in_use_is_one_sentence(hub: FakeHub) -> None:
    host = every_address()
    with socket.create_server((host, 0), family=socket.AF_INET6 if host == "::" else socket.AF_INET) as taken:
        port = str(taken.getsockname()[1])
        ended = run("--port", port, JUPYTERHUB_API_TOKEN=TOKEN, JUPYTERHUB_API_URL=hub.api_url)
    assert ended.returncode == 2
    assert ended.stderr.startswith("hubmeter-exporter: ")
    assert ended.stderr.count("\n") == 1
    for fact in (f"{host} port {port}", "Address already in use", "--port"):
        assert fact in ended.stderr


def test_it_serves_becomes_ready_and_never_shows_the_token(hub: FakeHub, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    with running("--log_level", "DEBUG", "--api_token_file", str(file), "--hub_url", hub.api_url) as exporter:
        exporter.wait_until_ready("/readyz")
        page = requests.get(f"{exporter.url}/metrics", timeout=PATIENCE)
        assert 'jupyterhub_user_group_info{namespace="",usergroup="other",username="Bob-Smith"' in page.text
        assert requests.get(exporter.url, timeout=PATIENCE).text == page.text
        assert exporter.end(signal.SIGINT) == 0
    assert hub.requests[0][1]["Authorization"] == f"token {TOKEN}"
    assert "Read 3 users" in "".join(exporter.log)
    assert TOKEN not in "".join(exporter.log) + page.text


def test_a_new_token_in_the_file_needs_no_restart(hub: FakeHub, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("old")
    with running(
        "--update_exporter_interval", "1", "--api_token_file", str(file), "--hub_url", hub.api_url
    ) as exporter:
        exporter.wait_until_ready("/readyz")
        (tmp_path / "new").write_text(TOKEN)
        (tmp_path / "new").replace(file)
        wait_until(lambda: hub.tokens()[-1] == TOKEN, lambda: f"a request with the new token after {hub.tokens()}")
        assert exporter.end(signal.SIGTERM) == 0
    assert hub.tokens()[0] == "old"


def test_sigterm_ends_it_although_the_hub_does_not_answer_and_a_client_sends_half_a_request(hub: FakeHub) -> None:
    hub.script = [broken_hub.hang] * 9
    with running(JUPYTERHUB_API_TOKEN=TOKEN, JUPYTERHUB_API_URL=hub.api_url) as exporter:
        assert requests.get(f"{exporter.url}/readyz", timeout=PATIENCE).status_code == 503
        wait_until(lambda: hub.requests, lambda: "the exporter requests the users")
        with socket.create_connection(("127.0.0.1", int(exporter.url.rpartition(":")[2]))) as client:
            client.sendall(b"GET /met")
            exporter.process.send_signal(signal.SIGTERM)
            # Less than the time limits of the request, 120 s, and of reading a hub that does not answer, 150 s.
            assert exporter.process.wait(100) == 0


def test_a_defect_in_a_refresh_ends_the_process() -> None:
    broken = (
        "from hubmeter_exporter import cli, refresh; refresh.render_memberships = None; raise SystemExit(cli.main())"
    )
    with fake_hub() as hub:
        ended = subprocess.run(
            [sys.executable, "-c", broken, "--port", "0"],
            env=environment(JUPYTERHUB_API_TOKEN=TOKEN, JUPYTERHUB_API_URL=hub.api_url),
            capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
    assert ended.returncode == 1
    assert "'NoneType' object is not callable" in ended.stderr
    assert TOKEN not in ended.stderr


def test_a_hub_that_starts_later_is_read(hub: FakeHub) -> None:
    hub.script = [broken_hub.status(404)]
    access = {"JUPYTERHUB_API_TOKEN": TOKEN, "JUPYTERHUB_API_URL": hub.api_url}
    with running("--update_exporter_interval", "1", **access) as exporter:
        exporter.wait_until_ready("/readyz")
        text = requests.get(exporter.url, timeout=PATIENCE).text
    own = f'hub_url="{hub.api_url.removesuffix("/hub/api")}",namespace=""'
    assert f'jupyterhub_groups_exporter_refresh_errors_total{{{own},reason="status"}} 1.0' in text
    assert 'username="x--y"' in text


SALT = "salt-of-this-test-0123456789"


def test_with_a_salt_there_are_pseudonyms_and_no_name_in_any_spelling(hub: FakeHub, tmp_path: Path) -> None:
    file = tmp_path / "salt"
    file.write_text(f"{SALT}\n", encoding="utf-8")
    access = {"JUPYTERHUB_API_TOKEN": TOKEN, "JUPYTERHUB_API_URL": hub.api_url}
    ended = run("--once", "--pseudonym_salt_file", str(file), "--log_level", "DEBUG", **access)
    assert ended.returncode == 0, ended.stderr
    output = ended.stdout + ended.stderr
    for name in hub.users:
        assert not [spelling for spelling in (name, safe_slug(name), escape_slug(name)) if spelling in output]
    rows = [s for family in text_string_to_metric_families(ended.stdout) for s in family.samples]
    users = {s.labels["username"]: s.labels for s in rows if s.name == "jupyterhub_user_group_info"}
    assert set(users) == {Salt(SALT.encode()).pseudonym(name) for name in hub.users}
    assert all(row["username_safe"] == row["username_escaped"] == name for name, row in users.items())
    assert SALT not in output
    by_environment = run("--once", HUBMETER_PSEUDONYM_SALT=SALT, **access).stdout
    assert all(name in by_environment for name in users)


def test_an_invalid_salt_ends_the_process_and_is_not_shown(tmp_path: Path) -> None:
    for options, extra in (
        (["--pseudonym_salt_file", str(tmp_path / "none")], {}),
        ([], {"HUBMETER_PSEUDONYM_SALT": "too-short"}),
    ):
        ended = run(*options, **ACCESS, **extra)
        assert ended.returncode == 2
        assert "salt of pseudonyms" in ended.stderr
        assert "too-short" not in ended.stderr
        assert ended.stdout == ""


def test_requests_and_answers_cannot_send_terminal_escapes_to_the_log(hub: FakeHub) -> None:
    hub.script = [broken_hub.status(404, b"\x1b]0;title\x07", Location="/\x1b[31m")]
    access = {"JUPYTERHUB_API_TOKEN": TOKEN, "JUPYTERHUB_API_URL": hub.api_url}
    requests_ = [
        b"GET /%1b[31mred HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /\x1b[31mred HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x1b[31mGET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /?\xc2\x9b31m HTTP/1.1\r\nHost: x\r\nX: \x1b[31m\r\n\r\n",
    ]
    with running("--log_level", "DEBUG", **access) as exporter:
        wait_until(lambda: hub.requests, lambda: "the exporter requests the users")
        for request in requests_:
            with socket.create_connection(("127.0.0.1", int(exporter.url.rpartition(":")[2])), PATIENCE) as client:
                client.sendall(request)
                assert client.recv(12) in (b"HTTP/1.1 404", b"HTTP/1.1 400")
        assert exporter.end(signal.SIGTERM) == 0
    log = "".join(exporter.log)
    assert '"GET /%1B%5B31mred HTTP/1.1" 404' in log
    assert [character for character in log if not character.isprintable() and character != "\n"] == []


def test_control_characters_are_escaped_in_logs() -> None:
    command = "from hubmeter_exporter.command_line import set_up_logging as s; import logging; s('DEBUG'); "
    done = subprocess.run(
        [sys.executable, "-c", f"{command} logging.debug('%s', 'a\\x1b[31m\\r\\x9b\\u202e b\\nc')"],
        capture_output=True, text=True, check=True, timeout=PATIENCE,
    )  # fmt: skip
    assert done.stderr.endswith("DEBUG a\\x1b[31m\\r\\x9b\\u202e b\nc\n")
