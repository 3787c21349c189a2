"""Two clusters in one Prometheus, with hubs, users, pods and directories of the same names: nothing mixes.

Each case puts something in the west that would change the east if one join forgot the cluster's label.
"""

from collections.abc import Iterator
from dataclasses import replace

from hubmeter_promql import names
from tests.rules.promtool import Case, Expect, Inputs, constant, exporter, home, in_cluster, merged, pod, series, usage

_EAST, _WEST = 'cluster="east", namespace="prod"', 'cluster="west", namespace="prod"'


def _both(east: Inputs, west: Inputs) -> Inputs:
    return merged(in_cluster("east", east), in_cluster("west", west))


def _share(username: str, group: str, values: str) -> Inputs:
    labels = {"namespace": "prod", "instance": "e", "usergroup": group, "username": username}
    return {series("jupyterhub_user_group_share", **labels): values}


CLUSTERS = (
    Case(
        "an old exporter does not count in one cluster because it is the newest in another",
        _both(
            merged(
                exporter({"ann": {"old": 1}}, instance="a", refreshed=100),
                exporter({"ann": {"new": 1}}, instance="b", refreshed=200),
            ),
            exporter({"ann": {"bio": 1}}, instance="a", refreshed=300),
        ),
        (
            Expect(
                "2m",
                names.SHARE,
                {f'{_EAST}, usergroup="new", username="ann"': 1, f'{_WEST}, usergroup="bio", username="ann"': 1},
            ),
        ),
    ),
    Case(
        "a user of a silent hub is carried forward though a namesake in the same group of another cluster is live",
        _both(exporter({"ann": {"bio": 1}}, minutes=11), exporter({"ann": {"bio": 1}})),
        (
            Expect(
                "20m",
                names.SHARE,
                {f'{_EAST}, usergroup="bio", username="ann"': 1, f'{_WEST}, usergroup="bio", username="ann"': 1},
            ),
        ),
    ),
    Case(
        "an old group is not carried forward because a namesake in another cluster was last in it",
        _both(
            merged(
                _share("ann", "old", constant(1, 8)),
                _share("ann", "new", constant(1, 5, start=8)),
                exporter({}, instance="e", minutes=13),
            ),
            exporter({"ann": {"old": 1}}, minutes=13),
        ),
        (
            Expect(
                "20m",
                names.SHARE,
                {f'{_EAST}, usergroup="new", username="ann"': 1, f'{_WEST}, usergroup="old", username="ann"': 1},
            ),
        ),
    ),
    Case(
        "a pod that waits, or has failed, in one cluster holds nothing because its namesake in another cluster runs",
        _both(
            merged(
                pod("hub"),
                pod("waiting", "ann", phase="Pending", node=""),
                pod("broken", "ann", phase="Failed"),
                usage("broken"),
            ),
            merged(pod("waiting", "ann"), pod("broken", "ann"), usage("broken")),
        ),
        (
            Expect(
                "2m",
                names.PODS,
                {
                    f'{_EAST}, pod="hub", uid="uid-hub"': 1,
                    f'{_WEST}, pod="waiting", uid="uid-waiting", username="ann"': 1,
                    f'{_WEST}, pod="broken", uid="uid-broken", username="ann"': 1,
                },
            ),
            Expect("2m", names.WHOLE_MEMORY_REQUESTS, {_EAST: 4096, _WEST: 8192}),
            Expect("2m", names.WHOLE_MEMORY_WORKING_SET, {_WEST: 1000}),
        ),
    ),
    Case(
        "a namespace is no hub because its namesake in another cluster is one",
        _both(pod("web"), pod("jupyter-ann", "ann")),
        (
            Expect("2m", names.HUBS, {_WEST: 1}),
            Expect(
                "2m",
                names.SCHEDULED_PODS,
                {f'{_WEST}, pod="jupyter-ann", uid="uid-jupyter-ann", hub_namespace="prod"': 1},
            ),
            Expect("2m", names.WHOLE_MEMORY_REQUESTS, {_WEST: 4096}),
        ),
    ),
    Case(
        "a pod without annotation is nobody's though its namesake in another cluster is somebody's",
        _both(merged(exporter({"ann": {"bio": 1}}), pod("jupyter-ann")), pod("jupyter-ann", "ann")),
        (Expect("2m", names.user(names.MEMORY_REQUESTS), {_EAST: 4096, f'{_WEST}, username="ann"': 4096}),),
    ),
    Case(
        "of two pods of one name each cluster has its own newest",
        _both(
            merged(
                pod("jupyter-x", "leaving", uid="a-old", created=1000),
                pod("jupyter-x", "coming", uid="z-new", created=2000),
            ),
            merged(
                pod("jupyter-x", "leaving", uid="z-old", created=1000),
                pod("jupyter-x", "coming", uid="a-new", created=2000),
            ),
        ),
        (
            Expect(
                "2m",
                names.NAMED_PODS,
                {f'{c}, pod="jupyter-x", uid="{uid}"': 1 for c, uid in ((_EAST, "z-new"), (_WEST, "a-new"))},
            ),
        ),
    ),
    Case(
        "a user whom no group claims keeps a row though a group of another cluster claims the namesake",
        _both(
            merged(exporter({"bob": {"bio": 1}}), pod("jupyter-ann", "ann")),
            merged(exporter({"ann": {"bio": 1}}), pod("jupyter-ann", "ann")),
        ),
        (
            Expect(
                "2m",
                names.group(names.MEMORY_REQUESTS),
                {_EAST: 4096, f'{_WEST}, usergroup="bio"': 4096},
            ),
        ),
    ),
    Case(
        "a directory belongs to different users in different clusters, however each spells it",
        _both(
            merged(
                exporter({"ann": {"bio": 1}}, spellings={"ann": ("ann-safe", "x")}), home("ann-safe", 1), home("x", 1)
            ),
            merged(
                exporter({"bob": {"bio": 1}}, spellings={"bob": ("x", "bob-legacy")}),
                home("bob-legacy", 1),
                home("x", 1),
            ),
        ),
        (
            Expect(
                "0m",
                names.user(names.HOME),
                {f'{_EAST}, username="ann"': 2, f'{_WEST}, username="bob"': 2},
            ),
        ),
    ),
    Case(
        "a directory is orphaned in one cluster though its namesake in another has an owner",
        _both(
            merged(exporter({"bob": {"bio": 1}}), home("ann", 512)),
            merged(exporter({"ann": {"bio": 1}}), home("ann", 512)),
        ),
        (
            Expect("0m", names.user(names.HOME), {_EAST: 512, f'{_WEST}, username="ann"': 512}),
            Expect("5m", names.ORPHANED_HOME, {f'{_EAST}, directory="ann"': 512}),
        ),
    ),
    Case(
        "no directory is called orphaned where no exporter answers, though one does in another cluster",
        _both(home("ann", 512), exporter({"bob": {"bio": 1}})),
        (Expect("5m", names.ORPHANED_HOME, {}), Expect("0m", names.user(names.HOME), {_EAST: 512})),
    ),
)


def cases() -> Iterator[Case]:
    """Yield all cases of this page."""
    for case in CLUSTERS:
        yield replace(
            case,
            settings={"cluster_label": "cluster"},
            groups="hubmeter-(hubs|membership|pods|memory|cpu|servers|home.*)",
        )
