"""A table row becomes a promtool unit test: a sentence, input series, and what must be there at which time."""

import json
import os
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from hubmeter_generator import fill
from hubmeter_generator.settings import make
from tests.waiting import PATIENCE

# Folders of .tools: the oldest and the newest. Those between evaluate all rules in tests/engines.
VERSIONS: Final = ("prometheus-2", "prometheus-3")

Inputs = Mapping[str, str]  # series -> promtool's notation of its samples, one a ``Case.interval``
Rows = Mapping[str, float]  # labels without braces, or a whole series -> value


@dataclass(frozen=True)
class Expect:
    """At a time after the start, a query (mostly just a recorded series) must give exactly these rows."""

    at: str
    query: str
    rows: Rows


@dataclass(frozen=True)
class AlertExpect:
    """At a time after the start, exactly these instances of an alert must fire: (labels, value as its texts show it).

    The texts are the rule's own, with the labels and the value filled in, so that no case repeats them.
    """

    at: str
    alert: str
    instances: tuple[tuple[Mapping[str, str], str], ...]


@dataclass(frozen=True)
class Case:
    """One test.

    Attributes:
        interval: between two samples of the inputs.
        every: between two evaluations, where that is not the interval of the inputs.
        groups: which rule groups run, where the results of others are inputs.
    """

    sentence: str
    inputs: Inputs
    expects: tuple[Expect | AlertExpect, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)
    interval: str = "1m"
    every: str = ""
    groups: str = ".*"

    @property
    def rules(self) -> list[dict[str, Any]]:
        """The rule groups that run."""
        return [group for group in _rule_groups(json.dumps(self.settings)) if re.fullmatch(self.groups, group["name"])]

    @property
    def shared(self) -> tuple[str, ...]:
        """What two cases have in common that run in one process: their rules, and when these are evaluated."""
        return json.dumps(self.settings, sort_keys=True), self.every or self.interval, self.groups


def fires(at: str, alert: str, labels: Mapping[str, str], value: str = "") -> AlertExpect:
    """Expect one instance of an alert, and no other."""
    return AlertExpect(at, alert, ((labels, value),))


def silent(alert: str, *times: str) -> tuple[AlertExpect, ...]:
    """Expect at each of these times that the alert does not fire."""
    return tuple(AlertExpect(at, alert, ()) for at in times)


