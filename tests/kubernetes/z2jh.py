"""The hub from Zero to JupyterHub's own chart, on machines that have it: Z2JH_CHART=folder.

Its images are replaced by ours, because the node reaches no registry.
"""

from collections.abc import Mapping
from typing import Any, Final

from tests.kubernetes.site import IMAGE, UID

RELEASE: Final = "jupyterhub"
_NAME, _, _TAG = IMAGE.rpartition(":")
_IMAGE: Final = {"name": _NAME, "tag": _TAG, "pullPolicy": "IfNotPresent"}
_ADMINISTRATOR: Final = ["admin:users", "admin:groups", "admin:servers", "access:servers", "tokens"]


def values(tokens: Mapping[str, str]) -> dict[str, Any]:
    """Return the chart's values for a hub like that of ``site.objects``; ``tokens`` are API tokens by service."""
    services = ("groups-exporter", "administrator")
    return {
        "hub": {
            "image": _IMAGE,
            "db": {"type": "sqlite-memory"},
            "authenticatePrometheus": False,
            "config": {"JupyterHub": {"authenticator_class": "dummy"}, "Authenticator": {"allow_all": True}},
            "services": {name: {"apiToken": tokens[name]} for name in services},
            "loadRoles": {
                "groups-exporter": {
                    "services": ["groups-exporter"],
                    "scopes": ["list:users", "read:users:groups"],
                },
                "administrator": {"services": ["administrator"], "scopes": _ADMINISTRATOR},
            },
            "containerSecurityContext": {"runAsUser": UID, "runAsGroup": UID},
        },
        "proxy": {"service": {"type": "ClusterIP"}, "chp": {"image": _IMAGE}},
        "singleuser": {
            "image": _IMAGE,
            "storage": {"type": "none"},
            "cmd": ["jupyterhub-singleuser", "--allow-root"],
            "uid": UID,
            "fsGid": UID,
            "extraEnv": {"HOME": "/tmp"},  # noqa: S108 - in the user's container
            "cloudMetadata": {"blockWithIptables": False},
            "memory": {"guarantee": "300M", "limit": "1G"},
            "cpu": {"guarantee": 0.1},
        },
        # These have images of their own.
        "prePuller": {"hook": {"enabled": False}, "continuous": {"enabled": False}},
        "scheduling": {"userScheduler": {"enabled": False}},
        "cull": {"enabled": False},
    }
