"""Trouble: the time that servers take to start, failed starts, servers that wait, OOM kills, evictions and restarts."""

from dataclasses import replace

from hubmeter_generator.dashboards.shared import GROUP, NO_USERS, USER, hub, usage_since
from hubmeter_generator.grafana import board, variables
from hubmeter_generator.grafana.board import Row
from hubmeter_generator.grafana.links import Missing
from hubmeter_generator.grafana.panels import AREAS, BARS, LINES, Panel, Query, fixed_color, query, stat, timeseries
from hubmeter_generator.grafana.tables import Column, table
from hubmeter_generator.grafana.values import (
    BLUE,
    COUNT,
    GREEN,
    ORANGE,
    RED,
    SECONDS,
    YELLOW,
    Json,
    Scale,
    names_of_values,
    thresholds,
)
from hubmeter_promql import names, render

BY_REASON = "%(cluster_legend)s{{reason}}"
EVENTS = {"failed_start": "failed start", "oom_kill": "OOM kill", "eviction": "eviction", "restart": "restart"}
START_TIME = SECONDS.rounded(0).colored(thresholds((None, GREEN), (60, YELLOW), (300, RED)))
SOME = COUNT.rounded(0).colored(thresholds((None, GREEN), (1, ORANGE)))
NUMBER = COUNT.rounded(0)
NO_STARTS = Missing("no start in this time range", "dashboards.md#trouble")

PROFILE = Column("Profile", "profile", mappings=names_of_values("(no profile)"))
SIZE = Column("Size", "size", mappings=names_of_values("(no size)"))
IMAGE = Column("Image", "image", mappings=names_of_values("(no image)"))
REASON = Column("Reason", "reason", width=140, mappings=names_of_values("unknown"))


def _chosen(series: str, over: str, time: str, of: str = "") -> str:
    """Return the query for a series of the chosen servers, ``over`` a range of time or at a moment."""
    return render.part("parts/trouble/chosen.promql", {"series": series, "over": over, "range": time, "of": of})


def _events(event: str, time: str = "[$__range]") -> str:
    of = f', event="{event}"' if event else ""
    return _chosen(names.SERVER_EVENTS, "sum_over_time", time, of)


STARTS = _chosen(names.SERVER_START, "max_over_time", "[$__range]")
WAITING_NOW = _chosen(names.WAITING_SERVERS, "", " @ $now")
WAITING = _chosen(names.WAITING_SERVERS, "", "")


def build() -> Json:
    """Return the Trouble dashboard."""
    return board.dashboard(
        "trouble",
        "Trouble",
        "Start times, failed starts, servers that wait, OOM kills, evictions and restarts, by image, user and group.",
        [variables.hub(), variables.group(), variables.user(), variables.profile(), variables.image()],
        [*_overview(), *_starts(), *_waiting(), *_events_of_servers()],
    )


def _overview() -> list[Row]:
    def total(title: str, description: str, event: str) -> Panel:
        return stat(title, description, query("trouble/total", chosen=_events(event)), scale=SOME)

    def start_time(title: str, description: str, quantile: str) -> Panel:
        source = query("trouble/quantile", chosen=STARTS, quantile=quantile)
        return stat(title, description, source, scale=START_TIME, empty="no start")

    return [
        Row(
            3,
            [
                stat(
                    "Starts",
                    "Servers whose container started in the time range, named servers included.",
                    query("trouble/count", chosen=STARTS),
                    scale=NUMBER,
                ),
                start_time(
                    "Median start",
                    "Median time from the creation of a server's pod to the start of its container: half of the "
                    "starts were faster. The hub adds the time until the server answers.",
                    "0.5",
                ),
                start_time("95 %% start", "95 %% of the starts were at least as fast.", "0.95"),
                total(
                    "Failed starts",
                    "Servers whose pod ended before its container ran, or while it crashed again and again. Starts "
                    "that the user cancelled are among them.",
                    "failed_start",
                ),
            ],
        ),
        Row(
            3,
            [
                total(
                    "OOM kills",
                    "Containers that were killed because they reached their memory limit, and started again. A kernel "
                    "that dies alone is among them only if Kubernetes ends the whole container.",
                    "oom_kill",
                ),
                total("Evictions", "Pods that their node stopped: evicted, shut down or rejected.", "eviction"),
                total("Restarts", "Containers that ended for another reason and started again.", "restart"),
                stat(
                    "Waiting now",
                    "Servers whose container does not run at the end of the time range.",
                    query("trouble/total", chosen=WAITING_NOW),
                    scale=SOME,
                ),
                usage_since(),
            ],
            widths=[5, 5, 5, 5, 4],
        ),
    ]


