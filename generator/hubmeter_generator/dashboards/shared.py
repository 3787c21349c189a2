"""Columns, texts, scales and queries that several dashboards share."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hubmeter_generator.grafana.links import GROUP_CELL, USER_CELL, Link, Missing
from hubmeter_generator.grafana.panels import BY_GROUP, DAILY_BARS, Panel, Query, fixed_color, query, stat, timeseries
from hubmeter_generator.grafana.tables import Column
from hubmeter_generator.grafana.values import (
    BLUE,
    CPU_EFFICIENCY,
    DATE,
    GREEN,
    MEMORY_EFFICIENCY,
    NO_GROUP,
    ORANGE,
    PERCENT,
    RED,
    UNATTRIBUTED,
    USD,
    YELLOW,
    Json,
    Scale,
    names_of_values,
    thresholds,
)
from hubmeter_promql import cost_parts, names, render

GROUPS_SHOWN: Final = "12"  # more colours in a stack cannot be distinguished
OTHERS: Final = "other groups"
GIB: Final = "2^30"
NO_USAGE: Final = "no usage"
NO_USERS: Final = "no users"
NO_GPU: Final = "no GPU was requested in this time range"
NO_SIZES: Final = Missing("dirsize_total_size_bytes is not scraped", "prerequisites.md#optional")
NO_PRICE: Final = Missing("no price is known yet", "costs.md")

# Of quotas; at 1 servers no longer start.
QUOTA_USED: Final = PERCENT.colored(thresholds((None, GREEN), (0.8, YELLOW), (0.9, ORANGE), (1, RED)))

USER: Final = Column("User", "username", link=USER_CELL, mappings=names_of_values(UNATTRIBUTED))
GROUP: Final = Column(
    "Group",
    "usergroup",
    link=GROUP_CELL,
    width=165,
    mappings=names_of_values(UNATTRIBUTED, none=NO_GROUP),
)


def hub(width: int | None = None, link: Link | None = None) -> Column:
    """Return the column of hubs."""
    return Column("Hub", "namespace", width=width, link=link)


@dataclass(frozen=True)
class Efficiency:
    """Usage divided by requests of memory or CPU: two buckets, and the thresholds of their ratio."""

    name: str
    used: str
    requested: str
    steps: Json

    @property
    def scale(self) -> Scale:
        """The scale of the ratio."""
        return PERCENT.colored(self.steps)

    @property
    def parameters(self) -> Mapping[str, str]:
        """The parameters of templates that divide usage by requests."""
        return {"used": self.used, "requested": self.requested}

    def column(self, source: Query, width: int) -> Column:
        """Return the column of the ratio."""
        return Column(f"{self.name} used", source, self.scale, width=width)

    def stat(self, description: str, source: Query) -> Panel:
        """Return the number of the ratio."""
        return stat(f"{self.name} used", description, source, scale=self.scale, empty=NO_USAGE)


MEMORY: Final = Efficiency(
    "Memory", names.BUCKETS[names.MEMORY_WORKING_SET], names.BUCKETS[names.MEMORY_REQUESTS], MEMORY_EFFICIENCY
)
CPU: Final = Efficiency("CPU", names.BUCKETS[names.CPU_USAGE], names.BUCKETS[names.CPU_REQUESTS], CPU_EFFICIENCY)

MATCH_HUBS: Final = '%(cluster_matcher)snamespace=~"$hub"'
MATCH_GROUPS: Final = f'{MATCH_HUBS}, usergroup=~"$usergroup"'


def of_users(resource: str, *, known: bool = False, only: str = "") -> str:
    """Return a query for a resource of the chosen users of the chosen groups.

    Args:
        resource: The resource.
        known: Whether unattributed usage is excluded.
        only: A pattern of usernames that are read, of those chosen.
    """
    matchers = [', username!=""'] * known + [f', username=~"{only}"'] * bool(only)
    return _of("of_groups", resource, only="".join(matchers))


def total_of_users(resource: str) -> str:
    """Return a query for a resource of all chosen users together: from the hub's series if all are chosen."""
    of_all = render.part("parts/usage/of_all.promql", {"resource": resource})
    return f"sum({of_all})\nor\nsum({_of('of_chosen', resource)})"


def _of(part: str, resource: str, **parameters: str) -> str:
    home = resource in {names.HOME, names.HOME_LIMIT}
    begin, end = ("(last_over_time(", "[26h]) > 0)") if home else ("", "")
    share = (names.SHARE if home else names.ACTIVE_SHARE).split(":", 1)[1]
    parameters = {"resource": resource, "share": share, "begin": begin, "end": end, **parameters}
    of_users = render.part(f"parts/usage/{part}.promql", parameters)
    return render.part("parts/homes/of_groups.promql", {"of_users": of_users}) if home else of_users


HOMES: Final = {"sizes": of_users(names.HOME, known=True)}
HOMES_AND_LIMITS: Final = {**HOMES, "limits": of_users(names.HOME_LIMIT, known=True)}
# The cost of the chosen groups on a day: settled or estimated, settled only, by component of the bill, and by user.
GROUP_COST: Final = cost_parts.cost(names.group, MATCH_GROUPS, MATCH_HUBS, at=cost_parts.AT_NOW)
SETTLED_COST: Final = cost_parts.settled_cost(names.group, MATCH_GROUPS, MATCH_HUBS, at=cost_parts.AT_NOW)
COMPONENT_COST: Final = cost_parts.cost_by_component(names.group, MATCH_GROUPS, MATCH_HUBS, at=cost_parts.AT_NOW)
USER_COST: Final = cost_parts.cost(names.pair, MATCH_GROUPS, MATCH_HUBS, at=cost_parts.AT_NOW)


def by_largest_group(resource: str) -> tuple[Query, Query]:
    """Return the queries for a resource of the largest groups of the time range, and of all others together."""
    largest = render.part("parts/usage/largest_groups.promql", {"resource": resource, "limit": GROUPS_SHOWN})
    return (
        query("shared/of_largest", BY_GROUP, resource=resource, largest=largest),
        query("shared/of_others", OTHERS, resource=resource, largest=largest),
    )


def usage_since() -> Panel:
    """Return the start of the recorded usage in the time range."""
    return stat(
        "Usage since",
        "Time of the oldest usage in the time range that Prometheus has, to an hour. If it is later than the start of "
        "the time range, Hubmeter was installed later or Prometheus keeps less, and all sums lack the time before.",
        query("shared/usage_since"),
        scale=DATE,
        empty=NO_USAGE,
    )


def amount(title: str, description: str, source: Query, empty: str | Missing) -> Panel:
    """Return one amount in US dollars, to the cent."""
    return stat(title, description, source, scale=USD, empty=empty)


def cost_by_day(
    title: str,
    description: str,
    *queries: Query,
    empty: str | Missing,
    link: Link | None = None,
    overrides: tuple[Json, ...] = (),
) -> Panel:
    """Return stacked bars of US dollars by UTC day; the legend has their sums."""
    return timeseries(
        title, description, *queries, scale=USD, style=DAILY_BARS, link=link, overrides=overrides, empty=empty
    )


def group_cost_by_day(title: str, description: str, empty: str | Missing) -> Panel:
    """Return the cost of the chosen groups by UTC day, settled and estimated."""
    return cost_by_day(
        title,
        description,
        query("shared/cost_by_day", "settled", of_day=SETTLED_COST),
        query("shared/cost_by_day_estimated", "estimated", of_day=GROUP_COST, settled=SETTLED_COST),
        overrides=(fixed_color("settled", BLUE), fixed_color("estimated", YELLOW)),
        empty=empty,
    )
