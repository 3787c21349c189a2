"""A hub on Kubernetes, as small objects with the names, labels, Services and Secret of Zero to JupyterHub.

Its chart cannot be fetched in CI; where the machine has it (Z2JH_CHART), tests use that instead.
"""

import base64
from collections.abc import Mapping
from typing import Any, Final

IMAGE: Final = "docker.io/library/hubmeter-e2e-site:latest"
PORT: Final = 8081

Json = dict[str, Any]


def labels(component: str) -> dict[str, str]:
    """Return the labels that Zero to JupyterHub gives an object of the hub."""
    return {"app": "jupyterhub", "release": "jupyterhub", "component": component}


def objects(namespace: str, tokens: Mapping[str, str], config: str) -> list[Json]:
    """Return the objects of a hub.

    Args:
        namespace: Where it runs; it must exist.
        tokens: API tokens by service; ``groups-exporter`` is what our chart reads.
        config: Further lines of jupyterhub_config.py.
    """
    secret = {f"hub.services.{name}.apiToken": token for name, token in tokens.items()}
    return [
        _object("v1", "Secret", namespace, "hub", data=_encoded({**secret, "proxy-token": tokens["proxy"]})),
        _object("v1", "ConfigMap", namespace, "hub", data={"jupyterhub_config.py": _CONFIG + config}),
        _object("v1", "ServiceAccount", namespace, "hub"),
        _object("rbac.authorization.k8s.io/v1", "Role", namespace, "hub", rules=_RULES),
        _object(
            "rbac.authorization.k8s.io/v1", "RoleBinding", namespace, "hub",
            roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "hub"},
            subjects=[{"kind": "ServiceAccount", "name": "hub", "namespace": namespace}],
        ),
        _service(namespace, "hub", "hub", {"hub": (PORT, PORT)}),
        _service(namespace, "proxy-public", "proxy", {"http": (80, 8000)}),
        _service(namespace, "proxy-api", "proxy", {"api": (8001, 8001)}),
        _deployment(namespace, "hub", _HUB),
        _deployment(namespace, "proxy", _PROXY),
    ]  # fmt: skip


_CONFIG: Final = """\
import os
from hashlib import sha256

c = get_config()  # noqa
tokens = {key.split(".")[2]: open(f"/secret/{key}").read() for key in os.listdir("/secret") if key.startswith("hub.")}
c.ConfigurableHTTPProxy.api_url = "http://proxy-api:8001"
c.ConfigurableHTTPProxy.auth_token = open("/secret/proxy-token").read()
c.ConfigurableHTTPProxy.should_start = False
c.JupyterHub.cleanup_servers = False
c.JupyterHub.hub_bind_url = "http://:8081"
c.JupyterHub.hub_connect_url = "http://hub:8081"
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.authenticate_prometheus = False
c.JupyterHub.spawner_class = "kubespawner.KubeSpawner"
c.KubeSpawner.image = os.environ["SERVER_IMAGE"]
c.KubeSpawner.image_pull_policy = "Never"
c.KubeSpawner.cmd = ["jupyterhub-singleuser", "--allow-root"]
c.KubeSpawner.extra_labels = {"hub.jupyter.org/network-access-hub": "true"}
c.KubeSpawner.common_labels = {"app": "jupyterhub", "release": "jupyterhub"}
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

_RULES: Final = [
    {"apiGroups": [""], "resources": ["pods", "persistentvolumeclaims", "secrets", "services"],
     "verbs": ["get", "watch", "list", "create", "delete"]},
    {"apiGroups": [""], "resources": ["events"], "verbs": ["get", "watch", "list"]},
]  # fmt: skip

_HUB: Final[Json] = {
    "serviceAccountName": "hub",
    "containers": [
        {
            "name": "hub",
            "image": IMAGE,
            "imagePullPolicy": "Never",
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
    ],
    "volumes": [
        {"name": "config", "configMap": {"name": "hub"}},
        {"name": "secret", "secret": {"secretName": "hub"}},
        {"name": "data", "emptyDir": {}},
    ],
    "securityContext": {"fsGroup": 65532},
}

_PROXY: Final[Json] = {
    "containers": [
        {
            "name": "chp",
            "image": IMAGE,
            "imagePullPolicy": "Never",
            "command": [
                "configurable-http-proxy", "--ip=0.0.0.0", "--port=8000", "--api-ip=0.0.0.0", "--api-port=8001",
                "--default-target=http://hub:8081", "--error-target=http://hub:8081/hub/error",
            ],
            "env": [
                {
                    "name": "CONFIGPROXY_AUTH_TOKEN",
                    "valueFrom": {"secretKeyRef": {"name": "hub", "key": "proxy-token"}},
                }
            ],
            "ports": [{"containerPort": 8000}, {"containerPort": 8001}],
            "readinessProbe": {"tcpSocket": {"port": 8001}, "periodSeconds": 2},
        }
    ],
}  # fmt: skip


def _object(version: str, kind: str, namespace: str, name: str, **content: Any) -> Json:
    return {
        "apiVersion": version,
        "kind": kind,
        "metadata": {"name": name, "namespace": namespace, "labels": labels("hub")},
        **content,
    }


def _encoded(values: Mapping[str, str]) -> dict[str, str]:
    return {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}


def _service(namespace: str, name: str, component: str, ports: Mapping[str, tuple[int, int]]) -> Json:
    listed = [{"name": key, "port": port, "targetPort": target} for key, (port, target) in ports.items()]
    return _object("v1", "Service", namespace, name, spec={"selector": labels(component), "ports": listed})


def _deployment(namespace: str, name: str, pod: Mapping[str, Any]) -> Json:
    spec = {
        "replicas": 1,
        "strategy": {"type": "Recreate"},
        "selector": {"matchLabels": labels(name)},
        "template": {
            "metadata": {
                "labels": {
                    **labels(name),
                    "hub.jupyter.org/network-access-proxy-api": "true",
                    "hub.jupyter.org/network-access-hub": "true",
                }
            },
            "spec": dict(pod),
        },
    }
    return _object("apps/v1", "Deployment", namespace, name, spec=spec)
