"""When each alert fires, with which texts, and when it does not."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from hubmeter_promql import names
from tests.rules.promtool import (
    AlertExpect,
    Case,
    constant,
    exporter,
    fires,
    in_cluster,
    init_container,
    merged,
    pod,
    series,
    silent,
    unlabelled,
    unmarked,
    usage,
    without,
)

_HUB = {f'{names.HUBS}{{namespace="prod"}}': "1x300"}
_PROD = {"namespace": "prod"}


def _own(metric: str, values: str, **labels: str) -> dict[str, str]:
    """Return one of the exporter's metrics about itself."""
    target = {"namespace": "prod", "instance": "exporter-1", **labels}
    return {series(f"jupyterhub_{metric}", **target): values}


_SILENT = "HubmeterExporterSilent"
_REPORTED = {series(names.HUB_REPORTED, namespace="prod"): "0+60x9"}

EXPORTER_SILENT = (
    Case(
        "an exporter that went away is reported after a quarter of an hour, not before",
        merged(_HUB, _REPORTED, exporter({}, minutes=10)),
        (*silent(_SILENT, "9m", "24m"), fires("25m", _SILENT, _PROD)),
    ),
    Case(
        "an exporter that never read its hub is reported, though that of another hub answers",
        merged(
            _HUB,
            _own(names.REFRESH_INTERVAL, "3600x300"),
            exporter({}, namespace="staging"),
            {f'{names.HUBS}{{namespace="staging"}}': "1x300"},
        ),
        (*silent(_SILENT, "14m"), fires("15m", _SILENT, _PROD)),
    ),
    Case(
        "a silent exporter is reported for 7 days, a namespace without an exporter not",
        merged(
            {series(names.HUBS, namespace=namespace): "1x200" for namespace in ("prod", "prod-ann")},
            {series(names.HUB_REPORTED, namespace="prod"): "1"},
        ),
        (fires("167h", _SILENT, _PROD), *silent(_SILENT, "169h")),
        interval="1h",
    ),
    Case(
        "an exporter that is deployed anew is not reported as silent",
        merged(_HUB, _REPORTED, exporter({}, minutes=10), exporter({}, instance="exporter-2", start=20)),
        silent(_SILENT, "15m", "25m", "40m"),
    ),
    Case("no hub, no silent exporter", {'up{job="prometheus"}': "1x60"}, silent(_SILENT, "30m")),
    Case(
        "a silent exporter is reported though its namesake in another cluster answers",
        merged(in_cluster("east", merged(_HUB, _REPORTED)), in_cluster("west", merged(_HUB, _REPORTED, exporter({})))),
        (fires("15m", _SILENT, {"cluster": "east", **_PROD}),),
        settings={"cluster_label": "cluster"},
    ),
)

_TWO = {
    series(names.HUB_REPORTED, namespace="prod", hub_url="http://a"): "0+60x300",
    series(names.HUB_REPORTED, namespace="prod", hub_url="http://b"): "0+60x9",
}

TWO_HUBS = (
    Case(
        "an exporter that went away is reported for an hour though that of another hub of the namespace answers",
        merged(
            _HUB, _TWO, exporter({}, hub_url="http://a"), exporter({}, instance="b", hub_url="http://b", minutes=10)
        ),
        (
            *silent(_SILENT, "24m"),
            fires("25m", _SILENT, _PROD | {"hub_url": "http://b"}),
            *silent(_SILENT, "70m"),
        ),
    ),
    Case(
        "a stale snapshot is reported though another hub of the namespace is fresh",
        merged(
            *(_own(names.REFRESH_INTERVAL, "600x300", hub_url=f"http://{hub}", instance=hub) for hub in "ab"),
            _own(names.LAST_REFRESH, "0+60x300", hub_url="http://a", instance="a"),
            _own(names.LAST_REFRESH, "0x300", hub_url="http://b", instance="b"),
        ),
        (fires("1h", "HubmeterSnapshotStale", _PROD | {"hub_url": "http://b"}, "1h 0m 0s"),),
    ),
)

_UNLISTED = "HubmeterMembershipsUnlisted"

MEMBERSHIPS_UNLISTED = (
    Case(
        "memberships without a row are reported after a quarter of an hour, until none lacks it",
        _own(names.EXPORTER_UNLISTED, "0x9 148000x30 0x60"),
        (
            *silent(_UNLISTED, "9m", "24m"),
            fires("25m", _UNLISTED, _PROD, "148000"),
            *silent(_UNLISTED, "45m"),
        ),
    ),
)

_UNMAPPED = "HubmeterNamespacesUnmapped"
_OF_USERS = {series(names.HUBS, namespace=namespace): "1x300" for namespace in ("prod-ann", "prod-bob")}

NAMESPACES_UNMAPPED = (
    Case(
        "namespaces that no exporter ever reported are reported after a quarter of an hour, all together",
        merged(_HUB, _OF_USERS, exporter({}), _own(names.REFRESH_INTERVAL, "3600x300")),
        (*silent(_UNMAPPED, "14m"), fires("15m", _UNMAPPED, {}, "2")),
    ),
    Case(
        "a namespace whose exporter starts late, or reported once, is not unmapped",
        merged(
            _HUB,
            _REPORTED,
            _OF_USERS,
            {
                series(f"jupyterhub_{names.REFRESH_INTERVAL}", namespace=namespace): "_x10 3600x300"
                for namespace in ("prod-ann", "prod-bob")
            },
        ),
        silent(_UNMAPPED, "15m", "1h"),
    ),
    Case(
        "a namespace is unmapped though its namesake in another cluster is reported",
        merged(in_cluster("east", _HUB), in_cluster("west", merged(_HUB, _REPORTED))),
        (fires("15m", _UNMAPPED, {"cluster": "east"}, "1"),),
        settings={"cluster_label": "cluster"},
    ),
)

_STALE = "HubmeterSnapshotStale"


SNAPSHOT_STALE = (
    Case(
        "a snapshot older than three intervals is reported after five more minutes",
        merged(_own(names.LAST_REFRESH, "0x300"), _own(names.REFRESH_INTERVAL, "600x300")),
        (
            *silent(_STALE, "30m", "35m"),
            fires(
                "36m",
                _STALE,
                _PROD,
                "36m 0s",
            ),
        ),
    ),
    Case(
        "of two exporters with stale snapshots the newer one gives the age",
        merged(
            _own(names.LAST_REFRESH, "60x300"),
            _own(names.REFRESH_INTERVAL, "600x300"),
            _own(names.LAST_REFRESH, "120x300", instance="exporter-2"),
            _own(names.REFRESH_INTERVAL, "600x300", instance="exporter-2"),
        ),
        (
            fires(
                "1h",
                _STALE,
                _PROD,
                "58m 0s",
            ),
        ),
    ),
    Case(
        "with an hourly interval a snapshot of two hours is not stale",
        merged(_own(names.LAST_REFRESH, "0x300"), _own(names.REFRESH_INTERVAL, "3600x300")),
        silent(_STALE, "2h", "3h"),
    ),
    Case(
        "an old exporter that is about to end does no harm while the new one has a fresh snapshot",
        merged(
            _own(names.LAST_REFRESH, "0x300"),
            _own(names.REFRESH_INTERVAL, "600x300"),
            _own(names.LAST_REFRESH, "0+60x300", instance="exporter-2"),
            _own(names.REFRESH_INTERVAL, "600x300", instance="exporter-2"),
        ),
        silent(_STALE, "1h"),
    ),
    Case(
        "a stale snapshot is reported though the hub's namesake in another cluster is fresh",
        merged(
            in_cluster("east", merged(_own(names.LAST_REFRESH, "0x90"), _own(names.REFRESH_INTERVAL, "600x90"))),
            in_cluster("west", merged(_own(names.LAST_REFRESH, "0+60x90"), _own(names.REFRESH_INTERVAL, "600x90"))),
        ),
        (
            fires(
                "1h",
                _STALE,
                {"cluster": "east", **_PROD},
                "1h 0m 0s",
            ),
        ),
        settings={"cluster_label": "cluster"},
    ),
)

