"""A hub that behaves gives all its users; one that does not gives a named error, and never a part of them."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

from hubmeter_exporter.hub_api import (
    PAGINATED,
    REASONS,
    HubBusyError,
    HubClient,
    HubError,
    HubForbiddenError,
    HubTimeoutError,
    HubUnreachableError,
    Limits,
    NotAHubError,
    ScopeMissingError,
    UnexpectedAnswerError,
)
from hubmeter_exporter.membership import User
from tests.unit.exporter import broken_hub
from tests.unit.exporter.broken_hub import FakeHub, fake_hub

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

TOKEN = "secret-0123456789"
QUICK = Limits(connect=1.0, read=0.2, refresh=10.0, retries=2, backoff_factor=0.01, backoff_max=0.05)
ODD_USERS: dict[str, Sequence[str]] = {
    "ana.lópez@uni.edu": ["geo"],
    "Bob-Smith": ["geo", "bio", "chem"],
    "x--y": [],
    "ann": ["bio"],
    "anna": ["geo"],
    "z" * 80: ['quo"ted'],
}
MANY_USERS: dict[str, Sequence[str]] = ODD_USERS | {f"user-{i}": [f"g{i % 3}"] for i in range(594)}


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with fake_hub() as fake:
        fake.users = MANY_USERS
        yield fake


def read(hub: FakeHub, limits: Limits = QUICK) -> dict[str, Sequence[str]]:
    users = HubClient(hub.api_url, TOKEN, limits).read_users()
    assert len({user.name for user in users}) == len(users)
    return {user.name: list(user.groups) for user in users}


def test_users_come_in_pages_of_200_with_the_pagination_header_and_the_token(hub: FakeHub) -> None:
    assert read(hub) == MANY_USERS
    assert [path.partition("?")[2] for path, _ in hub.requests] == [
        "offset=0&limit=200",
        "offset=200&limit=200",
        "offset=400&limit=200",
    ]
    for _, headers in hub.requests:
        assert headers["Accept"] == PAGINATED
        assert headers["Authorization"] == f"token {TOKEN}"


def test_a_hub_with_smaller_pages_is_followed(hub: FakeHub) -> None:
    hub.max_limit = 70
    assert read(hub) == MANY_USERS
    assert len(hub.requests) == 9


@pytest.mark.parametrize("count", [0, 1, 199, 200, 201, 400])
def test_the_edges_of_pages(hub: FakeHub, count: int) -> None:
    hub.users = {f"user-{i}": [] for i in range(count)}
    assert read(hub) == hub.users


def test_a_netrc_does_not_replace_the_token(hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password other\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    read(hub)
    assert hub.requests[0][1]["Authorization"] == f"token {TOKEN}"


@pytest.mark.parametrize(
    "passing",
    [
        broken_hub.status(503),
        broken_hub.status(503, Retry_After="1"),
        broken_hub.status(503, Retry_After="Sun, 22 Nov 2026 10:00:00 GMT"),
        broken_hub.status(429),
        broken_hub.status(500),
        broken_hub.hang,
        broken_hub.cut,
        broken_hub.reset,
    ],
    ids=["503", "503 with seconds", "503 with a date", "429", "500", "hang", "cut", "reset"],
)
@pytest.mark.parametrize("page", [0, 2], ids=["first page", "last page"])
def test_a_fault_that_passes_is_tried_again(
    hub: FakeHub, passing: Callable[[broken_hub.Request], None], page: int
) -> None:
    hub.script = [broken_hub.page] * page + [passing, passing]
    assert read(hub) == MANY_USERS
    assert len(hub.requests) == 5


def pages_of(*answers: object) -> list[Callable[[broken_hub.Request], None]]:
    return [broken_hub.body(json.dumps(answer).encode()) for answer in answers]


def one_page(*items: object, following: object = None) -> dict[str, object]:
    return {"items": list(items), "_pagination": {"total": len(items), "next": following}}


FORBIDDEN = json.dumps({"status": 403, "message": "Action is not authorized with current scopes"}).encode()


@pytest.mark.parametrize(
    ("script", "error", "words"),
    [
        ([broken_hub.status(503)] * 9, HubBusyError, "answered 503"),
        ([broken_hub.status(403, FORBIDDEN)], HubForbiddenError, "Action is not authorized"),
        ([broken_hub.status(403)], HubForbiddenError, "list:users and read:users:groups"),
        ([broken_hub.status(401)], HubForbiddenError, "the token is the one of the exporter's service"),
        ([broken_hub.status(404)], NotAHubError, "base_url"),
        ([broken_hub.status(302, Location="/hub/login?next=")], NotAHubError, "302 Found to /hub/login"),
        ([broken_hub.hang] * 9, HubTimeoutError, "did not answer in time"),
        ([broken_hub.cut] * 9, HubUnreachableError, "IncompleteRead"),
        ([broken_hub.reset] * 9, HubUnreachableError, "RemoteDisconnected"),
        ([broken_hub.cut_unnoticed] * 9, UnexpectedAnswerError, "not JSON"),
        ([broken_hub.body(b"<html>Please log in</html>")], UnexpectedAnswerError, "text/html that is not"),
        ([broken_hub.body(b"")], UnexpectedAnswerError, "not JSON"),
        ([broken_hub.body(b"\xff\xfe\xfd")], UnexpectedAnswerError, "not JSON"),
        (pages_of([{"name": "ana", "groups": []}]), UnexpectedAnswerError, "not a page of users"),
        (pages_of({"items": []}), UnexpectedAnswerError, "header Accept"),
        (pages_of(None), UnexpectedAnswerError, "not a page of users"),
        (pages_of(one_page(following={"offset": "x"})), UnexpectedAnswerError, "not a page of users"),
        (pages_of(one_page(following={"offset": 0, "limit": 200})), UnexpectedAnswerError, "offset 0 as"),
        (pages_of(one_page("ana")), UnexpectedAnswerError, "a user without a name"),
        (pages_of(one_page({"groups": []})), UnexpectedAnswerError, "a user without a name"),
        (pages_of(one_page({"name": "", "groups": []})), UnexpectedAnswerError, "a user without a name"),
        (pages_of(one_page({"name": "ana", "groups": "geo"})), UnexpectedAnswerError, "groups of 'ana'"),
        (pages_of(one_page({"name": "ana", "groups": [1]})), UnexpectedAnswerError, "groups of 'ana'"),
        (pages_of(one_page({"name": "a\ud800", "groups": []})), UnexpectedAnswerError, "not Unicode"),
        (pages_of(one_page({"name": "ana"})), ScopeMissingError, "scope read:users:groups is missing"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("page", [0, 1], ids=["first page", "second page"])
def test_a_fault_that_stays_is_a_named_error(
    hub: FakeHub,
    script: list[Callable[[broken_hub.Request], None]],
    error: type[HubError],
    words: str,
    page: int,
) -> None:
    hub.script = [broken_hub.page] * page + script
    with pytest.raises(error) as caught:
        read(hub)
    message = str(caught.value)
    assert words in message
    assert hub.api_url in message
    assert TOKEN not in message
    assert "\n" not in message
    assert caught.value.reason in REASONS


def test_each_error_has_a_reason_of_its_own() -> None:
    assert len(set(REASONS)) == len(REASONS)
    assert {error.reason for error in HubError.__subclasses__()} == set(REASONS)


def test_nobody_listening_is_a_named_error() -> None:
    with fake_hub() as hub:
        url = hub.api_url
    with pytest.raises(HubUnreachableError, match=r"Connection refused.*check that the hub runs"):
        HubClient(url, TOKEN, QUICK).read_users()


def test_a_host_that_does_not_exist_is_a_named_error() -> None:
    with pytest.raises(HubUnreachableError, match=r"hub\.invalid"):
        HubClient("http://hub.invalid:8081/hub/api", TOKEN, QUICK).read_users()


@pytest.mark.parametrize(
    "forever",
    [broken_hub.drip_headers, broken_hub.drip_body, broken_hub.hang, broken_hub.status(503, Retry_After="9")],
    ids=["headers drip", "body drips", "hang", "always 503"],
)
@pytest.mark.parametrize("page", [0, 1], ids=["first page", "second page"])
def test_the_whole_refresh_is_bounded_whatever_the_hub_does(
    hub: FakeHub, forever: Callable[[broken_hub.Request], None], page: int
) -> None:
    hub.script = [broken_hub.page] * page + [forever] * 99
    limits = Limits(connect=5.0, read=5.0, refresh=0.4, retries=9, backoff_factor=9.0, backoff_max=9.0)
    start = time.monotonic()
    with pytest.raises(HubTimeoutError, match=r"took more than 0\.4 s"):
        read(hub, limits)
    assert 0.3 < time.monotonic() - start < 2.0


def test_a_user_deleted_while_paging_makes_nobody_else_disappear(hub: FakeHub) -> None:
    fewer = {name: groups for name, groups in MANY_USERS.items() if name != "ann"}
    hub.script = [broken_hub.then(broken_hub.page, lambda: setattr(hub, "users", fewer))]
    assert read(hub) == fewer  # one has slipped to the page that was read already
    assert len(hub.requests) == 6


def test_users_deleted_again_and_again_make_nobody_else_disappear(hub: FakeHub) -> None:
    left = [
        {name: groups for name, groups in MANY_USERS.items() if name not in gone} for gone in ({"ann"}, {"ann", "anna"})
    ]
    hub.script = [
        broken_hub.then(broken_hub.page, lambda: setattr(hub, "users", left[0])),
        broken_hub.page,
        broken_hub.page,
        broken_hub.then(broken_hub.page, lambda: setattr(hub, "users", left[1])),
    ]
    assert left[1].items() <= read(hub).items()
    assert len(hub.requests) == 6


def test_a_user_added_while_paging_makes_no_duplicate(hub: FakeHub) -> None:
    more = MANY_USERS | {"newcomer": ["geo"]}
    hub.script = [broken_hub.then(broken_hub.page, lambda: setattr(hub, "users", more))]
    assert read(hub) == more


def test_a_user_that_moves_to_a_later_page_is_one_user(hub: FakeHub) -> None:
    moved = {name: groups for name, groups in MANY_USERS.items() if name != "ann"} | {"ann": ["geo"]}
    shifted: dict[str, Sequence[str]] = {"newcomer": []} | moved
    hub.script = [broken_hub.then(broken_hub.page, lambda: setattr(hub, "users", shifted))]
    users = HubClient(hub.api_url, TOKEN, QUICK).read_users()
    assert [user for user in users if user.name == "ann"] == [User("ann", ("geo",))]


def test_a_group_renamed_between_two_refreshes_is_the_new_group(hub: FakeHub) -> None:
    assert read(hub)["anna"] == ["geo"]
    hub.users = {"anna": ["geography"]}
    assert read(hub) == {"anna": ["geography"]}
