"""Whole dashboards: variables, the links between dashboards, rows of panels, and the model around them."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from grafanalib import _gen as grafanalib_json
from grafanalib import core

from hubmeter_generator.grafana.panels import DATASOURCE, Json, Link, Panel
from hubmeter_promql import names

SCHEMA_VERSION = 39
WIDTH = 24

# How series are named in legends: what differs most comes first, so that it survives where a legend is cut.
BY_HUB = "%(cluster_legend)s{{namespace}}"
BY_GROUP = "{{usergroup}} · %(cluster_legend)s{{namespace}}"
BY_USER = "{{username}} · %(cluster_legend)s{{namespace}}"

_MATCH_CLUSTER = "%(cluster_matcher)s"
_MATCH_HUB = '%(cluster_matcher)snamespace=~"$hub"'
_MATCH_PROFILE = f'{_MATCH_HUB}, profile=~"$profile"'
_MATCH_GROUP = '%(cluster_matcher)snamespace=~"$hub", usergroup=~"$usergroup"'

# What grafanalib writes for Grafanas of the past, and the number that a Grafana gives a dashboard itself.
_LEGACY = {"__inputs", "gnetId", "hideControls", "id", "rows", "sharedCrosshair", "style"}


class _Dashboard(core.Dashboard):  # type: ignore[misc] # grafanalib has no types
    """A dashboard as a present Grafana saves it."""

    def to_json_data(self) -> Json:
        board: Json = {key: value for key, value in super().to_json_data().items() if key not in _LEGACY}
        return {**board, "annotations": {"list": []}, "timepicker": {}}


class Variable(core.Template):  # type: ignore[misc] # grafanalib has no types
    """A variable as a present Grafana saves it: grafanalib writes keys of other types into each."""

    def to_json_data(self) -> Json:
        """Return the variable's JSON."""
        common = {"type": self.type, "name": self.name, "label": self.label, "hide": self.hide, "query": self.query}
        if self.type == "datasource":
            return {**common, "regex": self.regex, "refresh": 1, "options": [], "includeAll": False, "multi": False}
        current = {"selected": True, "text": self.default, "value": self.default}
        if self.type in {"custom", "textbox"}:
            return {**common, "current": current, "options": [], "includeAll": False, "multi": False}
        return {
            **common,
            "datasource": self.dataSource,
            "refresh": self.refresh,
            "regex": "",
            "sort": self.sort,
            "multi": True,
            "includeAll": True,
            "allValue": self.allValue,
            "current": {"selected": True, "text": ["All"], "value": ["$__all"]},
            "options": [],
        }


def _values(name: str, label: str, metric: str, source_label: str, matchers: str) -> Variable:
    """Return a variable of a label's values in the time range: several or all can be chosen, all by default.

    All is ``.*``, so that rows without the label (what nobody claims) are shown too.
    """
    query = {"query": f"label_values({metric}{{{matchers}}}, {source_label})", "refId": name, "qryType": 1}
    return Variable(name=name, label=label, query=query, dataSource=DATASOURCE, allValue=".*", refresh=2)


def hub_variable() -> Variable:
    """Return the variable ``hub``: namespaces with a hub."""
    return _values("hub", "Hub", names.HUBS, "namespace", _MATCH_CLUSTER)


def group_variable() -> Variable:
    """Return the variable ``usergroup``: groups that the exporter told of in the time range."""
    return _values("usergroup", "User group", names.SHARE, "usergroup", _MATCH_HUB)


def user_variable() -> Variable:
    """Return the variable ``username``: members of the chosen groups."""
    return _values("username", "User", names.SHARE, "username", _MATCH_GROUP)


def profile_variable() -> Variable:
    """Return the variable ``profile``: profiles that pods showed in the time range."""
    return _values("profile", "Profile", names.profile(names.SERVERS), "profile", f'{_MATCH_HUB}, profile!=""')


def size_variable() -> Variable:
    """Return the variable ``size``: sizes of the chosen profiles."""
    return _values("size", "Size", names.profile(names.SERVERS), "size", f'{_MATCH_PROFILE}, size!=""')


def image_variable() -> Variable:
    """Return the variable ``image``: images of the chosen profiles."""
    return _values("image", "Image", names.profile(names.SERVERS), "image", f'{_MATCH_PROFILE}, image!=""')


def choice_variable(name: str, label: str, values: str, default: str) -> Variable:
    """Return a variable with fixed values, separated by commas (may be a placeholder)."""
    return Variable(name=name, label=label, query=values, type="custom", options=[{"selected": False}], default=default)


