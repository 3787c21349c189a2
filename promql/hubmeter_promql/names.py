"""The name of every metric that Hubmeter exports and of every series that it records.

Recorded names follow Prometheus' convention ``level:metric:operation``. The level is the labels of the series, without
the cluster label. Exported names follow the metrics prefix (``jupyterhub`` by default) and an underscore.
"""

from dataclasses import dataclass
from typing import Final

# The label usergroup of users without a group.
NO_GROUP: Final = "none"

# Exported by the groups exporter.
USER_GROUP_INFO: Final = "user_group_info"
USER_GROUP_SHARE: Final = "user_group_share"
EXPORTER: Final = "groups_exporter"  # prefix of the exporter's metrics about itself
LAST_REFRESH: Final = "groups_exporter_last_refresh_timestamp_seconds"
LAST_REFRESH_DURATION: Final = "groups_exporter_last_refresh_duration_seconds"
LAST_ERROR: Final = "groups_exporter_last_error_timestamp_seconds"
REFRESH_ERRORS: Final = "groups_exporter_refresh_errors_total"
REFRESH_INTERVAL: Final = "groups_exporter_refresh_interval_seconds"
EXPORTER_START: Final = "groups_exporter_start_timestamp_seconds"
EXPORTER_USERS: Final = "groups_exporter_users"
EXPORTER_GROUPS: Final = "groups_exporter_groups"
EXPORTER_UNLISTED: Final = "groups_exporter_unlisted_memberships"
EXPORTER_BUILD_INFO: Final = "groups_exporter_build_info"

# Exported by the hub for quotas.
QUOTA_POLICY_LIMIT: Final = "quota_policy_limit"
QUOTA_GRANT: Final = "quota_grant"
QUOTA_ACTIVE_GRANTS: Final = "quota_active_grants"
QUOTA_GRANTS_ERRORS: Final = "quota_grants_file_errors"
QUOTA_INTERSECTION: Final = "quota_intersection_info"
QUOTA_DECISIONS: Final = "quota_decisions_total"
QUOTA_DECISION_DURATION: Final = "quota_decision_duration_seconds"
QUOTA_FAILURES: Final = "quota_failures_total"

# Exported by the quota guard.
QUOTA_GUARD_ROUNDS: Final = "quota_guard_rounds_total"
QUOTA_GUARD_FAILURES: Final = "quota_guard_failures_total"
QUOTA_GUARD_STOPS: Final = "quota_guard_stops_total"
QUOTA_GUARD_USERS: Final = "quota_guard_users"
QUOTA_GUARD_HELD: Final = "quota_guard_held_servers"
QUOTA_GUARD_LAST_ROUND: Final = "quota_guard_last_round_timestamp_seconds"

# Exported by the hub for profiles.
PROFILE_FAILURES: Final = "profile_failures_total"

# Exported by the cost exporter.
CLOUD_COST: Final = "cloud_cost_usd"
UNIT_PRICE: Final = "unit_price_usd"
CLOUD_UNALLOCATED: Final = "cloud_unallocated_usd"
COSTS_LAST_REFRESH: Final = "costs_last_refresh_timestamp_seconds"
COSTS_LAST_REFRESH_DURATION: Final = "costs_last_refresh_duration_seconds"
COSTS_LAST_ERROR: Final = "costs_last_error_timestamp_seconds"
COSTS_REFRESH_INTERVAL: Final = "costs_refresh_interval_seconds"
COSTS_START: Final = "costs_start_timestamp_seconds"
COSTS_REFRESH_ERRORS: Final = "costs_refresh_errors_total"
COSTS_CLOUD_REQUESTS: Final = "costs_cloud_requests_total"
COSTS_CLOUD_REQUESTS_USD: Final = "costs_cloud_requests_usd_total"
COSTS_REJECTED_ROWS: Final = "costs_rejected_rows"
COSTS_UNREADABLE_ROWS: Final = "costs_unreadable_rows"
COSTS_EXCLUDED_ROWS: Final = "costs_excluded_rows"
COSTS_EXCLUDED_USD: Final = "costs_excluded_usd"
COSTS_INPUT: Final = "costs_input_usd"
COSTS_INPUT_PART: Final = "costs_input_part_usd"
COSTS_INPUT_DIFFERENCE: Final = "costs_input_difference_usd"
COSTS_SKIPPED_FILES: Final = "costs_skipped_files"
COSTS_NEWEST_DAY: Final = "costs_newest_billed_day_timestamp_seconds"
COSTS_MISSING_DAYS: Final = "costs_missing_days"
COSTS_EMPTIED_DAYS: Final = "costs_emptied_days"
COSTS_UNKNOWN_CAPACITY: Final = "costs_unknown_capacity"
COSTS_BUILD_INFO: Final = "costs_build_info"

