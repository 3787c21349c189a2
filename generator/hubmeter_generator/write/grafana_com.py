"""Dashboards in the form of grafana.com, for which Grafana's import dialog asks for the data source."""

from collections.abc import Iterator, Sequence
from typing import Final

from hubmeter_generator.open_model import Json

_INPUT: Final = "DS_PROMETHEUS"
_GRAFANA: Final = "11.0.0"  # the first with our schema version
_PANEL_NAMES: Final = {
    "barchart": "Bar chart",
    "bargauge": "Bar gauge",
    "gauge": "Gauge",
    "heatmap": "Heatmap",
    "histogram": "Histogram",
    "piechart": "Pie chart",
    "stat": "Stat",
    "state-timeline": "State timeline",
    "status-history": "Status history",
    "table": "Table",
    "text": "Text",
    "timeseries": "Time series",
    "xychart": "XY Chart",
}


def shared(board: Json) -> Json:
    """Return a dashboard with ``__inputs`` and ``__requires``, as "Export for sharing externally" writes them.

    Panels keep the variable ``datasource``. The dialog sets its value, which can be changed later.

    Raises:
        KeyError: for a panel of a type without a name in this module.
    """
    variables = [
        {**v, "current": {"text": f"${{{_INPUT}}}", "value": f"${{{_INPUT}}}"}} if v["type"] == "datasource" else v
        for v in board["templating"]["list"]
    ]
    return {
        "__inputs": [
            {
                "name": _INPUT,
                "label": "Prometheus",
                "description": "The Prometheus that evaluates Hubmeter's rules",
                "type": "datasource",
                "pluginId": "prometheus",
                "pluginName": "Prometheus",
            }
        ],
        "__elements": {},
        "__requires": [
            {"type": "grafana", "id": "grafana", "name": "Grafana", "version": _GRAFANA},
            {"type": "datasource", "id": "prometheus", "name": "Prometheus", "version": "1.0.0"},
            *(
                {"type": "panel", "id": kind, "name": _PANEL_NAMES[kind], "version": ""}
                for kind in sorted(set(_panel_types(board["panels"])))
            ),
        ],
        **board,
        "templating": {**board["templating"], "list": variables},
    }


def _panel_types(panels: Sequence[Json]) -> Iterator[str]:
    for panel in panels:
        if panel["type"] == "row":
            yield from _panel_types(panel.get("panels", []))
        else:
            yield panel["type"]
