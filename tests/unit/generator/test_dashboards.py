"""Every dashboard: it is valid for Grafana's own models, and the house rules hold."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard as models

from hubmeter_generator import dashboards, fill
from hubmeter_generator.grafana.links import DOCS
from hubmeter_generator.rules import recording_groups
from hubmeter_promql import render
from tests.unit.generator.boards import BOARDS, SITES, panels, queries

ROOT = Path(__file__).parents[3]

EACH = pytest.mark.parametrize("board", BOARDS.values(), ids=[f"{key}, {site}" for site, key in BOARDS])
CLUSTERED = pytest.mark.parametrize(
    "board", [board for (site, _), board in BOARDS.items() if site == "many clusters"], ids=list(dashboards.BUILDERS)
)

# Series that panels read besides recorded ones, and their sources.
FOREIGN = {
    "ALERTS": "the engine that evaluates the alerts",
    **{
        f"{prefix}prometheus_rule_{name}": source
        for prefix, source in (("", "Prometheus"), ("cortex_", "Mimir's ruler"))
        for name in (
            "evaluation_failures_total",
            "group_interval_seconds",
            "group_iterations_missed_total",
            "group_last_duration_seconds",
        )
    },
    "dirsize_entries_count": "dirsize, whose directories are shown without their users",
    "dirsize_latest_mtime": "the same",
    "dirsize_total_size_bytes": "the same",
    "kubelet_volume_stats_available_bytes": "the kubelet",
    "kubelet_volume_stats_capacity_bytes": "the same",
    "kubelet_volume_stats_inodes": "the same",
    "kubelet_volume_stats_inodes_free": "the same",
    "scrape_duration_seconds": "Prometheus, of each target",
    "scrape_samples_scraped": "Prometheus, of each target",
}
OURS = re.compile(r"(groups_exporter|quota|costs|cloud|unit_price)_\w+")


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


@EACH
def test_grafanas_models_read_a_dashboard_and_lose_nothing_of_it(board: dict[str, Any]) -> None:
    board = json.loads(json.dumps(board))
    for annotation in board["annotations"]["list"]:
        for key in ("step", "titleFormat", "textFormat", "tagKeys", "useValueForTime"):
            del annotation[key]  # Prometheus' data source reads these, which the models do not know
    model = models.Dashboard.from_json(board)
    assert list(missing(board, json.loads(json.dumps(model, cls=JSONEncoder)), "")) == []


def missing(ours: Any, theirs: Any, path: str) -> Iterator[str]:
    """Yield what of ours is not in theirs, which may have defaults besides."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key, value in ours.items():
            if key not in theirs:
                yield f"{path}.{key}"
            else:
                yield from missing(value, theirs[key], f"{path}.{key}")
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for number, (mine, other) in enumerate(zip(ours, theirs, strict=True)):
            yield from missing(mine, other, f"{path}[{number}]")
    elif ours != theirs:
        yield f"{path}: {ours!r} became {theirs!r}"


@EACH
def test_every_panel_has_a_title_a_description_a_unit_and_a_text_for_no_data(board: dict[str, Any]) -> None:
    for panel in panels(board):
        if panel["type"] == "text":
            assert panel["options"]["content"]
            continue
        assert panel["title"]
        assert len(panel["description"]) > 20, panel["title"]
        assert panel["description"].endswith("."), panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"], panel["title"]
        assert panel["fieldConfig"]["defaults"]["noValue"], panel["title"]
        assert panel["targets"], panel["title"]


@EACH
def test_every_query_goes_to_the_chosen_data_source(board: dict[str, Any]) -> None:
    wanted = {"type": "prometheus", "uid": "${datasource}"}
    for panel in panels(board):
        if panel["type"] != "text":
            assert [panel["datasource"], *(target["datasource"] for target in panel["targets"])] == [wanted] * (
                1 + len(panel["targets"])
            )
    variables = {variable["name"]: variable for variable in board["templating"]["list"]}
    assert variables["datasource"]["label"] == "Data source"
    assert all(v["datasource"] == wanted for v in variables.values() if v["type"] == "query")


@EACH
def test_variables_with_all_match_unattributed_usage(board: dict[str, Any]) -> None:
    found = [v for v in board["templating"]["list"] if v["type"] == "query" and not v["hide"]]
    assert {"hub"} <= {v["name"] for v in found}
    assert all((v["allValue"], v["includeAll"], v["multi"]) == (".*", True, True) for v in found)


@EACH
def test_every_variable_a_query_uses_exists(board: dict[str, Any]) -> None:
    known = {v["name"] for v in board["templating"]["list"]} | {"__range", "__range_s", "__interval", "__rate_interval"}
    texts = [
        *queries(board),
        *(p["title"] for p in panels(board)),
        *(v["query"]["query"] for v in board["templating"]["list"] if v["type"] == "query"),
    ]
    for expression in texts:
        assert set(re.findall(r"\$([a-z_]+)", expression)) <= known, expression