_ERRORS = "HubmeterHubApiErrors"
_FAILURES = merged(
    _own(names.REFRESH_ERRORS, "0 1 2 2 3x300", reason="forbidden"),
    _own(names.REFRESH_ERRORS, "0x300", reason="timeout"),
)

HUB_API_ERRORS = (
    Case(
        "a hub that refuses its users for a quarter of an hour is reported with the reason, and with no other",
        merged(_FAILURES, _own(names.LAST_REFRESH, "1x300"), _own(names.LAST_ERROR, "_ 60 120 120 240x300")),
        (
            *silent(_ERRORS, "15m"),
            fires("16m", _ERRORS, _PROD | {"reason": "forbidden"}, "3"),
        ),
    ),
    Case(
        "a hub that has refused its users ever since the exporter started is reported too",
        merged(_FAILURES, _own(names.LAST_ERROR, "_ 60 120 120 240x300")),
        (fires("16m", _ERRORS, _PROD | {"reason": "forbidden"}, "3"),),
    ),
    Case(
        "failures that a later attempt healed are not reported",
        merged(
            _FAILURES,
            _own(names.LAST_REFRESH, "1x4 300x300"),
            _own(names.LAST_ERROR, "_ 60 120 120 240x300"),
        ),
        silent(_ERRORS, "4m", "16m", "1h"),
    ),
    Case(
        "an exporter without failures is not reported",
        merged(_own(names.REFRESH_ERRORS, "0x300", reason="timeout"), _own(names.LAST_REFRESH, "1x300")),
        silent(_ERRORS, "1h"),
    ),
    Case(
        "failures in one cluster are not those of the hub's namesake in another",
        merged(
            in_cluster("east", merged(_FAILURES, _own(names.LAST_ERROR, "_ 60 120 120 240x300"))),
            in_cluster(
                "west", merged(_FAILURES, _own(names.LAST_REFRESH, "1x4 300x300"), _own(names.LAST_ERROR, "240x300"))
            ),
        ),
        (fires("16m", _ERRORS, _PROD | {"cluster": "east", "reason": "forbidden"}, "3"),),
        settings={"cluster_label": "cluster"},
    ),
)

_FAILING = "HubmeterRulesFailing"
_GROUP = "/etc/prometheus/hubmeter.yaml;hubmeter-memory"


def _rule_metric(metric: str, values: str, group: str = _GROUP) -> dict[str, str]:
    return {series(f"prometheus_rule_{metric}", rule_group=group, instance="prometheus-0"): values}


RULES_FAILING = (
    Case(
        "rules that go on failing are reported after ten minutes",
        _rule_metric("evaluation_failures_total", "0+1x300"),
        (
            *silent(_FAILING, "9m"),
            fires("12m", _FAILING, {"rule_group": _GROUP}, "10"),
        ),
    ),
    Case(
        "rules that fail in vmalert are reported as well",
        {
            'vmalert_recording_rules_errors_total{group="hubmeter-memory", recording="a", id="1"}': "0+1x300",
            'vmalert_recording_rules_errors_total{group="hubmeter-memory", recording="b", id="2"}': "0x300",
            'vmalert_recording_rules_errors_total{group="other", recording="c", id="3"}': "0+1x300",
            'vmalert_recording_rules_errors_total{group="hubmeter-cpu", recording="d", id="4"}': "0x300",
        },
        (fires("12m", _FAILING, {"rule_group": "hubmeter-memory"}, "10"),),
    ),
    Case(
        "failing rules are reported with the cluster whose Prometheus or vmalert evaluates them",
        merged(
            in_cluster("east", _rule_metric("evaluation_failures_total", "0+1x300")),
            in_cluster("west", _rule_metric("evaluation_failures_total", "0x300")),
            {'vmalert_recording_rules_errors_total{cluster="north", group="hubmeter-cpu", id="1"}': "0+1x300"},
        ),
        (
            AlertExpect(
                "12m",
                _FAILING,
                (
                    ({"cluster": "east", "rule_group": _GROUP}, "10"),
                    ({"cluster": "north", "rule_group": "hubmeter-cpu"}, "10"),
                ),
            ),
        ),
        settings={"cluster_label": "cluster"},
    ),
    Case(
        "one failed evaluation is not reported",
        _rule_metric("evaluation_failures_total", "0x4 1x300"),
        silent(_FAILING, "10m", "14m", "15m", "16m"),
    ),
    Case(
        "failing rules of other systems are not reported",
        _rule_metric("evaluation_failures_total", "0+1x300", "/etc/prometheus/kubernetes.yaml;node"),
        silent(_FAILING, "30m"),
    ),
)

_SLOW = "HubmeterRulesSlow"


def _twenty_of_sixty_seconds(instance: str) -> dict[str, str]:
    return {
        series(
            "prometheus_rule_group_last_duration_seconds", rule_group="/r;hubmeter-homes", instance=instance
        ): "20x60",
        series("prometheus_rule_group_interval_seconds", rule_group="/r;hubmeter-homes", instance=instance): "60x60",
        series("vmalert_iteration_duration_seconds", group="hubmeter-cpu", quantile="0.99", instance=instance): "20x60",
        series("vmalert_iteration_interval_seconds", group="hubmeter-cpu", instance=instance): "60x60",
    }


RULES_SLOW = (
    Case(
        "rules that take three fifths of their interval are reported after a quarter of an hour",
        merged(_rule_metric("group_last_duration_seconds", "36x300"), _rule_metric("group_interval_seconds", "60x300")),
        (*silent(_SLOW, "14m"), fires("15m", _SLOW, {"rule_group": _GROUP}, "60%")),
    ),
    Case(
        "slow rules in vmalert are reported as well",
        {
            'vmalert_iteration_duration_seconds{group="hubmeter-cpu", quantile="0.5"}': "1x300",
            'vmalert_iteration_duration_seconds{group="hubmeter-cpu", quantile="0.99"}': "36x300",
            'vmalert_iteration_interval_seconds{group="hubmeter-cpu"}': "60x300",
        },
        (fires("15m", _SLOW, {"rule_group": "hubmeter-cpu"}, "60%"),),
    ),
    Case(
        "slow rules are reported with the cluster whose Prometheus or vmalert evaluates them",
        merged(
            in_cluster(
                "east",
                merged(
                    _rule_metric("group_last_duration_seconds", "36x300"),
                    _rule_metric("group_interval_seconds", "60x300"),
                ),
            ),
            {
                'vmalert_iteration_duration_seconds{cluster="north", group="hubmeter-cpu", quantile="0.99"}': "36x300",
                'vmalert_iteration_interval_seconds{cluster="north", group="hubmeter-cpu"}': "60x300",
            },
        ),
        (
            AlertExpect(
                "15m",
                _SLOW,
                (
                    ({"cluster": "east", "rule_group": _GROUP}, "60%"),
                    ({"cluster": "north", "rule_group": "hubmeter-cpu"}, "60%"),
                ),
            ),
        ),
        settings={"cluster_label": "cluster"},
    ),
    Case(
        "rules within half their interval, a single slow evaluation, and slow rules of others are not reported",
        merged(
            _rule_metric("group_last_duration_seconds", "30x300"),
            _rule_metric("group_interval_seconds", "60x300"),
            _rule_metric("group_last_duration_seconds", "5x9 55 5x300", "/r.yaml;hubmeter-cpu"),
            _rule_metric("group_interval_seconds", "60x300", "/r.yaml;hubmeter-cpu"),
            _rule_metric("group_last_duration_seconds", "55x300", "/r.yaml;node"),
            *(_twenty_of_sixty_seconds(instance) for instance in ("prometheus-0", "prometheus-1")),
            _rule_metric("group_interval_seconds", "60x300", "/r.yaml;node"),
        ),
        silent(_SLOW, "10m", "15m", "30m"),
    ),
)