# Membership, hubs and pods.
HUB_REPORTED: Final = "namespace:usergroup_share:timestamp"
SHARE_BY_HUB: Final = "namespace_hub_url_usergroup_username:usergroup_share:last"
SHARE: Final = "namespace_usergroup_username:usergroup_share:last"
ACTIVE_SHARE: Final = "namespace_usergroup_username:usergroup_share:active"
HUBS: Final = "namespace:hubs:group"
RULES_VERSION: Final = "namespace_version:hubmeter_rules:info"
USAGE_SEEN: Final = "namespace:usage_seen:group"
USAGE_RECORDED: Final = "namespace:usage_recorded:count5m"
USAGE_RECORDED_DAY: Final = "namespace:usage_recorded:count1d"
USAGE_KEPT: Final = "namespace_age:usage_kept:ratio"
UNMEASURED_PODS: Final = "namespace:unmeasured_pods:count"
SCHEDULED_PODS: Final = "namespace_pod_uid:scheduled_pods:group"
PODS: Final = "namespace_pod_uid_username:pods:group"
NAMED_PODS: Final = "namespace_pod_uid:named_pods:group"
HOMES_MEASURED: Final = "namespace:homes_measured:timestamp"
HOMES_MEASURED_TWICE: Final = "namespace:homes_measured_twice:timestamp"
HOMES_REMEASURED: Final = "namespace_job_instance:homes_remeasured:timestamp"
DELETED_HOMES: Final = "namespace_directory:deleted_homes:group"

# Resources. Each is recorded at three levels: user, group and hub.
MEMORY_WORKING_SET: Final = "memory_working_set_bytes:sum"
MEMORY_REQUESTS: Final = "memory_requests_bytes:sum"
MEMORY_LIMITS: Final = "memory_limits_bytes:sum"
CPU_USAGE: Final = "cpu_usage_cores:sum"
CPU_REQUESTS: Final = "cpu_requests_cores:sum"
CPU_LIMITS: Final = "cpu_limits_cores:sum"
GPU_REQUESTS: Final = "gpu_requests:sum"
SERVERS: Final = "servers:count"
HOME: Final = "home_bytes:sum"
HOME_LIMIT: Final = "home_limit_bytes:sum"

RESOURCES: Final = (
    MEMORY_WORKING_SET, MEMORY_REQUESTS, MEMORY_LIMITS, CPU_USAGE, CPU_REQUESTS, CPU_LIMITS, GPU_REQUESTS, SERVERS,
    HOME, HOME_LIMIT,
)  # fmt: skip

# Buckets: the integral of a resource over 5 minutes, in its unit times hours.
BUCKETS: Final = {
    MEMORY_WORKING_SET: "memory_working_set_byte_hours:sum5m",
    MEMORY_REQUESTS: "memory_requests_byte_hours:sum5m",
    CPU_USAGE: "cpu_usage_core_hours:sum5m",
    CPU_REQUESTS: "cpu_requests_core_hours:sum5m",
    GPU_REQUESTS: "gpu_requests_hours:sum5m",
    SERVERS: "server_hours:sum5m",
    HOME: "home_byte_hours:sum5m",
}

