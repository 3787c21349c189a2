"""The table of cases, what is refused at start-up, and that nothing is changed."""

import copy
import json
from typing import Any

import pytest

from hubmeter_hub.quotas.grants import parse as parse_grants
from hubmeter_hub.quotas.policy import PolicyError, Row, WhenExceeded, limits_for, parse, rows
from hubmeter_hub.quotas.units import RESOURCES, UnitError, amount
from hubmeter_hub.quotas.words import amounts as in_words
from tests.unit.hub.quota_cases import CASES, GB, GIB, TIB, QuotaCase, cpu, memory


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_user_has_the_limits(case: QuotaCase) -> None:
    policies = parse(list(case.policies), case.strategy)
    grants = parse_grants(json.dumps({"grants": case.grants}))
    assert grants.problems == ()
    limits = limits_for(policies, case.user, case.groups, grants.grants)
    assert {(limit.resource, limit.window): limit.value for limit in limits} == pytest.approx(dict(case.expected))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_parsing_and_resolving_change_nothing(case: QuotaCase) -> None:
    policy, strategy, groups = copy.deepcopy((list(case.policies), case.strategy, list(case.groups)))
    limits_for(parse(policy, strategy), case.user, groups)
    assert (policy, strategy, groups) == (list(case.policies), case.strategy, list(case.groups))


def test_names_of_cases_are_unique() -> None:
    assert len({case.name for case in CASES}) == len(CASES)


def test_a_limit_names_the_policies_it_comes_from() -> None:
    policies = parse([memory("1GiB", group=["staff"]), memory("2GiB"), memory("3GiB", group=["guests"])])
    (limit,) = limits_for(policies, "ann", ["staff"])
    assert limit.sources == (
        Row("group", "staff", "memory", 168, GIB),
        Row("everybody", "", "memory", 168, 2 * GIB),
    )


def test_rows_are_one_a_group_user_everybody_and_fallback() -> None:
    policies = parse([cpu(5, 1, group=["b", "a"], user=["ann"]), cpu(6, "36h")], {"empty": cpu(1)})
    assert rows(policies) == (
        Row("group", "a", "cpu", 24, 5),
        Row("group", "b", "cpu", 24, 5),
        Row("user", "ann", "cpu", 24, 5),
        Row("everybody", "", "cpu", 36, 6),
        Row("fallback", "", "cpu", 168, 1),
    )


