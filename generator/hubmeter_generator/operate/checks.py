"""What Hubmeter needs of a Prometheus, as checks: each asks a few small questions and tells what it found.

They read what the settings name (selectors, labels, prefix), so they are as right as the settings file they get.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, Final

from hubmeter_common.durations import compound_seconds
from hubmeter_generator.settings import Settings
from hubmeter_generator.write import outputs
from hubmeter_promql import names, render
from hubmeter_promql.client import Prometheus, PrometheusError, UnreachableError, Value

_ANNOTATION: Final = "hub.jupyter.org/username"
_OLDEST_TESTED: Final = (2, 42)
_LOOKBACK_SECONDS: Final = 300  # rules that run every 5 minutes are read with plain selectors
_SHOWN: Final = 5  # names in a sentence
_HONOR_LABELS: Final = "set honor_labels: true (honorLabels in a ServiceMonitor) where it is scraped"


class Status(StrEnum):
    """What a check comes to: all right, something optional or doubtful, or something that nothing works without."""

    OK = "ok"
    WARNING = "warning"
    MISSING = "missing"


@dataclass(frozen=True)
class Finding:
    """One sentence on what is there and what it means, and one on what to do, empty where nothing is to be done."""

    check: str
    status: Status
    meaning: str
    fix: str = ""


@dataclass(frozen=True)
class Site:
    """A Prometheus, and the settings with which Hubmeter runs on it."""

    prometheus: Prometheus
    settings: Settings

    def ask(self, template: str, **parameters: str) -> list[Value]:
        """Return the answer to ``checks/{template}.promql``, or to another folder's where ``template`` names one."""
        values = self.settings.placeholders()
        path = template if "/" in template else f"checks/{template}"
        filled = {key: render.render(text, values) for key, text in parameters.items()}
        return self.prometheus.instant(render.render(render.load(f"{path}.promql"), values, filled))

    def rows(self, selector: str) -> dict[str, float]:
        """Return how many rows a selector has, by hub."""
        return self.by_hub(self.ask("rows", series=selector))

    def by_hub(self, found: Iterable[Value]) -> dict[str, float]:
        """Return values by the hub's namespace, with the cluster before it where there are several."""
        cluster = self.settings.cluster_label
        return {
            "/".join(row.labels.get(label, "") for label in (cluster, "namespace") if label): row.value for row in found
        }

    def told(self, path: str, **parameters: str) -> Any:
        """Return what another endpoint than queries tells; None where the engine has no such endpoint."""
        try:
            return self.prometheus.read(path, **parameters)
        except UnreachableError:
            raise
        except PrometheusError:
            return None

    def labels(self, metric: str) -> list[str]:
        """Return the names of the labels that a metric has; none where the engine does not tell."""
        return [str(name) for name in self.told("labels", **{"match[]": metric}) or ()]

    @cached_property
    def annotated(self) -> dict[str, float]:
        """Pods with a username, by hub."""
        return self.rows(
            'kube_pod_annotations{%(kube_state_metrics)s%(hub_selector)s, %(username_annotation_label)s!=""}'
        )

    @cached_property
    def exporters(self) -> dict[str, float]:
        """Groups exporters, by hub."""
        return self.rows(f"%(metrics_prefix)s_{names.LAST_REFRESH}{{%(hub_selector)s}}")

    @cached_property
    def hubs(self) -> list[str]:
        """The hubs there are, by the rules' own definition."""
        return sorted({*self.annotated, *self.exporters})

    @cached_property
    def rule_groups(self) -> list[Mapping[str, Any]]:
        """Hubmeter's rule groups as the engine tells them; none where a ruler elsewhere has them."""
        told = self.told("rules")
        groups = (told.get("groups") if isinstance(told, Mapping) else None) or []
        return [group for group in groups if str(group.get("name", "")).startswith("hubmeter-")]


Found = tuple[Status, str, str]


def _ok(meaning: str) -> Found:
    return Status.OK, meaning, ""