_MISSING = "HubmeterUsernameAnnotationMissing"

ANNOTATION_MISSING = (
    Case(
        "servers of users run but no pod shows a username: kube-state-metrics lacks the option",
        merged(
            pod("jupyter-ann"),
            pod("jupyter-ann", instance="ksm-2"),
            pod("jupyter-bob"),
            pod("jupyter-eve", phase="Pending"),
            pod("jupyter-zoe", "zoe", namespace="staging"),
        ),
        (*silent(_MISSING, "14m"), fires("15m", _MISSING, _PROD, "2")),
    ),
    Case(
        "kube-state-metrics without any annotations is found too",
        without(merged(pod("jupyter-ann"), pod("jupyter-bob")), "kube_pod_annotations"),
        (fires("15m", _MISSING, _PROD, "2"),),
    ),
    Case(
        "servers in namespaces of their own are reported once, for their hub",
        merged(
            *(pod("jupyter", uid=user, namespace=f"prod-{user}") for user in ("ann", "bob")),
            pod("jupyter", "eve", uid="eve", namespace="staging-eve"),
            pod("jupyter", uid="zoe", namespace="staging-zoe"),
        ),
        (fires("15m", _MISSING, _PROD, "2"),),
        settings={"pod_namespaces": [{"namespaces": "(.+)-.+", "hub": "$1"}]},
    ),
    Case(
        "pods that show their users, beside the hub's own pods that have none, are in order",
        merged(pod("jupyter-ann", "ann"), pod("hub", container="hub")),
        silent(_MISSING, "30m"),
    ),
    Case(
        "a hub without running servers, or a namespace without a hub, misses no annotation",
        merged(
            pod("hub", container="hub"),
            pod("jupyter-ann", phase="Succeeded"),
            pod("web", container="web", namespace="shop"),
        ),
        silent(_MISSING, "30m"),
    ),
    Case(
        "a missing annotation is found though the hub's namesake in another cluster shows it",
        merged(
            in_cluster("east", merged(pod("jupyter-ann"), pod("jupyter-bob"), pod("new", phase="Pending"))),
            in_cluster("west", merged(pod("jupyter-ann", "ann"), pod("jupyter-bob", "bob"), pod("new", "new"))),
        ),
        (fires("15m", _MISSING, _PROD | {"cluster": "east"}, "2"),),
        settings={"cluster_label": "cluster"},
    ),
)

_LOST = "HubmeterUsageNotAccounted"


def _accounted(resource: str, whole: float, users: float | None) -> dict[str, str]:
    given = {f'namespace:{resource}:whole{{namespace="prod"}}': f"{whole}x60"}
    return given if users is None else given | {f'namespace:{resource}:sum{{namespace="prod"}}': f"{users}x60"}


USAGE_NOT_ACCOUNTED = (
    Case(
        "users who have less than the whole are reported after a quarter of an hour",
        merged(_accounted("memory_working_set_bytes", 1000, 900), _accounted("memory_requests_bytes", 8, 8)),
        (
            *silent(_LOST, "15m"),
            fires("16m", _LOST, _PROD | {"resource": "memory in use"}, "10%"),
        ),
    ),
    Case(
        "users who have more than the whole are reported",
        merged(
            _accounted("memory_working_set_bytes", 1000, 1100),
            _accounted("memory_requests_bytes", 1000, 1010),
        ),
        (
            AlertExpect(
                "16m",
                _LOST,
                (
                    (_PROD | {"resource": "memory in use"}, "10%"),
                    (_PROD | {"resource": "memory requests"}, "1%"),
                ),
            ),
        ),
    ),
    Case(
        "a whole of which nothing is accounted is reported",
        merged(_accounted("memory_working_set_bytes", 1000, None), _accounted("memory_requests_bytes", 1000, None)),
        (
            AlertExpect(
                "16m",
                _LOST,
                tuple((_PROD | {"resource": resource}, "100%") for resource in ("memory in use", "memory requests")),
            ),
        ),
    ),
    Case(
        "users who add up to the whole, to a rounding error of floating point, are in order; so is an idle hub",
        merged(_accounted("memory_working_set_bytes", 1e12, 1e12 + 1), _accounted("memory_requests_bytes", 0, 0)),
        silent(_LOST, "30m"),
    ),
    Case(
        "the whole of one cluster is not compared with another's",
        merged(
            in_cluster("east", _accounted("memory_working_set_bytes", 1000, None)),
            in_cluster("west", _accounted("memory_working_set_bytes", 1000, 1000)),
        ),
        (
            fires(
                "16m",
                _LOST,
                _PROD | {"cluster": "east", "resource": "memory in use"},
                "100%",
            ),
        ),
        settings={"cluster_label": "cluster"},
    ),
)

_OFF = "HubmeterShareSumOff"


def _shares(username: str, **shares: float) -> dict[str, str]:
    return {
        f'{names.SHARE}{{namespace="prod", usergroup="{group}", username="{username}"}}': f"{share}x60"
        for group, share in shares.items()
    }


SHARE_SUM_OFF = (
    Case(
        "users whose shares add up to more or less than 1 are counted and reported",
        merged(
            _shares("much", bio=1, chem=0.5),
            _shares("little", bio=0.25, chem=0.65),
            _shares("nothing", bio=0),
            _shares("twice", bio=0, other=1, math=1),
            _shares("fine", bio=1),
        ),
        (*silent(_OFF, "14m"), fires("15m", _OFF, _PROD, "4")),
    ),
    Case(
        "users charged by the strategies default and split, and users of no group, are in order",
        merged(
            _shares("ann", bio=0, chem=0, other=1),
            _shares("anna", bio=1 / 3, chem=1 / 3, math=1 / 3),
            _shares("x--y", none=1),
        ),
        silent(_OFF, "30m"),
    ),
    Case(
        "with the strategy 'all' the shares rightly add up to the number of groups",
        merged(_shares("ann", bio=1, chem=1, math=1), _shares("anna", bio=1)),
        silent(_OFF, "30m"),
    ),
    Case(
        "a user of two clusters is not a user of two groups",
        merged(
            in_cluster("east", merged(_shares("ann", bio=0.5, chem=0.5), _shares("bob", bio=1, chem=1))),
            in_cluster("west", merged(_shares("ann", bio=0.5, chem=0.5), _shares("bob", bio=0.5, chem=1))),
        ),
        (fires("15m", _OFF, _PROD | {"cluster": "west"}, "1"),),
        settings={"cluster_label": "cluster"},
    ),
)