@pytest.mark.parametrize(
    ("resource", "limit", "expected"),
    [
        ("memory", 1000, 1000),
        ("memory", 0, 0),
        ("memory", 1.5, 1.5),
        ("memory", "1000", 1000),
        ("memory", "1000G", 1000 * GIB),
        ("memory", "1000g", 1000 * GIB),
        ("memory", "1000Gi", 1000 * GIB),
        ("memory", "1000gib", 1000 * GIB),
        ("memory", "1.5 TiB-hours", 1.5 * TIB),
        ("memory", ".5TiB hours", 0.5 * TIB),
        ("memory", "1 GiB-hour", GIB),
        ("memory", " 7 bytes ", 7),
        ("memory", {"value": 1000, "unit": "KiB"}, 1_024_000),
        ("memory", {"value": 1000, "unit": "kB"}, 1_000_000),
        ("memory", {"value": 1000, "unit": "KB-hours"}, 1_000_000),
        ("memory", {"value": 1000, "unit": "MiB-hours"}, 1000 * 2**20),
        ("memory", {"value": 1000, "unit": "MB-Hours"}, 1000 * 1e6),
        ("memory", {"value": 1000, "unit": "GIB-HOURS"}, 1000 * GIB),
        ("memory", {"value": 2, "unit": "Ti"}, 2 * TIB),
        ("memory", {"value": 2, "unit": "T"}, 2 * TIB),
        ("memory", {"value": 2, "unit": ""}, 2),
        ("cpu", {"value": 200, "unit": "CPU-hours"}, 200),
        ("cpu", {"value": 200, "unit": "cpu-hours"}, 200),
        ("cpu", {"value": 200, "unit": "core-hours"}, 200),
        ("cpu", "200 CPUs", 200),
        ("cpu", "1K", 1000),
        ("cpu", "2 kCPU-hours", 2000),
        ("gpu", "50 GPU-hours", 50),
        ("gpu", "1G", 1e9),
        ("cost", 20, 20),
        ("cost", "20 USD", 20),
        ("cost", "12.40usd", 12.4),
        ("cost", {"value": 0.5, "unit": "USD"}, 0.5),
    ],
)
def test_an_amount_in_base_units(resource: str, limit: object, expected: float) -> None:
    assert amount(RESOURCES[resource], limit) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize(
    ("resource", "limit", "said"),
    [
        ("memory", "1000 GiB-days", "'GiB-days' is not a unit of memory"),
        ("memory", "1000 CPU-hours", "'CPU-hours' is not a unit of memory"),
        ("memory", "lots", "'lots' is not a number with a unit"),
        ("memory", "-5G", "'-5G' is not a number with a unit"),
        ("memory", "1,000G", "'1,000G' is not a number with a unit"),
        ("memory", -5, "-5 is not a number from 0 up"),
        ("memory", float("nan"), "nan is not a number from 0 up"),
        ("memory", float("inf"), "inf is not a number from 0 up"),
        ("memory", True, "True is not a number"),
        ("memory", None, "None is not a number"),
        ("memory", [1000], "[1000] is not a number"),
        ("memory", {"value": 1000}, "must have the keys value and unit; it has value"),
        (
            "memory",
            {"value": 1000, "unit": "G", "per": "day"},
            "the keys value and unit; it has per, unit, value",
        ),
        ("memory", {"value": "1000", "unit": "G"}, "'1000' is not a number"),
        ("memory", {"value": 1000, "unit": 5}, "the unit 5 is not a text"),
        ("cpu", "10Ki", "CPU has no binary prefixes"),
        ("cpu", "10 GiB-hours", "CPU has no binary prefixes"),
        ("gpu", "10Mi", "GPU has no binary prefixes"),
        ("cost", "20 EUR", "'EUR' is not a unit of cost; allowed is a number of US dollars, or one with USD"),
        ("cost", "20 USD-hours", "'USD-hours' is not a unit of cost"),
        ("cost", "2 kUSD", "'kUSD' is not a unit of cost"),
    ],
)
def test_an_invalid_amount_is_refused(resource: str, limit: object, said: str) -> None:
    with pytest.raises(UnitError) as caught:
        amount(RESOURCES[resource], limit)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("resource", "amounts", "expected"),
    [
        ("memory", (1100 * GIB, 1000 * GIB), ("1,100", "1,000 GiB-hours")),
        ("memory", (1000.126 * GIB, 1000 * GIB), ("1,000.13", "1,000 GiB-hours")),
        ("memory", (1100 * GB, 1000 * GB), ("1.1", "1 TB-hours")),
        ("memory", (500 * GB,), ("500 GB-hours",)),
        ("memory", (0.0,), ("0 B-hours",)),
        ("memory", (1.5 * TIB,), ("1,536 GiB-hours",)),
        ("memory", (1399.999 * GIB, 1400 * GIB), ("1,399.99", "1,400 GiB-hours")),
        ("memory", (1400 * GIB - 1, 1400 * GIB), ("1,399.99", "1,400 GiB-hours")),
        ("memory", (3 * GIB, 0.0), ("3", "0 GiB-hours")),
        ("memory", (0.5, 1e9 + 1), ("0", "953.67 MiB-hours")),
        ("memory", (1e9 + 0.5, 1e9 + 1), ("953.67431", "953.67432 MiB-hours")),
        ("cost", (19.999, 20.0), ("19.99", "20.00 USD")),
        ("cpu", (12.345, 10.0), ("12.35", "10 CPU-hours")),
        ("cpu", (0.0, 12_000.0), ("0", "12,000 CPU-hours")),
        ("gpu", (1.0,), ("1 GPU-hours",)),
        ("cost", (12.4, 20.0), ("12.40", "20.00 USD")),
        ("cost", (1234.567, 0.0), ("1,234.57", "0.00 USD")),
    ],
)
def test_amounts_in_words_share_the_unit_of_the_limit(
    resource: str, amounts: tuple[float, ...], expected: tuple[str, ...]
) -> None:
    assert in_words(RESOURCES[resource], *amounts) == expected


_HOUR = {"warn_before": "1h", "stop_after": "30m"}
_TWO = {"warn_before": "2h", "stop_after": "10m"}


