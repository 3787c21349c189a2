"""Whole dashboards: rows of panels, and the JSON model around them."""

import itertools
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from grafanalib import _gen as grafanalib_json
from grafanalib import core

from hubmeter_generator.grafana import annotations, variables
from hubmeter_generator.grafana.panels import Panel, recorded_at_all
from hubmeter_generator.grafana.values import Json
from hubmeter_generator.grafana.variables import Variable

SCHEMA_VERSION: Final = 39
WIDTH: Final = 24
# Tags by which the menus find dashboards: of a time range, and of whole days.
_ANY_RANGE: Final = "any time range"
_WHOLE_DAYS: Final = "whole days"

_OF_ANY_RANGE: Final = (annotations.RESTARTS, annotations.RULES)
_OF_DAYS: Final = (annotations.COSTS_RESTARTS, annotations.SETTLED, annotations.RULES)

# Keys of grafanalib for past versions of Grafana, and the number that a Grafana gives a dashboard itself.
_LEGACY: Final = {"__inputs", "gnetId", "hideControls", "id", "rows", "sharedCrosshair", "style"}


class _Dashboard(core.Dashboard):  # type: ignore[misc] # grafanalib has no types
    """A dashboard in the current format of Grafana."""

    def to_json_data(self) -> Json:
        board: Json = {key: value for key, value in super().to_json_data().items() if key not in _LEGACY}
        return {**board, "timepicker": {}}


@dataclass(frozen=True)
class Row:
    """Panels side by side.

    Attributes:
        height: The panels' height in grid units.
        panels: The panels from left to right.
        widths: Their widths, at most 24 together; by default they are equal.
        title: The title of the section that the row starts, if any.
        collapsed: Whether that section is closed at first; a closed section sends no queries.
    """

    height: int
    panels: Sequence[Panel]
    widths: Sequence[int] = ()
    title: str = ""
    collapsed: bool = False

    def spans(self) -> Iterator[tuple[Panel, int, int]]:
        """Yield each panel with its position and its width, in columns.

        Raises:
            ValueError: The widths do not fit the panels or the board.
        """
        widths = self.widths or [WIDTH // len(self.panels)] * len(self.panels)
        if len(widths) != len(self.panels) or sum(widths) > WIDTH:
            raise ValueError(f"widths {list(widths)} do not fit {len(self.panels)} panels into {WIDTH} columns")
        starts = itertools.accumulate(widths, initial=0)
        yield from zip(self.panels, starts, widths, strict=False)


def dashboard(
    name: str,
    title: str,
    description: str,
    own_variables: Sequence[Variable],
    rows: Sequence[Row],
    *,
    period: tuple[str, str] = ("now-24h", "now"),
    timezone: str = "browser",
    days: bool = False,
) -> Json:
    """Return a dashboard's classic JSON model, with its placeholders open; its uid is ``hubmeter-<name>``.

    Every dashboard has annotations, variables for the data source, for the cluster, which fill.py removes without a
    cluster label, and for the newest sample (`variables.now`), and two menus of the other dashboards that keep the
    variables. Those of whole days open with their own time range, the others keep this one's.

    Args:
        name: Lower-case letters and hyphens.
        title: The title, without the prefix that all dashboards have.
        description: One sentence.
        own_variables: The dashboard's own variables.
        rows: The panels. The first one, if it is a number, says so if nothing is recorded in the time range.
        period: Start and end of the time range when the dashboard is opened.
        timezone: ``browser`` or ``utc``.
        days: Whether it shows whole days or months.

    Raises:
        ValueError: The name makes no valid uid, or the widths of a row do not fit.
    """
    if not re.fullmatch(r"[a-z-]{1,31}", name):
        raise ValueError(f"name {name!r} must be 1 to 31 lower-case letters and hyphens, to make a uid of at most 40")
    menus = [
        core.DashboardLink(
            title=shown,
            type="dashboards",
            asDropdown=True,
            includeVars=True,
            keepTime=tag == _ANY_RANGE,
            tags=["%(dashboard_tag)s", tag],
        )
        for shown, tag in (("Hubmeter", _ANY_RANGE), ("Costs and reports", _WHOLE_DAYS))
    ]
    if rows and rows[0].panels[0].kind == "stat":
        recorded_at_all(rows[0].panels[0])
    board = _Dashboard(
        uid=f"hubmeter-{name}",
        title=f"Hubmeter / {title}",
        description=description,
        graphTooltip=core.GRAPH_TOOLTIP_MODE_SHARED_CROSSHAIR,
        schemaVersion=SCHEMA_VERSION,
        refresh="5m",
        timezone=timezone,
        time=core.Time(*period),
        templating=core.Templating(list=[variables.datasource(), variables.cluster(), variables.now(), *own_variables]),
        links=menus,
        tags=[_WHOLE_DAYS if days else _ANY_RANGE],
        annotations=core.Annotations(list=[a.to_json_data() for a in (_OF_DAYS if days else _OF_ANY_RANGE)]),
        panels=_placed(rows),
    )
    return _as_json(board)


def _placed(rows: Sequence[Row]) -> list[Json]:
    """Return the panels of rows with their ids and places; a collapsed section holds its panels."""
    result: list[Json] = []
    section = result
    ids = itertools.count(1)
    y = 0
    for row in rows:
        if row.title:
            place = {"h": 1, "w": WIDTH, "x": 0, "y": y}
            header: Json = {
                "id": next(ids),
                "type": "row",
                "title": row.title,
                "collapsed": row.collapsed,
                "panels": [],
            }
            result.append({**header, "gridPos": place})
            section = header["panels"] if row.collapsed else result
            y += 1
        for panel, x, width in row.spans():
            place = {"h": row.height, "w": width, "x": x, "y": y}
            section.append({"id": next(ids), **panel.to_json_data(), "gridPos": place})
        y += row.height
    return result


def _as_json(value: Any) -> Json:
    loaded: Json = json.loads(json.dumps(value, cls=grafanalib_json.DashboardEncoder))
    return loaded