_SHORT = "HubmeterHistoryShort"
_HOURS_HUB = {f'{names.HUBS}{{namespace="prod"}}': "1x600"}


def _evaluates(instance: str) -> dict[str, str]:
    """Return a metric that only the Prometheus has that evaluates the rules."""
    group = "/etc/rules.yaml;hubmeter-memory"
    return {
        series(
            "prometheus_rule_group_interval_seconds", job="prometheus", instance=instance, rule_group=group
        ): "60x600"
    }


def _keeps(instance: str, seconds: float) -> dict[str, str]:
    limit = series("prometheus_tsdb_retention_limit_seconds", job="prometheus", instance=instance)
    return {limit: f"{seconds}x600"}


def _history(values: str) -> dict[str, str]:
    return {f'{names.HISTORY_START}{{namespace="prod", window="7d"}}': values}


_HOURLY: Final[Mapping[str, Any]] = {"settings": {"windows": ["1d", "7d"]}, "interval": "1h"}

BUCKETS_THINNED = (
    Case(
        "buckets that a store thinned are reported with the least part that is left, and for 2 hours after",
        {
            series(names.USAGE_KEPT, namespace="prod", age=age): f"{part}x4"
            for age, part in (("31d", 0.5), ("93d", 0.08))
        },
        (
            *silent("HubmeterBucketsThinned", "0h"),
            fires("1h", "HubmeterBucketsThinned", _PROD, "8%"),
            fires("5h", "HubmeterBucketsThinned", _PROD, "8%"),
            *silent("HubmeterBucketsThinned", "7h"),
        ),
        interval="1h",
    ),
)

HISTORY_SHORT = (
    Case(
        "usage of the window that is gone is reported with what is left, while the oldest usage moves on",
        # From hour 200 on there is usage. At hour 280 the first day is deleted, at hour 304 the second.
        _history(f"_x200 {200 * 3600}x79 {224 * 3600}x23 {248 * 3600}x200"),
        (
            *silent(_SHORT, "279h", "280h"),
            fires("281h", _SHORT, _PROD, "2d 9h 0m 0s"),
            fires("310h", _SHORT, _PROD, "2d 14h 0m 0s"),
            *silent(_SHORT, "480h"),
        ),
        **_HOURLY,
    ),
    Case(
        "in the first days of an installation the oldest usage stays, which is not reported",
        _history(f"_x200 {200 * 3600}x160"),
        silent(_SHORT, "201h", "300h", "360h"),
        **_HOURLY,
    ),
    Case(
        "two outages that leave the window one after the other are not usage that is gone",
        # The window begins in an outage of 10 hours, and a day later in another one.
        _history(f"_x300 {(300 - 168 + 10) * 3600}x9 _x14 {(324 - 168 + 10) * 3600}x9"),
        silent(_SHORT, "305h", "325h", "330h"),
        **_HOURLY,
    ),
    Case(
        "a retention below the longest window is reported at once, that of another Prometheus is not",
        merged(_HOURS_HUB, _keeps("a", 10 * 86400), _evaluates("a"), _keeps("b", 86400)),
        (*silent(_SHORT, "14m"), fires("15m", _SHORT, _PROD, "10d 0h 0m 0s")),
    ),
    Case(
        "a retention as long as the longest window, or by size only, is not reported",
        merged(_HOURS_HUB, _keeps("a", 30 * 86400), _evaluates("a"), _keeps("c", 0), _evaluates("c")),
        silent(_SHORT, "30m"),
    ),
)

_MISSING = "HubmeterPodSeriesMissing"


POD_SERIES_MISSING = (
    Case(
        "series of kube-state-metrics that no pod has any more are reported, each by its name",
        merged(_HUB, pod("kube-proxy", namespace="kube-system", minutes=10)),
        (
            *silent(_MISSING, "9m", "24m"),
            AlertExpect(
                "25m",
                _MISSING,
                tuple(
                    ({**_PROD, "series": f"kube_pod_{name}"}, "")
                    for name in (
                        "container_info",
                        "container_resource_requests",
                        "created",
                        "info",
                        "status_phase",
                    )
                ),
            ),
        ),
    ),
    Case(
        "one series that an allow-list drops is reported",
        merged(_HUB, without(pod("hub", namespace="prod"), "kube_pod_created")),
        (fires("15m", _MISSING, {**_PROD, "series": "kube_pod_created"}),),
    ),
    Case(
        "pods of any namespace show that kube-state-metrics exports its series",
        merged(_HUB, pod("kube-proxy", namespace="kube-system")),
        silent(_MISSING, "30m"),
    ),
    *(
        Case(
            f"the label {label} of pods, which the scrape drops, is reported",
            merged(_HUB, unlabelled(pod("hub"), label)),
            (
                *silent(_MISSING, "14m"),
                fires("15m", _MISSING, {**_PROD, "series": f"kube_pod_info with the label {label}"}),
            ),
        )
        for label in ("node", "uid")
    ),
    Case("without a hub nothing is missing", {'up{job="prometheus"}': "1x60"}, silent(_MISSING, "30m")),
)

_OVERWRITTEN = "HubmeterNamespaceOverwritten"


def _set_aside(metric: str, namespace: str, own: str) -> dict[str, str]:
    return {series(metric, namespace=namespace, exported_namespace=own, pod="a"): "1x60"}


NAMESPACE_OVERWRITTEN = (
    Case(
        "series whose own namespace was set aside are reported by source and both namespaces",
        merged(
            _set_aside("kube_pod_info", "support", "prod"),
            _set_aside("kube_pod_info", "support", "staging"),
            _set_aside("jupyterhub_unit_price_usd", "costs", "prod"),
        ),
        (
            *silent(_OVERWRITTEN, "14m"),
            AlertExpect(
                "15m",
                _OVERWRITTEN,
                tuple(
                    ({"series": name, "namespace": target, "exported_namespace": own}, "1")
                    for name, target, own in (
                        ("kube_pod_info", "support", "prod"),
                        ("kube_pod_info", "support", "staging"),
                        ("jupyterhub_unit_price_usd", "costs", "prod"),
                    )
                ),
            ),
        ),
    ),
    Case(
        "an exporter in its hub's namespace is right where labels are ignored, as both namespaces are equal",
        merged(
            _set_aside("jupyterhub_unit_price_usd", "prod", "prod"),
            _set_aside("jupyterhub_groups_exporter_last_refresh_timestamp_seconds", "staging", "staging"),
            {'kube_pod_info{namespace="prod", pod="a"}': "1x60"},
        ),
        silent(_OVERWRITTEN, "30m"),
    ),
    Case(
        "pods whose name was set aside are reported in the namespace of kube-state-metrics, too",
        {
            series(
                "kube_pod_info", namespace="prod", exported_namespace="prod", pod="ksm-0", exported_pod=pod_name
            ): "1x60"
            for pod_name in "ab"
        },
        (
            *silent(_OVERWRITTEN, "14m"),
            AlertExpect(
                "15m",
                _OVERWRITTEN,
                (({"series": "kube_pod_info", "namespace": "prod", "exported_namespace": "prod"}, "2"),),
            ),
        ),
    ),
    Case(
        "pods whose name was set aside, and put back by relabelling, are right",
        {
            series(
                "kube_pod_info", namespace="prod", exported_namespace="prod", pod=pod_name, exported_pod=pod_name
            ): "1x60"
            for pod_name in "ab"
        },
        silent(_OVERWRITTEN, "30m"),
    ),
)

