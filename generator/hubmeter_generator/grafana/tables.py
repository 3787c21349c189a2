"""Tables in the house style: instant queries joined on their labels, and a matrix of two labels."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hubmeter_generator.grafana.links import Link, Missing
from hubmeter_generator.grafana.panels import Panel, Query, data_panel, ref_id
from hubmeter_generator.grafana.values import NUMBER, PLAIN, Json, Scale


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes:
        name: The header.
        source: A label, or an instant query.
        scale: How values are shown; its thresholds colour the value or the gauge.
        gauge: Whether a bar is drawn in the cell, full at the scale's upper bound or at the column's largest value.
        link: The link of the cells.
        width: The width in pixels; None: Grafana chooses.
        mappings: Grafana's mappings of values to texts. The link has the value.
        attribute: Whether a label is of one query only, and no part of the key of rows.
        total: Whether a last line has the sum of the column, from Grafana 12.2 on.
    """

    name: str
    source: Query | str
    scale: Scale = NUMBER
    gauge: bool = False
    link: Link | None = None
    width: int | None = None
    mappings: Sequence[Json] = ()
    attribute: bool = False
    total: bool = False

    def override(self) -> Json:
        """Return the override that shows the column in this way."""
        properties: list[Json] = []

        def add(name: str, value: object) -> None:
            if value is not None:
                properties.append({"id": name, "value": value})

        if isinstance(self.source, str):
            add("custom.filterable", True)
        add("noValue", "-")
        add("unit", None if self.scale.unit == NUMBER.unit else self.scale.unit)
        add("decimals", self.scale.decimals)
        add("thresholds", self.scale.steps or (PLAIN if self.gauge else None))
        add("max", self.scale.maximum)
        add("custom.width", self.width)
        if self.gauge:
            add("min", 0)
            add("fieldMinMax", True)
            add("custom.cellOptions", {"type": "gauge", "mode": "basic", "valueDisplayMode": "text"})
        elif self.scale.steps:
            add("custom.cellOptions", {"type": "color-text"})
        add("mappings", list(self.mappings) or None)
        add("custom.footer", {"reducers": ["sum"]} if self.total else None)
        if self.link:
            add("links", [{"title": self.link.title, "url": self.link.url}])
        return {"matcher": {"id": "byName", "options": self.name}, "properties": properties}


def table(
    title: str,
    description: str,
    columns: Sequence[Column],
    *,
    sort_by: Sequence[str] = (),
    descending: bool = True,
    rank_by: str = "",
    last: str = "usergroup",
    empty: str | Missing = "none",
) -> Panel:
    """Return a table that joins instant queries on the labels they share.

    Args:
        title: The title.
        description: What the rows and numbers are.
        columns: The columns from left to right.
        sort_by: The columns that sort the table.
        descending: Whether the highest value is first.
        rank_by: Instead of sort_by, the column whose highest values come first, before all rows without a value of the
            label ``last``. The order is that of the query's answer.
        last: A label.
        empty: The text without data.

    The labels of the queries' series must be among those that columns name, and the cluster label if one is
    configured, which becomes a column by itself. Cells of a label that a series lacks are empty. All labels but
    attributes are the key of a row.
    """
    labels = [c.source for c in columns if isinstance(c.source, str) and not c.attribute]
    measured = [c for c in columns if isinstance(c.source, Query)]
    measured.sort(key=lambda column: column.name != rank_by)  # the first query's rows come first
    refs = {c.name: f"Value #{ref_id(n)}" if len(measured) > 1 else "Value" for n, c in enumerate(measured)}
    fields = {c.source if isinstance(c.source, str) else refs[c.name]: c.name for c in columns}
    values = [
        replace(c.source, last=last if c.name == rank_by else "", labels=labels)
        for c in measured
        if isinstance(c.source, Query)
    ]
    return data_panel(
        "table",
        title,
        description,
        values,
        instant=True,
        table=True,
        empty=empty,
        defaults={
            "unit": NUMBER.unit,
            "color": {"mode": "thresholds"},
            "thresholds": PLAIN,
            "custom": {
                "align": "auto",
                "cellOptions": {"type": "auto"},
                "filterable": False,
                "inspect": False,
                "minWidth": 70,
                "wrapHeaderText": True,
            },
        },
        overrides=[c.override() for c in columns],
        options={
            "showHeader": True,
            "cellHeight": "sm",
            **({"sortBy": [{"displayName": name, "desc": descending} for name in sort_by]} if sort_by else {}),
        },
        transformations=[
            {"id": "merge", "options": {}},
            *({"id": "formatString", "options": {"stringField": name, "outputFormat": "Trim"}} for name in labels),
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


@dataclass(frozen=True)
class Axis:
    """A label along a side of a matrix; ``names`` are the texts of its values 1, 2, 3 and so on."""

    label: str
    names: Sequence[str] = ()


def matrix(title: str, description: str, q: Query, *, rows: Axis, columns: Axis, scale: Scale, colors: str) -> Panel:
    """Return a table of one query, coloured by Grafana's colour scheme ``colors``: two labels by each other."""
    corner = f"{rows.label}\\{columns.label}"
    mapping = {str(number): {"text": name, "index": number} for number, name in enumerate(rows.names, 1)}
    return data_panel(
        "table",
        title,
        description,
        [q],
        instant=True,
        table=True,
        empty="0",
        defaults={
            "unit": scale.unit,
            "decimals": scale.decimals,
            "color": {"mode": colors},
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
            {"id": "sortBy", "options": {"fields": {}, "sort": [{"field": columns.label, "desc": False}]}},
            {
                "id": "groupingToMatrix",
                "options": {
                    "columnField": columns.label,
                    "rowField": rows.label,
                    "valueField": "Value",
                    "emptyValue": "null",
                },
            },
            {"id": "sortBy", "options": {"fields": {}, "sort": [{"field": corner, "desc": False}]}},
        ],
    )
