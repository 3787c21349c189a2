"""A hub on Kubernetes, as small objects with the names, labels, Services and Secret of Zero to JupyterHub.

Its chart cannot be fetched in CI; where the machine has it (Z2JH_CHART), tests use that instead.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

IMAGE: Final = "docker.io/library/hubmeter-e2e-site:latest"
PORT: Final = 8081
USAGE_PORT: Final = 9000  # of the usage page
UID: Final = 65532  # of the image

Json = dict[str, Any]


def labels(component: str, release: str = "jupyterhub") -> dict[str, str]:
    """Return the labels that Zero to JupyterHub gives an object of the hub."""
    return {"app": "jupyterhub", "release": release, "component": component}


def objects(
    namespace: str,
    tokens: Mapping[str, str],
    config: str,
    *,
    release: str = "",
    files: Mapping[str, str] | None = None,
    data: Path | None = None,
) -> list[Json]:
    """Return the objects of a hub.

    Args:
        namespace: Where it runs; it must exist.
        tokens: API tokens by service; ``groups-exporter`` is what our chart reads.
        config: Further lines of jupyterhub_config.py.
        release: The name of a second hub in the namespace; a prefix of its objects' names, as a fullnameOverride is.
        files: Further files in /config.
        data: A folder of the node for the database; without it, a restarted hub knows no users and servers.
    """
    at = _Release(namespace, release)
    secret = {f"hub.services.{name}.apiToken": token for name, token in tokens.items()}
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": at.named("hub")}
    account = {"kind": "ServiceAccount", "name": at.named("hub"), "namespace": namespace}
    configured = f"HUB, PROXY_API = {at.named('hub')!r}, {at.named('proxy-api')!r}\n{_CONFIG}{config}"
    return [
        at.object("v1", "Secret", "hub", data=_encoded({**secret, "proxy-token": tokens["proxy"]})),
        at.object("v1", "ConfigMap", "hub", data={"jupyterhub_config.py": configured, **(files or {})}),
        at.object("v1", "ServiceAccount", "hub"),
        at.object("rbac.authorization.k8s.io/v1", "Role", "hub", rules=RULES),
        at.object("rbac.authorization.k8s.io/v1", "RoleBinding", "hub", roleRef=role, subjects=[account]),
        at.service("hub", "hub", {"hub": (PORT, PORT), "usage": (USAGE_PORT, USAGE_PORT)}, _SCRAPED),
        at.service("proxy-public", "proxy", {"http": (80, 8000)}),
        at.service("proxy-api", "proxy", {"api": (8001, 8001)}),
        at.deployment("hub", _hub(at, data)),
        at.deployment("proxy", _proxy(at)),
    ]


_CONFIG: Final = """\
import os
from hashlib import sha256