def engine(site: Site) -> Found:
    """Prometheus' version, and how far back a plain look at a series goes."""
    site.prometheus.instant("vector(1)")  # what every engine answers; the rest not all of them do
    version = prometheus_version(site.told("status/buildinfo"))
    if version and version < _OLDEST_TESTED:
        return (
            Status.WARNING,
            f"this is Prometheus {_dotted(version)}, older than any that Hubmeter is tested on",
            f"update to {_dotted(_OLDEST_TESTED)} or later",
        )
    flags = site.told("status/flags")
    lookback = compound_seconds(str(flags.get("query.lookback-delta", ""))) if isinstance(flags, Mapping) else 0
    if 0 < lookback < _LOOKBACK_SECONDS:
        return (
            Status.WARNING,
            f"a plain look at a series goes back {lookback} s, so what is recorded every 5 minutes shows gaps",
            "start Prometheus without --query.lookback-delta, or with 5m or more",
        )
    return _ok(f"Prometheus {_dotted(version)} answers" if version else "it answers as Prometheus does")


def prometheus_version(build: object) -> tuple[int, int] | None:
    """Return major and minor from what status/buildinfo tells; None for relatives, whose numbers mean other things."""
    if not isinstance(build, Mapping) or not build.get("goVersion") or build.get("application"):
        return None
    number = re.match(r"([2-9])\.(\d+)\.", str(build.get("version", "")))
    return (int(number[1]), int(number[2])) if number else None


def _dotted(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))


def kube_state_metrics(site: Site) -> Found:
    """Whether pods, their phases and what they request are told of."""
    needed = ("info", "created", "status_phase", "container_info", "container_resource_requests")
    selector = "{%(kube_state_metrics)s%(hub_selector)s}"
    if exported := site.ask("exported_namespace", metric="kube_pod_info"):
        return (
            Status.MISSING,
            f"kube-state-metrics' pods have their namespace in exported_namespace ({_names_of(exported)})",
            _HONOR_LABELS,
        )
    absent = [f"kube_pod_{name}" for name in needed if not site.rows(f"kube_pod_{name}{selector}")]
    if len(absent) == len(needed):
        return (
            Status.MISSING,
            f"no series of kube-state-metrics match {_shown_selector(site, 'kube_state_metrics_selector')}",
            "install kube-state-metrics and have it scraped, or correct the setting kube_state_metrics_selector",
        )
    if absent:
        return (
            Status.MISSING,
            f"kube-state-metrics is there, but without {_names(absent)}",
            "allow them in its --metric-allowlist, and in metric_relabel_configs where it is scraped",
        )
    tellers = site.ask("kube_state_metrics_instances")
    twice = f", from {len(tellers)} instances, which is harmless: a pod counts once" if len(tellers) > 1 else ""
    return _ok(f"kube-state-metrics tells of pods{twice}")


def username_annotation(site: Site) -> Found:
    """Whether it is told whose pods they are."""
    label = site.settings.username_annotation_label
    without = site.by_hub(site.ask("alerts/membership/username_annotation_missing"))
    if site.annotated and not without:
        return _ok(f"{sum(site.annotated.values()):.0f} pods carry a username, in {_names(site.annotated)}")
    fix = (
        f"start kube-state-metrics with --metric-annotations-allowlist=pods=[{_ANNOTATION}] "
        f"(Helm: metricAnnotationsAllowList: ['pods=[{_ANNOTATION}]'])"
    )
    others = [name for name in site.labels("kube_pod_annotations") if "username" in name and name != label]
    if others:
        fix = f"set username_annotation_label: {others[0]}, the label that is there; or else {fix}"
    if without:
        return Status.MISSING, f"user servers run in {_names(without)} and no pod there shows a username", fix
    return (
        Status.WARNING if site.exporters else Status.MISSING,
        f"no pod has the label {label}; that is right only while nobody runs a server",
        fix,
    )


