"""Settings that the generator, the mixin and the chart are compared with."""

import json
from functools import cache
from typing import Any

import pytest

from hubmeter_generator import settings
from hubmeter_generator.write.files import files as files_of

SITES: dict[str, dict[str, Any]] = {
    "the defaults": {},
    "several clusters, and every alert": {
        "cluster_label": "k8s_cluster",
        "home_nearly_full_ratio": "0.95",
        "user_near_limit_ratio": "1.0",
    },
    "prices of OpenCost, the larger part, and budgets": {
        "cost_source": "opencost",
        "cost_weight": "dominant",
        "cost_node_selector": 'label_pool=~"users|gpu-\\\\d"',
        "cost_node_hub_label": "label_2i2c_hub_name",
        "budgets": {"physics": 500, 'a$1 "q" \\ %': 120.5, "ü": 0.01},
    },
    "one window of the site's own, and other names": {
        "windows": ["14d"],
        "metrics_prefix": "jhub",
        "username_annotation_label": "annotation_user",
        "profile_label": "label_course",
        "size_label": "label_machine",
        "image_label": "label_environment",
        "server_container": "server",
        "shared_directories": "",
        "node_pool_label": "label_pool",
        "gpu_resources": [
            {"resource": "amd_com_gpu|gpu_.*", "part": "1"},
            {"resource": "shared_example_org_gpu", "part": "2/14"},
        ],
    },
    "windows out of order, and odd intervals": {
        "windows": ["90h", "4w", "2d"],
        "interval": "100s",
        "membership_interval": "75s",
        "carry_forward": "90m",
        "home_carry_forward": "6h",
    },
    "selectors": {
        "hub_selector": 'namespace=~"prod|staging\\\\..+"',
        "kube_state_metrics_selector": 'job="kube-state-metrics"',
        "cadvisor_selector": 'job="kubelet", metrics_path="/metrics/cadvisor"',
    },
    "pods in other namespaces than their hub": {
        "cluster_label": "k8s_cluster",
        "pod_namespaces": [
            {"namespaces": "hub-.*", "hub": "hub"},
            {"namespaces": r'(prod|staging)-[a-z"\d]+', "hub": "$1"},
            {"namespaces": "([a-z]+)-dask-([0-9]+)", "hub": "${1}x${2}"},
        ],
    },
    "texts that look like placeholders": {
        "dashboard_tags": ["100% ours", "%(cluster)s", "ü"],
        "datasource_regex": "^prod-.*$",
        "color_scheme": "palette-colorblind",
        "runbook_url": "https://wiki.example.org/{alert}?of={alert}&all=100%",
    },
}

# One other value for each setting.
OTHER: dict[str, Any] = {
    "cluster_label": "k8s",
    "hub_selector": 'namespace=~"prod|staging"',
    "pod_namespaces": [{"namespaces": "hub-.*", "hub": "hub"}],
    "kube_state_metrics_selector": 'job="kube-state-metrics"',
    "cadvisor_selector": 'job="kubelet"',
    "metrics_prefix": "jhub",
    "username_annotation_label": "annotation_user",
    "profile_label": "label_course",
    "size_label": "label_machine",
    "image_label": "label_environment",
    "server_container": "server",
    "gpu_resources": [{"resource": "amd_com_gpu", "part": "1/2"}],
    "interval": "30s",
    "membership_interval": "1m",
    "carry_forward": "2h",
    "home_carry_forward": "12h",
    "shared_directories": "public",
    "node_pool_label": "label_pool",
    "windows": ["14d"],
    "datasource_regex": "prod.*",
    "color_scheme": "palette-colorblind",
    "dashboard_tags": ["ours"],
    "runbook_url": "https://wiki.example.org/{alert}",
    "home_nearly_full_ratio": "0.9",
    "user_near_limit_ratio": "0.9",
    "cost_source": "opencost",
    "cost_weight": "dominant",
    "cost_node_selector": "",
    "cost_node_hub_label": "label_hub",
    "budgets": {"physics": 500},
}

DEFAULTS = settings.load()
MANY = settings.make({"windows": [f"{days}d" for days in range(1, 15)], "cluster_label": "k8s"}, "a test")
DEFAULTS_AND_MANY = pytest.mark.parametrize(
    "site", [DEFAULTS, MANY], ids=["the default settings", "a cluster label and as many windows as are allowed"]
)


@cache
def _files(values: str) -> dict[str, str]:
    return files_of(settings.make(json.loads(values), "a test"), shared=True)


def files(site: settings.Settings) -> dict[str, str]:
    """Return the files that these settings give, computed once: settings cannot be hashed, their JSON can."""
    return _files(site.model_dump_json())
