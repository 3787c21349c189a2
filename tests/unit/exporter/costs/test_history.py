"""Usage that is copied into the ledger reads like the same usage in Prometheus."""

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from hubmeter_exporter.costs.history import EXPIRED, Copying, History, Periods, Reading
from hubmeter_exporter.costs.ledger_file import LedgerError, LedgerFile
from hubmeter_exporter.costs.usage import Selection, Usage, Used
from hubmeter_exporter.costs.usage_ledger import Slice
from hubmeter_promql.client import UnreachableError

TODAY = date(2026, 11, 22)
AMOUNTS = {"compute": 4.5e9, "home": 2.5e11}


def before(days: int) -> date:
    return TODAY - timedelta(days)


def at(day: date, hour: float) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() + hour * 3600


@dataclass
class Prometheus:
    """What a Prometheus has recorded, and how often it was queried.

    Attributes:
        shares: by (namespace, username) the groups with their weights; "" is users without a known group
        amounts: by (day, namespace, username, driver)
        capacities: by (day, namespace, driver)
    """

    now: float = at(TODAY, 12)
    shares: dict[tuple[str, str], dict[str, float]] = field(default_factory=dict)
    amounts: dict[tuple[date, str, str, str], float] = field(default_factory=dict)
    capacities: dict[tuple[date, str, str], float] = field(default_factory=dict)
    read: list[tuple[str, date, date]] = field(default_factory=list)
    reachable: bool = True

    def add(self, namespace: str, username: str, **shares: float) -> None:
        """Add a user with usage on the last ten days."""
        groups = {name.replace("_", ""): share for name, share in shares.items()} or {"": 1.0}
        self.shares[namespace, username] = groups
        for number in range(10):
            for driver, amount in AMOUNTS.items():
                self.amounts[before(number), namespace, username, driver] = amount + len(self.shares) * 7 + number
                self.capacities[before(number), "", driver] = 1e13 + number

    def today(self) -> date:
        return datetime.fromtimestamp(self.now, UTC).date()

    def as_of_now(self, _: Callable[[], float]) -> "Prometheus":
        return self

    def hubs(self, first: date, last: date) -> dict[tuple[date, str, str], float]:
        rows: dict[tuple[date, str, str], float] = defaultdict(float)
        for row in self._read("hubs", first, last, Selection()):
            for day, amount in row.days.items():
                rows[day, row.namespace, row.driver] += amount
        return dict(rows)

    def users(self, first: date, last: date, selection: Selection) -> list[Used]:
        return self._read("users", first, last, selection)

    def pairs(self, first: date, last: date, selection: Selection) -> list[Used]:
        return [
            Used(
                row.namespace,
                group,
                row.username,
                row.driver,
                {day: amount * share for day, amount in row.days.items()},
            )
            for row in self._read("pairs", first, last, selection)
            for group, share in self.shares[row.namespace, row.username].items()
            if share and (not selection.usergroups or group in selection.usergroups)
        ]

    def groups(self, first: date, last: date, selection: Selection) -> list[Used]:
        summed: dict[tuple[str, str, str], dict[date, float]] = defaultdict(lambda: defaultdict(float))
        for row in self.pairs(first, last, selection):
            for day, amount in row.days.items():
                summed[row.namespace, row.usergroup, row.driver][day] += amount
        return [Used(hub, group, "", driver, dict(days)) for (hub, group, driver), days in summed.items()]

    def capacity(self, first: date, last: date) -> dict[tuple[date, str, str], float]:
        return {(day, *key): amount for (day, *key), amount in self.capacities.items() if first <= day <= last}  # type: ignore[misc] # three parts

    def _read(self, level: str, first: date, last: date, selection: Selection) -> list[Used]:
        if not self.reachable:
            raise UnreachableError("no connection")
        self.read.append((level, first, last))
        rows: dict[tuple[str, str, str], dict[date, float]] = defaultdict(dict)
        for (day, namespace, username, driver), amount in self.amounts.items():
            if first <= day <= last:
                rows[namespace, username, driver][day] = amount
        return [
            Used(hub, "", user, driver, days)
            for (hub, user, driver), days in rows.items()
            if (not selection.namespaces or hub in selection.namespaces)
            and (not selection.usernames or user in selection.usernames)
            and (not selection.drivers or driver in selection.drivers)
        ]


