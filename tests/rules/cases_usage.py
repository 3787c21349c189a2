"""What containers use, request and are limited to: by user, by user in a group, by group and by hub."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from hubmeter_promql import names
from tests.rules.cases_membership import LONG, ODD
from tests.rules.promtool import (
    Case,
    Expect,
    Inputs,
    Rows,
    constant,
    exporter,
    home,
    in_cluster,
    init_container,
    merged,
    pod,
    series,
    unlabelled,
    unmarked,
    usage,
    without,
)

GIB = 2**30
_ANN = 'namespace="prod", username="ann"'
_NOBODY = 'namespace="prod"'

# Everything a user can have, of size 1, and what each resource then is: a pod of 4096 bytes and 2 cores, limits twice.
_ONE_OF_EACH: Mapping[str, float] = {
    names.MEMORY_WORKING_SET: 1000,
    names.MEMORY_REQUESTS: 4096,
    names.MEMORY_LIMITS: 8192,
    names.CPU_USAGE: 1,
    names.CPU_REQUESTS: 2,
    names.CPU_LIMITS: 4,
    names.GPU_REQUESTS: 3,
    names.SERVERS: 1,
    names.HOME: 512,
    names.HOME_LIMIT: 1024,
}


def _one_of_each(username: str, directory: str, namespace: str = "prod") -> dict[str, str]:
    name = f"jupyter-{directory}"
    return dict(
        merged(
            pod(name, username, gpu=3, namespace=namespace),
            usage(name, namespace=namespace),
            home(directory, 512, limit=1024, namespace=namespace),
        )
    )


def _levels(resource: str, users: Rows, groups: Rows, hubs: Rows) -> tuple[Expect, ...]:
    """Expect a resource's three series, each row a factor of what one of each has."""
    unit = _ONE_OF_EACH[resource]
    # Sizes of home directories are recorded when they change.
    of_users = "0m" if resource in {names.HOME, names.HOME_LIMIT} else "6m"
    levels = ((of_users, names.user, users), ("6m", names.group, groups), ("6m", names.hub, hubs))
    return tuple(
        Expect(at, level(resource), {row: factor * unit for row, factor in rows.items()}) for at, level, rows in levels
    )


def _all_levels(users: Rows, groups: Rows, hubs: Rows) -> tuple[Expect, ...]:
    return tuple(e for resource in names.RESOURCES for e in _levels(resource, users, groups, hubs))


