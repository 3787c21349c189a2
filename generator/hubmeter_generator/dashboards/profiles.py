"""Profiles: idle requests by size, and usage and cost by profile, size and image, by group."""

from collections.abc import Mapping

from hubmeter_generator.dashboards.shared import (
    CPU,
    GIB,
    GROUP,
    MEMORY,
    NO_USAGE,
    Efficiency,
    hub,
    usage_since,
)
from hubmeter_generator.grafana import board, variables
from hubmeter_generator.grafana.board import Row
from hubmeter_generator.grafana.links import HUB_CELL, Link, Missing, link
from hubmeter_generator.grafana.panels import AREAS, BY_HUB, DAILY_LINES, Panel, query, stat, timeseries
from hubmeter_generator.grafana.tables import Column, table
from hubmeter_generator.grafana.values import (
    BYTES,
    CORES,
    COUNT,
    GREEN,
    NUMBER,
    ORANGE,
    PERCENT,
    RATIO,
    USD,
    YELLOW,
    Json,
    Scale,
    thresholds,
)
from hubmeter_promql import names

SERVER_HOURS = names.BUCKETS[names.SERVERS]
GPU_HOURS = names.BUCKETS[names.GPU_REQUESTS]
COST = names.PROFILE_COST.removeprefix(names.profile(""))

# A size whose half would nearly always be enough is one size too large.
HALF_ENOUGH = PERCENT.colored(thresholds((None, GREEN), (0.5, YELLOW), (0.9, ORANGE)))
LABELLED = PERCENT.colored(thresholds((None, ORANGE), (0.5, YELLOW), (0.95, GREEN)))
NO_LABELS = Missing("kube-state-metrics exports no such label of a pod", "dashboards.md#labels-of-profiles")
ESTIMATE = "at the prices known at the time of use: an estimate, because bills arrive later"

# Parameters of a table's queries: the labels to sum by, and the label that pods must have.
_By = Mapping[str, str]
SIZES: _By = {"by": "profile, size", "required": "size"}
GROUPS: _By = {"by": "usergroup, profile, size", "required": "size"}


def build() -> Json:
    """Return the Profiles dashboard."""
    return board.dashboard(
        "profiles",
        "Profiles",
        "Idle requests by size, and usage and cost by profile, size and image, by group.",
        [variables.hub(), variables.group(), variables.profile(), variables.size(), variables.image()],
        [*_overview(), *_sizes(), *_over_time(), *_efficiency(), *_profiles_and_images(), *_groups()],
        period=("now-7d", "now"),
    )


def _filter_by(label: str) -> Link:
    """Return the link from a series to this dashboard with that size, profile or image only."""
    return link(f"Only this {label}", "profiles", hub="__field.labels.namespace", **{label: f"__field.labels.{label}"})


def _period_total(title: str, description: str, bucket: str, scale: Scale, empty: str = "0") -> Panel:
    return stat(title, description, query("profiles/period_total", bucket=bucket, unit="1"), scale=scale, empty=empty)