_MIXED = "HubmeterClustersMixed"
_EAST_AND_WEST = merged(
    in_cluster("east", pod("jupyter-ann", "ann", uid="e")), in_cluster("west", pod("jupyter-bob", "bob", uid="w"))
)

CLUSTERS_MIXED = (
    Case(
        "pods of two clusters in one namespace are reported, and those of other namespaces are not",
        merged(_EAST_AND_WEST, in_cluster("east", pod("hub", namespace="staging"))),
        (*silent(_MIXED, "14m"), fires("15m", _MIXED, _PROD)),
    ),
    Case(
        "with the setting cluster_label they are two hubs",
        _EAST_AND_WEST,
        silent(_MIXED, "30m"),
        settings={"cluster_label": "cluster"},
    ),
    Case(
        "two pods of one name at the same time are of two clusters, without any label",
        {
            f'{names.SCHEDULED_PODS}{{namespace="prod", pod="jupyter-ann", uid="{uid}"}}': values
            for uid, values in (("a", "1x60"), ("b", "1x60"))
        },
        (fires("15m", _MIXED, _PROD),),
    ),
    Case(
        "one pod that two replicas record is of one cluster",
        {
            f'{names.SCHEDULED_PODS}{{namespace="prod", pod="jupyter-ann", uid="a", replica="{replica}"}}': "1x60"
            for replica in "ab"
        },
        silent(_MIXED, "30m"),
    ),
    Case(
        "a pod that was started again under its name is not another cluster's",
        {
            f'{names.SCHEDULED_PODS}{{namespace="prod", pod="jupyter-ann", uid="{uid}"}}': values
            for uid, values in (("a", "1x12 stale"), ("b", "_x10 1x60"))
        },
        silent(_MIXED, "12m", "30m"),
    ),
)

_TWICE = "HubmeterRecordedTwice"


def _copy(of: str, values: str = "1x60") -> dict[str, str]:
    return {series(names.HUBS, namespace="prod", prometheus_replica=of): values}


RECORDED_TWICE = (
    Case(
        "two replicas that record into one store are reported after a quarter of an hour, and one is not",
        merged(_copy("a"), _copy("b"), {series(names.HUBS, namespace="staging", prometheus_replica="a"): "1x60"}),
        (*silent(_TWICE, "14m"), fires("15m", _TWICE, _PROD, "2")),
    ),
    Case(
        "a replica that follows another one is not reported",
        merged(_copy("a", "1x30"), _copy("b", "_x28 1x60")),
        silent(_TWICE, "30m", "45m"),
    ),
    Case(
        "two samples in each 5 minutes of one series are reported, and one is not",
        {
            f'{names.USAGE_RECORDED}{{namespace="{namespace}"}}': " ".join([values] * 60)
            for namespace, values in (("prod", "5 5 _x3"), ("staging", "5 _x4"))
        },
        (AlertExpect("90m", _TWICE, ((_PROD, "2"),)),),
    ),
    Case(
        "with the setting cluster_label the hubs of two clusters are distinguished",
        {series(names.HUBS, namespace="prod", cluster=name): "1x60" for name in ("east", "west")},
        silent(_TWICE, "30m"),
        settings={"cluster_label": "cluster"},
    ),
)

_CLOCK = "HubmeterClockWrong"

CLOCK_WRONG = (
    Case(
        "a refresh that is more than a minute in the future is reported after 5 minutes",
        _own(names.LAST_REFRESH, "120+60x60"),
        (*silent(_CLOCK, "4m"), fires("5m", _CLOCK, _PROD, "2m 0s")),
    ),
    Case(
        "a refresh of this minute is not in the future",
        _own(names.LAST_REFRESH, "60+60x60"),
        silent(_CLOCK, "30m"),
    ),
)

_GAP = "HubmeterUsageGap"


def _recorded(values: str) -> dict[str, str]:
    return {f'{names.USAGE_RECORDED}{{namespace="prod"}}': values}


USAGE_GAP = (
    Case(
        "minutes of the last hour without recorded usage are reported until they are older",
        # Of two buckets from minute 120 on there is nothing.
        merged({f'{names.HUBS}{{namespace="prod"}}': "1x100"}, _recorded("5x23 _x2 5x60")),
        (
            *silent(_GAP, "2h"),
            fires("2h15m", _GAP, _PROD, "16.67%"),
            *silent(_GAP, "3h15m"),
        ),
        interval="5m",
    ),
    Case(
        "a hub whose usage ended is reported with the whole hour, while it is a hub",
        merged({f'{names.HUBS}{{namespace="prod"}}': "1x50"}, _recorded("5x23")),
        (fires("3h30m", _GAP, _PROD, "100%"), *silent(_GAP, "5h")),
        interval="5m",
    ),
    Case(
        "the first hour of a hub has no gap before it",
        merged({f'{names.HUBS}{{namespace="prod"}}': "1x100"}, _recorded("_x5 5x60")),
        silent(_GAP, "30m", "50m", "85m"),
        interval="5m",
    ),
)

_SLOW_SCRAPE = "HubmeterScrapeSlow"
_PHASE = series("kube_pod_status_phase", namespace="prod", pod="hub", phase="Running")
_MEMORY = series("container_memory_working_set_bytes", namespace="prod", pod="hub", container="hub")

SCRAPE_SLOW = (
    Case(
        "a scrape every two minutes is reported, and one every minute is not",
        {_PHASE: "1 _ 1 _ 1 _ 1 _ 1 _ 1 _ 1 _ 1 _ 1 _ 1 _ 1 _ 1 _ 1 _ 1 _ 1 _ 1 _ 1 _", _MEMORY: "1x60"},
        (fires("30m", _SLOW_SCRAPE, {**_PROD, "series": "kube_pod_status_phase"}, "0.50"),),
    ),
    Case(
        "with an interval of 5 minutes a scrape every two minutes is often enough",
        {_PHASE: "1 _ 1 _ 1 _ 1 _ 1 _ 1 _ 1 _ 1 _ 1 _ 1 _ 1 _ 1 _ 1 _ 1 _ 1 _ 1 _ 1 _", _MEMORY: "1x60"},
        silent(_SLOW_SCRAPE, "30m"),
        settings={"interval": "5m"},
    ),
    Case(
        "a pod that began a minute ago does not make the scrape slow",
        merged({_PHASE: "1x60", _MEMORY: "1x60"}, {_PHASE.replace("hub", "new"): "_x39 1x20"}),
        silent(_SLOW_SCRAPE, "41m"),
    ),
)

_VERSIONS = "HubmeterVersionsDiffer"


def _versions(rules: str, exporter_version: str) -> dict[str, str]:
    return {
        f'{names.RULES_VERSION}{{namespace="prod", version="{rules}"}}': "1x60",
        series(f"jupyterhub_{names.EXPORTER_BUILD_INFO}", namespace="prod", version=exporter_version): "1x60",
    }


