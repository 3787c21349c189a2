"""One node for all tests, with the images they need and a hub; made once and removed at the end."""

import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e import images
from tests.e2e.conftest import answers
from tests.kubernetes import custom_resources, programs, site
from tests.kubernetes import node as nodes
from tests.kubernetes.lab import USAGE_CONFIG, Lab, running
from tests.kubernetes.node import ADDRESS, Node
from tests.kubernetes.recording import PORT

HUB = "prod"
LAB = "lab"
LIMITED = "limited"  # a group with a quota that the first minutes of a server use up

# The hub and the usage page read it.
_USAGE_CONFIG = f"""
c.UsageConfig.prometheus_url = "http://{ADDRESS}:{PORT}"
c.UsageConfig.hub_namespace = "{LAB}"
c.UsageConfig.prometheus_timeout = 30.0
c.UsageQuotaManager.cache_seconds = 0.0
c.UsageQuotaManager.failover_open = False
c.UsageQuotaManager.policy = [
    {{"resource": "memory", "limit": "0.5 MiB-hours", "window": "1h", "scope": {{"group": ["{LIMITED}"]}}}},
]
c.UsageViewer.session_secret_key = "signs the cookies of a hub that lives for minutes"
"""
_LAB_CONFIG = f"""
import sys
from hubmeter_hub import setup_profiles, setup_usage_quotas
setup_profiles(c)
setup_usage_quotas(c)
load_subconfig("/config/{USAGE_CONFIG}")
c.SingleuserProfiles.cache_seconds = 0.0
c.SingleuserProfiles.timeout = 30.0
c.JupyterHub.services.append({{
    "name": "usage", "url": "http://hub:9000", "oauth_no_confirm": True,
    "command": [sys.executable, "-m", "hubmeter_hub.usage_page", "--config-files=/config/{USAGE_CONFIG}"],
}})
c.JupyterHub.load_roles += [
    {{"name": "usage-page", "services": ["usage"], "scopes": ["read:users:name", "read:users:groups"]}},
    {{"name": "user", "scopes": ["self", "access:services!service=usage"]}},
]
"""


def _interrupt(*_: Any) -> None:
    raise KeyboardInterrupt


@pytest.fixture(scope="session")
def node(request: pytest.FixtureRequest) -> Iterator[Node]:
    """A node that runs; after a failure, the ends of its logs are shown."""
    before = signal.signal(signal.SIGTERM, _interrupt)  # so that the node is removed
    try:
        with nodes.running() as running:
            yield running
            if request.session.testsfailed:
                for name in ("kubelet", "apiserver", "containerd"):
                    print(f"== {name}\n{running.log(name)}", file=sys.stderr)
    finally:
        signal.signal(signal.SIGTERM, before)


@pytest.fixture(scope="session")
def loaded(node: Node) -> str:
    """The node with the images of the hub and of the groups exporter; returns the name of the hub's image."""
    answered = answers()
    started = subprocess.run(
        [".ci/docker", "start"], cwd=images.ROOT, capture_output=True, text=True, timeout=900, check=False
    )
    if started.returncode:
        pytest.skip(f"images are built with Docker, which does not start: {started.stderr.strip()}")
    try:
        built = images.chosen(("site", "exporter"))
        archive = node.folder / "images.tar"
        images.run("docker", "save", f"--output={archive}", *built.values(), seconds=600)
    finally:
        if not answered:
            images.run(".ci/docker", "stop", seconds=120)
    node.load_image(archive)
    archive.unlink()
    # The chart's default values name the published image.
    exporter = built[images.variable("exporter")]
    node.ctr("images", "tag", f"docker.io/library/{exporter}", f"ghcr.io/hubmeter/{exporter}")
    return site.IMAGE


@pytest.fixture(scope="session")
def hub(node: Node, loaded: str) -> dict[str, str]:
    """A hub in the namespace HUB; returns the API tokens of its services."""
    assert loaded
    tokens = {name: secrets.token_hex(16) for name in ("groups-exporter", "administrator", "proxy")}
    node.kubectl("create", "namespace", HUB)
    node.apply(*site.objects(HUB, tokens, ""))
    node.wait_for("hub", lambda: node.get("deployment", "hub", "-n", HUB)["status"].get("readyReplicas") == 1, 300)
    return tokens


@pytest.fixture(scope="session")
def crds(node: Node) -> None:
    """The custom resources of the Prometheus operator and of the Grafana operator."""
    # The last-applied annotation of a client-side apply would be too long for them.
    node.kubectl("apply", "--server-side", "-f", str(programs.CRDS.resolve()))
    node.kubectl("wait", "--for=condition=Established", "--timeout=60s", "crd", "--all")


@pytest.fixture(scope="session")
def lab(node: Node, loaded: str) -> Iterator[Lab]:
    """A hub with profiles, quotas and the usage page, without users; Kubernetes has ImageStreams."""
    assert loaded
    node.kubectl("create", "namespace", LAB)
    node.apply(*custom_resources.DEFINITIONS)
    data = node.folder / "lab"
    data.mkdir()
    data.chmod(0o777)  # the hub's user is not root
    with running(node, LAB, _LAB_CONFIG, files={USAGE_CONFIG: _USAGE_CONFIG}, data=data) as hub:
        yield hub
