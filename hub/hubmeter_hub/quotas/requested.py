"""What a server that is about to start will request of its node."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any


async def requested(spawner: Any, gpu_resources: Sequence[str]) -> dict[str, float]:
    """Return what one hour of the server uses: byte-hours of ``memory``, core-hours of ``cpu``, GPU-hours of ``gpu``.

    KubeSpawner applies the profile that was chosen only in ``start``, after the pre-spawn hook. So it is applied here
    to a copy of the spawner; the spawner itself stays as it is. An error of the profile list, or a profile that does
    not exist, is raised as ``start`` would raise it.
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
    """Kubernetes takes a limit as the request where there is none; profiles lower a request that is above its limit."""
    return float(min(guarantee, limit) if guarantee and limit else guarantee or limit or 0)


def _copy(spawner: Any) -> Any:
    """Return a spawner of the same options, with dictionaries and lists of its own: profiles are merged into them."""
    twin = copy.copy(spawner)
    for name in spawner.trait_names():
        if name != "config" and spawner.trait_has_value(name):
            value = getattr(spawner, name)
            if isinstance(value, dict | list | set):
                setattr(twin, name, copy.deepcopy(value))
    return twin
