"""The usage of days that are over, in the ledger: by hub, by group, and by user in each group."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, NamedTuple, TypeVar

from hubmeter_exporter.costs.ledger_file import LedgerFile, Snapshot
from hubmeter_exporter.costs.usage import Selection, Used

_EPOCH: Final = date(1970, 1, 1)
_TOLERANCE: Final = 1e-9  # relative; within it, a user's usage and the sum of the groups' parts are equal

HubAndDriver = tuple[str, str]  # namespace, driver
_Key = TypeVar("_Key")


class Slice(NamedTuple):
    """The usage of a driver on a hub and a day, in unit-hours: (username, usergroup, amount), "" for what is absent.

    An empty ``usergroup`` of a user in a group is that of users without a known group.
    """

    day: date
    namespace: str
    driver: str
    rows: list[tuple[str, str, float]]


@dataclass(frozen=True)
class DayOfUsage:
    """The usage of one day: of hubs by (namespace, driver), of groups, of users in each group, and of users.

    ``capacity`` is that of the nodes of users, by (namespace, driver).
    """

    hubs: Mapping[HubAndDriver, float]
    groups: Iterable[Used] = ()
    pairs: Iterable[Used] = ()
    users: Iterable[Used] = ()
    capacity: Mapping[HubAndDriver, float] = field(default_factory=dict)


class UsageLedger:
    """Writes usage into the ledger; `UsageReading` reads it."""

    def __init__(self, file: LedgerFile) -> None:
        """Take the file."""
        self._file = file

    def copied(self) -> dict[date, str]:
        """Return the copied days, with the basis of each. Raises `LedgerError`."""
        return {day_of(number): basis for number, basis in self._file.read("SELECT day, basis FROM usage_day")}

    def put(self, day: date, usage: DayOfUsage, basis: str, *, with_users: bool) -> None:
        """Replace the usage of a day on ``usage.hubs``, all or nothing. Other hubs and drivers keep theirs.

        If the basis is another one than before, they lose theirs, unless there is no usage at all now.

        Args:
            day: UTC day that is over.
            usage: Of the day.
            basis: Text of all settings that affect how usage is read.
            with_users: Whether to write the usage of users.

        Raises:
            LedgerError: The file cannot be written; it is unchanged.
        """
        number = number_of(day)
        with self._file.write() as connection:
            names = _Names(connection, number)
            before = connection.execute("SELECT basis FROM usage_day WHERE day = ?", (number,)).fetchone()
            connection.execute(
                "INSERT INTO usage_day VALUES (?, ?, ?) "
                "ON CONFLICT (day) DO UPDATE SET basis = excluded.basis, users = excluded.users",
                (number, basis, with_users),
            )
            connection.executemany(
                "INSERT OR REPLACE INTO capacity VALUES (?, ?, ?)",
                [(number, names.hub_driver(*key), amount) for key, amount in usage.capacity.items()],
            )
            replaced = [names.hub_driver(*key) for key in usage.hubs]
            if replaced and before not in (None, (basis,)):
                replaced = [*names.hub_drivers.values()]
            for table in ("hub_usage", "group_usage", "member_usage"):
                connection.executemany(
                    f"DELETE FROM {table} WHERE day = ? AND hub_driver = ?",  # noqa: S608 - one of three constants
                    [(number, key) for key in replaced],
                )
            connection.executemany(
                "INSERT INTO hub_usage VALUES (?, ?, ?)",
                [(number, names.hub_driver(*key), amount) for key, amount in usage.hubs.items()],
            )
            groups = _amounts(usage.groups, usage, day)
            connection.executemany(
                "INSERT INTO group_usage VALUES (?, ?, ?, ?)",
                sorted(
                    (number, names.hub_driver(*key), names.usergroup(group), amount) for key, _, group, amount in groups
                ),
            )
            members = [*_amounts(usage.pairs, usage, day), *_wholes(usage, day)] if with_users else []
            connection.executemany(
                "INSERT INTO member_usage VALUES (?, ?, ?, ?)",
                sorted(
                    (number, names.hub_driver(*key), names.member(user, group), amount)
                    for key, user, group, amount in members
                ),
            )
            connection.execute(
                "UPDATE member SET last_day = ?1 WHERE last_day < ?1 "
                "AND id IN (SELECT member FROM member_usage WHERE day = ?1)",
                (number,),
            )

    def expire(self, first: date) -> None:
        """Delete the usage of users before a day, and users without usage since. Raises `LedgerError`."""
        number = number_of(first)
        expired = self._file.read("SELECT day FROM usage_day WHERE users AND day < ?", number)
        for row in expired:  # in many small transactions
            with self._file.write() as connection:
                connection.execute("DELETE FROM member_usage WHERE day = ?", row)
                connection.execute("UPDATE usage_day SET users = 0 WHERE day = ?", row)
        if expired:
            with self._file.write() as connection:
                connection.execute("DELETE FROM member WHERE last_day < ?", (number,))
                connection.execute("DELETE FROM username WHERE id NOT IN (SELECT username FROM member)")


class UsageReading:
    """Reads the copied usage of a snapshot of the ledger. All methods raise `LedgerError`.

    Slices are sorted by day, namespace and driver.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        """Take the snapshot."""
        self._snapshot = snapshot
        query = "SELECT id, namespace, driver FROM hub_driver ORDER BY namespace, driver"
        self._hub_drivers = {key: (namespace, driver) for key, namespace, driver in snapshot.rows(query)}

    def days(self, first: date, last: date) -> dict[date, bool]:
        """Return the copied days from ``first`` to ``last``, sorted, and whether each has the usage of users."""
        query = "SELECT day, users FROM usage_day WHERE day BETWEEN ? AND ? ORDER BY day"
        rows = self._snapshot.rows(query, number_of(first), number_of(last))
        return {day_of(number): bool(users) for number, users in rows}

    def hubs(self, first: date, last: date) -> dict[tuple[date, str, str], float]:
        """Return the usage of all users of a hub by (day, namespace, driver)."""
        return self._of_hubs("SELECT day, hub_driver, amount FROM hub_usage WHERE day BETWEEN ? AND ?", first, last)

    def capacity(self, first: date, last: date) -> dict[tuple[date, str, str], float]:
        """Return the capacity of the nodes of users by (day, namespace, driver)."""
        return self._of_hubs("SELECT day, hub_driver, amount FROM capacity WHERE day BETWEEN ? AND ?", first, last)

    def groups(self, days: Iterable[date], selection: Selection) -> Iterator[Slice]:
        """Yield the usage of each group on these days."""
        names = self._snapshot.rows("SELECT id, name FROM usergroup")
        groups = {key: name for key, name in names if _selects(selection.usergroups, name)}
        query = "SELECT usergroup, amount FROM group_usage WHERE day = ? AND hub_driver = ?"
        for day, namespace, driver, rows in self._of_days(days, selection, query):
            yield Slice(day, namespace, driver, [("", groups[key], amount) for key, amount in rows if key in groups])

    def pairs(self, days: Iterable[date], selection: Selection) -> Iterator[Slice]:
        """Yield the usage of each user in each group on these days."""
        members = {
            key: (username, usergroup)
            for key, username, usergroup in self._members(selection)
            if usergroup is not None and _selects(selection.usergroups, usergroup)
        }
        keys = list(members) if selection.usernames or selection.usergroups else None
        for day, namespace, driver, rows in self._of_members(days, selection, keys):
            yield Slice(day, namespace, driver, [(*members[key], amount) for key, amount in rows if key in members])

    def users(self, days: Iterable[date], selection: Selection) -> Iterator[Slice]:
        """Yield the usage of each user on these days."""
        members = {key: (username, usergroup is None) for key, username, usergroup in self._members(selection)}
        keys = list(members) if selection.usernames else None
        for day, namespace, driver, rows in self._of_members(days, selection, keys):
            summed: dict[str, float] = defaultdict(float)
            wholes: dict[str, float] = {}
            for key, amount in rows:
                if key in members:
                    username, whole = members[key]
                    if whole:
                        wholes[username] = amount
                    else:
                        summed[username] += amount
            yield Slice(day, namespace, driver, [(name, "", amount) for name, amount in (summed | wholes).items()])

    def costs(self, usd: Mapping[tuple[date, str, str], float], selection: Selection) -> dict[str, float]:
        """Return the cost of each user in these groups. The usage of a user's groups counts up to the user's usage.

        Args:
            usd: US dollars per unit by (day, namespace, driver); usage without a price costs nothing.
            selection: Of usage.
        """
        members = {key: (username, usergroup) for key, username, usergroup in self._members(selection)}
        in_groups = {
            key: username
            for key, (username, usergroup) in members.items()
            if usergroup is not None and _selects(selection.usergroups, usergroup)
        }
        hub_drivers = {pair: key for key, pair in self._hub_drivers.items() if _selects_hub(selection, *pair)}
        prices = json.dumps(
            [
                (number_of(day), hub_drivers[namespace, driver], price)
                for (day, namespace, driver), price in usd.items()
                if (namespace, driver) in hub_drivers
            ]
        )
        costs: dict[str, float] = defaultdict(float)
        query = f"{_PRICED} SELECT member, sum(amount * usd) FROM priced GROUP BY member"  # noqa: S608 - a constant
        for key, cost in self._snapshot.rows(query, prices):
            if key in in_groups:
                costs[in_groups[key]] += cost
        # What a user's groups have together above the user's usage.
        wholes = {username for username, usergroup in members.values() if usergroup is None}
        if wholes:
            keys = [key for key, (username, _) in members.items() if username in wholes]
            summed: dict[tuple[int, int, str], float] = defaultdict(float)
            whole: dict[tuple[int, int, str], tuple[float, float]] = {}
            query = f"{_PRICED} SELECT * FROM priced WHERE {_IN}"  # noqa: S608 - two constants
            for number, hub_driver, price, key, amount in self._snapshot.rows(query, prices, json.dumps(keys)):
                of_user = number, hub_driver, members[key][0]
                if key in in_groups:
                    summed[of_user] += amount
                elif members[key][1] is None:
                    whole[of_user] = amount, price
            for of_user, (amount, price) in whole.items():
                if summed[of_user] > amount:
                    costs[of_user[2]] -= (summed[of_user] - amount) * price
        return costs

    def _of_hubs(self, query: str, first: date, last: date) -> dict[tuple[date, str, str], float]:
        rows = self._snapshot.rows(query, number_of(first), number_of(last))
        return {(day_of(number), *self._hub_drivers[key]): amount for number, key, amount in rows}

    def _members(self, selection: Selection) -> list[tuple[int, str, str | None]]:
        """Return the id, username and usergroup of each user in a group, and of users in all groups (None)."""
        query = (
            "SELECT member.id, username.name, usergroup.name FROM member "
            "JOIN username ON username.id = member.username LEFT JOIN usergroup ON usergroup.id = member.usergroup"
        )
        return [row for row in self._snapshot.rows(query) if _selects(selection.usernames, row[1])]

    def _of_members(
        self, days: Iterable[date], selection: Selection, members: list[int] | None
    ) -> Iterator[tuple[date, str, str, Iterator[tuple[int, float]]]]:
        """Yield the rows of each day, hub and driver; of all members, or of some."""
        query = "SELECT member, amount FROM member_usage WHERE day = ? AND hub_driver = ?"
        if members is None:
            return self._of_days(days, selection, query)
        return self._of_days(days, selection, f"{query} AND {_IN}", json.dumps(members))

    def _of_days(
        self, days: Iterable[date], selection: Selection, query: str, *values: str
    ) -> Iterator[tuple[date, str, str, Iterator[tuple[int, float]]]]:
        for day in days:
            for key, (namespace, driver) in self._hub_drivers.items():
                if _selects_hub(selection, namespace, driver):
                    yield day, namespace, driver, self._snapshot.rows(query, number_of(day), key, *values)


