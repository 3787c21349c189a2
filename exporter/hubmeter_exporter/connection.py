"""How the groups exporter connects to its hub: TLS files and proxies."""

from dataclasses import dataclass
from typing import Final

import requests


@dataclass(frozen=True)
class Connection:
    """The TLS files and the proxies of all requests to a hub.

    Attributes:
        ca_file: The certificates of authorities that may have signed the hub's certificate; None: the public ones.
        certificate: The files of the exporter's own certificate and its key, for a hub with internal SSL.
        proxies: Whether the proxies of the environment are used. They would get the token of a hub without TLS.
    """

    ca_file: str | None = None
    certificate: tuple[str, str] | None = None
    proxies: bool = False

    def set_up(self, session: requests.Session, url: str) -> None:
        """Apply the settings to a session for requests to this URL."""
        session.proxies.update(requests.utils.get_environ_proxies(url) if self.proxies else {})
        session.trust_env = False  # it would also use ~/.netrc
        session.verify = self.ca_file or True
        session.cert = self.certificate


DIRECT: Final = Connection()
