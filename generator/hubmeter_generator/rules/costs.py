"""The recording rules of costs: usage that bills are divided by, estimates in US dollars, months and budgets.

Series that must agree exactly (users, pairs, groups and hubs) are in one rule group. Usage is read from the minutes and
not from the buckets of other groups, whose samples could be missed or counted twice.
"""

from collections.abc import Iterator

from hubmeter_generator.model import BUCKET, HOUR, Rule, RuleGroup, sampled_every
from hubmeter_promql import cost_parts, names

_ANY_SOURCE = {"cost_source": "exporter|opencost"}
EXPORTER = {"cost_source": "exporter"}
OPENCOST = {"cost_source": "opencost"}

_RESOURCES = {"compute": names.MEMORY_REQUESTS, "home": names.HOME, "gpu": names.GPU_REQUESTS}


def groups() -> tuple[RuleGroup, ...]:
    """Return the rule groups in the order of their dependencies."""
    return (
        RuleGroup("hubmeter-costs", BUCKET, (*_usage(), *_prices(), *_estimates())),
        RuleGroup("hubmeter-cost-days", HOUR, tuple(_days())),
        RuleGroup("hubmeter-cost-months", HOUR, (*_months(), *_budgets())),
    )


def _usage() -> Iterator[Rule]:
    for level, dominant in ((names.user, "costs/usage_dominant"), (names.pair, "costs/usage_dominant_pair")):
        record = names.by_driver(level(names.COST_USAGE))
        for driver, resource in _RESOURCES.items():
            weight = {"cost_weight": "memory"} if driver == "compute" else {}
            of = {"driver": driver}
            usage = {"series": level(resource), "seconds": sampled_every(resource)}
            yield Rule(record, "costs/usage", usage, labels=of, when={**_ANY_SOURCE, **weight})
            if weight:
                yield Rule(record, dominant, labels=of, when={**_ANY_SOURCE, "cost_weight": "dominant"})
    for level, source in ((names.group, names.pair), (names.hub, names.user)):
        summed = {"by": level.by, "series": names.by_driver(source(names.COST_USAGE))}
        yield Rule(names.by_driver(level(names.COST_USAGE)), "costs/usage_sum", summed, when=_ANY_SOURCE)


def _prices() -> Iterator[Rule]:
    compute = {"driver": "compute"}
    yield Rule(names.COST_PRICE_OPENCOST, "costs/price_opencost_compute", labels=compute, when=OPENCOST)
    for driver, metric, thing, unit in (
        ("home", "pv_hourly_cost", "persistentvolume", "2^30"), ("gpu", "node_gpu_hourly_cost", "node", "1"),
    ):  # fmt: skip
        of = {"metric": metric, "object": thing, "unit": unit}
        yield Rule(names.COST_PRICE_OPENCOST, "costs/price_opencost", of, labels={"driver": driver}, when=OPENCOST)


def _estimates() -> Iterator[Rule]:
    for level in names.LEVELS:
        usage = {"by": level.by, "usage": names.by_driver(level(names.COST_USAGE))}
        exported = {**usage, "match": "namespace, ", "price": cost_parts.price_now()}
        yield Rule(level(names.COST), "costs/estimate", exported, when=EXPORTER)
        opencost = {**usage, "match": "", "price": names.COST_PRICE_OPENCOST}
        yield Rule(level(names.COST), "costs/estimate", opencost, when=OPENCOST)


def _days() -> Iterator[Rule]:
    for level in names.LEVELS:
        usage, day = (names.by_driver(level(name)) for name in (names.COST_USAGE, names.COST_USAGE_DAY))
        yield Rule(day, "usage/day", {"series": usage, "record": day}, when=_ANY_SOURCE)
    for level in names.LEVELS:
        estimate = {"series": level(names.COST), "record": level(names.COST_DAY)}
        yield Rule(level(names.COST_DAY), "usage/day", estimate, when=_ANY_SOURCE)


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
