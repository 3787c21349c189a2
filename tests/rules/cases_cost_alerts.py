"""When each alert about costs fires, with which texts, and when it does not."""

from collections.abc import Iterator, Mapping

from hubmeter_promql import names
from tests.rules.promtool import AlertExpect, Case, Inputs, in_cluster, merged, series

_GROUPS = "hubmeter-cost-alerts"
_DAY = 288  # of 5 minutes


def _fires(at: str, alert: str, labels: Mapping[str, str], summary: str, description: str) -> AlertExpect:
    return AlertExpect(at, alert, ((labels, summary, description),))


def _silent(alert: str, *times: str) -> tuple[AlertExpect, ...]:
    return tuple(AlertExpect(at, alert, ()) for at in times)


def _hourly(name: str, values: Mapping[str, float], label: str = "usergroup", *, days: int = 0) -> Inputs:
    """Return what a rule recorded once an hour, for half a day after so many days: label -> value."""
    return {
        series(name, **{label: key}): f"_x{days * _DAY} " * bool(days) + " ".join([f"{value} _x11"] * 12)
        for key, value in values.items()
    }


def _used(percent: str) -> str:
    return (
        f"Group bio has used {percent} of its budget for this month (UTC), on all hubs together; settled days count "
        "with their bill, later days with an estimate."
    )


_MOSTLY, _UP, _OVER = "HubmeterBudgetMostlyUsed", "HubmeterBudgetUsedUp", "HubmeterBudgetForecastOver"
_BIO = {"usergroup": "bio"}

BUDGETS = (
    Case(
        "a group at 80 % of its budget is reported after an hour, one just below is not",
        _hourly(names.BUDGET_USED, {"bio": 0.8, "chem": 0.79}),
        (
            *_silent(_MOSTLY, "30m"),
            _fires(
                "2h",
                _MOSTLY,
                _BIO,
                "Group bio has used 80% of its budget for this month.",
                f"{_used('80%')} A budget stops no server. Talk to the group, or give its users a quota in USD.",
            ),
            *_silent(_UP, "2h"),
        ),
        interval="5m",
        groups=_GROUPS,
    ),
    Case(
        "a group that has used all of its budget is reported so, in its own cluster",
        in_cluster("east", _hourly(names.BUDGET_USED, {"bio": 1.25, "chem": 0.99})),
        (
            _fires(
                "2h",
                _UP,
                {"cluster": "east", **_BIO},
                "Group bio has used up its budget for this month: 125%.",
                f"{_used('125%')} A budget stops no server, so the cost keeps rising. Give the group's users a quota "
                "in USD, which stops server starts, or raise the budget.",
            ),
        ),
        settings={"cluster_label": "cluster"},
        interval="5m",
        groups=_GROUPS,
    ),
    Case(
        "groups far from their budgets are not reported, nor is a new month before it was recorded",
        _hourly(names.BUDGET_USED, {"bio": 0.5}),
        (*_silent(_MOSTLY, "2h", "8h"), *_silent(_UP, "2h")),
        interval="5m",
        groups=_GROUPS,
    ),
    Case(
        "a group that will be over its budget is reported after six hours, one that is over already is not",
        merged(
            _hourly(names.BUDGET_FORECAST, {"bio": 1.5, "chem": 2, "law": 1}, days=4),
            _hourly(names.BUDGET_USED, {"bio": 0.5, "chem": 1, "law": 0.5}, days=4),
        ),
        (
            *_silent(_OVER, "101h"),
            _fires(
                "103h",
                _OVER,
                _BIO,
                "Group bio is forecast to use 150% of its budget for this month.",
                "Group bio will have used 150% of its budget at the end of this month (UTC) if each remaining day "
                "costs the mean of the last 7 whole days. Check whether one of these days is unusual, then talk to the "
                "group.",
            ),
        ),
        interval="5m",
        groups=_GROUPS,
    ),
    Case(
        "on the first three days of a month no forecast is reported",
        {series(names.BUDGET_FORECAST, usergroup="bio"): "2x800"},
        _silent(_OVER, "24h", "60h"),
        interval="5m",
        groups=_GROUPS,
    ),
)


def _own(metric: str, values: str, **labels: str) -> Inputs:
    """Return one of the cost exporter's metrics about itself."""
    return {series(f"jupyterhub_{metric}", instance="costs:9091", job="costs", **labels): values}


_LATE, _FAILING = "HubmeterBillLate", "HubmeterCostSourceFailing"
_IS_LATE = _fires(
    "2h10m",
    _LATE,
    {"instance": "costs:9091"},
    "The cost exporter costs:9091 has no bill for the last 4d 1h 10m 0s.",
    "The newest billed day of the cost exporter costs:9091 began 4d 1h 10m 0s ago. Until their bill arrives, later "
    "days are estimated with the last known price. Check whether the exporter's refreshes fail, then whether the "
    "provider still writes bills.",
)

