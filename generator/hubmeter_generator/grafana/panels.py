"""The house style of panels: a handful of functions on top of grafanalib. tables.py and board.py are its other half.

Everything here is independent of settings: queries and texts keep their ``%(name)s`` placeholders (so a percent sign is
written ``%%``), and fill.py fills them in. Colours, legends and empty states are decided here, once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from grafanalib import core

from hubmeter_promql import render

Json = dict[str, Any]

DATASOURCE: Json = {"type": "prometheus", "uid": "${datasource}"}
CORES = "suffix:cores"
COUNT = "locale"  # 12,345 and not 12.3 K
# The darker shades can be read on white too.
GREEN, YELLOW, ORANGE, RED = "semi-dark-green", "semi-dark-yellow", "semi-dark-orange", "semi-dark-red"
BLUE, PURPLE, TEXT = "blue", "purple", "text"


NO_DATA = "no data in this time range"


@dataclass(frozen=True)
class Query:
    """A query of the panels/ templates: its file's name, its own parameters, and how Grafana shows its series."""

    template: str
    legend: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def expression(self) -> str:
        """The PromQL, with this query's parameters filled in and the settings still open.

        Raises `TemplateError` for a parameter that the template does not use.
        """
        return render.part(f"panels/{self.template}.promql", self.parameters)


def query(template: str, legend: str = "", **parameters: str) -> Query:
    """Return a query of the template ``panels/<template>.promql``."""
    return Query(template, legend, parameters)


class Panel(core.Panel):  # type: ignore[misc] # grafanalib has no types
    """A panel of any type that Grafana has, written as a present Grafana saves it: grafanalib's keys end at 2019."""

    def __init__(self, kind: str, *, options: Json, field_config: Json | None = None, **fields: Any) -> None:
        """Take grafanalib's fields, and what it lacks: the type, its options and its field configuration."""
        super().__init__(**fields)
        self.kind = kind
        self.options = options
        self.field_config = field_config or {"defaults": {}, "overrides": []}

    def to_json_data(self) -> Json:
        """Return the panel's JSON; what is empty is left out."""
        filled = {
            "description": self.description,
            "datasource": self.dataSource,
            "targets": self.targets,
            "transformations": self.transformations,
            "interval": self.interval,
        }
        return {
            "type": self.kind,
            "title": self.title,
            **{key: value for key, value in filled.items() if value},
            "fieldConfig": self.field_config,
            "options": self.options,
        }


def data_panel(
    kind: str,
    title: str,
    description: str,
    queries: Sequence[Query],
    *,
    defaults: Json,
    options: Json,
    instant: bool = False,
    table: bool = False,
    overrides: Sequence[Json] = (),
    transformations: Sequence[Json] = (),
    interval: str | None = None,
) -> Panel:
    """Return a panel of the given type that shows these queries."""
    targets = [
        {
            "datasource": DATASOURCE,
            "editorMode": "code",
            "expr": q.expression,
            "format": "table" if table else "time_series",
            "instant": instant,
            "legendFormat": q.legend or "__auto",
            "range": not instant,
            "refId": ref_id(number),
        }
        for number, q in enumerate(queries)
    ]
    return Panel(
        kind,
        title=title,
        description=description,
        dataSource=DATASOURCE,
        targets=targets,
        transformations=list(transformations),
        interval=interval,
        field_config={"defaults": defaults, "overrides": list(overrides)},
        options=options,
    )


def ref_id(number: int) -> str:
    """Return the name Grafana gives a panel's query by its place: A for the first."""
    return chr(ord("A") + number)


def thresholds(*steps: tuple[float | None, str]) -> Json:
    """Return absolute thresholds from (value, colour); the first value is None, for everything below the second."""
    return {"mode": "absolute", "steps": [{"value": value, "color": color} for value, color in steps]}


