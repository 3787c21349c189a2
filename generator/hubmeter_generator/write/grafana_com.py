"""Dashboards as grafana.com and Grafana's import dialog share them: the dialog asks which data source to use."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

Json = dict[str, Any]

_INPUT: Final = "DS_PROMETHEUS"
_GRAFANA: Final = "11.0.0"  # the first whose dashboards are of our schema version
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

    Panels keep the variable ``datasource``; what is chosen in the dialog becomes its value, and can be changed later.
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
