"""Links from a series or a table's cell to another dashboard, and from panels to the documentation."""

from typing import Any, Final, NamedTuple

DOCS: Final = "https://github.com/hubmeter/hubmeter/blob/main/docs"


class Missing(NamedTuple):
    """The text of a panel without data, and the page of the documentation that says how to get the data."""

    text: str
    page: str

    @property
    def links(self) -> list[dict[str, Any]]:
        """Grafana's links of the panel."""
        return [{"title": "How to set this up", "url": f"{DOCS}/{self.page}", "targetBlank": True}]


class Link(NamedTuple):
    """The text and the address of a link."""

    title: str
    url: str


def link(title: str, board: str, *, period: str = "", **variables: str) -> Link:
    """Return a link to another dashboard that keeps time range, data source and cluster, and sets variables.

    Args:
        title: The text of the link.
        board: The dashboard's name, for example ``group-bill``.
        period: The time range of that dashboard instead of this one's: start and end in one, for example ``now-1M/M``.
        variables: Grafana's names of the variables' values: ``__value.raw`` is the cell's own value,
            ``__data.fields.Group`` the text of the row's cell in that column, ``__field.labels.usergroup`` a label of
            the series; "" is an empty value, which series without the label have.
    """
    chosen = "".join(
        f"&var-{name}=" + (f"${{{value}:percentencode}}" if value else "") for name, value in variables.items()
    )
    time = f"from={period}&to={period}" if period else "${__url_time_range}"
    return Link(title, f"/d/hubmeter-{board}?{time}&${{datasource:queryparam}}%(cluster_link)s{chosen}")


GROUP_CELL: Final = link("Users of this group", "users", hub="__data.fields.Hub", usergroup="__value.raw")
USER_CELL: Final = link("This user", "users", hub="__data.fields.Hub", username="__value.raw")
HUB_CELL: Final = link("Groups of this hub", "groups", hub="__data.fields.Hub")
GROUP_SERIES: Final = link(
    "Users of this group", "users", hub="__field.labels.namespace", usergroup="__field.labels.usergroup"
)
USER_SERIES: Final = link("This user", "users", hub="__field.labels.namespace", username="__field.labels.username")
