"""One cluster for all tests, with a hub: our node, or with CLUSTER=kubeconfig the cluster of KUBECONFIG.

A test that takes `node` touches the node, etcd or the API server; with CLUSTER=kubeconfig it is skipped. A test that
takes `cluster` runs on both.
"""

import os
import secrets
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from hubmeter_promql import names
from tests.kubernetes import custom_resources, images, programs, site, z2jh
from tests.kubernetes import node as nodes
from tests.kubernetes.cluster import PREFIX, Cluster, GivenCluster
from tests.kubernetes.helm import Helm, program
from tests.kubernetes.lab import SERVER_MEBIBYTES, USAGE_CONFIG, Lab, running
from tests.kubernetes.node import ADDRESS, Node
from tests.kubernetes.recording import PORT, Recording, recording, rules

HUB = f"{PREFIX}hub"  # the namespace of `hub`
LAB = "lab"
LIMITED = "limited"  # a group with a quota that the first minutes of a server use up
LIMIT: Final = 1.0  # MiB-hours
RULE_SECONDS: Final = 5  # between two evaluations

# The settings of the rules in `prometheus`.
RECORDED: Final[Mapping[str, Any]] = {
    "interval": f"{RULE_SECONDS}s",
    "membership_interval": f"{RULE_SECONDS}s",
    "carry_forward": "10m",
    # The hub of test_unusual_pods.py gives each user a namespace.
    "pod_namespaces": [{"namespaces": f"{LAB}-.*", "hub": LAB}],
}

# The hub and the usage page read it.
_USAGE_CONFIG = f"""
c.UsageConfig.prometheus_url = "http://{ADDRESS}:{PORT}"
c.UsageConfig.hub_namespace = "{LAB}"
c.UsageConfig.prometheus_timeout = 30.0
c.UsageQuotaManager.cache_seconds = 0.0
c.UsageQuotaManager.failover_open = False
c.UsageQuotaManager.policy = [
    {{"resource": "memory", "limit": "{LIMIT:.0f} MiB-hours", "window": "1h", "scope": {{"group": ["{LIMITED}"]}}}},
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
c.JupyterHub.last_activity_interval = 10  # then it also gives a new proxy its routes
c.JupyterHub.services.append({{
    "name": "usage", "url": "http://hub:9000", "oauth_no_confirm": True,
    "command": [sys.executable, "-m", "hubmeter_hub.usage_page", "--config-files=/config/{USAGE_CONFIG}"],
}})
c.JupyterHub.load_roles += [
    {{"name": "usage-page", "services": ["usage"], "scopes": ["read:users:name", "read:users:groups"]}},
    {{"name": "user", "scopes": ["self", "access:services!service=usage"]}},
]
"""


# With xdist, the tests of a group run on one worker, in this order, and the groups at the same time. Without it the
# groups run in this order: the hub of other tests must not be there while its API server is away, and the quotas need a
# bucket of five minutes that began with the first test of the hub.
_GROUPS: Final = {
    "faults": ("test_faults.py", "test_node.py"),
    "hub": ("test_profiles.py", "test_unusual_pods.py", "test_quotas.py"),
    "chart": (),  # all others
}


def _group(file: str) -> str:
    return next((name for name, files in _GROUPS.items() if file in files), "chart")


class _Scheduling(LoadScopeScheduling):  # type: ignore[misc] # xdist ships no types
    """Gives a group to a worker. (xdist's own groups, `--dist loadgroup`, have no effect with pytest 9.2.)"""

    def _split_scope(self, nodeid: str) -> str:
        return _group(nodeid.partition("::")[0].rpartition("/")[2])


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Run groups at the same time."""
    return _Scheduling(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort the tests by group."""

    def place(item: pytest.Item) -> tuple[int, int]:
        name = item.path.name
        group = _group(name)
        return [*_GROUPS].index(group), _GROUPS[group].index(name) if name in _GROUPS[group] else 0

    ours = [item for item in items if item.path.parent == Path(__file__).parent]
    items[:] = [item for item in items if item not in ours] + sorted(ours, key=place)


def _interrupt(*_: Any) -> None:
    raise KeyboardInterrupt


