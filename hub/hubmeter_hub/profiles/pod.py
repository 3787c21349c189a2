"""Writes what a server gets into KubeSpawner's pod, of which the first container is the server's.

KubeSpawner builds the pod of kubernetes_asyncio's models, in which parts that sites configure are still dictionaries.
Both are read here; what is added are models, so that a site's own hook finds what it finds elsewhere in the pod.
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

from hubmeter_hub.profiles.merge import Given, merge_affinity, once
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

# JupyterHub tells the server in these what it may use; bytes and cores.
_TOLD: Final = (
    ("limits", "memory", "MEM_LIMIT"),
    ("requests", "memory", "MEM_GUARANTEE"),
    ("limits", "cpu", "CPU_LIMIT"),
    ("requests", "cpu", "CPU_GUARANTEE"),
)


def label(pod: Any, given: Given, image: str) -> None:
    """Say on the pod which profile, size and image it has: labels for metrics, full names in annotations."""
    names = {PROFILE: given.profile or NO_PROFILE, SIZE: given.size or DEFAULT_SIZE, IMAGE: image}
    pod.metadata.labels = {**(pod.metadata.labels or {}), **{key: label_value(name) for key, name in names.items()}}
    full = {key: name for key, name in names.items() if label_value(name) != name}
    pod.metadata.annotations = {**(pod.metadata.annotations or {}), **full}


def write(pod: Any, given: Given, username: str, gpu_resource: str, gpu_mode: str | None, mount_path: str) -> None:
    """Write the settings into the pod, over what is there by the rules of the merge. No setting is changed."""
    settings, server = given.settings, pod.spec.containers[0]
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
    """Set variables of the server."""
    _set_env(pod.spec.containers[0], [EnvVar(name=name, value=value) for name, value in values.items()])


def _set_env(container: Any, variables: Iterable[EnvVar]) -> None:
    """A variable that is there keeps its place, so that ``$(NAME)`` in a later one still means it."""
    env = {_get(one, "name"): one for one in container.env or ()}
    env |= {one.name: get_k8s_model(V1EnvVar, one.manifest()) for one in variables}
    container.env = list(env.values())


def _set_resources(container: Any, resources: Resources) -> None:
    if not resources.requests and not resources.limits:
        return
    now = container.resources
    requests = {**(_get(now, "requests") or {}), **resources.requests}
    limits = {**(_get(now, "limits") or {}), **resources.limits}
    for key, limit in limits.items():
        # Kubernetes refuses a pod that requests more than its limit: of the spawner's and ours, the lower one counts.
        if key in requests and number(str(requests[key])) > number(str(limit)):
            requests[key] = limit
    container.resources = V1ResourceRequirements(requests=requests, limits=limits, claims=_get(now, "claims"))
    amounts = {"requests": requests, "limits": limits}
    told = [
        EnvVar(name=name, value=_plain(str(amounts[kind][key]))) for kind, key, name in _TOLD if key in amounts[kind]
    ]
    _set_env(container, told)


def _plain(quantity: str) -> str:
    """Return a quantity as a number without suffix, a whole one where it is whole."""
    value = number(quantity)
    return str(int(value)) if value == int(value) else str(float(value))


def _set_gpu_mode(container: Any, mode: str | None) -> None:
    """KubeSpawner's security context is a dictionary, spelled as in Kubernetes."""
    context = _plain_dict(container.security_context)
    if mode == "selinux":
        context |= {"capabilities": {"drop": ["ALL"]}, "seLinuxOptions": {"type": _SELINUX_TYPE}}
    elif mode == "privileged":
        # KubeSpawner forbids escalation, and Kubernetes refuses a privileged container that must not escalate.
        context |= {"privileged": True, "allowPrivilegeEscalation": True}
    container.security_context = context or None


def _add_tolerations(spec: Any, tolerations: Iterable[Toleration]) -> None:
    there = [_plain_dict(one) for one in spec.tolerations or ()]
    added = [one for one in once(toleration.manifest() for toleration in tolerations) if one not in there]
    if added:
        spec.tolerations = [*(spec.tolerations or ()), *(get_k8s_model(V1Toleration, one) for one in added)]


def _set_affinity(spec: Any, affinity: NodeAffinity) -> None:
    if not affinity.required and not affinity.preferred:
        return
    node = _get(spec.affinity, "node_affinity", "nodeAffinity")
    both = merge_affinity(NodeAffinity.model_validate(_plain_dict(node)), affinity)
    required = [get_k8s_model(V1NodeSelectorTerm, term.manifest()) for term in both.required]
    made = V1NodeAffinity(
        required_during_scheduling_ignored_during_execution=V1NodeSelector(node_selector_terms=required)
        if required
        else None,
        preferred_during_scheduling_ignored_during_execution=[
            get_k8s_model(V1PreferredSchedulingTerm, term.manifest()) for term in both.preferred
        ]
        or None,
    )
    spec.affinity = V1Affinity(
        node_affinity=made,
        pod_affinity=_get(spec.affinity, "pod_affinity", "podAffinity"),
        pod_anti_affinity=_get(spec.affinity, "pod_anti_affinity", "podAntiAffinity"),
    )


def _set_volumes(spec: Any, container: Any, volumes: Iterable[Volume], mount_path: str) -> None:
    """A volume takes the place of one of its name, and its mount that of one on its path."""
    for volume in volumes:
        claim = {"name": volume.name, "persistentVolumeClaim": volume.persistent_volume_claim.manifest()}
        mount = {"name": volume.name, "mountPath": volume.mount(mount_path)}
        spec.volumes = [one for one in spec.volumes or () if _get(one, "name") != volume.name]
        spec.volumes.append(get_k8s_model(V1Volume, claim))
        container.volume_mounts = [
            one
            for one in container.volume_mounts or ()
            if _get(one, "name") != volume.name and _get(one, "mount_path", "mountPath") != mount["mountPath"]
        ]
        container.volume_mounts.append(get_k8s_model(V1VolumeMount, mount))


def _get(part: Any, name: str, spelled: str = "") -> Any:
    """Return a field of a model or of a dictionary, where it is ``spelled`` as in Kubernetes; None without either."""
    return part.get(spelled or name) if isinstance(part, Mapping) else getattr(part, name, None)


def _plain_dict(part: Any) -> dict[str, Any]:
    """Return a model or a dictionary as a dictionary of its own, spelled as in Kubernetes, without empty keys."""
    if part is None:
        return {}
    plain = part if isinstance(part, Mapping) else part.to_dict(serialize=True)
    return {key: value for key, value in plain.items() if value is not None}
