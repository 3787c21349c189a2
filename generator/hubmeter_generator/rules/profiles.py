"""The recording rules of profiles: the profile, size and image of pods, and resources by these."""

from collections.abc import Iterator

from hubmeter_generator.model import BUCKET, MINUTE, Rule, RuleGroup
from hubmeter_generator.rules.costs import EXPORTER, OPENCOST
from hubmeter_generator.rules.usage import CPU_IN_USE, MEMORY_IN_USE, PodLabels, buckets, share_at
from hubmeter_promql import cost_parts, names, render, usage_parts

_COMBINATIONS = PodLabels("username, profile, size, image", names.PROFILE_PODS)


def groups() -> tuple[RuleGroup, ...]:
    """Return the group that is evaluated every minute."""
    return (RuleGroup("hubmeter-profiles", MINUTE, tuple(_profiles())),)


def bucket_groups() -> tuple[RuleGroup, ...]:
    """Return the group of buckets."""
    return (RuleGroup("hubmeter-profile-buckets", BUCKET, tuple(_profile_buckets())),)


def _profiles() -> Iterator[Rule]:
    """Yield the rules of pods and shares by profile, size and image, then of each resource of groups by these."""
    yield Rule(names.PROFILE_PODS, "profiles/pods")
    yield Rule(names.PROFILE_COMBINATIONS, "profiles/combinations")
    yield Rule(names.PROFILE_SHARE, "profiles/share")
    for resource, template in (
        (names.SERVERS, "usage/servers"),
        (names.MEMORY_WORKING_SET, MEMORY_IN_USE),
        (names.CPU_USAGE, CPU_IN_USE),
    ):
        yield _profile(resource, template)
    for resource, requested in (
        (names.MEMORY_REQUESTS, "memory"),
        (names.CPU_REQUESTS, "cpu"),
        (names.GPU_REQUESTS, "gpu"),
    ):
        resources = usage_parts.container_resources("requests", requested)
        yield _profile(resource, "usage/container_resources", resources=resources)


def _profile(resource: str, template: str, **parameters: str) -> Rule:
    of_users = render.part(f"rules/{template}.promql", _COMBINATIONS.parameters(template, **parameters))
    share = share_at(resource, names.PROFILE_SHARE, _COMBINATIONS.by)
    return Rule(names.profile(resource), "profiles/resource", {"share": share, "of_users": of_users})


def _profile_buckets() -> Iterator[Rule]:
    yield from buckets(names.profile, names.PROFILE_RESOURCES)
    for when, price in (
        (EXPORTER, {"match": "namespace, ", "price": cost_parts.price_now()}),
        (OPENCOST, {"match": "", "price": names.COST_PRICE_OPENCOST}),
    ):
        yield Rule(names.PROFILE_COST, "profiles/cost_usd", price, when=when)
    memory = usage_parts.memory_in_use(usage_parts.SERVER_CONTAINER)
    growth = usage_parts.cpu_growth(usage_parts.SERVER_CONTAINER, seconds="300")
    yield Rule(names.PROFILE_MEMORY_P95, "profiles/memory_p95", {"memory_in_use": memory})
    yield Rule(names.PROFILE_CPU_P95, "profiles/cpu_p95", {"cpu_growth": growth})
    for part in ("0.5", "+Inf"):
        parameters = {"memory_in_use": memory, "part": part}
        yield Rule(names.PROFILE_MEMORY_USED, "profiles/memory_used", parameters, labels={"le": part})