class Batches:
    """Runs cases that share their rules in one process, which takes a fraction of the time of one process a case."""

    def __init__(self, directory: Path) -> None:
        """Take an empty directory for the files that promtool reads."""
        self._directory = directory
        self._passed: dict[tuple[Path, tuple[str, ...], frozenset[str]], bool] = {}

    def report(self, promtool: Path, case: Case, others: Iterable[Case]) -> str:
        """Return "" if a case holds, else promtool's report on this case alone; ``others`` may run beside it."""
        batch = {other.sentence: other for other in (case, *others) if other.shared == case.shared}
        key = (promtool, case.shared, frozenset(batch))
        if key not in self._passed:
            self._passed[key] = not self._run(promtool, list(batch.values()))
        return "" if self._passed[key] else self._run(promtool, [case])

    def _run(self, promtool: Path, cases: Sequence[Case]) -> str:
        rules = cases[0].rules
        # JSON is YAML, and is written in a hundredth of the time.
        (self._directory / "rules.yaml").write_text(json.dumps({"groups": rules}), encoding="utf-8")
        (self._directory / "test.yaml").write_text(json.dumps(_test_file(cases, rules)), encoding="utf-8")
        command = [str(promtool), "test", "rules", "test.yaml"]
        # One processor and a lazy garbage collector: a quarter less work, and tests run on all processors as it is.
        environment = {**os.environ, "GOMAXPROCS": "1", "GOGC": "800"}
        done = subprocess.run(
            command, cwd=self._directory, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        return f"{cases[0].sentence}\n{done.stdout}{done.stderr}" if done.returncode else ""


def recorded_names() -> set[str]:
    """Return the names of all recorded series."""
    return {rule["record"] for group in _rule_groups("{}") for rule in group["rules"] if "record" in rule}


def alert_names() -> set[str]:
    """Return the names of all alerts, those that are off by default included."""
    groups = _rule_groups(json.dumps({"home_nearly_full_ratio": "0.9", "user_near_limit_ratio": "0.9"}))
    return {rule["alert"] for group in groups for rule in group["rules"] if "alert" in rule}


@cache
def _rule_groups(settings: str) -> list[dict[str, Any]]:
    """Return recording rules and alerts; ``settings`` are JSON, which can be remembered."""
    made = make(json.loads(settings), "the test")
    return [*fill.rule_groups(made), *fill.alert_groups(made)]


def _test_file(cases: Sequence[Case], rules: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "rule_files": ["rules.yaml"],
        "evaluation_interval": cases[0].every or cases[0].interval,
        "group_eval_order": [group["name"] for group in rules],
        "tests": [
            {
                "name": case.sentence,
                "interval": case.interval,
                "input_series": [{"series": name, "values": values} for name, values in case.inputs.items()],
                "promql_expr_test": [_expr_test(e) for e in case.expects if isinstance(e, Expect)],
                "alert_rule_test": [_alert_test(e, rules) for e in case.expects if isinstance(e, AlertExpect)],
            }
            for case in cases
        ],
    }


def _expr_test(expect: Expect) -> dict[str, Any]:
    name = expect.query if re.fullmatch(r"[\w:]+", expect.query) else ""
    rows = {row if "{" in row else f"{name}{{{row}}}": value for row, value in expect.rows.items()}
    samples = [{"labels": row, "value": value} for row, value in rows.items()]
    return {"expr": expect.query, "eval_time": expect.at, "exp_samples": samples}


def _alert_test(expect: AlertExpect, rules: list[dict[str, Any]]) -> dict[str, Any]:
    (rule,) = [r for group in rules for r in group["rules"] if r.get("alert") == expect.alert]
    return {
        "eval_time": expect.at,
        "alertname": expect.alert,
        "exp_alerts": [
            {
                "exp_labels": {**labels, **rule["labels"]},
                "exp_annotations": {name: _filled(text, labels, value) for name, text in rule["annotations"].items()},
            }
            for labels, value in expect.instances
        ],
    }


def _filled(text: str, labels: Mapping[str, str], value: str) -> str:
    """Return an annotation as Prometheus fills it in, of the two kinds of placeholders that alerts have."""

    def fill(match: re.Match[str]) -> str:
        placeholder = match[1].strip()
        if placeholder.startswith("$labels."):
            return labels[placeholder.removeprefix("$labels.")]
        assert re.match(r"\$value\b", placeholder), f"cannot fill {match[0]}"
        assert value, f"the case does not say how {match[0]} reads"
        return value

    return re.sub(r"{{(.*?)}}", fill, text)


def series(metric: str, /, **labels: str) -> str:
    """Return a series in PromQL's notation, without labels that are empty."""
    inside = ", ".join(f'{key}="{value}"' for key, value in labels.items() if value)
    return f"{metric}{{{inside}}}"


def in_cluster(cluster: str, inputs: Inputs) -> Inputs:
    """Return the inputs with the label ``cluster``."""
    return {name.replace("{", f'{{cluster="{cluster}", ', 1): values for name, values in inputs.items()}


def merged(*parts: Inputs) -> Inputs:
    """Return all inputs together; a series in two of them is a mistake in the table."""
    result: dict[str, str] = {}
    for part in parts:
        assert not result.keys() & part.keys(), f"given twice: {sorted(result.keys() & part.keys())}"
        result |= part
    return result


def without(inputs: Inputs, pattern: str) -> Inputs:
    """Return the inputs but those whose series matches the pattern, which must be some."""
    kept = {name: values for name, values in inputs.items() if not re.search(pattern, name)}
    assert len(kept) < len(inputs), f"no input series matches {pattern}"
    return kept


def unlabelled(inputs: Inputs, *labels: str) -> Inputs:
    """Return the inputs without these labels, as relabelling of a scrape drops them."""
    return {re.sub(rf'(, )?\b({"|".join(labels)})="[^"]*"', "", name): values for name, values in inputs.items()}


def unmarked(inputs: Inputs) -> Inputs:
    """Return the inputs without staleness markers."""
    return {row: values.removesuffix(" stale") for row, values in inputs.items()}


def constant(value: float, minutes: int = 180, start: int = 0) -> str:
    """Return samples of one value, from minute ``start`` on for so many minutes, then a staleness marker."""
    return f"{f'_x{start} ' if start else ''}{value}x{minutes - 1} stale"


def pod(
    name: str,
    username: str = "",
    *,
    uid: str = "",
    namespace: str = "prod",
    node: str = "node-1",
    phase: str = "Running",
    container: str = "notebook",
    memory: float = 4096,
    cpu: float = 2,
    gpu: float = 0,
    created: float = 1,
    labels: Mapping[str, str] | None = None,
    instance: str = "ksm-1",
    start: int = 0,
    minutes: int = 180,
) -> Inputs:
    """Return what one kube-state-metrics exposes of a pod with one container, and its limits: twice the requests.

    ``labels`` are the pod's own, as kube-state-metrics spells them; without any there is no kube_pod_labels.
    """
    uid = uid or (f"uid-{name}" if namespace == "prod" else f"uid-{namespace}-{name}")
    of_pod = {"namespace": namespace, "pod": name, "uid": uid, "instance": instance, "job": "ksm"}

    def rows() -> Iterator[tuple[str, float]]:
        yield series("kube_pod_info", **of_pod, node=node, created_by_kind=""), 1
        yield series("kube_pod_created", **of_pod), created
        yield series("kube_pod_annotations", **of_pod, annotation_hub_jupyter_org_username=username), 1
        if labels:
            yield series("kube_pod_labels", **of_pod, **labels), 1
        for other in ("Pending", "Running", "Succeeded", "Failed", "Unknown"):
            yield series("kube_pod_status_phase", **of_pod, phase=other), float(other == phase)
        of_container = {**of_pod, "container": container}
        yield series("kube_pod_container_info", **of_container, container_id=f"containerd://{uid}"), 1
        for kind, factor in (("requests", 1), ("limits", 2)):
            metric = f"kube_pod_container_resource_{kind}"
            for resource, unit, value in (
                ("memory", "byte", memory),
                ("cpu", "core", cpu),
                ("nvidia_com_gpu", "integer", gpu),
            ):
                if value:
                    yield series(metric, **of_container, node=node, resource=resource, unit=unit), value * factor

    return {name: constant(value, minutes, start) for name, value in rows()}


def init_container(
    pod: str, container: str, *, memory: float, cpu: float, restart_policy: str = "", namespace: str = "prod"
) -> Inputs:
    """Return what kube-state-metrics exposes of an init container of a pod of `pod`; its limits are its requests."""
    labels = {"namespace": namespace, "pod": pod, "uid": f"uid-{pod}", "container": container, "instance": "ksm-1"}
    rows = {series("kube_pod_init_container_info", **labels, restart_policy=restart_policy): constant(1)}
    for kind in ("requests", "limits"):
        metric = f"kube_pod_init_container_resource_{kind}"
        rows[series(metric, **labels, resource="memory", unit="byte")] = constant(memory)
        rows[series(metric, **labels, resource="cpu", unit="core")] = constant(cpu)
    return rows


def usage(
    name: str,
    *,
    namespace: str = "prod",
    container: str = "notebook",
    identity: str = "c1",
    memory: str = "1000x180",
    cpu: str = "0+60x180",
    instance: str = "node-1",
) -> Inputs:
    """Return what cAdvisor exposes of a pod's container: memory in bytes and CPU seconds, in promtool's notation."""
    labels = {
        "namespace": namespace,
        "pod": name,
        "container": container,
        "image": "example.org/image:1",
        "id": f"/kubepods/{name}/{identity}",
        "name": identity,
        "instance": instance,
    }
    return {
        series("container_memory_working_set_bytes", **labels): memory,
        series("container_cpu_usage_seconds_total", **labels, cpu="total"): cpu,
    }


def exporter(
    shares: Mapping[str, Mapping[str, float]],
    *,
    namespace: str = "prod",
    instance: str = "exporter-1",
    hub_url: str = "http://hub:8081",
    refreshed: float = 0,
    spellings: Mapping[str, tuple[str, str]] | None = None,
    start: int = 0,
    minutes: int = 180,
    prefix: str = "jupyterhub",
) -> Inputs:
    """Return what a groups exporter exposes: user -> group -> share; user -> (safe, legacy) where these differ.

    ``hub_url`` is the hub that it reads.
    """
    target = {"namespace": namespace, "instance": instance, "job": "groups-exporter"}

    def rows() -> Iterator[tuple[str, float]]:
        last_refresh = f"{prefix}_groups_exporter_last_refresh_timestamp_seconds"
        yield series(last_refresh, **target, hub_url=hub_url), refreshed
        for username, groups in shares.items():
            safe, legacy = (spellings or {}).get(username, (username, username))
            names = {"username": username, "username_safe": safe, "username_escaped": legacy, "username_escape": legacy}
            for group, share in groups.items():
                yield series(f"{prefix}_user_group_share", **target, usergroup=group, username=username), share
                if share > 0:
                    yield series(f"{prefix}_user_group_info", **target, usergroup=group, **names), 1

    return {name: constant(value, minutes, start) for name, value in rows()}


def home(
    directory: str, size: float, *, limit: float = 0, namespace: str = "prod", instance: str = "dirsize-1"
) -> Inputs:
    """Return what a dirsize exporter exposes of a directory, and its limit where it has one."""
    labels = {"namespace": namespace, "directory": directory, "instance": instance}
    rows = {series("dirsize_total_size_bytes", **labels): constant(size)}
    return rows | ({series("dirsize_hard_limit_bytes", **labels): constant(limit)} if limit else {})