@dataclass
class Site:
    prometheus: Prometheus
    path: Path
    file: LedgerFile
    users: int = 400
    basis: str = "{}"

    @property
    def usage(self) -> Usage:
        return cast("Usage", self.prometheus)

    @property
    def copying(self) -> Copying:
        """A process that has just started."""
        periods = Periods(30, self.users)
        return Copying(self.file, self.usage, lambda: self.prometheus.now, periods, self.basis)

    def copy(self) -> bool:
        return self.copying.copy(60)

    def reading(self) -> Reading:
        return History(self.file, self.usage).as_of_now(lambda: 60.0)

    def amounts(self, *days: date) -> dict[tuple[str, str, str], float]:
        """Return the usage by (namespace, username, driver) of these days."""
        slices = self.reading().users(min(days), max(days), Selection())
        return {(hub, user, driver): amount for _, hub, driver, rows in slices for user, _, amount in rows}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    prometheus = Prometheus()
    prometheus.add("prod", "ana", geo=1.0)
    prometheus.add("prod", "bob", geo=1 / 3, bio=1 / 3, _=1 / 3)
    prometheus.add("prod", "cy", geo=1.0, bio=1.0)  # each group has the whole usage
    prometheus.add("dev", "ana", bio=1.0)
    prometheus.add("dev", "dan")  # no group claims this user
    with closing(LedgerFile(tmp_path / "ledger")) as file:
        yield Site(prometheus, tmp_path / "ledger", file)


SELECTIONS = {
    "everything": Selection(),
    "a hub": Selection(frozenset({"prod"})),
    "a group": Selection(usergroups=frozenset({"bio"})),
    "users without a known group, and a group": Selection(usergroups=frozenset({"", "geo"})),
    "a user": Selection(usernames=frozenset({"ana"})),
    "a user of several groups": Selection(usernames=frozenset({"cy", "bob"})),
    "a driver": Selection(drivers=frozenset({"home"})),
    "a hub, a group, a user and a driver": Selection(
        frozenset({"prod"}), frozenset({"geo"}), frozenset({"bob"}), frozenset({"compute"})
    ),
    "what does not exist": Selection(frozenset({"none"}), frozenset({"none"}), frozenset({"none"}), frozenset({"gpu"})),
}


def everything(site: Site, selection: Selection) -> dict[str, object]:
    """Return all readings."""
    reading, days = site.reading(), (before(9), TODAY)
    prices = {(before(n), hub, "compute"): 1e-9 * (n + len(hub)) for n in range(9) for hub in ("dev", "prod")}
    return {
        "hubs": reading.hubs(*days),
        "capacity": reading.capacity(*days),
        "groups": _by_key(reading.groups(*days, replace(selection, usernames=frozenset()))),
        "pairs": _by_key(reading.pairs(*days, selection)),
        "users": _by_key(reading.users(*days, replace(selection, usergroups=frozenset()))),
        **{f"limit {limit}": reading.costliest(*days, prices, selection, limit) for limit in (1, 2, 9)},
    }


def _by_key(slices: Iterator[Slice]) -> dict[tuple[object, ...], float]:
    rows = list(slices)
    assert [row.day for row in rows] == sorted(row.day for row in rows)
    return {(row.day, row.namespace, row.driver, *names): amount for row in rows for *names, amount in row.rows}


def _approximate(rows: object) -> object:
    """Return what is equal to these rows: groups are added up in another order."""
    return pytest.approx(rows, rel=1e-14) if isinstance(rows, dict) else rows


