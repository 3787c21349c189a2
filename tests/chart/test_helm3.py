"""Helm 3, which most clusters still have, does with the chart what Helm 4 does in the other tests."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.chart import golden
from tests.chart.charts import CHART, Json, objects

if TYPE_CHECKING:
    from collections.abc import Sequence

HELM = shutil.which("helm", path=str(Path(sys.executable).parent))
pytestmark = pytest.mark.skipif(HELM is None, reason="the package helm-binary has Helm 3 for x86-64 only")


def helm(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run Helm 3, which shall find nothing of this machine's."""
    assert HELM
    environment = {f"HELM_{kind}_HOME": str(cwd / kind.lower()) for kind in ("CACHE", "CONFIG", "DATA")}
    return subprocess.run(
        [HELM, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def template(values: Json, cwd: Path) -> subprocess.CompletedProcess[str]:
    (cwd / "values.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    return helm("template", "hubmeter", CHART, "--namespace=prod", "--values=values.yaml", cwd=cwd)


def by_kind_and_name(found: Sequence[Json]) -> dict[tuple[str, str], Json]:
    return {(one["kind"], one["metadata"]["name"]): one for one in found}


def test_it_is_helm_3(tmp_path: Path) -> None:
    assert helm("version", "--short", cwd=tmp_path).stdout.startswith("v3.")


@pytest.mark.parametrize("example", golden.EXAMPLES)
def test_it_renders_what_helm_4_renders_of(example: str, tmp_path: Path) -> None:
    values = golden.values(example)
    done = template(values, tmp_path)
    assert done.returncode == 0, done.stderr
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    rendered = [document for document in yaml.load_all(done.stdout, loader) if document]
    assert by_kind_and_name(rendered) == by_kind_and_name(objects(values))


@pytest.mark.parametrize("example", golden.EXAMPLES)
def test_its_strict_lint_takes(example: str, tmp_path: Path) -> None:
    done = helm("lint", "--strict", CHART, "--values", CHART / "examples" / f"{example}.yaml", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"exporter": {"intervall": 60}}, "Additional property intervall is not allowed"),
        ({"hub": {"url": "https://hub.example.org"}}, "which a network policy cannot be made for"),
        ({"settings": {"interval": "7m"}}, 'settings.interval is "7m"; it must divide 5m'),
    ],
)
def test_it_refuses_with_a_sentence(values: Json, sentence: str, tmp_path: Path) -> None:
    done = template(values, tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert sentence in done.stderr


def test_what_it_packages_installs_the_same(tmp_path: Path) -> None:
    assert helm("package", CHART, cwd=tmp_path).returncode == 0
    (package,) = tmp_path.glob("hubmeter-*.tgz")
    one, other = (helm("template", "hubmeter", chart, "--namespace=prod", cwd=tmp_path) for chart in (package, CHART))
    assert one.returncode == 0, one.stderr
    assert one.stdout == other.stdout