# Rows of usage with their price; the parameter is a JSON array of [day, hub_driver, usd].
_PRICED: Final = """
    WITH price (day, hub_driver, usd) AS MATERIALIZED (
        SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]') FROM json_each(?)
    ), priced AS (
        SELECT day, hub_driver, usd, member, amount FROM price CROSS JOIN member_usage USING (day, hub_driver)
    )"""
_IN: Final = "member IN (SELECT value FROM json_each(?))"


class _Names:
    """The ids of names, in a transaction; a name without one gets it."""

    def __init__(self, connection: sqlite3.Connection, day: int) -> None:
        """Read the present ids; ``day`` is that of new members."""
        self._connection = connection
        self._day = day
        self.hub_drivers = {
            (namespace, driver): key
            for key, namespace, driver in connection.execute("SELECT id, namespace, driver FROM hub_driver")
        }
        self._usergroups = {name: key for key, name in connection.execute("SELECT id, name FROM usergroup")}
        self._usernames = {name: key for key, name in connection.execute("SELECT id, name FROM username")}
        self._members = {
            (username, usergroup): key
            for key, username, usergroup in connection.execute("SELECT id, username, usergroup FROM member")
        }

    def hub_driver(self, namespace: str, driver: str) -> int:
        query = "INSERT INTO hub_driver (namespace, driver) VALUES (?, ?)"
        return self._id(self.hub_drivers, (namespace, driver), query, namespace, driver)

    def usergroup(self, name: str) -> int:
        return self._id(self._usergroups, name, "INSERT INTO usergroup (name) VALUES (?)", name)

    def member(self, username: str, usergroup: str | None) -> int:
        user = self._id(self._usernames, username, "INSERT INTO username (name) VALUES (?)", username)
        group = None if usergroup is None else self.usergroup(usergroup)
        query = "INSERT INTO member (username, usergroup, last_day) VALUES (?, ?, ?)"
        return self._id(self._members, (user, group), query, user, group, self._day)

    def _id(self, known: dict[_Key, int], key: _Key, query: str, *values: object) -> int:
        if key not in known:
            known[key] = self._connection.execute(query, values).lastrowid or 0
        return known[key]


