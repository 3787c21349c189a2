"""The times of readings, and the page after successful and failed ones."""

import gzip
import itertools
import logging
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families

from hubmeter_exporter.costs.ledger import Ledger
from hubmeter_exporter.costs.ledger_file import LedgerError
from hubmeter_exporter.costs.model import BillRow, Excluded, Part, Revises, SkippedFile, SourceError, SourceReport
from hubmeter_exporter.costs.prices import Allocation
from hubmeter_exporter.costs.refresh import CostRefresher, Schedule
from hubmeter_exporter.exposition import Format
from hubmeter_promql.client import BadQueryError, PrometheusError, TimedOutError, UnreachableError

TODAY = date(2026, 11, 22)
EPOCH = date(1970, 1, 1)
GIB_HOURS = 2.0**30


class World:
    """A clock, a bill and usage that tests change."""

    def __init__(self, folder: Path) -> None:
        self.now = datetime(2026, 11, 22, 12, tzinfo=UTC).timestamp()
        self.ledger = Ledger(folder / "ledger", 2, lambda: self.now)
        self.name = "focus"
        self.reasons: tuple[str, ...] = ("folder", "file")
        self.revises = Revises.OPEN_DAYS
        self.interval = 3600.0
        self.basis = "test"
        self.complete = False
        self.amount = Decimal(12)
        self.last_billed = TODAY - timedelta(1)
        self.first_used = TODAY - timedelta(365)
        self.capacity_of_day = 4 * GIB_HOURS  # all of it is in use
        self.source_error: SourceError | None = None
        self.usage_error: PrometheusError | None = None
        self.copy_error: SourceError | PrometheusError | None = None
        self.copies: Iterator[bool] = itertools.repeat(True)  # whether all usage is copied
        self.read: list[tuple[date, date]] = []
        self.lost = Decimal(0)
        self.hub = "prod"

    def bill(self, first: date, last: date) -> list[BillRow]:
        self.read.append((first, last))
        if self.source_error:
            raise self.source_error
        days = [first + timedelta(n) for n in range((last - first).days + 1)]
        return [
            row
            for day in days
            if day <= self.last_billed
            for row in (
                BillRow(day, self.hub, "compute", "attributable", self.amount, estimated=False),
                BillRow(day, "", "core", "attributable", Decimal("0.5"), estimated=False),
                BillRow(day, "", "other", "account", Decimal(3), estimated=False),
            )
        ]

    def report(self) -> SourceReport:
        return SourceReport(
            requests=3 * len(self.read), request_usd=0.01, rejected={"period": 2, "amount": 0},
            unreadable={"Tags": 3}, excluded={"Tax": Excluded(4, Decimal("1.5"))},
            skipped=tuple(SkippedFile(f"/bills/{n}.csv", "format", f"/bills/{n}.csv is odd") for n in range(22)),
            parts=tuple(self.parts()),
        )  # fmt: skip

    def parts(self) -> Iterator[Part]:
        yield Part(None, "input", "", 1, Decimal(2))
        yield Part(None, "rejected", "period", 1, Decimal(2))
        for number in range(40):
            day = TODAY - timedelta(number)
            counted = self.amount + Decimal("3.5") if day <= self.last_billed else Decimal(0)
            yield Part(day, "input", "", 4, counted + Decimal("0.25") + self.lost)
            yield Part(day, "excluded", "Tax", 1, Decimal("0.25"))

    def advice(self, excluded: Mapping[str, Decimal]) -> list[str]:
        return [f"{category} of {usd:.2f} USD is excluded" for category, usd in excluded.items()]

    def usage(self, first: date, last: date) -> dict[tuple[date, str, str], float]:
        if self.usage_error:
            raise self.usage_error
        days = [first + timedelta(n) for n in range((last - first).days + 1)]
        return {(day, "prod", "compute"): 4 * GIB_HOURS for day in days if day >= self.first_used}

    def copy(self) -> bool:
        if self.copy_error:
            raise self.copy_error
        return next(self.copies)

    def capacity(self, first: date, last: date) -> dict[tuple[date, str, str], float]:
        days = [first + timedelta(n) for n in range((last - first).days + 1)]
        return {(day, "", "compute"): self.capacity_of_day for day in days if self.capacity_of_day}

    def refresher(self, allocation: Allocation | None = None) -> CostRefresher:
        return CostRefresher(
            self, self.ledger, self.usage, allocation or Allocation(), Schedule(5, 30, 3600.0),
            capacity=self.capacity, prefix="jupyterhub", version="1.2.3", copy=self.copy,
            clock=lambda: self.now,
        )  # fmt: skip


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.ledger.close()


