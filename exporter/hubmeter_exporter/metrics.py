"""The metrics of the groups exporter: the memberships, and the state of the exporter."""

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from prometheus_client.utils import floatToGoString

from hubmeter_common.slugs import escape_slug, safe_slug
from hubmeter_exporter.exposition import (
    Page,
    RefreshNames,
    RefreshStatus,
    build_info,
    comments,
    counter,
    gauge,
    refresh_gauges,
)
from hubmeter_exporter.exposition import render as render_page
from hubmeter_exporter.membership import Accounting, Membership, User, account, counted_groups
from hubmeter_promql import names

MOST_LISTED: Final = 100_000  # memberships of share 0, if no option lists groups
INFO_HELP: Final = "1 for each group to which the user's usage is attributed."
SHARE_HELP: Final = "Weight of the user's usage in the group, from 0 to 1."


@dataclass(frozen=True)
class Origin:
    """The hub of the metrics, and the prefix of every name.

    Attributes:
        namespace: The label of all metrics.
        hub_url: The label of the exporter's metrics about itself: the URL at which it reads the hub. It
            distinguishes the hubs of a namespace and does not change at a restart.
        prefix: First part of every name.
    """

    namespace: str
    hub_url: str = ""
    prefix: str = "jupyterhub"

    def name(self, metric: str) -> str:
        """Return a metric's name with the prefix."""
        return f"{self.prefix}_{metric}"


@dataclass(frozen=True)
class Memberships:
    """The memberships of all users at a refresh.

    Attributes:
        text: Both metrics, in either format.
        users: Number of users.
        groups: Number of groups that have a user.
        rows: Number of rows of both metrics.
        unlisted: Number of memberships without a row because there are more than `MOST_LISTED` of share 0.
    """

    text: bytes
    users: int
    groups: int
    rows: int = 0
    unlisted: int = 0


def render_memberships(users: Sequence[User], accounting: Accounting, origin: Origin) -> Memberships:
    """Render both membership metrics of all users.

    Without `Accounting.listed_groups`, all memberships of share 0 have a row only if there are at most `MOST_LISTED`.
    """
    members = Counter(user.groups for user in users)  # many users are in the same groups
    unlisted = 0
    if accounting.listed_groups is None:
        few = replace(accounting, listed_groups=())
        unlisted = sum(account(groups, few).unlisted * count for groups, count in members.items())
        if unlisted > MOST_LISTED:
            accounting = few
        else:
            unlisted = 0
    text = io.BytesIO()
    text.writelines(line.encode() for line in _membership_lines(users, accounting, origin))
    groups = {group for of in members for group in counted_groups(of, accounting.allowed_groups)}
    rows = sum(_rows(account(of, accounting)) * count for of, count in members.items())
    return Memberships(text.getvalue(), len(users), len(groups), rows, unlisted)


def _rows(membership: Membership) -> int:
    return len(membership.info) + len(membership.shares)


def render(memberships: Memberships | None, status: RefreshStatus, origin: Origin) -> Page:
    """Return the page; there are no memberships before the first successful refresh."""
    labels = {"namespace": origin.namespace, "hub_url": origin.hub_url}
    users, groups = (memberships.users, memberships.groups) if memberships else (None, None)
    metrics = [
        *refresh_gauges(status, _refresh_names(origin), labels),
        *gauge(origin.name(names.EXPORTER_USERS), "Users of the hub at the last successful refresh.", users, labels),
        *gauge(
            origin.name(names.EXPORTER_GROUPS),
            "Groups with at least one user at the last successful refresh.",
            groups,
            labels,
        ),
        *gauge(
            origin.name(names.EXPORTER_UNLISTED),
            f"Memberships without a row, because more than {MOST_LISTED} have share 0 and --listed_groups is not set.",
            memberships.unlisted if memberships else None,
            labels,
        ),
        counter(
            origin.name(names.REFRESH_ERRORS),
            "Failed refreshes by reason.",
            [*labels, "reason"],
            {(*labels.values(), reason): count for (_, reason), count in status.errors.items()},
        ),
        build_info(origin.name(names.EXPORTER_BUILD_INFO), status.version, labels),
    ]
    return render_page(metrics, memberships.text if memberships else b"")


def _refresh_names(origin: Origin) -> RefreshNames:
    return RefreshNames(
        last_refresh=origin.name(names.LAST_REFRESH),
        last_duration=origin.name(names.LAST_REFRESH_DURATION),
        last_error=origin.name(names.LAST_ERROR),
        interval=origin.name(names.REFRESH_INTERVAL),
        start=origin.name(names.EXPORTER_START),
    )


def _membership_lines(users: Sequence[User], accounting: Accounting, origin: Origin) -> Iterator[str]:
    """Yield the lines of both membership metrics.

    They are equal to the library's, and a test compares them. The library takes 3.5 s of CPU for 50,000 users, this
    takes 1.4 s; a whole refresh must stay under 3 s.
    """
    membership = cache(lambda groups: account(groups, accounting))  # many users are in the same groups
    usergroup = cache(_escape)
    namespace = f'namespace="{_escape(origin.namespace)}"'

    name = origin.name(names.USER_GROUP_INFO)
    yield comments(name, INFO_HELP)
    for user in users:
        escaped = escape_slug(user.name)
        labels = (
            f'username="{_escape(user.name)}",username_escape="{escaped}",username_escaped="{escaped}",'
            f'username_safe="{safe_slug(user.name)}"'
        )
        for group in membership(user.groups).info:
            yield f'{name}{{{namespace},usergroup="{usergroup(group)}",{labels}}} 1.0\n'

    name = origin.name(names.USER_GROUP_SHARE)
    yield comments(name, SHARE_HELP)
    for user in users:
        username = f'username="{_escape(user.name)}"'
        for group, share in membership(user.groups).shares:
            yield f'{name}{{{namespace},usergroup="{usergroup(group)}",{username}}} {_number(share)}\n'


@cache
def _number(value: float) -> str:
    """Return a number as both formats spell it."""
    spelled: str = floatToGoString(value)  # type: ignore[no-untyped-call] # the library's
    return spelled


def _escape(label_value: str) -> str:
    """Return a label's value as both formats spell it between quotes."""
    return label_value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