SOURCE = (
    Case(
        "a bill whose newest day began more than 4 days ago is late, after an hour",
        _own(names.COSTS_NEWEST_DAY, "-342000x60"),
        (
            *_silent(_LATE, "1h", "2h"),
            _IS_LATE,
        ),
        interval="5m",
        groups=_GROUPS,
    ),
    Case(
        "a price list has no late bill: in a week without servers it has no amounts",
        merged(
            _own(names.COSTS_NEWEST_DAY, "-342000x60"),
            _own(names.COSTS_BUILD_INFO, "1x60", source="static", version="1"),
        ),
        _silent(_LATE, "1h", "2h10m", "4h"),
        interval="5m",
        groups=_GROUPS,
    ),
    Case(
        "a bill of files is late in the same way",
        merged(
            _own(names.COSTS_NEWEST_DAY, "-342000x60"),
            _own(names.COSTS_BUILD_INFO, "1x60", source="focus", version="1"),
        ),
        (_IS_LATE,),
        interval="5m",
        groups=_GROUPS,
    ),
    Case(
        "a bill that arrives every day with a delay of two days is not late",
        _own(names.COSTS_NEWEST_DAY, " ".join(f"{day * 86400}x{_DAY - 1}" for day in range(-2, 0))),
        _silent(_LATE, "30h", "47h"),
        interval="5m",
        groups=_GROUPS,
    ),
    Case(
        "a source that fails is reported with its reason while no refresh succeeds",
        merged(
            _own(names.COSTS_REFRESH_ERRORS, "0x11 1 2 3 4x200", source="aws", reason="forbidden"),
            _own(names.COSTS_REFRESH_ERRORS, "0x200", source="aws", reason="throttled"),
            _own(names.COSTS_LAST_ERROR, "_x12 3600x200"),
            _own(names.COSTS_LAST_REFRESH, "60x200"),
        ),
        (
            *_silent(_FAILING, "1h50m"),
            _fires(
                "2h10m",
                _FAILING,
                {"source": "aws", "reason": "forbidden"},
                "The cost exporter cannot update costs from aws: forbidden.",
                "The cost exporter has failed 4 times in the last 6 hours to read aws with reason forbidden, and the "
                "latest attempt failed. It keeps the last known bills and prices and retries. Read the exporter's log, "
                "which says what to do.",
            ),
        ),
        interval="5m",
        groups=_GROUPS,
    ),
    Case(
        "a failure that the next refresh healed is not reported",
        merged(
            _own(names.COSTS_REFRESH_ERRORS, "0x11 1x200", source="aws", reason="throttled"),
            _own(names.COSTS_LAST_ERROR, "_x12 3600x200"),
            _own(names.COSTS_LAST_REFRESH, "60x11 4000x200"),
        ),
        _silent(_FAILING, "2h10m", "4h"),
        interval="5m",
        groups=_GROUPS,
    ),
)

_JUMP, _DIFFERENCE = "HubmeterCostJump", "HubmeterCostsDoNotAddUp"


def _bill(component: str, days: Mapping[int, float], *, instance: str = "a") -> Inputs:
    """Return the bill of days, of two hubs half each."""
    return {
        series(
            f"jupyterhub_{names.CLOUD_COST}", day=str(day), component=component, namespace=hub, instance=instance,
            kind="attributable", estimated="true",
        ): f"{usd / 2}x60"
        for day, usd in days.items()
        for hub in ("prod", "teach")
    }  # fmt: skip


def _jumped(component: str, usd: str) -> AlertExpect:
    return _fires(
        "4h",
        _JUMP,
        {"component": component},
        f"A day of {component} cost {usd} USD, more than twice the mean of the 7 days before.",
        f"On one of the last 3 days the component {component} of the bill cost {usd} USD, which is more than twice the "
        "mean of the 7 days before, and more than 10 USD above it. Check on the Costs dashboard whether the costs of "
        "users rose too.",
    )


_WEEK = range(-10, -3)  # the 7 days that the last 3 are compared with; day 0 is today

JUMP = (
    Case(
        "a component that costs more than twice the mean is reported after three hours; two exporters are one bill",
        merged(
            _bill("compute", {**dict.fromkeys(_WEEK, 20), -3: 20, -2: 41, -1: 3}),
            _bill("compute", dict.fromkeys(_WEEK, 20), instance="b"),
            _bill("home storage", {**dict.fromkeys(_WEEK, 20), -3: 20, -2: 39}),
            _bill("core", {**dict.fromkeys(_WEEK, 3), -2: 12}),
        ),
        (*_silent(_JUMP, "2h"), _jumped("compute", "41.00")),
        interval="5m",
        groups=_GROUPS,
    ),
    Case(
        "a component that is new and costs more than 10 USD a day is reported",
        merged(_bill("compute", dict.fromkeys(range(-10, 0), 20)), _bill("gpu", {-2: 10.5})),
        (_jumped("gpu", "10.50"),),
        interval="5m",
        groups=_GROUPS,
    ),
    Case(
        "without a bill for each of the days before, no rise is reported",
        _bill("compute", {-4: 1, -3: 500, -2: 500}),
        _silent(_JUMP, "4h"),
        interval="5m",
        groups=_GROUPS,
    ),
)

ADD_UP = (
    Case(
        "a difference of more than a cent between users and the bill is reported after three hours",
        _hourly(names.COST_DIFFERENCE, {"compute": 0.25, "core": 0.009}, "component"),
        (
            *_silent(_DIFFERENCE, "2h"),
            _fires(
                "4h",
                _DIFFERENCE,
                {"component": "compute"},
                "The costs of users and the bill of compute differ by 0.25 USD on a day.",
                "On a settled day the costs of all users plus unallocated costs differ by 0.25 USD from the "
                "attributable bill of the component compute. The costs of users and groups on that day are wrong by as "
                "much. If usage was backfilled, restart the cost exporter, which computes the day's price again.",
            ),
        ),
        interval="5m",
        groups=_GROUPS,
    ),
)


def cases() -> Iterator[Case]:
    """Yield all cases of this page."""
    yield from BUDGETS
    yield from SOURCE
    yield from JUMP
    yield from ADD_UP
