"""Profiles: which sizes are wasted, and what is used and spent by profile, size and image, by group."""

from collections.abc import Mapping

from hubmeter_generator.grafana import board
from hubmeter_generator.grafana.board import BY_HUB, GROUP_CELL, HUB_CELL, Row, link
from hubmeter_generator.grafana.panels import (
    CORES,
    COUNT,
    CPU_EFFICIENCY,
    GREEN,
    MEMORY_EFFICIENCY,
    ORANGE,
    PLAIN,
    YELLOW,
    Json,
    Link,
    Panel,
    query,
    stat,
    thresholds,
    timeseries,
)
from hubmeter_generator.grafana.tables import Column, table
from hubmeter_promql import names

MEMORY_USED = names.BUCKETS[names.MEMORY_WORKING_SET]
MEMORY_REQUESTED = names.BUCKETS[names.MEMORY_REQUESTS]
CPU_USED = names.BUCKETS[names.CPU_USAGE]
CPU_REQUESTED = names.BUCKETS[names.CPU_REQUESTS]
SERVER_HOURS = names.BUCKETS[names.SERVERS]
GPU_HOURS = names.BUCKETS[names.GPU_REQUESTS]
COST = names.PROFILE_COST.removeprefix(names.profile(""))
GIB = "2^30"

# A size whose half would nearly always do is one size too large.
HALF_ENOUGH = thresholds((None, GREEN), (0.5, YELLOW), (0.9, ORANGE))
SHOWN = thresholds((None, ORANGE), (0.5, YELLOW), (0.95, GREEN))
NO_LABELS = (
    "no pod shows it: start kube-state-metrics with "
    "--metric-labels-allowlist=pods=[hubmeter/profile,hubmeter/size,hubmeter/image]"
)
NO_PRICE = "no price"
ESTIMATE = "at the prices known when it was used: an estimate, for bills come later"

# The parameters of a table's queries: by which labels, of pods that show which one, and which one has a name if empty.
_By = Mapping[str, str]
SIZES: _By = {"by": "profile, size", "required": "size", "named": "size"}
GROUPS: _By = {"by": "usergroup, profile, size", "required": "size", "named": "usergroup"}


def build() -> Json:
    """Return the Profiles dashboard."""
    return board.dashboard(
        "profiles",
        "Profiles",
        "Which sizes are wasted, and what is used and spent by profile, size and image, by group.",
        [
            board.hub_variable(),
            board.group_variable(),
            board.profile_variable(),
            board.size_variable(),
            board.image_variable(),
        ],
        [*_overview(), *_sizes(), *_course(), *_efficiency(), *_profiles_and_images(), *_groups()],
        period=("now-7d", "now"),
    )


def _only(label: str) -> Link:
    """Return the link from a series to this dashboard, with only that size, profile or image."""
    return link(f"Only this {label}", "profiles", hub="__field.labels.namespace", **{label: f"__field.labels.{label}"})


def _overview() -> list[Row]:
    return [
        Row(
            4,
            [
                stat(
                    "Running servers",
                    "Servers of the chosen profiles, sizes, images and groups that run or start now.",
                    query("profiles/total", resource=names.SERVERS),
                    unit="short",
                    decimals=0,
                ),
                stat(
                    "Show a profile",
                    "The part of the chosen groups' server-hours whose pods showed a profile, a size or an image. "
                    "At 0 %% kube-state-metrics does not show pods' labels: start it with --metric-labels-allowlist="
                    "pods=[hubmeter/profile,hubmeter/size,hubmeter/image].",
                    query("profiles/labelled_ratio"),
                    unit="percentunit",
                    steps=SHOWN,
                    decimals=0,
                    empty="no server",
                ),
                stat(
                    "Memory used",
                    "Byte-hours in use divided by byte-hours requested, over the whole time range. Low: servers are "
                    "larger than the work on them.",
                    query("profiles/period_ratio_total", used=MEMORY_USED, requested=MEMORY_REQUESTED),
                    unit="percentunit",
                    steps=MEMORY_EFFICIENCY,
                    decimals=0,
                    empty="no use",
                ),
                stat(
                    "Idle GiB-hours",
                    "Memory requested and not used over the time range, in GiB-hours: what smaller sizes could save.",
                    query("profiles/idle_total", used=MEMORY_USED, requested=MEMORY_REQUESTED, unit=GIB),
                    unit=COUNT,
                    decimals=0,
                    empty="no use",
                ),
                stat(
                    "CPU used",
                    "Core-hours in use divided by core-hours requested, over the whole time range. Notebooks wait for "
                    "people most of the time: 15 %% is good.",
                    query("profiles/period_ratio_total", used=CPU_USED, requested=CPU_REQUESTED),
                    unit="percentunit",
                    steps=CPU_EFFICIENCY,
                    decimals=0,
                    empty="no use",
                ),
                stat(
                    "Server-hours",
                    "One server for one hour each, over the time range; a server of a user of several groups counts in "
                    "each by the share that group bears.",
                    query("profiles/period_total", bucket=SERVER_HOURS, unit="1"),
                    unit=COUNT,
                    decimals=0,
                ),
                stat(
                    "GPU-hours",
                    "GPUs held times hours, over the time range, whether they computed or not.",
                    query("profiles/period_total", bucket=GPU_HOURS, unit="1"),
                    unit=COUNT,
                    decimals=0,
                ),
                stat(
                    "Cost",
                    f"Memory and GPUs requested over the time range {ESTIMATE}. Home directories are not in it. Needs "
                    "the cost exporter.",
                    query("profiles/period_total", bucket=COST, unit="1"),
                    unit="currencyUSD",
                    empty=NO_PRICE,
                ),
            ],
        )
    ]


