"""Helm 3, which most clusters still have, does with the chart what Helm 4 does in the other tests."""

import functools
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from http.server import SimpleHTTPRequestHandler
from pathlib import Path

import pytest
import yaml

from tests.chart import golden
from tests.chart.charts import CHART, Json, documents, objects
from tests.http_server import http_server

HELM = shutil.which("helm", path=str(Path(sys.executable).parent))
pytestmark = pytest.mark.skipif(HELM is None, reason="needs x86-64: the package helm-binary has Helm 3 for no other")


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
    assert by_kind_and_name(documents(done.stdout)) == by_kind_and_name(objects(values))


@pytest.mark.parametrize("example", golden.EXAMPLES)
def test_two_renders_are_equal(example: str, tmp_path: Path) -> None:
    first, second = (template(golden.values(example), tmp_path) for _ in range(2))
    assert first.stdout
    assert first.stdout == second.stdout


# Argo CD renders without a cluster, so what these return changes with each render.
IMPURE = re.compile(
    r"\b(?:lookup|rand\w+|uuidv4|shuffle|now|ago|gen[A-Z]\w+|buildCustomCert|htpasswd|bcrypt|encryptAES|getHostByName)\b"
    r"|\.Release\.(?:Is\w+|Revision)|\.Capabilities\b"
)


def test_no_template_reads_the_cluster_the_clock_or_random_numbers() -> None:
    for path in sorted((CHART / "templates").rglob("*")):
        actions = re.findall(r"(?s){{.*?}}", path.read_text(encoding="utf-8")) if path.is_file() else []
        code = [re.sub(r'"(?:[^"\\]|\\.)*"|/\*.*?\*/', "", action, flags=re.DOTALL) for action in actions]
        assert [action for action in code if IMPURE.search(action)] == [], path
    assert IMPURE.search('{{ lookup "v1" "Secret" }}')
    assert IMPURE.search("{{ randAlphaNum 8 }}")


@pytest.mark.parametrize("example", golden.EXAMPLES)
def test_its_strict_lint_takes(example: str, tmp_path: Path) -> None:
    done = helm("lint", "--strict", CHART, "--values", CHART / "examples" / f"{example}.yaml", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"exporter": {"intervall": 60}}, "Additional property intervall is not allowed"),
        (
            {"hub": {"url": "https://hub.example.org"}},
            'hub.url is "https://hub.example.org", but exporter.networkPolicy.extraEgress is empty',
        ),
        ({"settings": {"interval": "7m"}}, 'settings.interval is "7m"; it must divide 5m'),
    ],
)
def test_it_refuses_with_a_sentence(values: Json, sentence: str, tmp_path: Path) -> None:
    done = template(values, tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert sentence in done.stderr


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[str]:
    """A chart repository, filled as the release workflow fills gh-pages, and its URL."""
    folder = tmp_path / "pages"
    folder.mkdir()
    handler = functools.partial(SimpleHTTPRequestHandler, directory=str(folder))
    with http_server(handler) as server:
        url = f"http://127.0.0.1:{server.server_port}"
        assert helm("package", CHART, "--destination", folder, cwd=tmp_path).returncode == 0
        assert helm("repo", "index", folder, "--url", url, cwd=tmp_path).returncode == 0
        yield url


def test_from_a_repository_it_installs_the_same(repository: str, tmp_path: Path) -> None:
    chart = ("hubmeter", "--repo", repository)
    one = helm("template", "hubmeter", *chart, "--namespace=prod", cwd=tmp_path)
    other = helm("template", "hubmeter", CHART, "--namespace=prod", cwd=tmp_path)
    assert (one.returncode, other.returncode) == (0, 0), one.stderr + other.stderr
    assert one.stdout == other.stdout
