"""The recording rules of costs: usage that bills are divided by, estimates in US dollars, months and budgets.

What must agree to the digit (users, pairs, groups and hubs) is in one group of rules. Usage comes straight from the
minutes and not from the buckets of other groups, whose samples might be missed or counted twice.
"""

from collections.abc import Iterator

from hubmeter_generator import cost_parts
from hubmeter_generator.rule import BUCKET, HOUR, Rule, RuleGroup, sampled_every
from hubmeter_promql import series

_ANY_SOURCE = {"cost_source": "exporter|opencost"}
EXPORTER = {"cost_source": "exporter"}
OPENCOST = {"cost_source": "opencost"}

_RESOURCES = {"compute": series.MEMORY_REQUESTS, "home": series.HOME, "gpu": series.GPU_REQUESTS}

# Each level: its labels, and how its series are named.
_LEVELS = {
    "namespace, username": series.user,
    "namespace, usergroup, username": series.pair,
    "namespace, usergroup": series.group,
    "namespace": series.hub,
}


def cost_groups() -> tuple[RuleGroup, ...]:
    """Return the groups of rules in the order of their dependencies."""
    return (
        RuleGroup("hubmeter-costs", BUCKET, (*_usage(), *_prices(), *_estimates())),
        RuleGroup("hubmeter-cost-days", HOUR, tuple(_days())),
        RuleGroup("hubmeter-cost-months", HOUR, (*_months(), *_budgets())),
    )


def _usage() -> Iterator[Rule]:
    for level, dominant in ((series.user, "cost_usage_dominant"), (series.pair, "cost_usage_dominant_pair")):
        record = series.by_driver(level(series.COST_USAGE))
        for driver, resource in _RESOURCES.items():
            weight = {"cost_weight": "memory"} if driver == "compute" else {}
            of = {"driver": driver}
            usage = {"series": level(resource), "seconds": sampled_every(resource)}
            yield Rule(record, "cost_usage", usage, of, {**_ANY_SOURCE, **weight})
            if weight:
                yield Rule(record, dominant, labels=of, when={**_ANY_SOURCE, "cost_weight": "dominant"})
    for level, by, source in (
        (series.group, "namespace, usergroup", series.pair), (series.hub, "namespace", series.user),
    ):  # fmt: skip
        added = {"by": by, "series": series.by_driver(source(series.COST_USAGE))}
        yield Rule(series.by_driver(level(series.COST_USAGE)), "cost_usage_sum", added, when=_ANY_SOURCE)


def _prices() -> Iterator[Rule]:
    compute = {"driver": "compute"}
    yield Rule(series.COST_PRICE_OPENCOST, "cost_price_opencost_compute", labels=compute, when=OPENCOST)
    for driver, metric, thing, unit in (
        ("home", "pv_hourly_cost", "persistentvolume", "2^30"), ("gpu", "node_gpu_hourly_cost", "node", "1"),
    ):  # fmt: skip
        of = {"metric": metric, "object": thing, "unit": unit}
        yield Rule(series.COST_PRICE_OPENCOST, "cost_price_opencost", of, {"driver": driver}, OPENCOST)


def _estimates() -> Iterator[Rule]:
    for by, level in _LEVELS.items():
        usage = {"by": by, "usage": series.by_driver(level(series.COST_USAGE))}
        exported = {**usage, "match": "namespace, ", "price": cost_parts.price_now()}
        yield Rule(level(series.COST), "cost_usd", exported, when=EXPORTER)
        opencost = {**usage, "match": "", "price": series.COST_PRICE_OPENCOST}
        yield Rule(level(series.COST), "cost_usd", opencost, when=OPENCOST)


def _days() -> Iterator[Rule]:
    for level in _LEVELS.values():
        usage, day = (series.by_driver(level(name)) for name in (series.COST_USAGE, series.COST_USAGE_DAY))
        yield Rule(day, "cost_day", {"series": usage, "record": day}, when=_ANY_SOURCE)
    for level in _LEVELS.values():
        estimate = {"series": level(series.COST), "record": level(series.COST_DAY)}
        yield Rule(level(series.COST_DAY), "cost_day", estimate, when=_ANY_SOURCE)


def _months() -> Iterator[Rule]:
    cost = {"cost_of_day": cost_parts.cost("namespace_usergroup", "namespace, usergroup", "")}
    yield Rule(series.COST_MONTH, "cost_month", cost, when=_ANY_SOURCE)
    yield Rule(series.COST_FORECAST, "cost_forecast", cost, when=_ANY_SOURCE)
    yield Rule(series.BILL_MONTH, "bill_month", {"bill_of_day": cost_parts.bill("kind", "")}, when=EXPORTER)
    yield Rule(series.COST_DIFFERENCE, "cost_difference", when=EXPORTER)


def _budgets() -> Iterator[Rule]:
    yield Rule(series.BUDGET, "cost_budget", when=_ANY_SOURCE)
    this_month = f'{series.COST_MONTH} and on (month) count_values("month", year() * 100 + month())'
    for record, source in (
        (series.BUDGET_USED, this_month),
        (series.BUDGET_FORECAST, series.COST_FORECAST),
    ):
        yield Rule(record, "cost_budget_ratio", {"series": source}, when=_ANY_SOURCE)