def _used(what: str, used: str, requested: str, by: _By) -> Column:
    return Column(
        f"{what} used",
        query("profiles/period_ratio", part=used, whole=requested, **by),
        "percentunit",
        steps=MEMORY_EFFICIENCY if what == "Memory" else CPU_EFFICIENCY,
        decimals=0,
        width=90,
    )


def _hours(name: str, bucket: str, by: _By, unit: str = COUNT, *, width: int = 80) -> Column:
    return Column(
        name,
        query("profiles/period", bucket=bucket, unit="1", **by),
        unit,
        decimals=2 if unit == "currencyUSD" else 0,
        width=width,
    )


def _idle(by: _By) -> Column:
    idle = query("profiles/idle", used=MEMORY_USED, requested=MEMORY_REQUESTED, unit=GIB, **by)
    return Column("Idle GiB-hours", idle, COUNT, gauge=True, steps=PLAIN, decimals=0)


def _sizes() -> list[Row]:
    by = SIZES

    def each(name: str, bucket: str, unit: str, decimals: int | None = None) -> Column:
        requested = query("profiles/period_ratio", part=bucket, whole=SERVER_HOURS, **by)
        return Column(name, requested, unit, decimals=decimals, width=95)

    def peak(name: str, measure: str, unit: str, decimals: int | None = None) -> Column:
        return Column(name, query("profiles/peak", measure=measure), unit, decimals=decimals, width=95)

    return [
        Row(
            12,
            [
                table(
                    "Which sizes are wasted?",
                    "Each size over the time range, the most idle memory first. Requested is for each server. Peak is "
                    "what 95 of 100 servers of the size did not exceed, in 95 of 100 looks, one every 5 minutes: a "
                    "smaller size that is larger than the peak would have served nearly everybody. Half enough: the "
                    "part of the time in which half of the requested memory would have been enough. Peak and half are "
                    "of all groups and images, of the server's own container; the other columns follow the variables "
                    "on top.",
                    [
                        Column("Size", "size"),
                        Column("Profile", "profile"),
                        Column("Hub", "namespace", link=HUB_CELL),
                        Column("Servers now", query("profiles/now", resource=names.SERVERS, **by),
                               decimals=0, width=80),
                        _hours("Server-hours", SERVER_HOURS, by),
                        each("Memory requested", MEMORY_REQUESTED, "bytes"),
                        peak("Memory peak", "server_memory_working_set_bytes", "bytes"),
                        _used("Memory", MEMORY_USED, MEMORY_REQUESTED, by),
                        Column("Half enough", query("profiles/sufficient_ratio", le="0.5"), "percentunit",
                               steps=HALF_ENOUGH, decimals=0, width=80),
                        _idle(by),
                        each("CPU requested", CPU_REQUESTED, CORES, 1),
                        peak("CPU peak", "server_cpu_usage_cores", CORES, 1),
                        _used("CPU", CPU_USED, CPU_REQUESTED, by),
                        _hours("GPU-hours", GPU_HOURS, by),
                        _hours("Cost", COST, by, "currencyUSD", width=100),
                    ],
                    sort_by=["Idle GiB-hours"],
                    empty=NO_LABELS,
                )
            ],
            title="Sizes",
        )
    ]  # fmt: skip


def _chart(title: str, description: str, by: str, resource: str, unit: str) -> Panel:
    shown = query("profiles/over_time", f"{{{{{by}}}}} · {BY_HUB}", by=by, resource=resource)
    return timeseries(title, description, shown, unit=unit, stacked=True, link=_only(by))


