"""A server that Kubernetes refuses: a sentence for the user, and no failure that ends the hub."""

import asyncio
import json
from typing import Any

import pytest
from kubernetes_asyncio.client import ApiException
from kubespawner import KubeSpawner
from tornado.web import HTTPError

from hubmeter_hub.profiles import SingleuserProfiles
from hubmeter_hub.profiles.cluster import refusal
from hubmeter_hub.profiles.setup import explain_refusals
from tests.unit.hub.profiles.api import spawner

# As Kubernetes 1.34 answers; tests/kubernetes/test_profiles.py has them from a real one.
QUOTA = (
    'pods "jupyter-ana" is forbidden: exceeded quota: team, requested: requests.memory=64M, '
    "used: requests.memory=0, limited: requests.memory=10M"
)
NO_RIGHT = (
    'pods is forbidden: User "system:serviceaccount:prod:hub" cannot create resource "pods" in API group "" in the '
    'namespace "prod"'
)


def answer(status: int, message: str) -> ApiException:
    error = ApiException(status=status, reason="Some reason")
    error.body = json.dumps({"kind": "Status", "message": message, "code": status}).encode()
    return error


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (answer(403, QUOTA), QUOTA),
        (answer(400, 'admission webhook "w" denied the request: no'), 'admission webhook "w" denied the request: no'),
        (answer(422, 'Pod "jupyter-ana" is invalid: x'), 'Pod "jupyter-ana" is invalid: x'),
        (answer(403, NO_RIGHT), None),
        (answer(401, "Unauthorized"), None),
        (answer(500, "etcdserver: request timed out"), None),
        (ApiException(status=403, reason="Forbidden"), "Forbidden"),  # a proxy's page without a message
    ],
)
def test_a_refusal_is_told_from_other_failures(error: ApiException, why: str | None) -> None:
    assert refusal(error) == why


async def start(error: Exception) -> None:
    """Start a server of a spawner class that fails so."""

    class Refused(KubeSpawner):  # type: ignore[misc] # KubeSpawner has no types
        def start(self) -> Any:
            raise error

    explain_refusals(Refused, SingleuserProfiles())
    made = spawner("http://127.0.0.1:9")
    made.__class__ = Refused
    await made.start()


def test_the_user_reads_why_kubernetes_refuses_the_server() -> None:
    with pytest.raises(HTTPError) as raised:
        asyncio.run(start(answer(403, f"{QUOTA} <b>")))
    sentence = f"Kubernetes refuses this server: {QUOTA} <b>. Choose another size or image"
    error: Any = raised.value
    assert error.jupyterhub_message.startswith(sentence)
    assert "&lt;b&gt;" in error.jupyterhub_html_message
    assert error.status_code == 403


@pytest.mark.parametrize("error", [answer(403, NO_RIGHT), answer(500, "x"), TimeoutError("x")])
def test_other_failures_stay_what_they_are(error: Exception) -> None:
    with pytest.raises(type(error)) as raised:
        asyncio.run(start(error))
    assert raised.value is error