@pytest.mark.parametrize("selection", SELECTIONS)
def test_copied_days_read_as_before(site: Site, selection: str) -> None:
    expected = everything(site, SELECTIONS[selection])
    assert site.copy()
    site.prometheus.amounts = {key: amount for key, amount in site.prometheus.amounts.items() if key[0] >= before(1)}
    site.prometheus.capacities = {k: amount for k, amount in site.prometheus.capacities.items() if k[0] >= before(1)}
    assert everything(site, SELECTIONS[selection]) == {name: _approximate(rows) for name, rows in expected.items()}


def test_users_of_several_groups_count_once_for_the_limit(site: Site) -> None:
    for number in range(10):
        site.prometheus.amounts[before(number), "prod", "cy", "compute"] = 4.0
        site.prometheus.amounts[before(number), "dev", "dan", "compute"] = 6.0
    prices = {(before(number), hub, "compute"): 1.0 for number in range(10) for hub in ("prod", "dev")}
    chosen = Selection(usernames=frozenset({"cy", "dan"}))
    for _ in ("from Prometheus", "from the ledger"):
        reading = site.reading()
        assert reading.costliest(before(9), TODAY, prices, chosen, 1) == {"dan"}
        assert reading.costliest(before(9), TODAY, prices, chosen, 9) == {"cy", "dan"}
        of_group = Selection(usergroups=frozenset({"bio"}), usernames=frozenset({"cy", "dan"}))
        assert reading.costliest(before(9), TODAY, prices, of_group, 9) == {"cy"}
        site.copy()


@pytest.mark.parametrize(
    ("sentence", "now", "last"),
    [
        ("yesterday is not over for its rule", at(TODAY, 23.9), before(2)),
        ("in the first hour samples may arrive", at(TODAY, 0.9), before(3)),
        ("after it the day is copied", at(TODAY, 1.1), before(2)),
    ],
)
def test_a_day_is_copied_when_it_is_recorded_for_sure(site: Site, sentence: str, now: float, last: date) -> None:
    site.prometheus.now = now
    assert site.copy(), sentence
    assert max(site.copying.days(before(99), TODAY)) == last, sentence
    assert min(site.copying.days(before(99), TODAY)) == before(29), sentence


def test_copied_days_are_not_asked_for_again(site: Site) -> None:
    site.copy()
    site.prometheus.read.clear()
    list(site.reading().pairs(before(9), before(2), Selection()))
    assert site.reading().hubs(before(9), before(2))
    assert site.prometheus.read == []
    site.prometheus.reachable = False
    assert list(site.reading().users(before(9), before(2), Selection()))
    with pytest.raises(UnreachableError):
        site.reading().users(before(9), before(1), Selection())


def test_copying_goes_on_where_its_time_ended_with_the_newest_day_first(site: Site) -> None:
    copying = site.copying
    assert not copying.copy(-1)
    assert copying.days(before(99), TODAY) == []
    users = site.prometheus.users
    answers = iter([users])

    def once(first: date, last: date, selection: Selection) -> list[Used]:
        for answer in answers:
            return answer(first, last, selection)
        raise UnreachableError("no connection")

    site.prometheus.users = once  # type: ignore[method-assign] # Prometheus stops after the first day
    with pytest.raises(UnreachableError):
        copying.copy(60)
    assert copying.days(before(99), TODAY) == [before(2)]
    site.prometheus.users = users  # type: ignore[method-assign] # as before
    assert copying.copy(60)
    assert len(copying.days(before(99), TODAY)) == 28


def test_more_usage_renews_a_day_and_less_does_not(site: Site) -> None:
    site.copy()
    key = (before(5), "prod", "ana", "compute")
    copied = site.amounts(before(5))
    del site.prometheus.amounts[before(5), "dev", "dan", "compute"]
    site.prometheus.amounts[key] *= 1.5  # hubmeter-backfill fills a gap
    assert site.copy()
    assert site.amounts(before(5)) == {**copied, key[1:]: site.prometheus.amounts[key]}
    site.prometheus.amounts[key] /= 2  # another Prometheus, which lost something
    assert site.copy()
    site.prometheus.amounts.clear()  # a new one
    assert site.copy()
    assert site.amounts(before(5))[key[1:]] == pytest.approx(copied[key[1:]] * 1.5)


