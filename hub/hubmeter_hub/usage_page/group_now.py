"""What the members of a group have now: running servers, limits of quotas, home directories."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from hubmeter_hub.quotas.policy import window_name
from hubmeter_hub.usage_page.near import Near, read_near
from hubmeter_promql import names
from hubmeter_promql.client import Prometheus
from hubmeter_promql.matchers import any_of, exactly

# A server is idle if its mean use of CPU in the last hour was less, in cores. A notebook without work uses about 0.01.
IDLE_CORES: Final = 0.05
# A server is oversized if its highest use of memory in 24 hours was a smaller part of the reserved memory.
SMALL_PART: Final = 0.5
MOST_LIMITS: Final = 500
# Users in a query: VictoriaMetrics allows 16 KiB.
_AT_ONCE: Final = 100


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
    query = f"max by (username) ({names.user(names.SERVERS)}{{{hub}}}) > 0 and on (username) {members}"
    running = sorted(row.labels.get("username", "") for row in prometheus.instant(query, at))
    rows: list[Server] = []
    for first in range(0, len(running), _AT_ONCE):
        rows += _servers_of(prometheus, f"{hub},{any_of('username', running[first : first + _AT_ONCE])}", at)
    return tuple(sorted(rows, key=lambda row: (-row.memory_reserved, row.username)))


def _servers_of(prometheus: Prometheus, users: str, at: float) -> Iterator[Server]:
    """Yield the servers of the users of these matchers. A range is read of them only, not of all users of the hub."""

    def of_users(query: str) -> dict[str, float]:
        return {row.labels["username"]: row.value for row in prometheus.instant(f"max by (username) ({query})", at)}

    reserved = {
        resource: of_users(f"{names.user(resource)}{{{users}}}")
        for resource in (names.SERVERS, names.MEMORY_REQUESTS, names.CPU_REQUESTS, names.GPU_REQUESTS)
    }
    highest = of_users(f"max_over_time({names.user(names.MEMORY_WORKING_SET)}{{{users}}}[1d])")
    used = of_users(f"avg_over_time({names.user(names.CPU_USAGE)}{{{users}}}[1h])")
    before = of_users(f"{names.user(names.SERVERS)}{{{users}}} offset 1h > 0")
    for username, servers in reserved[names.SERVERS].items():
        yield Server(
            username,
            round(servers),
            reserved[names.MEMORY_REQUESTS].get(username, 0.0),
            highest.get(username),
            reserved[names.CPU_REQUESTS].get(username, 0.0),
            used.get(username),
            reserved[names.GPU_REQUESTS].get(username, 0.0),
            username not in before,
        )


def _homes(prometheus: Prometheus, hub: str, members: str, at: float) -> tuple[Home, ...]:
    def of_members(resource: str) -> dict[str, float]:
        # They are recorded when they change, else once a day, and as 0 when they are gone.
        newest = f"last_over_time({names.user(resource)}{{{hub}}}[26h]) > 0"
        rows = prometheus.instant(f"max by (username) ({newest}) and on (username) {members}", at)
        return {row.labels.get("username", ""): row.value for row in rows}

    limits = of_members(names.HOME_LIMIT)
    rows = [Home(username, used, limits.get(username)) for username, used in of_members(names.HOME).items()]
    return tuple(sorted(rows, key=lambda row: (-row.used, row.username)))
