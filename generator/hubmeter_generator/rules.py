"""The recording rules as plain values: which template becomes which series, in which group, in which order.

Rules of a group are evaluated one after the other and see each other's results at once; between groups a result is up
to an interval old. So what must agree to the second (a resource's user, pair, group and hub level) is in one group. The
order of the groups is the order of their dependencies. No group has more than 20 rules, which is Mimir's limit.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from hubmeter_generator import cost_parts
from hubmeter_generator.cost_rules import EXPORTER, OPENCOST, cost_groups
from hubmeter_generator.rule import BUCKET, HOUR, MINUTE, SLOW, Rule, RuleGroup, sampled_every
from hubmeter_promql import render, series

_THRESHOLDS = {"0": "0", "80": "0.8", "90": "0.9", "100": "1"}
_WINDOW = {"window": "%(window)s"}
_WINDOWED = (series.MEMORY_REQUESTS, series.CPU_REQUESTS, series.GPU_REQUESTS, series.SERVERS)


def levels(resource: str, template: str, share: str = series.ACTIVE_SHARE, **parameters: str) -> Iterator[Rule]:
    """Yield a resource's rules: of users by its own template, then of pairs, groups and hubs."""
    yield Rule(series.user(resource), template, parameters)
    yield Rule(series.pair(resource), "pair", {"resource": resource, "share": share})
    yield Rule(series.group(resource), "group", {"resource": resource})
    yield Rule(series.hub(resource), "hub", {"resource": resource})


@dataclass(frozen=True)
class _Of:
    """What pods are summed by: labels, and the series that tell these of each pod, and of each pod's name."""

    by: str
    pods: str
    named_pods: str

    def parameters(self, template: str, **others: str) -> dict[str, str]:
        """Return the parameters of a template that joins containers with pods; cAdvisor knows their names only."""
        pods = self.named_pods if template in _OF_CADVISOR else self.pods
        return {"by": self.by, "pods": pods, **others}


_USERS = _Of("username", series.PODS, series.NAMED_PODS)
_COMBINATIONS = _Of("username, profile, size, image", series.PROFILE_PODS, series.PROFILE_NAMED_PODS)
_OF_CADVISOR = ("memory_working_set_bytes", "cpu_usage_cores")
_REQUESTED = {"memory": "memory", "cpu": "cpu", "gpu": "%(gpu_resources)s"}  # as kube-state-metrics spells it


def _of_pods(resource: str, template: str, **parameters: str) -> Iterator[Rule]:
    return levels(resource, template, **_USERS.parameters(template, **parameters))


def _containers(resource: str, kind: str, requested: str) -> Iterator[Rule]:
    return _of_pods(resource, "container_resources", kind=kind, kubernetes_resource=_REQUESTED[requested])


def _windowed() -> Iterator[str]:
    for level in (series.user, series.group):
        yield from (level(series.BUCKETS[resource]) for resource in _WINDOWED)
    yield series.user(series.COST)
    yield series.pair(series.BUCKETS[series.SERVERS])


def _windows() -> Iterator[Rule]:
    yield from (Rule(series.window(bucket), "window", {"series": bucket}, _WINDOW) for bucket in _windowed())
    yield from _active_users()


def _hourly_windows() -> Iterator[Rule]:
    yield from (Rule(series.hourly(bucket), "window", {"series": bucket}, _WINDOW) for bucket in _windowed())


def _long_windows() -> Iterator[Rule]:
    for bucket in _windowed():
        yield Rule(series.window(bucket), "window_hourly", {"series": series.hourly(bucket)}, _WINDOW)
    yield from _active_users()


def _active_users() -> Iterator[Rule]:
    yield Rule(series.ACTIVE_USERS, "active_users", labels=_WINDOW)
    yield Rule(series.HUB_ACTIVE_USERS, "hub_active_users", labels=_WINDOW)


def _buckets(level: Callable[[str], str], resources: Iterable[str] = tuple(series.BUCKETS)) -> Iterator[Rule]:
    for resource in resources:
        bucket = {"series": level(resource), "seconds": sampled_every(resource)}
        yield Rule(level(series.BUCKETS[resource]), "bucket", bucket)


