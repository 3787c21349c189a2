"""Who is in which group, where the hubs are, and whose each pod is."""

from collections.abc import Iterator
from dataclasses import replace

from hubmeter_generator.model import VERSION
from hubmeter_promql import names
from tests.rules.promtool import (
    Case,
    Expect,
    Inputs,
    constant,
    exporter,
    in_cluster,
    merged,
    pod,
    series,
    unmarked,
    without,
)

LONG = "u" * 80
ODD = ("ana.lópez@uni.edu", "Bob-Smith", "x--y", "ann", "anna", LONG)
_NO_GROUP = {"none": 1.0}
_THREE = {"bio": 1 / 4, "chem": 1 / 4, "math": 1 / 2}

_HUB = 'namespace="prod", hub_url="http://hub:8081"'


def _row(group: str, user: str) -> str:
    target = {"namespace": "prod", "instance": "e", "job": "groups-exporter"}
    return series("jupyterhub_user_group_share", **target, usergroup=group, username=user)


MEMBERSHIP = (
    Case(
        "users of one, of three and of no group, with odd names, keep the shares their exporter tells",
        exporter({"ann": {"bio": 1}, "anna": _THREE, **dict.fromkeys(ODD[:3], _NO_GROUP), LONG: {"bio": 1}}),
        tuple(
            Expect(
                "2m",
                name,
                {
                    f'{of}, usergroup="bio", username="ann"': 1,
                    f'{of}, usergroup="bio", username="anna"': 0.25,
                    f'{of}, usergroup="chem", username="anna"': 0.25,
                    f'{of}, usergroup="math", username="anna"': 0.5,
                    f'{of}, usergroup="bio", username="{LONG}"': 1,
                    **{f'{of}, usergroup="none", username="{user}"': 1 for user in ODD[:3]},
                },
            )
            for name, of in ((names.SHARE, 'namespace="prod"'),)
        ),
    ),
    Case(
        "real memberships of a user who is accounted to the default group have share 0",
        exporter({"ann": {"bio": 0, "chem": 0, "other": 1}}),
        (
            Expect(
                "1m",
                names.SHARE,
                {
                    'namespace="prod", usergroup="bio", username="ann"': 0,
                    'namespace="prod", usergroup="chem", username="ann"': 0,
                    'namespace="prod", usergroup="other", username="ann"': 1,
                },
            ),
        ),
    ),
    Case(
        "while an exporter is being replaced only the newest snapshot counts, so nobody is in the old and the new "
        "group",
        merged(
            exporter({"ann": {"old": 1}, "gone": {"old": 1}}, instance="exporter-1", refreshed=100),
            exporter({"ann": {"new": 1}}, instance="exporter-2", refreshed=200),
        ),
        (Expect("2m", names.SHARE, {'namespace="prod", usergroup="new", username="ann"': 1}),),
    ),
    Case(
        "a group that a user left while Prometheus was down, and whose series has no staleness marker, is over",
        merged(exporter({"ann": {"new": 1}}, instance="e"), {_row("old", "ann"): "1x2"}),
        (Expect("4m", names.SHARE, {'namespace="prod", usergroup="new", username="ann"': 1}),),
    ),
    Case(
        "a recorded share that ended while Prometheus was down, and has no staleness marker, is 0 once; that of a "
        "deleted user stays until the look-back ends",
        merged(
            exporter({"ann": {"new": 1}, "ben": {"old": 1}}, start=3, refreshed=180),
            {
                f'{names.SHARE}{{namespace="prod", usergroup="old", username="{user}"}}': "_ 1"
                for user in ("ann", "max")
            },
        ),
        tuple(
            Expect(
                at,
                names.SHARE,
                {
                    'namespace="prod", usergroup="new", username="ann"': 1,
                    'namespace="prod", usergroup="old", username="ben"': 1,
                    **({'namespace="prod", usergroup="old", username="ann"': ann} if ann is not None else {}),
                    **({'namespace="prod", usergroup="old", username="max"': 1} if at != "7m" else {}),
                },
            )
            for at, ann in (("3m", 0.0), ("4m", None), ("5m", None), ("7m", None))
        ),
    ),
    Case(
        "a recorded share of a user with a pod that has no staleness marker is 0 once, too",
        merged(
            exporter({"ann": {"new": 1}}),
            pod("jupyter-ann", "ann", start=3),
            {f'{names.ACTIVE_SHARE}{{namespace="prod", usergroup="old", username="ann"}}': "_ 1"},
        ),
        tuple(
            Expect(
                at,
                names.ACTIVE_SHARE,
                {
                    'namespace="prod", usergroup="new", username="ann"': 1,
                    **({'namespace="prod", usergroup="old", username="ann"': 0} if at == "3m" else {}),
                },
            )
            for at in ("3m", "4m", "5m")
        ),
    ),
    Case(
        "a pod without staleness markers, as after a restart of Prometheus, ends while its scrape returns "
        "others, after an interval and a half; with the last pod of a scrape that ended after 5 minutes",
        merged(
            exporter({"ann": {"bio": 1}}),
            unmarked(pod("gone", "ann", minutes=4)),
            unmarked(pod("shard", "ann", minutes=4, instance="ksm-2")),
            pod("stays", "ann", minutes=180),
        ),
        tuple(
            Expect(
                at,
                names.PODS,
                {f'namespace="prod", pod="{name}", uid="uid-{name}", username="ann"': 1 for name in pods},
            )
            for at, pods in (
                ("3m", ("gone", "shard", "stays")),
                ("4m", ("gone", "shard", "stays")),
                ("5m", ("shard", "stays")),
                ("7m", ("shard", "stays")),
                ("9m", ("stays",)),
            )
        ),
    ),
    Case(
        "a pod whose part of a scrape arrives after the evaluation counts",
        merged(
            exporter({"ann": {"bio": 1}}),
            pod("whole", "ann"),
            {
                row: "{0} {0} {0} _ {0} {0}".format(values.partition("x")[0])
                for row, values in pod("late", "ann").items()
            },
        ),
        (
            Expect(
                "3m",
                names.PODS,
                {f'namespace="prod", pod="{name}", uid="uid-{name}", username="ann"': 1 for name in ("whole", "late")},
            ),
        ),
    ),
    Case(
        "pods of two scrapes at different times count, though one's samples are older",
        merged(
            exporter({"ann": {"bio": 1}}),
            pod("first", "ann", instance="ksm-1"),
            {
                row: " _ ".join([values.partition("x")[0]] * 3)
                for row, values in pod("second", "ann", instance="ksm-2").items()
            },
        ),
        (
            Expect(
                "3m",
                names.PODS,
                {
                    f'namespace="prod", pod="{name}", uid="uid-{name}", username="ann"': 1
                    for name in ("first", "second")
                },
            ),
        ),
    ),
    Case(
        "two exporters with equally new snapshots do not count a user twice",
        merged(
            exporter({"ann": {"bio": 1}}, instance="exporter-1"), exporter({"ann": {"bio": 1}}, instance="exporter-2")
        ),
        (Expect("2m", names.SHARE, {'namespace="prod", usergroup="bio", username="ann"': 1}),),
    ),
    Case(
        "the newest snapshot of one hub does not silence the exporter of another",
        merged(
            exporter({"ann": {"bio": 1}}, namespace="prod", refreshed=100),
            exporter({"ann": {"chem": 1}}, namespace="staging", refreshed=900),
        ),
        (
            Expect(
                "2m",
                names.SHARE,
                {
                    'namespace="prod", usergroup="bio", username="ann"': 1,
                    'namespace="staging", usergroup="chem", username="ann"': 1,
                },
            ),
        ),
    ),
    Case(
        "another prefix of the exporter's metrics is found when it is set",
        exporter({"ann": {"bio": 1}}, prefix="uni"),
        (Expect("2m", names.SHARE, {'namespace="prod", usergroup="bio", username="ann"': 1}),),
        settings={"metrics_prefix": "uni"},
    ),
)


