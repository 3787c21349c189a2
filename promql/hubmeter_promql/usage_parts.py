"""Parts of queries about containers that rules share, with the settings' placeholders open."""

from typing import Final

from hubmeter_promql import render

# Matchers of cAdvisor's series: every container (not the pause container and the cgroups above), or a server's own.
# The label image is not needed for that, and some runtimes do not report it.
EVERY_CONTAINER: Final = 'container!="", container!="POD"'
SERVER_CONTAINER: Final = 'container="%(server_container)s"'

# Days of these ages show whether a store keeps old buckets: a day more than usual times after which stores downsample
# (a week, a month, Google's 6 weeks, 3 and 6 months, a year).
AGES: Final = ("8d", "31d", "45d", "93d", "184d", "366d")


def memory_in_use(containers: str = EVERY_CONTAINER) -> str:
    """Return the memory in use by containers, in bytes, by namespace, pod and container."""
    return render.part("parts/usage/memory_in_use.promql", {"containers": containers})


def container_resources(kind: str, resource: str) -> str:
    """Return the requests or limits of containers, of one resource as kube-state-metrics names it.

    Args:
        kind: ``requests`` or ``limits``.
        resource: ``memory``, ``cpu``, or ``gpu`` for the sum of the setting gpu_resources (requests only).
    """
    if resource == "gpu":
        selected = {"of_containers": "%(gpu_requests)s", "of_init_containers": "(\n%(gpu_init_requests)s\n)"}
    else:
        matchers = f'{{%(kube_state_metrics)s%(hub_selector)s, resource="{resource}"}}'
        selected = {
            "of_containers": f"kube_pod_container_resource_{kind}{matchers}",
            "of_init_containers": f"kube_pod_init_container_resource_{kind}{matchers}",
        }
    return render.part("parts/usage/container_resources.promql", selected)


def running_pods() -> str:
    """Return the running pods of hubs, by namespace, pod, uid, hub_namespace and node."""
    return render.part("parts/usage/running_pods.promql", {})


def rows_by_hub(series: str) -> str:
    """Return the number of rows of a query by namespace and pod, by the pods' hub."""
    return render.part("parts/usage/rows_by_hub.promql", {"series": series})


def unknown_pods() -> str:
    """Return the number of pods that cAdvisor measures and kube-state-metrics does not report, by their hub."""
    return rows_by_hub(render.part("parts/usage/unknown_pods.promql", {}))


def cpu_growth(containers: str = EVERY_CONTAINER, seconds: str = "%(interval_seconds)s") -> str:
    """Return the cores in use in an interval that ended a minute ago, by namespace, pod, container and instance."""

    def of(by: str, instances: str) -> str:
        selected = {"containers": containers, "instances": instances, "by": by, "seconds": seconds}
        return render.part("parts/usage/cpu_growth_of.promql", selected)

    parts = {
        "by_id": of("id", 'id!=""'),
        "by_name": of("name", 'id="", name!=""'),
        "by_neither": of("name", 'id="", name=""'),
    }
    return render.part("parts/usage/cpu_growth.promql", {**parts, "seconds": seconds})


def at_growth(series: str, on: str) -> str:
    """Return the rows of a recorded series in the interval of `cpu_growth`, one for each value of the labels ``on``."""
    return render.part("parts/usage/at_growth.promql", {"series": series, "on": on})


def kept(matchers: str = "") -> str:
    """Return the part of the usage of days of `AGES` that their 5-minute buckets still have, by namespace and age.

    Args:
        matchers: Of the hubs, with braces; by default all.
    """
    part = "parts/usage/kept.promql"
    ages = ((age, render.part(part, {"age": age, "matchers": matchers})) for age in AGES)
    return "\nor\n".join(f'label_replace({query}, "age", "{age}", "", "")' for age, query in ages)