# Recorded for alerts and for single dashboards.
WHOLE_MEMORY_WORKING_SET: Final = "namespace:memory_working_set_bytes:whole"
WHOLE_MEMORY_REQUESTS: Final = "namespace:memory_requests_bytes:whole"
CARRIED_HOME: Final = "namespace_directory:home_bytes:carried"
ORPHANED_HOME: Final = "namespace_directory:orphaned_home_bytes:max"
HISTORY_START: Final = "namespace_window:history_start:timestamp"
ACTIVE_USERS: Final = "namespace_usergroup_window:active_users:count"
HUB_ACTIVE_USERS: Final = "namespace_window:active_users:count"

# Drivers, which bills are divided by (the label ``driver``): byte-hours of requested memory, byte-hours of home
# directories, requested GPU-hours.
COST_DRIVERS: Final = ("compute", "home", "gpu")

# Usage of users that bills are divided by, at the four levels and with the label ``driver``: in 5 minutes, and in the
# whole UTC day before (one sample, on the day after).
COST_USAGE: Final = "cost_usage:sum5m"
COST_USAGE_DAY: Final = "cost_usage:sum1d"

# Capacity of the nodes of users in 5 minutes, in the unit of the usage, at the level of hubs and with the label
# ``driver``; without namespace: of nodes that hubs share.
COST_CAPACITY: Final = "namespace_driver:cost_capacity:sum5m"

# Cost of 5 minutes at the price known then, of users (without home directories), groups and hubs.
COST: Final = "cost_usd:sum5m"

# Estimated cost of a whole UTC day, at the four levels; and of home directories of users, whose cost is not recorded by
# 5 minutes.
COST_DAY: Final = "cost_usd:sum1d"
HOME_COST_DAY: Final = "home_cost_usd:sum1d"

# Unit price by OpenCost (setting cost_source).
COST_PRICE_OPENCOST: Final = "driver:unit_price_usd:opencost"

# Costs by month (the label ``month``), and budgets.
COST_MONTH: Final = "namespace_usergroup_month:cost_usd:sum"
COST_FORECAST: Final = "namespace_usergroup:cost_usd:forecast"
BILL_MONTH: Final = "kind_month:cloud_cost_usd:sum"
COST_DIFFERENCE: Final = "component:cost_difference_usd:max"
BUDGET: Final = "usergroup:cost_budget_usd:month"
BUDGET_USED: Final = "usergroup:cost_budget_used:ratio"
BUDGET_FORECAST: Final = "usergroup:cost_budget_forecast:ratio"

# Quotas: the users of each policy, and the limit and usage of each user in rolling windows.
QUOTA_MEMBERSHIP: Final = "namespace_usergroup_username:quota_membership:group"
QUOTA_SCOPE: Final = "namespace_scope_usergroup_username:quota_scope:group"
QUOTA_LIMIT_BY_POLICY: Final = "namespace_scope_usergroup_username_resource_window:quota_limit:each"
QUOTA_LIMIT: Final = "namespace_username_resource_window:quota_limit:merged"
QUOTA_USED: Final = "namespace_username_resource_window:quota_used:sum"
QUOTA_RATIO: Final = "namespace_username_resource_window:quota_used:ratio"
QUOTA_NEAREST: Final = "namespace_username:quota_used_ratio:max"
QUOTA_USERS: Final = "namespace_threshold:quota_users:count"
QUOTA_GROUP_USERS: Final = "namespace_usergroup_threshold:quota_users:count"
QUOTA_WINDOW_USERS: Final = "namespace_resource_window_threshold:quota_users:count"

# Resources of quotas, by their name in policies.
QUOTA_RESOURCES: Final = {
    "memory": BUCKETS[MEMORY_REQUESTS],
    "cpu": BUCKETS[CPU_REQUESTS],
    "gpu": BUCKETS[GPU_REQUESTS],
    "cost": COST,
}

