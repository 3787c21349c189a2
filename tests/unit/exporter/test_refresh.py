"""A failed refresh changes only the status; a successful one replaces the page."""

import logging
from collections.abc import Sequence

import pytest
from prometheus_client.parser import text_string_to_metric_families

from hubmeter_exporter.exposition import Format
from hubmeter_exporter.hub_api import HubError, HubForbiddenError, HubTimeoutError
from hubmeter_exporter.membership import Accounting, User
from hubmeter_exporter.metrics import Origin
from hubmeter_exporter.refresh import MembershipRefresher

ANA, BEN = User("ana", ("geo",)), User("ben", ("bio",))
TIMEOUT, FORBIDDEN = HubTimeoutError("no answer"), HubForbiddenError("answered 403")


class Hub:
    """Answers the next refreshes, and is the clock: each reading takes a quarter of a second."""

    def __init__(self, *answers: Sequence[User] | HubError) -> None:
        self.answers = list(answers)
        self.now = 1000.0

    def read_users(self) -> Sequence[User]:
        self.now += 0.25
        answer = self.answers.pop(0)
        if isinstance(answer, HubError):
            raise answer
        return answer

    def refresher(self, interval: float = 600.0) -> MembershipRefresher:
        return MembershipRefresher(
            self.read_users, Accounting(), Origin("hub"), interval=interval, version="1", clock=lambda: self.now
        )


def samples(refresher: MembershipRefresher) -> dict[str, float]:
    """Return values by name and the label that distinguishes rows."""
    text = b"".join(refresher.page.parts[Format.TEXT, False]).decode()
    found = (s for family in text_string_to_metric_families(text) for s in family.samples)
    return {
        " ".join(
            [s.name.removeprefix("jupyterhub_"), *(s.labels[k] for k in ("username", "reason") if k in s.labels)]
        ): (s.value)
        for s in found
    }


def members(refresher: MembershipRefresher) -> set[str]:
    return {name.split()[1] for name in samples(refresher) if name.startswith("user_group_info")}


def test_a_successful_refresh_exports_users_time_and_duration() -> None:
    refresher = Hub([ANA, BEN]).refresher()
    assert refresher.refresh()
    assert members(refresher) == {"ana", "ben"}
    shown = samples(refresher)
    assert shown["groups_exporter_last_refresh_timestamp_seconds"] == 1000.25
    assert shown["groups_exporter_last_refresh_duration_seconds"] == 0.25
    assert "groups_exporter_last_error_timestamp_seconds" not in shown


def test_a_failed_refresh_keeps_the_last_users_and_is_counted() -> None:
    hub = Hub([ANA], TIMEOUT, FORBIDDEN, FORBIDDEN)
    refresher = hub.refresher()
    refresher.refresh()
    assert [refresher.refresh() for _ in range(3)] == [False, False, False]
    assert members(refresher) == {"ana"}
    shown = samples(refresher)
    assert shown["groups_exporter_last_refresh_timestamp_seconds"] == 1000.25
    assert shown["groups_exporter_last_error_timestamp_seconds"] == 1001.0
    assert shown["groups_exporter_refresh_errors_total timeout"] == 1
    assert shown["groups_exporter_refresh_errors_total forbidden"] == 2
    assert shown["groups_exporter_refresh_errors_total connection"] == 0


def test_no_users_are_exported_before_the_first_successful_refresh() -> None:
    refresher = Hub(TIMEOUT, [ANA]).refresher()
    refresher.refresh()
    assert members(refresher) == set()
    refresher.refresh()
    assert members(refresher) == {"ana"}


def test_users_deleted_in_the_hub_are_no_longer_exported() -> None:
    refresher = Hub([ANA, BEN], [BEN]).refresher()
    refresher.refresh()
    refresher.refresh()
    assert members(refresher) == {"ben"}


def test_a_hub_without_users_is_exported_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    refresher = Hub([ANA], []).refresher()
    refresher.refresh()
    assert refresher.refresh()
    assert members(refresher) == set()
    assert samples(refresher)["groups_exporter_users"] == 0
    [record] = caplog.records
    assert "no users" in record.getMessage()
    assert " 1 " in record.getMessage()


def test_a_published_page_never_changes() -> None:
    refresher = Hub([ANA], [BEN]).refresher()
    refresher.refresh()
    taken = refresher.page
    before = {key: b"".join(parts) for key, parts in taken.parts.items()}
    refresher.refresh()
    assert refresher.page is not taken
    assert {key: b"".join(parts) for key, parts in taken.parts.items()} == before


@pytest.mark.parametrize(
    ("interval", "waits"),
    [(600.0, [30, 60, 120, 240, 480, 600, 600]), (3600.0, [30, 60, 120, 240, 480, 960, 1920]), (20.0, [20] * 7)],
)
def test_the_next_attempt_is_sooner_after_failures(interval: float, waits: list[float]) -> None:
    refresher = Hub([ANA], *[TIMEOUT] * 7, [ANA]).refresher(interval)
    refresher.refresh()
    assert refresher.next_wait() == interval
    seen = []
    for _ in waits:
        refresher.refresh()
        seen.append(refresher.next_wait())
    assert seen == waits
    refresher.refresh()
    assert refresher.next_wait() == interval


def test_endless_failures_do_not_overflow() -> None:
    refresher = Hub(*[TIMEOUT] * 1100).refresher()
    for _ in range(1100):
        refresher.refresh()
    assert refresher.next_wait() == 600


def test_repeated_failures_are_logged_once_and_the_recovery_too(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    refresher = Hub([ANA], TIMEOUT, TIMEOUT, TIMEOUT, FORBIDDEN, FORBIDDEN, [ANA], [ANA], TIMEOUT).refresher()
    for _ in range(9):
        refresher.refresh()
    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR", "INFO", "ERROR"]
    for record, fact in zip(caplog.records, (TIMEOUT, FORBIDDEN, "hub", TIMEOUT), strict=True):
        assert str(fact) in record.getMessage()
    assert "list:users and read:users:groups" in caplog.text


def test_readiness() -> None:
    hub = Hub(FORBIDDEN, [ANA], TIMEOUT)
    refresher = hub.refresher(interval=600)
    assert refresher.not_ready()
    refresher.refresh()
    assert str(FORBIDDEN) in (refresher.not_ready() or "")
    refresher.refresh()
    assert refresher.not_ready() is None
    hub.now += 1800
    assert refresher.not_ready() is None
    hub.now += 1
    assert "1801 s" in (refresher.not_ready() or "")
    refresher.refresh()
    assert str(TIMEOUT) in (refresher.not_ready() or "")
