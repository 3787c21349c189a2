"""The same question without recording rules: a panel's query with each recorded series replaced by the raw join.

The joins are those of the group and user dashboards of jupyterhub/grafana-dashboards: container metrics with pods'
username annotations, and these with the exporter's groups. Two things differ, as else they fail: pods without the
annotation are left out, and label names are made ours. The choice of hubs, groups and users is pushed down into every
selector.
"""

import re
from typing import Final

from hubmeter_promql import names

_RECORDED: Final = re.compile(
    r"(?P<name>namespace[a-z_]*:\w+:\w+)\{(?P<matchers>[^}]*)\}(?P<range>\[[^\]:]+\])?(?P<at> @ end\(\))?"
)
# The first number of a dashboard says whether rules are recorded, which raw joins do not need.
_MISSING_RULES: Final = re.compile(r"\s+or absent_over_time\([^()]*\) \* -\d+")
# Raw joins have no sums of days.
_BY_DAY: Final = re.compile(
    r'\s+or label_replace\(\s+sum_over_time\([^()]*all=~"no"[^()]*\),\s+"part", "\w+", "", ""\s+\)'
    r'|\s+last_over_time\([^()]*all=~"no"[^()]*\)\s+or'
)
_MATCHER: Final = re.compile(r'(\w+)(=~|!~|!=|=)"([^"]*)"')
_ANNOTATION: Final = "annotation_hub_jupyter_org_username"
_CONTAINERS: Final = 'container!="", container!="POD", image!=""'

# A pod's use of each resource; {m} are matchers of the namespace.
_OF_CONTAINERS: Final = {
    names.MEMORY_WORKING_SET: f"container_memory_working_set_bytes{{{{{{m}}{_CONTAINERS}}}}}",
    names.CPU_USAGE: f"irate(container_cpu_usage_seconds_total{{{{{{m}}{_CONTAINERS}}}}}[5m])",
    names.MEMORY_REQUESTS: 'kube_pod_container_resource_requests{{{m}resource="memory"}}',
    names.CPU_REQUESTS: 'kube_pod_container_resource_requests{{{m}resource="cpu"}}',
    names.GPU_REQUESTS: 'kube_pod_container_resource_requests{{{m}resource="nvidia_com_gpu"}}',
    names.MEMORY_LIMITS: 'kube_pod_container_resource_limits{{{m}resource="memory"}}',
    names.CPU_LIMITS: 'kube_pod_container_resource_limits{{{m}resource="cpu"}}',
    names.SERVERS: 'kube_pod_container_info{{{m}container="notebook"}}',
}
_OF_DIRECTORIES: Final = {names.HOME: "dirsize_total_size_bytes", names.HOME_LIMIT: "dirsize_hard_limit_bytes"}
_RESOURCE_OF: Final = {bucket: resource for resource, bucket in names.BUCKETS.items()}


def raw(expression: str, resolution: int) -> str:
    """Return the panel's query on raw series only; sums over time look at them every ``resolution`` seconds.

    Raises `KeyError` for a recorded series with no raw counterpart.
    """
    expression = _BY_DAY.sub("", _MISSING_RULES.sub("", expression))
    return _RECORDED.sub(lambda found: _empty(found) if _none(found) else _expand(found, resolution), expression)


def recorded(expression: str) -> set[str]:
    """Return the names of the recorded series that a query reads."""
    return {match["name"] for match in _RECORDED.finditer(expression)}