_BACK = {'namespace="prod", usergroup="bio", username="ann"': 1.0}

CARRY_FORWARD = (
    Case(
        "the last groups hold while the exporter is silent for ten minutes, and the live ones when it is back",
        merged(
            exporter({"ann": {"bio": 1}}, minutes=12),
            exporter({"ann": {"chem": 1}}, instance="exporter-2", start=22, refreshed=1320),
        ),
        (
            Expect("11m", names.HUB_REPORTED, {_HUB: 660}),
            Expect("20m", names.HUBS, {'namespace="prod"': 1}),
            Expect("12m", names.SHARE, _BACK),
            Expect("20m", names.SHARE, _BACK),
            Expect("21m", names.SHARE, _BACK),
            # A row that ends is 0 once.
            Expect(
                "22m",
                names.SHARE,
                {f'namespace="prod", usergroup="{g}", username="ann"': n for g, n in (("bio", 0), ("chem", 1))},
            ),
            Expect("25m", names.SHARE, {'namespace="prod", usergroup="chem", username="ann"': 1}),
        ),
    ),
    Case(
        "the last groups are forgotten when the exporter is silent for longer than an hour",
        exporter({"ann": {"bio": 1}}, minutes=12),
        (Expect("69m", names.SHARE, _BACK), Expect("71m", names.SHARE, {})),
    ),
    Case(
        "the setting carry_forward says for how long",
        exporter({"ann": {"bio": 1}}, minutes=12),
        (Expect("29m", names.SHARE, _BACK), Expect("31m", names.SHARE, {})),
        settings={"carry_forward": "20m"},
    ),
    Case(
        "of somebody who changed groups before the silence only the new group is carried forward",
        merged(
            {
                _row(group, "ann"): values
                for group, values in (("old", constant(1, 8)), ("new", constant(1, 5, start=8)))
            },
            exporter({"bob": {"bio": 1}}, instance="e", minutes=13),
        ),
        (
            Expect(
                "20m",
                names.SHARE,
                {
                    'namespace="prod", usergroup="new", username="ann"': 1,
                    'namespace="prod", usergroup="bio", username="bob"': 1,
                },
            ),
        ),
    ),
    Case(
        "somebody who was deleted while the exporter answers is not carried forward",
        merged(
            {_row("bio", "gone"): constant(1, 8)},
            exporter({"ann": {"bio": 1}}, instance="e"),
        ),
        (Expect("12m", names.SHARE, _BACK),),
    ),
    Case(
        "a hub whose exporter is silent is carried forward beside one whose exporter answers",
        merged(
            exporter({"ann": {"bio": 1}}, minutes=12), exporter({"ann": {"chem": 1}}, namespace="staging", refreshed=5)
        ),
        (
            Expect(
                "20m",
                names.SHARE,
                _BACK | {'namespace="staging", usergroup="chem", username="ann"': 1},
            ),
        ),
    ),
    Case(
        "usage before the first report of groups, and long after the last, is that of a group of its own",
        merged(exporter({"ann": {"bio": 1}}, start=10, minutes=12), pod("jupyter-ann", "ann"), pod("hub")),
        tuple(
            Expect(at, names.ACTIVE_SHARE, {f'namespace="prod", usergroup="{group}", username="ann"': 1})
            for at, group in (
                ("9m", "groups unknown"),
                ("11m", "bio"),  # at 10m the former group is 0
                ("79m", "bio"),
                ("81m", "groups unknown"),
            )
        ),
    ),
    Case(
        "a user whom the exporter does not report is in no group, not in the one for unknown groups",
        merged(exporter({"ann": {"bio": 1}}), pod("jupyter-bob", "bob")),
        (Expect("2m", names.ACTIVE_SHARE, {}),),
    ),
)