@EACH
def test_no_key_of_grafanas_past_is_left(board: dict[str, Any]) -> None:
    legacy = {
        "rows",
        "sharedCrosshair",
        "style",
        "hideControls",
        "gnetId",
        "span",
        "minSpan",
        "height",
        "cacheTimeout",
        "fieldOptions",
        "editable_panel",
        "error",
        "hideTimeOverride",
        "intervalFactor",
        "step",
        "useTags",
        "tagsQuery",
        "tagValuesQuery",
        "__inputs",
        "auto_min",
    }

    def keys(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            for key, item in value.items():
                yield key
                assert item is not None or key in {"value", "to"}, f"{key} is null"
                yield from keys(item)
        elif isinstance(value, list):
            for item in value:
                yield from keys(item)

    # A step of an annotation is not of the past.
    assert set(keys({key: value for key, value in board.items() if key != "annotations"})) & legacy == set()
    assert board["schemaVersion"] >= 39


@EACH
def test_no_placeholder_and_no_lone_percent_sign_is_left(board: dict[str, Any]) -> None:
    for value in strings(board):
        assert "%(" not in value
        assert "%%" not in value


def test_uids_are_short_fixed_and_unique() -> None:
    built = {key: build() for key, build in dashboards.BUILDERS.items()}
    assert {key: board["uid"] for key, board in built.items()} == {key: f"hubmeter-{key}" for key in built}
    assert all(len(board["uid"]) <= 40 for board in built.values())


@EACH
def test_panels_have_unique_ids_and_do_not_overlap(board: dict[str, Any]) -> None:
    everything = [
        *board["panels"],
        *(inner for row in board["panels"] if row["type"] == "row" for inner in row["panels"]),
    ]
    ids = [panel["id"] for panel in everything]
    assert len(ids) == len(set(ids))
    taken: dict[tuple[int, int], int] = {}
    for panel in everything:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                assert taken.setdefault((x, y), panel["id"]) == panel["id"], f"{panel['title']} overlaps another panel"


@EACH
def test_links_lead_to_dashboards_and_variables_that_exist(board: dict[str, Any]) -> None:
    variables = {
        f"hubmeter-{key}": {v["name"] for v in build()["templating"]["list"]}
        for key, build in dashboards.BUILDERS.items()
    }
    links = [text for text in strings(board) if text.startswith("/d/")]
    for link in links:
        uid, _, arguments = link.removeprefix("/d/").partition("?")
        month = "from=now-1M/M&to=now-1M/M"
        assert arguments.startswith((f"{month}&${{datasource", "${__url_time_range}&${datasource:queryparam}")), link
        assert set(re.findall(r"var-(\w+)=", arguments)) <= variables[uid], link
        assert all(value.endswith(":percentencode}") for value in re.findall(r"var-\w+=([^&]+)", arguments)), link


@EACH
def test_cells_that_links_read_are_columns_of_their_table(board: dict[str, Any]) -> None:
    for panel in panels(board):
        shown = {o["matcher"]["options"] for o in panel["fieldConfig"]["overrides"]}
        for transformation in panel.get("transformations", []):
            if transformation["id"] == "organize":
                shown |= set(transformation["options"]["renameByName"].values())
        fields = {name for text in strings(panel) for name in re.findall(r"__data\.fields\.(\w+)", text)}
        assert fields <= shown, panel["title"]


@EACH
def test_titles_are_not_cut_on_a_screen_of_1280_pixels(board: dict[str, Any]) -> None:
    widths = {**dict.fromkeys("iljtfrI.,:'|/() ", 4.2), **dict.fromkeys("mwMW%", 11.5)}
    for panel in panels(board):
        if panel["type"] != "text":
            title = re.sub(r"\$[a-z_]+", "100", panel["title"])
            text = sum(widths.get(letter, 9.2 if letter.isupper() else 7.4) for letter in title)
            icons = 20 * (1 + bool(panel.get("links")))
            assert text < panel["gridPos"]["w"] * 52.3 - 52 - icons, panel["title"]


@EACH
def test_sums_over_the_time_range_have_the_time_since_which_usage_is_recorded(board: dict[str, Any]) -> None:
    queries_ = [target["expr"] for panel in panels(board) for target in panel.get("targets", ())]
    sums = [query for query in queries_ if re.search(r"sum_over_time\([^\[]*\[\$\{?__range(?!:2h)", query)]
    assert not sums or any("namespace:usage_recorded:count5m" in query for query in queries_)


@EACH
def test_panels_link_to_pages_of_the_documentation_that_exist(board: dict[str, Any]) -> None:
    urls = {link["url"] for panel in panels(board) for link in panel.get("links", [])}
    urls |= {url for panel in panels(board) for url in re.findall(r"\]\((http[^)]+)\)", panel.get("description", ""))}
    assert urls
    for url in urls:
        page, _, section = url.removeprefix(f"{DOCS}/").partition("#")
        text = (ROOT / "docs" / page).read_text(encoding="utf-8")
        titles = {re.sub(r"[^a-z0-9]+", "-", title.lower()) for title in re.findall(r"(?m)^#+ (.+)$", text)}
        assert section in titles | {""}, url


def test_menus_keep_the_time_range_except_to_dashboards_of_whole_days() -> None:
    found: dict[bool, set[str]] = {True: set(), False: set()}
    for (site, name), board in BOARDS.items():
        assert [menu["tags"][0] for menu in board["links"]] == [board["tags"][0]] * 2
        for menu in board["links"]:
            if site == "defaults" and set(menu["tags"]) <= set(board["tags"]):
                found[menu["keepTime"]].add(name)
    assert found[False] == {"costs", "group-bill", "report"}
    assert found[True] == set(dashboards.BUILDERS) - found[False]


def recorded() -> set[str]:
    return {rule.record for group in recording_groups() for rule in group.rules}


@pytest.mark.parametrize("site", SITES)
def test_every_series_a_panel_reads_is_recorded_or_listed_with_its_source(site: str) -> None:
    known = recorded() | set(FOREIGN)
    prefix = SITES[site].metrics_prefix + "_"
    read = set()
    for (of, _), board in BOARDS.items():
        if of == site:
            for expression in queries(board):
                read |= metric_names(expression)
    own = {name for name in read if name.startswith(prefix) and OURS.fullmatch(name.removeprefix(prefix))}
    assert own
    assert read - known - own == set()
    assert set(FOREIGN) <= read, "FOREIGN lists what no panel reads"


@EACH
def test_no_query_selects_metrics_by_a_pattern_of_names(board: dict[str, Any]) -> None:
    """Google's managed Prometheus refuses such a query: "=~ is an unsupported matchtype for the __name__ label"."""
    assert "__name__" not in json.dumps(board)


def metric_names(expression: str) -> set[str]:
    """Return the names of metrics in a query: what looks like one and is followed by a selector or a bracket."""
    without_strings = re.sub(r'"[^"]*"', '""', expression)
    names = set(re.findall(r"([a-zA-Z_][\w:]*)\s*\{", without_strings))
    return names | set(re.findall(r"\b(scrape_\w+)", without_strings))


@CLUSTERED
def test_with_a_cluster_label_every_join_sum_and_selector_of_ours_keeps_it(board: dict[str, Any]) -> None:
    for expression in queries(board):
        for words, labels in re.findall(r"\b(by|on|without|ignoring)\s*\(([^)]*)\)", expression):
            assert words in {"by", "on"}, expression
            if "(vector(0)" in expression and labels in {"usergroup", "username"}:
                continue  # rows without that label, which come last in tables
            # Of the clock there is one for all clusters; two numbers for all hubs, by time, need nothing to keep apart.
            if labels in {"day", "month"}:
                assert "count_values" in expression, expression
            elif labels or "count_values" not in expression:
                assert "cluster" in labels.split(", ") or (not labels and "count_values" in expression), expression
        for matchers in re.findall(r"\{([^}]*namespace=~[^}]*)\}", expression):
            assert 'cluster=~"$cluster"' in matchers, expression


def test_without_a_cluster_label_no_dashboard_mentions_one() -> None:
    for (site, _), board in BOARDS.items():
        if site == "defaults":
            assert [v["name"] for v in board["templating"]["list"] if v["name"] == "cluster"] == []
            assert not any("$cluster" in expression for expression in queries(board))


def templates() -> dict[str, Path]:
    """Return the templates of panels by name, for example ``shared/by_group``."""
    folder = ROOT / "promql" / "hubmeter_promql" / "panels"
    return {path.relative_to(folder).with_suffix("").as_posix(): path for path in folder.rglob("*.promql")}


@pytest.mark.parametrize("template", sorted(templates()))
def test_a_template_is_in_the_folder_of_the_only_dashboard_that_uses_it_or_shared(template: str) -> None:
    modules = (ROOT / "generator" / "hubmeter_generator" / "dashboards").glob("*.py")
    users = {path.stem for path in modules if f'"{template}"' in path.read_text(encoding="utf-8")}
    folder, _, _ = template.partition("/")
    if folder == "shared":
        assert len(users) > 1 or users == {"shared"}
    else:
        assert users == {folder}


@pytest.mark.parametrize("template", sorted(templates()))
def test_a_template_begins_with_a_comment_that_names_its_labels(template: str) -> None:
    text = templates()[template].read_text(encoding="utf-8")
    comment = [line for line in text.splitlines() if line.startswith("#")]
    assert text.startswith("# ")
    assert "labels:" in " ".join(comment)


def test_a_dashboard_with_a_typing_error_in_a_placeholder_is_refused() -> None:
    board = dashboards.BUILDERS["groups"]()
    board["description"] = "%(longest_windw)s"
    with pytest.raises(render.TemplateError, match="unknown placeholder longest_windw"):
        fill.dashboard(board, SITES["defaults"])
