"""Annotations: events that change the numbers of charts, as vertical lines."""

from dataclasses import dataclass
from typing import Final

from hubmeter_generator.grafana.panels import DATASOURCE
from hubmeter_generator.grafana.values import BLUE, GREEN, ORANGE, PURPLE, Json
from hubmeter_promql import render


@dataclass(frozen=True)
class Annotation:
    """Events of a query: each of its points, those of adjacent steps as one.

    Attributes:
        name: The name of the switch at the top of the dashboard.
        template: The template under parts/annotations/.
        title: The title of an event.
        text: The text of an event, with labels in double braces.
        color: The colour of the lines.
        step: The time between two points.
        timed: Whether the value is the time of the event, in milliseconds since 1970.
    """

    name: str
    template: str
    title: str
    text: str
    color: str
    step: str
    timed: bool = False

    def to_json_data(self) -> Json:
        """Return the annotation's JSON; its query and step are where every supported Grafana reads them."""
        return {
            "name": self.name,
            "datasource": DATASOURCE,
            "enable": True,
            "hide": False,
            "iconColor": self.color,
            "expr": render.part(f"parts/annotations/{self.template}.promql", {}),
            "step": self.step,
            "titleFormat": self.title,
            "textFormat": self.text,
            "tagKeys": "",
            "useValueForTime": self.timed,
        }


RESTARTS: Final = Annotation(
    "Exporter restarts", "restarts", "Groups exporter started", "{{namespace}}", ORANGE, "5m", timed=True
)
RULES: Final = Annotation("Rule changes", "rules", "Rules changed", "{{namespace}}: version {{version}}", PURPLE, "5m")
COSTS_RESTARTS: Final = Annotation(
    "Cost exporter restarts", "costs_restarts", "Cost exporter started", "", BLUE, "1h", timed=True
)
SETTLED: Final = Annotation("Bills settled", "settled", "Bill settled", "The prices of a day are final.", GREEN, "1h")