_EVERY_PHASE = merged(
    exporter({"ann": {"bio": 1}}),
    pod("running", "ann"),
    pod("starting", "ann", phase="Pending"),
    pod("waiting", "ann", phase="Pending", node=""),
    pod("done", "ann", phase="Succeeded"),
    pod("broken", "ann", phase="Failed"),
    pod("lost", "ann", phase="Unknown"),
    pod("hub"),
    pod("stranger", namespace="shop"),
)
_OPENCOST = {
    series(
        "kube_pod_annotations",
        namespace="prod",
        pod="jupyter-ann",
        job="opencost",
        annotation_hub_jupyter_org_username="ann",
    ): constant(1),
    series(
        "kube_pod_container_resource_requests",
        namespace="prod",
        pod="jupyter-ann",
        job="opencost",
        container="notebook",
        resource="memory",
        unit="byte",
        node="node-1",
    ): constant(4096),
}


# Two hubs, whose exporters have snapshots of different ages.
def _two(a: dict[str, dict[str, float]], b: dict[str, dict[str, float]], minutes: int = 180) -> Inputs:
    return merged(
        exporter(a, instance="a", hub_url="http://hub-a:8081", refreshed=100),
        exporter(b, instance="b", hub_url="http://hub-b:8081", refreshed=900, minutes=minutes),
    )


