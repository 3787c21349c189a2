"""The images, built and run as the chart runs them: its options, a read-only root, no rights, an unnamed user.

They need a Docker daemon: ``.ci/docker start``. With a real hub and Prometheus they run in the end-to-end tests.
"""

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
import requests
import yaml
from pyarrow import parquet

from tests.chart.charts import ROOT, Json, objects, the
from tests.unit.exporter.broken_hub import fake_hub
from tests.waiting import PATIENCE, wait_until

PROGRAMS = ("exporter", "costs")
# Above the base image. The doctor and pydantic are 13 MB of the image of the exporter.
MOST_BYTES = {"exporter": 24e6, "costs": 90e6, "costs-cloud": 360e6, "costs-pdf": 300e6}


def docker(*arguments: str, timeout: float = PATIENCE) -> str:
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=timeout, check=False)
    assert done.returncode == 0, f"docker {' '.join(arguments)}: {done.stderr}"
    return done.stdout


def answers() -> bool:
    try:
        docker("info", timeout=20)
    except (OSError, AssertionError, subprocess.TimeoutExpired):
        return False
    return True


def build(name: str, *options: str) -> None:
    """Build an image as the docs say."""
    if not answers():
        pytest.skip("no Docker daemon answers: make e2e starts one and runs this")
    base = subprocess.run(
        [".ci/docker", "base"], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    made = subprocess.run(
        ["make", "image", f"IMAGES={name}", f"BASE={base.stdout.strip()}", "NETWORK=host", *options],
        cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr


@pytest.fixture(scope="module", params=PROGRAMS)
def program(request: pytest.FixtureRequest) -> str:
    """An exporter whose image has just been built."""
    name: str = request.param
    build(name)
    return name


def image(program: str, suffix: str = "") -> str:
    version = yaml.safe_load((ROOT / "chart" / "Chart.yaml").read_text(encoding="utf-8"))["appVersion"]
    return f"hubmeter-{program}:{version}{suffix}"


def inspected(what: str) -> Json:
    found: list[Json] = json.loads(docker("inspect", what))
    return found[0]


def test_it_says_what_it_is_and_is_nobody(program: str) -> None:
    described = inspected(image(program))
    config = described["Config"]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", config["User"])
    assert config["Entrypoint"] == [f"/opt/hubmeter/bin/hubmeter-{program}"]
    assert config["Healthcheck"]["Test"][:2] == ["CMD", "/opt/hubmeter/bin/python"]
    labels = config["Labels"]
    head = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    assert labels["org.opencontainers.image.revision"] == head.stdout.strip()
    assert labels["org.opencontainers.image.version"] == image(program).partition(":")[2]
    assert labels["org.opencontainers.image.title"] == f"hubmeter-{program}"
    assert set(config["ExposedPorts"]) == {f"{9090 + PROGRAMS.index(program)}/tcp"}


@contextmanager
def running(program: str, rendered: list[Json], changed: dict[str, str], folder: Path) -> Iterator[tuple[str, str]]:
    """Run the container of a rendered Deployment; yield its id and its URL.

    ``changed`` are its options for this machine. It shares the machine's network, and takes any free port.
    """
    pod = the(rendered, "Deployment", f"-{program}")["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    security = pod["securityContext"]
    command = [
        "run", "--detach", "--network=host", "--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges",
        f"--user={security['runAsUser']}:{security['runAsGroup']}",
    ]  # fmt: skip
    for mount in container.get("volumeMounts", []):
        if mount["name"] == "config":
            data = the(rendered, "ConfigMap", f"-{program}")["data"]
            for name, text in data.items():
                (folder / name).write_text(text, encoding="utf-8")
            folder.chmod(0o755)
            command.append(f"--volume={folder}:{mount['mountPath']}:ro")
        elif mount["name"] == "token":
            (folder / "token").write_text("secret", encoding="utf-8")
            folder.chmod(0o755)
            command.append(f"--volume={folder}:{mount['mountPath']}:ro")
        else:
            command.append(f"--tmpfs={mount['mountPath']}:uid={security['runAsUser']},mode=0700")
    options = {**changed, "port": "0"}
    kept = [word for word in container["args"] if word.removeprefix("--").partition("=")[0] not in options]
    identifier = docker(
        *command, image(program), *kept, *(f"--{name}={value}" for name, value in options.items())
    ).strip()
    try:
        yield identifier, f"http://127.0.0.1:{port_of(identifier)}"
    finally:
        docker("rm", "--force", identifier)


def log(identifier: str) -> str:
    done = subprocess.run(["docker", "logs", identifier], capture_output=True, text=True, timeout=PATIENCE, check=True)
    return done.stdout + done.stderr


def port_of(identifier: str) -> int:
    return int(wait_until(lambda: re.search(r"Serving on .*?port (\d+)", log(identifier)), lambda: log(identifier))[1])


@pytest.fixture
def container(program: str, tmp_path: Path) -> Iterator[tuple[str, str, str]]:
    """A running container: its program, its id, its URL."""
    costs = {"enabled": True, "prometheusUrl": "http://p", "config": {"source": "static", "static": {"gpu_hour": 1}}}
    rendered = objects({"costs": costs, "exporter": {"multipleGroups": "split"}})
    with fake_hub() as hub:
        hub.users = {"ana.lópez@uni.edu": ["staff", "students"], "Bob-Smith": []}
        changed = {"exporter": {"hub_url": hub.api_url}, "costs": {"prometheus_url": "http://127.0.0.1:1"}}[program]
        with running(program, rendered, changed, tmp_path) as (identifier, url):
            yield program, identifier, url


def test_it_serves_metrics_writes_nothing_and_ends_when_told(container: tuple[str, str, str]) -> None:
    program, identifier, url = container
    assert requests.get(f"{url}/healthz", timeout=PATIENCE).status_code == 200
    if program == "exporter":
        wait_until(lambda: requests.get(f"{url}/readyz", timeout=PATIENCE).ok, lambda: log(identifier))
        row = 'jupyterhub_user_group_share{namespace="prod",usergroup="staff",username="ana.lópez@uni.edu"} 0.5'
        assert row in requests.get(f"{url}/metrics", timeout=PATIENCE).content.decode()
    else:
        assert requests.get(f"{url}/health/ready", timeout=PATIENCE).status_code == 503
        assert "jupyterhub_costs_refresh_errors_total" in requests.get(f"{url}/metrics", timeout=PATIENCE).text

    healthy = inspected(identifier)["Config"]["Healthcheck"]["Test"][1:]
    docker("exec", identifier, *(re.sub(r"127\.0\.0\.1:\d+", url.removeprefix("http://"), word) for word in healthy))
    broken = [re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:1", word) for word in healthy]
    assert subprocess.run(
        ["docker", "exec", identifier, *broken], capture_output=True, timeout=PATIENCE, check=False
    ).returncode

    mounts = {"/etc", "/etc/hubmeter", "/etc/hubmeter/token", "/var", "/var/lib", "/var/lib/hubmeter"}
    assert {line.split()[1] for line in docker("diff", identifier).splitlines()} <= mounts
    docker("stop", "--time=20", identifier)
    assert inspected(identifier)["State"]["ExitCode"] == 0
    assert "secret" not in log(identifier)


def test_it_has_no_installer_and_nothing_that_its_program_does_not_import(container: tuple[str, str, str]) -> None:
    """The exporter's image also has the doctor."""
    program, identifier, _ = container
    listing = "import importlib.metadata as m; print(*sorted(d.name.lower() for d in m.distributions()))"
    installed = set(docker("exec", identifier, "/opt/hubmeter/bin/python", "-c", listing).split())
    assert "hubmeter" in installed
    assert not installed & {"pip", "setuptools", "jupyterhub", "grafanalib", "boto3" if program == "exporter" else "x"}
    if program == "exporter":
        assert "hubmeter-doctor" in docker("exec", identifier, "/opt/hubmeter/bin/hubmeter-doctor", "--version")


def our_bytes(name: str, *steps: str) -> int:
    rows = docker("history", "--no-trunc", "--human=false", "--format={{.Size}} {{.CreatedBy}}", name).splitlines()
    return sum(int(row.split()[0]) for row in rows if any(step in row for step in steps or ["COPY"]))


def test_what_is_ours_is_small(program: str) -> None:
    assert 0 < our_bytes(image(program)) < MOST_BYTES[program]


def test_the_image_with_the_suffix_cloud_reads_parquet_files_and_has_every_bucket(tmp_path: Path) -> None:
    build("costs", "EXTRA=costs-cloud")
    cloud = image("costs", "-cloud")
    assert our_bytes(cloud) < MOST_BYTES["costs-cloud"]
    day = datetime.now(UTC).date() - timedelta(3)
    row = {
        "ChargeCategory": "Usage", "ChargePeriodStart": f"{day}T00:00:00Z",
        "ChargePeriodEnd": f"{day + timedelta(1)}T00:00:00Z", "BillingCurrency": "USD",
        "ServiceName": "Compute Engine", "EffectiveCost": 12.5, "Tags": '{"hub-name": "prod"}',
    }  # fmt: skip
    parquet.write_table(pa.Table.from_pylist([row]), tmp_path / "bill.parquet")
    tmp_path.chmod(0o755)
    run = ["run", "--rm", "--read-only", "--tmpfs=/tmp", "--cap-drop=ALL", "--network=none"]
    run += [f"--volume={tmp_path}:/bills:ro"]
    read = "The input of 12.50 USD is the sum of its parts"
    denied = "cannot be read (credentials)"  # and not: (package)
    for path, expected in (
        ("/bills", read),
        ("s3://bucket/folder", denied),
        ("gs://bucket/folder", denied),
        ("abfs://container@account.dfs.core.windows.net/folder", denied),
        ("bigquery://project/dataset/table", denied),
    ):
        settings = {"source": "focus", "focus": {"path": path}}
        (tmp_path / "costs.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
        done = subprocess.run(
            ["docker", *run, cloud, "--config=/bills/costs.yaml", "--check"],
            capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
        assert expected in done.stdout, path + done.stdout + done.stderr
        assert " INFO " not in done.stderr


def test_the_image_with_the_suffix_pdf_writes_names_of_all_scripts() -> None:
    build("costs", "EXTRA=costs-pdf")
    pdf = image("costs", "-pdf")
    assert our_bytes(pdf, "COPY", "apt-get") < MOST_BYTES["costs-pdf"]
    page = "<html lang='en'><title>Names</title><p>ana.lópez Ωμέγα Жанна محمد שרה 田中 太郎 김"
    script = f"from hubmeter_exporter.report.pdf import Printer; print(Printer().file({page!r})[:5])"
    run = ["run", "--rm", "--read-only", "--tmpfs=/tmp", "--cap-drop=ALL", "--network=none", "--entrypoint=python"]
    done = subprocess.run(
        ["docker", *run, pdf, "-c", script], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert (done.stdout, done.stderr) == ("b'%PDF-'\n", "")
