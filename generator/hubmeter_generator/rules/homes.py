"""The recording rules of home directories: owners, sizes, limits, and directories without an owner."""

from hubmeter_generator.model import BUCKET, SLOW, Rule, RuleGroup
from hubmeter_generator.rules.usage import levels
from hubmeter_promql import names


def groups() -> tuple[RuleGroup, ...]:
    """Return the groups."""
    return (
        RuleGroup("hubmeter-owners", BUCKET, (Rule(names.OWNERS, "homes/directory_owners"),)),
        RuleGroup(
            "hubmeter-homes",
            SLOW,
            (
                Rule(names.DIRECTORY, "homes/directory_bytes", {"measure": "total_size_bytes"}),
                Rule(names.HOMES, "homes/directories"),
                Rule(names.ORPHANED_HOME, "homes/orphaned_home_bytes"),
                *levels(names.HOME, "homes/home_bytes", names.SHARE, directories=names.DIRECTORY),
            ),
        ),
        RuleGroup(
            "hubmeter-home-limits",
            SLOW,
            (
                Rule(names.DIRECTORY_LIMIT, "homes/directory_bytes", {"measure": "hard_limit_bytes"}),
                *levels(names.HOME_LIMIT, "homes/home_bytes", names.SHARE, directories=names.DIRECTORY_LIMIT),
            ),
        ),
    )
