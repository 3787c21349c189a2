"""The options that quotas, the usage page and pseudonyms share: the Prometheus to query, and the hub's series."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from traitlets import Dict, Float, HasTraits, TraitError, TraitType, Unicode, default, validate
from traitlets.config import Configurable

from hubmeter_common.pseudonyms import Salt, SaltError, read_salt
from hubmeter_common.tokens import TokenAuth

_TLS_KEYS: Final = frozenset({"ca", "cert", "key"})


# The environment variables of jupyterhub-usage-quotas, for the options that are not in the configuration.
ENVIRONMENT: Final = "JUPYTERHUB_USAGE_QUOTAS_"


class ConfigError(TraitError):
    """An invalid option; the message names it and says what to do. The hub ends with it when it starts."""


def url(option: str, value: str) -> str:
    """Return the URL of an option, which may be empty.

    Raises:
        TraitError: naming the option, if the value is no URL. The value is not shown: it may have a password.
    """
    try:
        parts = urlsplit(value)
        valid = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:  # an invalid port, or an invalid address in brackets
        valid = False
    if value and not valid:
        raise TraitError(
            f"{option} must begin with http:// or https:// and name a host, and the port, if any, be valid"
        )
    return value


class Secrets(TraitType[Mapping[str, str] | None, Any]):
    """A mapping with fixed keys and text values, or None. Errors show no value."""

    def __init__(self, keys: tuple[str, ...], **kwargs: Any) -> None:
        """Keep the keys, all of which are required."""
        self._keys = keys
        super().__init__(default_value=None, allow_none=True, **kwargs)

    def validate(self, obj: HasTraits, value: object) -> Mapping[str, str]:
        """Return a copy of the value.

        Raises:
            TraitError: for another type, other keys, or values that are not texts.
        """
        needed = f"a mapping of {' and '.join(self._keys)}, both texts"
        if isinstance(value, tuple):
            needed += " (a comma at the end of the line makes a tuple of it)"
        if isinstance(value, Mapping) and not value:
            return {}  # none, as in jupyterhub-usage-quotas
        if not isinstance(value, Mapping) or set(value) != set(self._keys):
            raise TraitError(f"{type(obj).__name__}.{self.name} must be {needed}; its value is not shown here")
        if not all(isinstance(text, str) for text in value.values()):
            raise TraitError(f"{type(obj).__name__}.{self.name} must be {needed}; its values are not shown here")
        return dict(value)


class UsageConfig(Configurable):
    """The connection to Prometheus, and the labels of this hub's series."""

    prometheus_url = Unicode(
        help=(
            'The URL of Prometheus, including its path, if any: "http://prometheus-server.support.svc.cluster.local". '
            "Default: the environment variable JUPYTERHUB_USAGE_QUOTAS_PROMETHEUS_URL."
        )
    ).tag(config=True)
    prometheus_auth = Secrets(
        ("username", "password"),
        help=(
            'Basic authentication: {"username": ..., "password": ...}. Set it in a separate file, from a secret. '
            "Default: the environment variables JUPYTERHUB_USAGE_QUOTAS_PROMETHEUS_USERNAME and _PASSWORD."
        ),
    ).tag(config=True)
    prometheus_token_file = Unicode(
        help="A file with a bearer token, read at each request. Replaces prometheus_auth."
    ).tag(config=True)
    prometheus_headers = Dict(
        key_trait=Unicode(),
        value_trait=Unicode(),
        help='Additional headers of each request, for example {"X-Scope-OrgID": "research"} for Mimir.',
    ).tag(config=True)
    prometheus_tls = Dict(
        key_trait=Unicode(),
        value_trait=Unicode(),
        help=(
            'TLS files: "ca" is the certificate authority to trust instead of the default ones; "cert" and "key" are a '
            "client certificate and its key. Certificates are always verified."
        ),
    ).tag(config=True)
    prometheus_timeout = Float(
        5.0, help="Timeout of Prometheus in seconds, up to 60; failover_open decides what happens then."
    ).tag(config=True)
    hub_namespace = Unicode(
        help=(
            "The Kubernetes namespace of this hub: the label namespace of its series. Default: the environment "
            "variable JUPYTERHUB_USAGE_QUOTAS_HUB_NAMESPACE, else POD_NAMESPACE. The hub does not pass them to the "
            "usage page; set it here or in the environment of that service."
        )
    ).tag(config=True)
    series_labels = Dict(
        key_trait=Unicode(),
        value_trait=Unicode(),
        help='More labels that select this hub\'s series, if clusters share a Prometheus: {"cluster": "east"}.',
    ).tag(config=True)

    pseudonym_salt_file = Unicode(
        help=(
            "A file with the same salt as the exporter's --pseudonym_salt_file, if the exporter exports pseudonyms. "
            "Default: the salt in the environment variable HUBMETER_PSEUDONYM_SALT, which the hub does not pass to the "
            "usage page. Without a salt, users are known by their names."
        )
    ).tag(config=True)

    @default("hub_namespace")
    def _namespace_of_the_pod(self) -> str:
        return os.environ.get(f"{ENVIRONMENT}HUB_NAMESPACE") or os.environ.get("POD_NAMESPACE", "")

    @default("prometheus_url")
    def _url_in_the_environment(self) -> str:
        return url(f"{ENVIRONMENT}PROMETHEUS_URL", os.environ.get(f"{ENVIRONMENT}PROMETHEUS_URL", ""))

    @default("prometheus_auth")
    def _credentials_in_the_environment(self) -> Mapping[str, str] | None:
        names = {key: f"{ENVIRONMENT}PROMETHEUS_{key.upper()}" for key in ("username", "password")}
        values = {key: os.environ[name] for key, name in names.items() if os.environ.get(name)}
        if len(values) == 1:
            raise ConfigError(f"set both or none of the environment variables {' and '.join(names.values())}")
        return values or None

    @validate("prometheus_url")
    def _is_a_url(self, proposal: Mapping[str, Any]) -> str:
        return url("UsageConfig.prometheus_url", str(proposal["value"]))

    @validate("prometheus_timeout")
    def _is_positive(self, proposal: Mapping[str, Any]) -> float:
        seconds = float(proposal["value"])
        if not 0 < seconds <= 60:
            raise TraitError(f"UsageConfig.prometheus_timeout is {seconds:g} s; it must be above 0 and at most 60")
        return seconds

    @validate("prometheus_tls")
    def _are_tls_files(self, proposal: Mapping[str, Any]) -> dict[str, str]:
        files: dict[str, str] = proposal["value"]
        if unknown := sorted(set(files) - _TLS_KEYS):
            raise TraitError(f"UsageConfig.prometheus_tls: unknown key {unknown[0]!r}; allowed are ca, cert, key")
        if "key" in files and "cert" not in files:
            raise TraitError("UsageConfig.prometheus_tls has key but not cert: set both, or cert alone")
        return files

    def require_prometheus(self) -> None:
        """Check that the Prometheus and the hub's namespace are set.

        Raises:
            ConfigError: naming the option that is not set.
        """
        for name, example in (("prometheus_url", "http://prometheus:9090"), ("hub_namespace", "prod")):
            if not getattr(self, name):
                raise ConfigError(
                    f'UsageConfig.{name} is not set: write c.UsageConfig.{name} = "{example}" (with = and not with :)'
                )

    def labels(self) -> dict[str, str]:
        """Return the labels that select this hub's series."""
        return {**self.series_labels, "namespace": self.hub_namespace}

    def salt(self) -> Salt | None:
        """Return the salt of pseudonyms; None if there is none, and series have usernames.

        Raises:
            ConfigError: for a file that cannot be read, or a salt that is too short.
        """
        try:
            return read_salt(self.pseudonym_salt_file, os.environ)
        except SaltError as error:
            raise ConfigError(f"UsageConfig.pseudonym_salt_file: {error}") from error

    def names(self) -> Callable[[str], str]:
        """Return the function from a username to the name in series: a pseudonym, or the username itself."""
        salt = self.salt()
        return salt.pseudonym if salt else str

    def session(self) -> requests.Session:
        """Return a session with the credentials and TLS files for Prometheus. The caller closes it.

        Raises:
            ConfigError: if both prometheus_auth and prometheus_token_file are set.
        """
        session = requests.Session()
        if self.prometheus_auth and self.prometheus_token_file:
            raise ConfigError("set either UsageConfig.prometheus_auth or UsageConfig.prometheus_token_file, not both")
        if self.prometheus_auth:
            session.auth = (self.prometheus_auth["username"], self.prometheus_auth["password"])
        elif self.prometheus_token_file:
            session.auth = TokenAuth(Path(self.prometheus_token_file))
        session.headers.update(self.prometheus_headers)
        if "ca" in self.prometheus_tls:
            session.verify = self.prometheus_tls["ca"]
        if "cert" in self.prometheus_tls:
            cert, key = self.prometheus_tls["cert"], self.prometheus_tls.get("key")
            session.cert = (cert, key) if key else cert
        return session
