"""Options: invalid ones are refused, requests have the credentials, and no error shows a secret."""

from pathlib import Path
from typing import Any

import pytest
import requests
from traitlets import TraitError
from traitlets.config import Config

from hubmeter_hub.config import ConfigError, UsageConfig
from hubmeter_hub.quotas.traits import UsageQuotaManager
from hubmeter_hub.usage_page.traits import UsageViewer
from tests.unit.hub.quota_cases import cpu, memory

AUTH = {"username": "reader", "password": "secret-word"}


def made(cls: type[UsageConfig] = UsageQuotaManager, **options: Any) -> Any:
    config = Config()
    for name, value in options.items():
        setattr(config.UsageConfig if hasattr(UsageConfig, name) else config[cls.__name__], name, value)
    return cls(config=config)


@pytest.mark.parametrize("cls", [UsageQuotaManager, UsageViewer])
def test_options_of_usage_config_hold_for_both(cls: type[UsageConfig]) -> None:
    one = made(cls, prometheus_url="https://prometheus/path", hub_namespace="prod", prometheus_auth=AUTH)
    assert (one.prometheus_url, one.hub_namespace, one.prometheus_auth) == ("https://prometheus/path", "prod", AUTH)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"prometheus_url": "prometheus:9090"}, "prometheus_url must begin with http:// or https://"),
        ({"prometheus_url": "http://"}, "prometheus_url must begin with http:// or https:// and name a host"),
        ({"prometheus_auth": (AUTH,)}, "a comma at the end of the line makes a tuple of it"),
        ({"prometheus_auth": {"username": "a", "pasword": "secret-word"}}, "a mapping of username and password"),
        ({"prometheus_auth": {"username": "a", "password": 5}}, "both texts"),
        ({"prometheus_auth": "reader:secret-word"}, "a mapping of username and password"),
        ({"prometheus_timeout": 0.0}, "prometheus_timeout is 0 s"),
        ({"prometheus_tls": {"cafile": "x"}}, "unknown key 'cafile'; allowed are ca, cert, key"),
        ({"prometheus_tls": {"key": "x"}}, "prometheus_tls has key but not cert"),
        ({"failover_open": "perhaps"}, "failover_open"),
        ({"policy": memory(5)}, "'policy' trait"),
    ],
)
def test_an_invalid_option_is_refused_without_showing_a_secret(options: dict[str, Any], said: str) -> None:
    with pytest.raises(TraitError) as caught:
        made(**options)
    assert said in str(caught.value)
    assert "secret-word" not in str(caught.value)


@pytest.mark.parametrize("name", ["scope_backup_strategy", "scope_fallback_strategy"])
def test_both_names_of_the_strategy_mean_the_same(name: str) -> None:
    options: dict[str, Any] = {name: {"intersection": "sum", "empty": cpu(1)}}
    policies = made(policy=[cpu(5)], **options).policies()
    assert (policies.intersection, len(policies.fallback)) == ("sum", 1)


@pytest.mark.parametrize("name", ["scope_backup_strategy", "scope_fallback_strategy"])
def test_an_invalid_strategy_is_named_as_it_was_set(name: str) -> None:
    options: dict[str, Any] = {name: {"intersection": "avg"}}
    with pytest.raises(ConfigError, match=rf"UsageQuotaManager: {name}: intersection is 'avg'"):
        made(**options).policies()


def test_two_names_of_the_strategy_at_once_are_refused() -> None:
    one = made(scope_backup_strategy={"intersection": "sum"}, scope_fallback_strategy={"intersection": "min"})
    with pytest.raises(ConfigError, match="two names of one option"):
        one.policies()


def test_an_invalid_policy_is_an_error_of_the_configuration() -> None:
    with pytest.raises(ConfigError, match=r"UsageQuotaManager: policy\[0\]: limit is 'much'"):
        made(policy=[cpu("much")]).policies()


def test_the_url_of_prometheus_must_be_set() -> None:
    with pytest.raises(ConfigError, match=r"UsageConfig.prometheus_url is not set: .* \(with = and not with :\)"):
        made(hub_namespace="prod").require_prometheus()


def test_the_namespace_is_by_default_that_of_the_pod(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POD_NAMESPACE", "staging")
    assert made().hub_namespace == "staging"


def prepared(one: UsageConfig) -> requests.PreparedRequest:
    with one.session() as session:
        return session.prepare_request(requests.Request("POST", "http://prometheus/api/v1/query"))


def test_a_request_has_the_credentials_and_headers(tmp_path: Path) -> None:
    assert prepared(made(prometheus_auth=AUTH)).headers["Authorization"] == "Basic cmVhZGVyOnNlY3JldC13b3Jk"
    token = tmp_path / "token"
    token.write_text("abc\n", encoding="utf-8")
    assert prepared(made(prometheus_token_file=str(token))).headers["Authorization"] == "Bearer abc"
    assert prepared(made(prometheus_headers={"X-Scope-OrgID": "a"})).headers["X-Scope-OrgID"] == "a"
    assert "Authorization" not in prepared(made()).headers


def test_tls_files_reach_the_session() -> None:
    session = made(prometheus_tls={"ca": "ca.pem", "cert": "c.pem", "key": "k.pem"}).session()
    assert (session.verify, session.cert) == ("ca.pem", ("c.pem", "k.pem"))
    assert made(prometheus_tls={"cert": "both.pem"}).session().cert == "both.pem"
    assert made().session().verify is True


def test_two_ways_of_authentication_are_refused() -> None:
    with pytest.raises(ConfigError, match="not both"):
        made(prometheus_auth=AUTH, prometheus_token_file="x").session()
