"""The recording rules of membership: the share of each user's usage that a group is charged."""

from hubmeter_generator.model import SLOW, Rule, RuleGroup
from hubmeter_promql import names


def groups() -> tuple[RuleGroup, ...]:
    """Return the groups."""
    return (
        RuleGroup(
            "hubmeter-membership",
            SLOW,
            (
                Rule(names.SHARE_LIVE, "membership/usergroup_share_live"),
                Rule(names.SHARE_TOLD, "membership/usergroup_share_reported"),
                Rule(names.HUB_TOLD, "membership/usergroup_share_hub_reported"),
                Rule(names.SHARE, "membership/usergroup_share"),
            ),
        ),
    )
