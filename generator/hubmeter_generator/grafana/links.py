"""Links from a series or a table's cell to another dashboard."""

from typing import Final, NamedTuple


class Link(NamedTuple):
    """The text and the address of a link."""

    title: str
    url: str


def link(title: str, board: str, **variables: str) -> Link:
    """Return a link to another dashboard that keeps time range, data source and cluster, and sets variables.

    Args:
        title: The text of the link.
        board: The dashboard's name, for example ``group-bill``.
        variables: Grafana's names of the variables' values: ``__data.fields.Group`` is the row's cell in that column,
            ``__field.labels.usergroup`` a label of the series.
    """
    chosen = "".join(f"&var-{name}=${{{value}:percentencode}}" for name, value in variables.items())
    return Link(title, f"/d/hubmeter-{board}?${{__url_time_range}}&${{datasource:queryparam}}%(cluster_link)s{chosen}")


GROUP_CELL: Final = link("Users of this group", "users", hub="__data.fields.Hub", usergroup="__data.fields.Group")
USER_CELL: Final = link("This user", "users", hub="__data.fields.Hub", username="__data.fields.User")
HUB_CELL: Final = link("Groups of this hub", "groups", hub="__data.fields.Hub")
GROUP_SERIES: Final = link(
    "Users of this group", "users", hub="__field.labels.namespace", usergroup="__field.labels.usergroup"
)
USER_SERIES: Final = link("This user", "users", hub="__field.labels.namespace", username="__field.labels.username")