def _expand(match: re.Match[str], resolution: int) -> str:
    level, metric, operation = match["name"].split(":")
    matchers = _MATCHER.findall(match["matchers"])
    chosen = {
        label: [(op, value) for name, op, value in matchers if name == label]
        for label in ("namespace", "usergroup", "username")
    }
    window = next((value for name, _, value in matchers if name == "window"), "")
    resource, length = f"{metric}:{operation}", match["range"]
    if match["name"] in {names.SHARE, names.ACTIVE_SHARE}:
        return f"({_members(chosen)})"
    if match["name"] == names.HUBS:
        return f"(group by (namespace) ({_members(chosen)}))"
    if match["name"] in {names.ACTIVE_USERS, names.HUB_ACTIVE_USERS}:
        by = level.removesuffix("_window").replace("_", ", ")
        servers = _level(f"{level.removesuffix('_window')}_username", names.SERVERS, chosen)
        return f"count by ({by}) (max_over_time(({servers})[{window}:{resolution}s]))"
    if level.endswith("_window"):
        joined = _level(level.removesuffix("_window"), _RESOURCE_OF[f"{metric}:sum5m"], chosen)
        return f"sum_over_time(({joined})[{window}:{resolution}s])"
    if resource in _RESOURCE_OF:
        joined = f"({_level(level, _RESOURCE_OF[resource], chosen)}) * {resolution} / 3600"
    else:
        joined = _level(level, resource, chosen)
    if length:
        return f"({joined}){length[:-1]}:{resolution}s]{match['at'] or ''}"
    return f"last_over_time(({joined})[1m:1m] @ end())" if match["at"] else f"({joined})"


def _empty(selector: re.Match[str]) -> str:
    return f"(vector(0) > 1){selector['range'][:-1]}:5m]" if selector["range"] else "(vector(0) > 1)"


def _none(selector: re.Match[str]) -> bool:
    """Return whether a selector has no series whatever is recorded: panels have such for other choices of variables."""
    level, matchers = selector["name"].split(":")[0].split("_"), _MATCHER.findall(selector["matchers"])
    for of, op, value in matchers:
        empty = of not in level and op in {"=~", "!~"}  # the value of a missing label
        if (op, value) == ("!~", ".*") or (empty and bool(re.fullmatch(value, "")) != (op == "=~")):
            return True
    return False


Chosen = dict[str, list[tuple[str, str]]]


def _level(level: str, resource: str, chosen: Chosen) -> str:
    if level == "namespace":
        return f"sum by (namespace) ({_users(resource, chosen)})"
    if level == "namespace_username":
        return _users(resource, chosen)
    if resource in _OF_DIRECTORIES:
        owners = _owners(chosen, "usergroup, username")
        join = f"({_directories(resource, chosen)}) * on (namespace, directory) group_right () ({owners})"
        pairs = f"sum by (namespace, usergroup, username) ({join})"
    else:
        pairs = f"({_users(resource, chosen)}) * on (namespace, username) group_right () ({_members(chosen)})"
    return f"sum by (namespace, usergroup) ({pairs})" if level == "namespace_usergroup" else pairs


def _users(resource: str, chosen: Chosen) -> str:
    if resource in _OF_DIRECTORIES:
        sizes, owners = _directories(resource, chosen), _owners(chosen, "username")
        return f"sum by (namespace, username) (({sizes}) * on (namespace, directory) group_left (username) ({owners}))"
    use = _OF_CONTAINERS[resource].format(m=_matchers(chosen, "namespace"))
    owned = f'{_matchers(chosen, "namespace")}{_matchers(chosen, "username", _ANNOTATION)}{_ANNOTATION}!=""'
    pods = f'label_replace(kube_pod_annotations{{{owned}}}, "username", "$1", "{_ANNOTATION}", "(.+)")'
    return (
        f"sum by (namespace, username) ({use} * on (namespace, pod) group_left (username) "
        f"group by (namespace, pod, username) ({pods}))"
    )


def _members(chosen: Chosen) -> str:
    who = "".join(_matchers(chosen, label) for label in chosen)
    return f"group by (namespace, usergroup, username) (jupyterhub_user_group_info{{{who}}})"


def _directories(resource: str, chosen: Chosen) -> str:
    return f"max by (namespace, directory) ({_OF_DIRECTORIES[resource]}{{{_matchers(chosen, 'namespace')}}})"


def _owners(chosen: Chosen, labels: str) -> str:
    who = "".join(_matchers(chosen, label) for label in chosen)
    spellings = (
        f'label_replace(jupyterhub_user_group_info{{{who}}}, "directory", "$1", "{label}", "(.+)")'
        for label in ("username_safe", "username_escaped")
    )
    return f"group by (namespace, directory, {labels}) ({' or '.join(spellings)})"


def _matchers(chosen: Chosen, label: str, name: str = "") -> str:
    return "".join(f'{name or label}{op}"{value}", ' for op, value in chosen[label])