VERSIONS_DIFFER = (
    Case(
        "an exporter of another version than the rules is reported after a day",
        _versions("0.2.0", "0.1.0"),
        (*silent(_VERSIONS, "23h"), fires("24h", _VERSIONS, {**_PROD, "version": "0.1.0"})),
        interval="1h",
    ),
    Case(
        "one version of everything, and an exporter without rules, are in order",
        merged(
            _versions("0.2.0", "0.2.0"),
            {series(f"jupyterhub_{names.EXPORTER_BUILD_INFO}", namespace="staging", version="0.1.0"): "1x60"},
        ),
        silent(_VERSIONS, "30h"),
        interval="1h",
    ),
)

_UNKNOWN = "HubmeterUsersUnknown"


def _serves(username: str, minutes: int = 300) -> dict[str, str]:
    return {f'{names.user(names.SERVERS)}{{namespace="prod", username="{username}"}}': constant(1, minutes)}


_REPORTED = {f'{names.HUB_REPORTED}{{namespace="prod"}}': "0+60x300"}

USERS_UNKNOWN = (
    Case(
        "users with servers whom the exporter does not report are counted after an hour and a half",
        merged(
            _serves("ghost"),
            _serves("old"),
            _serves("ann"),
            {f'{names.SHARE}{{namespace="prod", usergroup="bio", username="ann"}}': "1x300"},
            _REPORTED,
        ),
        (*silent(_UNKNOWN, "89m"), fires("90m", _UNKNOWN, _PROD, "2")),
    ),
    Case(
        "users whom the exporter reports before that are not",
        merged(
            _serves("new"),
            {f'{names.SHARE}{{namespace="prod", usergroup="bio", username="new"}}': "_x60 1x300"},
            _REPORTED,
        ),
        silent(_UNKNOWN, "59m", "2h"),
    ),
    Case(
        "without an exporter all users are unknown, which is another alert",
        _serves("ghost"),
        silent(_UNKNOWN, "3h"),
    ),
)

_FULL = "HubmeterHomeNearlyFull"
_FULL_ON = {"home_nearly_full_ratio": "0.9"}


def _home(username: str, size: float, limit: float | None) -> dict[str, str]:
    row = f'{{namespace="prod", username="{username}"}}' if username else '{namespace="prod"}'
    given = {names.user(names.HOME) + row: f"{size}x300"}
    return given if limit is None else given | {names.user(names.HOME_LIMIT) + row: f"{limit}x300"}


HOME_NEARLY_FULL = (
    Case(
        "a home directory fuller than the set part of its limit is reported after an hour, to its user's name",
        merged(_home("ana.lópez@uni.edu", 95, 100), _home("ann", 90, 100)),
        (
            *silent(_FULL, "59m"),
            fires("1h", _FULL, _PROD | {"username": "ana.lópez@uni.edu"}, "95%"),
        ),
        settings=_FULL_ON,
    ),
    Case(
        "directories without a limit, with the limit 0, or without a user are not reported as full",
        merged(_home("ann", 95, None), _home("anna", 95, 0), _home("", 95, 100)),
        silent(_FULL, "2h"),
        settings=_FULL_ON,
    ),
    Case(
        "the same name in two clusters has two home directories",
        merged(in_cluster("east", _home("ann", 95, 100)), in_cluster("west", _home("ann", 1, 10))),
        (fires("1h", _FULL, _PROD | {"cluster": "east", "username": "ann"}, "95%"),),
        settings=_FULL_ON | {"cluster_label": "cluster"},
    ),
)


_UNMEASURED = "HubmeterPodsUnmeasured"


def _unmeasured(resource: str, values: str) -> dict[str, str]:
    return {f'{names.UNMEASURED_PODS}{{namespace="prod", resource="{resource}"}}': values}


PODS_UNMEASURED = (
    Case(
        "pods without measured use are reported after a quarter of an hour, by metric",
        merged(_unmeasured("memory in use", "7x60"), _unmeasured("CPU in use", "9x60")),
        (
            *silent(_UNMEASURED, "14m"),
            AlertExpect(
                "15m",
                _UNMEASURED,
                ((_PROD | {"resource": "memory in use"}, "7"), (_PROD | {"resource": "CPU in use"}, "9")),
            ),
        ),
    ),
    Case(
        "a node that has just started is not reported",
        _unmeasured("memory in use", "7x10 stale"),
        silent(_UNMEASURED, "5m", "15m", "30m"),
    ),
)

_NO_SERVERS = "HubmeterServersNotSeen"


def _users_pods(servers: str) -> dict[str, str]:
    pods = {f'{names.PODS}{{namespace="prod", pod="p-{n}", uid="{n}", username="ann"}}': "1x1600" for n in range(3)} | {
        f'{names.PODS}{{namespace="prod", pod="hub", uid="h"}}': "1x1600"
    }
    pods |= {series(f"jupyterhub_{names.LAST_REFRESH}", namespace="prod"): "0x1600"}
    return pods | ({f'{names.hub(names.SERVERS)}{{namespace="prod"}}': servers} if servers else {})


SERVERS_NOT_SEEN = (
    Case(
        "users' pods of which none is a server are reported after a quarter of an hour",
        _users_pods(""),
        (*silent(_NO_SERVERS, "14m"), fires("15m", _NO_SERVERS, _PROD, "3")),
    ),
    Case(
        "Dask workers may outlive the last server by a day",
        _users_pods("2x10 stale"),
        (*silent(_NO_SERVERS, "15m", "1449m"), fires("1470m", _NO_SERVERS, _PROD, "3")),
    ),
    Case(
        "a hub with servers, one without pods of users, and a namespace of Dask workers are in order",
        merged(
            _users_pods("2x1600"),
            {f'{names.PODS}{{namespace="staging", pod="hub", uid="s"}}': "1x1600"},
            {f'{names.PODS}{{namespace="dask", pod="worker", uid="w", username="ann"}}': "1x1600"},
        ),
        silent(_NO_SERVERS, "15m", "1000m"),
    ),
)


_INDISTINCT = "HubmeterContainersIndistinct"


def _container(**labels: str) -> dict[str, str]:
    of = {"namespace": "prod", "pod": "jupyter-ann", "container": "notebook", **labels}
    return {series("container_cpu_usage_seconds_total", **of): "0+60x60"}


CONTAINERS_INDISTINCT = (
    Case(
        "the kubelet's /metrics/resource, without labels, is in order beside cAdvisor's series of the same containers",
        merged(
            _container(id="/a"),
            _container(metrics_path="/metrics/resource"),
            _container(pod="jupyter-bob", name="b"),
            _container(pod="jupyter-bob", metrics_path="/metrics/resource"),
            _container(pod="jupyter-cyd", metrics_path="/metrics/resource"),
        ),
        (fires("15m", _INDISTINCT, _PROD, "1"),),
    ),
    Case(
        "containers with neither the label id nor name are reported after a quarter of an hour",
        merged(_container(), _container(pod="jupyter-bob")),
        (*silent(_INDISTINCT, "14m"), fires("15m", _INDISTINCT, _PROD, "2")),
    ),
    Case(
        "containers with one of the labels id and name, and cgroups of pods, are in order",
        merged(_container(id="/a"), _container(pod="jupyter-bob", name="b"), _container(container="")),
        silent(_INDISTINCT, "30m"),
    ),
)

