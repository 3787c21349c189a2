"""When each alert about costs fires, with which texts, and when it does not."""

from collections.abc import Iterator, Mapping

from hubmeter_promql import names
from tests.rules.promtool import AlertExpect, Case, Inputs, fires, in_cluster, merged, series, silent

_GROUPS = "hubmeter-cost-alerts"
_DAY = 288  # of 5 minutes


def _hourly(name: str, values: Mapping[str, float], label: str = "usergroup", *, days: int = 0) -> Inputs:
    """Return what a rule recorded once an hour, for half a day after so many days: label -> value."""
    return {
        series(name, **{label: key}): f"_x{days * _DAY} " * bool(days) + " ".join([f"{value} _x11"] * 12)
        for key, value in values.items()
    }


_MOSTLY, _UP, _OVER = "HubmeterBudgetMostlyUsed", "HubmeterBudgetUsedUp", "HubmeterBudgetForecastOver"
_BIO = {"usergroup": "bio"}

BUDGETS = (
    Case(
        "a group at 80 % of its budget is reported after an hour, one just below is not",
        _hourly(names.BUDGET_USED, {"bio": 0.8, "chem": 0.79}),
        (
            *silent(_MOSTLY, "30m"),
            fires(
                "2h",
                _MOSTLY,
                _BIO,
                "80%",
            ),
            *silent(_UP, "2h"),
        ),
        interval="5m",
        groups=_GROUPS,
    ),
    Case(
        "a group that has used all of its budget is reported so, in its own cluster",
        in_cluster("east", _hourly(names.BUDGET_USED, {"bio": 1.25, "chem": 0.99})),
        (
            fires(
                "2h",
                _UP,
                {"cluster": "east", **_BIO},
                "125%",
            ),
        ),
        settings={"cluster_label": "cluster"},
        interval="5m",
        groups=_GROUPS,
    ),
    Case(
        "groups far from their budgets are not reported, nor is a new month before it was recorded",
        _hourly(names.BUDGET_USED, {"bio": 0.5}),
        (*silent(_MOSTLY, "2h", "8h"), *silent(_UP, "2h")),
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
            *silent(_OVER, "101h"),
            fires(
                "103h",
                _OVER,
                _BIO,
                "150%",
            ),
        ),
        interval="5m",
        every="1h",
        groups=_GROUPS,
    ),
    Case(
        "on the first three days of a month no forecast is reported",
        {series(names.BUDGET_FORECAST, usergroup="bio"): "2x800"},
        silent(_OVER, "24h", "60h"),
        interval="5m",
        every="1h",
        groups=_GROUPS,
    ),
)


def _own(metric: str, values: str, **labels: str) -> Inputs:
    """Return one of the cost exporter's metrics about itself."""
    return {series(f"jupyterhub_{metric}", instance="costs:9091", job="costs", **labels): values}


_LATE, _FAILING = "HubmeterBillLate", "HubmeterCostSourceFailing"
_IS_LATE = fires(
    "2h10m",
    _LATE,
    {"instance": "costs:9091"},
    "4d 1h 10m 0s",
)