@pytest.fixture(scope="session")
def cluster(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """A cluster that runs; after a failure, the ends of our node's logs are shown."""
    before = signal.signal(signal.SIGTERM, _interrupt)  # so that all is removed
    try:
        yield from _given() if os.environ.get("CLUSTER") == "kubeconfig" else _own(request)
    finally:
        signal.signal(signal.SIGTERM, before)


def _own(request: pytest.FixtureRequest) -> Iterator[Node]:
    with nodes.running() as started:
        yield started
        if request.session.testsfailed:
            for name in ("kubelet", "apiserver", "containerd"):
                print(f"== {name}\n{started.log(name)}", file=sys.stderr)


def _given() -> Iterator[GivenCluster]:
    if not os.environ.get("KUBECONFIG"):
        pytest.exit("CLUSTER=kubeconfig needs the variable KUBECONFIG", returncode=2)
    given = GivenCluster(os.environ["KUBECONFIG"])
    if found := given.namespaces():
        pytest.exit(f"the cluster of KUBECONFIG has namespaces of these tests, delete them: {[*found]}", returncode=2)
    yield given
    given.wait_for("end of the tests' namespaces", lambda: not given.namespaces(), 300)


@pytest.fixture(scope="session")
def node(cluster: Cluster) -> Node:
    """Our node."""
    if not isinstance(cluster, Node):
        pytest.skip("touches the node, etcd or the API server: not with CLUSTER=kubeconfig")
    return cluster


@pytest.fixture
def namespace(cluster: Cluster) -> Iterator[Callable[..., str]]:
    """A function (name, labels) that makes a namespace PREFIX + name for this test, and returns its name."""
    with ExitStack() as made:

        def make(name: str, labels: Mapping[str, str] | None = None) -> str:
            return made.enter_context(cluster.namespace(name, labels))

        yield make


@pytest.fixture(scope="session")
def loaded(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The cluster with all images; gives the name of the hub's image."""
    if not isinstance(cluster, Node):
        yield site.IMAGE
        return
    folder = tmp_path_factory.getbasetemp()
    # The processes of one run share the folder above.
    archive = (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / "images.tar"
    with images.locked(archive):
        if not archive.exists():
            try:
                images.save(archive)
            except images.ImageError as error:
                pytest.skip(str(error))
        cluster.load_image(archive)
    yield site.IMAGE
    with images.locked(archive):
        archive.unlink(missing_ok=True)


@pytest.fixture(scope="session")
def helm(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Helm:
    """Helm 3 with the cluster's API server."""
    if not program():
        pytest.skip("the package helm-binary has Helm 3 for x86-64 only")
    return Helm(cluster, tmp_path_factory.mktemp("helm"))


@pytest.fixture(scope="session")
def hub(cluster: Cluster, loaded: str, request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """A hub in the namespace HUB; gives the API tokens of its services."""
    assert loaded
    tokens = {name: secrets.token_hex(16) for name in ("groups-exporter", "administrator", "proxy")}
    with cluster.namespace(HUB.removeprefix(PREFIX)):
        if chart := os.environ.get("Z2JH_CHART"):
            values = Path(request.getfixturevalue("tmp_path_factory").mktemp("z2jh"), "values.yaml")
            values.write_text(yaml.safe_dump(z2jh.values(tokens)), encoding="utf-8")
            install = request.getfixturevalue("helm")
            install("install", z2jh.RELEASE, chart, f"--values={values}", namespace=HUB)
        else:
            cluster.apply(*site.objects(HUB, tokens, ""))
        cluster.wait_for_deployment(HUB, "hub")
        yield tokens


@pytest.fixture(scope="session")
def crds(cluster: Cluster) -> None:
    """The custom resources of the Prometheus operator and of the Grafana operator."""
    if isinstance(cluster, Node):
        # The last-applied annotation of a client-side apply would be too long for them.
        cluster.kubectl("apply", "--server-side", "-f", str(programs.CRDS.resolve()))
        cluster.kubectl("wait", "--for=condition=Established", "--timeout=60s", "crd", "--all")
    elif "prometheusrules.monitoring.coreos.com" not in cluster.kubectl("get", "crd", "-o", "name"):
        pytest.skip("the cluster of KUBECONFIG has no CRDs of the Prometheus operator: tests make none there")


@pytest.fixture(scope="session")
def prometheus(node: Node, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recording]:
    """A Prometheus with our rules, at its usual port; it scrapes every 5 s, and its samples can be deleted."""
    folder = tmp_path_factory.mktemp("prometheus")
    files = rules(folder / "rules", RECORDED)
    with recording(node, folder, rule_files=files, scrape="5s", options=["--web.enable-admin-api"]) as running:
        yield running


@pytest.fixture(scope="session")
def lab(node: Node, loaded: str, prometheus: Recording) -> Iterator[Lab]:
    """A hub with profiles, quotas and the usage page; Kubernetes has ImageStreams."""
    assert loaded
    assert prometheus
    node.kubectl("create", "namespace", LAB)
    node.apply(*custom_resources.DEFINITIONS)
    data = node.folder / "lab"
    data.mkdir()
    data.chmod(0o777)  # the hub's user is not root
    with running(node, LAB, _LAB_CONFIG, files={USAGE_CONFIG: _USAGE_CONFIG}, data=data) as hub:
        # The quotas need a bucket of five minutes with lea's usage, which is made while other tests run. No usage is
        # recorded yet, so a quota would deny her the server: she joins the group later.
        hub.add({"lea": ()})
        hub.start("lea").raise_for_status()
        hub.join("lea", LIMITED)
        with ThreadPoolExecutor(1) as executor:
            end = threading.Event()
            hub.ran["lea"] = executor.submit(_ran, hub, prometheus, "lea", end)
            yield hub
            end.set()


def _ran(hub: Lab, prometheus: Recording, user: str, end: threading.Event) -> tuple[float, float]:
    """Stop a server when it has used up twice the limit; return when it began and ended, in Unix seconds.

    The event ``end`` ends it early.
    """
    created = hub.created(user)
    count = f'count_over_time({names.user(names.MEMORY_REQUESTS)}{{username="{user}"}}[1h])'
    seconds = 2 * 3600 * LIMIT / SERVER_MEBIBYTES

    def has_used_it() -> bool:
        held = sum(row.value for row in prometheus.client.instant(count)) * RULE_SECONDS
        return end.is_set() or held > seconds

    def is_gone() -> bool:
        pod = f"jupyter-{user}"
        if pod in hub.names("pods"):
            hub.stop(user)  # an error while the hub is away
        if pod in hub.names("pods"):
            # A hub that starts on a busy machine may give up a server that does not answer in time.
            hub.node.kubectl("delete", "pod", pod, "-n", hub.namespace, "--now")
        return pod not in hub.names("pods")

    hub.node.wait_for(f"usage of {user}", has_used_it, 900)
    if not end.is_set():
        hub.node.wait_for(f"end of {user}'s server", is_gone, 300)
    return created, time.time()
