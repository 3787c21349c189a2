"""Queries of panels whose arithmetic is worth a test of its own."""

from collections.abc import Iterator
from dataclasses import replace

from hubmeter_generator.dashboards import shared, users
from hubmeter_generator.settings import make
from hubmeter_promql import names, render
from tests.rules.promtool import Case, Expect, series


def _servers_by_hour(utc_offset: str) -> str:
    template = render.load("panels/activity/servers_by_weekday_and_hour.promql")
    query = render.render(template, make({}, "the test").placeholders())
    return query.replace("$hub", ".*").replace("$utc_offset", utc_offset).replace("$__range", "1h")


# Promtool's time begins on a Thursday at 0:00 UTC.
_SERVERS = {series(names.hub(names.SERVERS), namespace="prod"): "7x120", series(names.HUBS, namespace="prod"): "1x120"}

ACTIVITY = tuple(
    Case(
        f"servers from 0:15 to 1:00 UTC are in the hours of UTC{offset:+g}",
        _SERVERS,
        (Expect("61m", _servers_by_hour(f"{offset:g}"), {f'{{hour="{h}", weekday="{day}"}}': 7 for h, day in hours}),),
    )
    for offset, hours in (
        (0, [("00", 4), ("01", 4)]),
        (5.5, [("05", 4), ("06", 4)]),
        (5.75, [("06", 4)]),
        (-9.5, [("14", 3), ("15", 3)]),
    )
)


# Users by group, and their memory. One has no share, and the hub's own pods have no user. A group and a user are named
# like the hub. The hub's own sum differs from that of its users, to see which is read.
_USERS = {"ann": ("physics", "prod"), "bob": ("bio",), "prod": ("physics",), "eve": (), "": ()}
_MEMORY = {"ann": 1, "bob": 2, "prod": 16, "eve": 4, "": 8}
_ALL = 1000
_CHOICES: dict[tuple[str, str], tuple[str, ...]] = {
    (".*", ".*"): ("ann", "bob", "prod", "eve", ""),
    (".*", "(ann|bob)"): ("ann", "bob"),
    (".*", "prod"): ("prod",),
    (".*", ""): ("",),
    ("physics", ".*"): ("ann", "prod"),
    ("(physics|bio)", "(bob|eve)"): ("bob",),
    ("physics", "bob"): (),
    ("prod", ".*"): ("ann",),
    ("prod", ""): (),
    ("", ".*"): ("eve", ""),
    ("", "(ann|eve)"): ("eve",),
    ("", ""): ("",),
}


def _chosen(query: str, group: str, user: str) -> str:
    query = render.render(query, make({}, "the test").placeholders())
    values = {
        "$hub": ".*",
        "$usergroup": group,
        "$username": user,
        "$__range": "59m",
        "${every}": "75",
        "$active": ".*",
    }
    for name, value in values.items():
        query = query.replace(name, value)
    return query


def _memory(share: str, resource: str) -> dict[str, str]:
    rows = {series(names.hub(resource), namespace="prod"): f"{_ALL}x130", series(names.HUBS, namespace="prod"): "1x130"}
    for user, groups in _USERS.items():
        row = {"namespace": "prod", **({"username": user} if user else {})}
        rows[series(names.user(resource), **row)] = f"{_MEMORY[user]}x130"
        rows |= {series(share, **row, usergroup=group): f"{1 / len(groups)}x130" for group in groups}
    return rows


def _choices(of: str, resource: str, share: str) -> Iterator[Case]:
    def rows(chosen: tuple[str, ...], factor: int = 1) -> dict[str, float]:
        names_ = {user: f'{{namespace="prod", username="{user}"}}' if user else '{namespace="prod"}' for user in chosen}
        return {name: _MEMORY[user] * factor for user, name in names_.items()}

    for (group, user), chosen in _CHOICES.items():
        known = tuple(name for name in chosen if name)
        total = _ALL if (group, user) == (".*", ".*") else sum(_MEMORY[name] for name in chosen)
        expected: dict[str, dict[str, float]] = {
            f"sum by (namespace, username) ({shared.of_users(resource)})": rows(chosen),
            f"sum by (namespace, username) ({shared.of_users(resource, known=True)})": rows(known),
            shared.total_of_users(resource): {"{}": total} if chosen else {},
        }
        if of == "servers":
            expected[users.most_read(resource)] = rows(known, 48)
        who = ", ".join(name or "no user" for name in chosen) or "nobody"
        yield Case(
            f"{of} of groups {group!r} and users {user!r} are those of {who}",
            _memory(share, resource),
            tuple(Expect("2h", _chosen(query, group, user), result) for query, result in expected.items()),
        )


def _active() -> Iterator[Case]:
    """Yield cases of the users of groups in a window: with all groups the recorded number, which differs here."""
    hours = names.pair(names.BUCKETS[names.SERVERS])
    rows = {series(names.HUB_ACTIVE_USERS, namespace="prod", window="1h"): f"{_ALL}x24"}
    rows |= {series(names.HUBS, namespace="prod"): "1x24"}
    for user, groups in _USERS.items():
        row = {"namespace": "prod", **({"username": user} if user else {})}
        rows |= {series(hours, **row, usergroup=group): "1x24" for group in groups}
        if not groups:
            rows[series(hours, **row)] = "1x24"
    query = render.part("panels/groups/active_users.promql", {"window": "1h"})
    for group, number in ((".*", _ALL), ("physics", 2), ("(physics|prod)", 2), ("prod", 1), ("bio", 1), ("", 1)):
        yield Case(
            f"active users of groups {group!r} are {number}",
            rows,
            (Expect("100m", _chosen(query, group, ".*"), {"{}": number}),),
            interval="5m",
        )


def cases() -> Iterator[Case]:
    """Yield all cases of this page. No recording rule runs: the inputs are the recorded series."""
    choices = (*_choices("servers", names.SERVERS, names.ACTIVE_SHARE), *_choices("homes", names.HOME, names.SHARE))
    for case in (*ACTIVITY, *choices, *_active()):
        yield replace(case, groups="none")
