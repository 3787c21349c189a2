"""The resources that a server will request when it starts."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any


async def requested(spawner: Any, gpu_resources: Sequence[str]) -> dict[str, float]:
    """Return one hour of the server: byte-hours of ``memory``, core-hours of ``cpu``, GPU-hours of ``gpu``.

    KubeSpawner applies the selected profile in ``start``, after the pre-spawn hook. So this applies it to a copy of the
    spawner and leaves the spawner unchanged. Errors of the profile list are raised as ``start`` would raise them.

    Args:
        spawner: The spawner of the server.
        gpu_resources: The Kubernetes resources that count as GPUs.
    """
    if hasattr(spawner, "load_user_options"):
        spawner = _copy(spawner)
        await spawner.load_user_options()
    guarantees: Mapping[str, Any] = getattr(spawner, "extra_resource_guarantees", None) or {}
    limits: Mapping[str, Any] = getattr(spawner, "extra_resource_limits", None) or {}
    return {
        "memory": _request(spawner.mem_guarantee, spawner.mem_limit),
        "cpu": _request(spawner.cpu_guarantee, spawner.cpu_limit),
        "gpu": sum(float(guarantees.get(name) or limits.get(name) or 0) for name in gpu_resources),
    }


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
