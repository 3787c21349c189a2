"""The limits nearest to being used up, for administrators, and what a grant would change. Pure but for one query."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from hubmeter_hub.quotas import words
from hubmeter_hub.quotas.policy import Limit, recorded_limit
from hubmeter_hub.quotas.units import RESOURCES
from hubmeter_promql import names
from hubmeter_promql.client import Prometheus
from hubmeter_promql.matchers import exactly

# A limit is near from this part on, and a proposed grant makes the usage this part of it.
NEAR: Final = 0.8
MOST: Final = 50
_GRANT_DAYS: Final = 30


@dataclass(frozen=True)
class Near:
    """A user's usage of a limit.

    Attributes:
        username: The user's name in series.
        limit: The limit: as rules recorded it, or with the grants of this moment.
        used: The usage in the window, in base units times hours.
    """

    username: str
    limit: Limit
    used: float

    @property
    def ratio(self) -> float:
        """The part that is used; that of a limit of 0 is 1."""
        return self.used / self.limit.value if self.limit.value else 1.0

    @property
    def is_used_up(self) -> bool:
        """Whether no new server starts."""
        return self.used >= self.limit.value

    @property
    def figures(self) -> str:
        """``950 of 1,000 GiB-hours``."""
        used, limit = words.amounts(
            RESOURCES[self.limit.resource], self.used, self.limit.value, prefix=self.limit.prefix
        )
        return f"{used} of {limit}"

    @property
    def granted(self) -> str:
        """The grants in the limit, ``100 GiB-hours``; "" without any."""
        amount = sum(grant.amount for grant in self.limit.grants)
        return words.amounts(RESOURCES[self.limit.resource], amount, prefix=self.limit.prefix)[0] if amount else ""

    @property
    def proposal(self) -> str:
        """The least whole amount that makes the usage at most `NEAR` of the limit, ``188 GiB-hours``."""
        resource = RESOURCES[self.limit.resource]
        missing = max(self.used / NEAR - self.limit.value, 0.0)
        prefix = self.limit.prefix or ("gi" if resource.name == "memory" else "")
        factor = resource.prefixes.get(prefix, 1.0)
        amount = max(math.ceil(missing / factor * (1 - 1e-9)), 1)
        noun = resource.nouns[0]
        return f"{amount} {noun}" if resource.money else f"{amount} {prefix.capitalize()}{noun}-hours"

    def entry(self, now: float) -> str:
        """Return the proposed grant as YAML for the file of grants."""
        until = datetime.fromtimestamp(now, UTC) + timedelta(days=_GRANT_DAYS)
        name = self.username.replace("'", "''")
        return (
            f"- user: '{name}'\n  resource: {self.limit.resource}\n  window: {self.limit.window}\n"
            f"  amount: {self.proposal}\n  until: {until:%Y-%m-%d}\n  reason: <reason>\n"
        )


def read_near(
    prometheus: Prometheus, hub: Mapping[str, str], members: str = "", least: float = NEAR, most: int = MOST
) -> list[Near]:
    """Return the limits nearest to being used up as rules recorded them, the fullest first.

    Args:
        prometheus: Stores the recorded series.
        hub: The labels of the hub's series.
        members: A query of the users to choose, by username; "" for all.
        least: The smallest part of a limit to return.
        most: The number of limits.

    Raises:
        PrometheusError: if there is no answer.
    """
    key = "username, resource, window"

    def latest(name: str) -> str:
        return f"max by ({key}) (last_over_time({name}{{{exactly(hub)}}}[599999ms]))"

    chosen = f" and on (username) {members}" if members else ""
    rows = f"topk({most}, {latest(names.QUOTA_RATIO)} >= {least}{chosen})"
    query = "\nor\n".join(
        f'label_replace({latest(name)} and on ({key}) {rows}, "of", "{of}", "", "")'
        for of, name in (("limit", names.QUOTA_LIMIT), ("used", names.QUOTA_USED))
    )
    found: dict[tuple[str, str, str], dict[str, float]] = {}
    for row in prometheus.instant(query):
        labels = row.labels
        found.setdefault((labels["username"], labels["resource"], labels["window"]), {})[labels["of"]] = row.value
    return fullest_first(
        Near(username, recorded_limit(resource, window, values["limit"]), values["used"])
        for (username, resource, window), values in found.items()
        if resource in RESOURCES and len(values) == 2
    )


def fullest_first(rows: Iterable[Near]) -> list[Near]:
    """Return the rows in the order of the page."""

    def order(row: Near) -> tuple[Any, ...]:
        return -row.ratio, row.username, row.limit.resource, row.limit.window_hours

    return sorted(rows, key=order)


def with_limits(rows: Iterable[Near], limits: Mapping[str, Iterable[Limit]]) -> list[Near]:
    """Return the rows with the limits of this moment for the users whose limits are known.

    Limits that no longer apply are omitted.
    """
    current = {(username, limit.resource, limit.window_hours): limit for username, of in limits.items() for limit in of}
    found = []
    for row in rows:
        limit = row.limit
        if row.username in limits:
            now = current.get((row.username, limit.resource, limit.window_hours))
            if now is None:
                continue
            limit = now
        found.append(Near(row.username, limit, row.used))
    return fullest_first(found)
