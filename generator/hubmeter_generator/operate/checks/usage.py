"""Usage: the container of servers, and the resources that are GPUs."""

from hubmeter_generator.operate.checks.finding import Result, missing, ok, warning
from hubmeter_generator.operate.checks.site import Site, listed


def servers(site: Site) -> Result:
    """Check that pods of users have the container that distinguishes a server."""
    container = site.settings.server_container
    found = site.rows_by_hub(
        'kube_pod_container_info{%(kube_state_metrics)s%(hub_selector)s, container="%(server_container)s"}'
    )
    if absent := [hub for hub in site.annotated_pods if hub not in found]:
        others = listed(row.labels.get("container", "") for row in site.query("containers_of_users"))
        return missing(
            f"no pod of {listed(absent)} has the container {container}, so there are no servers and no active users; "
            f"the containers of users' pods are {others or '(not reported: kube_pod_container_info is missing)'}",
            "set server_container to the container of your spawner (KubeSpawner's is notebook); nothing, if only Dask "
            "workers run now",
        )
    if without := site.by_hub(site.query("alerts/usage/servers_without_requests")):
        return warning(
            f"servers of {listed(without)} request no memory ({sum(without.values()):.0f} now): quotas do not limit "
            "them, and other users pay their part of costs",
            "set mem_guarantee of KubeSpawner (singleuser.memory.guarantee in Zero to JupyterHub), in each profile",
        )
    return ok(f"servers are the pods with the container {container}")


def gpus(site: Site) -> Result:
    """Check that every requested resource with the name of a GPU counts as a part of one."""
    if rows := site.query("alerts/usage/gpus_not_counted"):
        others = sorted({row.labels["resource"] for row in rows})
        return warning(
            f"pods request {listed(others)}, which counts as no GPU",
            "add the resource to the setting gpu_resources, with the part of a GPU that it is",
        )
    return ok("every requested resource with the name of a GPU counts")
