"""Panels in the house style: charts, numbers, bars, timelines and text. tables.py has the tables."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from grafanalib import core

from hubmeter_generator.grafana.links import DOCS, Link, Missing
from hubmeter_generator.grafana.values import GREY, LIGHT_GREY, NO_GROUP, PLAIN, RED, UNATTRIBUTED, Json, Scale
from hubmeter_promql import names, render

DATASOURCE: Final[Json] = {"type": "prometheus", "uid": "${datasource}"}
NO_DATA: Final = "no data in this time range"
NO_LABEL: Final = " "  # the value of a missing label: not empty, so that Prometheus keeps it

# Legends of series. The label that differs most comes first, so that it stays visible in a truncated legend.
BY_HUB: Final = "%(cluster_legend)s{{namespace}}"
BY_GROUP: Final = "{{usergroup}} · %(cluster_legend)s{{namespace}}"
BY_USER: Final = "{{username}} · %(cluster_legend)s{{namespace}}"

_NOTHING_RECORDED: Final = "-1234567890"
_LAST_VALUE: Final[Json] = {"calcs": ["lastNotNull"], "fields": "", "values": False}


@dataclass(frozen=True)
class Query:
    """A query of a panel.

    Attributes:
        template: The template under panels/.
        legend: The legend of its series.
        parameters: The template's own parameters.
        last: Of an instant query, the label without which rows come after the others, each part from the highest value
            to the lowest; "": the template's own order.
        labels: Of an instant query, the labels that every row has (`with_labels`).
    """

    template: str
    legend: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    last: str = ""
    labels: Sequence[str] = ()

    @property
    def expression(self) -> str:
        """The PromQL with the parameters filled in and the settings' placeholders open.

        Raises:
            TemplateError: The template does not use a parameter.
        """
        return render.part(f"panels/{self.template}.promql", self.parameters)

    @property
    def instant(self) -> str:
        """The expression for an instant query, which Grafana sends for the end of the time range, future or past.

        A query that reads the time range, or whose template has ``@ $now``, is right at that time. Any other reads a
        moment and is evaluated at ``$now``.
        """
        expression = self._of_its_time
        if not self.last:
            return with_labels(expression, self.labels)
        others = 'vector(0) or label_replace(vector(0), "usergroup", "none", "", "")'
        lacking = others if self.last == "usergroup" else "vector(0)"
        # VictoriaMetrics keeps the order of the outermost sort or union only.
        first = with_labels(f"(\n{expression}\n) unless on ({self.last}) ({lacking})", self.labels)
        return f"sort_desc({first})\nor sort_desc(\n{with_labels(expression, self.labels)}\n)"

    @property
    def _of_its_time(self) -> str:
        expression, template = self.expression, render.load(f"panels/{self.template}.promql")
        return expression if "__range" in expression or "@ $now" in template else at_now(expression)


def at_now(expression: str) -> str:
    """Return a query for the same at the time of the newest sample in the time range (`variables.now`)."""
    return f"last_over_time((\n{expression}\n)[1s:1s] @ $now)"


def with_labels(expression: str, labels: Iterable[str]) -> str:
    """Return a query for the same series that all have the labels: a space where the label is missing.

    Grafana makes a field of a label only if a series of the answer has it, and its transformation *merge* joins the
    rows of queries on the fields that all of them have: without ``usergroup`` in one answer, its value of a hub would
    be in the row of each group.
    """
    for label in labels:
        expression = f'label_replace({expression}, "{label}", "{NO_LABEL}", "{label}", "")'
    return expression


def query(template: str, legend: str = "", **parameters: str) -> Query:
    """Return a query of the template ``panels/<template>.promql``."""
    return Query(template, legend, parameters)


class Panel(core.Panel):  # type: ignore[misc] # grafanalib has no types
    """A panel of any type in the current format of Grafana; grafanalib's own is that of 2019."""

    def __init__(self, kind: str, *, options: Json, field_config: Json | None = None, **fields: Any) -> None:
        """Set grafanalib's fields, and the type, options and field configuration that it lacks."""
        super().__init__(**fields)
        self.kind = kind
        self.options = options
        self.repeat_for = ""
        self.field_config = field_config or {"defaults": {}, "overrides": []}

    def to_json_data(self) -> Json:
        """Return the panel's JSON, without empty keys."""
        optional = {
            "description": self.description,
            "datasource": self.dataSource,
            "targets": self.targets,
            "transformations": self.transformations,
            "interval": self.interval,
            "links": self.links,
            **({"repeat": self.repeat_for, "repeatDirection": "h"} if self.repeat_for else {}),
        }
        return {
            "type": self.kind,
            "title": self.title,
            **{key: value for key, value in optional.items() if value},
            "fieldConfig": self.field_config,
            "options": self.options,
        }