def _shares(at: str, **groups: float) -> Expect:
    """Expect the shares of ann."""
    return Expect(
        at, names.SHARE, {f'namespace="prod", usergroup="{group}", username="ann"': s for group, s in groups.items()}
    )


TWO_HUBS = (
    Case(
        "users of two hubs in one namespace keep their groups, whichever exporter refreshed last",
        _two({"ann": {"bio": 1}}, {"bob": {"chem": 0.5, "math": 0.5}}),
        (
            Expect(
                "2m",
                names.SHARE,
                {
                    'namespace="prod", usergroup="bio", username="ann"': 1,
                    'namespace="prod", usergroup="chem", username="bob"': 0.5,
                    'namespace="prod", usergroup="math", username="bob"': 0.5,
                },
            ),
        ),
    ),
    Case(
        "a username on both hubs is one person, in the groups of both",
        _two({"ann": {"bio": 1}}, {"ann": {"bio": 0.5, "chem": 0.5}}),
        (
            _shares("2m", bio=0.75, chem=0.25),
            Expect(
                "6m",
                names.SHARE_BY_HUB,
                {
                    'namespace="prod", hub_url="http://hub-a:8081", usergroup="bio", username="ann"': 1,
                    'namespace="prod", hub_url="http://hub-b:8081", usergroup="bio", username="ann"': 0.5,
                    'namespace="prod", hub_url="http://hub-b:8081", usergroup="chem", username="ann"': 0.5,
                },
            ),
        ),
    ),
    Case(
        "a hub on which a person is in no group does not count beside one with groups",
        _two({"ann": {"none": 1}}, {"ann": {"chem": 1}}),
        (_shares("2m", chem=1),),
    ),
    Case(
        "a person in no group of both hubs is in none",
        _two({"ann": {"none": 1}}, {"ann": {"none": 1}}),
        (_shares("2m", none=1),),
    ),
    Case(
        "while the exporter of one hub is silent its groups are carried, and then forgotten",
        _two({"ann": {"bio": 1}}, {"ann": {"chem": 1}}, minutes=12),
        (
            _shares("11m", bio=0.5, chem=0.5),
            _shares("60m", bio=0.5, chem=0.5),
            _shares("71m", bio=1),
        ),
    ),
    Case(
        "while the exporter of one of two hubs is being replaced only its newest snapshot counts",
        merged(
            _two({"ann": {"bio": 1}}, {"ann": {"old": 1}}),
            exporter({"ann": {"new": 1}}, instance="b2", hub_url="http://hub-b:8081", refreshed=1000),
        ),
        (_shares("2m", bio=0.5, new=0.5),),
    ),
    Case(
        "two clusters with a hub of one name are not two hubs of a namespace",
        merged(
            in_cluster("east", exporter({"ann": {"bio": 1}}, hub_url="http://hub-a:8081")),
            in_cluster("west", exporter({"ann": {"chem": 1}}, hub_url="http://hub-b:8081")),
        ),
        (
            Expect(
                "2m",
                names.SHARE,
                {
                    'cluster="east", namespace="prod", usergroup="bio", username="ann"': 1,
                    'cluster="west", namespace="prod", usergroup="chem", username="ann"': 1,
                },
            ),
            Expect("2m", names.SHARE_BY_HUB, {}),
        ),
        settings={"cluster_label": "cluster"},
    ),
    Case(
        "shares by hub are recorded only where a namespace has several",
        merged(
            exporter({"ann": {"bio": 1}}, hub_url="http://hub-a:8081"),
            exporter({"ann": {"chem": 1}}, namespace="staging", hub_url="http://hub-b:8081"),
        ),
        (Expect("2m", names.SHARE_BY_HUB, {}),),
    ),
    Case(
        "the users of a hub whose exporter answers without users are not carried",
        {row: "1x9 stale" if "user_group" in row else values for row, values in exporter({"ann": {"bio": 1}}).items()},
        (_shares("9m", bio=1), Expect("15m", names.SHARE, {})),
    ),
)

