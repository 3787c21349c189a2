"""What runs with which profile, size and image, by pods' labels, by group, and nothing is lost or doubled."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from hubmeter_promql import names
from tests.rules.cases_membership import ODD
from tests.rules.promtool import Case, Expect, Inputs, constant, exporter, in_cluster, merged, pod, series, usage

SMALL = {"label_hubmeter_profile": "globals", "label_hubmeter_size": "small", "label_hubmeter_image": "scipy-1"}
LARGE = SMALL | {"label_hubmeter_size": "large"}
R = SMALL | {"label_hubmeter_image": "r-4"}
_SMALL, _LARGE, _R = (
    f'profile="globals", size="{size}", image="{image}"'
    for size, image in (("small", "scipy-1"), ("large", "scipy-1"), ("small", "r-4"))
)
_BIO = 'namespace="prod", usergroup="bio"'
_CHEM = 'namespace="prod", usergroup="chem"'
_NOBODY = 'namespace="prod"'

# What a pod of one_server has of each resource.
_ONE_SERVER: Mapping[str, float] = {
    names.SERVERS: 1,
    names.MEMORY_REQUESTS: 4096,
    names.MEMORY_WORKING_SET: 1000,
    names.CPU_REQUESTS: 2,
    names.CPU_USAGE: 1,
    names.GPU_REQUESTS: 3,
}
_REQUESTS = names.profile(names.MEMORY_REQUESTS)
_SERVERS = names.profile(names.SERVERS)


def one_server(name: str, username: str, labels: Mapping[str, str], **more: float) -> Inputs:
    """Return a pod with these labels, and its use."""
    return merged(pod(name, username, gpu=3, labels=labels, created=more.get("created", 10)), usage(name))


def _every(rows: Mapping[str, float]) -> tuple[Expect, ...]:
    """Expect each resource at the level of groups, each row a factor of what one server has."""
    return tuple(
        Expect("6m", names.profile(resource), {row: factor * unit for row, factor in rows.items()})
        for resource, unit in _ONE_SERVER.items()
    )


def _sums() -> tuple[Expect, ...]:
    """Expect that profiles add up to groups: no group differs in any resource, and none is missing."""
    return tuple(
        Expect(
            "6m",
            f"sum by (namespace, usergroup) ({names.profile(resource)}) {operator} "
            f"on (namespace, usergroup) ({names.group(resource)} {bound})",
            {},
        )
        for resource in _ONE_SERVER
        for operator, bound in (("!=", ""), ("unless", "!= 0"))
    ) + tuple(
        Expect("6m", f"({names.group(resource)} != 0) unless on (namespace, usergroup) {names.profile(resource)}", {})
        for resource in _ONE_SERVER
    )


MAPPING = (
    Case(
        "a pod's labels say its profile, size and image, and a pod without them keeps a row without them",
        merged(one_server("jupyter-ann", "ann", SMALL), one_server("jupyter-bob", "bob", {})),
        (
            Expect(
                "6m",
                names.PROFILE_PODS,
                {
                    f'{_NOBODY}, pod="jupyter-ann", uid="uid-jupyter-ann", username="ann", {_SMALL}': 1,
                    f'{_NOBODY}, pod="jupyter-bob", uid="uid-jupyter-bob", username="bob"': 1,
                },
            ),
        ),
    ),
    Case(
        "one label alone is enough, and the labels of a site's own profile list count where settings name them",
        merged(
            pod("jupyter-a", "ann", labels={"label_course": "cs101"}),
            pod("jupyter-b", "bob", labels={"label_machine": "big"}),
            pod("jupyter-c", "cyd", labels={"label_environment": "r"}),
            pod("jupyter-d", "dan", labels=SMALL),
        ),
        (
            Expect(
                "1m",
                f"count by (profile, size, image) ({names.PROFILE_PODS})",
                {'{profile="cs101"}': 1, '{size="big"}': 1, '{image="r"}': 1, "{}": 1},
            ),
        ),
        settings={"profile_label": "label_course", "size_label": "label_machine", "image_label": "label_environment"},
    ),
    Case(
        "two kube-state-metrics double nothing, also while one does not show the labels or shows others",
        merged(
            exporter({"ann": {"bio": 1}, "bob": {"bio": 1}}),
            one_server("jupyter-ann", "ann", SMALL),
            pod("jupyter-ann", "ann", gpu=3, labels=SMALL, instance="ksm-2"),
            one_server("jupyter-bob", "bob", SMALL),
            pod("jupyter-bob", "bob", gpu=3, instance="ksm-2"),
        ),
        (*_every({f"{_BIO}, {_SMALL}": 2}), *_sums()),
    ),
    Case(
        "of two kube-state-metrics that tell different sizes one counts, not both",
        merged(
            pod("jupyter-ann", "ann", labels=SMALL),
            pod("jupyter-ann", "ann", labels=LARGE, instance="ksm-2"),
        ),
        (Expect("1m", f"sum({_SERVERS})", {"{}": 1}), Expect("1m", f"count({names.PROFILE_PODS})", {"{}": 1})),
    ),
    Case(
        "a server restarted larger under the same pod name is large at once, though cAdvisor still shows the small one",
        merged(
            exporter({"ann": {"bio": 1}}),
            pod("jupyter-ann", "ann", uid="first", created=1, labels=SMALL, minutes=10),
            pod("jupyter-ann", "ann", uid="second", created=600, labels=LARGE, start=10),
            usage("jupyter-ann", identity="first", memory="1000x9", cpu="0+60x9"),
            usage("jupyter-ann", identity="second", memory="_x10 800x60", cpu="_x10 0+120x60"),
        ),
        (
            Expect("9m", names.profile(names.MEMORY_WORKING_SET), {f"{_BIO}, {_SMALL}": 1000}),
            Expect("10m", names.profile(names.MEMORY_WORKING_SET), {f"{_BIO}, {_LARGE}": 800}),
            Expect("10m", names.profile(names.CPU_USAGE), {f"{_BIO}, {_SMALL}": 1}),
            Expect("15m", names.profile(names.MEMORY_WORKING_SET), {f"{_BIO}, {_LARGE}": 800}),
            Expect("15m", names.profile(names.CPU_USAGE), {f"{_BIO}, {_LARGE}": 2}),
        ),
    ),
    Case(
        "without kube_pod_created, and for users of every odd name, pods keep their profile",
        merged(
            exporter({user: {"bio": 1} for user in ODD}),
            *(
                {n: v for n, v in pod(f"jupyter-{i}", user, labels=SMALL).items() if "kube_pod_created" not in n}
                for i, user in enumerate(ODD)
            ),
        ),
        (
            Expect("1m", _SERVERS, {f"{_BIO}, {_SMALL}": len(ODD)}),
            Expect(
                "1m",
                f'{names.PROFILE_COMBINATIONS}{{username=~"ann|anna"}}',
                {f'{names.PROFILE_COMBINATIONS}{{{_NOBODY}, username="{u}", {_SMALL}}}': 1 for u in ("ann", "anna")},
            ),
        ),
    ),
)

GROUPS = (
    Case(
        "a group bears its share of each of its users' servers, by profile, size and image",
        merged(
            exporter({"ann": {"bio": 0.5, "chem": 0.5}, "bob": {"bio": 1}}),
            one_server("jupyter-ann", "ann", SMALL),
            one_server("jupyter-bob", "bob", LARGE),
        ),
        (
            *_every({f"{_BIO}, {_SMALL}": 0.5, f"{_CHEM}, {_SMALL}": 0.5, f"{_BIO}, {_LARGE}": 1}),
            *_sums(),
            Expect(
                "6m",
                names.PROFILE_SHARE,
                {
                    f'{_BIO}, username="ann", {_SMALL}': 0.5,
                    f'{_CHEM}, username="ann", {_SMALL}': 0.5,
                    f'{_BIO}, username="bob", {_LARGE}': 1,
                },
            ),
            Expect(
                "6m",
                names.PROFILE_COMBINATIONS,
                {f'{_NOBODY}, username="ann", {_SMALL}': 10, f'{_NOBODY}, username="bob", {_LARGE}': 10},
            ),
        ),
    ),
    Case(
        "a user of three groups with three servers of different sizes and images has a third of each in each group",
        merged(
            exporter({"ann": dict.fromkeys(("bio", "chem", "physics"), 0.25)}),
            *(one_server(f"jupyter-{n}", "ann", labels, created=10 + n) for n, labels in enumerate((SMALL, LARGE, R))),
        ),
        (
            *_every(
                {
                    f'namespace="prod", usergroup="{group}", {labels}': 0.25
                    for group in ("bio", "chem", "physics")
                    for labels in (_SMALL, _LARGE, _R)
                }
            ),
            *_sums(),
        ),
    ),
    Case(
        "a fourth combination of a user of several groups is no group's, and still in the sum",
        merged(
            exporter({"ann": {"bio": 0.5, "chem": 0.5}}),
            *(
                one_server(f"jupyter-{n}", "ann", labels, created=10 - n)
                for n, labels in enumerate((SMALL, LARGE, R, {}))
            ),
        ),
        (
            *_every(
                {f"{group}, {labels}": 0.5 for group in (_BIO, _CHEM) for labels in (_SMALL, _LARGE, _R)} | {_NOBODY: 1}
            ),
        ),
    ),
    Case(
        "a user of one group may run five combinations at once, and all are the group's",
        merged(
            exporter({"ann": {"bio": 1, "chem": 0}}),
            *(one_server(f"jupyter-{n}", "ann", SMALL | {"label_hubmeter_size": f"s{n}"}) for n in range(5)),
        ),
        (
            *_every({f'{_BIO}, profile="globals", size="s{n}", image="scipy-1"': 1 for n in range(5)}),
            *_sums(),
        ),
    ),
    Case(
        "users whom no group claims, and pods that are nobody's, have rows without a group",
        merged(
            exporter({"ann": {"bio": 1}}),
            one_server("jupyter-new", "newcomer", LARGE),
            one_server("hub", "", {}),
        ),
        (*_every({f"{_NOBODY}, {_LARGE}": 1, _NOBODY: 1}), *_sums()),
    ),
    Case(
        "in two clusters with the same names profiles do not mix",
        merged(
            *(
                in_cluster(cluster, merged(exporter({"ann": {group: 1}}), one_server("jupyter-ann", "ann", labels)))
                for cluster, group, labels in (("east", "bio", SMALL), ("west", "chem", LARGE))
            )
        ),
        (*_every({f'cluster="east", {_BIO}, {_SMALL}': 1, f'cluster="west", {_CHEM}, {_LARGE}': 1}),),
        settings={"cluster_label": "cluster"},
    ),
)


def _memory(name: str, username: str, used: int, labels: Mapping[str, str] = SMALL) -> Inputs:
    return merged(
        pod(name, username, labels=labels),
        usage(name, memory=f"{used}x180", cpu=f"0+{used / 1000 * 60}x180"),
        usage(name, container="sidecar", memory="9000x180", cpu="0+600x180"),
    )


SIZES = (
    Case(
        "95 of 100 servers of a size use no more than its percentile; sidecars, images and groups do not matter",
        merged(*(_memory(f"jupyter-{n}", f"user{n}", n * 100, SMALL if n % 2 else R) for n in range(21))),
        (
            Expect("5m", names.PROFILE_MEMORY_P95, {f'{_NOBODY}, profile="globals", size="small"': 1900}),
            Expect("10m", names.PROFILE_CPU_P95, {f'{_NOBODY}, profile="globals", size="small"': 1.9}),
        ),
    ),
    Case(
        "how many servers would have been served by half of their memory, of how many",
        merged(
            *(_memory(f"jupyter-{n}", f"user{n}", used) for n, used in enumerate((1024, 1025, 2048, 2049, 5000))),
            _memory("jupyter-big", "ann", 100, LARGE),
        ),
        (
            Expect(
                "5m",
                names.PROFILE_MEMORY_USED,
                {
                    f'{_NOBODY}, profile="globals", size="{size}", le="{le}"': count
                    for size, counts in (("small", (3, 5)), ("large", (1, 1)))
                    for le, count in zip(("0.5", "+Inf"), counts, strict=True)
                },
            ),
        ),
    ),
    Case(
        "a server without a memory request is not compared with one",
        merged(pod("jupyter-ann", "ann", memory=0, labels=SMALL), usage("jupyter-ann"), _memory("jupyter-b", "bob", 1)),
        (
            Expect(
                "5m",
                f'{names.PROFILE_MEMORY_USED}{{le="+Inf"}}',
                {f'{names.PROFILE_MEMORY_USED}{{{_NOBODY}, profile="globals", size="small", le="+Inf"}}': 1},
            ),
        ),
    ),
)

_ROW = f"{_BIO}, {_SMALL}"


def _price(driver: str, usd: float, *, day: int = 0, component: str = "compute", values: str = "") -> Inputs:
    labels = {"namespace": "prod", "driver": driver, "component": component, "day": str(day), "estimated": "true"}
    return {series("jupyterhub_unit_price_usd", **labels): values or constant(usd)}


def _recorded(resource: str, row: str, value: float) -> Inputs:
    return {f"{names.profile(resource)}{{{row}}}": constant(value)}


BUCKETS = (
    Case(
        "a bucket by profile is the integral of five samples, in hours",
        merged(*(_recorded(resource, _ROW, 12) for resource in names.PROFILE_RESOURCES)),
        tuple(Expect("10m", names.profile(names.BUCKETS[resource]), {_ROW: 1}) for resource in names.PROFILE_RESOURCES),
    ),
    Case(
        "memory and GPUs cost today's price, added up over components; what is nobody's and no profile's costs nothing",
        merged(
            _recorded(names.MEMORY_REQUESTS, _ROW, 1200),
            _recorded(names.GPU_REQUESTS, _ROW, 12),
            _recorded(names.MEMORY_REQUESTS, f"{_NOBODY}, {_SMALL}", 1200),
            _recorded(names.MEMORY_REQUESTS, _CHEM, 1200),
            _recorded(names.MEMORY_REQUESTS, _NOBODY, 1200),
            _recorded(names.GPU_REQUESTS, _NOBODY, 12),
            _price("compute", 0.25),
            _price("compute", 0.25, component="networking"),
            _price("compute", 99, day=1),
            _price("gpu", 4, component="gpu"),
            _price("home", 77),
        ),
        (Expect("10m", names.PROFILE_COST, {_ROW: 54, f"{_NOBODY}, {_SMALL}": 50, _CHEM: 50}),),
    ),
    Case(
        "where GPUs have no price memory's still counts, and where nothing has a price there is no cost",
        merged(
            _recorded(names.MEMORY_REQUESTS, _ROW, 1200),
            _recorded(names.GPU_REQUESTS, _ROW, 12),
            _price("compute", 0.5, values="_x20 0.5x100"),
        ),
        (Expect("10m", names.PROFILE_COST, {}), Expect("30m", names.PROFILE_COST, {_ROW: 50})),
    ),
    Case(
        "two cost exporters that tell the same do not double it, and a bucket has the price of the day it is recorded",
        merged(
            {f"{names.profile(names.MEMORY_REQUESTS)}{{{_ROW}}}": "1200x1500"},
            *(
                {name.replace("{", f'{{instance="{instance}", ', 1): values for name, values in price.items()}
                for instance in ("a", "b")
                for price in (_price("compute", 0, values="0.5x1500"), _price("compute", 0, day=1, values="2x1500"))
            ),
        ),
        (
            Expect("10m", names.PROFILE_COST, {_ROW: 50}),
            Expect("1435m", names.PROFILE_COST, {_ROW: 50}),
            Expect("1440m", names.PROFILE_COST, {_ROW: 200}),
        ),
        every="5m",
    ),
)


_EAST, _WEST = (f'cluster="{cluster}", namespace="prod"' for cluster in ("east", "west"))


def _both(east: Inputs, west: Inputs) -> Inputs:
    return merged(in_cluster("east", east), in_cluster("west", west))


# What is in the west would change the east if one join forgot the cluster's label, and the other way round.
CLUSTERS = (
    Case(
        "hubs, users, pods and groups of the same names in two clusters have each their own profiles",
        _both(
            merged(
                exporter(
                    {"ann": {"bio": 0.5, "chem": 0.5}} | {user: {"bio": 1} for user in ("bob", "dan", "eve", "fay")},
                ),
                *(one_server(f"ann-{n}", "ann", what, created=10 + n) for n, what in enumerate((SMALL, LARGE, R))),
                *(one_server(f"fay-{n}", "fay", SMALL | {"label_hubmeter_size": f"s{n}"}) for n in range(4)),
                one_server("bob", "bob", SMALL),
                one_server("cyd", "cyd", SMALL),
                one_server("dan", "dan", {}),
            ),
            merged(
                exporter(
                    {"ann": {"bio": 0.25, "chem": 0.75}, "bob": {"bio": 0.5, "chem": 0.5}}
                    | {user: {"bio": 1} for user in ("cyd", "dan", "eve")},
                ),
                *(one_server(f"ann-{n}", "ann", what, created=20 + n) for n, what in enumerate((SMALL, LARGE, R))),
                *(one_server(user, user, SMALL, created=15) for user in ("bob", "cyd", "eve")),
                one_server("dan", "dan", LARGE),
            ),
        ),
        (
            *_every(
                {
                    f'{_EAST}, usergroup="bio", {_SMALL}': 1.5,
                    f'{_EAST}, usergroup="bio", {_LARGE}': 0.5,
                    f'{_EAST}, usergroup="bio", {_R}': 0.5,
                    f'{_EAST}, usergroup="bio"': 1,
                    f'{_EAST}, usergroup="chem", {_SMALL}': 0.5,
                    f'{_EAST}, usergroup="chem", {_LARGE}': 0.5,
                    f'{_EAST}, usergroup="chem", {_R}': 0.5,
                    f"{_EAST}, {_SMALL}": 1,
                    f'{_WEST}, usergroup="bio", {_SMALL}': 2.75,
                    f'{_WEST}, usergroup="bio", {_LARGE}': 1.25,
                    f'{_WEST}, usergroup="bio", {_R}': 0.25,
                    f'{_WEST}, usergroup="chem", {_SMALL}': 1.25,
                    f'{_WEST}, usergroup="chem", {_LARGE}': 0.75,
                    f'{_WEST}, usergroup="chem", {_R}': 0.75,
                }
                | {f'{_EAST}, usergroup="bio", profile="globals", size="s{n}", image="scipy-1"': 1 for n in range(4)}
            ),
            Expect(
                "6m",
                f'{names.ACTIVE_SHARE}{{username="eve"}}',
                {f'{names.ACTIVE_SHARE}{{{_WEST}, usergroup="bio", username="eve"}}': 1},
            ),
            Expect(
                "6m",
                f'{names.PROFILE_COMBINATIONS}{{username="bob"}}',
                {
                    f'{names.PROFILE_COMBINATIONS}{{{cluster}, username="bob", {_SMALL}}}': created
                    for cluster, created in ((_EAST, 10), (_WEST, 15))
                },
            ),
        ),
    ),
    Case(
        "peaks of a size in one cluster are not those of its namesake in another",
        _both(
            merged(
                _memory("jupyter-a", "ann", 3000),
                pod("jupyter-a", "ann", uid="a", phase="Failed", memory=2**20),
                _memory("jupyter-b", "bob", 3000),
            ),
            merged(pod("jupyter-a", "ann", uid="a", labels=SMALL), usage("jupyter-a", memory="1000x180")),
        ),
        (
            Expect(
                "5m",
                names.PROFILE_MEMORY_P95,
                {f'{c}, profile="globals", size="small"': used for c, used in ((_EAST, 3000), (_WEST, 1000))},
            ),
            Expect(
                "10m",
                names.PROFILE_CPU_P95,
                {f'{c}, profile="globals", size="small"': used for c, used in ((_EAST, 3), (_WEST, 1))},
            ),
            Expect(
                "5m",
                names.PROFILE_MEMORY_USED,
                {
                    f'{cluster}, profile="globals", size="small", le="{le}"': count
                    for cluster, counts in ((_EAST, (0, 2)), (_WEST, (1, 1)))
                    for le, count in zip(("0.5", "+Inf"), counts, strict=True)
                },
            ),
        ),
    ),
    Case(
        "each cluster pays its own prices, for memory and for GPUs",
        _both(
            merged(
                _recorded(names.MEMORY_REQUESTS, _ROW, 1200),
                _recorded(names.GPU_REQUESTS, _ROW, 12),
                _price("compute", 0.5),
                _price("gpu", 4, component="gpu"),
            ),
            merged(
                _recorded(names.MEMORY_REQUESTS, _ROW, 1200),
                _recorded(names.GPU_REQUESTS, _ROW, 24),
                _price("compute", 0.25),
                _price("gpu", 1, component="gpu"),
            ),
        ),
        (Expect("10m", names.PROFILE_COST, {f'cluster="east", {_ROW}': 54, f'cluster="west", {_ROW}': 27}),),
    ),
)


def cases() -> Iterator[Case]:
    """Yield all cases of this page."""
    for case in (*MAPPING, *GROUPS):
        yield replace(case, groups="hubmeter-(hubs|membership|pods|memory|cpu|servers|profiles)")
    for case in SIZES:
        yield replace(case, groups="hubmeter-(hubs|membership|pods|profiles|profile-buckets)")
    yield replace(CLUSTERS[0], settings={"cluster_label": "cluster"}, groups="hubmeter-(hubs|membership|pods|profiles)")
    yield replace(
        CLUSTERS[1], settings={"cluster_label": "cluster"}, groups="hubmeter-(hubs|membership|pods|profile.*)"
    )
    yield replace(CLUSTERS[2], settings={"cluster_label": "cluster"}, groups="hubmeter-profile-buckets")
    for case in BUCKETS:
        yield replace(case, groups="hubmeter-profile-buckets")