def samples(refresher: CostRefresher, name: str) -> dict[tuple[str, ...], float]:
    """Return the values of a metric by the values of its labels, in the order of their names; the day as a date."""
    text = b"".join(refresher.page.parts[Format.TEXT, False]).decode()
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name == f"jupyterhub_{name}":
                labels = dict(sample.labels)
                if "day" in labels:
                    labels["day"] = (EPOCH + timedelta(int(labels["day"]))).isoformat()
                found[tuple(value for _, value in sorted(labels.items()))] = sample.value
    return found


def day(before: int) -> str:
    return (TODAY - timedelta(before)).isoformat()


def test_a_refresh_exports_bills_prices_and_unallocated_costs(world: World) -> None:
    refresher = world.refresher()
    assert refresher.not_ready() == "no bill has been read yet"
    assert refresher.refresh()
    assert refresher.not_ready() is None
    cost = samples(refresher, "cloud_cost_usd")  # component, day, estimated, kind, namespace
    assert len(cost) == 3 * 4
    assert cost["compute", day(4), "false", "attributable", "prod"] == 12
    assert cost["compute", day(1), "true", "attributable", "prod"] == 12
    assert cost["other", day(3), "false", "account", ""] == 3
    price = samples(refresher, "unit_price_usd")  # component, day, driver, estimated, namespace
    assert price == {
        ("compute", day(n), "compute", "false" if n > 2 else "true", "prod"): pytest.approx(12 / 4 / GIB_HOURS)
        for n in range(5)
    }
    unallocated = samples(refresher, "cloud_unallocated_usd")  # component, day, namespace, reason
    assert unallocated == {("core", day(n), "", "overhead"): 0.5 if n else 0.25 for n in range(5)}  # it is noon


def test_all_formats_agree(world: World) -> None:
    refresher = world.refresher()
    refresher.refresh()
    parts = {key: b"".join(part) for key, part in refresher.page.parts.items()}
    for form in Format:
        assert gzip.decompress(parts[form, True]) == parts[form, False]
    plain = text_string_to_metric_families(parts[Format.TEXT, False].decode())
    openmetrics = parse_openmetrics(parts[Format.OPENMETRICS, False].decode())  # type: ignore[no-untyped-call] # its own
    values = [
        {
            (sample.name, *sorted(sample.labels.items())): sample.value
            for family in families
            for sample in family.samples
        }
        for families in (plain, openmetrics)
    ]
    assert values[0] == values[1]
    assert len(values[0]) > 30


def test_metrics_about_the_exporter(world: World) -> None:
    refresher = world.refresher()
    refresher.refresh()

    def single(name: str) -> float:
        [value] = samples(refresher, name).values()
        return value

    assert single("costs_last_refresh_timestamp_seconds") == world.now
    assert single("costs_refresh_interval_seconds") == 3600
    assert single("costs_missing_days") == 0
    assert single("costs_emptied_days") == 0
    assert single("costs_newest_billed_day_timestamp_seconds") == datetime(2026, 11, 21, tzinfo=UTC).timestamp()
    assert samples(refresher, "costs_cloud_requests_total") == {("focus",): 3}
    assert samples(refresher, "costs_cloud_requests_usd_total") == {("focus",): 0.03}
    assert samples(refresher, "costs_rejected_rows") == {("period", "focus"): 2, ("amount", "focus"): 0}
    assert samples(refresher, "costs_unreadable_rows") == {("Tags", "focus"): 3}
    skipped = samples(refresher, "costs_skipped_files")
    assert skipped["/bills/19.csv", "format", "focus"] == 1
    assert skipped["", "format", "focus"] == 2
    assert len(skipped) == 21
    assert refresher.warnings()[19:] == ["/bills/18.csv is odd"]
    assert samples(refresher, "costs_excluded_rows") == {("Tax", "focus"): 4}
    assert samples(refresher, "costs_excluded_usd") == {("Tax", "focus"): 1.5}
    assert samples(refresher, "costs_build_info") == {("focus", "1.2.3"): 1}
    assert not samples(refresher, "costs_last_error_timestamp_seconds")
    errors = samples(refresher, "costs_refresh_errors_total")
    assert errors[("file", "focus")] == 0
    assert errors[("timeout", "prometheus")] == 0