def number_of(day: date) -> int:
    """Return the number of UTC days since 1970."""
    return (day - _EPOCH).days


@lru_cache(4096)
def day_of(number: int) -> date:
    """Return the day with this number."""
    return _EPOCH + timedelta(number)


def _amounts(rows: Iterable[Used], usage: DayOfUsage, day: date) -> Iterator[tuple[HubAndDriver, str, str, float]]:
    """Yield (namespace, driver), username, usergroup and amount of the rows on ``usage.hubs``."""
    for row in rows:
        key, amount = (row.namespace, row.driver), row.days.get(day)
        if amount and key in usage.hubs:
            yield key, row.username, row.usergroup, amount


def _wholes(usage: DayOfUsage, day: date) -> Iterator[tuple[HubAndDriver, str, None, float]]:
    """Yield the usage of users that is not the sum of their groups."""
    summed: dict[tuple[HubAndDriver, str], float] = defaultdict(float)
    for key, username, _, amount in _amounts(usage.pairs, usage, day):
        summed[key, username] += amount
    for key, username, _, amount in _amounts(usage.users, usage, day):
        if abs(amount - summed.get((key, username), 0.0)) > _TOLERANCE * amount:
            yield key, username, None, amount


def _selects(names: frozenset[str], name: str) -> bool:
    return not names or name in names


def _selects_hub(selection: Selection, namespace: str, driver: str) -> bool:
    return _selects(selection.namespaces, namespace) and _selects(selection.drivers, driver)
