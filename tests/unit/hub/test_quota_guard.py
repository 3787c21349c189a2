"""What a round of the quota guard does, against oracles; answers of the hub; the start and the end of the service."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from hubmeter_hub.config import ConfigError
from hubmeter_hub.quota_guard.command import QuotaGuardApp, make_guard
from hubmeter_hub.quota_guard.hub_api import HubApi, HubApiError, HubUser, Server
from hubmeter_hub.quota_guard.plan import Near, may_be_near, near, plan, watched
from hubmeter_hub.quotas.grants import parse as parse_grants
from hubmeter_hub.quotas.policy import Limit, Row, WhenExceeded, parse
from hubmeter_hub.quotas.usage import HOUR, Usage
from tests.http_server import Handler, http_server
from tests.waiting import PATIENCE, free_port, wait_until

NOW = 1_795_000_000.0
WHEN = {"warn_before": "1h", "stop_after": "30m"}


def limit(resource: str, stop_after: int | None) -> Limit:
    when = WhenExceeded(None, stop_after) if stop_after else None
    return Limit(resource, 168, 10.0, (Row("everybody", "", resource, 168, 10.0, "", when),))


def mostly(usual: Any, other: Any) -> st.SearchStrategy[Any]:
    """Return the other value in one case of five, so that many users meet all conditions."""
    return st.sampled_from([usual] * 4 + [other])


facts = st.fixed_dictionaries(
    {
        "used": st.sampled_from([10.0, 11.0, 9.0]),
        "rate": mostly(1.0, 0.0),
        "since": st.sampled_from([NOW - 1800, NOW - 1799, None]),
        "stop_after": st.sampled_from([300, 1800, None]),
    }
)
servers = st.lists(st.tuples(st.sampled_from(["", "a", "b"]), st.booleans()), unique_by=lambda of: of[0], min_size=1)
user = st.fixed_dictionaries(
    {
        "limits": st.dictionaries(st.sampled_from(["cpu", "gpu"]), facts, min_size=1),
        "servers": servers,
        "fresh": mostly(True, False),
        "covered": mostly(True, False),
        "groups": mostly(frozenset(), frozenset({"teachers"})),
    }
)


@settings(max_examples=200)
@given(st.dictionaries(st.sampled_from(["ann", "bob", "eve"]), user, min_size=1))
def test_a_server_is_stopped_only_if_all_conditions_hold(users: dict[str, dict[str, Any]]) -> None:
    expected = {
        (name, server)
        for name, of in users.items()
        if name != "eve" and "teachers" not in of["groups"] and of["fresh"] and of["covered"]
        if any(
            fact["stop_after"]
            and fact["used"] >= 10.0
            and fact["rate"] > 0
            and fact["since"] is not None
            and NOW - fact["since"] >= fact["stop_after"]
            for fact in of["limits"].values()
        )
        for server, is_ready in of["servers"]
        if is_ready
    }
    found = [
        Near(
            HubUser(name, of["groups"], tuple(Server(*server) for server in of["servers"])),
            tuple(limit(resource, fact["stop_after"]) for resource, fact in of["limits"].items()),
            Usage(
                {(resource, 168): fact["used"] for resource, fact in of["limits"].items()},
                NOW,
                NOW if of["fresh"] else None,
                None if of["covered"] else NOW - 86400,
            ),
            {resource: fact["rate"] for resource, fact in of["limits"].items()},
        )
        for name, of in users.items()
    ]
    since = {
        (name, (resource, 168)): fact["since"] for name, of in users.items() for resource, fact in of["limits"].items()
    }
    made = plan(found, since, lambda name, groups: name == "eve" or "teachers" in groups)
    assert {stop.server_of for stop in made.stops} == expected
    assert len(made.stops) == len(expected)
    assert sum(made.users.values()) <= len(users)


policies_of_a_hub = st.lists(
    st.fixed_dictionaries(
        {"resource": st.just("cpu"), "limit": st.sampled_from([5, 10, 20]), "window": mostly(7, 1)},
        optional={
            "scope": st.sampled_from([{"group": ["a"]}, {"group": ["b"]}, {"user": ["ann"]}]),
            "when_exceeded": st.sampled_from([WHEN, {"warn_before": "2h"}, {"stop_after": "10m"}]),
        },
    ),
    min_size=2,
    max_size=4,
)


@settings(max_examples=300)
@given(
    policies_of_a_hub,
    st.sampled_from(["min", "max", "sum"]),
    st.sampled_from(["", "5", "20"]),
    st.frozensets(st.sampled_from(["a", "b"])),
    st.tuples(st.integers(3, 21), st.integers(3, 21)),
    st.sampled_from([0.0, 1.0, 4.0]),
)
def test_the_hub_is_asked_for_every_user_whom_a_limit_concerns(
    policy: list[dict[str, Any]],
    intersection: str,
    granted: str,
    groups: frozenset[str],
    used: tuple[int, int],
    rate: float,
) -> None:
    """The oracle computes the limits of all users, for which the guard would ask the hub for all of them."""
    policies = parse(policy, {"intersection": intersection})
    entry = f"- {{user: ann, resource: cpu, amount: {granted}, until: 2999-01-01, reason: x}}" if granted else ""
    grants = parse_grants(f"grants:\n{entry}").grants
    usage = Usage({("cpu", 24): float(used[0]), ("cpu", 168): float(used[1])}, NOW, NOW)
    rates = {"cpu": rate} if rate else {}
    found = near(HubUser("ann", groups, (Server("", is_ready=True),)), policies, grants, usage, rates)

    def concerns(of: Limit) -> bool:
        warn_before = (of.when_exceeded and of.when_exceeded.warn_before) or 0
        return used[of.window_hours == 168] + rate * warn_before / HOUR >= of.value

    if found is not None and any(map(concerns, found.limits)):
        assert may_be_near(watched(policies), usage, rates)


class Hub(Handler, BaseHTTPRequestHandler):
    """Answers with one status and body."""

    status, body = 200, b""

    def do_DELETE(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)


@contextmanager
def hub(status: int, body: str = "") -> Iterator[HubApi]:
    with http_server(type("Answer", (Hub,), {"status": status, "body": body.encode()})) as server:
        yield HubApi(f"http://127.0.0.1:{server.server_port}/hub/api/", "t0ken", {})


def test_a_user_of_the_hub_has_groups_and_servers() -> None:
    running = '{"name": "", "ready": true, "pending": null}'
    ends = '{"name": "a", "ready": true, "pending": "stop"}'
    starts = '{"name": "b", "ready": false, "pending": "spawn"}'
    servers_json = f'{{"": {running}, "a": {ends}, "b": {starts}}}'
    with hub(200, f'{{"name": "ann", "groups": ["staff"], "servers": {servers_json}}}') as api:
        found = api.user("ann")
    assert found == HubUser(
        "ann",
        frozenset({"staff"}),
        (Server("", is_ready=True), Server("a", is_ready=False), Server("b", is_ready=False)),
    )


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (
            200,
            '{"name": "ann", "servers": {}}',
            "without groups or servers: give the service the scopes",
        ),
        (200, '{"name": "ann", "groups": []}', "without groups or servers"),
        (200, '{"name": "anna", "groups": [], "servers": {}}', "JSON that is not a user"),
        (200, '{"name": "ann", "groups": [1], "servers": {}}', "JSON that is not a user"),
        (200, '{"name": "ann", "groups": [], "servers": {"": {"name": ""}}}', "JSON that is not a user"),
        (200, "[]", "JSON that is not a user"),
        (200, "<html>", "no JSON"),
        (302, "", "was answered with 302"),
        (403, "", "was answered with 403 Forbidden: give the service the scopes"),
        (500, "", "was answered with 500"),
    ],
)
def test_an_incomplete_answer_of_the_hub_is_an_error(status: int, body: str, said: str) -> None:
    with hub(status, body) as api, pytest.raises(HubApiError) as caught:
        api.user("ann")
    assert said in str(caught.value)
    assert "t0ken" not in str(caught.value)


@pytest.mark.parametrize(("status", "is_stopped"), [(202, True), (204, True), (404, True), (403, False), (500, False)])
def test_a_server_stops_if_the_hub_says_so(status: int, is_stopped: bool) -> None:
    with hub(status) as api:
        if is_stopped:
            api.stop("ann", "a/b")
        else:
            with pytest.raises(HubApiError, match=rf"DELETE .*/users/ann/servers/a%2Fb was answered with {status}"):
                api.stop("ann", "a/b")


@pytest.mark.parametrize(
    ("username", "server", "path"),
    [
        ("ann", ".", "/users/ann/servers/."),
        ("ann", "..", "/users/ann/servers/.."),
        ("..", "", "/users/../server"),
        ("a b/%2F", "x?y#z", "/users/a%20b%2F%252F/servers/x%3Fy%23z"),
    ],
)
def test_a_name_stays_a_part_of_the_path(username: str, server: str, path: str) -> None:
    """A hub before JupyterHub 6 allows servers with dots as names, and 404 means that a server has gone."""
    asked: list[str] = []

    class Answer(Hub):
        status = 204

        def do_GET(self) -> None:
            asked.append(self.path)
            super().do_GET()

    with http_server(Answer) as server_of_hub:
        HubApi(f"http://127.0.0.1:{server_of_hub.server_port}/hub/api", "t0ken", {}).stop(username, server)
    assert asked == [f"/hub/api{path}"]


def test_a_user_who_is_not_of_the_hub_is_none() -> None:
    with hub(404) as api:
        assert api.user("ann") is None


SETTINGS = """\
c.UsageConfig.prometheus_url = {url!r}
c.UsageConfig.hub_namespace = "prod"
c.UsageQuotaManager.policy = [{{"resource": "cpu", "limit": 5, "window": 1, "when_exceeded": {{"stop_after": "30m"}}}}]
"""


@contextmanager
def service(log: Path, *arguments: str, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    environ = {name: text for name, text in os.environ.items() if not name.startswith("JUPYTERHUB_")} | more
    command = [sys.executable, "-m", "hubmeter_hub.quota_guard", *arguments]
    with log.open("wb") as output, subprocess.Popen(command, env=environ, stdout=output, stderr=output) as process:
        try:
            yield process
        finally:
            process.kill()


IN_A_HUB = {"JUPYTERHUB_API_URL": "http://127.0.0.1:9/hub/api", "JUPYTERHUB_API_TOKEN": "t0ken"}


def metrics_at(port: int, log: Path) -> str:
    def answer() -> str:
        try:
            return requests.get(f"http://127.0.0.1:{port}/metrics", timeout=PATIENCE).text
        except requests.ConnectionError:
            return ""  # not listening yet

    found: str = wait_until(answer, lambda: log.read_text(encoding="utf-8"))
    return found


def test_a_signal_ends_the_guard_while_it_waits_for_prometheus(tmp_path: Path) -> None:
    file, log, port = tmp_path / "settings.py", tmp_path / "log", free_port()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        text = SETTINGS.format(url=f"http://127.0.0.1:{silent.getsockname()[1]}")
        file.write_text(text + "c.UsageConfig.prometheus_timeout = 60.0\n", encoding="utf-8")
        with service(log, f"--config-files={file}", f"--metrics-port={port}", **IN_A_HUB) as process:
            metrics_at(port, log)
            waiting, _ = silent.accept()
            with waiting:
                process.send_signal(signal.SIGTERM)
                assert process.wait(50) == 0, "it does not wait for the timeout of 60 s"


MISTAKES: Mapping[str, tuple[str, str]] = {
    "no policy to watch": (
        SETTINGS.replace('"when_exceeded"', '"scope"').replace('{{"stop_after": "30m"}}', '{{"user": "ann"}}'),
        "no policy of --config-files has the key when_exceeded",
    ),
    "an option": (SETTINGS + "c.QuotaGuard.max_stops_per_round = 0\n", "max_stops_per_round"),
    "pseudonyms": (SETTINGS + "c.UsageConfig.pseudonym_salt_file = __file__\n", "cannot stop servers of pseudonyms"),
    "a slip": (SETTINGS + 'c.QuotaGuard.exempt_users: ["ann"]\nc.QuotaGuard.dry_run = 7\n', "line 4 of"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named(name: str, tmp_path: Path) -> None:
    text, said = MISTAKES[name]
    file = tmp_path / "settings.py"
    file.write_text(text.format(url="http://127.0.0.1:9"), encoding="utf-8")
    with pytest.raises(ConfigError, match=said):
        make_guard(*QuotaGuardApp().settings([f"--config-files={file}"]), IN_A_HUB, CollectorRegistry())


def test_a_mistake_is_logged_and_counted_and_does_not_end_the_guard(tmp_path: Path) -> None:
    log, url = tmp_path / "log", f"http://127.0.0.1:{(port := free_port())}"
    with service(log, "--nope", JUPYTERHUB_SERVICE_URL=url, JUPYTERHUB_METRICS_PREFIX="lab", **IN_A_HUB) as process:
        metrics = metrics_at(port, log)
        assert process.poll() is None
    assert re.search(r'^lab_quota_guard_failures_total{reason="settings"} 1.0$', metrics, re.MULTILINE)
    written = log.read_text(encoding="utf-8")
    assert "the quota guard is not set up: the arguments '--nope' cannot be used: see --help for the options" in written


@pytest.mark.parametrize("environ", [{}, IN_A_HUB], ids=["outside of a hub", "a port in use"])
def test_the_guard_cannot_start(environ: dict[str, str], tmp_path: Path) -> None:
    file, log = tmp_path / "settings.py", tmp_path / "log"
    file.write_text(SETTINGS.format(url="http://127.0.0.1:9"), encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with service(log, f"--config-files={file}", f"--metrics-port={port}", **environ) as process:
            assert process.wait(PATIENCE) == 2
    written = log.read_text(encoding="utf-8")
    assert ("start this as a service of JupyterHub" in written) == (not environ)
    said = f"hubmeter-quota-guard: cannot listen on port {port} (c.QuotaGuard.metrics_port)"
    assert (said in written) == bool(environ)
