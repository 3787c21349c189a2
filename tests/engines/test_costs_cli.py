"""``hubmeter-costs`` as a site starts it, with a price list, beside a real Prometheus."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from hubmeter_generator.operate.remote_write import write
from hubmeter_promql import names
from tests.engines import engine
from tests.engines.engine import Engine
from tests.waiting import PATIENCE, wait_until

SECRET = "secret-0123456789"
GIB = 2.0**30
SETTINGS = """
source: static
interval: 10s
history_days: 40
static: {memory_gib_hour: 0.01, cpu_core_hour: 0.05, home_gib_month: 0.73}
"""


@contextmanager
def running(*arguments: str, **environment: str) -> Iterator[tuple[subprocess.Popen[str], str, list[str]]]:
    """Yield the process of an exporter, its URL, and a list that has its log after the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "hubmeter_exporter.costs.cli", "--port", "0", *arguments],
        env=os.environ | environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    log = []
    try:
        for line in process.stderr:
            log.append(line)
            if "Serving on" in line:
                yield process, f"http://127.0.0.1:{line.split(' port ')[1].split(';')[0]}", log
                break
        else:
            raise AssertionError("".join(log))
    finally:
        process.kill()
        log.extend(process.communicate()[1].splitlines(keepends=True))


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
            for driver, value in (("compute", 2 * GIB / 12), ("home", 100 * GIB / 12)):
                name = names.by_driver(level(names.COST_USAGE))
                send(running_engine, {"__name__": name, "driver": driver, **labels}, times, value)
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


def wait_until_ready(url: str) -> None:
    wait_until(lambda: requests.get(f"{url}/ready", timeout=PATIENCE).ok, lambda: f"{url} is ready")


def test_bills_prices_and_the_api_from_a_price_list(prometheus: Engine, config: list[str]) -> None:
    yesterday = datetime.now(UTC).date() - timedelta(1)
    label = f"day={(yesterday - date(1970, 1, 1)).days}"
    compute, home = 24 * (2 * 0.01 + 0.05), 24 * 100 * 0.73 / 730
    with running(*config, "--prometheus_url", prometheus.url) as (process, url, log):
        wait_until_ready(url)
        found = metrics(url)
        ours = ("kind=attributable", "namespace=prod")
        bill = {
            component: found["cloud_cost_usd", f"component={component}", label, "estimated=true", *ours]
            for component in ("compute", "home storage")
        }
        assert bill == {"compute": pytest.approx(compute), "home storage": pytest.approx(home)}
        price = found[
            "unit_price_usd", "component=compute", label, "driver=compute", "estimated=true", "namespace=prod"
        ]
        assert price * 48 * GIB == pytest.approx(compute)
        assert found["costs_missing_days",] == 0

        days = f"from={yesterday}&to={yesterday}"
        [total] = requests.get(f"{url}/total-costs-per-hub?{days}", timeout=PATIENCE).json()
        assert total == {"date": str(yesterday), "cost": pytest.approx(compute + home, abs=0.01), "name": "prod"}
        users = requests.get(f"{url}/costs-per-user?{days}&component=compute", timeout=PATIENCE).json()
        assert [(row["user"], row["usergroup"], row["value"]) for row in users] == [
            ("ana.lópez@uni.edu", "geo", pytest.approx(compute, abs=0.01))
        ]
        assert requests.get(f"{url}/healthz", timeout=PATIENCE).status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    assert not [line for line in log if "ERROR" in line or "Traceback" in line]


def test_a_restart_without_prometheus_keeps_the_bill_and_logs_it(prometheus: Engine, config: list[str]) -> None:
    today = (datetime.now(UTC).date() - date(1970, 1, 1)).days
    unfinished = {f"day={today + more}" for more in range(2)}
    with running(*config, "--prometheus_url", prometheus.url) as (_, url, _log):
        wait_until_ready(url)
        before = metrics(url)  # after that the process is killed
    with running(*config, "--prometheus_url", "http://127.0.0.1:9", PROMETHEUS_TOKEN=SECRET) as (process, url, log):
        failed = ("costs_refresh_errors_total", "reason=connection", "source=prometheus")
        wait_until(lambda: metrics(url)[failed], lambda: "a refresh has failed")
        after = metrics(url)
        answer = requests.get(f"{url}/ready", timeout=PATIENCE)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0
    bills = [
        {k: v for k, v in found.items() if k[0] == "cloud_cost_usd" and not unfinished.intersection(k)}
        for found in (before, after)
    ]
    assert bills[0] == bills[1]
    assert len(bills[0]) >= 4
    assert answer.status_code == 503
    assert "cannot reach http://127.0.0.1:9/api/v1/query" in answer.text
    assert "Reading from prometheus failed; the last prices stay: cannot reach http://127.0.0.1:9" in "".join(log)
    assert SECRET not in "".join(log)


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