LEVELS = (
    Case(
        "every resource of a user of three groups is borne by them in their shares, and of one of no group by 'none'",
        merged(
            exporter(
                {"ana.lópez@uni.edu": {"bio": 0.25, "chem": 0.25, "math": 0.5}, "Bob-Smith": {"none": 1}},
                spellings={
                    "ana.lópez@uni.edu": ("ana-lopez-uni-edu---5a3ad4a0", "ana-2el-c3-b3pez-40uni-2eedu"),
                    "Bob-Smith": ("bob-smith---ab0b4a77", "-42ob-2d-53mith"),
                },
            ),
            _one_of_each("ana.lópez@uni.edu", "ana-lopez-uni-edu---5a3ad4a0"),
            _one_of_each("Bob-Smith", "-42ob-2d-53mith"),
        ),
        _all_levels(
            {'namespace="prod", username="ana.lópez@uni.edu"': 1, 'namespace="prod", username="Bob-Smith"': 1},
            {
                'namespace="prod", usergroup="bio"': 0.25,
                'namespace="prod", usergroup="chem"': 0.25,
                'namespace="prod", usergroup="math"': 0.5,
                'namespace="prod", usergroup="none"': 1,
            },
            {'namespace="prod"': 2},
        ),
    ),
    Case(
        "with the strategy 'default' only the default group bears every resource, and with 'all' each group does",
        merged(
            exporter({"ann": {"bio": 0, "other": 1}}),
            _one_of_each("ann", "ann"),
            exporter({"ann": {"bio": 1, "chem": 1}}, namespace="staging"),
            _one_of_each("ann", "ann", "staging"),
        ),
        _all_levels(
            {_ANN: 1, 'namespace="staging", username="ann"': 1},
            {
                'namespace="prod", usergroup="bio"': 0,
                'namespace="prod", usergroup="other"': 1,
                'namespace="staging", usergroup="bio"': 1,
                'namespace="staging", usergroup="chem"': 1,
            },
            {'namespace="prod"': 1, 'namespace="staging"': 1},
        ),
    ),
    Case(
        "usage that nobody claims, and of a user the exporter does not know, reaches the hub's total in rows of "
        "its own",
        merged(
            exporter({"ann": {"bio": 1}}),
            pod("jupyter-new", "newcomer", gpu=3),
            usage("jupyter-new"),
            pod("hub", container="hub", gpu=3),
            usage("hub", container="hub"),
        ),
        (
            *tuple(
                expect
                for resource in (names.MEMORY_WORKING_SET, names.MEMORY_REQUESTS, names.CPU_USAGE, names.GPU_REQUESTS)
                for expect in _levels(
                    resource,
                    {'namespace="prod", username="newcomer"': 1, _NOBODY: 1},
                    {_NOBODY: 2},
                    {_NOBODY: 2},
                )
            ),
            Expect("6m", names.WHOLE_MEMORY_WORKING_SET, {_NOBODY: 2000}),
            Expect("6m", names.WHOLE_MEMORY_REQUESTS, {_NOBODY: 8192}),
            Expect("6m", names.user(names.SERVERS), {'namespace="prod", username="newcomer"': 1}),
        ),
    ),
    Case(
        "in two clusters with the same names nothing mixes",
        merged(
            in_cluster("east", merged(exporter({"ann": {"bio": 1}}, refreshed=100), _one_of_each("ann", "ann"))),
            in_cluster("west", merged(exporter({"ann": {"chem": 1}}, refreshed=900), _one_of_each("ann", "ann"))),
        ),
        _all_levels(
            {f'cluster="east", {_ANN}': 1, f'cluster="west", {_ANN}': 1},
            {
                'cluster="east", namespace="prod", usergroup="bio"': 1,
                'cluster="west", namespace="prod", usergroup="chem"': 1,
            },
            {'cluster="east", namespace="prod"': 1, 'cluster="west", namespace="prod"': 1},
        )
        + tuple(
            Expect("6m", name, {f'cluster="{cluster}", {_NOBODY}': value for cluster in ("east", "west")})
            for name, value in (
                (names.HUBS, 1),
                (names.WHOLE_MEMORY_WORKING_SET, 1000),
                (names.WHOLE_MEMORY_REQUESTS, 4096),
            )
        ),
        settings={"cluster_label": "cluster"},
    ),
    Case(
        "a hub of one cluster is carried forward though its namesake in another cluster answers",
        merged(
            in_cluster("east", merged(exporter({"ann": {"bio": 1}}, minutes=11), pod("jupyter-ann", "ann"))),
            in_cluster("west", merged(exporter({"ann": {"chem": 1}}), pod("jupyter-ann", "ann"))),
        ),
        (
            Expect(
                "20m",
                names.group(names.MEMORY_REQUESTS),
                {
                    'cluster="east", namespace="prod", usergroup="bio"': 4096,
                    'cluster="west", namespace="prod", usergroup="chem"': 4096,
                },
            ),
        ),
        settings={"cluster_label": "cluster"},
    ),
    Case(
        "somebody who changes groups is in the old group's history before it, and only in the new one's after",
        merged(
            {
                series(
                    "jupyterhub_user_group_share", namespace="prod", instance="e", usergroup=group, username="ann"
                ): values
                for group, values in (("old", constant(1, 5)), ("new", constant(1, 60, start=5)))
            },
            exporter({"bob": {"bio": 1}}, instance="e"),
            pod("jupyter-ann", "ann"),
        ),
        (
            Expect("4m", names.group(names.MEMORY_REQUESTS), {'namespace="prod", usergroup="old"': 4096}),
            Expect(
                "5m",  # what ends is 0 once
                names.group(names.MEMORY_REQUESTS),
                {'namespace="prod", usergroup="new"': 4096, 'namespace="prod", usergroup="old"': 0},
            ),
            Expect("8m", names.group(names.MEMORY_REQUESTS), {'namespace="prod", usergroup="new"': 4096}),
            Expect("3m", names.group(names.MEMORY_REQUESTS), {'namespace="prod", usergroup="old"': 4096}),
        ),
    ),
)

_TWO_INSTANCES = merged(
    pod("jupyter-ann", "ann", gpu=3),
    pod("jupyter-ann", "ann", gpu=3, instance="ksm-2"),
    {
        series(
            "kube_pod_container_resource_requests",
            namespace="prod",
            pod="jupyter-ann",
            job="opencost",
            container="notebook",
            resource=resource,
            node="node-1",
        ): constant(value)
        for resource, value in (("memory", 4096), ("cpu", 2), ("nvidia_com_gpu", 3))
    },
)


def _resource(name: str, resource: str, value: float) -> Inputs:
    """Return a further request of the container of a pod."""
    labels = {"namespace": "prod", "pod": name, "uid": f"uid-{name}", "container": "notebook", "instance": "ksm-1"}
    return {
        series("kube_pod_container_resource_requests", **labels, resource=resource, unit="integer"): constant(value)
    }