def _overview() -> list[Row]:
    return [
        Row(
            3,
            [
                stat(
                    "Servers",
                    "Running or starting servers of the chosen profiles, sizes, images and groups.",
                    query("profiles/total", resource=names.SERVERS),
                    scale=NUMBER.rounded(0),
                ),
                stat(
                    "Labelled",
                    "Part of the chosen groups' server-hours whose pods had a label of a profile, a size or an image. "
                    "At 0 %% kube-state-metrics does not expose pods' labels: start it with --metric-labels-allowlist="
                    "pods=[hubmeter/profile,hubmeter/size,hubmeter/image].",
                    query("profiles/labelled_ratio"),
                    scale=LABELLED,
                    empty="no server",
                ),
                MEMORY.stat(
                    "Byte-hours in use divided by byte-hours requested, over the whole time range. Low: servers are "
                    "larger than their work needs.",
                    query("profiles/period_ratio_total", **MEMORY.parameters),
                ),
                stat(
                    "Idle GiB-hours",
                    "Requested but unused memory in the time range, in GiB-hours: what smaller sizes could save.",
                    query("profiles/idle_total", unit=GIB, **MEMORY.parameters),
                    scale=COUNT.rounded(0),
                    empty=NO_USAGE,
                ),
            ],
        ),
        Row(
            3,
            [
                CPU.stat(
                    "Core-hours in use divided by core-hours requested, over the whole time range. Notebooks are idle "
                    "most of the time: 15 %% is good.",
                    query("profiles/period_ratio_total", **CPU.parameters),
                ),
                _period_total(
                    "Server-hours",
                    "Running servers times hours in the time range; a server of a user of several groups counts in "
                    "each by its share.",
                    SERVER_HOURS,
                    COUNT.rounded(0),
                ),
                _period_total(
                    "GPU-hours",
                    "GPUs held times hours in the time range, busy or idle.",
                    GPU_HOURS,
                    COUNT.rounded(0),
                ),
                _period_total(
                    "Cost",
                    f"Cost of memory and GPUs requested in the time range {ESTIMATE}. Home directories do not count. "
                    "Needs the cost exporter.",
                    COST,
                    USD,
                    empty="no price",
                ),
                usage_since(),
            ],
            widths=[5, 5, 5, 5, 4],
        ),
    ]


def _used(of: Efficiency, by: _By) -> Column:
    return of.column(query("profiles/period_ratio", part=of.used, whole=of.requested, **by), 90)


def _hours(name: str, bucket: str, by: _By) -> Column:
    return Column(name, query("profiles/period", bucket=bucket, unit="1", **by), COUNT.rounded(0), width=80)


def _cost(by: _By) -> Column:
    return Column("Cost", query("profiles/period", bucket=COST, unit="1", **by), USD, width=100)


def _idle(by: _By) -> Column:
    idle = query("profiles/idle", unit=GIB, **MEMORY.parameters, **by)
    return Column("Idle GiB-hours", idle, COUNT.rounded(0), gauge=True)


def _servers_now(by: _By, decimals: int) -> Column:
    return Column(
        "Servers now", query("profiles/now", resource=names.SERVERS, **by), NUMBER.rounded(decimals), width=80
    )


def _sizes() -> list[Row]:
    by = SIZES

    def per_server(of: Efficiency, scale: Scale) -> Column:
        requested = query("profiles/period_ratio", part=of.requested, whole=SERVER_HOURS, **by)
        return Column(f"{of.name} requested", requested, scale, width=95)

    def peak(of: Efficiency, measure: str, scale: Scale) -> Column:
        return Column(f"{of.name} peak", query("profiles/peak", measure=measure), scale, width=95)

    return [
        Row(
            12,
            [
                table(
                    "Waste by size",
                    "Each size in the time range, the most idle memory first. Requested: per server. Peak: 95 of 100 "
                    "servers of the size did not exceed it in 95 of 100 samples, one every 5 minutes; a smaller size "
                    "above the peak would be enough for nearly all users. Half enough: part of the time in which half "
                    "of the requested memory was enough. Peak and half are of all groups and images, of the server's "
                    "own container; the other columns follow the variables at the top.",
                    [
                        Column("Size", "size"),
                        Column("Profile", "profile"),
                        hub(link=HUB_CELL),
                        _servers_now(by, 0),
                        _hours("Server-hours", SERVER_HOURS, by),
                        per_server(MEMORY, BYTES),
                        peak(MEMORY, "server_memory_working_set_bytes", BYTES),
                        _used(MEMORY, by),
                        Column("Half enough", query("profiles/sufficient_ratio", le="0.5"), HALF_ENOUGH, width=80),
                        _idle(by),
                        per_server(CPU, CORES.rounded(1)),
                        peak(CPU, "server_cpu_usage_cores", CORES.rounded(1)),
                        _used(CPU, by),
                        _hours("GPU-hours", GPU_HOURS, by),
                        _cost(by),
                    ],
                    sort_by=["Idle GiB-hours"],
                    empty=NO_LABELS,
                )
            ],
            title="Sizes",
        )
    ]


