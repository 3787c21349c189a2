"""Tools that apply the rendered chart again and again, such as Argo CD and Flux: the second time nothing changes.

That two renders are equal is in tests/chart/test_helm3.py.
"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests.chart.charts import CHART, Json, objects
from tests.kubernetes.cluster import Cluster, ClusterError
from tests.waiting import wait_until

EXAMPLES: Final = sorted((CHART / "examples").glob("*.yaml"))
APPLY: Final = ("apply", "--server-side", "--field-manager=gitops", "--force-conflicts", "-f", "-")
DIFF: Final = ("diff", "--server-side", "--field-manager=gitops", "--force-conflicts", "-f", "-")


def rendered(values: Json, namespace: str) -> list[Json]:
    """Return the chart's objects, all in one namespace, as the server can take them."""
    # The Go module with the definitions of Google's managed Prometheus is not to be had.
    known = [each for each in objects(values, namespace=namespace) if each["kind"] != "ClusterRules"]
    for each in known:  # namespaces that the example names are not made here
        each["metadata"]["namespace"] = namespace
    return known


def stored(cluster: Cluster, applied: Sequence[Json], namespace: str) -> dict[str, Any]:
    """Return the objects by kind and name, without the fields and managers of controllers."""
    kinds = [f"{each['kind']}.{each['apiVersion'].rpartition('/')[0]}".rstrip(".") for each in applied]
    of = [f"{kind}/{each['metadata']['name']}" for kind, each in zip(kinds, applied, strict=True)]
    found = cluster.get(*of, "-n", namespace, "--show-managed-fields")["items"]
    assert len(found) == len(applied)
    for each in found:
        meta = each["metadata"]
        meta["managedFields"] = [at for at in meta["managedFields"] if at["manager"] == "gitops"]
        del meta["resourceVersion"]
        each.pop("status", None)
        meta.get("annotations", {}).pop("deployment.kubernetes.io/revision", None)
    return {f"{each['kind']}/{each['metadata']['name']}": each for each in found}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
@pytest.mark.usefixtures("crds")
def test_an_example_applied_again_changes_nothing(
    cluster: Cluster, namespace: Callable[..., str], example: Path
) -> None:
    own = namespace(f"gitops-{example.stem}")
    values: Json = yaml.safe_load(example.read_text(encoding="utf-8"))
    first, second = rendered(values, own), rendered(values, own)
    cluster.kubectl(*APPLY, stdin=_text(first))
    before = stored(cluster, first, own)
    wait_until(lambda: _is_stored(cluster, second), lambda: f"a second render of {example.stem} has no difference")
    cluster.kubectl(*APPLY, stdin=_text(second))
    assert stored(cluster, second, own) == before
    second[0]["metadata"]["labels"]["changed"] = "yes"
    with pytest.raises(ClusterError, match=r"kubectl diff .*: $"):  # so a difference is seen; an error has a message
        cluster.kubectl(*DIFF, stdin=_text(second[:1]))


def _is_stored(cluster: Cluster, items: Sequence[Json]) -> bool:
    """Return whether there is no difference; a status that a controller writes while kubectl compares is one."""
    try:
        return cluster.kubectl(*DIFF, stdin=_text(items)) == ""
    except ClusterError:
        return False


def _text(items: Sequence[Json]) -> str:
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