@pytest.mark.parametrize(
    ("groups", "intersection", "expected"),
    [
        pytest.param(["hour"], "min", WhenExceeded(3600, 1800), id="the times of the policy"),
        pytest.param(["none"], "min", None, id="a policy without them"),
        pytest.param(["hour", "none"], "min", WhenExceeded(3600, 1800), id="the policy of the smallest limit decides"),
        pytest.param(["hour", "none"], "max", None, id="the policy of the largest limit decides"),
        pytest.param(["hour", "none"], "sum", None, id="a sum needs them in all policies"),
        pytest.param(["hour", "two"], "sum", WhenExceeded(7200, 1800), id="of several policies the longest"),
        pytest.param(["hour", "warned"], "sum", WhenExceeded(3600, None), id="a policy that only warns"),
        pytest.param(["hour", "equal"], "min", None, id="of equal limits all decide"),
        pytest.param(["warned", "stopped"], "sum", None, id="no time that all policies have"),
    ],
)
def test_servers_that_run_are_stopped_by_the_policies_that_give_the_limit(
    groups: list[str], intersection: str, expected: WhenExceeded | None
) -> None:
    policies = parse(
        [
            {**cpu(10, group=["hour"]), "when_exceeded": _HOUR},
            cpu(20, group=["none"]),
            {**cpu(30, group=["two"]), "when_exceeded": _TWO},
            {**cpu(40, group=["warned"]), "when_exceeded": {"warn_before": "60m"}},
            {**cpu(50, group=["stopped"]), "when_exceeded": {"stop_after": "60m"}},
            cpu(10, group=["equal"]),
        ],
        {"intersection": intersection},
    )
    # The amount makes the merged limit inexact in binary: 10 + 0.7 - 0.7.
    grants = parse_grants("grants: [{user: ann, resource: cpu, amount: 0.7, until: 2999-01-01, reason: x}]").grants
    for given in ((), grants):
        (limit,) = limits_for(policies, "ann", groups, given)
        assert limit.when_exceeded == expected


def test_the_fallback_can_stop_servers_too() -> None:
    policies = parse([], {"empty": {**cpu(10), "when_exceeded": _HOUR}})
    (limit,) = limits_for(policies, "ann", [])
    assert limit.when_exceeded == WhenExceeded(3600, 1800)


GOOD = memory("10G", group=["staff"])


@pytest.mark.parametrize(
    ("policy", "strategy", "said"),
    [
        (GOOD, None, "must be a list of policies"),
        ([GOOD, "memory"], None, "policy[1] is 'memory', not a mapping; allowed are resource, limit, window, scope"),
        ([GOOD, {**GOOD, "windows": 7}], None, "policy[1]: unknown key 'windows'; allowed are resource, limit,"),
        ([{"resource": "cpu", "limit": 5}], None, "policy[0]: window is missing"),
        (
            [{**GOOD, "resource": "disk"}],
            None,
            "policy[0]: resource is 'disk'; allowed is one of memory, cpu, gpu, cost",
        ),
        (
            [{**GOOD, "resource": ["cpu"]}],
            None,
            "policy[0]: resource is ['cpu']; allowed is one of memory, cpu, gpu, cost",
        ),
        ([{**GOOD, "limit": "10 apples"}], None, "policy[0]: limit is '10 apples': 'apples' is not a unit of memory"),
        ([{**GOOD, "window": 0}], None, "policy[0]: window is 0; allowed is a whole number of days"),
        ([{**GOOD, "window": -7}], None, "window is -7"),
        ([{**GOOD, "limit": 10**400}], None, "000 is not a number from 0 up"),
        ([{**GOOD, "window": 1.5}], None, "window is 1.5"),
        ([{**GOOD, "window": float("inf")}], None, "window is inf"),
        ([{**GOOD, "window": True}], None, "window is True"),
        ([{**GOOD, "window": "week"}], None, "window is 'week'"),
        ([{**GOOD, "window": "90m"}], None, "window is '90m'"),
        ([{**GOOD, "window": "0h"}], None, "window is '0h'"),
        ([{**GOOD, "scope": "staff"}], None, "policy[0]: scope is 'staff', not a mapping; allowed are group, user"),
        ([{**GOOD, "scope": {}}], None, "policy[0]: scope is empty"),
        ([{**GOOD, "scope": {"groups": ["a"]}}], None, "policy[0]: scope: unknown key 'groups'"),
        ([{**GOOD, "scope": {"group": []}}], None, "policy[0]: scope.group is []; allowed is a list of at least one"),
        ([{**GOOD, "scope": {"group": None}}], None, "policy[0]: scope.group is None"),
        ([{**GOOD, "scope": {"group": [2024]}}], None, "policy[0]: scope.group has 2024; names must be texts"),
        ([{**GOOD, "scope": {"user": [""]}}], None, "policy[0]: scope.user has ''"),
        (
            [{**GOOD, "when_exceeded": "1h"}],
            None,
            "policy[0]: when_exceeded is '1h', not a mapping; allowed are warn_b",
        ),
        (
            [{**GOOD, "when_exceeded": {}}],
            None,
            "policy[0]: when_exceeded is empty; set warn_before, stop_after or both",
        ),
        ([{**GOOD, "when_exceeded": {"stop": "1h"}}], None, "policy[0]: when_exceeded: unknown key 'stop'"),
        (
            [{**GOOD, "when_exceeded": {"stop_after": 30}}],
            None,
            "when_exceeded.stop_after is 30; allowed is a duration",
        ),
        ([{**GOOD, "when_exceeded": {"stop_after": "4m"}}], None, "when_exceeded.stop_after is '4m'; allowed is a dur"),
        ([{**GOOD, "when_exceeded": {"warn_before": "25h"}}], None, "when_exceeded.warn_before is '25h'"),
        ([{**GOOD, "when_exceeded": {"warn_before": None}}], None, "when_exceeded.warn_before is None"),
        ([GOOD], {"intersection": "avg"}, "scope_backup_strategy: intersection is 'avg'; allowed is one of min, max"),
        ([GOOD], {"intersection": ["min"]}, "intersection is ['min']"),
        ([GOOD], {"merge": "min"}, "scope_backup_strategy: unknown key 'merge'; allowed are intersection, empty"),
        ([GOOD], "min", "scope_backup_strategy is 'min', not a mapping"),
        ([GOOD], {"empty": GOOD}, "scope_backup_strategy.empty: scope is not allowed here"),
        ([GOOD], {"empty": [memory(1), {}]}, "scope_backup_strategy.empty[1]: resource is missing"),
    ],
)
def test_an_invalid_policy_is_refused_with_entry_key_and_what_is_allowed(policy: Any, strategy: Any, said: str) -> None:
    with pytest.raises(PolicyError) as caught:
        parse(policy, strategy)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("strategy", "said"),
    [
        ({"intersection": "avg"}, "scope_fallback_strategy: intersection is 'avg'"),
        ({"merge": "min"}, "scope_fallback_strategy: unknown key 'merge'"),
        ({"empty": GOOD}, "scope_fallback_strategy.empty: scope is not allowed here"),
        ({"empty": [memory(1), {}]}, "scope_fallback_strategy.empty[1]: resource is missing"),
    ],
)
def test_an_error_in_a_strategy_names_the_option_that_has_it(strategy: Any, said: str) -> None:
    with pytest.raises(PolicyError) as caught:
        parse([GOOD], strategy, "scope_fallback_strategy")
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize("strategy", [None, {}, {"intersection": "min"}, {"empty": {}}, {"empty": []}, {"empty": None}])
def test_without_a_strategy_it_is_min_and_no_fallback(strategy: Any) -> None:
    policies = parse([GOOD], strategy)
    assert (policies.intersection, policies.fallback) == ("min", ())