def text_variable(name: str, label: str, default: str) -> Variable:
    """Return a variable that is typed in."""
    return Variable(name=name, label=label, query=default, type="textbox", default=default)


def link(title: str, board: str, **variables: str) -> Link:
    """Return a link to another dashboard that keeps time range, data source and cluster, and sets variables.

    ``variables`` are Grafana's names of values: ``__data.fields.Group`` is the row's cell of that column,
    ``__field.labels.usergroup`` a label of the series.
    """
    chosen = "".join(f"&var-{name}=${{{value}:percentencode}}" for name, value in variables.items())
    return (
        title,
        f"/d/hubmeter-{board}?${{__url_time_range}}&${{datasource:queryparam}}%(cluster_link)s{chosen}",
    )


GROUP_CELL = link("Users of this group", "users", hub="__data.fields.Hub", usergroup="__data.fields.Group")
USER_CELL = link("This user", "users", hub="__data.fields.Hub", username="__data.fields.User")
HUB_CELL = link("Groups of this hub", "groups", hub="__data.fields.Hub")
GROUP_SERIES = link(
    "Users of this group", "users", hub="__field.labels.namespace", usergroup="__field.labels.usergroup"
)
USER_SERIES = link("This user", "users", hub="__field.labels.namespace", username="__field.labels.username")


@dataclass(frozen=True)
class Row:
    """Panels side by side: their height in grid units, and their widths (of 24), equal where none are given.

    A ``title`` starts a section; a ``collapsed`` one is closed until it is opened, and its queries are not sent.
    """

    height: int
    panels: Sequence[Panel]
    widths: Sequence[int] = ()
    title: str = ""
    collapsed: bool = False


def _place(rows: Sequence[Row]) -> list[Json]:
    placed: list[Json] = []
    section = placed
    y = 0
    number = 0

    def add(where: list[Json], panel: Json, width: int, height: int, x: int) -> Json:
        nonlocal number
        number += 1
        where.append({"id": number, **panel, "gridPos": {"h": height, "w": width, "x": x, "y": y}})
        return where[-1]

    for row in rows:
        if row.title:
            header = {"type": "row", "title": row.title, "collapsed": row.collapsed, "panels": []}
            added = add(placed, header, WIDTH, 1, 0)
            section = added["panels"] if row.collapsed else placed
            y += 1
        widths = row.widths or [WIDTH // len(row.panels)] * len(row.panels)
        if len(widths) != len(row.panels) or sum(widths) > WIDTH:
            raise ValueError(f"widths {list(widths)} do not fit {len(row.panels)} panels into {WIDTH} columns")
        x = 0
        for panel, width in zip(row.panels, widths, strict=True):
            add(section, panel.to_json_data(), width, row.height, x)
            x += width
        y += row.height
    return placed


def dashboard(
    name: str,
    title: str,
    description: str,
    variables: Sequence[Variable],
    rows: Sequence[Row],
    *,
    period: tuple[str, str] = ("now-24h", "now"),
    timezone: str = "browser",
) -> Json:
    """Return a dashboard's classic JSON model, its placeholders still open; its uid is ``hubmeter-<name>``.

    Every dashboard has the variables for the data source and (dropped by fill.py where there is only one) the
    cluster, and links to the others that keep time range and variables.
    """
    if not re.fullmatch(r"[a-z-]{1,31}", name):
        raise ValueError(f"name {name!r} must be 1 to 31 lower-case letters and hyphens, to make a uid of at most 40")
    source = Variable(
        name="datasource", label="Data source", query="prometheus", type="datasource", regex="%(datasource_regex)s"
    )
    cluster = _values("cluster", "Cluster", names.HUBS, "%(cluster_label)s", "")
    others = core.DashboardLink(
        title="Hubmeter",
        type="dashboards",
        asDropdown=True,
        includeVars=True,
        keepTime=True,
        tags=["%(dashboard_tag)s"],
    )
    board = _Dashboard(
        uid=f"hubmeter-{name}",
        title=f"Hubmeter / {title}",
        description=description,
        graphTooltip=core.GRAPH_TOOLTIP_MODE_SHARED_CROSSHAIR,
        schemaVersion=SCHEMA_VERSION,
        refresh="5m",
        timezone=timezone,
        time=core.Time(*period),
        templating=core.Templating(list=[source, cluster, *variables]),
        links=[others],
        panels=_place(rows),
    )
    return _as_json(board)


def _as_json(value: Any) -> Json:
    loaded: Json = json.loads(json.dumps(value, cls=grafanalib_json.DashboardEncoder))
    return loaded
