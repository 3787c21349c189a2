"""The metrics of the groups exporter are equal to those that the library renders."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from hubmeter_common.slugs import escape_slug, safe_slug
from hubmeter_exporter.exposition import Format, Page, RefreshStatus
from hubmeter_exporter.membership import Accounting, GroupPatterns, Strategy, User, account
from hubmeter_exporter.metrics import INFO_HELP, MOST_LISTED, SHARE_HELP, Origin, render, render_memberships

ODD_USERS = (
    User("ana.lópez@uni.edu", ("geo",)),
    User("Bob-Smith", ("geo", "bio", "chem")),
    User("x--y", ()),
    User("ann", ("bio",)),
    User("anna", ("geo",)),
    User("z" * 80, ('quo"ted', "back\\slash", "new\nline", "\\n")),
    User('o"brien\\\n', ("{a}", "a,b=c", "#", "名前")),
)
ORIGIN = Origin("hub-1", "http://hub:8081")
STATUS = RefreshStatus(
    "1.2.3", 3600.0, {("hub", "timeout"): 2, ("hub", "forbidden"): 0}, 1.7e9 + 0.25, 0.5, 1.6e9, 1.5e9
)


def body(page: Page, form: Format) -> bytes:
    return b"".join(page.parts[form, False])


def library_registry(users: Sequence[User], accounting: Accounting, origin: Origin) -> CollectorRegistry:
    """The same two metrics, as the library keeps and renders them."""
    registry = CollectorRegistry()
    info = Gauge(
        f"{origin.prefix}_user_group_info",
        INFO_HELP,
        ["namespace", "usergroup", "username", "username_escape", "username_escaped", "username_safe"],
        registry=registry,
    )
    share = Gauge(
        f"{origin.prefix}_user_group_share",
        SHARE_HELP,
        ["namespace", "usergroup", "username"],
        registry=registry,
    )
    for user in users:
        rows = account(user.groups, accounting)
        escaped = escape_slug(user.name)
        for group in rows.info:
            info.labels(origin.namespace, group, user.name, escaped, escaped, safe_slug(user.name)).set(1)
        for group, part in rows.shares:
            share.labels(origin.namespace, group, user.name).set(part)
    return registry


@pytest.mark.parametrize("strategy", Strategy)
def test_membership_rows_are_byte_for_byte_the_librarys(strategy: Strategy) -> None:
    accounting = Accounting(strategy)
    rows = render_memberships(ODD_USERS, accounting, ORIGIN)
    registry = library_registry(ODD_USERS, accounting, ORIGIN)
    assert rows.text == generate_latest(registry)
    assert rows.text + b"# EOF\n" == generate_openmetrics(registry)  # type: ignore[no-untyped-call] # the library has no types there


@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
        st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), max_size=3),
        max_size=5,
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
)
def test_any_names_are_rendered_as_the_library_renders_them(users: dict[str, list[str]], namespace: str) -> None:
    members = [User(name, tuple(groups)) for name, groups in users.items()]
    accounting, origin = Accounting(Strategy.SPLIT), Origin(namespace, prefix="lab")
    assert render_memberships(members, accounting, origin).text == generate_latest(
        library_registry(members, accounting, origin)
    )


def test_many_rows_are_complete() -> None:
    users = [User(f"user-{i}", (f"g{i % 7}", f"h{i % 5}")) for i in range(5_001)]
    rows = render_memberships(users, Accounting(Strategy.ALL), ORIGIN)
    assert rows.text == generate_latest(library_registry(users, Accounting(Strategy.ALL), ORIGIN))
    assert (rows.users, rows.groups) == (5_001, 12)


@pytest.mark.parametrize("users", [ODD_USERS, ()], ids=["users", "no users"])
def test_both_formats_parse_and_agree(users: tuple[User, ...]) -> None:
    page = render(render_memberships(users, Accounting(Strategy.SPLIT), ORIGIN), STATUS, ORIGIN)

    def samples(families: object) -> list[tuple[str, dict[str, str], float]]:
        return sorted(
            ((s.name, s.labels, s.value) for family in families for s in family.samples),  # type: ignore[attr-defined] # the parsers are untyped
            key=repr,
        )

    text = samples(parse_text(body(page, Format.TEXT).decode()))
    openmetrics = samples(parse_openmetrics(body(page, Format.OPENMETRICS).decode()))  # type: ignore[no-untyped-call] # the library has no types there
    assert text == openmetrics
    names = [(name, sorted(labels.items())) for name, labels, _ in text]
    assert len({repr(name) for name in names}) == len(names)
    assert {labels["username"] for _, labels, _ in text if "username" in labels} == {u.name for u in users}


def test_very_many_memberships_have_at_most_four_rows_a_user() -> None:
    groups = tuple(f"g{n}" for n in range(150))
    users = [User(f"user-{n}", groups) for n in range(1_000)]
    rows = render_memberships(users, Accounting(), ORIGIN)
    assert (rows.rows, rows.unlisted, rows.groups) == (4 * 1_000, 148 * 1_000, 150)
    listed = Accounting(listed_groups=GroupPatterns(["g1?"]))
    rows = render_memberships(users, listed, ORIGIN)
    assert (rows.rows, rows.unlisted) == (12 * 1_000, 0)
    assert rows.text == generate_latest(library_registry(users, listed, ORIGIN))


def test_not_very_many_memberships_all_have_rows() -> None:
    users = [User(f"user-{n}", tuple(f"g{n}" for n in range(150))) for n in range(MOST_LISTED // 148)]
    rows = render_memberships(users, Accounting(), ORIGIN)
    assert (rows.rows, rows.unlisted) == (152 * len(users), 0)


def test_the_exporters_own_metrics() -> None:
    page = render(render_memberships(ODD_USERS, Accounting(), ORIGIN), STATUS, ORIGIN)
    own = {
        (s.name, s.labels.get("reason") or s.labels.get("version")): s.value
        for family in parse_text(body(page, Format.TEXT).decode())
        for s in family.samples
        if s.name.startswith("jupyterhub_groups_exporter_")
        and (s.labels["namespace"], s.labels["hub_url"]) == ("hub-1", "http://hub:8081")
    }
    assert own == {
        ("jupyterhub_groups_exporter_last_refresh_timestamp_seconds", None): 1.7e9 + 0.25,
        ("jupyterhub_groups_exporter_last_refresh_duration_seconds", None): 0.5,
        ("jupyterhub_groups_exporter_last_error_timestamp_seconds", None): 1.6e9,
        ("jupyterhub_groups_exporter_refresh_interval_seconds", None): 3600,
        ("jupyterhub_groups_exporter_start_timestamp_seconds", None): 1.5e9,
        ("jupyterhub_groups_exporter_users", None): 7,
        ("jupyterhub_groups_exporter_groups", None): 11,
        ("jupyterhub_groups_exporter_unlisted_memberships", None): 0,
        ("jupyterhub_groups_exporter_refresh_errors_total", "timeout"): 2,
        ("jupyterhub_groups_exporter_refresh_errors_total", "forbidden"): 0,
        ("jupyterhub_groups_exporter_build_info", "1.2.3"): 1,
    }


def test_before_the_first_refresh_there_is_a_status_and_no_rows() -> None:
    page = render(None, RefreshStatus("1.2.3", 3600.0, {("hub", "timeout"): 1}), ORIGIN)
    names = {family.name for family in parse_text(body(page, Format.TEXT).decode())}
    assert names == {
        "jupyterhub_groups_exporter_refresh_interval_seconds",
        "jupyterhub_groups_exporter_refresh_errors",
        "jupyterhub_groups_exporter_build_info",
    }