REQUESTS = (
    Case(
        "two kube-state-metrics, and OpenCost's copies without uid, double nothing",
        _TWO_INSTANCES,
        (
            *(
                Expect("1m", names.user(resource), {_ANN: _ONE_OF_EACH[resource]})
                for resource in names.RESOURCES
                if "limits" in resource or "requests" in resource or resource == names.SERVERS
            ),
            Expect("1m", names.WHOLE_MEMORY_REQUESTS, {_NOBODY: 4096}),
        ),
    ),
    Case(
        "pods that wait for a node, have succeeded or have failed hold nothing",
        merged(
            pod("jupyter-ann", "ann"),
            pod("waiting", "ann", phase="Pending", node=""),
            pod("done", "ann", phase="Succeeded"),
            pod("broken", "ann", phase="Failed"),
        ),
        (
            Expect("1m", names.user(names.MEMORY_REQUESTS), {_ANN: 4096}),
            Expect("1m", names.user(names.CPU_LIMITS), {_ANN: 4}),
            Expect("1m", names.user(names.SERVERS), {_ANN: 1}),
            Expect("1m", names.WHOLE_MEMORY_REQUESTS, {_NOBODY: 4096}),
        ),
    ),
    Case(
        "a server restarted under the same pod name counts once, by its uid",
        merged(
            pod("jupyter-ann", "ann", uid="first", phase="Succeeded", memory=1000),
            pod("jupyter-ann", "ann", uid="second", memory=4096),
        ),
        (
            Expect("1m", names.user(names.MEMORY_REQUESTS), {_ANN: 4096}),
            Expect("1m", names.user(names.SERVERS), {_ANN: 1}),
        ),
    ),
    Case(
        "named servers and Dask workers add up to the user's requests, but a Dask worker is no server",
        merged(
            pod("jupyter-ann", "ann"),
            pod("jupyter-ann--gpu", "ann"),
            pod("dask-worker-1", "ann", container="dask-worker"),
        ),
        (
            Expect("1m", names.user(names.MEMORY_REQUESTS), {_ANN: 3 * 4096}),
            Expect("1m", names.user(names.CPU_REQUESTS), {_ANN: 6}),
            Expect("1m", names.user(names.SERVERS), {_ANN: 2}),
        ),
    ),
    Case(
        "a server whose container restarted is one server",
        merged(
            pod("jupyter-ann", "ann"),
            {
                series(
                    "kube_pod_container_info",
                    namespace="prod",
                    pod="jupyter-ann",
                    uid="uid-jupyter-ann",
                    container="notebook",
                    container_id="containerd://again",
                ): constant(1)
            },
        ),
        (Expect("1m", names.user(names.SERVERS), {_ANN: 1}),),
    ),
    Case(
        "the container that makes a server, and the resources that are GPUs, can be set",
        merged(pod("jupyter-ann", "ann", container="main", gpu=3), pod("jupyter-bob", "bob")),
        (
            Expect("1m", names.user(names.SERVERS), {_ANN: 1}),
            Expect("1m", names.user(names.GPU_REQUESTS), {}),
        ),
        settings={"server_container": "main", "gpu_resources": [{"resource": "gpu_example_org_big", "part": "1"}]},
    ),
    Case(
        "a native sidecar holds its requests and limits as long as the pod runs, another init container does not",
        merged(
            pod("jupyter-ann", "ann"),
            init_container("jupyter-ann", "istio-proxy", memory=2048, cpu=1, restart_policy="Always"),
            init_container("jupyter-ann", "prepare", memory=9999, cpu=9),
            pod("done", "ann", phase="Succeeded"),
            init_container("done", "istio-proxy", memory=2048, cpu=1, restart_policy="Always"),
        ),
        (
            Expect("1m", names.user(names.MEMORY_REQUESTS), {_ANN: 6144}),
            Expect("1m", names.user(names.CPU_REQUESTS), {_ANN: 3}),
            Expect("1m", names.user(names.MEMORY_LIMITS), {_ANN: 8192 + 2048}),
            Expect("1m", names.user(names.CPU_LIMITS), {_ANN: 5}),
            Expect("1m", names.WHOLE_MEMORY_REQUESTS, {_NOBODY: 6144}),
            Expect("1m", names.user(names.SERVERS), {_ANN: 1}),
        ),
    ),
    Case(
        "slices of GPUs count as parts of a GPU, and different slices of a container add up",
        merged(
            pod("jupyter-ann", "ann", gpu=1),
            _resource("jupyter-ann", "nvidia_com_mig_1g_10gb", 2),
            _resource("jupyter-ann", "nvidia_com_mig_3g_20gb", 1),
            pod("jupyter-bob", "bob"),
            _resource("jupyter-bob", "nvidia_com_mig_1g_6gb_me", 1),
            _resource("jupyter-bob", "nvidia_com_mig_2g_12gb", 1),
            pod("jupyter-cyd", "cyd"),
            _resource("jupyter-cyd", "nvidia_com_mig_4g_24gb", 1),
            _resource("jupyter-cyd", "nvidia_com_mig_7g_80gb", 1),
            _resource("jupyter-cyd", "nvidia_com_mig_2g_10gb", 7),
            _resource("jupyter-cyd", "nvidia_com_mig_4g_20gb", 7),
        ),
        (
            Expect(
                "1m",
                f"round({names.user(names.GPU_REQUESTS)}, 0.0001)",
                {
                    f"{{{_ANN}}}": round(1 + 5 / 7, 4),
                    '{namespace="prod", username="bob"}': 0.75,
                    '{namespace="prod", username="cyd"}': 8,
                },
            ),
        ),
    ),
    Case(
        "the first resource that matches says the part of a GPU",
        merged(pod("jupyter-ann", "ann"), _resource("jupyter-ann", "example_org_gpu", 3)),
        (Expect("1m", names.user(names.GPU_REQUESTS), {_ANN: 0.75}),),
        settings={
            "gpu_resources": [{"resource": "example_org_gpu", "part": "1/4"}, {"resource": ".+_gpu", "part": "1"}]
        },
    ),
    Case(
        "odd usernames keep their own requests, and ann's are not anna's",
        merged(*(pod(f"jupyter-{i}", user, memory=i + 1) for i, user in enumerate(ODD))),
        (
            Expect(
                "1m",
                names.user(names.MEMORY_REQUESTS),
                {f'namespace="prod", username="{user}"': i + 1 for i, user in enumerate(ODD)},
            ),
        ),
    ),
)


