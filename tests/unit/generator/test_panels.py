"""The house style: panels, tables, variables, links and rows."""

from typing import Any

import pytest

from hubmeter_generator.grafana import board, panels, variables
from hubmeter_generator.grafana.board import Row
from hubmeter_generator.grafana.links import Link, link
from hubmeter_generator.grafana.panels import BARS, DAILY_LINES, LINES, Style, query, stat, text, timeline, timeseries
from hubmeter_generator.grafana.tables import Axis, Column, matrix, table
from hubmeter_generator.grafana.values import BYTES, FULLNESS, NUMBER, PERCENT, Scale, thresholds
from hubmeter_promql.render import TemplateError

SERVERS = query("shared/by_group", resource="servers:count")
MEMORY = query("shared/by_group", resource="memory_requests_bytes:sum")


def test_a_query_fills_its_own_parameters_and_leaves_the_settings_open() -> None:
    assert "namespace_usergroup:servers:count{%(cluster_matcher)snamespace" in SERVERS.expression


def test_a_parameter_that_the_template_does_not_use_is_refused() -> None:
    with pytest.raises(TemplateError, match=r"panels/shared/by_group\.promql does not use the parameter resurce"):
        _ = query("shared/by_group", resurce="servers:count").expression


def test_a_stat_has_an_instant_query_and_a_chart_a_range_query() -> None:
    targets = [
        panel.to_json_data()["targets"][0]
        for panel in (stat("a", "b", SERVERS, scale=NUMBER), timeseries("a", "b", SERVERS, scale=NUMBER))
    ]
    assert [(target["instant"], target["range"]) for target in targets] == [(True, False), (False, True)]


def test_an_instant_query_of_a_moment_is_asked_at_the_newest_sample_and_one_of_the_time_range_as_it_is() -> None:
    assert SERVERS.instant == f"last_over_time((\n{SERVERS.expression}\n)[1s:1s] @ $now)"
    of_range = query("report/period_total", bucket="server_hours:sum5m", unit="1")
    assert of_range.instant == of_range.expression


def test_a_panel_without_data_shows_its_own_text() -> None:
    assert _defaults(stat("a", "b", SERVERS, scale=NUMBER, empty="no exporter"))["noValue"] == "no exporter"
    assert _defaults(timeseries("a", "b", SERVERS, scale=NUMBER))["noValue"] == panels.NO_DATA


@pytest.mark.parametrize(
    ("style", "column"),
    [
        pytest.param(LINES, "Last *", id="lines by their last value"),
        pytest.param(BARS, "Total", id="bars by their sum"),
        pytest.param(LINES.with_legend("min", "max"), "Max", id="a style with another legend"),
    ],
)
def test_a_legend_is_sorted_by_its_last_calculation(style: Style, column: str) -> None:
    shown = timeseries("a", "b", SERVERS, scale=NUMBER, style=style).to_json_data()["options"]["legend"]
    assert (shown["calcs"], shown["sortBy"], shown["sortDesc"]) == (list(style.calculations), column, True)


def test_a_daily_chart_has_one_point_a_day_and_others_leave_the_interval_to_grafana() -> None:
    assert timeseries("a", "b", SERVERS, scale=NUMBER, style=DAILY_LINES).to_json_data()["interval"] == "1d"
    assert "interval" not in timeseries("a", "b", SERVERS, scale=NUMBER).to_json_data()


def test_empty_keys_of_a_panel_are_omitted() -> None:
    assert text("words").to_json_data() == {
        "type": "text",
        "title": "",
        "fieldConfig": {"defaults": {}, "overrides": []},
        "options": {"mode": "markdown", "content": "words"},
    }


def test_a_timelines_last_state_has_no_upper_bound() -> None:
    states = [("one", "blue"), ("more", "red")]
    mappings = _defaults(timeline("a", "b", SERVERS, states=states, empty="none"))["mappings"]
    bounds = [(m["options"]["from"], m["options"]["to"], m["options"]["result"]["text"]) for m in mappings]
    assert bounds == [(0.5, 1.5, "one"), (1.5, None, "more")]


@pytest.mark.parametrize(
    ("columns", "renamed"),
    [
        pytest.param(
            [Column("Group", "usergroup"), Column("Servers", SERVERS)],
            {"usergroup": "Group", "Value": "Servers"},
            id="one query: Grafana calls its column Value",
        ),
        pytest.param(
            [Column("Group", "usergroup"), Column("Servers", SERVERS), Column("Memory", MEMORY)],
            {"usergroup": "Group", "Value #A": "Servers", "Value #B": "Memory"},
            id="two queries: Value and the query's letter",
        ),
    ],
)
def test_a_table_names_and_orders_its_columns(columns: list[Column], renamed: dict[str, str]) -> None:
    organize = table("a", "b", columns, sort_by=["Group"]).to_json_data()["transformations"][-1]["options"]
    assert organize["renameByName"] == renamed
    assert list(organize["indexByName"]) == list(renamed)
    assert list(organize["indexByName"].values()) == list(range(len(renamed)))


