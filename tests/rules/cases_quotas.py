"""Whom a quota's policy concerns, what each user may use and has used, and how many are near their limits."""

from collections.abc import Iterator
from dataclasses import replace

from hubmeter_promql import names
from tests.rules.promtool import Case, Expect, Inputs, exporter, in_cluster, merged, series

_USED = names.window(names.user(names.BUCKETS[names.MEMORY_REQUESTS]))
_ROW = 'resource="memory", window="1d"'


def _policies(intersection: str, **limits: float) -> Inputs:
    """Return what a hub exposes; ``limits`` are everybody, fallback, group_<name> or user_<name> -> byte-hours."""
    rows = {series("jupyterhub_quota_intersection_info", namespace="prod", intersection=intersection): "1x60"}
    for key, limit in limits.items():
        scope, _, who = key.partition("_")
        labels = {"scope": scope, {"group": "usergroup"}.get(scope, "username"): who}
        rows[series("jupyterhub_quota_policy_limit", namespace="prod", **labels, resource="memory", window="1d")] = (
            f"{limit}x60"
        )
    return rows


def _used(username: str, values: str) -> Inputs:
    return {series(_USED, namespace="prod", username=username, window="1d"): values}


def _merged(**limits: float) -> Expect:
    return Expect("2m", names.QUOTA_LIMIT, {f'namespace="prod", username="{u}", {_ROW}': v for u, v in limits.items()})


_PEOPLE = exporter({"ann": {"bio": 1}, "anna": {"chem": 1}, "x--y": {"none": 1}})

QUOTAS = (
    Case(
        "a user's own policy, those of the user's groups and those for everybody concern a user, and the least counts",
        merged(_PEOPLE, _policies("min", everybody=100, group_bio=50, user_ann=200, fallback=1)),
        (
            Expect(
                "2m",
                names.QUOTA_SCOPE,
                {
                    f'namespace="prod", intersection="min", {labels}': 1
                    for labels in (
                        'scope="everybody", username="ann"',
                        'scope="everybody", username="anna"',
                        'scope="everybody", username="x--y"',
                        'scope="group", usergroup="bio", username="ann"',
                        'scope="user", username="ann"',
                    )
                },
            ),
            Expect(
                "2m",
                names.QUOTA_LIMIT_BY_POLICY,
                {
                    f'namespace="prod", intersection="min", {_ROW}, {labels}': limit
                    for labels, limit in (
                        ('scope="everybody", username="ann"', 100),
                        ('scope="everybody", username="anna"', 100),
                        ('scope="everybody", username="x--y"', 100),
                        ('scope="group", usergroup="bio", username="ann"', 50),
                        ('scope="user", username="ann"', 200),
                    )
                },
            ),
            _merged(**{"ann": 50, "anna": 100, "x--y": 100}),
        ),
    ),
    Case(
        "where the hub merges by the largest, the largest of a user's limits counts",
        merged(_PEOPLE, _policies("max", everybody=100, group_bio=50, user_ann=200)),
        (_merged(**{"ann": 200, "anna": 100, "x--y": 100}),),
    ),
    Case(
        "where the hub merges by the sum, all limits of a user add up",
        merged(_PEOPLE, _policies("sum", everybody=100, group_bio=50, user_ann=200)),
        (_merged(**{"ann": 350, "anna": 100, "x--y": 100}),),
    ),
    Case(
        "fallback policies concern the users whom no other policy does",
        merged(_PEOPLE, _policies("min", group_bio=50, fallback=10)),
        (_merged(**{"ann": 50, "anna": 10, "x--y": 10}),),
    ),
    Case(
        "a user accounted to the default group has the limits of the real groups, not of that one",
        merged(
            exporter({"ann": {"bio": 0, "chem": 0, "other": 1}, "anna": {"other": 1}}),
            _policies("min", group_bio=50, group_other=5),
        ),
        (
            Expect(
                "2m",
                names.QUOTA_MEMBERSHIP,
                {
                    f'namespace="prod", usergroup="{group}", username="{user}", intersection="min"': 1
                    for user, group in (("ann", "bio"), ("ann", "chem"), ("anna", "other"))
                },
            ),
            _merged(ann=50, anna=5),
        ),
    ),
    Case(
        "used parts and the users near their limits are counted, and who used nothing has used 0",
        merged(
            _PEOPLE,
            _policies("min", everybody=100, user_ann=0),
            _used("anna", "85x60"),
            _used("ann", "0x60"),
            _used("x--y", "0x60"),
            _used("stranger", "999x60"),
        ),
        (
            Expect(
                "2m",
                names.QUOTA_USED,
                {f'namespace="prod", username="{u}", {_ROW}': v for u, v in (("ann", 0), ("anna", 85), ("x--y", 0))},
            ),
            Expect(
                "2m",
                names.QUOTA_RATIO,
                {f'namespace="prod", username="{u}", {_ROW}': v for u, v in (("ann", 1), ("anna", 0.85), ("x--y", 0))},
            ),
            Expect(
                "2m",
                names.QUOTA_NEAREST,
                {f'namespace="prod", username="{u}"': v for u, v in (("ann", 1), ("anna", 0.85), ("x--y", 0))},
            ),
            Expect(
                "2m",
                names.QUOTA_USERS,
                {f'namespace="prod", threshold="{t}"': n for t, n in (("0", 3), ("80", 2), ("90", 1), ("100", 1))},
            ),
            Expect(
                "2m",
                names.QUOTA_WINDOW_USERS,
                {
                    f'namespace="prod", {_ROW}, threshold="{t}"': n
                    for t, n in (("0", 3), ("80", 2), ("90", 1), ("100", 1))
                },
            ),
            Expect(
                "2m",
                names.QUOTA_GROUP_USERS,
                {
                    f'namespace="prod", usergroup="{group}", threshold="{t}"': n
                    for group, counts in (("bio", (1, 1, 1, 1)), ("chem", (1, 1, 0, 0)), ("none", (1, 0, 0, 0)))
                    for t, n in zip(("0", "80", "90", "100"), counts, strict=True)
                },
            ),
        ),
    ),
    Case(
        "a hub without policies has no limits",
        merged(_PEOPLE, _used("ann", "85x60")),
        tuple(
            Expect("2m", name, {})
            for name in (names.QUOTA_MEMBERSHIP, names.QUOTA_LIMIT, names.QUOTA_USED, names.QUOTA_USERS)
        ),
    ),
    Case(
        "limits and use of a namesake in another cluster are another's",
        merged(
            in_cluster("east", merged(_PEOPLE, _policies("min", group_bio=50), _used("ann", "25x60"))),
            in_cluster("west", merged(_PEOPLE, _policies("max", group_bio=100), _used("ann", "75x60"))),
        ),
        tuple(
            Expect("2m", name, {f'cluster="{c}", namespace="prod", username="ann", {_ROW}': v for c, v in values})
            for name, values in (
                (names.QUOTA_LIMIT, (("east", 50), ("west", 100))),
                (names.QUOTA_USED, (("east", 25), ("west", 75))),
                (names.QUOTA_RATIO, (("east", 0.5), ("west", 0.75))),
            )
        ),
        settings={"windows": ["1d"], "cluster_label": "cluster"},
    ),
)


def cases() -> Iterator[Case]:
    """Yield all cases of this page; what users used is given."""
    for case in QUOTAS:
        yield replace(
            case, settings={"windows": ["1d"], **case.settings}, groups="hubmeter-(hubs|membership|pods|quota.*)"
        )
