"""Sites with containers that kubelets, cAdvisor or kube-state-metrics report in other ways."""

from dataclasses import replace
from typing import Final

from hubmeter_generator.operate.checks.finding import Status
from hubmeter_promql import names
from tests.sim.cluster import GIB, HOUR, MINUTE, Container, World
from tests.sim.hostile.clean import EVERYTHING, LEVELS
from tests.sim.hostile.frame import END, HUB, PROFILE, START, Change, Numbers, Reported, Site, clean_world
from tests.sim.worlds import server

PROD: Final = {"namespace": HUB}


def without(*labels: str) -> Change:
    """Return a change that drops labels of cAdvisor's series."""

    def change(row: dict[str, str]) -> dict[str, str]:
        of_cadvisor = row["__name__"].startswith("container_")
        return {name: value for name, value in row.items() if not of_cadvisor or name not in labels}

    return change


def pods_only(labels: dict[str, str]) -> dict[str, str] | None:
    """Leave out containers, as a kubelet does that does not know its runtime's socket."""
    return None if labels["__name__"].startswith("container_") and "container" in labels else labels


def memory_only(labels: dict[str, str]) -> dict[str, str] | None:
    """Leave out the CPU of containers."""
    return None if labels["__name__"] == "container_cpu_usage_seconds_total" else labels


def without_a_node(labels: dict[str, str]) -> dict[str, str] | None:
    """Leave out the kubelet of the servers' node."""
    return None if labels["__name__"].startswith("container_") and labels.get("node") == "node-1" else labels


def in_a_sandbox(labels: dict[str, str]) -> dict[str, str] | None:
    """Leave out the containers of ben's pod, as of a pod with gVisor or Kata."""
    of_ben = labels["__name__"].startswith("container_") and labels.get("pod") == "jupyter-ben"
    return None if of_ben and "container" in labels else labels


def metrics_resource(labels: dict[str, str]) -> dict[str, str] | None:
    """Return what the kubelet's /metrics/resource has of cAdvisor's series: containers, with few labels."""
    if not labels["__name__"].startswith("container_") or labels.get("container", "POD") == "POD":
        return None
    kept = ("__name__", "namespace", "pod", "container", "instance", "job", "node")
    return {name: labels[name] for name in kept if name in labels} | {"metrics_path": "/metrics/resource"}


def other_container(labels: dict[str, str]) -> dict[str, str]:
    """Give servers' containers another name."""
    return {**labels, "container": "main"} if labels.get("container") == "notebook" else labels


def restarting() -> World:
    """Return the clean world with servers whose containers, or pods, start again."""
    clean = clean_world()
    killed = Container("notebook", seed=21, memory_base=2 * GIB, restarts=(START + 40 * MINUTE + 33,))
    again = Container("notebook", seed=22, memory_base=GIB)
    small = Container("notebook", seed=23, memory_base=GIB / 8)
    servers = (
        *(s for s in clean.servers if s.username is None),
        server(HUB, "ana", START - HOUR, END + HOUR, containers=(killed,), profile=PROFILE),
        server(HUB, "ben", START - HOUR, START + 50 * MINUTE + 13, containers=(again,), profile=PROFILE),
        server(HUB, "ben", START + 52 * MINUTE + 5, END + HOUR, containers=(small,), profile=PROFILE, node="node-2"),
        server(HUB, "cleo", START - HOUR, END + HOUR, profile=PROFILE),
    )
    return replace(clean, servers=servers)


def containers(*of_ana: Container) -> World:
    """Return the clean world, with these containers in ana's server."""
    clean = clean_world()
    servers = tuple(replace(s, containers=of_ana) if s.username == "ana" else s for s in clean.servers)
    return replace(clean, servers=servers)


def unmeasured(says: str) -> tuple[Reported, ...]:
    """Return the outcome of pods without memory and CPU in use."""
    return tuple(
        Reported("HubmeterPodsUnmeasured", PROD | {"resource": resource}, "cadvisor", says)
        for resource in ("memory in use", "CPU in use")
    )


_NOTEBOOK: Final = Container("notebook", seed=31)