def recording_groups() -> tuple[RuleGroup, ...]:
    """Return all rule groups in the order of their dependencies."""
    return (
        RuleGroup(
            "hubmeter-membership",
            SLOW,
            (
                Rule(series.SHARE_LIVE, "usergroup_share_live"),
                Rule(series.SHARE_TOLD, "usergroup_share_told"),
                Rule(series.HUB_TOLD, "usergroup_share_hub_told"),
                Rule(series.SHARE, "usergroup_share"),
            ),
        ),
        RuleGroup(
            "hubmeter-pods",
            MINUTE,
            (
                Rule(series.HUBS, "hubs"),
                Rule(series.USAGE_SEEN, "usage_seen"),
                Rule(series.SCHEDULED_PODS, "scheduled_pods"),
                Rule(series.PODS, "pods"),
                Rule(series.NAMED_PODS, "named_pods", {"by": _USERS.by, "pods": _USERS.pods}),
                Rule(series.ACTIVE_SHARE, "usergroup_share_active"),
            ),
        ),
        RuleGroup(
            "hubmeter-memory",
            MINUTE,
            (
                *_of_pods(series.MEMORY_WORKING_SET, "memory_working_set_bytes"),
                Rule(series.WHOLE_MEMORY_WORKING_SET, "whole_memory_working_set_bytes"),
                *_containers(series.MEMORY_REQUESTS, "requests", "memory"),
                Rule(series.WHOLE_MEMORY_REQUESTS, "whole_memory_requests_bytes"),
                *_containers(series.MEMORY_LIMITS, "limits", "memory"),
            ),
        ),
        RuleGroup(
            "hubmeter-cpu",
            MINUTE,
            (
                *_of_pods(series.CPU_USAGE, "cpu_usage_cores"),
                *_containers(series.CPU_REQUESTS, "requests", "cpu"),
                *_containers(series.CPU_LIMITS, "limits", "cpu"),
            ),
        ),
        RuleGroup(
            "hubmeter-servers",
            MINUTE,
            (*_of_pods(series.SERVERS, "servers"), *_containers(series.GPU_REQUESTS, "requests", "gpu")),
        ),
        RuleGroup("hubmeter-owners", BUCKET, (Rule(series.OWNERS, "directory_owners"),)),
        RuleGroup(
            "hubmeter-homes",
            SLOW,
            (
                Rule(series.DIRECTORY, "directory_bytes", {"measure": "total_size_bytes"}),
                Rule(series.HOMES, "directories"),
                Rule(series.ORPHANED_HOME, "orphaned_home_bytes"),
                *levels(series.HOME, "home_bytes", series.SHARE, directories=series.DIRECTORY),
            ),
        ),
        RuleGroup(
            "hubmeter-home-limits",
            SLOW,
            (
                Rule(series.DIRECTORY_LIMIT, "directory_bytes", {"measure": "hard_limit_bytes"}),
                *levels(series.HOME_LIMIT, "home_bytes", series.SHARE, directories=series.DIRECTORY_LIMIT),
            ),
        ),
        RuleGroup("hubmeter-profiles", MINUTE, tuple(_profiles())),
        RuleGroup(
            "hubmeter-user-buckets", BUCKET, (*_buckets(series.user), Rule(series.USAGE_RECORDED, "usage_recorded"))
        ),
        RuleGroup("hubmeter-pair-buckets", BUCKET, tuple(_buckets(series.pair))),
        RuleGroup("hubmeter-group-buckets", BUCKET, tuple(_buckets(series.group))),
        RuleGroup("hubmeter-profile-buckets", BUCKET, tuple(_profile_buckets())),
        *cost_groups(),
        RuleGroup("hubmeter-window-%(window)s", BUCKET, tuple(_windows()), each="short windows"),
        RuleGroup("hubmeter-window-%(window)s-hourly", HOUR, tuple(_hourly_windows()), each="long windows"),
        RuleGroup("hubmeter-window-%(window)s", BUCKET, tuple(_long_windows()), each="long windows"),
        RuleGroup("hubmeter-quotas", BUCKET, tuple(_quota_scopes())),
        RuleGroup("hubmeter-quotas-%(window)s", BUCKET, tuple(_quotas()), each="windows"),
        RuleGroup("hubmeter-quota-users", BUCKET, tuple(_quota_users())),
    )


