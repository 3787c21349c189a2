"""The recording rules of membership: the shares of users in their groups."""

from hubmeter_generator.model import SLOW, Rule, RuleGroup
from hubmeter_promql import names, render


def groups() -> tuple[RuleGroup, ...]:
    """Return the groups."""
    shares = {"shares": render.part("parts/membership/shares.promql", {})}
    return (
        RuleGroup(
            "hubmeter-membership",
            SLOW,
            (
                Rule(names.SHARE_LIVE, "membership/share_live"),
                Rule(names.SHARE_REPORTED, "membership/share_reported"),
                Rule(names.HUB_REPORTED, "membership/hub_reported"),
                Rule(names.SHARE_BY_HUB, "membership/share_by_hub", shares),
                Rule(names.SHARE, "membership/share", shares),
            ),
        ),
    )
