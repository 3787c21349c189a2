"""When each alert about quotas fires, with which texts, and when it does not."""

from collections.abc import Iterator

from hubmeter_promql import names
from tests.rules.cases_quota_limits import groups, hub, row, used
from tests.rules.promtool import AlertExpect, Case, Expect, Inputs, fires, in_cluster, merged, silent
from tests.unit.hub.quota_cases import cpu

_PROD = {"namespace": "prod"}


def _decisions(outcome: str, values: str) -> Inputs:
    return {f"jupyterhub_quota_decisions_total{{{row(**_PROD, instance='hub-1', outcome=outcome)}}}": values}


_UNCHECKED = "HubmeterQuotaUnchecked"


def _unchecked(at: str, outcome: str, count: int, **labels: str) -> AlertExpect:
    return fires(
        at,
        _UNCHECKED,
        {**labels, **_PROD, "outcome": outcome},
        str(count),
    )


UNCHECKED = (
    Case(
        "a single server that was let through unchecked is reported, for about half an hour",
        merged(_decisions("failed_open", "0x30 1x90"), _decisions("failed_closed", "0x120")),
        (*silent(_UNCHECKED, "30m", "35m"), _unchecked("50m", "failed_open", 1), *silent(_UNCHECKED, "62m", "90m")),
        groups="hubmeter-quota-alerts",
    ),
    Case(
        "servers refused unchecked are reported as such, those of another cluster apart",
        merged(
            in_cluster("east", _decisions("failed_closed", "0x30 9x90")),
            in_cluster("west", _decisions("failed_closed", "7x120")),
        ),
        (_unchecked("50m", "failed_closed", 9, cluster="east"),),
        settings={"cluster_label": "cluster"},
        groups="hubmeter-quota-alerts",
    ),
    Case(
        "denials by quota are no alarm, and neither is a hub that restarts and counts from 0",
        merged(
            _decisions("denied", "0+1x120"), _decisions("allowed", "0+9x120"), _decisions("failed_open", "5x30 0x90")
        ),
        silent(_UNCHECKED, "20m", "40m", "90m"),
        groups="hubmeter-quota-alerts",
    ),
)

_EMPTY = "HubmeterQuotaGroupEmpty"
_USERS = {"ann": ["staff"], "zoe": []}

GROUP_EMPTY = (
    Case(
        "a policy for an empty group is reported after an hour; group names are case-sensitive",
        merged(hub([cpu(5, group=["staff", "Staff"])], minutes=120), groups(_USERS, minutes=120)),
        (
            *silent(_EMPTY, "59m"),
            fires(
                "65m",
                _EMPTY,
                {**_PROD, "usergroup": "Staff"},
            ),
        ),
        groups="hubmeter-(quotas|quota-alerts)",
    ),
    Case(
        "a policy for the group none is reported: none stands for users without a group",
        merged(hub([cpu(5, group=["none"])], minutes=120), groups(_USERS, minutes=120)),
        (
            fires(
                "65m",
                _EMPTY,
                {**_PROD, "usergroup": "none"},
            ),
        ),
        groups="hubmeter-(quotas|quota-alerts)",
    ),
    Case(
        "while no user is known, no group is reported as empty",
        merged(hub([cpu(5, group=["staff"])], minutes=120), groups(_USERS, namespace="staging", minutes=120)),
        silent(_EMPTY, "100m"),
        groups="hubmeter-(quotas|quota-alerts)",
    ),
    Case(
        "a group whose users come within the hour is not reported",
        merged(
            hub([cpu(5, group=["staff"])], minutes=120),
            groups({"zoe": []}, minutes=120),
            {name: f"_x40 {values}" for name, values in groups({"ann": ["staff"]}, minutes=80).items()},
        ),
        silent(_EMPTY, "50m", "65m", "100m"),
        groups="hubmeter-(quotas|quota-alerts)",
    ),
)

_WINDOW = "HubmeterQuotaWindowNotRecorded"

WINDOW_NOT_RECORDED = (
    Case(
        "a policy whose window is not among the settings is reported, another one of the same hub is not",
        hub([cpu(5, 7), cpu(5, "36h")]),
        (
            *silent(_WINDOW, "14m"),
            fires(
                "16m",
                _WINDOW,
                {**_PROD, "window": "36h"},
            ),
        ),
        groups="hubmeter-quota-alerts",
    ),
    Case(
        "policies with recorded windows, whatever these are, are not reported",
        hub([cpu(5, "36h"), cpu(9, 14)], {"empty": cpu(1, 2)}),
        silent(_WINDOW, "16m", "40m"),
        settings={"windows": ["36h", "14d", "2d"]},
        groups="hubmeter-quota-alerts",
    ),
)

