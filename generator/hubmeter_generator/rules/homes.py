"""The recording rules of home directories: sizes and limits of users, groups and hubs, directories without an owner."""

from collections.abc import Iterator

from hubmeter_generator.model import BUCKET, SLOW, Rule, RuleGroup
from hubmeter_promql import names, render

_DIRECTORIES = {names.HOME: "sizes", names.HOME_LIMIT: "limits"}


def groups() -> tuple[RuleGroup, ...]:
    """Return the groups."""
    return (
        RuleGroup(
            "hubmeter-homes",
            BUCKET,
            (
                Rule(names.HOMES_MEASURED, "homes/measured"),
                Rule(names.HOMES_MEASURED_TWICE, "homes/measured_twice"),
                Rule(names.CARRIED_HOME, "homes/carried"),
                _kept(names.HOME),
            ),
        ),
        RuleGroup("hubmeter-home-limits", BUCKET, (_kept(names.HOME_LIMIT),)),
        RuleGroup("hubmeter-home-orphans", BUCKET, (_orphans(),)),
        RuleGroup("hubmeter-home-groups", SLOW, tuple(_levels())),
    )


def current(resource: str) -> str:
    """Return the query for the sizes or limits of users' home directories now, with the settings' placeholders open."""
    of = {"directories": _part(_DIRECTORIES[resource]), "owners": _part("owners")}
    return _part("of_owners", **of)


def _kept(resource: str) -> Rule:
    record = names.user(resource)
    of = {"now": current(resource), "series": record, "directories": _part(_DIRECTORIES[resource])}
    return Rule(record, "homes/kept", of)


def _orphans() -> Rule:
    return Rule(names.ORPHANED_HOME, "homes/orphaned_home_bytes", {"sizes": _part("sizes"), "owners": _part("owners")})


def _levels() -> Iterator[Rule]:
    for resource in _DIRECTORIES:
        of_users = {"of_users": _part("of_user", measure=resource, matchers="")}
        yield Rule(names.group(resource), "homes/group", of_users)
        yield Rule(names.hub(resource), "homes/hub", of_users)


def _part(name: str, **parameters: str) -> str:
    return render.part(f"parts/homes/{name}.promql", parameters)