PLAIN = thresholds((None, BLUE))
GOOD_WHEN_ZERO = thresholds((None, GREEN), (1, RED))
# Of what was requested, the part that was used. Little is waste, not danger, so nothing is red; notebooks wait for
# people most of the time, so less is good for CPU.
MEMORY_EFFICIENCY = thresholds((None, ORANGE), (0.2, YELLOW), (0.4, GREEN), (1.2, ORANGE))
CPU_EFFICIENCY = thresholds((None, ORANGE), (0.05, YELLOW), (0.15, GREEN), (1.2, ORANGE))
FULLNESS = thresholds((None, GREEN), (0.75, YELLOW), (0.9, RED))

# What no group or user claims, and what pods without these labels have, is grey in every chart.
NOBODYS: Json = {
    "matcher": {"id": "byRegexp", "options": r"^\(no (group|user|profile|size|image)\).*"},
    "properties": [{"id": "color", "value": {"mode": "fixed", "fixedColor": "#8e8e8e"}}],
}

Link = tuple[str, str]


def _links(link: Link | None) -> Json:
    return {"links": [{"title": link[0], "url": link[1]}]} if link else {}


# What Grafana calls these columns of a legend.
_CALCULATIONS = {"min": "Min", "mean": "Mean", "max": "Max", "sum": "Total", "lastNotNull": "Last *"}
LAST_VALUE: Json = {"calcs": ["lastNotNull"], "fields": "", "values": False}


def fixed_color(series_name: str, color: str, *, dashed: bool = False) -> Json:
    """Return an override that draws the series with this legend in one colour, dashed if it is a bound."""
    properties: list[Json] = [{"id": "color", "value": {"mode": "fixed", "fixedColor": color}}]
    if dashed:
        properties += [
            {"id": "custom.lineStyle", "value": {"fill": "dash", "dash": [8, 6]}},
            {"id": "custom.fillOpacity", "value": 0},
        ]
    return {"matcher": {"id": "byName", "options": series_name}, "properties": properties}


def timeseries(
    title: str,
    description: str,
    *queries: Query,
    unit: str,
    stacked: bool = False,
    bars: bool = False,
    steps: Json | None = None,
    maximum: float | None = None,
    decimals: int | None = None,
    overrides: Sequence[Json] = (),
    link: Link | None = None,
    legend: Sequence[str] = ("mean", "max", "lastNotNull"),
    beside: bool = False,
    daily: bool = False,
    empty: str = NO_DATA,
) -> Panel:
    """Return lines over time, areas when ``stacked``, with a legend table below or ``beside`` them.

    ``legend`` names the legend's calculations; the last one sorts it. ``steps`` draws dashed lines where a value turns
    from good to bad. ``daily`` asks for one point a day.
    """
    custom: Json = {
        "drawStyle": "bars" if bars else "line",
        "lineWidth": 0 if stacked or bars else 2,
        "fillOpacity": 75 if stacked or bars else 0,
        "gradientMode": "none",
        "lineInterpolation": "linear",
        "showPoints": "always" if daily and not bars else "never",
        "pointSize": 6,
        "spanNulls": False,
        "stacking": {"mode": "normal" if stacked else "none", "group": "A"},
        "thresholdsStyle": {"mode": "dashed" if steps else "off"},
    }
    # Groups and users (which have a link) keep their colour from chart to chart; a few others look best in order.
    colors = "palette-classic-by-name" if link else "palette-classic"
    defaults: Json = {
        "unit": unit,
        "min": 0,
        "color": {"mode": colors},
        "custom": custom,
        "noValue": empty,
    }
    if maximum is not None:
        defaults["max"] = maximum
    if decimals is not None:
        defaults["decimals"] = decimals
    if steps:
        defaults["thresholds"] = steps
    return data_panel(
        "timeseries",
        title,
        description,
        queries,
        interval="1d" if daily else None,
        defaults={**defaults, **_links(link)},
        overrides=[NOBODYS, *overrides],
        options={
            "legend": {
                "displayMode": "table",
                "placement": "right" if beside else "bottom",
                "showLegend": True,
                "calcs": list(legend),
                "sortBy": _CALCULATIONS[legend[-1]],
                "sortDesc": True,
                **({"width": 430} if beside else {}),
            },
            "tooltip": {"mode": "multi", "sort": "desc"},
        },
    )


