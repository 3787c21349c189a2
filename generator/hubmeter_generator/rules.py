"""The recording rules as plain values: which template becomes which series, in which group, in which order.

Rules of a group are evaluated one after the other and see each other's results at once; between groups a result is up
to a minute old. So what must agree to the second (a resource's user, pair, group and hub level) is in one group. The
order of the groups is the order of their dependencies. No group has more than 20 rules, which is Mimir's limit.
"""

from collections.abc import Iterator

from hubmeter_generator.cost_rules import cost_groups
from hubmeter_generator.rule import BUCKET, MINUTE, Rule, RuleGroup
from hubmeter_promql import series

_THRESHOLDS = {"0": "0", "80": "0.8", "90": "0.9", "100": "1"}
_WINDOWED = (series.MEMORY_REQUESTS, series.CPU_REQUESTS, series.GPU_REQUESTS, series.SERVERS)


def levels(resource: str, template: str, **parameters: str) -> Iterator[Rule]:
    """Yield a resource's rules: of users by its own template, then of pairs, groups and hubs."""
    yield Rule(series.user(resource), template, parameters)
    for level, name in ((series.pair, "pair"), (series.group, "group"), (series.hub, "hub")):
        yield Rule(level(resource), name, {"resource": resource})


def _requests(resource: str, kubernetes_resource: str) -> Iterator[Rule]:
    return levels(resource, "container_resources", kind="requests", kubernetes_resource=kubernetes_resource)


def _limits(resource: str, kubernetes_resource: str) -> Iterator[Rule]:
    return levels(resource, "container_resources", kind="limits", kubernetes_resource=kubernetes_resource)


def _window_rules() -> Iterator[Rule]:
    labels = {"window": "%(window)s"}
    for level in (series.user, series.group):
        for resource in _WINDOWED:
            bucket = level(series.BUCKETS[resource])
            yield Rule(series.window(bucket), "window", {"series": bucket}, labels)
    cost = series.user(series.COST)
    yield Rule(series.window(cost), "window", {"series": cost}, labels)
    pair = series.pair(series.BUCKETS[series.SERVERS])
    yield Rule(series.window(pair), "window", {"series": pair}, labels)
    yield Rule(series.ACTIVE_USERS, "active_users", labels=labels)
    yield Rule(series.HUB_ACTIVE_USERS, "hub_active_users", labels=labels)


def recording_groups() -> tuple[RuleGroup, ...]:
    """Return all rule groups in the order of their dependencies."""
    return (
        RuleGroup(
            "hubmeter-membership",
            MINUTE,
            (
                Rule(series.SHARE_LIVE, "usergroup_share_live"),
                Rule(series.SHARE, "usergroup_share"),
                Rule(series.HUBS, "hubs"),
                Rule(series.SCHEDULED_PODS, "scheduled_pods"),
                Rule(series.PODS, "pods"),
                Rule(series.NAMED_PODS, "named_pods"),
                Rule(series.HOMES, "directories"),
            ),
        ),
        RuleGroup(
            "hubmeter-memory",
            MINUTE,
            (
                *levels(series.MEMORY_WORKING_SET, "memory_working_set_bytes"),
                Rule(series.WHOLE_MEMORY_WORKING_SET, "whole_memory_working_set_bytes"),
                *_requests(series.MEMORY_REQUESTS, "memory"),
                Rule(series.WHOLE_MEMORY_REQUESTS, "whole_memory_requests_bytes"),
                *_limits(series.MEMORY_LIMITS, "memory"),
            ),
        ),
        RuleGroup(
            "hubmeter-cpu",
            MINUTE,
            (
                *levels(series.CPU_USAGE, "cpu_usage_cores"),
                *_requests(series.CPU_REQUESTS, "cpu"),
                *_limits(series.CPU_LIMITS, "cpu"),
            ),
        ),
        RuleGroup(
            "hubmeter-servers",
            MINUTE,
            (*levels(series.SERVERS, "servers"), *_requests(series.GPU_REQUESTS, "%(gpu_resources)s")),
        ),
        RuleGroup(
            "hubmeter-homes",
            MINUTE,
            (
                *levels(series.HOME, "home_bytes", measure="total_size_bytes"),
                *levels(series.HOME_LIMIT, "home_bytes", measure="hard_limit_bytes"),
                Rule(series.ORPHANED_HOME, "orphaned_home_bytes"),
            ),
        ),
        *(
            RuleGroup(
                f"hubmeter-{name}-buckets",
                BUCKET,
                tuple(
                    Rule(level(bucket), "bucket", {"series": level(resource)})
                    for resource, bucket in series.BUCKETS.items()
                ),
            )
            for name, level in (("user", series.user), ("pair", series.pair), ("group", series.group))
        ),
        *cost_groups(),
        RuleGroup("hubmeter-window-%(window)s", BUCKET, tuple(_window_rules()), each="windows"),
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