def test_a_gauge_in_a_cell_measures_against_its_own_column() -> None:
    properties = {p["id"]: p["value"] for p in Column("Memory", MEMORY, BYTES, gauge=True).override()["properties"]}
    assert properties["fieldMinMax"] is True
    assert properties["min"] == 0
    assert properties["custom.cellOptions"]["type"] == "gauge"


def test_steps_without_a_gauge_colour_the_text_and_labels_can_be_filtered() -> None:
    column = Column("Full", MEMORY, NUMBER.colored(FULLNESS))
    coloured = {p["id"]: p["value"] for p in column.override()["properties"]}
    assert coloured["custom.cellOptions"] == {"type": "color-text"}
    assert Column("Hub", "namespace").override()["properties"] == [
        {"id": "custom.filterable", "value": True},
        {"id": "noValue", "value": "-"},
    ]


def test_a_matrix_names_its_rows_and_sorts_both_ways() -> None:
    panel = matrix(
        "a",
        "b",
        SERVERS,
        rows=Axis("weekday", ["Mon", "Tue"]),
        columns=Axis("hour"),
        scale=NUMBER,
        colors="continuous-blues",
    ).to_json_data()
    assert [t["id"] for t in panel["transformations"]] == ["sortBy", "groupingToMatrix", "sortBy"]
    assert panel["transformations"][2]["options"]["sort"][0]["field"] == "weekday\\hour"
    mapping = panel["fieldConfig"]["overrides"][0]["properties"][0]["value"][0]["options"]
    assert {value: shown["text"] for value, shown in mapping.items()} == {"1": "Mon", "2": "Tue"}


def test_rows_follow_each_other_and_a_collapsed_one_takes_its_panels_in() -> None:
    made = board.dashboard(
        "test",
        "Test",
        "A test.",
        [variables.hub()],
        [
            Row(4, [text("a"), text("b")], widths=[6, 18]),
            Row(9, [text("c")], title="Closed", collapsed=True),
            Row(5, [text("d")], title="Open"),
        ],
    )
    places = [(p["type"], p["gridPos"]["x"], p["gridPos"]["y"], p["gridPos"]["w"]) for p in made["panels"]]
    assert places == [
        ("text", 0, 0, 6),
        ("text", 6, 0, 18),
        ("row", 0, 4, 24),
        ("row", 0, 14, 24),
        ("text", 0, 15, 24),
    ]
    assert [p["gridPos"]["y"] for p in made["panels"][2]["panels"]] == [5]
    assert made["panels"][3]["panels"] == []


@pytest.mark.parametrize("widths", [[12, 13], [24], [8, 8, 8]], ids=["too wide", "too few", "too many"])
def test_widths_that_do_not_fit_the_panels_are_refused(widths: list[int]) -> None:
    rows = [Row(4, [text("a"), text("b")], widths=widths)]
    with pytest.raises(ValueError, match="do not fit 2 panels into 24 columns"):
        board.dashboard("test", "Test", "A test.", [], rows)


@pytest.mark.parametrize("name", ["", "Groups", "with space", "x" * 32])
def test_a_name_that_makes_no_good_uid_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="lower-case letters and hyphens"):
        board.dashboard(name, "Test", "A test.", [], [])


def test_a_link_keeps_time_data_source_and_cluster_and_encodes_names() -> None:
    assert link("x", "users", username="__data.fields.User") == Link(
        "x",
        "/d/hubmeter-users?${__url_time_range}&${datasource:queryparam}%(cluster_link)s"
        "&var-username=${__data.fields.User:percentencode}",
    )


def _defaults(panel: panels.Panel) -> dict[str, Any]:
    defaults: dict[str, Any] = panel.to_json_data()["fieldConfig"]["defaults"]
    return defaults


def test_a_scale_changes_one_property_at_a_time() -> None:
    steps = thresholds((None, "blue"))
    assert PERCENT.rounded(2).up_to(1).colored(steps) == Scale("percentunit", decimals=2, maximum=1, steps=steps)


def test_a_chart_has_the_bounds_of_its_scale_and_dashed_lines_at_its_thresholds() -> None:
    plain = _defaults(timeseries("a", "b", SERVERS, scale=NUMBER))
    bounded = _defaults(timeseries("a", "b", SERVERS, scale=PERCENT.up_to(1).colored(FULLNESS)))
    assert plain.keys() & {"max", "decimals", "thresholds"} == set()
    assert plain["custom"]["thresholdsStyle"]["mode"] == "off"
    assert (bounded["unit"], bounded["max"], bounded["decimals"], bounded["thresholds"]) == (
        "percentunit", 1, 0, FULLNESS,
    )  # fmt: skip
    assert bounded["custom"]["thresholdsStyle"]["mode"] == "dashed"
