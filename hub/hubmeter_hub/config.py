"""The options that quotas and the usage page share: where Prometheus is, and which hub this is."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from traitlets import Dict, Float, HasTraits, TraitError, TraitType, Unicode, default, validate
from traitlets.config import Configurable

from hubmeter_common.pseudonyms import Salt, SaltError, read_salt
from hubmeter_promql.client import BearerFile

_TLS_KEYS: Final = frozenset({"ca", "cert", "key"})


class ConfigError(TraitError):
    """Options that cannot be meant; the message names them and says what to do. The hub ends with it at start-up."""


class Secrets(TraitType[Mapping[str, str] | None, Any]):
    """A mapping of texts with known keys, or None. Errors never show a value."""

    def __init__(self, keys: tuple[str, ...], **kwargs: Any) -> None:
        """Remember the keys; all of them are needed."""
        self._keys = keys
        super().__init__(default_value=None, allow_none=True, **kwargs)

    def validate(self, obj: HasTraits, value: object) -> Mapping[str, str]:
        """Return the value as it is, or raise TraitError."""
        needed = f"a mapping of {' and '.join(self._keys)}, both texts"
        if isinstance(value, tuple):
            needed += " (a comma at the end of the line makes a tuple of it)"
        if not isinstance(value, Mapping) or set(value) != set(self._keys):
            raise TraitError(f"{type(obj).__name__}.{self.name} must be {needed}; its value is not shown here")
        if not all(isinstance(text, str) for text in value.values()):
            raise TraitError(f"{type(obj).__name__}.{self.name} must be {needed}; its values are not shown here")
        return dict(value)


class UsageConfig(Configurable):
    """What the quota check and the usage page have in common."""

    prometheus_url = Unicode(
        help='Where Prometheus answers, with the path if it has one: "http://prometheus-server.support.svc.cluster.local".'
    ).tag(config=True)
    prometheus_auth = Secrets(
        ("username", "password"),
        help='{"username": ..., "password": ...} for basic authentication; in a file of its own, from a secret.',
    ).tag(config=True)
    prometheus_token_file = Unicode(
        help="A file with a bearer token, read at each request; instead of prometheus_auth."
    ).tag(config=True)
    prometheus_headers = Dict(
        key_trait=Unicode(),
        value_trait=Unicode(),
        help='Headers of each request, for example {"X-Scope-OrgID": "research"} for Mimir.',
    ).tag(config=True)
    prometheus_tls = Dict(
        key_trait=Unicode(),
        value_trait=Unicode(),
        help=(
            'Files for TLS: {"ca": the authority to trust instead of the usual ones, "cert" and "key": a certificate '
            "of our own}. Certificates are always verified."
        ),
    ).tag(config=True)
    prometheus_timeout = Float(
        5.0, help="Seconds within which Prometheus must have answered; then failover_open decides."
    ).tag(config=True)
    hub_namespace = Unicode(
        help=(
            "The Kubernetes namespace of this hub, as in the label namespace. Default: the variable POD_NAMESPACE, "
            "which the hub does not hand to the usage page: set it here, or in the environment of that service."
        )
    ).tag(config=True)
    series_labels = Dict(
        key_trait=Unicode(),
        value_trait=Unicode(),
        help='Further labels of this hub\'s series, where several clusters share a Prometheus: {"cluster": "east"}.',
    ).tag(config=True)

    pseudonym_salt_file = Unicode(
        help=(
            "A file with the salt of the exporter's --pseudonym_salt_file: users are then known to Prometheus by "
            "pseudonyms. Default: the salt in HUBMETER_PSEUDONYM_SALT, which the hub does not hand to the usage page; "
            "usernames where there is none."
        )
    ).tag(config=True)

    @default("hub_namespace")
    def _namespace_of_the_pod(self) -> str:
        return os.environ.get("POD_NAMESPACE", "")

    @validate("prometheus_url")
    def _is_a_url(self, proposal: Mapping[str, Any]) -> str:
        url = str(proposal["value"])
        parts = urlsplit(url)
        if url and (parts.scheme not in {"http", "https"} or not parts.hostname):
            raise TraitError("UsageConfig.prometheus_url must begin with http:// or https:// and name a host")
        return url

    @validate("prometheus_timeout")
    def _is_positive(self, proposal: Mapping[str, Any]) -> float:
        seconds = float(proposal["value"])
        if not 0 < seconds <= 60:
            raise TraitError(f"UsageConfig.prometheus_timeout is {seconds}; allowed is more than 0 and up to 60 s")
        return seconds

    @validate("prometheus_tls")
    def _are_tls_files(self, proposal: Mapping[str, Any]) -> dict[str, str]:
        files: dict[str, str] = proposal["value"]
        if unknown := sorted(set(files) - _TLS_KEYS):
            raise TraitError(f"UsageConfig.prometheus_tls: {unknown[0]!r} is not a key of it; allowed is ca, cert, key")
        if "key" in files and "cert" not in files:
            raise TraitError("UsageConfig.prometheus_tls: key is given without cert")
        return files

    def require_prometheus(self) -> None:
        """Raise ConfigError unless it is known which Prometheus to ask, and about which hub."""
        for name, example in (("prometheus_url", "http://prometheus:9090"), ("hub_namespace", "prod")):
            if not getattr(self, name):
                raise ConfigError(
                    f'UsageConfig.{name} is not set: write c.UsageConfig.{name} = "{example}" (with = and not with :)'
                )

    def labels(self, username: str | None = None) -> dict[str, str]:
        """Return the labels of this hub's series, or of those of one of its users."""
        labels = {**self.series_labels, "namespace": self.hub_namespace}
        return labels if username is None else {**labels, "username": username}

    def salt(self) -> Salt | None:
        """Return the salt of pseudonyms, None where users are known by their names.

        Raises:
            ConfigError: for one that cannot be used.
        """
        try:
            return read_salt(self.pseudonym_salt_file, os.environ)
        except SaltError as error:
            raise ConfigError(f"UsageConfig.pseudonym_salt_file: {error}") from error

    def names(self) -> Callable[[str], str]:
        """Return what gives a user's name as Prometheus knows it: a pseudonym, or the name itself."""
        salt = self.salt()
        return salt.pseudonym if salt else str

    def session(self) -> requests.Session:
        """Return a session with the credentials and files for Prometheus; whoever asks for it closes it.

        Raises:
            ConfigError: for two ways of authentication.
        """
        session = requests.Session()
        if self.prometheus_auth and self.prometheus_token_file:
            raise ConfigError("set either UsageConfig.prometheus_auth or UsageConfig.prometheus_token_file, not both")
        if self.prometheus_auth:
            session.auth = (self.prometheus_auth["username"], self.prometheus_auth["password"])
        elif self.prometheus_token_file:
            session.auth = BearerFile(Path(self.prometheus_token_file))
        session.headers.update(self.prometheus_headers)
        if "ca" in self.prometheus_tls:
            session.verify = self.prometheus_tls["ca"]
        if "cert" in self.prometheus_tls:
            cert, key = self.prometheus_tls["cert"], self.prometheus_tls.get("key")
            session.cert = (cert, key) if key else cert
        return session
