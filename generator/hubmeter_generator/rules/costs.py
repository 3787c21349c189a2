"""The recording rules of costs: usage that bills are divided by, estimates in US dollars, months and budgets.

Series that must agree exactly (users, pairs, groups and hubs) are in one rule group. Usage is read from the minutes and
not from the buckets of other groups, whose samples could be missed or counted twice.
"""

from collections.abc import Iterator, Mapping

from hubmeter_generator.model import BUCKET, HOUR, Rule, RuleGroup
from hubmeter_generator.rules.usage import of_pairs
from hubmeter_promql import cost_parts, names

_ANY_SOURCE = {"cost_source": "exporter|opencost"}
EXPORTER = {"cost_source": "exporter"}
OPENCOST = {"cost_source": "opencost"}

# Drivers that are measured by the minute; home directories are read once an hour.
_RESOURCES = {"compute": names.MEMORY_REQUESTS, "gpu": names.GPU_REQUESTS}
# The allocatable resources of nodes in the drivers' units.
_CAPACITIES = {
    "compute": 'kube_node_status_allocatable{%(kube_state_metrics)sresource="memory"}',
    "gpu": "%(gpu_allocatable)s",
}
_HOME = {"driver": "home"}
_KNOWN = '{username!=""}'


def groups() -> tuple[RuleGroup, ...]:
    """Return the rule groups in the order of their dependencies."""
    return (
        RuleGroup("hubmeter-costs", BUCKET, (*_usage(), *_prices(), *_estimates())),
        RuleGroup("hubmeter-cost-days", HOUR, tuple(_days())),
        RuleGroup("hubmeter-cost-months", HOUR, (*_months(), *_budgets())),
    )


def _usage() -> Iterator[Rule]:
    for driver, resource in _RESOURCES.items():
        yield from _usage_of(driver, names.user, "costs/usage", {"series": names.user(resource)})
        yield from _usage_of(driver, names.pair, "costs/usage_pair", {"of_pairs": of_pairs(resource, _KNOWN)})
    for driver, allocatable in _CAPACITIES.items():
        parameters, of = {"allocatable": allocatable}, {"driver": driver}
        yield Rule(names.COST_CAPACITY, "costs/capacity", parameters, labels=of, when=EXPORTER)
    for level, source in ((names.group, names.pair), (names.hub, names.user)):
        record = names.by_driver(level(names.COST_USAGE))
        summed = {"by": level.by, "series": names.by_driver(source(names.COST_USAGE))}
        yield Rule(record, "costs/usage_sum", summed, when=_ANY_SOURCE)
        yield Rule(record, "costs/home", {"homes": cost_parts.homes(level)}, labels=_HOME, when=_ANY_SOURCE)


def _usage_of(driver: str, level: names.Level, query: str, usage: Mapping[str, str]) -> Iterator[Rule]:
    record, of = names.by_driver(level(names.COST_USAGE)), {"driver": driver}
    weight = {"cost_weight": "memory"} if driver == "compute" else {}
    yield Rule(record, query, usage, labels=of, when={**_ANY_SOURCE, **weight})
    if weight:
        dominant = {**_ANY_SOURCE, "cost_weight": "dominant"}
        if level is names.user:
            yield Rule(record, "costs/usage_dominant", labels=of, when=dominant)
        else:
            pairs = {
                "memory": of_pairs(names.MEMORY_REQUESTS, _KNOWN),
                "cpu": of_pairs(names.CPU_REQUESTS, _KNOWN),
            }
            yield Rule(record, "costs/usage_dominant_pair", pairs, labels=of, when=dominant)


def _prices() -> Iterator[Rule]:
    compute = {"driver": "compute"}
    yield Rule(names.COST_PRICE_OPENCOST, "costs/price_opencost_compute", labels=compute, when=OPENCOST)
    for driver, metric, thing, unit in (
        ("home", "pv_hourly_cost", "persistentvolume", "2^30"), ("gpu", "node_gpu_hourly_cost", "node", "1"),
    ):  # fmt: skip
        of = {"metric": metric, "object": thing, "unit": unit}
        yield Rule(names.COST_PRICE_OPENCOST, "costs/price_opencost", of, labels={"driver": driver}, when=OPENCOST)


def _estimates() -> Iterator[Rule]:
    for level in (names.user, names.group, names.hub):
        usage = names.by_driver(level(names.COST_USAGE))
        yield from _priced(level(names.COST), level, usage)


def _priced(record: str, level: names.Level, usage: str) -> Iterator[Rule]:
    for when, price in (
        (EXPORTER, {"match": "namespace, ", "price": cost_parts.price_now()}),
        (OPENCOST, {"match": "", "price": names.COST_PRICE_OPENCOST}),
    ):
        yield Rule(record, "costs/estimate", {"by": level.by, "usage": usage, **price}, when=when)


def _days() -> Iterator[Rule]:
    for level in names.LEVELS:
        usage, day = (names.by_driver(level(name)) for name in (names.COST_USAGE, names.COST_USAGE_DAY))
        measured = {"series": f'{usage}{{driver!="home"}}', "record": day}
        yield Rule(day, "usage/day", measured, when=_ANY_SOURCE)
        homes = {"homes": cost_parts.homes(level), "record": day, "by": level.by}
        yield Rule(day, "costs/home_day", homes, labels=_HOME, when=_ANY_SOURCE)
    for level in names.LEVELS:
        day = names.by_driver(level(names.COST_USAGE_DAY))
        yield from _priced(level(names.COST_DAY), level, day)
    home = names.by_driver(names.user(names.COST_USAGE_DAY))
    yield from _priced(names.user(names.HOME_COST_DAY), names.user, f'{home}{{driver="home"}}')


def _months() -> Iterator[Rule]:
    cost = {"cost_of_day": cost_parts.cost(names.group, "")}
    yield Rule(names.COST_MONTH, "costs/month", cost, when=_ANY_SOURCE)
    yield Rule(names.COST_FORECAST, "costs/forecast", cost, when=_ANY_SOURCE)
    yield Rule(names.BILL_MONTH, "costs/bill_month", {"bill_of_day": cost_parts.bill("kind", "")}, when=EXPORTER)
    yield Rule(names.COST_DIFFERENCE, "costs/difference", when=EXPORTER)


def _budgets() -> Iterator[Rule]:
    yield Rule(names.BUDGET, "costs/budget", when=_ANY_SOURCE)
    this_month = f'{names.COST_MONTH} and on (month) count_values("month", year() * 100 + month())'
    for record, source in (
        (names.BUDGET_USED, this_month),
        (names.BUDGET_FORECAST, names.COST_FORECAST),
    ):
        yield Rule(record, "costs/budget_ratio", {"series": source}, when=_ANY_SOURCE)