def test_a_backfill_of_an_old_day_is_seen_at_the_next_start_or_day(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hubmeter_exporter.costs.history._RECENT", 5)
    copying = site.copying
    copying.copy(60)
    site.prometheus.amounts[before(20), "prod", "ana", "compute"] = 5.0
    assert copying.copy(60)
    assert site.amounts(before(20)) == {}
    site.prometheus.now += 86_400
    assert copying.copy(60)
    assert site.amounts(before(20)) == {("prod", "ana", "compute"): 5.0}


def test_a_hub_costs_what_its_users_have_until_all_levels_are_recorded(site: Site) -> None:
    of_users = site.prometheus.amounts.pop((before(5), "prod", "ana", "compute"))
    recorded = site.prometheus.hubs
    lost = True

    def hubs(first: date, last: date) -> dict[tuple[date, str, str], float]:
        rows = recorded(first, last)
        key = before(5), "prod", "compute"
        if key in rows and lost:
            rows[key] += of_users  # only the rule of hubs has seen ana
        return rows

    site.prometheus.hubs = hubs  # type: ignore[method-assign] # levels that differ
    site.copy()
    known = site.reading().hubs(before(5), before(5))[before(5), "prod", "compute"]
    users = {key: amount for key, amount in site.amounts(before(5)).items() if key[0] == "prod" and key[2] == "compute"}
    assert known == pytest.approx(sum(users.values()))
    lost = False
    site.prometheus.amounts[before(5), "prod", "ana", "compute"] = of_users
    site.copy()
    assert site.amounts(before(5))["prod", "ana", "compute"] == of_users


def test_users_without_their_usage_do_not_replace_that_of_the_ledger(site: Site) -> None:
    site.copy()
    copied = site.amounts(before(5))
    recorded = site.prometheus.hubs

    def hubs(first: date, last: date) -> dict[tuple[date, str, str], float]:
        return {key: amount * 2 for key, amount in recorded(first, last).items()}

    site.prometheus.hubs = hubs  # type: ignore[method-assign] # a hub's usage without that of its users
    site.prometheus.amounts = {key: amount * 0.75 for key, amount in site.prometheus.amounts.items()}
    hubs_before = site.reading().hubs(before(5), before(5))
    assert site.copy()
    assert site.amounts(before(5)) == copied
    assert site.reading().hubs(before(5), before(5)) == hubs_before


def test_other_settings_copy_all_days_again_that_prometheus_still_has(site: Site) -> None:
    site.copy()
    site.basis = '{"cluster": "a"}'
    site.prometheus.amounts = {
        key: amount / 2 for key, amount in site.prometheus.amounts.items() if key[1] == "prod" and key[0] != before(9)
    }
    site.copy()
    assert {hub for hub, _, _ in site.amounts(before(5))} == {"prod"}
    assert (
        site.amounts(before(5))["prod", "ana", "compute"]
        == site.prometheus.amounts[before(5), "prod", "ana", "compute"]
    )
    assert {hub for hub, _, _ in site.amounts(before(9))} == {"prod", "dev"}


def test_reread_takes_less_usage_too_and_keeps_what_prometheus_no_longer_has(site: Site) -> None:
    site.copy()
    copied = site.amounts(before(4))
    for key in list(site.prometheus.amounts):
        if key[0] == before(5):
            del site.prometheus.amounts[key]
        elif key[1:] == ("prod", "ana", "compute"):
            site.prometheus.amounts[key] = 1.0
    assert site.copying.reread(before(5), TODAY) == [before(4), before(3), before(2)]
    assert site.amounts(before(4)) == {**copied, ("prod", "ana", "compute"): 1.0}
    assert site.amounts(before(5))
    assert site.copying.days(TODAY, TODAY) == []
    assert site.copying.reread(before(9), before(8)) == [before(9), before(8)]


def test_usage_of_users_expires_and_that_of_groups_and_hubs_stays(site: Site) -> None:
    site.prometheus.amounts = {
        key: amount for key, amount in site.prometheus.amounts.items() if key[2] != "dan" or key[0] == before(9)
    }
    site.copy()
    assert b"dan" in content(site)
    hubs, groups = site.reading().hubs(before(9), TODAY), groups_of(site)
    site.users = 6
    site.copy()
    assert site.reading().hubs(before(9), TODAY) == hubs
    assert groups_of(site) == groups
    days = {row.day for row in site.reading().pairs(before(9), TODAY, Selection()) if row.rows}
    assert days == {before(number) for number in range(6)}
    assert b"dan" not in content(site)  # who has no other usage
    assert b"ana" in content(site)
    expired = [row for row in site.reading().pairs(before(9), before(6), Selection(), expired=True) if row.rows]
    assert {user for row in expired for user, _, _ in row.rows} == {EXPIRED}
    summed: dict[tuple[date, str, str, str], float] = defaultdict(float)
    for row in expired:
        for _, group, amount in row.rows:
            summed[row.day, row.namespace, row.driver, group] += amount
    assert summed == {key: amount for key, amount in groups.items() if key[0] <= before(6)}


def test_usage_of_users_before_their_period_is_never_written(site: Site) -> None:
    site.users = 3
    site.prometheus.amounts = {key: amount for key, amount in site.prometheus.amounts.items() if key[0] < before(3)}
    site.copy()
    site.copying.reread(before(9), TODAY)
    assert groups_of(site)
    assert b"ana" not in content(site)


def content(site: Site) -> bytes:
    """Return the bytes of the file, without the log of writes."""
    with closing(sqlite3.connect(site.path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return site.path.read_bytes()


def groups_of(site: Site) -> dict[tuple[date, str, str, str], float]:
    return {
        (row.day, row.namespace, row.driver, group): amount
        for row in site.reading().groups(before(9), TODAY, Selection())
        for _, group, amount in row.rows
    }


def test_a_day_that_cannot_be_written_stays_as_it_was(site: Site) -> None:
    site.copy()
    copied = site.amounts(before(4))
    site.prometheus.amounts[before(4), "prod", "ana", "compute"] = float("nan")  # NULL, which the table does not take
    with pytest.raises(LedgerError, match="it is unchanged"):
        site.copying.reread(before(4), before(4))
    assert site.amounts(before(4)) == copied


def test_a_reading_is_of_one_moment(site: Site) -> None:
    site.copy()
    reading = site.reading()
    hubs = reading.hubs(before(9), before(2))
    slices = reading.users(before(9), before(2), Selection())
    first = next(slices)
    site.prometheus.amounts = {key: amount * 2 for key, amount in site.prometheus.amounts.items()}
    site.copying.reread(before(9), before(2))
    total = sum(amount for row in (first, *slices) for _, _, amount in row.rows)
    assert total == pytest.approx(sum(hubs.values()))
    assert sum(site.reading().hubs(before(9), before(2)).values()) == pytest.approx(2 * total)


def test_capacity_is_renewed_like_usage(site: Site) -> None:
    site.copy()
    key = before(5), "", "compute"
    assert site.reading().capacity(before(5), before(5))[key] == 1e13 + 5
    for amount, expected in ((2e13, 2e13), (1e13, 2e13)):
        site.prometheus.capacities[key] = amount
        site.copy()
        assert site.reading().capacity(before(5), before(5))[key] == expected
    site.copying.reread(before(5), before(5))
    assert site.reading().capacity(before(5), before(5))[key] == 1e13
    assert site.amounts(before(5))