c = get_config()  # noqa
tokens = {key.split(".")[2]: open(f"/secret/{key}").read() for key in os.listdir("/secret") if key.startswith("hub.")}
c.ConfigurableHTTPProxy.api_url = f"http://{PROXY_API}:8001"
c.ConfigurableHTTPProxy.auth_token = open("/secret/proxy-token").read()
c.ConfigurableHTTPProxy.should_start = False
c.JupyterHub.cleanup_servers = False
c.JupyterHub.hub_bind_url = "http://:8081"
c.JupyterHub.hub_connect_url = f"http://{HUB}:8081"
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.authenticate_prometheus = False
c.JupyterHub.spawner_class = "kubespawner.KubeSpawner"
c.KubeSpawner.image = os.environ["SERVER_IMAGE"]
c.KubeSpawner.image_pull_policy = "IfNotPresent"
c.KubeSpawner.cmd = ["jupyterhub-singleuser", "--allow-root"]
c.KubeSpawner.extra_labels = {"hub.jupyter.org/network-access-hub": "true"}
c.KubeSpawner.common_labels = {"app": "jupyterhub", "release": HUB.removesuffix("-hub") if "-" in HUB else "jupyterhub"}
c.KubeSpawner.uid = 65532
c.KubeSpawner.gid = 65532
c.KubeSpawner.working_dir = "/tmp"
c.KubeSpawner.environment = {"HOME": "/tmp"}
c.KubeSpawner.mem_guarantee = "300M"
c.KubeSpawner.mem_limit = "1G"
c.KubeSpawner.cpu_guarantee = 0.1
c.KubeSpawner.start_timeout = 180
c.KubeSpawner.http_timeout = 120
c.JupyterHub.services = [{"name": name, "api_token": token} for name, token in tokens.items()]
c.JupyterHub.load_roles = [
    {"name": "groups-exporter", "services": ["groups-exporter"], "scopes": ["list:users", "read:users:groups"]},
    {"name": "administrator", "services": ["administrator"],
     "scopes": ["admin:users", "admin:groups", "admin:servers", "access:servers", "tokens"]},
]
"""

RULES: Final = [
    {"apiGroups": [""], "resources": ["pods", "persistentvolumeclaims", "secrets", "services"],
     "verbs": ["get", "watch", "list", "create", "delete"]},
    {"apiGroups": [""], "resources": ["events"], "verbs": ["get", "watch", "list"]},
]  # fmt: skip

_SCRAPED: Final = {
    "prometheus.io/scrape": "true",
    "prometheus.io/path": "/hub/metrics",
    "prometheus.io/port": str(PORT),
}


@dataclass(frozen=True)
class _Release:
    """A hub's namespace, and the prefix of its objects' names."""

    namespace: str
    prefix: str

    def named(self, name: str) -> str:
        return f"{self.prefix}-{name}" if self.prefix else name

    def labels(self, component: str) -> dict[str, str]:
        return labels(component, self.prefix or "jupyterhub")

    def object(self, version: str, kind: str, name: str, **content: Any) -> Json:
        metadata = {"name": self.named(name), "namespace": self.namespace, "labels": self.labels("hub")}
        return {"apiVersion": version, "kind": kind, "metadata": metadata, **content}

    def service(
        self,
        name: str,
        component: str,
        ports: Mapping[str, tuple[int, int]],
        annotations: Mapping[str, str] | None = None,
    ) -> Json:
        listed = [{"name": key, "port": port, "targetPort": target} for key, (port, target) in ports.items()]
        made = self.object("v1", "Service", name, spec={"selector": self.labels(component), "ports": listed})
        made["metadata"]["annotations"] = dict(annotations or {})
        return made

    def deployment(self, name: str, pod: Json) -> Json:
        allowed = ("hub.jupyter.org/network-access-proxy-api", "hub.jupyter.org/network-access-hub")
        spec = {
            "replicas": 1,
            "strategy": {"type": "Recreate"},
            "selector": {"matchLabels": self.labels(name)},
            "template": {
                "metadata": {"labels": {**self.labels(name), **dict.fromkeys(allowed, "true")}},
                "spec": pod,
            },
        }
        return self.object("apps/v1", "Deployment", name, spec=spec)


def _hub(at: _Release, data: Path | None) -> Json:
    container = {
        "name": "hub",
        "image": IMAGE,
        "imagePullPolicy": "IfNotPresent",
        "command": ["jupyterhub", "--config=/config/jupyterhub_config.py"],
        "env": [
            {"name": "SERVER_IMAGE", "value": IMAGE},
            {"name": "POD_NAMESPACE", "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}}},
        ],
        "ports": [{"name": "http", "containerPort": PORT}],
        "readinessProbe": {"httpGet": {"path": "/hub/health", "port": PORT}, "periodSeconds": 2},
        "resources": {"requests": {"memory": "200Mi", "cpu": "50m"}},
        "volumeMounts": [
            {"name": "config", "mountPath": "/config"},
            {"name": "secret", "mountPath": "/secret"},
            {"name": "data", "mountPath": "/srv/jupyterhub"},
        ],
    }
    return {
        "serviceAccountName": at.named("hub"),
        "containers": [container],
        "volumes": [
            {"name": "config", "configMap": {"name": at.named("hub")}},
            {"name": "secret", "secret": {"secretName": at.named("hub")}},
            {"name": "data", "hostPath": {"path": str(data)}} if data else {"name": "data", "emptyDir": {}},
        ],
        "securityContext": {"fsGroup": UID},
    }


def _proxy(at: _Release) -> Json:
    hub = f"http://{at.named('hub')}:{PORT}"
    token = {"secretKeyRef": {"name": at.named("hub"), "key": "proxy-token"}}
    container = {
        "name": "chp",
        "image": IMAGE,
        "imagePullPolicy": "IfNotPresent",
        "command": [
            "configurable-http-proxy", "--ip=0.0.0.0", "--port=8000", "--api-ip=0.0.0.0", "--api-port=8001",
            f"--default-target={hub}", f"--error-target={hub}/hub/error",
        ],
        "env": [{"name": "CONFIGPROXY_AUTH_TOKEN", "valueFrom": token}],
        "ports": [{"containerPort": 8000}, {"containerPort": 8001}],
        "readinessProbe": {"tcpSocket": {"port": 8001}, "periodSeconds": 2},
    }  # fmt: skip
    return {"containers": [container]}


def _encoded(values: Mapping[str, str]) -> dict[str, str]:
    return {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}