def pod_labels(site: Site) -> Found:
    """Whether pods tell their profile, size or image."""
    settings = site.settings
    wanted = (settings.profile_label, settings.size_label, settings.image_label)
    selector = "kube_pod_labels{%(kube_state_metrics)s%(hub_selector)s, "
    there = [label for label in wanted if site.rows(f'{selector}{label}!=""}}')]
    if there:
        return _ok(f"pods tell {_names(there)}")
    return (
        Status.WARNING,
        "no pod tells its profile, size or image, so the dashboard Profiles has one row for all; "
        "without profiles that is right",
        "start kube-state-metrics with --metric-labels-allowlist=pods=[hubmeter/profile,hubmeter/size,hubmeter/image], "
        "or set profile_label, size_label and image_label to the labels your pods have",
    )


def cadvisor(site: Site) -> Found:
    """Whether it is told what containers use, apart from the groups of processes above them."""
    container = '{%(cadvisor)s%(hub_selector)s, container!="", container!="POD", image!=""}'
    metrics = ("container_memory_working_set_bytes", "container_cpu_usage_seconds_total")
    for metric in metrics:
        found = site.rows(metric + container)
        if not found and site.rows(f"{metric}{{%(cadvisor)s%(hub_selector)s}}"):
            return (
                Status.MISSING,
                f"{metric} is there, but without the labels container and image",
                "keep these labels in metric_relabel_configs of the kubelet's job; a container's use cannot be told "
                "from its pod's without them",
            )
        if not found:
            return (
                Status.MISSING,
                f"no {metric} matches {_shown_selector(site, 'cadvisor_selector')}",
                "have the kubelets' /metrics/cadvisor scraped, or correct the setting cadvisor_selector",
            )
        if away := [hub for hub in site.annotated if hub not in found]:
            return (
                Status.MISSING,
                f"{metric} has nothing of {_names(away)}",
                "do not drop these namespaces in metric_relabel_configs, nor leave out their nodes' kubelets",
            )
    return _ok("cAdvisor tells the memory and CPU of containers")


def groups_exporter(site: Site) -> Found:
    """Whether each hub has an exporter whose memberships are of today."""
    metric = f"%(metrics_prefix)s_{names.LAST_REFRESH}"
    if exported := site.ask("exported_namespace", metric=metric):
        return (
            Status.MISSING,
            f"the groups exporter's metrics have the hub in exported_namespace ({_names_of(exported)})",
            _HONOR_LABELS,
        )
    if not site.exporters:
        prefixes = [
            row.labels["__name__"].removesuffix(f"_{names.LAST_REFRESH}")
            for row in site.ask("other_prefixes", metric=names.LAST_REFRESH)
        ]
        others = sorted({prefix for prefix in prefixes if prefix != site.settings.metrics_prefix})
        if others:
            return (
                Status.MISSING,
                f"a groups exporter is there under the prefix {others[0]}, not {site.settings.metrics_prefix}",
                f"set metrics_prefix: {others[0]}, or the exporter's --jupyterhub_metrics_prefix",
            )
        return (
            Status.MISSING,
            "no groups exporter tells who is in which group, so all usage is without a group",
            "run hubmeter-exporter for each hub, with --jupyterhub_namespace, and have it scraped with honor_labels",
        )
    if silent := [hub for hub in site.annotated if hub not in site.exporters]:
        return (
            Status.WARNING,
            f"no groups exporter tells of {_names(silent)}, whose usage is without a group",
            "run hubmeter-exporter for each hub; its --jupyterhub_namespace must be the hub's namespace",
        )
    old = {hub: age for hub, age in site.by_hub(site.ask("snapshot_age")).items() if age > 3}
    if old:
        return (
            Status.WARNING,
            f"the memberships of {_names(old)} are up to {max(old.values()):.0f} intervals old",
            "see the exporter's log and its /readyz: the hub cannot be read",
        )
    return _ok(f"a groups exporter tells of {_names(site.exporters)}")