def test_the_reconciliation_is_exported_and_survives_a_restart(world: World) -> None:
    assert samples(world.refresher(), "costs_input_difference_usd") == {}
    first = world.refresher()
    first.refresh()
    for refresher in (first, world.refresher()):  # the second one has not read anything
        assert samples(refresher, "costs_input_usd") == {("focus",): pytest.approx(4 * 15.5 + 5 * 0.25 + 2)}
        assert samples(refresher, "costs_input_difference_usd") == {("focus",): 0}
        assert samples(refresher, "costs_input_part_usd") == {  # category, part, source
            ("", "attributable", "focus"): 4 * 12.5,
            ("", "account", "focus"): 4 * 3,
            ("Tax", "excluded", "focus"): 1.25,
            ("period", "rejected", "focus"): 2,
        }


def test_lost_money_is_a_difference(world: World) -> None:
    world.lost = Decimal("-0.75")
    refresher = world.refresher()
    refresher.refresh()
    assert samples(refresher, "costs_input_difference_usd") == {("focus",): 0.75}


def test_advice_and_hub_tags_that_are_no_namespace_are_logged_once_and_warnings(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.hub = "production"
    refresher = world.refresher()
    for _ in range(2):
        refresher.refresh()
        world.now += 3600
        world.amount += 1
    advice, hub, *files = refresher.warnings()
    assert advice == "Tax of 1.25 USD is excluded"
    assert "the hub tag has the value 'production' (50.00 USD), which is not a namespace with usage (prod)" in hub
    assert "{production: prod}" in hub
    assert len(files) == 18
    for words in ("Tax of", "'production'"):
        assert caplog.text.count(words) == 1


def test_only_due_days_are_read(world: World) -> None:
    refresher = world.refresher()
    for _ in range(3):
        refresher.refresh()
    assert world.read == [(TODAY - timedelta(29), TODAY)]
    world.now += 3600
    refresher.refresh()
    assert world.read[1:] == [(TODAY - timedelta(2), TODAY)]


def test_after_a_restart_nothing_is_read_again(world: World) -> None:
    first = world.refresher()
    first.refresh()
    again = world.refresher()
    assert again.refresh()
    assert len(world.read) == 1
    for name in ("cloud_cost_usd", "unit_price_usd", "cloud_unallocated_usd"):
        assert samples(again, name) == samples(first, name)


def test_a_revised_bill_changes_the_price_when_its_day_is_settled(world: World) -> None:
    refresher = world.refresher()
    refresher.refresh()
    world.amount = Decimal(16)
    world.now += 3600
    refresher.refresh()
    price = samples(refresher, "unit_price_usd")
    for before in range(3):
        assert price["compute", day(before), "compute", "true", "prod"] == pytest.approx(3 / GIB_HOURS)
    world.last_billed += timedelta(1)
    world.now += 86_400
    refresher.refresh()
    price = samples(refresher, "unit_price_usd")
    assert price["compute", day(3), "compute", "false", "prod"] == pytest.approx(3 / GIB_HOURS)
    assert price["compute", day(2), "compute", "false", "prod"] == pytest.approx(4 / GIB_HOURS)
    for before in range(-1, 2):
        assert price["compute", day(before), "compute", "true", "prod"] == pytest.approx((6 * 3 + 4) / 7 / GIB_HOURS)


def test_idle_capacity_is_unallocated_and_an_unknown_one_is_named(world: World) -> None:
    world.capacity_of_day = 16 * GIB_HOURS
    refresher = world.refresher()
    refresher.refresh()
    unallocated = samples(refresher, "cloud_unallocated_usd")  # component, day, namespace, reason
    assert unallocated["compute", day(3), "prod", "idle"] == 9  # 4 of 16 GiB-hours are in use, for 12 USD
    price = samples(refresher, "unit_price_usd")
    assert price["compute", day(3), "compute", "false", "prod"] == pytest.approx(3 / 4 / GIB_HOURS)
    assert not [sentence for sentence in refresher.warnings() if "capacity" in sentence]
    assert samples(refresher, "costs_unknown_capacity") == {}
    world.capacity_of_day = 0
    refresher.refresh()
    [sentence] = [sentence for sentence in refresher.warnings() if "capacity" in sentence]
    assert sentence.startswith("The capacity of compute is unknown, so users pay for idle nodes")
    assert samples(refresher, "costs_unknown_capacity") == {("compute", "focus"): 1}
    shared = world.refresher(Allocation(idle="shared"))
    shared.refresh()
    assert not [sentence for sentence in shared.warnings() if "capacity" in sentence]
    assert samples(shared, "unit_price_usd")["compute", day(3), "compute", "false", "prod"] == pytest.approx(
        3 / GIB_HOURS
    )


def test_a_price_list_prices_today_like_yesterday(world: World) -> None:
    world.complete = True
    refresher = world.refresher()
    refresher.refresh()
    world.amount = Decimal(16)
    world.now += 3600
    refresher.refresh()
    price = samples(refresher, "unit_price_usd")
    assert price["compute", day(3), "compute", "false", "prod"] == pytest.approx(3 / GIB_HOURS)
    for before in range(3):
        assert price["compute", day(before), "compute", "true", "prod"] == pytest.approx(4 / GIB_HOURS)


def test_prices_of_a_new_hub_are_provisional_until_its_first_day_is_settled(world: World) -> None:
    world.first_used = TODAY - timedelta(1)
    refresher = world.refresher()
    refresher.refresh()
    price = samples(refresher, "unit_price_usd")
    assert price == {
        ("compute", day(n), "compute", "provisional", "prod"): pytest.approx(3 / GIB_HOURS) for n in range(2)
    }
    world.last_billed += timedelta(2)
    world.now += 2 * 86_400
    refresher.refresh()
    assert {estimated for _, _, _, estimated, _ in samples(refresher, "unit_price_usd")} == {"false", "true"}


def test_a_failed_source_leaves_the_last_bill_and_is_named(world: World, caplog: pytest.LogCaptureFixture) -> None:
    refresher = world.refresher()
    refresher.refresh()
    good = samples(refresher, "cloud_cost_usd")
    world.source_error = SourceError("file", "/bills/a.csv cannot be read (Permission denied)")
    world.now += 3600
    for _ in range(3):
        assert not refresher.refresh()
    assert samples(refresher, "cloud_cost_usd") == good
    assert samples(refresher, "costs_refresh_errors_total")["file", "focus"] == 3
    assert samples(refresher, "costs_last_error_timestamp_seconds") == {(): world.now}
    assert samples(refresher, "costs_last_refresh_timestamp_seconds") == {(): world.now - 3600}
    assert refresher.not_ready() is None  # yesterday's bill still answers
    [error] = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert "focus" in error
    assert "/bills/a.csv cannot be read (Permission denied)" in error
    world.source_error = None
    caplog.set_level(logging.INFO)
    assert refresher.refresh()
    [recovery] = [record.getMessage() for record in caplog.records if record.levelno == logging.INFO]
    assert "focus" in recovery


def test_not_ready_has_the_error_of_the_source(world: World) -> None:
    world.source_error = SourceError("folder", "there is no file")
    refresher = world.refresher()
    assert not refresher.refresh()
    assert refresher.not_ready() == "no bill has been read yet; the last attempt failed: there is no file"
    assert samples(refresher, "cloud_cost_usd") == {}


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (UnreachableError("cannot reach it"), "connection"),
        (TimedOutError("too slow"), "timeout"),
        (BadQueryError("no"), "query"),
        (PrometheusError("odd"), "other"),
    ],
)
def test_a_failed_prometheus_leaves_the_last_prices(world: World, error: PrometheusError, reason: str) -> None:
    refresher = world.refresher()
    refresher.refresh()
    good = samples(refresher, "unit_price_usd")
    world.usage_error = error
    world.amount = Decimal(16)
    world.now += 3600
    assert not refresher.refresh()
    assert samples(refresher, "unit_price_usd") == good
    assert samples(refresher, "costs_refresh_errors_total")[reason, "prometheus"] >= 1
    # The bill is read nevertheless.
    assert samples(refresher, "cloud_cost_usd")["compute", day(1), "true", "attributable", "prod"] == 16
    world.now += 3 * 3600
    for fact in ("prices", "14400 s", "3600 s", str(error)):
        assert fact in (refresher.not_ready() or "")


