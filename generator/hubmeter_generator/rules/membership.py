"""The recording rules of membership: the shares of users in their groups."""

from hubmeter_generator.model import SLOW, Rule, RuleGroup
from hubmeter_promql import names


def groups() -> tuple[RuleGroup, ...]:
    """Return the groups."""
    return (
        RuleGroup(
            "hubmeter-membership",
            SLOW,
            (
                Rule(names.SHARE_LIVE, "membership/share_live"),
                Rule(names.SHARE_REPORTED, "membership/share_reported"),
                Rule(names.HUB_REPORTED, "membership/hub_reported"),
                Rule(names.SHARE, "membership/share"),
            ),
        ),
    )
