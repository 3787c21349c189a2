"""The options of ``hubmeter-costs``. No message contains a secret."""

import os
import socket
from pathlib import Path

import pytest
import requests

from hubmeter_exporter.command_line import UsageError
from hubmeter_exporter.costs import cli
from hubmeter_exporter.costs.settings import defaults_text
from tests.exporters import assert_usage_error

SECRET = "secret-0123456789"
URL = {"PROMETHEUS_URL": "http://prometheus:9090"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Change to a folder with settings, tokens and a file that is not a ledger, and unset the variables."""
    monkeypatch.chdir(tmp_path)
    for name in [*os.environ]:
        if name.startswith(("PROMETHEUS_", "CLUSTER_NAME", "HUBMETER_")):
            monkeypatch.delenv(name)
    (tmp_path / "costs.yaml").write_text("source: static\nstatic: {gpu_hour: 1}\n", encoding="utf-8")
    (tmp_path / "aws.yaml").write_text("source: aws\n", encoding="utf-8")
    (tmp_path / "token").write_text(f"{SECRET}\n", encoding="utf-8")
    (tmp_path / "empty").write_text("\n", encoding="utf-8")
    (tmp_path / "text").write_text("no database at all" * 9, encoding="utf-8")
    return tmp_path


CONFIG = ["--config", "costs.yaml"]


@pytest.mark.parametrize(
    ("sentence", "arguments", "extra"),
    [
        ("the settings are missing; set --config FILE (see --print-settings)", [], URL),
        ("cannot read the settings file none.yaml", ["--config", "none.yaml"], URL),
        ("aws.yaml: aws.cluster_name is missing", ["--config", "aws.yaml"], URL),
        ("the URL of Prometheus is missing; set --prometheus_url or PROMETHEUS_URL", CONFIG, {}),
        ("the URL of Prometheus 'prometheus:9090' is not a URL", [*CONFIG, "--prometheus_url", "prometheus:9090"], {}),
        ("the URL of Prometheus 'http://[::1' is not a URL", [*CONFIG, "--prometheus-url", "http://[::1"], {}),
        ("'...@p:9090' is not a URL", [*CONFIG, "--prometheus_url", f"me:{SECRET}@p:9090"], {}),
        ("'http://p..svc:9090' is not a URL", [*CONFIG, "--prometheus_url", "http://p..svc:9090"], {}),
        ("set the user and the password in", [*CONFIG, "--prometheus_url", f"http://me:{SECRET}@host"], {}),
        ("--prometheus_token_file none cannot be read (No such", [*CONFIG, "--prometheus_token_file", "none"], URL),
        ("--prometheus_token_file empty is empty", [*CONFIG, "--prometheus_token_file", "empty"], URL),
        ("PROMETHEUS_TOKEN is empty, or has characters", CONFIG, URL | {"PROMETHEUS_TOKEN": f"{SECRET} é"}),
        ("set only one of --prometheus", CONFIG, URL | {"PROMETHEUS_TOKEN": SECRET, "PROMETHEUS_USERNAME": "me"}),
        ("'65536' is not a port", [*CONFIG, "--port", "65536"], URL),
        ("invalid choice: 'LOUD'", [*CONFIG, "--log_level", "loud"], URL),
        ("unknown option --prometheus_token", [*CONFIG, f"--prometheus_token={SECRET}"], URL),
        ("there are words outside of options", [*CONFIG, SECRET], URL),
        ("the ledger text cannot be used (file is not a database)", [*CONFIG, "--ledger", "text"], URL),
        ("--reread has 'today', which is not a day such as 2025-01-31", [*CONFIG, "--reread", "today", "today"], URL),
        (
            "--reread begins on 2025-02-01, after its end on 2025-01-31",
            [*CONFIG, "--reread", "2025-02-01", "2025-01-31"],
            URL,
        ),
        ("the ledger none/ledger cannot be opened", CONFIG, URL | {"HUBMETER_COSTS_LEDGER": "none/ledger"}),
    ],
)  # fmt: skip
def test_invalid_options_are_one_sentence_without_a_secret(
    sentence: str,
    arguments: list[str],
    extra: dict[str, str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in extra.items():
        monkeypatch.setenv(name, value)
    assert_usage_error(cli.main, arguments, sentence, SECRET, capsys)


@pytest.mark.parametrize(
    ("arguments", "environment", "header"),
    [
        ([], {}, None),
        (["--prometheus_token_file", "token"], {}, f"Bearer {SECRET}"),
        ([], {"PROMETHEUS_TOKEN": SECRET}, f"Bearer {SECRET}"),
        ([], {"PROMETHEUS_USERNAME": "ana", "PROMETHEUS_PASSWORD": "lópez"}, "Basic YW5hOmzDs3Bleg=="),
    ],
)
def test_credentials(arguments: list[str], environment: dict[str, str], header: str | None) -> None:
    options = cli.parse([*CONFIG, *arguments], URL | environment)
    assert SECRET not in repr(options)
    request = requests.Request("POST", "http://prometheus:9090", auth=options.auth).prepare()
    assert request.headers.get("Authorization") == header


def test_the_ledger_is_set_by_option_or_variable() -> None:
    assert str(cli.parse(CONFIG, URL).ledger) == "hubmeter-costs.sqlite"
    environment = URL | {"HUBMETER_COSTS_LEDGER": "/data/ledger"}
    assert str(cli.parse(CONFIG, environment).ledger) == "/data/ledger"
    assert str(cli.parse([*CONFIG, "--ledger", "here"], environment).ledger) == "here"


def test_print_settings_prints_the_documented_defaults(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.parse(["--print-settings"], {})
    assert ended.value.code == 0
    assert capsys.readouterr().out == defaults_text()


def test_a_port_in_use_is_named(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROMETHEUS_URL", "http://127.0.0.1:9")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert cli.main([*CONFIG, "--port", str(port)]) == 2
    assert f"port {port} (Address already in use" in capsys.readouterr().err


def test_wrong_options_are_usage_errors() -> None:
    with pytest.raises(UsageError):
        cli.parse([], {})