def test_a_bill_that_disappears_is_kept_and_counted(world: World, caplog: pytest.LogCaptureFixture) -> None:
    refresher = world.refresher()
    refresher.refresh()
    good = samples(refresher, "cloud_cost_usd")
    world.last_billed = TODAY - timedelta(9)
    world.now += 3600
    for _ in range(2):
        assert refresher.refresh()
        world.now += 3600
    assert samples(refresher, "cloud_cost_usd") == good
    assert samples(refresher, "costs_emptied_days") == {(): 2}
    [warning] = [record.getMessage() for record in caplog.records if "no longer has" in record.getMessage()]
    assert "2 days (2026-11-20 to 2026-11-21)" in warning


def test_a_missing_bill_is_counted_and_its_days_repeat_the_last_price(world: World) -> None:
    world.last_billed = TODAY - timedelta(5)
    refresher = world.refresher()
    refresher.refresh()
    assert samples(refresher, "costs_missing_days") == {(): 2}
    assert samples(refresher, "cloud_cost_usd") == {}
    assert len(samples(refresher, "unit_price_usd")) == 5
    assert all(estimated == "true" for _, _, _, estimated, _ in samples(refresher, "unit_price_usd"))


def test_waits(world: World) -> None:
    refresher = world.refresher()
    refresher.refresh()
    assert refresher.next_wait() == 3600
    world.usage_error = UnreachableError("gone")
    waits = []
    for _ in range(9):
        refresher.refresh()
        waits.append(refresher.next_wait())
    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    world.now = datetime(2026, 11, 22, 23, 50, tzinfo=UTC).timestamp()
    assert refresher.next_wait() == 601  # the new day has its price at once


