"""The resources that a server will request when it starts."""

import copy
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

# Extended resources that count as GPUs, and the part of a GPU that each is: the defaults of the rules' setting.
GPU_RESOURCES: Final[Mapping[str, str]] = {
    "nvidia_com_gpu|amd_com_gpu": "1",
    "nvidia_com_mig_1g_6gb.*": "1/4",
    "nvidia_com_mig_2g_12gb.*": "2/4",
    "nvidia_com_mig_4g_24gb.*": "4/4",
    "nvidia_com_mig_1g_.+": "1/7",
    "nvidia_com_mig_2g_.+": "2/7",
    "nvidia_com_mig_3g_.+": "3/7",
    "nvidia_com_mig_4g_.+": "4/7",
    "nvidia_com_mig_7g_.+": "7/7",
}


async def requested(spawner: Any, gpu_resources: Mapping[str, str]) -> dict[str, float]:
    """Return one hour of the server: byte-hours of ``memory``, core-hours of ``cpu``, GPU-hours of ``gpu``.

    KubeSpawner applies the selected profile in ``start``, after the pre-spawn hook. So this applies it to a copy of the
    spawner and leaves the spawner unchanged. Errors of the profile list are raised as ``start`` would raise them.

    Args:
        spawner: The spawner of the server.
        gpu_resources: Regular expressions for resources, as Kubernetes or kube-state-metrics spells them, and the part
            of a GPU that each is, for example ``2/7``. The first match of a resource counts.
    """
    if hasattr(spawner, "load_user_options"):
        spawner = _copy(spawner)
        await spawner.load_user_options()
    guarantees: Mapping[str, Any] = getattr(spawner, "extra_resource_guarantees", None) or {}
    limits: Mapping[str, Any] = getattr(spawner, "extra_resource_limits", None) or {}
    return {
        "memory": _request(spawner.mem_guarantee, spawner.mem_limit),
        "cpu": _request(spawner.cpu_guarantee, spawner.cpu_limit),
        "gpu": sum(
            float(guarantees.get(name) or limits.get(name) or 0) * gpu_part(name, gpu_resources)
            for name in {**limits, **guarantees}
        ),
    }


def gpu_part(resource: str, gpu_resources: Mapping[str, str]) -> float:
    """Return the part of a GPU that a Kubernetes resource is, for example 1/7 for ``nvidia.com/mig-1g.5gb``; else 0."""
    spellings = (resource, re.sub("[^a-zA-Z0-9_]", "_", resource))  # the second is kube-state-metrics'
    for pattern, part in gpu_resources.items():
        if any(re.fullmatch(pattern, spelling) for spelling in spellings):
            return float(Fraction(part))
    return 0.0


def _request(guarantee: float | None, limit: float | None) -> float:
    """Return the request: the limit where there is no guarantee, as in Kubernetes, and never more than the limit."""
    return float(min(guarantee, limit) if guarantee and limit else guarantee or limit or 0)


def _copy(spawner: Any) -> Any:
    """Return a copy of a spawner. Profiles change its dictionaries and lists, so these are copies too."""
    twin = copy.copy(spawner)
    for name in spawner.trait_names():
        if name != "config" and spawner.trait_has_value(name):
            value = getattr(spawner, name)
            if isinstance(value, dict | list | set):
                setattr(twin, name, copy.deepcopy(value))
    return twin
