"""What Prometheus says about the groups, as a table for a terminal."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hubmeter_promql import names
from hubmeter_promql.client import Prometheus

NO_GROUP: Final = ""
_NOBODY: Final = "(unattributed)"
_GIB: Final = 2.0**30


@dataclass(frozen=True)
class Row:
    """A group's memory in bytes and its servers."""

    memory: float = 0.0
    requests: float = 0.0
    servers: float = 0.0


@dataclass(frozen=True)
class Answer:
    """The recorded series at one time: by group (NO_GROUP: unattributed), and the hub's whole."""

    groups: dict[str, Row]
    whole: Row

    def difference(self) -> float:
        """Return how far the sums over groups are from the whole: the larger relative error."""
        errors = [
            abs(sum(parts) / whole - 1)
            for parts, whole in (
                ([row.memory for row in self.groups.values()], self.whole.memory),
                ([row.requests for row in self.groups.values()], self.whole.requests),
            )
            if whole
        ]
        return max(errors, default=1.0)


def ask(client: Prometheus, namespace: str, t: float) -> Answer:
    """Return the recorded series of a hub at ``t`` (unix seconds)."""
    matcher = f'{{namespace="{namespace}"}}'

    def by_group(name: str) -> dict[str, float]:
        return {row.labels.get("usergroup", NO_GROUP): row.value for row in client.instant(name + matcher, t)}

    memory = by_group(names.group(names.MEMORY_WORKING_SET))
    requests = by_group(names.group(names.MEMORY_REQUESTS))
    servers = by_group(names.group(names.SERVERS))
    whole = [
        sum(row.value for row in client.instant(name + matcher, t))
        for name in (
            names.WHOLE_MEMORY_WORKING_SET,
            names.WHOLE_MEMORY_REQUESTS,
            names.hub(names.SERVERS),
        )
    ]
    return Answer(
        {
            group: Row(memory.get(group, 0.0), requests.get(group, 0.0), servers.get(group, 0.0))
            for group in {*memory, *requests, *servers}
        },
        Row(*whole),
    )


def lines(answers: Mapping[str, Answer]) -> list[str]:
    """Return the table of hubs: the groups with the most memory first, then unattributed usage, then the whole."""
    width = max(len(group or _NOBODY) for answer in answers.values() for group in answer.groups)
    of_hubs = max(map(len, (*answers, "hub")))
    heads = f"{'hub':{of_hubs}}  {'group':{width}}  {'memory in use':>14}  {'memory requested':>16}  {'servers':>8}"
    rule = "-" * len(heads)

    def line(hub: str, name: str, row: Row) -> str:
        memory, requests = row.memory / _GIB, row.requests / _GIB
        return f"{hub:{of_hubs}}  {name:{width}}  {memory:10.2f} GiB  {requests:12.2f} GiB  {row.servers:8.4g}"

    found = [heads]
    for hub, answer in answers.items():
        ordered = sorted(answer.groups.items(), key=lambda item: (item[0] == NO_GROUP, -item[1].memory, item[0]))
        found += [rule, *(line(hub, group or _NOBODY, row) for group, row in ordered)]
        found.append(line(hub, "the whole hub", answer.whole))
    return found
