"""Checks of single settings. Each returns its value, or raises `ValueError` with the rule that the value breaks."""

import re
from collections.abc import Mapping
from typing import Any, Final

from hubmeter_common.durations import seconds

_NAME: Final = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_MATCHER: Final = re.compile(r'\s*[a-zA-Z_]\w*\s*(?P<operator>=~|!~|!=|=)\s*"(?P<value>(?:[^"\\\n]|\\.)*)"\s*')
_CHARACTER_CLASS: Final = re.compile(r"\[\^?\]?(?:[^\]\\]|\\.)*\]")
_NOT_RE2: Final = re.compile(r"\(\?(?:[=!>(#]|<[=!]|P=)|\\[1-9]|[*+?}]\+")
_MOST_WINDOWS: Final = 14

# Labels of recorded series and of joins. A cluster label of such a name would be summed away.
_OUR_LABELS: Final = frozenset(
    {"namespace", "usergroup", "username", "window", "pod", "uid", "container", "directory", "instance", "reason"}
    | {"hub_namespace", "hub_url"}
    | {"profile", "size", "image", "day", "component", "driver", "kind", "month", "estimated", "event"}
    | {"node", "pool", "server"}
)


def interval(value: str) -> str:
    """Check that an evaluation interval divides 5m."""
    if 300 % seconds(value):
        raise ValueError("must divide 5m, for example 15s, 30s, 1m, 100s or 5m")
    return value


def membership_interval(value: str) -> str:
    """Check that an evaluation interval divides 5m, and that the look-back of 5m covers two evaluations."""
    if seconds(value) > 150 or 300 % seconds(value):
        raise ValueError("must divide 5m and be at most 150s, for example 1m or 150s")
    return value


def carry_forward(value: str) -> str:
    """Check a duration of at least 10m."""
    if seconds(value) < 600:
        raise ValueError("must be at least 10m, which covers two buckets of 5 minutes")
    return value


def home_carry_forward(value: str) -> str:
    """Check a duration of at least 30m."""
    if seconds(value) < 1800:
        raise ValueError("must be at least 30m, because sizes are read every 15 minutes of it")
    return value


def windows(values: tuple[str, ...]) -> tuple[str, ...]:
    """Check the number and the lengths of quota windows."""
    if not 0 < len(values) <= _MOST_WINDOWS:
        raise ValueError(
            f"must have 1 to {_MOST_WINDOWS} windows, for example [7d]; a window adds up to three rule groups, and "
            "Mimir allows 70"
        )
    for value in values:
        if seconds(value) < 3600 or seconds(value) % 300:
            raise ValueError(f"has the invalid window {value!r}; a window is at least 1h, in whole multiples of 5m")
    if len({seconds(value) for value in values}) < len(values):
        raise ValueError("has the same window twice")
    return values


def label(value: str) -> str:
    """Check the name of a label."""
    if not _NAME.fullmatch(value) or value.startswith("__"):
        raise ValueError(
            "must be a Prometheus label: letters, digits and underscores, not starting with a digit or two underscores"
        )
    return value


def label_or_none(value: str) -> str:
    """Check the name of a label; it may be empty."""
    return value and label(value)


def cluster_label(value: str) -> str:
    """Check the name of a label that the rules do not use; it may be empty."""
    if value in _OUR_LABELS:
        raise ValueError(f"must not be one of the labels the rules use: {', '.join(sorted(_OUR_LABELS))}")
    return value and label(value)


def matchers(value: str) -> str:
    """Check PromQL matchers without braces; there may be none."""
    position = 0
    while value:
        match = _MATCHER.match(value, position)
        if not match:
            raise ValueError('must be PromQL matchers without braces, for example \'job="kubelet", cluster=~"a|b"\'')
        _matched_value(match["operator"], match["value"])
        if match.end() == len(value):
            break
        if value[match.end()] != ",":
            raise ValueError(f"must have a comma between two matchers, not {value[match.end() :]!r}")
        position = match.end() + 1
    return value


def _matched_value(operator: str, quoted: str) -> None:
    if wrong := re.search(r"\\[^\\\"]", quoted.replace("\\\\", "")):
        raise ValueError(f"has {wrong[0]!r}: double the backslash, as PromQL's quotes require")
    if "~" in operator:
        regex(quoted.replace('\\"', '"').replace("\\\\", "\\"))


