"""Where a configuration of jupyterhub-usage-quotas means something else here. Pure.

docs/migrating/usage-quotas.md lists all differences; those that change a number are logged when the hub starts.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from hubmeter_hub.quotas.policy import Policies
from hubmeter_hub.quotas.units import RESOURCES, Resource
from hubmeter_hub.quotas.words import amounts

# Options that are not needed here, and the reason.
RETIRED: Final[Mapping[str, str]] = {
    "hub_url": "the hub knows its users' groups",
    "escape_username_scheme": "the rules know all spellings of a username",
    "prometheus_usage_metrics": "usage is read from the series that Hubmeter's rules record",
    "prometheus_usage_quota_metrics": "usage is read from the series that Hubmeter's rules record",
    "prometheus_scrape_interval": "the rules count by time, not by samples",
    "prometheus_emit_interval": "the hub exports policies, and rules compute the usage",
    "prometheus_emit_namespace": "the prefix is that of the hub's own metrics",
    "metrics_exporter_token": "no exporter reads the hub's API for quotas",
    "hub_api_url": "the page uses the hub's address from its environment",
    "hub_api_token": "the page uses the token from its environment",
    "hub_template_paths": "the page has its own template",
    "service_prefix": "the hub sets it",
    "dev_mode": "there is no mock data",
}
# The units of CPU that the replaced tool misread, and the CPU-hours that they had there.
_CPU: Final = {"m": 1e4, "g": 1e5, "t": 1e6}
_HTML: Final = re.compile(r"</?[a-zA-Z][^>]*>|&[a-zA-Z]+;")


def differences(policy: Sequence[Any], policies: Policies) -> Iterator[str]:
    """Yield a sentence for each policy whose number differs, with both values and the way to keep the old one.

    Args:
        policy: The policies of the configuration.
        policies: The same policies, parsed.
    """
    for i, (written, parsed) in enumerate(zip(policy, policies.policies, strict=True)):
        resource = RESOURCES[parsed.resource]
        if resource.name == "cpu" and parsed.prefix in _CPU:
            old = parsed.limit / resource.prefixes[parsed.prefix] * _CPU[parsed.prefix]
            yield (
                f"policy[{i}]: the limit {written['limit']!r} is {_spelled(resource, parsed.limit)}; "
                f"jupyterhub-usage-quotas counted {_spelled(resource, old)}. Write the one that you want."
            )
        names = len(parsed.groups or ()) + len(parsed.users or ())
        if policies.intersection == "sum" and names > 1:
            one = _spelled(resource, parsed.limit, parsed.prefix)
            all_ = _spelled(resource, parsed.limit * names, parsed.prefix)
            yield (
                f"policy[{i}]: it names {names} groups and users, and with the intersection sum it counts once for "
                f"each that applies, up to {all_}; jupyterhub-usage-quotas counted {one} for members of several. To "
                "count it once, name one group that has all of them as members."
            )


def retired(config: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence for each option of a configuration that has no effect here."""
    for section in ("UsageConfig", "UsageQuotaManager", "UsageViewer"):
        for name in config.get(section, {}):
            if name in RETIRED:
                yield f"c.{section}.{name} has no effect: {RETIRED[name]}. Remove it."


def has_markup(text: str) -> bool:
    """Return whether a text was HTML, which the replaced tool rendered."""
    return bool(_HTML.search(text))


def _spelled(resource: Resource, value: float, prefix: str = "") -> str:
    return amounts(resource, value, prefix=prefix)[0]
