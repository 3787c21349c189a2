"""``hubmeter-costs`` as a site starts it, with a price list, beside a real Prometheus."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from hubmeter_exporter.costs.ledger_file import LedgerFile
from hubmeter_exporter.costs.usage_ledger import UsageLedger
from hubmeter_generator.operate.remote_write import write
from hubmeter_promql import names
from tests import exporters
from tests.engines import engine
from tests.engines.engine import Engine
from tests.exporters import Exporter
from tests.waiting import PATIENCE, wait_until

SECRET = "secret-0123456789"
GIB = 2.0**30
SETTINGS = """
source: static
interval: 10s
history_days: 40
static: {memory_gib_hour: 0.01, cpu_core_hour: 0.05, home_gib_month: 0.73}
"""


def running(*arguments: str, **environment: str) -> AbstractContextManager[Exporter]:
    return exporters.running("hubmeter_exporter.costs.cli", arguments, os.environ | environment)


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Yield a Prometheus with three days of buckets until now: 2 GiB and 1 core of `ana`, homes of 100 GiB."""
    with engine.running("Prometheus 3", tmp_path_factory.mktemp("prometheus")) as running_engine:
        now = int(time.time()) // 300 * 300
        times = [1000 * at for at in range(now - 3 * 86_400, now + 1, 300)]
        user = {"namespace": "prod", "username": "ana.lópez@uni.edu"}
        levels = (
            (names.hub, {"namespace": "prod"}),
            (names.user, user),
            (names.pair, user | {"usergroup": "geo"}),
        )
        for level, labels in levels:
            name = names.by_driver(level(names.COST_USAGE))
            send(running_engine, {"__name__": name, "driver": "compute", **labels}, times, 2 * GIB / 12)
        send(running_engine, {"__name__": names.HUBS, "namespace": "prod"}, times, 1)
        send(running_engine, {"__name__": names.SHARE, "usergroup": "geo", **user}, times, 1)
        send(running_engine, {"__name__": names.user(names.HOME), **user}, times, 100 * GIB)
        send(running_engine, {"__name__": names.user(names.BUCKETS[names.CPU_REQUESTS]), **user}, times, 1 / 12)
        yield running_engine


def send(to: Engine, labels: dict[str, str], times: Sequence[int], value: float) -> None:
    write(to.write_url, [(labels, [(at, value) for at in times])], session=to.session)


@pytest.fixture
def config(tmp_path: Path) -> list[str]:
    (tmp_path / "costs.yaml").write_text(SETTINGS, encoding="utf-8")
    return ["--config", str(tmp_path / "costs.yaml"), "--ledger", str(tmp_path / "ledger")]


