"""`helm upgrade` from the chart at earlier commits: Kubernetes refuses a change of an immutable field.

upgrades/COMMIT has the examples of the chart at a commit, and what they rendered to. Files are added before a
change that an upgrade could notice, and never changed.
"""

from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests.chart.charts import Json, documents, objects
from tests.chart.golden import EXAMPLES

UPGRADES: Final = Path(__file__).parent / "upgrades"
# By kind: fields that Kubernetes does not let change, or, of a Service and a claim, whose change would lose something.
IMMUTABLE: Final = {
    "Deployment": ("spec.selector",),
    "Service": ("spec.selector", "spec.type", "spec.ports"),
    "PersistentVolumeClaim": ("spec.accessModes", "spec.storageClassName", "spec.volumeName"),
    "RoleBinding": ("roleRef",),
    "NetworkPolicy": ("spec.podSelector",),
    "ServiceAccount": (),
    "ServiceMonitor": ("spec.selector",),
}
# Kinds without state: an upgrade may replace one by another.
REPLACEABLE: Final = {"ConfigMap", "GrafanaDashboard", "PrometheusRule", "ClusterRules", "Role"}
ALL: Final = [
    pytest.param(path, id=f"{path.parent.parent.name}-{path.stem}") for path in UPGRADES.glob("*/rendered/*.yaml")
]


def key(found: Json) -> tuple[str, str, str]:
    return found["kind"], found["metadata"].get("namespace", ""), found["metadata"]["name"]


def at(found: Json, field: str) -> Any:
    value: Any = found
    for name in field.split("."):
        value = (value or {}).get(name)
    return value


def changes(before: list[Json], after: list[Json]) -> list[str]:
    """Return what Kubernetes would refuse or an upgrade would lose."""
    new = {key(found): found for found in after}
    said = []
    for found in before:
        kind = found["kind"]
        if kind in REPLACEABLE:
            continue
        if key(found) not in new:
            said.append(f"{key(found)} is removed")
            continue
        said += [
            f"{field} of {key(found)} changes"
            for field in IMMUTABLE[kind]
            if at(found, field) != at(new[key(found)], field)
        ]
    return said


@pytest.mark.parametrize("rendered", ALL)
def test_an_upgrade_keeps_names_and_immutable_fields(rendered: Path) -> None:
    values = yaml.safe_load((rendered.parents[1] / "examples" / rendered.name).read_text(encoding="utf-8"))
    before = documents(rendered.read_text(encoding="utf-8"))
    assert {found["kind"] for found in before} <= IMMUTABLE.keys() | REPLACEABLE
    assert changes(before, objects(values)) == []


def test_examples_of_each_commit_are_kept_with_what_they_rendered_to() -> None:
    for folder in UPGRADES.iterdir():
        examples = {path.name for path in (folder / "examples").iterdir()}
        assert examples == {path.name for path in (folder / "rendered").iterdir()}
        assert {Path(name).stem for name in examples} <= set(EXAMPLES)


def test_a_changed_selector_a_removed_claim_and_another_role_are_noticed() -> None:
    def made(label: str, claim: str, role: str) -> list[Json]:
        def named(kind: str, name: str, **rest: Any) -> Json:
            return {"kind": kind, "metadata": {"name": name, "namespace": "prod"}, **rest}

        return [
            named("Deployment", "a", spec={"selector": {"matchLabels": {"app": label}}}),
            named("PersistentVolumeClaim", claim, spec={"accessModes": ["ReadWriteOnce"]}),
            named("RoleBinding", "b", roleRef={"name": role}),
        ]

    assert changes(made("x", "c", "r"), made("y", "d", "s")) == [
        "spec.selector of ('Deployment', 'prod', 'a') changes",
        "('PersistentVolumeClaim', 'prod', 'c') is removed",
        "roleRef of ('RoleBinding', 'prod', 'b') changes",
    ]
