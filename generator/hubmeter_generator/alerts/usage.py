"""The alerts about usage that is missing or does not add up."""

from hubmeter_generator.model import Alert
from hubmeter_promql import usage_parts


def alerts() -> tuple[Alert, ...]:
    """Return the alerts."""
    return (
        Alert(
            name="HubmeterUsageNotAccounted",
            query="usage/not_accounted",
            hold_for="15m",
            severity="warning",
            summary="Users of {{ $labels.namespace }} do not add up to the hub's {{ $labels.resource }}.",
            description="In namespace {{ $labels.namespace }} the {{ $labels.resource }} of all users plus "
            "unattributed has differed by {{ $value | humanizePercentage }} from the hub's total for 15 minutes. The "
            "usage of users and groups is wrong by as much; do not bill from it. Check that each rule group is loaded "
            "only once.",
        ),
        Alert(
            name="HubmeterBucketsThinned",
            query="usage/buckets_thinned",
            hold_for="15m",
            severity="warning",
            summary="Only {{ $value | humanizePercentage }} of the old usage of {{ $labels.namespace }} is left.",
            description="Of a past day of the hub in namespace {{ $labels.namespace }} the 5-minute buckets add up to "
            "{{ $value | humanizePercentage }} of the usage that was recorded: the store downsamples old samples, or "
            "lost them. Sums over such times are too low in dashboards, reports and quotas. Exclude the series "
            ".*:sum5m and .*:count5m from downsampling, or keep full resolution for longer.",
        ),
        Alert(
            name="HubmeterPodsUnmeasured",
            query="usage/pods_unmeasured",
            hold_for="15m",
            severity="critical",
            summary="Running pods of {{ $labels.namespace }} whose {{ $labels.resource }} is unknown: {{ $value }}.",
            description="cAdvisor has reported no {{ $labels.resource }} of running pods of the hub in namespace {{ "
            "$labels.namespace }} for 15 minutes (pods: {{ $value }}). It is missing from users, groups and the hub, "
            "and stays unknown. Check that Prometheus scrapes /metrics/cadvisor of all kubelets, and keeps the label "
            "container; of pods in a sandbox (gVisor, Kata) cAdvisor reports no containers.",
        ),
        Alert(
            name="HubmeterPodsUnknown",
            query="usage/pods_unknown",
            hold_for="15m",
            severity="critical",
            summary="Pods of {{ $labels.namespace }} that kube-state-metrics does not report: {{ $value }}.",
            description="cAdvisor measures pods of the hub in namespace {{ $labels.namespace }} that "
            "kube-state-metrics has not reported for 15 minutes, while it reports others (pods: {{ $value }}). They "
            "count for no user and not for the hub. Check that all shards of kube-state-metrics are scraped, that its "
            "--namespaces has the namespaces of the hub's pods, and that no relabelling drops them.",
            parameters={"unknown": usage_parts.unknown_pods()},
        ),
        Alert(
            name="HubmeterSidecarsNotCounted",
            query="usage/sidecars_not_counted",
            hold_for="15m",
            severity="warning",
            summary="Pods of {{ $labels.namespace }} whose sidecar {{ $labels.container }} kube-state-metrics does "
            "not report: {{ $value }}.",
            description="In pods of the hub in namespace {{ $labels.namespace }} cAdvisor measures the container "
            "{{ $labels.container }}, which kube-state-metrics reports neither as a container nor as an init container "
            "that always restarts (pods: {{ $value }}). It is a native sidecar, whose requests are then missing from "
            "users, groups, costs and quotas, or a container for debugging, which needs no action. Let "
            "kube-state-metrics (2.11 or later) and the scrape keep kube_pod_init_container_info and "
            "kube_pod_init_container_resource_requests and _limits.",
        ),
        Alert(
            name="HubmeterServersWithoutRequests",
            query="usage/servers_without_requests",
            hold_for="1h",
            severity="info",
            summary="Servers of {{ $labels.namespace }} that request no memory: {{ $value }}.",
            description="Servers of the hub in namespace {{ $labels.namespace }} have requested no memory for an hour "
            "(now: {{ $value }}). The requests of their users are 0: memory quotas do not limit them, and other users "
            "pay their part of costs that requests divide. Give servers a memory guarantee (mem_guarantee of "
            "KubeSpawner, singleuser.memory.guarantee of Zero to JupyterHub), in each profile.",
        ),
        Alert(
            name="HubmeterServersNotSeen",
            query="usage/servers_not_seen",
            hold_for="15m",
            severity="warning",
            summary="Users of {{ $labels.namespace }} run pods, but no pod is a server.",
            description="{{ $value }} pods of the hub in namespace {{ $labels.namespace }} have a username, but in the "
            "last day no pod had the container %(server_container)s. Servers, server-hours and active users of the hub "
            "are 0. Set server_container to the name of the container that your spawner starts.",
        ),
        Alert(
            name="HubmeterSamplesLate",
            query="usage/samples_late",
            hold_for="15m",
            severity="warning",
            summary="{{ $labels.series }} of {{ $labels.namespace }} arrives late: the newest sample is "
            "{{ $value | humanizeDuration }} old.",
            description="For 15 minutes the newest sample of {{ $labels.series }} in namespace {{ $labels.namespace }} "
            "has been more than a minute older than the time between two samples; it is {{ $value | humanizeDuration "
            "}} old. Rules read samples at most a minute late, so CPU is too low, and memory and pods are missing or "
            "late. Speed up the remote write that delivers the samples, or evaluate the rules where they are scraped; "
            "then compute the time with hubmeter-backfill.",
        ),
        Alert(
            name="HubmeterContainersIndistinct",
            query="usage/containers_indistinct",
            hold_for="15m",
            severity="warning",
            summary="cAdvisor's series of {{ $value }} containers of {{ $labels.namespace }} have neither the label id "
            "nor name.",
            description="For 15 minutes {{ $value }} series of containers in namespace {{ $labels.namespace }} have "
            "had neither the label id nor name, which distinguish the instances of a container. A container that "
            "starts again has no CPU for one to five minutes. Keep the label id in the metric_relabel_configs of the "
            "kubelet's job.",
        ),
        Alert(
            name="HubmeterGpusNotCounted",
            query="usage/gpus_not_counted",
            hold_for="15m",
            severity="warning",
            summary="{{ $value }} containers of {{ $labels.namespace }} request {{ $labels.resource }}, which counts "
            "as no GPU.",
            description="{{ $value }} containers in namespace {{ $labels.namespace }} have requested "
            "{{ $labels.resource }} for 15 minutes. The setting gpu_resources does not have this resource, so GPUs of "
            "users, groups and the hub, and their costs and quotas, are too low. Add the resource to gpu_resources "
            "with the part of a GPU that it is, or with the part 0.",
        ),
    )