def metrics(url: str) -> dict[tuple[str, ...], float]:
    """Return all samples by (name without prefix, label=value, ...)."""
    answer = requests.get(f"{url}/metrics", timeout=PATIENCE)
    answer.raise_for_status()
    return {
        (sample.name.removeprefix("jupyterhub_"), *(f"{k}={v}" for k, v in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_bills_prices_and_the_api_from_a_price_list(prometheus: Engine, config: list[str]) -> None:
    yesterday = datetime.now(UTC).date() - timedelta(1)
    label = f"day={(yesterday - date(1970, 1, 1)).days}"
    compute, home = 24 * (2 * 0.01 + 0.05), 24 * 100 * 0.73 / 730
    with running(*config, "--prometheus_url", prometheus.url) as exporter:
        url = exporter.url
        exporter.wait_until_ready("/ready")
        samples = metrics(url)
        ours = ("kind=attributable", "namespace=prod")
        bill = {
            component: samples["cloud_cost_usd", f"component={component}", label, "estimated=true", *ours]
            for component in ("compute", "home storage")
        }
        assert bill == {"compute": pytest.approx(compute), "home storage": pytest.approx(home)}
        price = samples[
            "unit_price_usd", "component=compute", label, "driver=compute", "estimated=true", "namespace=prod"
        ]
        assert price * 48 * GIB == pytest.approx(compute)
        assert samples["costs_missing_days",] == 0

        days = f"from={yesterday}&to={yesterday}"
        [total] = requests.get(f"{url}/total-costs-per-hub?{days}", timeout=PATIENCE).json()
        assert total == {"date": str(yesterday), "cost": pytest.approx(compute + home, abs=0.01), "name": "prod"}
        users = requests.get(f"{url}/costs-per-user?{days}&component=compute", timeout=PATIENCE).json()
        assert [(row["user"], row["usergroup"], row["value"]) for row in users] == [
            ("ana.lópez@uni.edu", "geo", pytest.approx(compute, abs=0.01))
        ]
        assert requests.get(f"{url}/healthz", timeout=PATIENCE).status_code == 200
        assert exporter.end(signal.SIGTERM) == 0
    assert not [line for line in exporter.log if "ERROR" in line or "Traceback" in line]


@pytest.mark.parametrize(
    ("settings", "code", "words"),
    [
        (SETTINGS, 0, ["is the sum of its parts on each day.", "  prod "]),
        (
            "source: focus\nfocus: {path: bill.csv}\n",
            0,
            ["the hub tag has the value 'production' (1.50 USD), which is not a namespace with usage (prod)"],
        ),
        ("source: focus\nfocus: {path: bill.csv, attributable_tags: {a: [b]}}\n", 1, ["no cost is attributable"]),
    ],
)
def test_a_check_reconciles_the_bill_and_compares_hub_tags(
    prometheus: Engine, tmp_path: Path, settings: str, code: int, words: list[str]
) -> None:
    (tmp_path / "costs.yaml").write_text(settings, encoding="utf-8")
    day = datetime.now(UTC).date() - timedelta(3)
    (tmp_path / "bill.csv").write_text(
        "EffectiveCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,ServiceName,Tags\n"
        f"1.5,USD,Usage,{day},{day + timedelta(1)},Virtual Machines,hub-name=production\n",
        encoding="utf-8",
    )
    os.utime(tmp_path / "bill.csv", (1_700_000_000, 1_700_000_000))
    command = [sys.executable, "-m", "hubmeter_exporter.costs.cli", "--config", "costs.yaml", "--check"]
    ended = subprocess.run(
        [*command, "--prometheus_url", prometheus.url],
        cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert ended.returncode == code, ended.stderr
    for word in words:
        assert word in ended.stdout


def test_a_restart_without_prometheus_keeps_the_bill_and_logs_it(prometheus: Engine, config: list[str]) -> None:
    today = (datetime.now(UTC).date() - date(1970, 1, 1)).days
    unfinished = {f"day={today + more}" for more in range(2)}
    with running(*config, "--prometheus_url", prometheus.url) as exporter:
        exporter.wait_until_ready("/ready")
        before = metrics(exporter.url)  # after that the process is killed
    failed = ("costs_refresh_errors_total", "reason=connection", "source=prometheus")
    with running(*config, "--prometheus_url", "http://127.0.0.1:9", PROMETHEUS_TOKEN=SECRET) as exporter:
        wait_until(lambda: metrics(exporter.url)[failed], lambda: "the exporter has queried Prometheus")
        after = metrics(exporter.url)
        answer = requests.get(f"{exporter.url}/ready", timeout=PATIENCE)
        assert exporter.end(signal.SIGINT) == 0
    bills = [
        {k: v for k, v in samples.items() if k[0] == "cloud_cost_usd" and not unfinished.intersection(k)}
        for samples in (before, after)
    ]
    assert bills[0] == bills[1]
    assert len(bills[0]) >= 4
    assert answer.status_code == 503
    assert "cannot reach http://127.0.0.1:9/api/v1/query" in answer.text
    assert "Reading from prometheus failed; the last prices stay: cannot reach http://127.0.0.1:9" in "".join(
        exporter.log
    )
    assert SECRET not in "".join(exporter.log)


def test_once_prints_the_metrics_and_ends(prometheus: Engine, config: list[str]) -> None:
    command = [sys.executable, "-m", "hubmeter_exporter.costs.cli", *config, "--once"]
    done = subprocess.run(
        [*command, "--prometheus-url", prometheus.url], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "jupyterhub_cloud_cost_usd{" in done.stdout
    failed = subprocess.run(
        [*command, "--prometheus-url", "http://127.0.0.1:9"],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert failed.returncode == 1
    assert "cannot reach http://127.0.0.1:9" in failed.stderr


def test_days_are_read_again_beside_a_running_exporter(prometheus: Engine, config: list[str], tmp_path: Path) -> None:
    # The last day that is copied, two days ago or three.
    last = (datetime.now(UTC) - timedelta(hours=1)).date() - timedelta(2)
    days = f"from={last}&to={last}&component=compute"
    with running(*config, "--prometheus_url", prometheus.url) as exporter:
        wait_until(lambda: last in copied(tmp_path / "ledger"), lambda: f"the usage of {last} is copied")
        [before] = requests.get(f"{exporter.url}/costs-per-user?{days}", timeout=PATIENCE).json()
        (tmp_path / "costs.yaml").write_text(SETTINGS.replace("0.01", "0.02").replace("0.05", "0.1"), encoding="utf-8")
        command = [sys.executable, "-m", "hubmeter_exporter.costs.cli", *config, "--prometheus_url", prometheus.url]
        reread = [*command, "--reread", str(last - timedelta(30)), str(last)]
        done = subprocess.run(reread, capture_output=True, text=True, timeout=PATIENCE, check=False)
        assert done.returncode == 0, done.stderr
        [after] = requests.get(f"{exporter.url}/costs-per-user?{days}", timeout=PATIENCE).json()
        assert after == {**before, "value": pytest.approx(2 * before["value"])}
    bills, usage = done.stdout.splitlines()
    assert re.fullmatch(rf"Bills: \d days? \((.* to )?{last}\); [0-9.]+ USD before, [0-9.]+ USD now\.", bills)
    assert re.fullmatch(rf"Usage: \d days? \((.* to )?{last}\)\.", usage)
    failed = subprocess.run(
        [*command[:-1], "http://127.0.0.1:9", *reread[-3:]],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert failed.returncode == 1
    assert "again failed: the usage cannot be read: cannot reach http://127.0.0.1:9" in failed.stderr


def copied(path: Path) -> list[date]:
    with closing(LedgerFile(path)) as file:
        return [*UsageLedger(file).copied()]