_NEAR = "HubmeterQuotaUserNearLimit"
_NEAR_ON = {"user_near_limit_ratio": "0.9"}
_NEAR_INPUTS = merged(hub([cpu(10)]), groups({"ann": [], "anna": [], "bob": []}), used("cpu", {"ann": 9, "anna": 8.9}))

NEAR_LIMIT = (
    Case(
        "with the setting, a user at exactly that ratio of a limit is reported, another just below is not",
        _NEAR_INPUTS,
        (
            *silent(_NEAR, "14m"),
            fires(
                "20m",
                _NEAR,
                {**_PROD, "username": "ann", "resource": "cpu", "window": "7d"},
                "90%",
            ),
        ),
        settings=_NEAR_ON,
        groups="hubmeter-quota.*",
    ),
    Case(
        "users below the ratio are not reported",
        merged(hub([cpu(100)]), groups({"ann": []}), used("cpu", {"ann": 9})),
        silent(_NEAR, "20m", "40m"),
        settings=_NEAR_ON,
        groups="hubmeter-quota.*",
    ),
    Case(
        "by default no user near a limit is reported",
        _NEAR_INPUTS,
        (Expect("40m", f"count({names.QUOTA_RATIO} >= 0.9)", {"{}": 1}), Expect("40m", "ALERTS", {})),
        groups="hubmeter-quota.*",
    ),
)


_GONE = "HubmeterQuotaMetricsGone"
_POLICY = f"jupyterhub_quota_policy_limit{{{row(**_PROD, scope='everybody', resource='memory', window='7d')}}}"

METRICS_GONE = (
    Case(
        "quota metrics that are no longer scraped are reported, for a day",
        {_POLICY: "1x60 stale"},
        (*silent(_GONE, "60m", "75m"), fires("76m", _GONE, _PROD), *silent(_GONE, "26h")),
        groups="hubmeter-quota-alerts",
    ),
    Case(
        "a hub that restarts within a quarter of an hour, and one without quotas, are in order",
        {_POLICY: "1x60 _x10 1x60", f"jupyterhub_running_servers{{{row(namespace='staging')}}}": "1x200"},
        silent(_GONE, "66m", "75m", "2h"),
        groups="hubmeter-quota-alerts",
    ),
)

_HELD = "HubmeterQuotaGuardHeld"
_HELD_SERVERS = f"jupyterhub_quota_guard_held_servers{{{row(**_PROD, instance='hub-1')}}}"

GUARD_HELD = (
    Case(
        "servers that the guard does not stop are reported until it goes on",
        {_HELD_SERVERS: "0x30 12x30 0x60"},
        (*silent(_HELD, "30m", "35m"), fires("36m", _HELD, _PROD, "12"), *silent(_HELD, "63m")),
        groups="hubmeter-quota-alerts",
    ),
)

_FAILING = "HubmeterQuotaGuardFailing"
_LAST_ROUND = f"jupyterhub_quota_guard_last_round_timestamp_seconds{{{row(**_PROD, instance='hub-1')}}}"

GUARD_FAILING = (
    Case(
        "a guard without a complete round for half an hour is reported until the next one",
        {_LAST_ROUND: "0+60x30 1800x40 4320+60x20"},
        (*silent(_FAILING, "30m", "65m"), fires("66m", _FAILING, _PROD, "36m 0s"), *silent(_FAILING, "72m", "80m")),
        groups="hubmeter-quota-alerts",
    ),
    Case(
        "a guard that is no longer scraped is reported for a day; a hub without a guard is not",
        {_LAST_ROUND: "0+60x60 stale", _POLICY: "1x2000"},
        (*silent(_FAILING, "90m"), fires("96m", _FAILING, _PROD, "36m 0s"), *silent(_FAILING, "26h")),
        groups="hubmeter-quota-alerts",
    ),
)


_GRANTS = "HubmeterQuotaGrantsInvalid"
_GRANTS_ERRORS = f"jupyterhub_{names.QUOTA_GRANTS_ERRORS}"

GRANTS_INVALID = (
    Case(
        "errors in the file of grants are reported after 10 minutes until it is corrected",
        {
            f"{_GRANTS_ERRORS}{{{row(**_PROD, instance='hub-1')}}}": "0x10 3x30 0x20",
            f"{_GRANTS_ERRORS}{{{row(namespace='staging', instance='hub-2')}}}": "0x60",
        },
        (*silent(_GRANTS, "20m"), fires("25m", _GRANTS, _PROD, "3"), *silent(_GRANTS, "45m")),
        groups="hubmeter-quota-alerts",
    ),
)


def cases() -> Iterator[Case]:
    """Yield all cases of this page."""
    yield from UNCHECKED
    yield from GROUP_EMPTY
    yield from WINDOW_NOT_RECORDED
    yield from METRICS_GONE
    yield from GRANTS_INVALID
    yield from NEAR_LIMIT
    yield from GUARD_HELD
    yield from GUARD_FAILING