def users(site: Site) -> Found:
    """How many users are in no group, and how many run something without being known."""
    known = sum(row.value for row in site.ask("users", matcher=""))
    ungrouped = sum(row.value for row in site.ask("users", matcher=', usergroup="none"'))
    unknown = site.by_hub(site.ask("unknown_users"))
    if not known:
        return Status.WARNING, "no user is known", "see the finding on the groups exporter"
    told = f"{ungrouped:.0f} of {known:.0f} users are in no group and count as 'none'"
    if ungrouped == known:
        return (
            Status.WARNING,
            f"all {known:.0f} users are in no group",
            "see that the authenticator manages groups (manage_groups), and the exporter's --allowed_groups",
        )
    if unknown:
        return (
            Status.WARNING,
            f"{told}; {sum(unknown.values()):.0f} run something and are unknown to the exporter, in {_names(unknown)}",
            "wait for the exporter's next reading; users who left the hub stay unknown, their usage without a group",
        )
    return _ok(told)


def home_directories(site: Site) -> Found:
    """Whether the sizes of home directories are told, and belong to users."""
    metric = "dirsize_total_size_bytes"
    if exported := site.ask("exported_namespace", metric=metric):
        return (
            Status.WARNING,
            f"directory sizes have the hub in exported_namespace ({_names_of(exported)})",
            _HONOR_LABELS,
        )
    if not (found := site.rows(f"{metric}{{%(hub_selector)s}}")):
        return (
            Status.WARNING,
            "nobody tells the size of home directories, so the dashboard Homes stays empty",
            "run prometheus-dirsize-exporter or jupyterhub-home-nfs in each hub's namespace, if you want it",
        )
    limits = site.rows("dirsize_hard_limit_bytes{%(hub_selector)s}")
    return _ok(
        f"{sum(found.values()):.0f} home directories are measured, "
        + (f"{sum(limits.values()):.0f} of them with a limit" if limits else "none with a limit")
    )


def rules_loaded(site: Site) -> Found:
    """Whether the recording rules of these settings are loaded, once."""
    load = "load rules/hubmeter.yaml as hubmeter-generate writes it for these settings (docs/rules.md)"
    if not site.rule_groups:
        if _age(site, names.HUBS) is not None:
            return _ok("rules record, in a ruler that this address does not tell of")
        return Status.MISSING, "no recording rules of Hubmeter are loaded", load
    present = [str(group["name"]) for group in site.rule_groups]
    expected = {
        group["name"]: {rule["record"] for rule in group["rules"]} for group in outputs.rule_groups(site.settings)
    }
    if absent := [name for name in expected if name not in present]:
        return Status.MISSING, f"the rule groups {_names(absent)} are not loaded", load
    if twice := sorted({name for name in present if present.count(name) > 1}):
        return (
            Status.WARNING,
            f"the rule groups {_names(twice)} are loaded more than once, and every sample is written twice",
            "load either the files or the Kubernetes objects, not both",
        )
    different = [
        str(group["name"])
        for group in site.rule_groups
        if group["name"] in expected
        and {rule["name"] for rule in group["rules"] if rule.get("type") == "recording"} != expected[group["name"]]
    ]
    if different:
        return (
            Status.WARNING,
            f"the rule groups {_names(different)} record other series than this version and these settings",
            f"{load}, or give the right --settings",
        )
    return _ok(f"{len(expected)} groups of recording rules are loaded")


def rules_work(site: Site) -> Found:
    """Whether rules fail, or take long."""
    groups = site.rule_groups
    failing = [
        (str(group["name"]), str(rule.get("lastError", "")))
        for group in groups
        for rule in group["rules"]
        if rule.get("health") == "err"
    ]
    if failing:
        return (
            Status.MISSING,
            f"{len(failing)} rules fail, in {_names({name for name, _ in failing})}: {failing[0][1]}",
            "see docs/runbooks/HubmeterRulesFailing.md",
        )
    slow = [
        str(group["name"])
        for group in groups
        if float(group.get("evaluationTime") or 0) > float(group.get("interval") or 0) / 2
    ]
    if slow:
        return (
            Status.WARNING,
            f"{_names(slow)} take more than half of their interval",
            "see docs/runbooks/HubmeterRulesSlow.md",
        )
    return _ok("no rule fails or takes long" if groups else "this address does not tell how rules do")