def stat(
    title: str,
    description: str,
    *queries: Query,
    unit: str,
    steps: Json = PLAIN,
    decimals: int | None = None,
    empty: str = "0",
    filled: bool = False,
) -> Panel:
    """Return one big number a series, at the end of the time range; ``filled`` colours all of it, for good or bad."""
    defaults: Json = {"unit": unit, "color": {"mode": "thresholds"}, "thresholds": steps, "noValue": empty}
    if decimals is not None:
        defaults["decimals"] = decimals
    return data_panel(
        "stat",
        title,
        description,
        queries,
        instant=True,
        defaults=defaults,
        options={
            "colorMode": "background" if filled else "value",
            "graphMode": "none",
            "justifyMode": "auto",
            "orientation": "auto",
            "reduceOptions": LAST_VALUE,
            "textMode": "auto",
            "wideLayout": True,
            "showPercentChange": False,
            "percentChangeColorMode": "standard",
        },
    )


def bars(
    title: str,
    description: str,
    q: Query,
    *,
    unit: str,
    steps: Json = PLAIN,
    maximum: float | None = None,
    decimals: int | None = None,
    link: Link | None = None,
    empty: str = "none",
) -> Panel:
    """Return one horizontal bar a series, in the query's order, with what it is at the end of the time range."""
    defaults: Json = {"unit": unit, "min": 0, "color": {"mode": "thresholds"}, "thresholds": steps, "noValue": empty}
    if maximum is not None:
        defaults["max"] = maximum
    if decimals is not None:
        defaults["decimals"] = decimals
    return data_panel(
        "bargauge",
        title,
        description,
        [q],
        instant=True,
        defaults={**defaults, **_links(link)},
        options={
            "displayMode": "basic",
            "orientation": "horizontal",
            "valueMode": "color",
            "showUnfilled": True,
            "namePlacement": "left",
            "sizing": "manual",
            "minVizHeight": 16,
            "minVizWidth": 8,
            "maxVizHeight": 24,
            "text": {"titleSize": 13, "valueSize": 13},
            "reduceOptions": LAST_VALUE,
            "legend": {"displayMode": "list", "placement": "bottom", "showLegend": False, "calcs": []},
        },
    )


def timeline(
    title: str, description: str, q: Query, *, states: Sequence[tuple[str, str]], empty: str = "nobody"
) -> Panel:
    """Return a horizontal band a series while it has a value: ``states`` are (name, colour) of 1, 2, ... and more."""
    bounds = [(n - 0.5, n + 0.5 if n < len(states) else None) for n in range(1, len(states) + 1)]
    mappings = [
        {
            "type": "range",
            "options": {"from": low, "to": high, "result": {"text": name, "color": color, "index": number}},
        }
        for number, ((low, high), (name, color)) in enumerate(zip(bounds, states, strict=True))
    ]
    return data_panel(
        "state-timeline",
        title,
        description,
        [q],
        defaults={
            "unit": "short",
            "color": {"mode": "thresholds"},
            "thresholds": PLAIN,
            "mappings": mappings,
            "noValue": empty,
            "custom": {"fillOpacity": 80, "lineWidth": 0, "spanNulls": False, "insertNulls": False},
        },
        options={
            "mergeValues": True,
            "showValue": "never",
            "alignValue": "left",
            "rowHeight": 0.75,
            "perPage": 25,
            "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []},
            "tooltip": {"mode": "single", "sort": "none"},
        },
    )


def text(markdown: str) -> Panel:
    """Return a few words in the page: what an overview means, or what to do about it."""
    return Panel("text", options={"mode": "markdown", "content": markdown})