def _quota_scopes() -> Iterator[Rule]:
    yield Rule(series.QUOTA_MEMBERSHIP, "quota_membership")
    yield Rule(series.QUOTA_SCOPE, "quota_scope_group", labels={"scope": "group"})
    for scope, match in (("user", "namespace, username"), ("everybody", "namespace")):
        yield Rule(series.QUOTA_SCOPE, "quota_scope", {"scope": scope, "match": match}, {"scope": scope})
    yield Rule(series.QUOTA_SCOPE, "quota_scope_fallback", labels={"scope": "fallback"})


def _quotas() -> Iterator[Rule]:
    labels = {"window": "%(window)s"}
    for resource in series.QUOTA_RESOURCES:
        of = {"resource": resource}
        yield Rule(series.QUOTA_LIMIT_EACH, "quota_limit_each", of, {**of, **labels})
    yield Rule(series.QUOTA_LIMIT, "quota_limit", {"each": series.QUOTA_LIMIT_EACH}, labels)
    for resource, bucket in series.QUOTA_RESOURCES.items():
        used = {"resource": resource, "series": series.window(series.user(bucket))}
        yield Rule(series.QUOTA_USED, "quota_used", used, {"resource": resource, **labels})
    yield Rule(series.QUOTA_RATIO, "quota_ratio", labels=labels)
    for percent, part in _THRESHOLDS.items():
        yield Rule(series.QUOTA_WINDOW_USERS, "quota_users_by_window", {"part": part}, {"threshold": percent, **labels})


def _quota_users() -> Iterator[Rule]:
    yield Rule(series.QUOTA_NEAREST, "quota_nearest")
    for record, template in ((series.QUOTA_USERS, "quota_users"), (series.QUOTA_GROUP_USERS, "quota_users_by_group")):
        for percent, part in _THRESHOLDS.items():
            yield Rule(record, template, {"part": part}, {"threshold": percent})


def _profiles() -> Iterator[Rule]:
    """Yield who runs what, by pods' labels, and each resource by it at the level of groups."""
    yield Rule(series.PROFILE_PODS, "profile_pods")
    yield Rule(series.PROFILE_NAMED_PODS, "named_pods", {"by": _COMBINATIONS.by, "pods": _COMBINATIONS.pods})
    yield Rule(series.PROFILE_COMBINATIONS, "profile_combinations")
    yield Rule(series.PROFILE_SHARE, "profile_share")
    for resource, template in (
        (series.SERVERS, "servers"),
        (series.MEMORY_WORKING_SET, "memory_working_set_bytes"),
        (series.CPU_USAGE, "cpu_usage_cores"),
    ):
        yield _profile(resource, template)
    for resource, requested in (
        (series.MEMORY_REQUESTS, "memory"),
        (series.CPU_REQUESTS, "cpu"),
        (series.GPU_REQUESTS, "gpu"),
    ):
        of = {"kind": "requests", "kubernetes_resource": _REQUESTED[requested]}
        yield _profile(resource, "container_resources", **of)


def _profile(resource: str, template: str, **parameters: str) -> Rule:
    of_users = render.part(f"rules/{template}.promql", _COMBINATIONS.parameters(template, **parameters))
    return Rule(series.profile(resource), "profile", {"of_users": of_users})


def _profile_buckets() -> Iterator[Rule]:
    yield from _buckets(series.profile, series.PROFILE_RESOURCES)
    for when, price in (
        (EXPORTER, {"match": "namespace, ", "price": cost_parts.price_now()}),
        (OPENCOST, {"match": "", "price": series.COST_PRICE_OPENCOST}),
    ):
        yield Rule(series.PROFILE_COST, "profile_cost_usd", price, when=when)
    yield Rule(series.PROFILE_MEMORY_P95, "profile_memory_p95")
    yield Rule(series.PROFILE_CPU_P95, "profile_cpu_p95")
    for part in ("0.5", "+Inf"):
        yield Rule(series.PROFILE_MEMORY_USED, "profile_memory_used", {"part": part}, {"le": part})