SOURCE = (
    Case(
        "a bill whose newest day began more than 4 days ago is late, after an hour",
        _own(names.COSTS_NEWEST_DAY, "-342000x60"),
        (
            *silent(_LATE, "1h", "2h"),
            _IS_LATE,
        ),
        interval="5m",
        groups=_GROUPS,
    ),
    Case(
        "an exporter without any bill is reported after an hour, one with a bill beside it is not",
        merged(
            _own(names.COSTS_BUILD_INFO, "1x60", source="focus", version="1"),
            {
                series(f"jupyterhub_{metric}", instance="other:9091", job="costs", **labels): values
                for metric, values, labels in (
                    (names.COSTS_BUILD_INFO, "1x60", {"source": "aws", "version": "1"}),
                    (names.COSTS_NEWEST_DAY, "0x60", {}),
                )
            },
        ),
        (
            *silent(_LATE, "50m"),
            fires("2h10m", _LATE, {"instance": "costs:9091"}, "+Inf"),
        ),
        interval="5m",
        groups=_GROUPS,
    ),
    Case(
        "a price list without usage is not reported",
        _own(names.COSTS_BUILD_INFO, "1x60", source="static", version="1"),
        silent(_LATE, "2h10m", "4h"),
        interval="5m",
        groups=_GROUPS,
    ),
    Case(
        "a price list has no late bill: in a week without servers it has no amounts",
        merged(
            _own(names.COSTS_NEWEST_DAY, "-342000x60"),
            _own(names.COSTS_BUILD_INFO, "1x60", source="static", version="1"),
        ),
        silent(_LATE, "1h", "2h10m", "4h"),
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
        silent(_LATE, "30h", "47h"),
        interval="5m",
        every="1h",
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
            *silent(_FAILING, "1h50m"),
            fires(
                "2h10m",
                _FAILING,
                {"source": "aws", "reason": "forbidden"},
                "4",
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
        silent(_FAILING, "2h10m", "4h"),
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
    return fires(
        "4h",
        _JUMP,
        {"component": component},
        usd,
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
        (*silent(_JUMP, "2h"), _jumped("compute", "41.00")),
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
        silent(_JUMP, "4h"),
        interval="5m",
        groups=_GROUPS,
    ),
)

ADD_UP = (
    Case(
        "a difference of more than a cent between users and the bill is reported after three hours",
        _hourly(names.COST_DIFFERENCE, {"compute": 0.25, "core": 0.009}, "component"),
        (
            *silent(_DIFFERENCE, "2h"),
            fires(
                "4h",
                _DIFFERENCE,
                {"component": "compute"},
                "0.25",
            ),
        ),
        interval="5m",
        groups=_GROUPS,
    ),
)


_LOST, _SKIPPED, _ROWS = "HubmeterBillInputLost", "HubmeterBillFilesSkipped", "HubmeterBillRowsInvalid"
_KEPT, _HUB = "HubmeterBillDaysKept", "HubmeterHubTagUnknown"


def _unallocated(hub: str, usd: str, reason: str = "no_usage") -> Inputs:
    return {
        series(
            f"jupyterhub_{names.CLOUD_UNALLOCATED}", day="3", component="compute", namespace=hub, reason=reason,
            instance="costs:9091",
        ): f"{usd}x200"
    }  # fmt: skip


INPUTS = (
    Case(
        "an input that does not add up is reported after an hour, one that is right to a cent is not",
        merged(
            _own(names.COSTS_INPUT_DIFFERENCE, "0.5x60", source="focus"),
            {series(f"jupyterhub_{names.COSTS_INPUT_DIFFERENCE}", instance="other", source="aws"): "0.009x60"},
        ),
        (*silent(_LOST, "50m"), fires("2h", _LOST, {"instance": "costs:9091", "source": "focus"}, "0.50")),
        interval="5m",
        groups=_GROUPS,
    ),
    Case(
        "skipped files are reported by reason after three hours, older versions are not",
        merged(
            _own(names.COSTS_SKIPPED_FILES, "1x60", source="focus", reason="format", file="/bills/a.csv"),
            _own(names.COSTS_SKIPPED_FILES, "2x60", source="focus", reason="format", file=""),
            _own(names.COSTS_SKIPPED_FILES, "9x60", source="focus", reason="older", file="/bills/b.csv"),
        ),
        (*silent(_SKIPPED, "2h50m"), fires("4h", _SKIPPED, {"source": "focus", "reason": "format"}, "3")),
        interval="5m",
        groups=_GROUPS,
    ),
    Case(
        "a file that is complete within three hours is not reported",
        _own(names.COSTS_SKIPPED_FILES, "1x30 _x30", source="focus", reason="incomplete", file="/bills/a.csv"),
        silent(_SKIPPED, "2h", "4h"),
        interval="5m",
        groups=_GROUPS,
    ),
    Case(
        "invalid rows are reported by reason",
        merged(
            _own(names.COSTS_REJECTED_ROWS, "7x60", source="focus", reason="currency"),
            _own(names.COSTS_REJECTED_ROWS, "0x60", source="focus", reason="amount"),
            _own(names.COSTS_UNREADABLE_ROWS, "0x60", source="focus", column="x_Credits"),
        ),
        (*silent(_ROWS, "2h50m"), fires("4h", _ROWS, {"source": "focus", "reason": "currency"}, "7")),
        interval="5m",
        groups=_GROUPS,
    ),
    Case(
        "unreadable tags are reported by their column",
        _own(names.COSTS_UNREADABLE_ROWS, "2x60", source="focus", column="Tags"),
        (*silent(_ROWS, "2h50m"), fires("4h", _ROWS, {"source": "focus", "reason": "Tags"}, "2")),
        interval="5m",
        groups=_GROUPS,
    ),
    Case(
        "days that lose their costs are reported for a day, those that lost them earlier are not",
        _own(names.COSTS_EMPTIED_DAYS, "2x11 5x600"),
        (
            *silent(_KEPT, "1h"),
            fires("3h", _KEPT, {"instance": "costs:9091"}, "3"),
            *silent(_KEPT, "26h", "30h"),
        ),
        interval="5m",
        groups=_GROUPS,
    ),
    Case(
        "a value of the hub tag without a price on any day is reported, in its cluster",
        in_cluster(
            "east",
            merged(
                _unallocated("production", "4"),
                _unallocated("", "7"),
                _unallocated("prod", "2"),
                _unallocated("later", "3", "overhead"),
                {
                    series(
                        f"jupyterhub_{names.UNIT_PRICE}", day="4", component="compute", driver="compute",
                        namespace="prod", instance="costs:9091",
                    ): "1x200"
                },
            ),
        ),
        (*silent(_HUB, "5h50m"), fires("7h", _HUB, {"cluster": "east", "namespace": "production"}, "4.00")),
        settings={"cluster_label": "cluster"},
        interval="5m",
        groups=_GROUPS,
    ),
)  # fmt: skip


def cases() -> Iterator[Case]:
    """Yield all cases of this page."""
    yield from BUDGETS
    yield from SOURCE
    yield from JUMP
    yield from ADD_UP
    yield from INPUTS
