"""Who may see the page of a group. Pure.

Nothing in a request but its identity decides: names are compared as they are, with their case.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from hubmeter_promql.names import NO_GROUP

PLACEHOLDER: Final = "{group}"
READ_GROUPS: Final = "read:groups"
_OF_ONE: Final = f"{READ_GROUPS}!group="
# JupyterHub's limit for names of groups.
LONGEST_NAME: Final = 255


@dataclass(frozen=True)
class Access:
    """The groups that a requester may see.

    Attributes:
        groups: By name, sorted.
        every_group: Whether also all others.
        without_group: Whether also the users without a group.
    """

    groups: tuple[str, ...] = ()
    every_group: bool = False
    without_group: bool = False

    def __bool__(self) -> bool:
        """Return whether there are any."""
        return bool(self.groups) or self.every_group

    def allows(self, group: str) -> bool:
        """Return whether the requester may see this group."""
        if group in self.groups:
            return True
        if group == NO_GROUP:
            return self.without_group
        return self.every_group and 0 < len(group) <= LONGEST_NAME


@dataclass(frozen=True)
class Leads:
    """The leads of groups.

    Attributes:
        of_groups: Usernames of leads by group.
        pattern: The name of the group of leads, such as ``{group}-leads``; "" if there is none.
    """

    of_groups: Mapping[str, frozenset[str]]
    pattern: str = ""

    def access(self, viewer: Mapping[str, Any], *, with_token: bool) -> Access:
        """Return the access of a requester.

        Args:
            viewer: The hub's model of the requester: ``kind``, ``name``, ``groups``, ``admin`` and ``scopes``.
            with_token: Whether the request has a token of its own. A token may have fewer permissions than its owner,
                so the admin flag of the owner is not enough.
        """
        scopes = frozenset(viewer.get("scopes") or ())
        groups = {scope.removeprefix(_OF_ONE) for scope in scopes if scope.startswith(_OF_ONE)}
        if viewer["kind"] == "user":  # a service may have the name of a user
            groups |= {group for group, names in self.of_groups.items() if viewer["name"] in names}
            groups |= self._by_name(viewer.get("groups") or ())
        is_admin = bool(viewer.get("admin")) and not with_token
        return Access(tuple(sorted(groups - {""})), is_admin or READ_GROUPS in scopes, is_admin)

    def _by_name(self, groups: Iterable[str]) -> set[str]:
        """Return the groups whose group of leads is one of these. The users without a group have none."""
        if not self.pattern:
            return set()
        before, _, after = self.pattern.partition(PLACEHOLDER)
        least = len(before) + len(after)
        found = {
            group[len(before) : len(group) - len(after)]
            for group in groups
            if len(group) > least and group.startswith(before) and group.endswith(after)
        }
        return found - {NO_GROUP}
