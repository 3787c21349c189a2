"""Who may use how much: one table, which the Python of the hub and the rules in Prometheus must both satisfy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

GIB = float(2**30)
TIB = float(2**40)
GB = 1e9


@dataclass(frozen=True)
class QuotaCase:
    """A hub's policies as its configuration spells them, a user, and the user's limits.

    ``expected`` has (resource, window) as metrics spell them, and the limit in base units times hours.
    """

    name: str
    policies: Sequence[Mapping[str, Any]]
    user: str
    groups: Sequence[str]
    expected: Mapping[tuple[str, str], float]
    intersection: str = "min"
    fallback: Sequence[Mapping[str, Any]] = field(default=())
    grants: Sequence[Mapping[str, Any]] = field(default=())

    @property
    def strategy(self) -> dict[str, Any]:
        """The trait scope_backup_strategy."""
        return {"intersection": self.intersection, "empty": list(self.fallback)}


def grant(resource: str, amount: object, **more: object) -> dict[str, Any]:
    """Return a grant of the year 2999 for the ``user`` or ``group``."""
    return {"resource": resource, "amount": amount, "until": "2999-12-31", "reason": "thesis", **more}


def memory(limit: object, window: object = 7, **scope: Sequence[str]) -> dict[str, Any]:
    """Return a policy on memory, for everybody unless ``group`` or ``user`` is given."""
    return _policy("memory", limit, window, scope)


def cpu(limit: object, window: object = 7, **scope: Sequence[str]) -> dict[str, Any]:
    """Return a policy on CPU, for everybody unless ``group`` or ``user`` is given."""
    return _policy("cpu", limit, window, scope)


def gpu(limit: object, window: object = 7, **scope: Sequence[str]) -> dict[str, Any]:
    """Return a policy on GPUs, for everybody unless ``group`` or ``user`` is given."""
    return _policy("gpu", limit, window, scope)


def cost(limit: object, window: object = 7, **scope: Sequence[str]) -> dict[str, Any]:
    """Return a policy on what users cost, for everybody unless ``group`` or ``user`` is given."""
    return _policy("cost", limit, window, scope)


def _policy(resource: str, limit: object, window: object, scope: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    entry = {"resource": resource, "limit": limit, "window": window}
    return {**entry, "scope": dict(scope)} if scope else entry


TWO_GROUPS = (memory("100GiB", group=["staff"]), memory("300GiB", group=["students"]))
LONG = "x" * 80

CASES: tuple[QuotaCase, ...] = (
    QuotaCase("without policies nothing is limited", (), "ann", ["staff"], {}),
    QuotaCase(
        "the policy of the contract holds for its group",
        [memory({"value": 1000, "unit": "GiB-hours"}, group=["group-0"])],
        "ann",
        ["group-0"],
        {("memory", "7d"): 1000 * GIB},
    ),
    QuotaCase(
        "a policy does not hold for a user of another group",
        [memory({"value": 1000, "unit": "GiB-hours"}, group=["group-0"])],
        "ann",
        ["group-1"],
        {},
    ),
    QuotaCase("a policy does not hold for a user of no group", [memory("1000G", group=["group-0"])], "ann", [], {}),
    QuotaCase("1000GB is decimal", [memory("1000GB")], "ann", [], {("memory", "7d"): 1000 * GB}),
    QuotaCase("1000G is as in JupyterHub", [memory("1000G")], "ann", [], {("memory", "7d"): 1000 * GIB}),
    QuotaCase("a number is of base units", [cpu(12.5)], "ann", ["staff"], {("cpu", "7d"): 12.5}),
    QuotaCase(
        "of several, min is the smallest", TWO_GROUPS, "ann", ["staff", "students"], {("memory", "7d"): 100 * GIB}
    ),
    QuotaCase(
        "of several, max is the largest",
        TWO_GROUPS,
        "ann",
        ["staff", "students"],
        {("memory", "7d"): 300 * GIB},
        "max",
    ),
    QuotaCase(
        "of several, sum adds them",
        TWO_GROUPS,
        "ann",
        ["staff", "students"],
        {("memory", "7d"): 400 * GIB},
        "sum",
    ),
    QuotaCase(
        "with sum, one membership counts once", TWO_GROUPS, "ann", ["staff"], {("memory", "7d"): 100 * GIB}, "sum"
    ),
    QuotaCase(
        "with sum, a policy of two groups counts once for each that the user is in",
        [memory("100GiB", group=["staff", "students", "guests"])],
        "ann",
        ["staff", "students"],
        {("memory", "7d"): 200 * GIB},
        "sum",
    ),
    QuotaCase(
        "with sum, two policies of one group, resource and window add up",
        [memory("100GiB", group=["staff"]), memory("20GiB", group=["staff"])],
        "ann",
        ["staff"],
        {("memory", "7d"): 120 * GIB},
        "sum",
    ),
    QuotaCase(
        "a user of three groups has the policies of all three",
        [cpu(30, group=["a"]), cpu(20, group=["b"]), cpu(40, group=["c"]), cpu(1, group=["d"])],
        "ana.lópez@uni.edu",
        ["a", "b", "c"],
        {("cpu", "7d"): 20},
    ),
    QuotaCase(
        "different windows all apply",
        [memory("10GiB", 1), memory("1TiB", 30, group=["staff"])],
        "ann",
        ["staff"],
        {("memory", "1d"): 10 * GIB, ("memory", "30d"): TIB},
    ),
    QuotaCase(
        "different resources all apply",
        [memory("10GiB", group=["staff"]), cpu("5 CPU-hours", group=["staff"]), gpu(2)],
        "ann",
        ["staff"],
        {("memory", "7d"): 10 * GIB, ("cpu", "7d"): 5, ("gpu", "7d"): 2},
    ),
    QuotaCase("a window may be of hours", [cpu(5, "36h")], "ann", [], {("cpu", "36h"): 5}),
    QuotaCase("48 hours and 2 days are one window", [cpu(5, "48h"), cpu(4, 2)], "ann", [], {("cpu", "2d"): 4}),
    QuotaCase("a policy for a user is not one for a user with a longer name", [cpu(5, user=["ann"])], "anna", [], {}),
    QuotaCase("a policy for a user holds for that user", [cpu(5, user=["ann"])], "ann", ["anna"], {("cpu", "7d"): 5}),
    QuotaCase("a group of a user's name is not the user", [cpu(5, group=["ann"])], "ann", ["staff"], {}),
    QuotaCase(
        "a user's own policy, the group's and everybody's merge",
        [cpu(5, user=["ann"]), cpu(4, group=["staff"]), cpu(9)],
        "ann",
        ["staff"],
        {("cpu", "7d"): 18},
        "sum",
    ),
    QuotaCase(
        "a policy for a group and a user counts once for each",
        [cpu(5, group=["staff"], user=["ann"])],
        "ann",
        ["staff"],
        {("cpu", "7d"): 10},
        "sum",
    ),
    QuotaCase(
        "whom no policy concerns has the fallback",
        [cpu(5, group=["staff"])],
        "ann",
        ["guests"],
        {("cpu", "7d"): 1},
        fallback=[cpu(1)],
    ),
    QuotaCase(
        "a user of no group has the fallback",
        [cpu(5, group=["staff"])],
        "ann",
        [],
        {("cpu", "7d"): 1},
        fallback=[cpu(1)],
    ),
    QuotaCase(
        "the fallback may be several policies",
        [cpu(5, group=["staff"])],
        "ann",
        [],
        {("cpu", "7d"): 1, ("memory", "30d"): 10 * GB},
        fallback=[cpu(1), memory("10GB", 30)],
    ),
    QuotaCase(
        "fallback policies of one resource and window merge too",
        [],
        "ann",
        ["staff"],
        {("cpu", "7d"): 3},
        "max",
        fallback=[cpu(1), cpu(3)],
    ),
    QuotaCase(
        "one policy on another resource is enough for no fallback",
        [memory("10GB", group=["staff"])],
        "ann",
        ["staff"],
        {("memory", "7d"): 10 * GB},
        fallback=[cpu(1)],
    ),
    QuotaCase(
        "a policy for everybody is enough for no fallback", [cpu(5)], "ann", [], {("cpu", "7d"): 5}, fallback=[cpu(1)]
    ),
    QuotaCase(
        "money has limits of its own",
        [cost("20 USD", 30, group=["staff"]), cost(12.5, 1), cpu(5)],
        "ann",
        ["staff"],
        {("cost", "30d"): 20, ("cost", "1d"): 12.5, ("cpu", "7d"): 5},
    ),
    QuotaCase(
        "grants for the user and for all of the user's groups are added to the merged policies",
        TWO_GROUPS,
        "ann",
        ["staff", "students"],
        {("memory", "7d"): 100 * GIB + 17 * GIB},
        grants=[
            grant("memory", "2GiB", user="ann"),
            grant("memory", "10GiB", user="ann", window=7),
            grant("memory", "1GiB", group="staff"),
            grant("memory", "4GiB", group="students"),
            grant("memory", "400GiB", user="anna"),
            grant("memory", "800GiB", group="ann"),
        ],
    ),
    QuotaCase(
        "a grant is for its resource, and for its window or for all",
        [memory("10GiB"), memory("20GiB", 30), cpu(5), cpu(9, "36h")],
        "ann",
        ["staff"],
        {("memory", "7d"): 11 * GIB, ("memory", "30d"): 21 * GIB, ("cpu", "7d"): 5, ("cpu", "36h"): 12},
        grants=[grant("memory", "1GiB", user="ann"), grant("cpu", 3, group="staff", window="36h")],
    ),
    QuotaCase(
        "grants are added to a fallback, and to a sum",
        [gpu(0, group=["guests"])],
        "ann",
        [],
        {("cpu", "7d"): 1 + 2 + 4},
        "sum",
        fallback=[cpu(1), cpu(2)],
        grants=[grant("cpu", 4, user="ann")],
    ),
    QuotaCase(
        "a grant on a limit of 0 is the limit",
        [gpu(0)],
        "ann",
        ["staff"],
        {("gpu", "7d"): 2},
        grants=[grant("gpu", 2, user="ann")],
    ),
    QuotaCase(
        "a grant for users without a limit limits nothing",
        [cpu(5, group=["staff"])],
        "ann",
        [],
        {},
        grants=[grant("cpu", 3, user="ann"), grant("memory", 3, user="ann")],
    ),
    QuotaCase("a limit of 0 is a limit", [gpu(0, group=["staff"])], "ann", ["staff"], {("gpu", "7d"): 0}),
    QuotaCase("upper and lower case are two groups", [cpu(5, group=["Staff"])], "Bob-Smith", ["staff"], {}),
    QuotaCase("odd names of users", [cpu(5, user=["x--y"]), cpu(6, user=[LONG])], "x--y", [], {("cpu", "7d"): 5}),
    QuotaCase("names of 80 characters", [cpu(5, user=["x--y"]), cpu(6, user=[LONG])], LONG, [], {("cpu", "7d"): 6}),
    QuotaCase(
        "quotes and backslashes in names",
        [cpu(5, group=['the "best" \\ of']), cpu(6, user=['o"brien\\'])],
        'o"brien\\',
        ['the "best" \\ of'],
        {("cpu", "7d"): 5},
    ),
)
