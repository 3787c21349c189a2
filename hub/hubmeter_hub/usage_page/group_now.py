"""What the members of a group have now: running servers, limits of quotas, home directories."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from hubmeter_hub.quotas.policy import window_name
from hubmeter_hub.usage_page.near import Near, read_near
from hubmeter_promql import names
from hubmeter_promql.client import Prometheus
from hubmeter_promql.matchers import exactly

# A server is idle if its mean use of CPU in the last hour was less, in cores. A notebook without work uses about 0.01.
IDLE_CORES: Final = 0.05
# A server is oversized if its highest use of memory in 24 hours was a smaller part of the reserved memory.
SMALL_PART: Final = 0.5
MOST_LIMITS: Final = 500


@dataclass(frozen=True)
class Server:
    """The running servers of a member together.

    Attributes:
        username: The member's name in series.
        servers: Number of servers.
        memory_reserved: Bytes.
        memory_highest: The highest use in the last 24 hours, in bytes; None if it is not measured.
        cpu_reserved: Cores.
        cpu_used: Mean of the last hour in cores; None if it is not measured.
        gpus: Number of GPUs.
        is_new: Whether there was no server an hour ago.
    """

    username: str
    servers: int
    memory_reserved: float
    memory_highest: float | None
    cpu_reserved: float
    cpu_used: float | None
    gpus: float
    is_new: bool

    @property
    def is_idle(self) -> bool:
        """Whether nothing was computed in the last hour."""
        return not self.is_new and self.cpu_used is not None and self.cpu_used < IDLE_CORES

    @property
    def is_oversized(self) -> bool:
        """Whether half of the memory would do."""
        highest = self.memory_highest
        return not self.is_new and highest is not None and highest < SMALL_PART * self.memory_reserved


@dataclass(frozen=True)
class Home:
    """The home directory of a member: bytes used, and the limit, None without one."""

    username: str
    used: float
    limit: float | None

    @property
    def ratio(self) -> float:
        """The part of the limit that is used; 0 without one."""
        return self.used / self.limit if self.limit else 0.0


@dataclass(frozen=True)
class Present:
    """What the members have now.

    Attributes:
        servers: The most reserved memory first.
        limits: The fullest first, at most `MOST_LIMITS`.
        homes: The largest first.
    """

    servers: tuple[Server, ...]
    limits: tuple[Near, ...]
    homes: tuple[Home, ...]

    def document(self) -> dict[str, Any]:
        """Return the values for JSON."""
        return {
            "servers": [asdict(row) | {"idle": row.is_idle, "oversized": row.is_oversized} for row in self.servers],
            "limits": [
                {
                    "username": row.username,
                    "resource": row.limit.resource,
                    "window": window_name(row.limit.window_hours),
                    "limit": row.limit.value,
                    "used": row.used,
                }
                for row in self.limits
            ],
            "homes": [asdict(row) for row in self.homes],
        }


def read_present(prometheus: Prometheus, hub: Mapping[str, str], group: str, at: float) -> Present:
    """Return what the present members of a group have.

    Args:
        prometheus: Stores the recorded series.
        hub: The labels of the hub's series.
        group: Its name.
        at: Unix time in seconds.

    Raises:
        PrometheusError: if there is no answer.
    """
    of_group = exactly({**hub, "usergroup": group})
    members = f"group by (username) ({names.SHARE}{{{of_group}}} > 0)"
    return Present(
        _servers(prometheus, exactly(hub), members, at),
        tuple(read_near(prometheus, hub, _quota_members(of_group), 0.0, MOST_LIMITS)),
        _homes(prometheus, exactly(hub), members, at),
    )


def _quota_members(of_group: str) -> str:
    return f"last_over_time({names.QUOTA_MEMBERSHIP}{{{of_group}}}[599999ms])"


def _servers(prometheus: Prometheus, hub: str, members: str, at: float) -> tuple[Server, ...]:
    def series(resource: str) -> str:
        return f"{names.user(resource)}{{{hub}}}"

    running = f"(max by (username) ({series(names.SERVERS)}) > 0 and on (username) {members})"
    parts = {
        "servers": series(names.SERVERS),
        "memory_reserved": series(names.MEMORY_REQUESTS),
        "memory_highest": f"max_over_time({series(names.MEMORY_WORKING_SET)}[1d])",
        "cpu_reserved": series(names.CPU_REQUESTS),
        "cpu_used": f"avg_over_time({series(names.CPU_USAGE)}[1h])",
        "gpus": series(names.GPU_REQUESTS),
        "before": f"{series(names.SERVERS)} offset 1h > 0",
    }
    found = _by_user(prometheus, parts, running, at)
    rows = [
        Server(
            username,
            round(values["servers"]),
            values.get("memory_reserved", 0.0),
            values.get("memory_highest"),
            values.get("cpu_reserved", 0.0),
            values.get("cpu_used"),
            values.get("gpus", 0.0),
            "before" not in values,
        )
        for username, values in found.items()
        if values.get("servers")
    ]
    return tuple(sorted(rows, key=lambda row: (-row.memory_reserved, row.username)))


def _homes(prometheus: Prometheus, hub: str, members: str, at: float) -> tuple[Home, ...]:
    # They are recorded when they change, else once a day, and as 0 when they are gone.
    parts = {
        name: f"last_over_time({names.user(series)}{{{hub}}}[26h]) > 0"
        for name, series in (("used", names.HOME), ("limit", names.HOME_LIMIT))
    }
    found = _by_user(prometheus, parts, f"({members})", at)
    rows = [
        Home(username, values["used"], values.get("limit")) for username, values in found.items() if "used" in values
    ]
    return tuple(sorted(rows, key=lambda row: (-row.used, row.username)))


def _by_user(prometheus: Prometheus, parts: Mapping[str, str], users: str, at: float) -> dict[str, dict[str, float]]:
    """Return the values of several queries by user and name of the query, of the users that a query returns."""
    query = "\nor\n".join(
        f'label_replace(max by (username) ({part}) and on (username) {users}, "of", "{name}", "", "")'
        for name, part in parts.items()
    )
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for row in prometheus.instant(query, at):
        if username := row.labels.get("username"):
            found[username][row.labels["of"]] = row.value
    return found