_GPUS = "HubmeterGpusNotCounted"


_SCHEDULED = {series(names.SCHEDULED_PODS, namespace="prod", pod="jupyter-ann", uid="a"): "1x60"}


def _gpu(resource: str, value: str = "1x60", uid: str = "a") -> dict[str, str]:
    of = {"namespace": "prod", "pod": "jupyter-ann", "uid": uid, "container": "notebook"}
    return {series("kube_pod_container_resource_requests", **of, resource=resource): value}


GPUS_NOT_COUNTED = (
    *(
        Case(
            f"the accelerator {resource} is reported",
            merged(_SCHEDULED, _gpu(resource)),
            (fires("15m", _GPUS, {**_PROD, "resource": resource}, "1"),),
        )
        for resource in (
            "gpu_intel_com_i915",
            "gpu_intel_com_xe",
            "aws_amazon_com_neuron",
            "aws_amazon_com_neuroncore",
            "google_com_tpu",
            "habana_ai_gaudi",
            "huawei_com_Ascend910",
            "k8s_amazonaws_com_vgpu",
            "nvidia_com_gpumem",
            "volcano_sh_vgpu_number",
            "aliyun_com_gpu_mem",
            "cambricon_com_mlu370",
            "qualcomm_com_qaic",
            "nvidia_com_mig_9g_90gb",
        )
    ),
    Case(
        "other resources are in order",
        merged(
            _SCHEDULED,
            *map(
                _gpu,
                (
                    "memory",
                    "cpu",
                    "ephemeral_storage",
                    "hugepages_2Mi",
                    "rdma_hca_shared_devices_a",
                    "smarter_devices_fuse",
                    "github_com_fuse",
                    "devices_kubevirt_io_kvm",
                    "example_com_migrator",
                    "intel_com_input",
                    "xen_org_pv",
                ),
            ),
        ),
        silent(_GPUS, "30m"),
    ),
    Case(
        "a GPU of a name that counts as no GPU is reported after a quarter of an hour",
        merged(_SCHEDULED, _gpu("nvidia_com_gpu_shared")),
        (
            *silent(_GPUS, "14m"),
            fires("15m", _GPUS, {**_PROD, "resource": "nvidia_com_gpu_shared"}, "1"),
        ),
    ),
    Case(
        "a resource of the setting gpu_resources, with the part 0 too, is in order",
        merged(_SCHEDULED, _gpu("nvidia_com_gpu"), _gpu("example_com_gpu")),
        silent(_GPUS, "30m"),
        settings={
            "gpu_resources": [
                {"resource": "nvidia_com_gpu", "part": "1"},
                {"resource": "example_com_gpu", "part": "0"},
            ]
        },
    ),
    Case(
        "a GPU of a pod that has ended, and a request of 0, are in order",
        merged(_SCHEDULED, _gpu("example_com_gpu", uid="ended"), _gpu("other_com_gpu", "0x60")),
        silent(_GPUS, "30m"),
    ),
)

_UNKNOWN = "HubmeterPodsUnknown"
_KNOWN = merged(_HUB, pod("hub"), usage("hub", container="hub"))


PODS_UNKNOWN = (
    Case(
        "pods that cAdvisor measures and kube-state-metrics never reports are reported after 20 minutes",
        merged(
            _KNOWN,
            usage("jupyter-ann"),
            usage("jupyter-ann", container="sidecar"),
            usage("jupyter-bob"),
            usage("web", namespace="shop"),
        ),
        (*silent(_UNKNOWN, "19m"), fires("20m", _UNKNOWN, _PROD, "2")),
    ),
    Case(
        "a hub whose namespace kube-state-metrics leaves out is reported",
        merged(_HUB, pod("kube-proxy", namespace="kube-system"), usage("jupyter-ann"), usage("hub", container="hub")),
        (fires("20m", _UNKNOWN, _PROD, "2"),),
    ),
    Case(
        "pods of namespaces that belong to a hub count for it",
        merged(_KNOWN, usage("jupyter-ann", namespace="prod-ann"), usage("jupyter-bob", namespace="prod-bob")),
        (fires("20m", _UNKNOWN, _PROD, "2"),),
        settings={"pod_namespaces": [{"namespaces": "prod-.*", "hub": "prod"}]},
    ),
    Case(
        "pods that ended, one after the other, were reported",
        merged(
            _KNOWN,
            *(
                merged(
                    pod(f"jupyter-{n}", "ann", start=3 * n, minutes=4),
                    unmarked(usage(f"jupyter-{n}", memory=constant(1, 4, 3 * n), cpu=constant(1, 4, 3 * n))),
                )
                for n in range(20)
            ),
        ),
        silent(_UNKNOWN, *(f"{minute}m" for minute in range(10, 75, 5))),
    ),
    Case(
        "without kube-state-metrics another alert fires",
        merged(_HUB, usage("jupyter-ann")),
        silent(_UNKNOWN, "30m"),
    ),
)

_SIDECARS = "HubmeterSidecarsNotCounted"
_ANN = {"namespace": "prod", "pod": "jupyter-ann", "uid": "uid-jupyter-ann"}
_ANN_SCHEDULED = {series(names.SCHEDULED_PODS, **_ANN, hub_namespace="prod"): "1x90"}
_WITH_PROXY = merged(
    _ANN_SCHEDULED,
    pod("jupyter-ann", "ann"),
    usage("jupyter-ann"),
    usage("jupyter-ann", container="istio-proxy", identity="p"),
)

SIDECARS_NOT_COUNTED = (
    Case(
        "a native sidecar without series of init containers is reported",
        _WITH_PROXY,
        (*silent(_SIDECARS, "24m"), fires("25m", _SIDECARS, _PROD | {"container": "istio-proxy"}, "1")),
    ),
    Case(
        "a native sidecar without its restart policy is reported",
        merged(_WITH_PROXY, init_container("jupyter-ann", "istio-proxy", memory=1, cpu=1)),
        (fires("25m", _SIDECARS, _PROD | {"container": "istio-proxy"}, "1"),),
    ),
    Case(
        "a native sidecar that counts is in order",
        merged(_WITH_PROXY, init_container("jupyter-ann", "istio-proxy", memory=1, cpu=1, restart_policy="Always")),
        silent(_SIDECARS, "40m"),
    ),
    Case(
        "an init container that took long, and a pod of which no container is reported, are in order",
        merged(
            {name: values for name, values in _WITH_PROXY.items() if "istio" not in name},
            usage("jupyter-ann", container="prepare", identity="p", memory="1x4", cpu="1x4"),
            {name.replace("jupyter-ann", "jupyter-bob"): values for name, values in _ANN_SCHEDULED.items()},
            without(pod("jupyter-bob", "bob"), "kube_pod_container_info"),
            usage("jupyter-bob"),
        ),
        silent(_SIDECARS, "5m", "20m", "40m"),
    ),
)

_REQUESTS = "HubmeterServersWithoutRequests"


def _servers(**memory: float) -> Mapping[str, str]:
    """Return servers by user, with the memory that each requests (0: none)."""
    pods = {
        series(names.PODS, namespace="prod", pod=f"jupyter-{user}", uid=f"uid-jupyter-{user}", username=user): "1x180"
        for user in memory
    }
    return merged(pods, *(pod(f"jupyter-{user}", user, memory=value) for user, value in memory.items()))


