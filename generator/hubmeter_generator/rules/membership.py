"""The recording rules of membership: the shares of users in their groups."""

from hubmeter_generator.model import SLOW, Rule, RuleGroup, Shortcut
from hubmeter_promql import names, render


def groups() -> tuple[RuleGroup, ...]:
    """Return the groups; they are two, because either takes about as long as all rules of a minute together."""
    of_several = f" {_part('of_several_hubs', several_hubs=_part('several_hubs'))}"
    return (
        RuleGroup(
            "hubmeter-hubs",
            SLOW,
            (
                Rule(names.HUB_REPORTED, "membership/hub_reported"),
                Rule(names.SHARE_BY_HUB, "membership/share_by_hub", _shares(of_several)),
            ),
        ),
        RuleGroup("hubmeter-membership", SLOW, (Rule(names.SHARE, "membership/share", {"now": current()}),)),
    )


def current() -> str:
    """Return the query for the shares of users now, with the settings' placeholders open."""
    return _part("persons", **_shares(""))


def current_with_pods() -> str:
    """Return the query for the shares of users with a pod now, with the settings' placeholders open."""
    return _part("persons_with_pods")


def shortcuts() -> tuple[Shortcut, ...]:
    """Return shorter queries for times at which no exporter is silent, and namespaces have one hub."""
    return (
        Shortcut(names.SHARE_BY_HUB, _part("several_hubs")),
        Shortcut(names.SHARE, _part("silent_hubs"), _part("persons", shares=_part("live", only=""))),
    )


def _shares(only: str) -> dict[str, str]:
    return {"shares": _part("shares", live=_part("live", only=only), only=only)}


def _part(name: str, **parameters: str) -> str:
    return render.part(f"parts/membership/{name}.promql", parameters)