def data_panel(
    kind: str,
    title: str,
    description: str,
    queries: Sequence[Query],
    *,
    empty: str | Missing,
    defaults: Json,
    options: Json,
    instant: bool = False,
    table: bool = False,
    overrides: Sequence[Json] = (),
    transformations: Sequence[Json] = (),
    interval: str | None = None,
) -> Panel:
    """Return a panel of a type with queries, for the functions below and in tables.py.

    Without data it shows ``empty``; with a page of the documentation, the panel links to it.
    """
    text, links = (empty.text, empty.links) if isinstance(empty, Missing) else (empty, [])
    targets = [
        {
            "datasource": DATASOURCE,
            "editorMode": "code",
            "expr": q.instant if instant else q.expression,
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
        links=links,
        field_config={"defaults": {**defaults, "noValue": text}, "overrides": list(overrides)},
        options=options,
    )


def ref_id(number: int) -> str:
    """Return Grafana's name of a panel's query by its position: A for the first."""
    return chr(ord("A") + number)


def _series_links(link: Link | None) -> Json:
    return {"links": [{"title": link.title, "url": link.url}]} if link else {}


def fixed_color(legend: str, color: str, *, dashed: bool = False) -> Json:
    """Return an override that draws the series with this legend in one colour, and dashed if it is a bound."""
    properties = _fixed(color)
    if dashed:
        properties += [
            {"id": "custom.lineStyle", "value": {"fill": "dash", "dash": [8, 6]}},
            {"id": "custom.fillOpacity", "value": 0},
        ]
    return {"matcher": {"id": "byName", "options": legend}, "properties": properties}


def fixed_color_of(legends: str, color: str) -> Json:
    """Return an override that draws the series whose legends match a regular expression in one colour."""
    return {"matcher": {"id": "byRegexp", "options": legends}, "properties": _fixed(color)}


def _fixed(color: str) -> list[Json]:
    return [{"id": "color", "value": {"mode": "fixed", "fixedColor": color}}]


# Unattributed usage, users without a group, and pods without a profile, a size or an image, are grey in every chart.
_GREY: Final = (
    fixed_color_of(rf"^({UNATTRIBUTED}|\((shared|no (profile|size|image))\)).*", GREY),
    fixed_color_of(f"^{NO_GROUP}.*", LIGHT_GREY),
)


def _unnamed(link: Link | None) -> list[Json]:
    """Return the override for series without a user or a group: their link sets an empty value."""
    if not link:
        return []
    url = re.sub(r"\$\{__field\.labels\.user(group|name):percentencode\}", "", link.url)
    return [
        {
            "matcher": {"id": "byRegexp", "options": f"^{UNATTRIBUTED}.*"},
            "properties": [{"id": "links", "value": [{"title": link.title, "url": url}]}],
        }
    ]


def _named(queries: Sequence[Query]) -> list[Json]:
    """Return the transformations that name the series without a user or group, whose legends begin with a dot."""
    if not any(q.legend.startswith(("{{usergroup}} ", "{{username}} ")) for q in queries):
        return []
    shown = (("^ ?·", f"{UNATTRIBUTED} ·"), ("^none ·", f"{NO_GROUP} ·"))
    return [
        {"id": "renameByRegex", "options": {"regex": f"{old} (.*)", "renamePattern": f"{new} $1"}} for old, new in shown
    ]


# Grafana's titles of a legend's columns.
_COLUMN_TITLES: Final = {"min": "Min", "mean": "Mean", "max": "Max", "sum": "Total", "lastNotNull": "Last *"}


@dataclass(frozen=True)
class Style:
    """How a chart draws its series.

    Attributes:
        bars: Bars instead of lines.
        stacked: Series on top of each other, with filled areas.
        daily: One point a day.
        calculations: The columns of the legend; the last one sorts it.
        legend_beside: The legend is beside the chart, not below it.
    """

    bars: bool = False
    stacked: bool = False
    daily: bool = False
    calculations: Sequence[str] = ("mean", "max", "lastNotNull")
    legend_beside: bool = False

    def with_legend(self, *calculations: str) -> "Style":
        """Return the style with these columns in the legend."""
        return replace(self, calculations=calculations)

    def custom(self) -> Json:
        """Return Grafana's options of drawing, without the thresholds' style."""
        filled = self.stacked or self.bars
        # The outline separates neighbours whose colours are alike to the colour-blind (decision 17).
        return {
            "drawStyle": "bars" if self.bars else "line",
            "lineWidth": 1 if filled else 2,
            "fillOpacity": 60 if filled else 0,
            "gradientMode": "none",
            "lineInterpolation": "linear",
            "showPoints": "always" if self.daily and not self.bars else "never",
            "pointSize": 6,
            "spanNulls": False,
            "stacking": {"mode": "normal" if self.stacked else "none", "group": "A"},
        }

    def legend(self) -> Json:
        """Return Grafana's options of the legend."""
        return {
            "displayMode": "table",
            "placement": "right" if self.legend_beside else "bottom",
            "showLegend": True,
            "calcs": list(self.calculations),
            "sortBy": _COLUMN_TITLES[self.calculations[-1]],
            "sortDesc": True,
            **({"width": 430} if self.legend_beside else {}),
        }


LINES: Final = Style()
DAILY_LINES: Final = Style(daily=True)
AREAS: Final = Style(stacked=True)
BARS: Final = Style(bars=True, stacked=True, calculations=("sum",))
DAILY_BARS: Final = replace(BARS, daily=True)


def timeseries(
    title: str,
    description: str,
    *queries: Query,
    scale: Scale,
    style: Style = LINES,
    link: Link | None = None,
    overrides: Sequence[Json] = (),
    empty: str | Missing = NO_DATA,
) -> Panel:
    """Return a chart over time with a table as its legend.

    The thresholds of ``scale`` are dashed lines. Series have distinct colours in the order of their labels, so that
    charts of the same groups or users have the same colours.
    """
    defaults: Json = {
        "unit": scale.unit,
        "min": 0,
        "color": {"mode": "%(color_scheme)s"},
        "custom": {**style.custom(), "thresholdsStyle": {"mode": "dashed" if scale.steps else "off"}},
        **scale.bounds(),
        **({"thresholds": scale.steps} if scale.steps else {}),
        **_series_links(link),
    }
    return data_panel(
        "timeseries",
        title,
        description,
        queries,
        interval="1d" if style.daily else None,
        empty=empty,
        defaults=defaults,
        overrides=[*_GREY, *_unnamed(link), *overrides],
        transformations=_named(queries),
        options={"legend": style.legend(), "tooltip": {"mode": "multi", "sort": "desc"}},
    )


def stat(
    title: str, description: str, *queries: Query, scale: Scale, empty: str | Missing = "0", background: bool = False
) -> Panel:
    """Return one big number for each series, at the end of the time range.

    The thresholds of ``scale`` colour the number, or with ``background`` the whole panel.
    """
    return data_panel(
        "stat",
        title,
        description,
        queries,
        instant=True,
        empty=empty,
        defaults={
            "unit": scale.unit,
            "color": {"mode": "thresholds"},
            "thresholds": scale.steps or PLAIN,
            **scale.bounds(),
        },
        options={
            "colorMode": "background" if background else "value",
            "graphMode": "none",
            "justifyMode": "auto",
            "orientation": "auto",
            "reduceOptions": _LAST_VALUE,
            "textMode": "auto",
            "wideLayout": True,
            "showPercentChange": False,
            "percentChangeColorMode": "standard",
        },
    )


def bars(
    title: str, description: str, q: Query, *, scale: Scale, link: Link | None = None, empty: str | Missing = "none"
) -> Panel:
    """Return one horizontal bar for each series, in the query's order, at the end of the time range."""
    return data_panel(
        "bargauge",
        title,
        description,
        [q],
        instant=True,
        empty=empty,
        defaults={
            "unit": scale.unit,
            "min": 0,
            "color": {"mode": "thresholds"},
            "thresholds": scale.steps or PLAIN,
            **scale.bounds(),
            **_series_links(link),
        },
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
            "reduceOptions": _LAST_VALUE,
            "legend": {"displayMode": "list", "placement": "bottom", "showLegend": False, "calcs": []},
        },
        overrides=_unnamed(link),
        transformations=_named([q]),
    )


