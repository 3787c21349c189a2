"""The options of the usage page in jupyterhub_config.py."""

import os
from collections.abc import Mapping
from typing import Any

from traitlets import Bool, Integer, Unicode, default, validate

from hubmeter_hub.config import ENVIRONMENT, UsageConfig, url


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

    @default("session_secret_key")
    def _key_in_the_environment(self) -> str:
        return os.environ.get(f"{ENVIRONMENT}SESSION_SECRET_KEY", "")

    @default("public_hub_url")
    def _url_of_the_hub_in_the_environment(self) -> str:
        return url("JUPYTERHUB_PUBLIC_HUB_URL", os.environ.get("JUPYTERHUB_PUBLIC_HUB_URL", ""))

    @validate("public_hub_url")
    def _is_a_site(self, proposal: Mapping[str, Any]) -> str:
        return url("UsageViewer.public_hub_url", str(proposal["value"]))