PODS = (
    Case(
        "a hub is a namespace whose users an exporter tells, or where a pod carries a username, and no other",
        merged(
            exporter({"ann": {"bio": 1}}, namespace="quiet"),
            pod("jupyter-ann", "ann", namespace="young"),
            pod("web", namespace="shop"),
        ),
        (
            Expect("1m", names.HUBS, {'namespace="quiet"': 1, 'namespace="young"': 1}),
            Expect(
                "1m",
                names.RULES_VERSION,
                {f'namespace="{hub}", version="{VERSION}"': 1 for hub in ("quiet", "young")},
            ),
        ),
    ),
    Case(
        "a hub's usage is known while kube-state-metrics tells of pods, be it of others', and not without it",
        merged(exporter({"ann": {"bio": 1}}), pod("web", namespace="shop", minutes=12)),
        (
            Expect("11m", names.USAGE_SEEN, {'namespace="prod"': 1}),
            Expect("12m", names.USAGE_SEEN, {}),
            Expect("12m", names.HUBS, {'namespace="prod"': 1}),
        ),
    ),
    Case(
        "only pods of hubs that are pending or running, and on a node, hold resources",
        _EVERY_PHASE,
        (
            Expect(
                "1m",
                names.SCHEDULED_PODS,
                {
                    f'namespace="prod", pod="{p}", uid="uid-{p}", hub_namespace="prod"': 1
                    for p in ("running", "starting", "hub")
                },
            ),
        ),
    ),
    Case(
        "a pod belongs to the user in its annotation, and one without annotation to nobody",
        _EVERY_PHASE,
        (
            Expect(
                "1m",
                names.PODS,
                {
                    'namespace="prod", pod="running", uid="uid-running", username="ann"': 1,
                    'namespace="prod", pod="starting", uid="uid-starting", username="ann"': 1,
                    'namespace="prod", pod="hub", uid="uid-hub"': 1,
                },
            ),
        ),
    ),
    Case(
        "two kube-state-metrics, and OpenCost's copies without uid, make no second row of a pod",
        merged(pod("jupyter-ann", "ann"), pod("jupyter-ann", "ann", instance="ksm-2"), _OPENCOST),
        (
            Expect(
                "1m",
                names.SCHEDULED_PODS,
                {'namespace="prod", pod="jupyter-ann", uid="uid-jupyter-ann", hub_namespace="prod"': 1},
            ),
            Expect("1m", names.PODS, {'namespace="prod", pod="jupyter-ann", uid="uid-jupyter-ann", username="ann"': 1}),
            Expect("1m", names.NAMED_PODS, {'namespace="prod", pod="jupyter-ann", uid="uid-jupyter-ann"': 1}),
        ),
    ),
    Case(
        "odd usernames are taken as they are, and ann's pods are not anna's",
        merged(*(pod(f"jupyter-{i}", user) for i, user in enumerate(ODD))),
        (
            Expect(
                "1m",
                names.PODS,
                {
                    f'namespace="prod", pod="jupyter-{i}", uid="uid-jupyter-{i}", username="{user}"': 1
                    for i, user in enumerate(ODD)
                },
            ),
        ),
    ),
    Case(
        "a username with a newline keeps its group",
        merged(exporter({"ann\\nlee": {"bio": 1}}), pod("jupyter-x", "ann\\nlee")),
        (Expect("3m", names.ACTIVE_SHARE, {'namespace="prod", usergroup="bio", username="ann\\nlee"': 1}),),
    ),
    Case(
        "of two pods of one name the newer one has the name",
        merged(
            pod("jupyter-x", "leaving", uid="zz-old", created=1000),
            pod("jupyter-x", "coming", uid="aa-new", created=2000),
        ),
        (
            Expect("1m", names.NAMED_PODS, {'namespace="prod", pod="jupyter-x", uid="aa-new"': 1}),
            Expect(
                "1m",
                names.PODS,
                {
                    'namespace="prod", pod="jupyter-x", uid="zz-old", username="leaving"': 1,
                    'namespace="prod", pod="jupyter-x", uid="aa-new", username="coming"': 1,
                },
            ),
        ),
    ),
    Case(
        "only the memberships of users who have a pod are joined with usage every minute, a share of 0 as well",
        merged(
            exporter({"ann": {"bio": 0.5, "chem": 0.5}, "anna": {"bio": 1}, "idle": {"bio": 1}, "bob": {"bio": 0}}),
            pod("jupyter-ann", "ann"),
            pod("jupyter-bob", "bob"),
            pod("waiting", "idle", node=""),
            pod("jupyter-stranger", "stranger"),
        ),
        (
            Expect(
                "2m",
                names.ACTIVE_SHARE,
                {
                    'namespace="prod", usergroup="bio", username="ann"': 0.5,
                    'namespace="prod", usergroup="chem", username="ann"': 0.5,
                    'namespace="prod", usergroup="bio", username="bob"': 0,
                },
            ),
        ),
    ),
    Case(
        "a pod whose creation kube-state-metrics does not report still has its name",
        without(pod("jupyter-ann", "ann"), "kube_pod_created"),
        (Expect("1m", names.NAMED_PODS, {'namespace="prod", pod="jupyter-ann", uid="uid-jupyter-ann"': 1}),),
    ),
    Case(
        "kube-state-metrics is selected by its selector, and the hubs' namespaces by theirs",
        merged(
            pod("jupyter-ann", "ann"),
            pod("jupyter-bob", "bob", namespace="other"),
            {
                series(
                    "kube_pod_annotations",
                    namespace="third",
                    pod="x",
                    uid="x",
                    job="alien",
                    annotation_hub_jupyter_org_username="eve",
                ): constant(1),
            },
        ),
        (Expect("1m", names.HUBS, {'namespace="prod"': 1}),),
        settings={"kube_state_metrics_selector": 'job="ksm"', "hub_selector": 'namespace=~"prod|third"'},
    ),
)


def cases() -> Iterator[Case]:
    """Yield all cases of this page; they need no other rules."""
    for case in (*MEMBERSHIP, *CARRY_FORWARD, *TWO_HUBS, *PODS):
        yield replace(case, groups="hubmeter-(hubs|membership|pods)")