def test_while_today_has_no_price_the_next_attempt_is_soon(world: World) -> None:
    world.first_used = TODAY + timedelta(1)  # a new installation: nothing is in use yet
    refresher = world.refresher()
    refresher.refresh()
    assert refresher.next_wait() == 300
    world.first_used = TODAY - timedelta(9)
    refresher.refresh()
    assert refresher.next_wait() == 3600


def test_a_new_day_has_its_price_before_a_slow_source_answers(world: World) -> None:
    refresher = world.refresher()
    refresher.refresh()
    seen = []
    bill = world.bill

    def slow(first: date, last: date) -> list[BillRow]:
        seen.append(samples(refresher, "unit_price_usd"))
        return bill(first, last)

    world.bill = slow  # type: ignore[method-assign] # a source that reads the page during its reading
    world.now += 86_400
    refresher.refresh()
    assert any(labels[1] == (TODAY + timedelta(1)).isoformat() for labels in seen[0])


def test_copying_a_year_takes_several_refreshes_in_a_row(world: World) -> None:
    world.copies = itertools.chain([False, False], itertools.repeat(True))
    refresher = world.refresher()
    waits = [refresher.next_wait() for _ in range(3) if refresher.refresh()]
    assert waits == [1.0, 1.0, 3600.0]


@pytest.mark.parametrize(
    ("error", "source", "reason"),
    [
        (UnreachableError("cannot reach it"), "prometheus", "connection"),
        (LedgerError("the ledger is full"), "focus", "ledger"),
    ],
)
def test_a_failed_copy_of_usage_leaves_the_prices_and_is_counted(
    world: World, error: SourceError | PrometheusError, source: str, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    world.copies = itertools.repeat(False)
    world.copy_error = error
    refresher = world.refresher()
    assert not refresher.refresh()
    assert refresher.next_wait() == 30
    assert f"{error}" in caplog.text
    assert "the usage copied before stays" in caplog.text
    assert samples(refresher, "costs_refresh_errors_total")[reason, source] == 1
    assert samples(refresher, "unit_price_usd")
    world.copy_error, world.copies = None, itertools.repeat(True)
    assert refresher.refresh()
    assert refresher.next_wait() == 3600