def some_matchers(value: str) -> str:
    """Check PromQL matchers without braces; there is at least one."""
    if not value.strip():
        raise ValueError("must not be empty; 'namespace!=\"\"' matches every namespace")
    return matchers(value)


def quotable(value: str) -> str:
    """Check a text that PromQL's quotes can hold without escapes."""
    if not value or re.search(r'["\\\n]', value):
        raise ValueError("must not be empty, and must not contain quotes, backslashes or line breaks")
    return value


def regex(value: str) -> str:
    """Check a regular expression of RE2, which Prometheus uses: Python's without look-around and backreferences."""
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"must be a regular expression: {value!r}: {error}") from error
    if unknown := _NOT_RE2.search(_CHARACTER_CLASS.sub("x", value.replace("\\\\", ""))):
        raise ValueError(f"must be a regular expression of Prometheus (RE2), which does not support {unknown[0]!r}")
    return value


def quoted_regex(value: str) -> str:
    """Check a regular expression that PromQL's quotes can hold without escapes; it may be empty."""
    return value and regex(quotable(value))


def hub_of_namespaces(value: str) -> str:
    """Check a namespace; it may contain references to groups of a regular expression, ``$1`` or ``${1}``."""
    if not value or not re.fullmatch(r"(?:[a-z0-9-]|\$\{[1-9]\}|\$[1-9]-)*(?:\$[1-9])?", value):
        raise ValueError(
            "must be a namespace: lower-case letters, digits and hyphens, and $1 or ${1} for the first group of the "
            "expression"
        )
    return value


def references(hub: str, namespaces: str) -> str:
    """Check that an expression has the groups that its hub refers to: PromQL replaces others by nothing."""
    groups = re.compile(namespaces).groups
    if missing := [number for number in re.findall(r"\$\{?([1-9])", hub) if int(number) > groups]:
        raise ValueError(f"must refer to a group of the expression; {namespaces!r} has no group {missing[0]}")
    return hub


def gpu_name(value: str) -> str:
    """Check the expression of a resource, as kube-state-metrics spells it."""
    if "/" in value:
        raise ValueError("must be a name of kube-state-metrics, for example nvidia_com_gpu for nvidia.com/gpu")
    return quotable(value)


def fraction(value: str) -> str:
    """Check a whole number or a positive fraction of whole numbers, as text."""
    if not re.fullmatch(r"0|[1-9][0-9]*(/[1-9][0-9]*)?", value):
        raise ValueError('must be a whole number or a fraction in quotes, for example "1" or "2/7"')
    return value


def gpus(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Check a list of at least one resource."""
    if not values:
        raise ValueError("must not be empty; without GPUs the default does no harm")
    return values


def tags(values: tuple[str, ...]) -> tuple[str, ...]:
    """Check a list of at least one tag."""
    if not values or not all(values):
        raise ValueError("must have at least one tag and no empty tag, for example [hubmeter]")
    return values


def runbook_url(value: str) -> str:
    """Check the pattern of a URL."""
    if not re.fullmatch(r"https?://\S+", value) or "{alert}" not in value:
        raise ValueError("must be a URL with {alert}, which is replaced by the alert's name")
    return value


def ratio(value: str) -> str:
    """Check a number above 0 and up to 1, as text; it may be empty."""
    if value and not re.fullmatch(r"0\.[0-9]*[1-9][0-9]*|1(\.0+)?", value):
        raise ValueError('must be empty, or a fraction in quotes, for example "0.9"')
    return value


def budgets(values: Mapping[str, float]) -> Mapping[str, float]:
    """Check amounts in USD by group."""
    for name, amount in values.items():
        if not name or not name.isprintable():
            raise ValueError(f"has the invalid group {name!r}; a group's name is not empty and printable")
        if not 0.01 <= amount < 1e12 or abs(amount * 100 - round(amount * 100)) > 1e-6:
            raise ValueError(f"has {amount!r} for {name!r}; a budget is at least 0.01 USD, in whole cents")
    return values
