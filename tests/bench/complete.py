"""The series of pods, nodes and home directories that no rule reads but Prometheus keeps, all with the value 1.

The names are those of kube-state-metrics 2.13, a kubelet 1.31 as kube-prometheus-stack 65 scrapes it (after its default
drop rules), and prometheus-dirsize-exporter 3; of each pod with KubeSpawner's defaults: one volume claim, an init
container, four tolerations.
"""

from collections.abc import Iterator
from typing import Final

from tests.sim.cluster import Labels, Sample, Server, World

# Labels that a metric has beside the pod's, for each of its series.
_POD: Final[dict[str, tuple[Labels, ...]]] = {
    **dict.fromkeys(
        (
            "kube_pod_start_time", "kube_pod_owner", "kube_pod_restart_policy", "kube_pod_scheduler", "kube_pod_ips",
            "kube_pod_service_account", "kube_pod_status_scheduled_time", "kube_pod_status_initialized_time",
            "kube_pod_status_container_ready_time", "kube_pod_status_ready_time",
            "kube_pod_spec_volumes_persistentvolumeclaims_info",
            "kube_pod_spec_volumes_persistentvolumeclaims_readonly",
        ),
        ((),),
    ),
    **dict.fromkeys(
        ("kube_pod_status_ready", "kube_pod_status_scheduled"),
        tuple((("condition", value),) for value in ("true", "false", "unknown")),
    ),
    "kube_pod_status_qos_class": tuple((("qos_class", value),) for value in ("Guaranteed", "Burstable", "BestEffort")),
    "kube_pod_tolerations": tuple(
        (("key", value),)
        for value in ("hub.jupyter.org/dedicated", "hub.jupyter.org_dedicated", "node-not-ready", "node-unreachable")
    ),
}  # fmt: skip
_CONTAINER: Final = (
    "status_running", "status_waiting", "status_terminated", "status_ready",
)  # fmt: skip
_INIT_CONTAINER: Final = (
    "info", "status_running", "status_waiting", "status_terminated", "status_terminated_reason", "status_ready",
    "status_restarts_total",
)  # fmt: skip
_CGROUP: Final = (
    "blkio_device_usage_total", "cpu_cfs_periods_total", "cpu_cfs_throttled_periods_total", "fs_reads_bytes_total",
    "fs_reads_total", "fs_writes_bytes_total", "fs_writes_total", "last_seen", "memory_cache", "memory_failcnt",
    "memory_kernel_usage", "memory_max_usage_bytes", "memory_rss", "memory_total_active_file_bytes",
    "memory_total_inactive_file_bytes", "memory_usage_bytes", "oom_events_total", "processes", "sockets",
    "start_time_seconds", "threads", "ulimits_soft",
)  # fmt: skip
_NETWORK: Final = tuple(
    f"network_{way}_{what}_total"
    for way in ("receive", "transmit")
    for what in ("bytes", "errors", "packets", "packets_dropped")
)
_NODE: Final = {
    "kube_node_created": 1, "kube_node_info": 1, "kube_node_labels": 1, "kube_node_role": 1, "kube_node_spec_taint": 1,
    "kube_node_status_addresses": 3, "kube_node_status_allocatable": 7,
    "kube_node_status_capacity": 7, "kube_node_status_condition": 15,
}  # fmt: skip
_DIRSIZE: Final = ("entries_count", "last_updated_ns", "latest_mtime", "oldest_mtime", "processing_time")


def rest(world: World, listed: list[Server], t: float) -> Iterator[Sample]:
    """Yield one sample of each series that sim.cluster.samples has not, with the value 1."""
    for server in listed:
        pod: Labels = (
            ("instance", world.kube_state_metrics[0].instance), ("job", "kube-state-metrics"),
            ("namespace", server.namespace), ("pod", server.pod), ("uid", server.uid),
        )  # fmt: skip
        for name, series in _POD.items():
            yield from (Sample(name, (*pod, *more), 1.0, t) for more in series)
        for name in _INIT_CONTAINER:
            yield Sample(f"kube_pod_init_container_{name}", (*pod, ("container", "block-cloud-metadata")), 1.0, t)
        for container in server.containers:
            for name in _CONTAINER:
                yield Sample(f"kube_pod_container_{name}", (*pod, ("container", container.name)), 1.0, t)
        kubelet: Labels = (
            ("instance", server.node), ("job", "kubelet"), ("namespace", server.namespace), ("node", server.node),
            ("pod", server.pod),
        )  # fmt: skip
        for cgroup in (*(container.name for container in server.containers), "POD", ""):
            own = (*kubelet, ("container", cgroup), ("id", f"/kubepods.slice/{server.uid}/{cgroup}"))
            yield from (Sample(f"container_{name}", own, 1.0, t) for name in _CGROUP)
        for name in _NETWORK:
            yield Sample(f"container_{name}", (*kubelet, ("interface", "eth0")), 1.0, t)
    for node in sorted({server.node for server in listed}):
        for name, count in _NODE.items():
            for number in range(count):
                yield Sample(name, (("job", "kube-state-metrics"), ("node", node), ("number", f"{number}")), 1.0, t)
    for directory in world.directories:
        row = (("directory", directory.name), ("job", "dirsize"), ("namespace", directory.namespace))
        yield from (Sample(f"dirsize_{name}", row, 1.0, t) for name in _DIRSIZE)
