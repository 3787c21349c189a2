"""The recording rules of membership: the shares of users in their groups."""

from hubmeter_generator.model import SLOW, Rule, RuleGroup
from hubmeter_promql import names, render


def groups() -> tuple[RuleGroup, ...]:
    """Return the groups."""
    live = {"live": render.part("parts/membership/live.promql", {})}
    shares = {"shares": render.part("parts/membership/shares.promql", live)}
    return (
        RuleGroup(
            "hubmeter-membership",
            SLOW,
            (
                Rule(names.HUB_REPORTED, "membership/hub_reported", live),
                Rule(names.SHARE_BY_HUB, "membership/share_by_hub", shares),
                Rule(names.SHARE, "membership/share", shares),
            ),
        ),
    )