def _course() -> list[Row]:
    return [
        Row(
            11,
            [
                _chart(
                    "Memory requested by size",
                    "Memory reserved on nodes, by the size of the server; (no size) is pods that show none, the "
                    "hub's own among them. Sizes of one name in several profiles are added up.",
                    "size",
                    names.MEMORY_REQUESTS,
                    "bytes",
                ),
                _chart(
                    "Memory in use by size",
                    "Working set of the containers, by the size of the server. Far below the requests on the left: "
                    "the size is larger than needed.",
                    "size",
                    names.MEMORY_WORKING_SET,
                    "bytes",
                ),
            ],
        )
    ]


def _efficiency() -> list[Row]:
    def daily(what: str, used: str, requested: str, steps: Json) -> Panel:
        return timeseries(
            f"{what} used of what was requested, by size and day",
            f"{what} in use divided by {what} requested, over the 24 hours before each point, one point a UTC day. "
            "The dashed lines are where the colours of the table change. Pods without a size are left out.",
            query("profiles/daily_ratio", f"{{{{size}}}} · {BY_HUB}", used=used, requested=requested, by="size"),
            unit="percentunit",
            steps=steps,
            daily=True,
            link=_only("size"),
            empty=NO_LABELS,
        )

    return [
        Row(
            9,
            [
                daily("Memory", MEMORY_USED, MEMORY_REQUESTED, MEMORY_EFFICIENCY),
                daily("CPU", CPU_USED, CPU_REQUESTED, CPU_EFFICIENCY),
            ],
        )
    ]


def _by_label(label: str) -> Panel:
    """Return the table of all profiles, or of all images."""
    name = label.capitalize()
    by = {"by": label, "required": label, "named": label}
    return table(
        f"{name}s",
        f"Each {label} over the time range, the most server-hours first. Cost is of memory and GPUs requested, "
        f"{ESTIMATE}.",
        [
            Column(name, label, width=180),
            Column("Hub", "namespace", link=HUB_CELL, width=100),
            Column(
                "Server-hours",
                query("profiles/period", bucket=SERVER_HOURS, unit="1", **by),
                COUNT,
                gauge=True,
                steps=PLAIN,
                decimals=0,
            ),
            _used("Memory", MEMORY_USED, MEMORY_REQUESTED, by),
            _used("CPU", CPU_USED, CPU_REQUESTED, by),
            _hours("GPU-hours", GPU_HOURS, by),
            _hours("Cost", COST, by, "currencyUSD", width=100),
        ],
        sort_by=["Server-hours"],
        empty=NO_LABELS,
    )


def _profiles_and_images() -> list[Row]:
    return [
        Row(9, [_by_label("profile"), _by_label("image")], title="Profiles and images"),
        Row(
            10,
            [
                _chart(
                    "Running servers by profile",
                    "Servers that run or start, by profile, recorded once a minute; (no profile) is pods that show "
                    "none.",
                    "profile",
                    names.SERVERS,
                    "short",
                ),
                _chart(
                    "Running servers by image",
                    "Servers that run or start, by image, recorded once a minute: an image that nobody starts any "
                    "more can go.",
                    "image",
                    names.SERVERS,
                    "short",
                ),
            ],
        ),
    ]


def _groups() -> list[Row]:
    by = GROUPS
    return [
        Row(
            11,
            [
                table(
                    "Which group wastes which size?",
                    "Each group's servers of each size over the time range, the most idle memory first; a server of a "
                    "user of several groups counts in each by the share that group bears. (no group) is what no "
                    f"group claims. Cost is of memory and GPUs requested, {ESTIMATE}. Click a group for its users.",
                    [
                        Column("Group", "usergroup", link=GROUP_CELL),
                        Column("Size", "size"),
                        Column("Profile", "profile"),
                        Column("Hub", "namespace", link=HUB_CELL),
                        Column("Servers now", query("profiles/now", resource=names.SERVERS, **by),
                               decimals=1, width=80),
                        _hours("Server-hours", SERVER_HOURS, by),
                        _used("Memory", MEMORY_USED, MEMORY_REQUESTED, by),
                        _idle(by),
                        _used("CPU", CPU_USED, CPU_REQUESTED, by),
                        _hours("GPU-hours", GPU_HOURS, by),
                        _hours("Cost", COST, by, "currencyUSD", width=100),
                    ],
                    sort_by=["Idle GiB-hours"],
                    empty=NO_LABELS,
                )
            ],
            title="Groups",
        )
    ]  # fmt: skip
