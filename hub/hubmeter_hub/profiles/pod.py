"""Writes the settings of a server into KubeSpawner's pod, whose first container is the server.

KubeSpawner builds the pod from kubernetes_asyncio's models, with dictionaries for the parts that sites configure. This
module reads both and writes models, as a site's own hook expects.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from kubernetes_asyncio.client import (
    V1Affinity,
    V1EnvVar,
    V1NodeAffinity,
    V1NodeSelector,
    V1NodeSelectorTerm,
    V1PreferredSchedulingTerm,
    V1ResourceRequirements,
    V1Toleration,
    V1Volume,
    V1VolumeMount,
)
from kubespawner.utils import get_k8s_model

from hubmeter_hub.profiles.merge import Resolved, merge_affinity, once
from hubmeter_hub.profiles.model import EnvVar, NodeAffinity, Resources, Toleration, Volume
from hubmeter_hub.profiles.names import label_value
from hubmeter_hub.profiles.quantity import number

PROFILE: Final = "hubmeter/profile"
SIZE: Final = "hubmeter/size"
IMAGE: Final = "hubmeter/image"
NO_PROFILE: Final = "none"
DEFAULT_SIZE: Final = "Default"
USER_NAME: Final = "JUPYTERHUB_USER_NAME"
_SELINUX_TYPE: Final = "nvidia_container_t"

# JupyterHub's environment variables for the resources of the server, in bytes and cores.
_RESOURCE_VARIABLES: Final = (
    ("limits", "memory", "MEM_LIMIT"),
    ("requests", "memory", "MEM_GUARANTEE"),
    ("limits", "cpu", "CPU_LIMIT"),
    ("requests", "cpu", "CPU_GUARANTEE"),
)


def label(pod: Any, resolved: Resolved, image: str) -> None:
    """Add the profile, size and image to the pod: labels for metrics, and annotations with the full names."""
    names = {PROFILE: resolved.profile or NO_PROFILE, SIZE: resolved.size or DEFAULT_SIZE, IMAGE: image}
    pod.metadata.labels = {**(pod.metadata.labels or {}), **{key: label_value(name) for key, name in names.items()}}
    full = {key: name for key, name in names.items() if label_value(name) != name}
    pod.metadata.annotations = {**(pod.metadata.annotations or {}), **full}


def write(
    pod: Any, resolved: Resolved, username: str, gpu_resource: str, gpu_mode: str | None, mount_path: str
) -> None:
    """Merge the settings into the pod, by the rules for profiles.

    Args:
        pod: KubeSpawner's pod, which is changed.
        resolved: The settings.
        username: The user's name.
        gpu_resource: The Kubernetes resource of the GPUs.
        gpu_mode: The security context of servers with a GPU.
        mount_path: The parent of relative mount paths.
    """
    settings, server = resolved.settings, pod.spec.containers[0]
    _set_env(server, settings.env)
    for container in pod.spec.containers:
        _set_env(container, [EnvVar(name=USER_NAME, value=username)])
    resources = settings.resources
    if settings.gpu:
        gpus = {gpu_resource: str(settings.gpu)}
        resources = Resources(requests={**resources.requests, **gpus}, limits={**resources.limits, **gpus})
        _set_gpu_mode(server, gpu_mode)
    _set_resources(server, resources)
    _add_tolerations(pod.spec, settings.node_tolerations)
    _set_affinity(pod.spec, settings.node_affinity)
    _set_volumes(pod.spec, server, settings.volumes, mount_path)


def set_env(pod: Any, values: Mapping[str, str]) -> None:
    """Set environment variables of the server."""
    _set_env(pod.spec.containers[0], [EnvVar(name=name, value=value) for name, value in values.items()])


def _set_env(container: Any, variables: Iterable[EnvVar]) -> None:
    """Set variables. A variable that exists keeps its position, so that ``$(NAME)`` in a later one still works."""
    env = {_get(variable, "name"): variable for variable in container.env or ()}
    env |= {variable.name: get_k8s_model(V1EnvVar, variable.manifest()) for variable in variables}
    container.env = list(env.values())


def _set_resources(container: Any, resources: Resources) -> None:
    if not resources.requests and not resources.limits:
        return
    present = container.resources
    requests = {**(_get(present, "requests") or {}), **resources.requests}
    limits = {**(_get(present, "limits") or {}), **resources.limits}
    for key, limit in limits.items():
        # Kubernetes rejects a request above the limit, which the spawner's values and ours can have together.
        if key in requests and number(str(requests[key])) > number(str(limit)):
            requests[key] = limit
    container.resources = V1ResourceRequirements(requests=requests, limits=limits, claims=_get(present, "claims"))
    amounts = {"requests": requests, "limits": limits}
    variables = [
        EnvVar(name=name, value=_plain(str(amounts[kind][key])))
        for kind, key, name in _RESOURCE_VARIABLES
        if key in amounts[kind]
    ]
    _set_env(container, variables)


def _plain(quantity: str) -> str:
    """Return a quantity as a number without suffix."""
    value = number(quantity)
    return str(int(value)) if value == int(value) else str(float(value))


def _set_gpu_mode(container: Any, mode: str | None) -> None:
    """Set the security context, which in KubeSpawner is a dictionary in the spelling of Kubernetes."""
    context = _plain_dict(container.security_context)
    if mode == "selinux":
        context |= {"capabilities": {"drop": ["ALL"]}, "seLinuxOptions": {"type": _SELINUX_TYPE}}
    elif mode == "privileged":
        # KubeSpawner forbids escalation; Kubernetes rejects that for a privileged container.
        context |= {"privileged": True, "allowPrivilegeEscalation": True}
    container.security_context = context or None


def _add_tolerations(spec: Any, tolerations: Iterable[Toleration]) -> None:
    present = [_plain_dict(toleration) for toleration in spec.tolerations or ()]
    manifests = once(toleration.manifest() for toleration in tolerations)
    added = [get_k8s_model(V1Toleration, manifest) for manifest in manifests if manifest not in present]
    if added:
        spec.tolerations = [*(spec.tolerations or ()), *added]


def _set_affinity(spec: Any, affinity: NodeAffinity) -> None:
    if not affinity.required and not affinity.preferred:
        return
    node = _get(spec.affinity, "node_affinity", "nodeAffinity")
    both = merge_affinity(NodeAffinity.model_validate(_plain_dict(node)), affinity)
    required = [get_k8s_model(V1NodeSelectorTerm, term.manifest()) for term in both.required]
    node_affinity = V1NodeAffinity(
        required_during_scheduling_ignored_during_execution=V1NodeSelector(node_selector_terms=required)
        if required
        else None,
        preferred_during_scheduling_ignored_during_execution=[
            get_k8s_model(V1PreferredSchedulingTerm, term.manifest()) for term in both.preferred
        ]
        or None,
    )
    spec.affinity = V1Affinity(
        node_affinity=node_affinity,
        pod_affinity=_get(spec.affinity, "pod_affinity", "podAffinity"),
        pod_anti_affinity=_get(spec.affinity, "pod_anti_affinity", "podAntiAffinity"),
    )


def _set_volumes(spec: Any, container: Any, volumes: Iterable[Volume], mount_path: str) -> None:
    """Add volumes. A volume replaces one of the same name, and its mount replaces one on the same path."""
    for volume in volumes:
        claim = {"name": volume.name, "persistentVolumeClaim": volume.persistent_volume_claim.manifest()}
        mount = {"name": volume.name, "mountPath": volume.mount(mount_path)}
        spec.volumes = [other for other in spec.volumes or () if _get(other, "name") != volume.name]
        spec.volumes.append(get_k8s_model(V1Volume, claim))
        container.volume_mounts = [
            other
            for other in container.volume_mounts or ()
            if _get(other, "name") != volume.name and _get(other, "mount_path", "mountPath") != mount["mountPath"]
        ]
        container.volume_mounts.append(get_k8s_model(V1VolumeMount, mount))


def _get(part: Any, name: str, spelled: str = "") -> Any:
    """Return a field of a model, or of a dictionary, which has it as ``spelled``; None without it."""
    return part.get(spelled or name) if isinstance(part, Mapping) else getattr(part, name, None)


def _plain_dict(part: Any) -> dict[str, Any]:
    """Return a model or a dictionary as a new dictionary in the spelling of Kubernetes, without empty keys."""
    if part is None:
        return {}
    plain = part if isinstance(part, Mapping) else part.to_dict(serialize=True)
    return {key: value for key, value in plain.items() if value is not None}
