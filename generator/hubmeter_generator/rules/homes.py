"""The recording rules of home directories: sizes and limits of users, groups and hubs, directories without an owner."""

from collections.abc import Iterator

from hubmeter_generator.model import BUCKET, SLOW, Rule, RuleGroup, Shortcut
from hubmeter_promql import names, render

# By resource: the part with the values of directories, and dirsize's metric.
_DIRECTORIES = {
    names.HOME: ("sizes", "dirsize_total_size_bytes"),
    names.HOME_LIMIT: ("limits", "dirsize_hard_limit_bytes"),
}


def groups() -> tuple[RuleGroup, ...]:
    """Return the groups."""
    return (
        RuleGroup(
            "hubmeter-homes",
            BUCKET,
            (
                Rule(names.HOMES_REMEASURED, "homes/remeasured"),
                Rule(names.DELETED_HOMES, "homes/deleted"),
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
    return _of_owners(_directories(resource))


def shortcuts() -> tuple[Shortcut, ...]:
    """Return shorter queries of `current` for times at which no directory is carried forward."""
    return tuple(
        Shortcut(names.user(resource), names.CARRIED_HOME, _of_owners(_reported(resource))) for resource in _DIRECTORIES
    )


def _directories(resource: str) -> str:
    part, _ = _DIRECTORIES[resource]
    return _part(part, reported=_reported(resource))


def _reported(resource: str) -> str:
    _, metric = _DIRECTORIES[resource]
    return _part("reported", metric=metric)


def _spelled() -> dict[str, str]:
    return {of: _part("spelled", spelling=f"username_{of}") for of in ("safe", "escaped")}


def _of_owners(directories: str) -> str:
    return _part("of_owners", directories=directories, owners=_part("owners", **_spelled()))


def _kept(resource: str) -> Rule:
    record = names.user(resource)
    of = {"now": current(resource), "series": record, "directories": _directories(resource)}
    return Rule(record, "homes/kept", of)


def _orphans() -> Rule:
    return Rule(names.ORPHANED_HOME, "homes/orphaned_home_bytes", {"sizes": _directories(names.HOME), **_spelled()})


def _levels() -> Iterator[Rule]:
    for resource in _DIRECTORIES:
        of_users = {"of_users": _part("of_user", measure=resource, matchers="")}
        yield Rule(names.group(resource), "homes/group", of_users)
        yield Rule(names.hub(resource), "homes/hub", of_users)


def _part(name: str, **parameters: str) -> str:
    return render.part(f"parts/homes/{name}.promql", parameters)
