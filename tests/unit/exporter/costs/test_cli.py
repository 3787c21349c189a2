"""The options of ``hubmeter-costs``; whatever goes wrong, secrets stay out of sight."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import pytest
import requests

from hubmeter_exporter.costs import cli
from hubmeter_exporter.costs.settings import defaults_text
from hubmeter_exporter.options import UsageError

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "secret-0123456789"
URL = {"PROMETHEUS_URL": "http://prometheus:9090"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder with settings, a token and a ledger that is none; and none of our variables."""
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


GIVEN = ["--config", "costs.yaml"]


@pytest.mark.parametrize(
    ("sentence", "arguments", "extra"),
    [
        ("the settings are missing; give --config FILE, and see --print-settings", [], URL),
        ("cannot read the settings file none.yaml", ["--config", "none.yaml"], URL),
        ("aws.yaml: aws.cluster_name is missing", ["--config", "aws.yaml"], URL),
        ("Prometheus' URL is missing; give --prometheus_url, or set PROMETHEUS_URL", GIVEN, {}),
        ("Prometheus' URL 'prometheus:9090' is not one such as", [*GIVEN, "--prometheus_url", "prometheus:9090"], {}),
        ("Prometheus' URL 'http://[::1' is not one", [*GIVEN, "--prometheus-url", "http://[::1"], {}),
        ("'...@p:9090' is not one such", [*GIVEN, "--prometheus_url", f"me:{SECRET}@p:9090"], {}),
        ("'http://p..svc:9090' is not one such", [*GIVEN, "--prometheus_url", "http://p..svc:9090"], {}),
        ("put the user and the password into", [*GIVEN, "--prometheus_url", f"http://me:{SECRET}@host"], {}),
        ("--prometheus_token_file none cannot be read (No such", [*GIVEN, "--prometheus_token_file", "none"], URL),
        ("the token for Prometheus is empty", [*GIVEN, "--prometheus_token_file", "empty"], URL),
        ("has characters that no token has", GIVEN, URL | {"PROMETHEUS_TOKEN": f"{SECRET} é"}),
        ("not several", GIVEN, URL | {"PROMETHEUS_TOKEN": SECRET, "PROMETHEUS_USERNAME": "me"}),
        ("'65536' is not a port", [*GIVEN, "--port", "65536"], URL),
        ("invalid choice: 'LOUD'", [*GIVEN, "--log_level", "loud"], URL),
        ("unknown option --prometheus_token", [*GIVEN, f"--prometheus_token={SECRET}"], URL),
        ("words that belong to no option", [*GIVEN, SECRET], URL),
        ("the ledger text cannot be used (file is not a database)", [*GIVEN, "--ledger", "text"], URL),
        ("the ledger none/ledger cannot be opened", GIVEN, URL | {"HUBMETER_COSTS_LEDGER": "none/ledger"}),
    ],
)  # fmt: skip
def test_wrong_options_are_one_sentence_without_a_secret(
    sentence: str,
    arguments: list[str],
    extra: dict[str, str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in extra.items():
        monkeypatch.setenv(name, value)
    assert cli.main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert sentence in err
    assert err.startswith("hubmeter-costs: ")
    assert err.count("\n") == 1
    assert SECRET not in err


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
    options = cli.parse([*GIVEN, *arguments], URL | environment)
    assert SECRET not in repr(options)
    request = requests.Request("POST", "http://prometheus:9090", auth=options.auth).prepare()
    assert request.headers.get("Authorization") == header


def test_the_ledgers_place_comes_from_the_option_or_the_environment() -> None:
    assert str(cli.parse(GIVEN, URL).ledger) == "hubmeter-costs.sqlite"
    environment = URL | {"HUBMETER_COSTS_LEDGER": "/data/ledger"}
    assert str(cli.parse(GIVEN, environment).ledger) == "/data/ledger"
    assert str(cli.parse([*GIVEN, "--ledger", "here"], environment).ledger) == "here"


def test_print_settings_prints_the_documented_defaults(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.parse(["--print-settings"], {})
    assert ended.value.code == 0
    assert capsys.readouterr().out == defaults_text()


def test_a_port_in_use_is_named(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROMETHEUS_URL", "http://127.0.0.1:9")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert cli.main([*GIVEN, "--port", str(port)]) == 2
    assert f"cannot listen on port {port} (Address already in use" in capsys.readouterr().err


def test_wrong_options_are_usage_errors() -> None:
    with pytest.raises(UsageError):
        cli.parse([], {})