SITES = (
    Site("scrapes every 15 s", (EVERYTHING,), replace(restarting(), kubelet_step=15, kubelet_phase=4)),
    Site("scrapes every 30 s", (EVERYTHING,), replace(restarting(), kubelet_step=30, kubelet_phase=11)),
    Site("kubelets scraped twice", (EVERYTHING,), replace(restarting(), kubelet_again=23)),
    Site("containers without the label image", (EVERYTHING,), restarting(), without("image")),
    Site("containers without the label id", (EVERYTHING,), restarting(), without("id")),
    Site("containers without the label name", (EVERYTHING,), restarting(), without("name")),
    Site(
        "containers without the labels id and name",
        (
            Reported(
                "HubmeterContainersIndistinct",
                PROD,
                "cadvisor",
                "the series of containers of prod have neither the label id nor name, so a container that starts again "
                "has no CPU for one to five minutes FIX keep the label id",
                Status.WARNING,
            ),
            Numbers((names.user(names.MEMORY_WORKING_SET),)),
        ),
        clean_world(),
        without("id", "name"),
    ),
    Site(
        "kubelets' resource metrics beside cAdvisor's",
        (EVERYTHING,),
        restarting(),
        others=((restarting(), metrics_resource),),
    ),
    Site(
        "native sidecars",
        (EVERYTHING,),
        containers(
            replace(_NOTEBOOK, name="prepare", memory_request=64 * GIB, init="plain"),
            replace(_NOTEBOOK, name="istio-proxy", memory_request=GIB / 2, memory_base=GIB / 8, init="sidecar"),
            _NOTEBOOK,
        ),
    ),
    Site(
        "slices of GPUs",
        (Numbers(tuple(level(names.GPU_REQUESTS) for level in LEVELS)),),
        containers(replace(_NOTEBOOK, mig_requests=(("nvidia_com_mig_1g_5gb", 2), ("nvidia_com_mig_3g_20gb", 1)))),
    ),
    Site(
        "GPUs of another name",
        (
            Numbers((names.user(names.GPU_REQUESTS),)),
            Reported(
                "HubmeterGpusNotCounted",
                PROD | {"resource": "nvidia_com_gpu_shared"},
                "gpus",
                "pods request gpu_intel_com_i915, nvidia_com_gpu_shared, which counts as no GPU FIX",
                Status.WARNING,
            ),
            Reported(
                "HubmeterGpusNotCounted",
                PROD | {"resource": "gpu_intel_com_i915"},
                "gpus",
                "FIX add the resource to the setting gpu_resources",
                Status.WARNING,
            ),
        ),
        containers(
            replace(_NOTEBOOK, gpu_request=1, mig_requests=(("nvidia_com_gpu_shared", 1), ("gpu_intel_com_i915", 1)))
        ),
    ),
    Site(
        "servers without requests",
        (
            Numbers((names.user(names.MEMORY_REQUESTS), names.user(names.SERVERS))),
            Reported(
                "HubmeterServersWithoutRequests",
                PROD,
                "servers",
                "servers of prod request no memory (1 now): quotas do not limit them, and other users pay their part "
                "of costs FIX set mem_guarantee",
                Status.WARNING,
            ),
        ),
        containers(replace(_NOTEBOOK, memory_request=None, cpu_request=None)),
    ),
    Site(
        "a pod in a sandbox",
        unmeasured(f"for running pods of {HUB} (1 now) FIX scrape the kubelets of all nodes; of pods in a sandbox"),
        clean_world(),
        in_a_sandbox,
    ),
    Site(
        "kubelets report pods only",
        unmeasured("without the label container"),
        clean_world(),
        pods_only,
    ),
    Site(
        "containers' CPU is dropped",
        (
            Reported(
                "HubmeterPodsUnmeasured",
                PROD | {"resource": "CPU in use"},
                "cadvisor",
                "no container_cpu_usage_seconds_total matches",
            ),
            Numbers((names.user(names.MEMORY_WORKING_SET),)),
        ),
        clean_world(),
        memory_only,
    ),
    Site(
        "a node's kubelet is not scraped",
        unmeasured(f"for running pods of {HUB} (3 now) FIX scrape the kubelets of all nodes"),
        clean_world(),
        without_a_node,
    ),
    Site(
        "servers in a container of another name",
        (
            Reported(
                "HubmeterServersNotSeen",
                PROD,
                "servers",
                f"no pod of {HUB} has the container notebook, so there are no servers and no active users; the "
                "containers of users' pods are main FIX set server_container",
            ),
        ),
        clean_world(),
        other_container,
    ),
)