def _restarted_at_ten(first_sample: int) -> Inputs:
    """Return a server that starts again after 10 minutes under the same pod's name."""
    return merged(
        pod("jupyter-ann", "ann", uid="first", created=1, minutes=10),
        pod("jupyter-ann", "ann", uid="second", created=600, start=10),
        usage("jupyter-ann", identity="first", memory="1000x9", cpu="0+60x9"),
        usage("jupyter-ann", identity="second", memory=f"_x{first_sample} 800x60", cpu=f"_x{first_sample} 0+120x60"),
    )


_PAUSE_AND_CGROUPS = {
    series(metric, namespace="prod", pod="jupyter-ann", **labels): values
    for metric, values in (
        ("container_memory_working_set_bytes", "7x60"),
        ("container_cpu_usage_seconds_total", "0+7x60"),
    )
    for labels in (
        {"container": "POD", "image": "pause:3.9", "id": "/kubepods/pod1/pause"},
        {"image": "pause:3.9", "id": "/kubepods/pod1/pause2"},
        {"id": "/kubepods/pod1"},
    )
} | {'container_memory_working_set_bytes{id="/"}': "99x60", 'container_cpu_usage_seconds_total{id="/"}': "0+99x60"}

USE = (
    Case(
        "a pod's containers count, its pause container and the cgroups above them do not",
        merged(
            pod("jupyter-ann", "ann"),
            usage("jupyter-ann"),
            usage("jupyter-ann", container="sidecar", memory="24x60", cpu="0+120x60"),
            _PAUSE_AND_CGROUPS,
        ),
        (
            Expect("2m", names.user(names.MEMORY_WORKING_SET), {_ANN: 1024}),
            Expect("2m", names.WHOLE_MEMORY_WORKING_SET, {_NOBODY: 1024}),
            Expect("2m", names.user(names.CPU_USAGE), {_ANN: 3}),
        ),
    ),
    Case(
        "containers of a runtime that reports no images count",
        merged(
            pod("jupyter-ann", "ann"),
            unlabelled(usage("jupyter-ann"), "image"),
            unlabelled(_PAUSE_AND_CGROUPS, "image"),
        ),
        (
            Expect("2m", names.user(names.MEMORY_WORKING_SET), {_ANN: 1000}),
            Expect("2m", names.WHOLE_MEMORY_WORKING_SET, {_NOBODY: 1000}),
            Expect("2m", names.user(names.CPU_USAGE), {_ANN: 1}),
        ),
    ),
    Case(
        "a server restarted under the same pod name, which cAdvisor shows twice, has the memory of the new instance",
        _restarted_at_ten(first_sample=10),
        (
            Expect("9m", names.user(names.MEMORY_WORKING_SET), {_ANN: 1000}),
            Expect("10m", names.user(names.MEMORY_WORKING_SET), {_ANN: 800}),
            Expect("10m", names.WHOLE_MEMORY_WORKING_SET, {_NOBODY: 800}),
            Expect("15m", names.user(names.MEMORY_WORKING_SET), {_ANN: 800}),
            Expect("10m", names.user(names.CPU_USAGE), {_ANN: 1}),
            Expect("11m", names.user(names.CPU_USAGE), {_ANN: 0}),
            Expect("12m", names.user(names.CPU_USAGE), {_ANN: 2}),
            Expect("15m", names.user(names.CPU_USAGE), {_ANN: 2}),
        ),
    ),
    Case(
        "a server that starts again under the same pod name has no memory until its first sample",
        _restarted_at_ten(first_sample=12),
        (
            Expect("9m", names.user(names.MEMORY_WORKING_SET), {_ANN: 1000}),
            Expect("10m", names.user(names.MEMORY_WORKING_SET), {}),
            Expect("10m", names.WHOLE_MEMORY_WORKING_SET, {}),
            Expect("12m", names.user(names.MEMORY_WORKING_SET), {_ANN: 800}),
            Expect("12m", names.WHOLE_MEMORY_WORKING_SET, {_NOBODY: 800}),
        ),
    ),
    Case(
        "a kubelet's scrape that failed, of which staleness markers hide the series, loses neither memory nor CPU",
        merged(
            pod("jupyter-ann", "ann"),
            usage("jupyter-ann", memory="1000x8 stale _ 1000x20", cpu="0+60x8 stale _ 660+60x20"),
        ),
        (
            *(Expect(f"{minute}m", names.user(names.MEMORY_WORKING_SET), {_ANN: 1000}) for minute in (8, 9, 10, 11)),
            *(
                Expect(f"{minute}m", names.user(names.CPU_USAGE), {_ANN: cores})
                for minute, cores in ((9, 1), (10, 0), (11, 0), (12, 3), (13, 1))
            ),
        ),
    ),
    Case(
        "a pod that is younger than 5 minutes does not take the memory of its predecessor while no sample is there",
        merged(
            pod("jupyter-ann", "ann", minutes=9),
            pod("jupyter-ann", "ann", uid="again", created=600, start=10),
            usage("jupyter-ann", memory="1000x8 stale", cpu="0+60x8 stale"),
        ),
        (
            Expect("8m", names.user(names.MEMORY_WORKING_SET), {_ANN: 1000}),
            Expect("11m", names.user(names.MEMORY_WORKING_SET), {}),
            Expect("13m", names.user(names.MEMORY_WORKING_SET), {}),
        ),
    ),
    *(
        Case(
            f"nor does it where {where} have no staleness markers",
            merged(
                unmarked(pod("jupyter-ann", "ann", minutes=9)),
                pod("jupyter-ann", "ann", uid="again", created=600, start=10),
                usage("jupyter-ann", memory=memory, cpu="0+60x8"),
            ),
            tuple(Expect(f"{minute}m", names.user(names.MEMORY_WORKING_SET), {}) for minute in (10, 11, 12, 13)),
        )
        for where, memory in (("all series", "1000x8"), ("series of kube-state-metrics", "1000x8 stale"))
    ),
    Case(
        "a container that has ended in a running pod, and whose series has a staleness marker, does not count",
        merged(
            pod("jupyter-ann", "ann"),
            usage("jupyter-ann"),
            usage("jupyter-ann", container="sidecar", memory="5000x8 stale", cpu="0+60x8 stale"),
        ),
        tuple(
            Expect(f"{minute}m", names.user(names.MEMORY_WORKING_SET), {_ANN: memory})
            for minute, memory in ((8, 6000), (9, 1000), (12, 1000))
        ),
    ),
    Case(
        "the series of /metrics/resource do not count beside those with the label name",
        merged(
            pod("jupyter-ann", "ann"),
            {
                row.replace('id="/kubepods/jupyter-ann/c1", ', ""): values
                for row, values in usage("jupyter-ann").items()
            },
            unlabelled(usage("jupyter-ann", instance="r"), "id", "name", "image", "cpu"),
        ),
        (
            Expect("10m", names.user(names.CPU_USAGE), {_ANN: 1}),
            Expect("10m", names.user(names.MEMORY_WORKING_SET), {_ANN: 1000}),
        ),
    ),
    Case(
        "the CPU of a runtime that reports each processor adds up, in two scrapes once",
        merged(
            pod("jupyter-ann", "ann"),
            *(
                {
                    row.replace('cpu="total"', f'cpu="cpu0{n}", job="{job}"'): values
                    for row, values in usage("jupyter-ann", cpu=f"0+{60 * n}x20").items()
                    if "cpu_usage" in row
                }
                for n in (1, 2)
                for job in ("kubelet", "again")
            ),
        ),
        (Expect("10m", names.user(names.CPU_USAGE), {_ANN: 3}),),
    ),
    Case(
        "the CPU of two instances of one container within a minute adds up",
        merged(
            pod("jupyter-ann", "ann"),
            usage("jupyter-ann", identity="first", cpu="0 0 0 0 0 10 20 20", memory="1000x7"),
            usage("jupyter-ann", identity="second", cpu="_x6 1 31 31x20", memory="_x6 400x22"),
        ),
        (
            # Between the minutes 1 and 2: 20 s of the first instance, 30 s of the second.
            Expect("3m", names.user(names.CPU_USAGE), {_ANN: 20 / 60 + 30 / 60}),
            Expect("4m", names.user(names.CPU_USAGE), {_ANN: 0}),
            Expect("1m", names.user(names.MEMORY_WORKING_SET), {_ANN: 1000}),
            Expect("2m", names.user(names.MEMORY_WORKING_SET), {_ANN: 400}),
        ),
        interval="15s",
        every="1m",
    ),
    *(
        Case(
            f"a container killed and started again on another node without the label {dropped}",
            merged(
                pod("jupyter-ann", "ann"),
                unlabelled(usage("jupyter-ann", identity="1", memory="1000x9", cpu="0+60x9"), *labels),
                unlabelled(
                    usage("jupyter-ann", identity="2", memory="_x10 800x60", cpu="_x10 0+120x60", instance="node-2"),
                    *labels,
                ),
            ),
            (
                Expect("10m", names.user(names.MEMORY_WORKING_SET), {_ANN: memory}),
                Expect("10m", names.user(names.CPU_USAGE), {_ANN: 1}),
                Expect("13m", names.user(names.CPU_USAGE), {_ANN: cores}),
                Expect("18m", names.user(names.CPU_USAGE), {_ANN: 2}),
                Expect("18m", names.user(names.MEMORY_WORKING_SET), {_ANN: 800}),
            ),
        )
        for dropped, labels, memory, cores in (
            ("id has the new instance's memory and CPU, by its name", ("id",), 800, 2),
            ("name has the new instance's memory and CPU, by its id", ("name",), 800, 2),
            ("id and name has the new instance's memory, and no CPU while both are seen", ("id", "name"), 800, 0),
        )
    ),
    Case(
        "a container that starts again in the same series, as id and name are dropped, has no CPU for one minute",
        merged(
            pod("jupyter-ann", "ann"),
            unlabelled(usage("jupyter-ann", cpu="0 60 120 30 90 150"), "id", "name"),
        ),
        tuple(
            Expect(f"{minute}m", names.user(names.CPU_USAGE), {_ANN: cores})
            for minute, cores in ((2, 1), (3, 1), (4, 0), (5, 1))
        ),
    ),
    Case(
        "CPU is what a counter grew by in the minute before the last, never less than nothing when it starts again",
        merged(pod("jupyter-ann", "ann"), usage("jupyter-ann", cpu="0 60 180 180 30 90")),
        (
            *tuple(
                Expect(f"{minute}m", names.user(names.CPU_USAGE), {_ANN: cores})
                for minute, cores in ((2, 1), (3, 2), (4, 0), (5, 0), (6, 1))
            ),
            Expect("0m", names.user(names.CPU_USAGE), {}),
            Expect("1m", names.user(names.CPU_USAGE), {_ANN: 0}),
        ),
    ),
    Case(
        "every CPU second of a server is recorded for its user and group, those of its last minute included",
        merged(
            exporter({"ann": {"bio": 1}}),
            pod("jupyter-ann", "ann", minutes=11),
            usage("jupyter-ann", memory="1000x10", cpu="0+60x10"),
        ),
        tuple(
            Expect("20m", f"sum_over_time({series}[20m]) * 60", {row: 600})
            for series, row in (
                (names.user(names.CPU_USAGE), _ANN),
                (names.group(names.CPU_USAGE), 'namespace="prod", usergroup="bio"'),
            )
        ),
    ),
    Case(
        "the CPU between a server's last sample as a running pod and its last sample is the user's",
        merged(
            exporter({"ann": {"bio": 1}}),
            pod("jupyter-ann", "ann", minutes=10),
            usage("jupyter-ann", memory="1000x10", cpu="0+60x10"),
        ),
        (
            Expect("11m", names.user(names.CPU_USAGE), {_ANN: 1}),
            Expect("11m", names.group(names.CPU_USAGE), {'namespace="prod", usergroup="bio"': 1}),
            Expect("12m", names.user(names.CPU_USAGE), {}),
        ),
    ),
    Case(
        "CPU over longer evaluation intervals is still in cores",
        merged(pod("jupyter-ann", "ann"), usage("jupyter-ann", cpu="0+300x60")),
        (Expect("10m", names.user(names.CPU_USAGE), {_ANN: 1}),),
        settings={"interval": "5m"},
        interval="5m",
    ),
    Case(
        "what cAdvisor still shows of a container that has ended, or of pods that are not a hub's, counts nowhere",
        merged(
            pod("jupyter-ann", "ann"),
            usage("jupyter-ann"),
            pod("jupyter-bob", "bob", minutes=2),
            usage("jupyter-bob", memory="24x2", cpu="0+120x1"),
            usage("web", namespace="shop"),
        ),
        (
            Expect("1m", names.user(names.MEMORY_WORKING_SET), {_ANN: 1000, 'namespace="prod", username="bob"': 24}),
            Expect("2m", names.user(names.CPU_USAGE), {_ANN: 1, 'namespace="prod", username="bob"': 2}),
            Expect("3m", names.user(names.MEMORY_WORKING_SET), {_ANN: 1000}),
            Expect("3m", names.hub(names.MEMORY_WORKING_SET), {_NOBODY: 1000}),
            Expect("3m", names.WHOLE_MEMORY_WORKING_SET, {_NOBODY: 1000}),
            Expect("3m", names.user(names.CPU_USAGE), {_ANN: 1, 'namespace="prod", username="bob"': 0}),
            Expect("4m", names.user(names.CPU_USAGE), {_ANN: 1}),
        ),
    ),
    *(
        Case(
            f"containers that are scraped twice, by {copy}, count once",
            merged(
                pod("jupyter-ann", "ann"),
                usage("jupyter-ann"),
                {f'{name[:-1]}, {copy}="again"}}': values for name, values in usage("jupyter-ann").items()},
            ),
            (
                Expect("2m", names.user(names.MEMORY_WORKING_SET), {_ANN: 1000}),
                Expect("2m", names.WHOLE_MEMORY_WORKING_SET, {_NOBODY: 1000}),
                Expect("2m", names.user(names.CPU_USAGE), {_ANN: 1}),
            ),
        )
        for copy in ("job", "replica", "prometheus_replica")
    ),
    Case(
        "a burst that two scrapes of one kubelet see at different times counts once",
        merged(
            pod("jupyter-ann", "ann"),
            # 40 s of CPU between the seconds 60 and 90. The one scrape is at full minutes, the other 15 s later.
            usage("jupyter-ann", cpu="0 _ _ _ 0 _ _ _ 40 _ _ _ 40 _ _ _ 40"),
            usage("jupyter-ann", cpu="_ 0 _ _ _ 20 _ _ _ 40 _ _ _ 40 _ _ _ 40", instance="node-1-again"),
        ),
        (Expect("8m", f"sum_over_time({names.user(names.CPU_USAGE)}[8m]) * 60", {_ANN: 40}),),
        interval="15s",
        every="1m",
    ),
    Case(
        "of two scrapes of one kubelet the one that drops the label id does not count",
        merged(
            pod("jupyter-ann", "ann"),
            usage("jupyter-ann"),
            unlabelled(usage("jupyter-ann", instance="node-1-again"), "id"),
        ),
        (
            Expect("2m", names.user(names.MEMORY_WORKING_SET), {_ANN: 1000}),
            Expect("2m", names.user(names.CPU_USAGE), {_ANN: 1}),
        ),
    ),
    Case(
        "cAdvisor's selector keeps the copies of another job out",
        merged(
            pod("jupyter-ann", "ann"),
            {f'{name[:-1]}, job="kubelet"}}': values for name, values in usage("jupyter-ann").items()},
            usage("jupyter-ann", identity="copy", memory="5000x60", cpu="0+600x60"),
        ),
        (
            Expect("2m", names.user(names.MEMORY_WORKING_SET), {_ANN: 1000}),
            Expect("2m", names.WHOLE_MEMORY_WORKING_SET, {_NOBODY: 1000}),
            Expect("2m", names.user(names.CPU_USAGE), {_ANN: 1}),
        ),
        settings={"cadvisor_selector": 'job="kubelet"'},
    ),
    Case(
        "a pod that lacks the annotation is nobody's, as is every pod where kube-state-metrics shows none",
        merged(
            exporter({"ann": {"bio": 1}}),
            without(pod("jupyter-ann", "ann"), "kube_pod_annotations"),
            usage("jupyter-ann"),
        ),
        (
            Expect("2m", names.user(names.MEMORY_WORKING_SET), {_NOBODY: 1000}),
            Expect("2m", names.user(names.MEMORY_REQUESTS), {_NOBODY: 4096}),
            Expect("2m", names.group(names.CPU_USAGE), {_NOBODY: 1}),
        ),
    ),
    Case(
        "80 characters of username survive every level",
        merged(exporter({LONG: {"bio": 1}}), pod("jupyter-u", LONG), usage("jupyter-u")),
        (
            Expect(
                "2m",
                f"{names.ACTIVE_SHARE} * on (namespace, username) {names.user(names.MEMORY_WORKING_SET)}",
                {f'{{namespace="prod", username="{LONG}"}}': 1000},
            ),
        ),
    ),
)