def repeated(panel: Panel, variable: str) -> Panel:
    """Return the panel to be shown once for each chosen value of a variable, side by side."""
    panel.repeat_for = variable
    return panel


def recorded_at_all(panel: Panel) -> None:
    """Make a number say that no series of the rules is in the time range, if so."""
    (target,) = panel.targets
    nothing = f"absent_over_time({names.HUBS}{{%(cluster_matcher)s}}[$__range])"
    target["expr"] = f"{target['expr']}\nor {nothing} * {_NOTHING_RECORDED}"
    text = {"text": "rules not loaded", "color": RED, "index": 0}
    defaults = panel.field_config["defaults"]
    defaults["mappings"] = [
        *defaults.get("mappings", []),
        {"type": "value", "options": {_NOTHING_RECORDED: text}},
    ]
    panel.description += (
        f" *rules not loaded*: the time range has no series of the rules ([installation]({DOCS}/install.md))."
    )


def timeline(
    title: str, description: str, q: Query, *, states: Sequence[tuple[str, str]], empty: str | Missing
) -> Panel:
    """Return a horizontal band for each series while it has a value.

    ``states`` are the text and colour of the values 1, 2 and so on; the last one is also for higher values.
    """
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
        empty=empty,
        defaults={
            "unit": "short",
            "color": {"mode": "thresholds"},
            "thresholds": PLAIN,
            "mappings": mappings,
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
    """Return a panel with a text."""
    return Panel("text", options={"mode": "markdown", "content": markdown})