@pytest.mark.parametrize(
    ("limits", "intersection", "expected"),
    [
        pytest.param(["1400 GiB-hours"], "min", "1,399.99 of 1,400 GiB-hours", id="the unit of the policy"),
        pytest.param(["1.5TiB"], "min", "1.49 of 1.5 TiB-hours", id="also where it is not whole"),
        pytest.param(["1400GB"], "min", "1,399.99 of 1,400 GB-hours", id="a decimal one"),
        pytest.param(["1400G"], "min", "1,399.99 of 1,400 GiB-hours", id="G is GiB, as in JupyterHub"),
        pytest.param([1400 * 2**30], "min", "1,399.99 of 1,400 GiB-hours", id="a number has none: a whole one"),
        pytest.param(["2TiB", "1400GiB"], "min", "1,399.99 of 1,400 GiB-hours", id="of several, that of the limit"),
        pytest.param(["2TiB", "1400GiB"], "max", "1.99 of 2 TiB-hours", id="of several, that of the larger limit"),
        pytest.param(["2TiB", "1400GiB"], "sum", "3,447.99 of 3,448 GiB-hours", id="of a sum, in which all are whole"),
        pytest.param(["2TiB", "3TiB"], "sum", "4.99 of 5 TiB-hours", id="of a sum in one unit, that unit"),
        pytest.param(["2048GiB", "3TiB"], "sum", "4.99 of 5 TiB-hours", id="of a sum, the larger one if all are whole"),
    ],
)
def test_a_limit_keeps_the_unit_of_its_policy(limits: list[object], intersection: str, expected: str) -> None:
    policies = parse([memory(limit) for limit in limits], {"intersection": intersection})
    (limit,) = limits_for(policies, "ann", [])
    used, of = in_words(RESOURCES["memory"], limit.value * (1 - 1e-6), limit.value, prefix=limit.prefix)
    assert f"{used} of {of}" == expected