def _chart(title: str, description: str, by: str, resource: str, scale: Scale) -> Panel:
    source = query("profiles/over_time", f"{{{{{by}}}}} · {BY_HUB}", by=by, resource=resource)
    return timeseries(title, description, source, scale=scale, style=AREAS, link=_filter_by(by))


def _over_time() -> list[Row]:
    return [
        Row(
            11,
            [
                _chart(
                    "Memory requested by size",
                    "Memory reserved on nodes, by the size of the server; (no size): pods without a size, such as the "
                    "hub's own. Sizes of the same name in several profiles add up.",
                    "size",
                    names.MEMORY_REQUESTS,
                    BYTES,
                ),
                _chart(
                    "Memory in use by size",
                    "Working set of the containers, by the size of the server. Far below the requests on the left: "
                    "the size is larger than needed.",
                    "size",
                    names.MEMORY_WORKING_SET,
                    BYTES,
                ),
            ],
        )
    ]


def _efficiency() -> list[Row]:
    def daily(of: Efficiency) -> Panel:
        return timeseries(
            f"{of.name} used / requested, by size and day",
            f"{of.name} in use divided by {of.name} requested, over the 24 hours before each point, one point per UTC "
            "day. The dashed lines are the thresholds of the table's colours. Pods without a size do not count.",
            query("profiles/daily_ratio", f"{{{{size}}}} · {BY_HUB}", by="size", **of.parameters),
            scale=RATIO.colored(of.steps),
            style=DAILY_LINES,
            link=_filter_by("size"),
            empty=NO_LABELS,
        )

    return [Row(9, [daily(MEMORY), daily(CPU)])]


def _by_label(label: str) -> Panel:
    """Return the table of all profiles, or of all images."""
    name = label.capitalize()
    by = {"by": label, "required": label}
    server_hours = query("profiles/period", bucket=SERVER_HOURS, unit="1", **by)
    return table(
        f"{name}s",
        f"Each {label} in the time range, the most server-hours first. Cost is of memory and GPUs requested, "
        f"{ESTIMATE}.",
        [
            Column(name, label, width=180),
            hub(100, HUB_CELL),
            Column("Server-hours", server_hours, COUNT.rounded(0), gauge=True),
            _used(MEMORY, by),
            _used(CPU, by),
            _hours("GPU-hours", GPU_HOURS, by),
            _cost(by),
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
                    "Running or starting servers by profile, recorded once a minute; (no profile): pods without a "
                    "profile.",
                    "profile",
                    names.SERVERS,
                    NUMBER,
                ),
                _chart(
                    "Running servers by image",
                    "Running or starting servers by image, recorded once a minute. An image without servers can be "
                    "removed.",
                    "image",
                    names.SERVERS,
                    NUMBER,
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
                    "Waste by group and size",
                    "Servers of each group and size in the time range, the most idle memory first; a server of a user "
                    "of several groups counts in each by its share. Last are users without a group, and the hub's own "
                    f"pods. "
                    f"Cost is of memory and GPUs requested, {ESTIMATE}. Click a group for its users.",
                    [
                        GROUP,
                        Column("Size", "size"),
                        Column("Profile", "profile"),
                        hub(link=HUB_CELL),
                        _servers_now(by, 1),
                        _hours("Server-hours", SERVER_HOURS, by),
                        _used(MEMORY, by),
                        _idle(by),
                        _used(CPU, by),
                        _hours("GPU-hours", GPU_HOURS, by),
                        _cost(by),
                    ],
                    rank_by="Idle GiB-hours",
                    empty=NO_LABELS,
                )
            ],
            title="Groups",
        )
    ]
