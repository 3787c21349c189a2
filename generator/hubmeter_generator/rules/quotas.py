"""The recording rules of quotas: the scope of policies, and each user's limit and usage."""

from collections.abc import Iterator

from hubmeter_generator.model import BUCKET, Rule, RuleGroup, Shortcut
from hubmeter_promql import names

_THRESHOLDS = {"0": "0", "80": "0.8", "90": "0.9", "100": "1"}


def groups() -> tuple[RuleGroup, ...]:
    """Return the groups."""
    return (
        RuleGroup("hubmeter-quotas", BUCKET, tuple(_quota_scopes())),
        RuleGroup("hubmeter-quotas-%(window)s", BUCKET, tuple(_quotas()), per="windows"),
        RuleGroup("hubmeter-quota-users", BUCKET, tuple(_quota_users())),
    )


def shortcuts() -> tuple[Shortcut, ...]:
    """Return that no user has quotas at times without a hub that has policies."""
    return (Shortcut(names.QUOTA_MEMBERSHIP, "%(metrics_prefix)s_quota_intersection_info{%(hub_selector)s}"),)


def _quota_scopes() -> Iterator[Rule]:
    yield Rule(names.QUOTA_MEMBERSHIP, "quotas/membership")
    yield Rule(names.QUOTA_SCOPE, "quotas/scope_group", labels={"scope": "group"})
    for scope, match in (("user", "namespace, username"), ("everybody", "namespace")):
        yield Rule(names.QUOTA_SCOPE, "quotas/scope", {"scope": scope, "match": match}, labels={"scope": scope})
    yield Rule(names.QUOTA_SCOPE, "quotas/scope_fallback", labels={"scope": "fallback"})


def _quotas() -> Iterator[Rule]:
    labels = {"window": "%(window)s"}
    for resource in names.QUOTA_RESOURCES:
        of = {"resource": resource}
        yield Rule(names.QUOTA_LIMIT_BY_POLICY, "quotas/limit_by_policy", of, labels={**of, **labels})
    for resource in names.QUOTA_RESOURCES:
        of = {"resource": resource}
        limits = {**of, "limits": names.QUOTA_LIMIT_BY_POLICY}
        yield Rule(names.QUOTA_LIMIT, "quotas/limit", limits, labels={**of, **labels})
    for resource, bucket in names.QUOTA_RESOURCES.items():
        used = {"resource": resource, "series": names.window(names.user(bucket))}
        yield Rule(names.QUOTA_USED, "quotas/used", used, labels={"resource": resource, **labels})
    yield Rule(names.QUOTA_RATIO, "quotas/ratio", labels=labels)
    for percent, part in _THRESHOLDS.items():
        threshold = {"threshold": percent, **labels}
        yield Rule(names.QUOTA_WINDOW_USERS, "quotas/users_by_window", {"part": part}, labels=threshold)


def _quota_users() -> Iterator[Rule]:
    yield Rule(names.QUOTA_NEAREST, "quotas/nearest")
    for record, query in ((names.QUOTA_USERS, "quotas/users"), (names.QUOTA_GROUP_USERS, "quotas/users_by_group")):
        for percent, part in _THRESHOLDS.items():
            yield Rule(record, query, {"part": part}, labels={"threshold": percent})
