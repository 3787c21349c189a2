"""The recording rules of usage: pods and their owners; memory, CPU, GPUs, servers by user, group and hub; buckets."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hubmeter_generator.model import BUCKET, MINUTE, VERSION, Rule, RuleGroup, sampled_every
from hubmeter_generator.rules import membership
from hubmeter_promql import names, render, usage_parts

MEMORY_IN_USE = "usage/memory_working_set_bytes"
CPU_IN_USE = "usage/cpu_usage_cores"
# Usage of users that quotas, days and the Users dashboard sum over time.
_OF_USERS = (names.MEMORY_REQUESTS, names.CPU_REQUESTS, names.GPU_REQUESTS, names.SERVERS)


def levels(resource: str, template: str, share: str = names.ACTIVE_SHARE, **parameters: str) -> Iterator[Rule]:
    """Yield the rules of a resource: its own template for users, then groups and hubs."""
    yield Rule(names.user(resource), template, parameters)
    yield Rule(names.group(resource), "usage/group", {"resource": resource, "share": share})
    yield Rule(names.hub(resource), "usage/hub", {"resource": resource})


@dataclass(frozen=True)
class PodLabels:
    """Labels to sum pods by, and the series that has them for each pod."""

    by: str
    pods: str

    def parameters(self, template: str, **others: str) -> dict[str, str]:
        """Return the parameters of a template that joins containers with pods."""
        if template == MEMORY_IN_USE:
            return {"by": self.by, "pods": self.pods, "memory_in_use": usage_parts.memory_in_use(), **others}
        if template == CPU_IN_USE:
            return {
                "by": self.by,
                "pods": usage_parts.at_growth(self.pods, "pod, uid"),
                "named_pods": usage_parts.at_growth(names.NAMED_PODS, "namespace, pod"),
                "cpu_growth": usage_parts.cpu_growth(),
                **others,
            }
        return {"by": self.by, "pods": self.pods, **others}


USERS = PodLabels("username", names.PODS)


def _of_pods(resource: str, template: str, **parameters: str) -> Iterator[Rule]:
    share = share_at(resource, names.ACTIVE_SHARE)
    return levels(resource, template, share, **USERS.parameters(template, **parameters))


def share_at(resource: str, share: str, on: str = USERS.by) -> str:
    """Return the shares of the users of a resource at the time of its values: CPU is that of a minute ago."""
    return usage_parts.at_growth(share, f"namespace, {on}") if resource == names.CPU_USAGE else share


def _containers(resource: str, kind: str, requested: str) -> Iterator[Rule]:
    resources = usage_parts.container_resources(kind, requested)
    return _of_pods(resource, "usage/container_resources", resources=resources)


def groups() -> tuple[RuleGroup, ...]:
    """Return the groups that are evaluated every minute."""
    return (
        RuleGroup(
            "hubmeter-pods",
            MINUTE,
            (
                Rule(names.HUBS, "membership/hubs"),
                Rule(names.RULES_VERSION, "health/rules_version", labels={"version": VERSION}),
                Rule(names.USAGE_SEEN, "health/usage_seen"),
                Rule(names.SCHEDULED_PODS, "usage/scheduled_pods"),
                Rule(names.PODS, "usage/pods"),
                Rule(names.NAMED_PODS, "usage/named_pods"),
                Rule(names.ACTIVE_SHARE, "membership/share_active", {"now": membership.current_with_pods()}),
            ),
        ),
        RuleGroup(
            "hubmeter-memory",
            MINUTE,
            (
                *_of_pods(names.MEMORY_WORKING_SET, MEMORY_IN_USE),
                Rule(
                    names.WHOLE_MEMORY_WORKING_SET,
                    "usage/whole_memory_working_set_bytes",
                    {"memory_in_use": usage_parts.memory_in_use()},
                ),
                *_containers(names.MEMORY_REQUESTS, "requests", "memory"),
                Rule(
                    names.WHOLE_MEMORY_REQUESTS,
                    "usage/whole_memory_requests_bytes",
                    {"resources": usage_parts.container_resources("requests", "memory")},
                ),
                *_containers(names.MEMORY_LIMITS, "limits", "memory"),
            ),
        ),
        RuleGroup(
            "hubmeter-cpu",
            MINUTE,
            (
                *_of_pods(names.CPU_USAGE, CPU_IN_USE),
                *_containers(names.CPU_REQUESTS, "requests", "cpu"),
                *_containers(names.CPU_LIMITS, "limits", "cpu"),
            ),
        ),
        RuleGroup(
            "hubmeter-servers",
            MINUTE,
            (*_of_pods(names.SERVERS, "usage/servers"), *_containers(names.GPU_REQUESTS, "requests", "gpu")),
        ),
    )


def buckets(level: names.Level, resources: Iterable[str]) -> Iterator[Rule]:
    """Yield the rules of a level's buckets: the integral of a resource over 5 minutes."""
    for resource in resources:
        bucket = {"series": level(resource), "seconds": sampled_every(resource)}
        yield Rule(level(names.BUCKETS[resource]), "usage/bucket", bucket)


def bucket_groups() -> tuple[RuleGroup, ...]:
    """Return the groups of buckets."""
    return (
        RuleGroup(
            "hubmeter-user-buckets",
            BUCKET,
            (*buckets(names.user, _OF_USERS), Rule(names.USAGE_RECORDED, "health/usage_recorded")),
        ),
        RuleGroup("hubmeter-group-buckets", BUCKET, (*buckets(names.group, names.BUCKETS), _server_hours_of_pairs())),
    )


def _server_hours_of_pairs() -> Rule:
    """Return the rule of the only usage that is recorded by user and group: it counts a group's users over any time."""
    return Rule(
        names.pair(names.BUCKETS[names.SERVERS]), "usage/bucket_of_pairs", {"of_pairs": of_pairs(names.SERVERS)}
    )


def of_pairs(resource: str, matchers: str = "") -> str:
    """Return the query for the sum, over the minutes of a bucket, of a resource of users as charged to their groups."""
    return render.part("parts/usage/of_pairs.promql", {"resource": resource, "matchers": matchers})
