"""The templates of the doctor's queries; its findings are tested on engines, in tests/engines/test_doctor.py."""

import re
from pathlib import Path

import pytest

from hubmeter_generator.operate import checks
from hubmeter_generator.settings import Settings, load, make
from hubmeter_promql import render

ROOT = Path(__file__).parents[3]
TEMPLATES = ROOT / "promql" / "hubmeter_promql" / "checks"


def test_each_template_is_queried_and_begins_with_a_comment() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in Path(checks.__file__).parent.glob("*.py"))
    queried = {name for name in re.findall(r'query\(\s*"([\w/]+)"', source) if "/" not in name}
    assert {path.stem for path in TEMPLATES.glob("*.promql")} == queried
    assert all(path.read_text(encoding="utf-8").startswith("# ") for path in TEMPLATES.glob("*.promql"))


@pytest.mark.parametrize("site", [load(), make({"cluster_label": "cluster"}, "test")], ids=["one cluster", "several"])
def test_a_template_that_groups_by_hub_keeps_the_cluster(site: Settings) -> None:
    for path in TEMPLATES.glob("*.promql"):
        names = render.placeholders(render.load(f"checks/{path.name}"))
        own = dict.fromkeys(names - site.placeholders().keys(), "up")
        query = render.render(render.part(f"checks/{path.name}", own), site.placeholders())
        by_hub = re.findall(r"\((?:cluster, )?namespace[),]", query)
        assert all(group.startswith("(cluster, ") == bool(site.cluster_label) for group in by_hub), query
