"""What the examples render to, as committed in expected/: ``python -m tests.chart.golden`` writes it anew.

Look at the difference before you commit it: it is what an upgrade changes in somebody's cluster. Rules and dashboards
are left out; test_settings.py holds them against the generator.
"""

import sys
from typing import Any

import yaml

from tests.chart.charts import CHART, ROOT, Json, objects

EXPECTED = ROOT / "tests" / "chart" / "expected"
EXAMPLES = sorted(path.stem for path in (CHART / "examples").glob("*.yaml"))
_LEFT_OUT = "(left out)"


def values(example: str) -> Json:
    read: Json = yaml.safe_load((CHART / "examples" / f"{example}.yaml").read_text(encoding="utf-8"))
    return read


def _short(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _LEFT_OUT if key == "groups" else _short(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_short(item) for item in value]
    return _LEFT_OUT if isinstance(value, str) and len(value) > 1000 else value


def text(example: str) -> str:
    made = sorted(objects(values(example)), key=lambda one: (one["kind"], one["metadata"]["name"]))
    return yaml.safe_dump_all([_short(one) for one in made], sort_keys=True, width=120)


def main() -> int:
    EXPECTED.mkdir(exist_ok=True)
    for example in EXAMPLES:
        (EXPECTED / f"{example}.yaml").write_text(text(example), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
