"""A working hub gives all its users; a faulty one gives a named error, and never a part of the users."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

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
    TokenUnusableError,
    UnexpectedAnswerError,
)
from hubmeter_exporter.membership import User
from tests.unit.exporter import broken_hub
from tests.unit.exporter.broken_hub import FakeHub, fake_hub
from tests.waiting import free_port

TOKEN = "secret-0123456789"
LIMITS = Limits(refresh=3600, retries=2)
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


def client(hub: FakeHub, limits: Limits = LIMITS) -> HubClient:
    return HubClient(hub.api_url, TOKEN, limits, clock=hub.clock, sleep=hub.clock.sleep)


def read(hub: FakeHub, limits: Limits = LIMITS) -> dict[str, Sequence[str]]:
    users = client(hub, limits).read_users()
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


def test_a_hub_may_have_smaller_pages(hub: FakeHub) -> None:
    hub.max_limit = 70
    assert read(hub) == MANY_USERS
    assert len(hub.requests) == 9


@pytest.mark.parametrize("count", [0, 1, 199, 200, 201, 400])
def test_the_last_page_may_be_full_or_not(hub: FakeHub, count: int) -> None:
    hub.users = {f"user-{i}": [] for i in range(count)}
    assert read(hub) == hub.users


def test_a_netrc_does_not_replace_the_token(hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password other\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    read(hub)
    assert hub.requests[0][1]["Authorization"] == f"token {TOKEN}"


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    file = tmp_path / "token"
    file.write_text("old\n")
    return file


def with_file(hub: FakeHub, file: Path) -> HubClient:
    return HubClient(hub.api_url, file, LIMITS, clock=hub.clock, sleep=hub.clock.sleep)


def test_a_token_file_is_read_for_each_request(hub: FakeHub, token_file: Path) -> None:
    def rotate_later(request: broken_hub.Request) -> None:
        broken_hub.page(request)
        token_file.write_text("new\n")

    hub.script = [broken_hub.page, rotate_later]
    client = with_file(hub, token_file)
    assert len(client.read_users()) == len(MANY_USERS)
    assert hub.tokens() == ["old", "old", "new"]
    token_file.write_text("newest\n")
    client.read_users()
    assert hub.tokens()[3:] == ["newest"] * 3


@pytest.mark.parametrize("code", [401, 403])
@pytest.mark.parametrize("page", [0, 2], ids=["first page", "last page"])
def test_a_refused_request_is_repeated_at_once_if_the_token_has_changed(
    hub: FakeHub, token_file: Path, code: int, page: int
) -> None:
    def rotate_and_refuse(request: broken_hub.Request) -> None:
        token_file.write_text("new\n")
        broken_hub.status(code)(request)

    hub.script = [*[broken_hub.page] * page, rotate_and_refuse]
    assert len(with_file(hub, token_file).read_users()) == len(MANY_USERS)
    assert hub.tokens() == ["old"] * (page + 1) + ["new"] * (3 - page)
    assert hub.clock.sleeps == []


def test_a_refused_request_is_not_repeated_with_the_same_token(hub: FakeHub, token_file: Path) -> None:
    hub.script = [broken_hub.status(403)] * 9
    with pytest.raises(HubForbiddenError):
        with_file(hub, token_file).read_users()
    assert hub.tokens() == ["old"]


def test_a_request_with_a_new_token_is_repeated_once_only(hub: FakeHub, token_file: Path) -> None:
    def rotate_and_refuse(request: broken_hub.Request) -> None:
        token_file.write_text(f"new-{len(hub.requests)}\n")
        broken_hub.status(403)(request)

    hub.script = [rotate_and_refuse] * 9
    with pytest.raises(HubForbiddenError):
        with_file(hub, token_file).read_users()
    assert hub.tokens() == ["old", "new-1"]


@pytest.mark.parametrize("content", [None, "", "two words"])
def test_an_unusable_token_file_is_named_and_its_content_is_not(
    hub: FakeHub, token_file: Path, content: str | None
) -> None:
    client = with_file(hub, token_file)
    token_file.unlink()
    if content is not None:
        token_file.write_text(content)
    with pytest.raises(TokenUnusableError, match=re.escape(str(token_file))) as caught:
        client.read_users()
    assert hub.requests == []
    assert "two words" not in str(caught.value)


@pytest.mark.parametrize(
    ("fault", "waits"),
    [
        (broken_hub.status(503), [0, 1]),
        (broken_hub.status(503, Retry_After="3"), [3, 3]),
        (broken_hub.status(503, Retry_After="3600"), [10, 10]),
        (broken_hub.status(503, Retry_After="Sun, 22 Nov 2026 10:00:00 GMT"), [0, 1]),
        (broken_hub.status(429), [0, 1]),
        (broken_hub.status(500), [0, 1]),
        (broken_hub.cut, [0, 1]),
        (broken_hub.reset, [0, 1]),
    ],
    ids=["503", "503 with seconds", "503 with an hour", "503 with a date", "429", "500", "cut", "reset"],
)
@pytest.mark.parametrize("page", [0, 2], ids=["first page", "last page"])
def test_a_request_is_repeated_after_a_transient_fault(
    hub: FakeHub, fault: Callable[[broken_hub.Request], None], waits: list[float], page: int
) -> None:
    hub.script = [broken_hub.page] * page + [fault, fault]
    assert read(hub) == MANY_USERS
    assert len(hub.requests) == 5
    assert hub.clock.sleeps == waits


def test_a_request_is_repeated_after_a_read_timeout(hub: FakeHub) -> None:
    hub.script = [broken_hub.hang] * 2
    limits = Limits(read=0.2, retries=1000)  # on a slow machine a good page may also take longer
    assert read(hub, limits) == MANY_USERS


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
def test_a_permanent_fault_is_a_named_error(
    hub: FakeHub,
    script: list[Callable[[broken_hub.Request], None]],
    error: type[HubError],
    words: str,
    page: int,
) -> None:
    hub.script = [broken_hub.page] * page + script
    with pytest.raises(error) as caught:
        read(hub, replace(LIMITS, read=0.2) if broken_hub.hang in script else LIMITS)
    message = str(caught.value)
    assert words in message
    assert hub.api_url in message
    assert TOKEN not in message
    assert "\n" not in message
    assert caught.value.reason in REASONS


def test_reasons_of_errors_are_distinct() -> None:
    assert len(set(REASONS)) == len(REASONS)
    assert {error.reason for error in HubError.__subclasses__()} == set(REASONS)


def test_a_refused_connection_is_a_named_error() -> None:
    url = f"http://127.0.0.1:{free_port()}/hub/api"
    with pytest.raises(HubUnreachableError, match=r"Connection refused.*check that the hub runs"):
        HubClient(url, TOKEN, Limits(retries=0)).read_users()


def test_a_host_that_does_not_exist_is_a_named_error() -> None:
    with pytest.raises(HubUnreachableError, match=r"hub\.invalid"):
        HubClient("http://hub.invalid:8081/hub/api", TOKEN, Limits(retries=0)).read_users()


@pytest.mark.parametrize(
    ("behaviour", "read_limit"),
    [
        (broken_hub.drip_headers, 30),
        (broken_hub.drip_body, 30),
        (broken_hub.hang, 0.2),
        (broken_hub.status(503, Retry_After="9"), 30),
    ],
    ids=["headers byte by byte", "body byte by byte", "no response", "always 503"],
)
@pytest.mark.parametrize("page", [0, 1], ids=["first page", "second page"])
def test_reading_all_users_ends_at_the_deadline(
    hub: FakeHub, behaviour: Callable[[broken_hub.Request], None], read_limit: float, page: int
) -> None:
    hub.script = [broken_hub.page] * page + [behaviour] * 99
    with pytest.raises(HubTimeoutError, match="took more than 300 s"):
        read(hub, Limits(read=read_limit, refresh=300, retries=99))


def test_no_other_user_is_missing_after_a_deletion_between_two_pages(hub: FakeHub) -> None:
    fewer = {name: groups for name, groups in MANY_USERS.items() if name != "ann"}
    hub.script = [broken_hub.then(broken_hub.page, lambda: setattr(hub, "users", fewer))]
    assert read(hub) == fewer  # one has moved to a page that was read already
    assert len(hub.requests) == 6


def test_no_other_user_is_missing_after_repeated_deletions(hub: FakeHub) -> None:
    users_left = [
        {name: groups for name, groups in MANY_USERS.items() if name not in gone} for gone in ({"ann"}, {"ann", "anna"})
    ]
    hub.script = [
        broken_hub.then(broken_hub.page, lambda: setattr(hub, "users", users_left[0])),
        broken_hub.page,
        broken_hub.page,
        broken_hub.then(broken_hub.page, lambda: setattr(hub, "users", users_left[1])),
    ]
    assert users_left[1].items() <= read(hub).items()
    assert len(hub.requests) == 6


def test_a_user_added_between_two_pages_makes_no_duplicate(hub: FakeHub) -> None:
    more = MANY_USERS | {"newcomer": ["geo"]}
    hub.script = [broken_hub.then(broken_hub.page, lambda: setattr(hub, "users", more))]
    assert read(hub) == more


def test_a_user_that_moves_to_a_later_page_is_one_user(hub: FakeHub) -> None:
    moved = {name: groups for name, groups in MANY_USERS.items() if name != "ann"} | {"ann": ["geo"]}
    shifted: dict[str, Sequence[str]] = {"newcomer": []} | moved
    hub.script = [broken_hub.then(broken_hub.page, lambda: setattr(hub, "users", shifted))]
    users = client(hub).read_users()
    assert [user for user in users if user.name == "ann"] == [User("ann", ("geo",))]


def test_a_group_renamed_between_two_refreshes_is_the_new_group(hub: FakeHub) -> None:
    assert read(hub)["anna"] == ["geo"]
    hub.users = {"anna": ["geography"]}
    assert read(hub) == {"anna": ["geography"]}