def recorded(site: Site) -> Found:
    """Whether what rules record is of this minute."""
    stale = {}
    for name in (names.HUBS, names.USAGE_SEEN, names.hub(names.SERVERS), names.SHARE):
        age = _age(site, name)
        if age is None:
            before = bool(site.ask("recorded_before", series=name))
            stale[name] = "was recorded, and is no more" if before else "has not been recorded in the last day"
    if stale:
        name, what = next(iter(stale.items()))
        more = f", nor {len(stale) - 1} other series" if len(stale) > 1 else ""
        return (
            Status.MISSING,
            f"{name} {what}{more}",
            "see the findings above; rules that were loaded just now need 5 minutes, and servers need to run",
        )
    age = _age(site, names.HUBS) or 0.0
    return _ok(f"series are recorded, the newest {age:.0f} s ago")


def alerts_loaded(site: Site) -> Found:
    """Whether alerts are loaded."""
    if not site.rule_groups:
        return _ok("this address does not tell of alerts")
    present = {str(group["name"]) for group in site.rule_groups}
    absent = [group["name"] for group in outputs.alert_groups(site.settings) if group["name"] not in present]
    if absent:
        return (
            Status.WARNING,
            f"the alerts {_names(absent)} are not loaded, so nobody is told when data goes wrong",
            "load rules/hubmeter-alerts.yaml too",
        )
    return _ok("alerts are loaded")


def hubs(site: Site) -> Found:
    """Which hubs there are."""
    if not site.hubs:
        return (
            Status.MISSING,
            f"no hub is found in namespaces that match {site.settings.hub_selector}",
            "see the findings on the username annotation and the groups exporter, and the setting hub_selector",
        )
    return _ok(f"{len(site.hubs)} {'hub' if len(site.hubs) == 1 else 'hubs'}: {_names(site.hubs)}")


def prices(site: Site) -> Found:
    """Whether prices are known."""
    if found := site.rows("%(metrics_prefix)s_unit_price_usd{%(hub_selector)s}"):
        return _ok(f"prices are known for {_names(found)}")
    return (
        Status.WARNING,
        "no prices are known, so nothing is shown in USD",
        "run hubmeter-costs (docs/costs.md), if you want costs",
    )


CHECKS: Final[Mapping[str, Callable[[Site], Found]]] = {
    "prometheus": engine,
    "kube-state-metrics": kube_state_metrics,
    "username annotation": username_annotation,
    "cadvisor": cadvisor,
    "groups exporter": groups_exporter,
    "hubs": hubs,
    "users": users,
    "pod labels": pod_labels,
    "home directories": home_directories,
    "rules loaded": rules_loaded,
    "rules work": rules_work,
    "recorded series": recorded,
    "alerts": alerts_loaded,
    "prices": prices,
}


def run(site: Site) -> Iterator[Finding]:
    """Yield a finding for each check, as soon as it is there.

    Raises UnreachableError where nobody answers, and whatever `PrometheusError` the very first question meets: then
    this is no Prometheus. Later a question that cannot be answered is a finding.
    """
    for number, (name, check) in enumerate(CHECKS.items()):
        try:
            yield Finding(name, *check(site))
        except UnreachableError:
            raise
        except PrometheusError as error:
            if number == 0:
                raise
            yield Finding(name, Status.WARNING, f"it cannot be asked: {error}", "ask again, with a longer --timeout")


def _age(site: Site, name: str) -> float | None:
    """Return how many seconds ago a series was recorded; None where it is not there now."""
    found = site.ask("recorded_age", series=name)
    return found[0].value if found else None


def _names(names: Iterable[str]) -> str:
    ordered = sorted(names)
    more = f" and {len(ordered) - _SHOWN} more" if len(ordered) > _SHOWN else ""
    return ", ".join(name or "(no namespace)" for name in ordered[:_SHOWN]) + more


def _names_of(found: Iterable[Value]) -> str:
    return _names(row.labels["exported_namespace"] for row in found)


def _shown_selector(site: Site, setting: str) -> str:
    matchers = ", ".join(text for text in (getattr(site.settings, setting), site.settings.hub_selector) if text)
    return f"{{{matchers}}}"
