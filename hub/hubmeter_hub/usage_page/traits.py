"""The options of the usage page in jupyterhub_config.py."""

import os
from collections.abc import Mapping
from typing import Any

from traitlets import Bool, Dict, Integer, List, TraitError, Unicode, default, validate

from hubmeter_common import metrics_prefix
from hubmeter_hub.config import ENVIRONMENT, UsageConfig, url
from hubmeter_hub.usage_page.leads import PLACEHOLDER, Leads


class UsageViewer(UsageConfig):
    """The page where users see their limits and usage."""

    session_secret_key = Unicode(
        help=(
            "The key that signs the page's cookies: at least 32 random characters, from a secret. Without it, a "
            "restart logs all users out. Default: the environment variable JUPYTERHUB_USAGE_QUOTAS_SESSION_SECRET_KEY."
        )
    ).tag(config=True)
    footer_note = Unicode(help="A text at the end of the page, for example a contact.").tag(config=True)
    enable_home_storage = Bool(True, help="Whether the page shows home storage.").tag(config=True)
    enable_compute = Bool(True, help="Whether the page shows memory, CPU and GPU.").tag(config=True)
    service_port = Integer(
        0, help="The port of the service. Default: that of its url, or 9000 if that has none.", min=0, max=65535
    ).tag(config=True)
    service_host = Unicode(
        help="The address to listen on. Default: loopback if the service's url is on loopback, else all addresses."
    ).tag(config=True)
    public_hub_url = Unicode(
        help=(
            "The public URL of the hub, such as https://hub.example.org, if links, logo and login do not lead to it. "
            "Default: the environment variable JUPYTERHUB_PUBLIC_HUB_URL."
        )
    ).tag(config=True)

    group_leads = Dict(
        key_trait=Unicode(),
        value_trait=List(Unicode()),
        help='Users who may see the page of a group, by group: {"bio": ["ana"]}.',
    ).tag(config=True)
    group_leads_pattern = Unicode(
        help=(
            'The name of the group whose members may see the page of a group, for example "{group}-leads". Whoever can '
            "create such a group in the hub, or join one, can see the page."
        )
    ).tag(config=True)
    cost_api_url = Unicode(
        help=(
            "The URL of the cost API, such as http://hubmeter-costs:9091, for costs and usage of groups from before "
            "the retention of Prometheus."
        )
    ).tag(config=True)
    cost_api_token_file = Unicode(
        help="A file with a bearer token for the cost API, if a proxy in front of it needs one; read at each request."
    ).tag(config=True)
    metrics_prefix = Unicode(
        metrics_prefix.DEFAULT, help="The prefix of the metrics of the cost exporter: its --metrics_prefix."
    ).tag(config=True)

    @default("session_secret_key")
    def _key_in_the_environment(self) -> str:
        return os.environ.get(f"{ENVIRONMENT}SESSION_SECRET_KEY", "")

    @default("public_hub_url")
    def _url_of_the_hub_in_the_environment(self) -> str:
        return url("JUPYTERHUB_PUBLIC_HUB_URL", os.environ.get("JUPYTERHUB_PUBLIC_HUB_URL", ""))

    @validate("public_hub_url")
    def _is_a_site(self, proposal: Mapping[str, Any]) -> str:
        return url("UsageViewer.public_hub_url", str(proposal["value"]))

    @validate("cost_api_url")
    def _is_the_cost_api(self, proposal: Mapping[str, Any]) -> str:
        return url("UsageViewer.cost_api_url", str(proposal["value"]))

    @validate("metrics_prefix")
    def _is_a_prefix(self, proposal: Mapping[str, Any]) -> str:
        try:
            return metrics_prefix.checked(str(proposal["value"]))
        except ValueError as error:
            raise TraitError(f"UsageViewer.metrics_prefix is {proposal['value']!r}, which {error}") from error

    @validate("group_leads_pattern")
    def _is_a_pattern(self, proposal: Mapping[str, Any]) -> str:
        pattern = str(proposal["value"])
        if pattern and (pattern.count(PLACEHOLDER) != 1 or pattern.strip() == PLACEHOLDER):
            raise TraitError(
                f"UsageViewer.group_leads_pattern is {pattern!r}; it must have {PLACEHOLDER} once and other text, for "
                f"example {PLACEHOLDER}-leads"
            )
        return pattern

    def leads(self) -> Leads:
        """Return the leads of groups."""
        return Leads({group: frozenset(names) for group, names in self.group_leads.items()}, self.group_leads_pattern)
