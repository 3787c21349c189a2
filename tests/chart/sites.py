"""Values of the chart that tests render: the examples, everything at once, and the defaults."""

from typing import Any

from tests.chart import golden

EVERYTHING: dict[str, Any] = {
    "exporter": {
        "serviceAccount": {"annotations": {"a": "b"}},
        "extraEnv": [{"name": "REQUESTS_CA_BUNDLE", "value": "/ca"}],
    },
    "costs": {
        "enabled": True,
        "prometheusUrl": "http://prometheus-server.support",
        "config": {"source": "static", "static": {"memory_gib_hour": 0.005}},
        "persistence": {"enabled": True},
    },
    "reports": {
        "enabled": True,
        "mail": {"host": "smtp.uni.edu", "sender": "hubmeter@uni.edu"},
        "webhook": {"form": "slack"},
        "recipients": {"bio": ["ana@uni.edu"]},
    },
    "pods": {
        "priorityClassName": "important",
        "affinity": {"nodeAffinity": {}},
        "topologySpreadConstraints": [
            {"maxSkew": 1, "topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "ScheduleAnyway"}
        ],
    },
    "commonLabels": {"team": "hubs"},
    "imagePullSecrets": [{"name": "registry"}],
    "scrape": {"method": "serviceMonitor"},
    "hub": {"metrics": {"enabled": True}},
    "rules": {"enabled": True, "labels": {"release": "x"}, "annotations": {"a": "b"}},
    "dashboards": {"enabled": True, "annotations": {"a": "b"}},
    "profiles": {"rbac": True},
}
SITES = {**{name: golden.values(name) for name in golden.EXAMPLES}, "everything": EVERYTHING, "the defaults": {}}