SERVERS_WITHOUT_REQUESTS = (
    Case(
        "servers that request no memory are reported after an hour",
        merged(_servers(ann=4096, bob=0, cyd=0), pod("worker", "cyd", container="dask", memory=0)),
        (*silent(_REQUESTS, "59m"), fires("1h", _REQUESTS, _PROD, "2")),
    ),
    Case("servers that request memory are in order", _servers(ann=4096, bob=1), silent(_REQUESTS, "2h")),
    Case(
        "where no container requests anything the series are missing, which another alert reports",
        without(_servers(ann=4096), "resource_requests"),
        silent(_REQUESTS, "2h"),
    ),
)

_LATE = "HubmeterSamplesLate"


def _scraped(values: str) -> dict[str, str]:
    of = {"namespace": "prod", "pod": "jupyter-ann", "uid": "a"}
    return {
        series("kube_pod_status_phase", **of, phase="Running"): values,
        series("container_memory_working_set_bytes", **of, container="notebook"): values,
    }


SAMPLES_LATE = (
    # promtool has no samples that arrive late, only gaps: tests/engines/test_late_samples.py has late ones. Here
    # evaluations every 5 minutes see samples that are 3 minutes old, of which there are six in ten minutes.
    Case(
        "samples of which the newest is too old at each evaluation are reported after a quarter of an hour",
        _scraped("_ _ 1 1 1 _ _ _ _ _ " * 20),
        (
            *silent(_LATE, "25m"),
            AlertExpect(
                "30m",
                _LATE,
                tuple(
                    ({**_PROD, "series": metric}, "3m 0s")
                    for metric in ("kube_pod_status_phase", "container_memory_working_set_bytes")
                ),
            ),
        ),
        settings={"interval": "5m"},
        interval="30s",
        every="5m",
    ),
    Case(
        "samples that are scraped less and less often, and a hub that ends, are not late",
        _scraped("1x20 _ 1 _ 1 _ 1 _ 1 _ 1 _ 1 _ _ 1 _ _ 1 _ _ 1 _ _ 1 _ _ 1 _x20"),
        silent(_LATE, "25m", "35m", "48m", "60m"),
    ),
    Case("samples that arrive in time are in order", _scraped("1x60"), silent(_LATE, "30m")),
)

_LOOKBACK = "HubmeterLookbackShort"

LOOKBACK_SHORT = (
    Case(
        "a series that ends, and one without gaps, do not shorten the look-back",
        {f'{names.USAGE_RECORDED}{{namespace="{hub}"}}': values for hub, values in (("a", "5x60"), ("b", "5x6"))},
        silent(_LOOKBACK, "45m", "2h"),
        interval="5m",
    ),
    Case(
        "a series that instant selectors do not find between two samples is reported",
        # promtool's look-back is 5 minutes: a series marked stale between its samples stands for a shorter one.
        {f'{names.USAGE_RECORDED}{{namespace="prod"}}': "5 _ stale _ _ " * 30},
        (*silent(_LOOKBACK, "10m"), fires("1h20m", _LOOKBACK, _PROD, "36")),
    ),
)

_HOMES = "HubmeterHomesNotMeasured"


def _measured(sizes: str, times: str = "") -> dict[str, str]:
    of = {"namespace": "prod", "directory": "ann"}
    recorded = {series(name, namespace="prod"): "10x2000" for name in (names.hub(names.HOME), names.HUBS)}
    return (
        recorded
        | {series("dirsize_total_size_bytes", **of): sizes}
        | ({series(names.HOMES_MEASURED, namespace="prod"): times} if times else {})
    )


HOMES_NOT_MEASURED = (
    Case(
        "home directories that dirsize no longer reports are reported after an hour",
        _measured("10x10 stale"),
        (*silent(_HOMES, "10m", "70m"), fires("72m", _HOMES, _PROD)),
    ),
    Case(
        "a round that takes longer than home_carry_forward is reported",
        _measured("10x2000", "60x2000"),
        (*silent(_HOMES, "23h"), fires("26h", _HOMES, _PROD)),
    ),
    Case(
        "home directories that dirsize measures in time are in order",
        _measured("10x2000", "0+60x2000"),
        silent(_HOMES, "30h"),
    ),
    Case("a hub without dirsize is in order", _HUB, silent(_HOMES, "4h")),
    Case(
        "a namespace without a hub, in which dirsize was, is in order",
        {series(names.hub(names.HOME), namespace="jupyterhub-home-nfs"): "10x2000"} | _HUB,
        silent(_HOMES, "4h"),
    ),
)

_ELSEWHERE = "HubmeterHomesElsewhere"
_SHARED = {"namespace": "jupyterhub-home-nfs", "directory": "ann"}
_OF_SHARED = {
    series("dirsize_total_size_bytes", **_SHARED, instance="a"): "10x300",
    series("dirsize_total_size_bytes", **_SHARED, instance="b"): "10x300",
}

HOMES_ELSEWHERE = (
    Case(
        "directories in a namespace without a hub are reported after an hour, each once",
        _OF_SHARED | _HUB,
        (*silent(_ELSEWHERE, "59m"), fires("62m", _ELSEWHERE, {"namespace": "jupyterhub-home-nfs"}, "1")),
    ),
    Case(
        "directories in a namespace without a hub are in order where each hub has its own",
        _OF_SHARED | _HUB | {series(names.hub(names.HOME), namespace="prod"): "10x300"},
        silent(_ELSEWHERE, "4h"),
    ),
    Case(
        "directories in a namespace without a hub are in order where there is no hub",
        _OF_SHARED,
        silent(_ELSEWHERE, "4h"),
    ),
)


def cases() -> Iterator[Case]:
    """Yield all cases of this page. No recording rule runs: the inputs are the recorded series."""
    for case in (
        *EXPORTER_SILENT,
        *TWO_HUBS,
        *MEMBERSHIPS_UNLISTED,
        *NAMESPACES_UNMAPPED,
        *SNAPSHOT_STALE,
        *HUB_API_ERRORS,
        *RULES_FAILING,
        *RULES_SLOW,
        *ANNOTATION_MISSING,
        *USAGE_NOT_ACCOUNTED,
        *PODS_UNMEASURED,
        *SERVERS_NOT_SEEN,
        *SHARE_SUM_OFF,
        *BUCKETS_THINNED,
        *HISTORY_SHORT,
        *POD_SERIES_MISSING,
        *NAMESPACE_OVERWRITTEN,
        *CLUSTERS_MIXED,
        *RECORDED_TWICE,
        *CLOCK_WRONG,
        *USAGE_GAP,
        *SCRAPE_SLOW,
        *VERSIONS_DIFFER,
        *USERS_UNKNOWN,
        *HOME_NEARLY_FULL,
        *CONTAINERS_INDISTINCT,
        *GPUS_NOT_COUNTED,
        *PODS_UNKNOWN,
        *SIDECARS_NOT_COUNTED,
        *SERVERS_WITHOUT_REQUESTS,
        *SAMPLES_LATE,
        *LOOKBACK_SHORT,
        *HOMES_NOT_MEASURED,
        *HOMES_ELSEWHERE,
    ):
        yield replace(case, groups="hubmeter-(usage-)?alerts")