def _starts() -> list[Row]:
    def quantile(name: str, value: str) -> Column:
        source = query("trouble/quantile_by_image", chosen=STARTS, quantile=value)
        return Column(name, source, START_TIME, width=75)

    def over_time(legend: str, value: str) -> Query:
        chosen = _chosen(names.SERVER_START, "max_over_time", "[1h]")
        return query("trouble/quantile_over_time", legend, chosen=chosen, quantile=value)

    return [
        Row(
            9,
            [
                table(
                    "Starts by image and profile",
                    "Starts in the time range, the time from the creation of the pod to the start of the container, "
                    "and failed starts. A slow image is large, or nodes pull it anew.",
                    [
                        IMAGE,
                        PROFILE,
                        hub(80),
                        Column("Starts", query("trouble/count_by_image", chosen=STARTS), NUMBER, width=70),
                        quantile("Median", "0.5"),
                        quantile("95 %%", "0.95"),
                        quantile("Slowest", "1"),
                        Column(
                            "Failed", query("trouble/total_by_image", chosen=_events("failed_start")), SOME, width=80
                        ),
                    ],
                    sort_by=["Failed", "95 %%"],
                    empty=NO_STARTS,
                ),
                timeseries(
                    "Start time",
                    "Median and 95th percentile of the starts in the hour before each point.",
                    over_time("median", "0.5"),
                    over_time("95 %%", "0.95"),
                    scale=SECONDS,
                    style=LINES.with_legend("max"),
                    overrides=[fixed_color("median", BLUE), fixed_color("95 %%", ORANGE)],
                    empty=NO_STARTS,
                ),
                timeseries(
                    "Failed starts by reason",
                    "Failed starts in each step of the chart, by the last reason why the container waited. "
                    "ImagePullBackOff and ErrImagePull: the image does not exist or needs credentials. Unschedulable: "
                    "no node had room. ContainerCreating: an image or a volume took longer than the hub's "
                    "start_timeout.",
                    query("trouble/by_reason", BY_REASON, chosen=_events("failed_start", "[$__interval]")),
                    scale=NUMBER,
                    style=BARS,
                    empty="none",
                ),
            ],
            widths=[14, 5, 5],
            title="Starts",
        )
    ]


def _waiting() -> list[Row]:
    return [
        Row(
            9,
            [
                timeseries(
                    "Servers that wait, by reason",
                    "Servers whose container does not run. ContainerCreating: volumes are mounted and images pulled. "
                    "Unschedulable: no node has room.",
                    query("trouble/by_reason", BY_REASON, chosen=WAITING),
                    scale=NUMBER,
                    style=AREAS,
                    empty="none",
                ),
                table(
                    "Servers that wait now",
                    "Servers whose container does not run at the end of the time range, and the reason.",
                    [
                        USER,
                        hub(80),
                        PROFILE,
                        SIZE,
                        IMAGE,
                        REASON,
                        Column(
                            "Servers", query("trouble/by_server", chosen=WAITING_NOW, by="reason"), NUMBER, width=80
                        ),
                    ],
                    sort_by=["Reason"],
                    descending=False,
                ),
            ],
            title="Waiting",
        )
    ]


def _events_of_servers() -> list[Row]:
    def of_group(event: str, name: str) -> Column:
        return Column(
            f"{name[0].upper()}{name[1:]}s",
            query("trouble/by_group", chosen=_events(event)),
            Scale("short", 1),
            width=75,
        )

    return [
        Row(
            11,
            [
                table(
                    "Events by user",
                    "Failed starts, OOM kills, evictions and restarts in the time range: the 100 users and reasons "
                    "with the most. Many OOM kills of one user: the server is too small for the work. OOM kills of one "
                    "image: look at its start.",
                    [
                        USER,
                        hub(80),
                        PROFILE,
                        SIZE,
                        IMAGE,
                        Column("Event", "event", width=110, mappings=names_of_values("", **EVENTS)),
                        replace(REASON, width=180),
                        Column(
                            "Events",
                            query("trouble/by_server", chosen=_events(""), by="event, reason"),
                            NUMBER,
                            width=90,
                        ),
                    ],
                    sort_by=["Events"],
                ),
            ],
            title="Users and groups",
        ),
        Row(
            9,
            [
                table(
                    "Events by group",
                    "The same by the groups that the users are in at the end of the time range. A user of several "
                    "groups counts in each by its share.",
                    [
                        replace(GROUP, width=None),
                        hub(200),
                        *(of_group(event, name) for event, name in EVENTS.items()),
                    ],
                    sort_by=["Failed starts"],
                    empty=NO_USERS,
                ),
            ],
        ),
    ]
