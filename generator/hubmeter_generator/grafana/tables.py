"""Tables in the house style: instant queries joined on their labels, and a matrix of two labels."""

from collections.abc import Sequence
from dataclasses import dataclass

from hubmeter_generator.grafana.panels import PLAIN, Json, Link, Panel, Query, data_panel, ref_id


@dataclass(frozen=True)
class Column:
    """One column of a table: a label, or the value of an instant query.

    ``gauge`` draws the value as a bar in its cell, full at ``maximum`` (the largest of the column where there is none);
    ``steps`` colours the value or the bar; ``link`` leads to another dashboard.
    """

    name: str
    source: Query | str
    unit: str = ""
    gauge: bool = False
    steps: Json | None = None
    maximum: float | None = None
    decimals: int | None = None
    link: Link | None = None
    width: int | None = None

    def style(self) -> Json:
        """Return the override that gives the column its looks."""
        properties: list[Json] = []

        def add(name: str, value: object) -> None:
            if value is not None:
                properties.append({"id": name, "value": value})

        if isinstance(self.source, str):
            add("custom.filterable", True)
        add("noValue", "-")
        add("unit", self.unit or None)
        add("decimals", self.decimals)
        add("thresholds", self.steps)
        add("max", self.maximum)
        add("custom.width", self.width)
        if self.gauge:
            add("min", 0)
            add("fieldMinMax", True)
            add("custom.cellOptions", {"type": "gauge", "mode": "basic", "valueDisplayMode": "text"})
        elif self.steps:
            add("custom.cellOptions", {"type": "color-text"})
        if self.link:
            add("links", [{"title": self.link[0], "url": self.link[1]}])
        return {"matcher": {"id": "byName", "options": self.name}, "properties": properties}


def table(
    title: str,
    description: str,
    columns: Sequence[Column],
    *,
    sort_by: Sequence[str],
    descending: bool = True,
    empty: str = "none",
) -> Panel:
    """Return a table that joins instant queries on the labels they share.

    The queries' series have exactly the labels that columns name, and the cluster label where one is configured:
    that one shows as a column without being named here.
    """
    values = [c.source for c in columns if isinstance(c.source, Query)]
    refs = iter(["Value"] if len(values) == 1 else [f"Value #{ref_id(n)}" for n in range(len(values))])
    fields = {c.source if isinstance(c.source, str) else next(refs): c.name for c in columns}
    return data_panel(
        "table",
        title,
        description,
        values,
        instant=True,
        table=True,
        defaults={
            "unit": "short",
            "color": {"mode": "thresholds"},
            "thresholds": PLAIN,
            "noValue": empty,
            "custom": {
                "align": "auto",
                "cellOptions": {"type": "auto"},
                "filterable": False,
                "inspect": False,
                "minWidth": 70,
                "wrapHeaderText": True,
            },
        },
        overrides=[c.style() for c in columns],
        options={
            "showHeader": True,
            "cellHeight": "sm",
            "sortBy": [{"displayName": name, "desc": descending} for name in sort_by],
        },
        transformations=[
            {"id": "merge", "options": {}},
            {
                "id": "organize",
                "options": {
                    "excludeByName": {"Time": True},
                    "includeByName": {},
                    "indexByName": {name: place for place, name in enumerate(fields)},
                    "renameByName": {name: shown for name, shown in fields.items() if name != shown},
                },
            },
        ],
    )


def matrix(
    title: str,
    description: str,
    q: Query,
    *,
    row: str,
    column: str,
    names: Sequence[str],
    unit: str,
    color_mode: str,
    decimals: int = 1,
) -> Panel:
    """Return a coloured table of one query: a label down the side, another along the top.

    ``names`` stand for the row label's values 1, 2, 3, ...
    """
    corner = f"{row}\\{column}"
    mapping = {str(number): {"text": name, "index": number} for number, name in enumerate(names, 1)}
    return data_panel(
        "table",
        title,
        description,
        [q],
        instant=True,
        table=True,
        defaults={
            "unit": unit,
            "decimals": decimals,
            "color": {"mode": color_mode},
            "noValue": "0",
            "custom": {
                "align": "center",
                "cellOptions": {"type": "color-background", "mode": "basic"},
                "filterable": False,
                "inspect": False,
                "minWidth": 30,
            },
        },
        overrides=[
            {
                "matcher": {"id": "byName", "options": corner},
                "properties": [
                    {"id": "mappings", "value": [{"type": "value", "options": mapping}]},
                    {"id": "custom.cellOptions", "value": {"type": "auto"}},
                    {"id": "displayName", "value": " "},
                    {"id": "custom.width", "value": 60},
                    {"id": "unit", "value": "string"},
                ],
            }
        ],
        options={"showHeader": True, "cellHeight": "sm"},
        transformations=[
            {"id": "sortBy", "options": {"fields": {}, "sort": [{"field": column, "desc": False}]}},
            {
                "id": "groupingToMatrix",
                "options": {"columnField": column, "rowField": row, "valueField": "Value", "emptyValue": "null"},
            },
            {"id": "sortBy", "options": {"fields": {}, "sort": [{"field": corner, "desc": False}]}},
        ],
    )