_MEMORY_MISSING = 'namespace="prod", resource="memory in use"'
_CPU_MISSING = 'namespace="prod", resource="CPU in use"'


def _started(user: str, values: str) -> dict[str, str]:
    """Return since when the container of a user's server has run, in Unix seconds."""
    of = {"namespace": "prod", "pod": f"jupyter-{user}", "uid": f"uid-jupyter-{user}", "container": "notebook"}
    return {series("kube_pod_container_state_started", **of): values}


UNMEASURED = (
    Case(
        "running pods are unmeasured on a node where cAdvisor reports no container of their hub",
        merged(
            *(pod(f"jupyter-{name}", name) for name in ("ann", "bob")),
            usage("jupyter-ann"),
            *(pod(f"jupyter-{name}", name, node="node-2") for name in ("cyd", "dan")),
            pod("waiting", "eve", node="node-2", phase="Pending"),
            usage("web", namespace="shop", instance="node-2"),
            *(unlabelled(usage(f"jupyter-{name}", instance="node-2"), "container") for name in ("cyd", "dan")),
        ),
        (Expect("10m", names.UNMEASURED_PODS, {_MEMORY_MISSING: 2, _CPU_MISSING: 2}),),
    ),
    Case(
        "a metric of containers that the scrape drops is missing by itself",
        without(merged(pod("jupyter-ann", "ann"), usage("jupyter-ann")), "container_cpu_usage_seconds_total"),
        (Expect("10m", names.UNMEASURED_PODS, {_CPU_MISSING: 1}),),
    ),
    Case(
        "a hub of which every node reports a container, and pods of two kube-state-metrics, are measured",
        merged(
            pod("jupyter-ann", "ann"),
            pod("jupyter-ann", "ann", instance="ksm-2"),
            pod("jupyter-bob", "bob"),
            usage("jupyter-ann"),
        ),
        (Expect("10m", names.UNMEASURED_PODS, {}),),
    ),
    Case(
        "a pod is unmeasured whose container has run for 10 minutes, though cAdvisor reports others of its node",
        merged(
            *(pod(f"jupyter-{name}", name) for name in ("ann", "bob", "cyd", "dan")),
            usage("jupyter-ann"),
            _started("ann", "0x180"),
            _started("bob", "0x180"),
            _started("cyd", "0x9 540x170"),  # it has started again after 9 minutes
        ),
        (
            Expect("10m", names.UNMEASURED_PODS, {}),
            Expect("15m", names.UNMEASURED_PODS, {_MEMORY_MISSING: 1, _CPU_MISSING: 1}),
            Expect("25m", names.UNMEASURED_PODS, {_MEMORY_MISSING: 2, _CPU_MISSING: 2}),
        ),
    ),
    Case(
        "a container that uses nothing is measured",
        merged(
            pod("jupyter-ann", "ann"),
            usage("jupyter-ann"),
            pod("jupyter-bob", "bob"),
            usage("jupyter-bob", memory="0x180", cpu="0x180"),
            _started("bob", "0x180"),
        ),
        (Expect("30m", names.UNMEASURED_PODS, {}),),
    ),
)


def cases() -> Iterator[Case]:
    """Yield all cases of this page; they need neither buckets nor windows."""
    for case in UNMEASURED:
        yield replace(case, groups="hubmeter-(hubs|membership|pods|health)")
    for case in (*LEVELS, *REQUESTS, *USE):
        yield replace(case, groups="hubmeter-(hubs|membership|pods|memory|cpu|servers|home.*)")