# Profiles: the profile, size and image of pods by their labels, and the usage of groups by these.
PROFILE_PODS: Final = "namespace_pod_uid_username_profile_size_image:pods:group"
PROFILE_COMBINATIONS: Final = "namespace_username_profile_size_image:combinations:created"
PROFILE_SHARE: Final = "namespace_usergroup_username_profile_size_image:usergroup_share:last"
PROFILE_RESOURCES: Final = (SERVERS, MEMORY_REQUESTS, MEMORY_WORKING_SET, CPU_REQUESTS, CPU_USAGE, GPU_REQUESTS)
PROFILE_COST: Final = "namespace_usergroup_profile_size_image:cost_usd:sum5m"
PROFILE_MEMORY_P95: Final = "namespace_profile_size:server_memory_working_set_bytes:p95"
PROFILE_CPU_P95: Final = "namespace_profile_size:server_cpu_usage_cores:p95"
PROFILE_MEMORY_USED: Final = "namespace_profile_size_le:server_memory_used_ratio:count"


# Trouble: the time of each server's start, servers that wait, and events of pods (failed_start, oom_kill, restart,
# eviction).
SERVER_START: Final = "namespace_uid_username_profile_size_image:server_start_seconds:first"
WAITING_SERVERS: Final = "namespace_username_profile_size_image_reason:waiting_servers:count"
SERVER_EVENTS: Final = "namespace_username_profile_size_image_event_reason:server_events:sum5m"


# The cluster: resources of nodes and pools of nodes (memory, cpu, gpu, pods; nodes: their number), and what a server of
# each profile and size requests.
NODE_FREE: Final = "node_pool_resource:node_free:sum"
POOL_ALLOCATABLE: Final = "pool_resource:node_allocatable:sum"
POOL_REQUESTED: Final = "pool_resource:node_requested:sum"
POOL_WITHOUT_USERS: Final = "pool_resource:node_without_users:sum"
POOL_MEMORY_USED: Final = "pool:memory_working_set_bytes:sum"
SERVER_REQUESTS: Final = "namespace_server_resource:server_requests:max"


@dataclass(frozen=True)
class Level:
    """The labels of recorded series, without the cluster label; calling a level returns the name of a series."""

    labels: tuple[str, ...]

    def __call__(self, measured: str) -> str:
        """Return the name of the series that records a resource, a bucket or a cost at this level."""
        return f"{self.name}:{measured}"

    @property
    def name(self) -> str:
        """The first part of the series' names, for example ``namespace_username``."""
        return "_".join(self.labels)

    @property
    def by(self) -> str:
        """The labels for a grouping, for example ``namespace, username``."""
        return ", ".join(self.labels)


# A user; the row without ``username`` is unattributed.
user: Final = Level(("namespace", "username"))
# A user in a group: the user's value times the share that is charged to the group.
pair: Final = Level(("namespace", "usergroup", "username"))
# A group; the row without ``usergroup`` is unattributed.
group: Final = Level(("namespace", "usergroup"))
# A hub: all its users and unattributed usage.
hub: Final = Level(("namespace",))
# A group's usage by profile, size and image; pods without these labels have rows without them.
profile: Final = Level(("namespace", "usergroup", "profile", "size", "image"))

# All four levels of resources and costs.
LEVELS: Final = (user, pair, group, hub)


def window(bucket: str) -> str:
    """Return the series of a bucket's sums over rolling windows, of users with a limit; it has the label ``window``."""
    level, metric, _ = bucket.split(":")
    return f"{level}_window:{metric}:sum"


def hourly(series: str) -> str:
    """Return the series of a long rolling window as it is computed once an hour."""
    level, metric, _ = series.split(":")
    return f"{level}:{metric}:hourly"


def day(bucket: str) -> str:
    """Return the sums of a bucket's series over whole UTC days: one sample a day, recorded on the next day."""
    return f"{bucket.removesuffix('5m')}1d"


def by_driver(series: str) -> str:
    """Return the series with the label ``driver`` added to its level: ``by_driver(user(COST_USAGE))``."""
    level, rest = series.split(":", 1)
    return f"{level}_driver:{rest}"
