"""Pods in other namespaces than their hub (setting pod_namespaces)."""

from collections.abc import Iterator
from dataclasses import replace

from hubmeter_promql import names
from tests.rules.promtool import Case, Expect, exporter, in_cluster, merged, pod, usage

_OWN = "prod-ann", "prod-bob"
# Servers and databases of one name in two namespaces; the databases have no username.
_SERVERS = merged(
    *(pod("jupyter", space[5:], namespace=space, uid=f"server-{space}") for space in _OWN),
    *(pod("db", namespace=space, uid=f"db-{space}", container="db", memory=512) for space in _OWN),
    *(usage("jupyter", namespace=space) for space in _OWN),
    *(usage("db", namespace=space, container="db", memory="100x180") for space in _OWN),
    exporter({"ann": {"bio": 1}, "bob": {"chem": 1}}),
)
_MAPPED = {"pod_namespaces": [{"namespaces": "(prod|staging)-.+", "hub": "$1"}]}

POD_NAMESPACES = (
    Case(
        "pods in mapped namespaces belong to the hub and its users",
        _SERVERS,
        (
            Expect("4m", names.HUBS, {'namespace="prod"': 1}),
            Expect(
                "4m",
                names.SCHEDULED_PODS,
                {
                    f'namespace="{space}", pod="{name}", uid="{kind}-{space}", hub_namespace="prod"': 1
                    for space in _OWN
                    for name, kind in (("jupyter", "server"), ("db", "db"))
                },
            ),
            Expect(
                "4m",
                names.user(names.MEMORY_REQUESTS),
                {
                    'namespace="prod", username="ann"': 4096,
                    'namespace="prod", username="bob"': 4096,
                    'namespace="prod"': 1024,
                },
            ),
            Expect(
                "4m",
                names.user(names.MEMORY_WORKING_SET),
                {
                    'namespace="prod", username="ann"': 1000,
                    'namespace="prod", username="bob"': 1000,
                    'namespace="prod"': 200,
                },
            ),
            Expect(
                "4m",
                names.group(names.SERVERS),
                {'namespace="prod", usergroup="bio"': 1, 'namespace="prod", usergroup="chem"': 1},
            ),
            Expect("4m", names.WHOLE_MEMORY_REQUESTS, {'namespace="prod"': 9216}),
            Expect("4m", names.WHOLE_MEMORY_WORKING_SET, {'namespace="prod"': 2200}),
        ),
        settings=_MAPPED,
    ),
    Case(
        "pods in namespaces that no pattern matches are recorded under their own namespace",
        _SERVERS,
        (
            Expect("4m", names.HUBS, {f'namespace="{space}"': 1 for space in ("prod", *_OWN)}),
            Expect("4m", names.hub(names.MEMORY_REQUESTS), {f'namespace="{space}"': 4608 for space in _OWN}),
            Expect("4m", names.WHOLE_MEMORY_WORKING_SET, {f'namespace="{space}"': 1100 for space in _OWN}),
        ),
        settings={"pod_namespaces": [{"namespaces": "prod", "hub": "other"}, {"namespaces": "rod-.+", "hub": "other"}]},
    ),
    Case(
        "the first pattern that matches counts",
        merged(_SERVERS, pod("x", "eve", namespace="staging-x")),
        (
            Expect(
                "4m",
                names.user(names.SERVERS),
                {
                    'namespace="special", username="ann"': 1,
                    'namespace="prod", username="bob"': 1,
                    'namespace="rest", username="eve"': 1,
                },
            ),
        ),
        settings={
            "pod_namespaces": [
                {"namespaces": "prod-ann", "hub": "special"},
                {"namespaces": "prod-.+", "hub": "prod"},
                {"namespaces": ".+-.+", "hub": "rest"},
            ]
        },
    ),
    Case(
        "a pod that a second scrape reports in another namespace has one owner",
        merged(pod("jupyter-ann", "ann", uid="a"), pod("jupyter-ann", "ann", uid="a", namespace="monitoring")),
        (Expect("4m", f"count({names.PODS})", {"{}": 1}), Expect("4m", f"sum({names.user(names.SERVERS)})", {"{}": 1})),
    ),
    Case(
        "a namespace belongs to the hub of its own cluster",
        merged(
            in_cluster("east", pod("jupyter", "ann", namespace="prod-ann")),
            in_cluster("west", merged(pod("jupyter", "ann", namespace="prod-ann"), exporter({"ann": {"bio": 1}}))),
        ),
        (
            Expect(
                "4m",
                names.group(names.MEMORY_REQUESTS),
                {
                    'cluster="east", namespace="prod", usergroup="groups unknown"': 4096,
                    'cluster="west", namespace="prod", usergroup="bio"': 4096,
                },
            ),
        ),
        settings=_MAPPED | {"cluster_label": "cluster"},
    ),
)


def cases() -> Iterator[Case]:
    """Yield all cases of this page."""
    for case in POD_NAMESPACES:
        yield replace(case, groups="hubmeter-(hubs|membership|pods|memory|servers)")
