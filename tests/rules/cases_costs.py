"""Costs: what bills are divided by, what it costs by which price, days, months, budgets.

Days of bills that are late, revised or missing are in tests/engines/test_costs.py, on running engines.
"""

from collections.abc import Iterator, Mapping

from hubmeter_promql import names
from tests.rules.promtool import Case, Expect, Inputs, in_cluster, merged, series

_GROUP = "hubmeter-costs"
_LEVELS = {"user": names.user, "pair": names.pair, "group": names.group, "hub": names.hub}


_Users = Mapping[str, Mapping[str, float]]


def _used(resource: str, users: _Users, namespace: str = "prod") -> Inputs:
    """Return a resource of users for two hours: user -> group -> what is charged to that group."""
    return {
        series(names.user(resource), namespace=namespace, username=user): f"{sum(groups.values())}x120"
        for user, groups in users.items()
    }


def _shares(users: _Users, namespace: str = "prod", samples: int = 120) -> Inputs:
    """Return the shares of these users, and that usage is recorded."""
    rows = {series(names.HUBS, namespace=namespace): f"1x{samples}"}
    for user, groups in users.items():
        for group, value in groups.items():
            share = value / sum(groups.values()) if value else 1
            for name in (names.SHARE, names.ACTIVE_SHARE) if group else ():
                labels = {"namespace": namespace, "usergroup": group, "username": user}
                rows[series(name, **labels)] = f"{share}x{samples}"
    return rows


def _price(
    day: int,
    component: str,
    driver: str,
    usd: float,
    *,
    namespace: str = "prod",
    instance: str = "c",
    samples: int = 120,
) -> Inputs:
    labels = {"day": str(day), "component": component, "driver": driver, "namespace": namespace, "instance": instance}
    return {series("jupyterhub_unit_price_usd", **labels, estimated="true"): f"{usd}x{samples}"}


_USERS = {"ann": {"bio": 12.0}, "x--y": {"bio": 6.0, "chem": 18.0}, "stranger": {"": 2.4}, "idle": {"bio": 0.0}}
_MEMORY = merged(_used(names.MEMORY_REQUESTS, _USERS), _shares(_USERS), _used(names.MEMORY_REQUESTS, {"": {"": 99.0}}))


def _costs(
    record: str, level_rows: Mapping[str, Mapping[str, float]], at: str = "1h", **more: str
) -> tuple[Expect, ...]:
    """Expect of each level these rows: values of its labels, with spaces between them, -> value."""
    result = []
    for key in level_rows:
        level = _LEVELS[key]
        rows = {
            ", ".join(
                [
                    *(f'{k}="{v}"' for k, v in zip(level.labels, row.split(), strict=False) if v != "-"),
                    *(f'{k}="{v}"' for k, v in more.items()),
                ]
            ): value
            for row, value in level_rows[key].items()
        }
        name = names.by_driver(level(record)) if more else level(record)
        result.append(Expect(at, name, rows))
    return tuple(result)


_USAGE = {
    "user": {"prod ann": 1, "prod x--y": 2, "prod stranger": 0.2},
    "pair": {"prod bio ann": 1, "prod bio x--y": 0.5, "prod chem x--y": 1.5, "prod - stranger": 0.2},
    "group": {"prod bio": 1.5, "prod chem": 1.5, "prod -": 0.2},
    "hub": {"prod": 3.2},
}

USAGE = (
    Case(
        "compute is the memory that users request, for five minutes in hours; nobody's is not theirs to pay",
        _MEMORY,
        _costs(names.COST_USAGE, _USAGE, driver="compute"),
        groups=_GROUP,
    ),
    Case(
        "a user with infinite usage is left out, and the others of the hub have theirs",
        merged(
            _used(names.MEMORY_REQUESTS, {"ann": {"bio": 12.0}}),
            {series(names.user(names.MEMORY_REQUESTS), namespace="prod", username="broken"): "1e308x120"},
            _shares({"ann": {"bio": 1.0}, "broken": {"bio": 1.0}}),
        ),
        _costs(
            names.COST_USAGE,
            {"user": {"prod ann": 1}, "pair": {"prod bio ann": 1}, "group": {"prod bio": 1}, "hub": {"prod": 1}},
            driver="compute",
        ),
        groups=_GROUP,
    ),
    Case(
        "homes are divided by their size",
        merged(_used(names.HOME, _USERS), _used(names.HOME, {"": {"": 99.0}}), _shares(_USERS)),
        (
            *_costs(names.COST_USAGE, {level: _USAGE[level] for level in ("group", "hub")}, driver="home"),
            *(Expect("1h", names.by_driver(level(names.COST_USAGE)), {}) for level in (names.user, names.pair)),
        ),
        groups=_GROUP,
    ),
    Case(
        "GPUs are divided by those requested",
        merged(_used(names.GPU_REQUESTS, _USERS), _shares(_USERS)),
        _costs(names.COST_USAGE, _USAGE, driver="gpu"),
        groups=_GROUP,
    ),
    Case(
        "by the larger part, who takes most of the CPU pays for it: ann half the memory, bob three quarters of the CPU",
        merged(
            _used(names.MEMORY_REQUESTS, {"ann": {"bio": 12.0}, "bob": {"bio": 3.0, "chem": 9.0}}),
            _used(names.CPU_REQUESTS, {"ann": {"bio": 1.0}, "bob": {"bio": 0.75, "chem": 2.25}}),
            _shares({"ann": {"bio": 12.0}, "bob": {"bio": 3.0, "chem": 9.0}}),
        ),
        _costs(
            names.COST_USAGE,
            {
                "user": {"prod ann": 1, "prod bob": 1.5},
                "pair": {"prod bio ann": 1, "prod bio bob": 0.375, "prod chem bob": 1.125},
                "group": {"prod bio": 1.375, "prod chem": 1.125},
                "hub": {"prod": 2.5},
            },
            driver="compute",
        ),
        settings={"cost_weight": "dominant"},
        groups=_GROUP,
    ),
    Case(
        "by the larger part, who requests CPU only counts too, and where nobody requests CPU memory counts alone",
        merged(
            _used(names.MEMORY_REQUESTS, {"ann": {"bio": 12.0}}),
            _used(names.CPU_REQUESTS, {"ann": {"bio": 1.0}, "bob": {"bio": 0.5, "chem": 0.5}}),
            _used(names.MEMORY_REQUESTS, {"ann": {"bio": 12.0}}, "teach"),
            _shares({"ann": {"bio": 1.0}, "bob": {"bio": 0.5, "chem": 0.5}}),
            _shares({"ann": {"bio": 1.0}}, "teach"),
        ),
        _costs(
            names.COST_USAGE,
            {
                "user": {"prod ann": 1, "prod bob": 0.5, "teach ann": 1},
                "pair": {"prod bio ann": 1, "prod bio bob": 0.25, "prod chem bob": 0.25, "teach bio ann": 1},
                "group": {"prod bio": 1.25, "prod chem": 0.25, "teach bio": 1},
                "hub": {"prod": 1.5, "teach": 1},
            },
            driver="compute",
        ),
        settings={"cost_weight": "dominant"},
        groups=_GROUP,
    ),
    Case(
        "by the larger part, infinite requests are left out, and the parts of others are those of all finite requests",
        merged(
            _used(names.MEMORY_REQUESTS, {"ann": {"bio": 12.0}, "bob": {"bio": 3.0, "chem": 9.0}}),
            _used(names.CPU_REQUESTS, {"ann": {"bio": 1.0}, "bob": {"bio": 0.75, "chem": 2.25}, "dan": {"chem": 1.0}}),
            {
                series(names.user(resource), namespace="prod", username=user): "1e308x120"
                for user in ("broken", "dan")
                for resource in (names.MEMORY_REQUESTS, names.CPU_REQUESTS)
                if (user, resource) != ("dan", names.CPU_REQUESTS)
            },
            _shares(
                {"ann": {"bio": 12.0}, "bob": {"bio": 3.0, "chem": 9.0}, "broken": {"bio": 1.0}, "dan": {"chem": 1.0}}
            ),
        ),
        _costs(
            names.COST_USAGE,
            {
                "user": {"prod ann": 1, "prod bob": 1.2, "prod dan": 0.4},
                "pair": {"prod bio ann": 1, "prod bio bob": 0.3, "prod chem bob": 0.9, "prod chem dan": 0.4},
                "group": {"prod bio": 1.3, "prod chem": 1.3},
                "hub": {"prod": 2.6},
            },
            driver="compute",
        ),
        settings={"cost_weight": "dominant"},
        groups=_GROUP,
    ),
    Case(
        "where there is no source of costs nothing is recorded",
        _MEMORY,
        (Expect("1h", '{__name__=~".*cost.*"}', {}),),
        settings={"cost_source": "none"},
    ),
)

_USER_NODE = "label_hub_jupyter_org_node_purpose"


def _node(
    name: str, memory: float, gpus: int = 0, instance: str = "k", resource: str = "nvidia_com_gpu", **labels: str
) -> Inputs:
    """Return a node for two hours: its labels, as kube-state-metrics exports them, and its allocatable resources."""
    of = {"instance": instance, "namespace": "monitoring", "node": name}
    allocatable = {"memory": memory, "cpu": 8, **({resource: gpus} if gpus else {})}
    return {
        series("kube_node_labels", **of, **labels): "1x120",
        **{
            series("kube_node_status_allocatable", **of, resource=what, unit="byte"): f"{value}x120"
            for what, value in allocatable.items()
        },
    }


def _user_node(name: str, memory: float, gpus: int = 0, **more: str) -> Inputs:
    return _node(name, memory, gpus, **{_USER_NODE: "user"}, **more)


CAPACITIES = (
    Case(
        "capacity is the allocatable memory and GPUs of users' nodes, once where kube-state-metrics runs twice",
        merged(
            _user_node("a", 48),
            _user_node("a", 48, instance="k2"),
            _user_node("b", 24, 4),
            _user_node("c", 12, 7, resource="nvidia_com_mig_1g_5gb"),
            _node("hub", 1000, 8, **{_USER_NODE: "core"}),
            _node("unlabelled", 1000),
        ),
        (Expect("1h", names.COST_CAPACITY, {'driver="compute"': 7, 'driver="gpu"': 5 / 12}),),
        groups=_GROUP,
    ),
    Case(
        "hubs with nodes of their own have their capacity by the hub's tag; the others' is shared",
        merged(
            _user_node("a", 12, label_hub="prod"),
            _user_node("b", 24, label_hub="prod"),
            _user_node("c", 12, label_hub="teach"),
            _user_node("d", 60),
        ),
        (
            Expect(
                "1h",
                names.COST_CAPACITY,
                {
                    'driver="compute", namespace="prod"': 3,
                    'driver="compute", namespace="teach"': 1,
                    'driver="compute"': 5,
                },
            ),
        ),
        settings={"cost_node_hub_label": "label_hub"},
        groups=_GROUP,
    ),
    Case(
        "a node whose hub changes while kube-state-metrics runs twice counts once",
        merged(_user_node("a", 12, label_hub="prod"), _user_node("a", 12, instance="k2", label_hub="teach")),
        (Expect("1h", f"sum({names.COST_CAPACITY})", {"{}": 1}),),
        settings={"cost_node_hub_label": "label_hub"},
        groups=_GROUP,
    ),
    Case(
        "nodes are those of the setting; an empty one means all with labels",
        merged(
            _user_node("a", 12),
            _node("b", 24),
            {series("kube_node_status_allocatable", node="c", resource="memory"): "99x120"},
        ),
        (Expect("1h", names.COST_CAPACITY, {'driver="compute"': 3}),),
        settings={"cost_node_selector": ""},
        groups=_GROUP,
    ),
    Case(
        "without the label of users on a node there is no capacity",
        merged(_node("a", 12), {series("kube_node_status_allocatable", node="c", resource="memory"): "99x120"}),
        (Expect("1h", names.COST_CAPACITY, {}),),
        groups=_GROUP,
    ),
    Case(
        "clusters have their own nodes, also of the same name",
        merged(*(in_cluster(c, _user_node("a", size)) for c, size in (("east", 12), ("west", 24)))),
        (
            Expect(
                "1h",
                names.COST_CAPACITY,
                {'cluster="east", driver="compute"': 1, 'cluster="west", driver="compute"': 2},
            ),
        ),
        settings={"cluster_label": "cluster"},
        groups=_GROUP,
    ),
)

_SPENT = {level: {row: value * 3 for row, value in _USAGE[level].items()} for level in ("user", "group", "hub")}

ESTIMATES = (
    Case(
        "usage costs today's price, components of one driver added up; neither another day's nor another hub's",
        merged(
            _MEMORY,
            _price(0, "compute", "compute", 2),
            _price(0, "core", "compute", 1),
            _price(1, "compute", "compute", 70),
            _price(0, "compute", "compute", 500, namespace="teach"),
            _price(0, "home storage", "home", 500),
        ),
        _costs(names.COST, _SPENT),
        groups=_GROUP,
    ),
    Case(
        "of two cost exporters the higher price counts, and not the sum",
        merged(_MEMORY, _price(0, "compute", "compute", 3), _price(0, "compute", "compute", 2.9, instance="d")),
        _costs(names.COST, _SPENT),
        groups=_GROUP,
    ),
    Case(
        "without a price usage is recorded all the same, and costs nothing yet",
        _MEMORY,
        (Expect("1h", names.hub(names.COST), {}), *_costs(names.COST_USAGE, _USAGE, driver="compute")),
        groups=_GROUP,
    ),
    Case(
        "clusters have their own prices",
        merged(
            *(
                in_cluster(c, merged(_MEMORY, _price(0, "compute", "compute", usd)))
                for c, usd in (("east", 1), ("west", 2))
            )
        ),
        (
            Expect(
                "1h",
                names.hub(names.COST),
                {'cluster="east", namespace="prod"': 3.2, 'cluster="west", namespace="prod"': 6.4},
            ),
        ),
        settings={"cluster_label": "cluster"},
        groups=_GROUP,
    ),
    Case(
        "by OpenCost memory pays for memory and cores of the nodes, homes for volumes, GPUs by the hour",
        merged(
            _used(names.MEMORY_REQUESTS, {"ann": {"bio": 12.0 * 2**30}}),
            _used(names.HOME, {"ann": {"bio": 12.0 * 2**30}}),
            _shares({"ann": {"bio": 1.0}}),
            _used(names.GPU_REQUESTS, {"ann": {"bio": 12.0}}),
            {
                'node_ram_hourly_cost{node="a", instance="opencost"}': "0.5x120",
                'node_ram_hourly_cost{node="a", instance="opencost-2"}': "0.5x120",
                'node_cpu_hourly_cost{node="a"}': "2x120",
                'node_gpu_hourly_cost{node="a"}': "0x120",
                'node_gpu_hourly_cost{node="b"}': "4x120",
                'pv_hourly_cost{persistentvolume="v"}': "0.25x120",
                'kube_node_status_capacity{node="a", resource="memory"}': f"{8 * 2**30}x120",
                'kube_node_status_capacity{node="a", resource="cpu"}': "2x120",
                'kube_node_status_capacity{node="without price", resource="memory"}': f"{64 * 2**30}x120",
            },
        ),
        (
            Expect(
                "1h",
                f"{names.COST_PRICE_OPENCOST} * 2^30",
                {'{driver="compute"}': 1, '{driver="home"}': 0.25, '{driver="gpu"}': 4 * 2**30},
            ),
            Expect("1h", names.group(names.COST), {'namespace="prod", usergroup="bio"': 5.25}),
            Expect("1h", names.hub(names.COST), {'namespace="prod"': 5.25}),
        ),
        settings={"cost_source": "opencost"},
        groups=_GROUP,
    ),
)

_ROWS = {
    level: dict.fromkeys(rows, 1.0)
    for level, rows in {"user": ["prod ann"], "pair": ["prod bio ann"], "group": ["prod bio"], "hub": ["prod"]}.items()
}


def _recorded(record: str, values: str, *, driver: str = "") -> Inputs:
    """Return a record at all levels as if it had been recorded so, every 5 minutes."""
    rows = {}
    for key, level in _LEVELS.items():
        (row,) = _ROWS[key]
        name = names.by_driver(level(record)) if driver else level(record)
        rows[series(name, **dict(zip(level.labels, row.split(), strict=True)), driver=driver)] = values
    return rows


def _of_the_hour(expects: tuple[Expect, ...]) -> tuple[Expect, ...]:
    """Expect the same rows as the largest of the last hour: promtool runs hourly rules every 5 minutes."""
    return tuple(
        Expect(e.at, f"max_over_time({e.query}[3599s])", {f"{{{row}}}": value for row, value in e.rows.items()})
        for e in expects
    )


def _of_all(value: float) -> dict[str, dict[str, float]]:
    return {level: dict.fromkeys(rows, value) for level, rows in _ROWS.items()}


DAYS = (
    Case(
        "a day's usage is its 288 sums of five minutes, recorded in the first hour of the next",
        merged(
            _recorded(names.COST_USAGE, "_ 100x287 1x287 7x200", driver="compute"),
            _price(1, "compute", "compute", 3, samples=600),
            _price(2, "compute", "compute", 2, samples=600),
        ),
        (
            *_of_the_hour(_costs(names.COST_USAGE_DAY, _of_all(288), "49h", driver="compute")),
            *_of_the_hour(_costs(names.COST_DAY, _of_all(288 * 2), "49h")),
            *_of_the_hour(_costs(names.COST_USAGE_DAY, _of_all(288 * 100), "25h", driver="compute")),
            *(
                Expect(at, f"count_over_time({names.by_driver(names.user(names.COST_USAGE_DAY))}[3599s])", {})
                for at in ("24h9m", "27h", "40h", "48h")
            ),
        ),
        interval="5m",
        groups="hubmeter-cost-days",
    ),
    Case(
        "a day's usage of home directories is their size at 24 full hours, and costs the price of the next day",
        merged(
            {series(names.user(names.HOME), namespace="prod", username="ann"): "3x287 1 1x287 7x30"},
            {series(names.user(names.HOME), namespace="prod"): "99x700"},
            _shares({"ann": {"bio": 1.0}}, samples=600),
            _price(2, "home storage", "home", 2, samples=600),
        ),
        (
            *_of_the_hour(_costs(names.COST_USAGE_DAY, _of_all(24), "49h", driver="home")),
            *_of_the_hour(_costs(names.COST_USAGE_DAY, _of_all(70), "25h", driver="home")),
            *_of_the_hour(_costs(names.COST_DAY, _of_all(48), "49h")),
            *_of_the_hour((Expect("49h", names.user(names.HOME_COST_DAY), {'namespace="prod", username="ann"': 48}),)),
        ),
        interval="5m",
        groups="hubmeter-cost-days",
    ),
    Case(
        "right after midnight, when the last five minutes may not be there yet, nothing is recorded",
        _recorded(names.COST_USAGE, "1x600", driver="gpu"),
        (Expect("48h", names.by_driver(names.user(names.COST_USAGE_DAY)), {}),),
        interval="5m",
        groups="hubmeter-cost-days",
    ),
    Case(
        "a day that was recorded late, after an outage, does not make the next one late",
        merged(
            _recorded(names.COST_USAGE, "_ 1x287 3x600", driver="gpu"),
            _recorded(names.COST_USAGE_DAY, f"_x{17 * 12} 5 _x11 stale", driver="gpu"),
        ),
        _of_the_hour(_costs(names.COST_USAGE_DAY, _of_all(288), "25h", driver="gpu")),
        interval="5m",
        groups="hubmeter-cost-days",
    ),
    Case(
        "while Prometheus was down nothing was used",
        _recorded(names.COST_USAGE, "1x99 _x100 1x400", driver="gpu"),
        _of_the_hour(_costs(names.COST_USAGE_DAY, _of_all(188), "25h", driver="gpu")),
        interval="5m",
        groups="hubmeter-cost-days",
    ),
)  # fmt: skip


_SAMPLES = 288  # of 5 minutes in a day


def _daily(usage: Mapping[int, float], group: str = "bio") -> Inputs:
    """Return what a group, and its only user, used of compute on these days: recorded the day after."""
    days = (f"_x2 {usage[day]}x{_SAMPLES - 3}" if day in usage else f"_x{_SAMPLES}" for day in range(max(usage) + 1))
    values = " ".join([f"_x{_SAMPLES}", *days, "stale"])
    names_of = {"namespace": "prod", "driver": "compute"}
    return {
        series(names.by_driver(names.group(names.COST_USAGE_DAY)), **names_of, usergroup=group): values,
        series(names.by_driver(names.user(names.COST_USAGE_DAY)), **names_of, username="ann"): values,
    }


def _exported(metric: str, usd: Mapping[int, float], **labels: str) -> Inputs:
    """Return rows of the cost exporter: day -> USD, each shown from two days after on."""
    return {
        series(
            f"jupyterhub_{metric}", day=str(day), **labels
        ): f"_x{(day + 2) * _SAMPLES} {value}x{(5 - day) * _SAMPLES}"
        for day, value in usd.items()
    }


_COMPUTE = {"component": "compute", "driver": "compute", "namespace": "prod"}
_SETTLED = {"estimated": "false"}
_BIO = 'namespace="prod", usergroup="bio"'
_NOON = "84h"  # 4 January 1970, 12:00
# The first two days are settled; of the third, and of the fourth so far, there is an estimate.
_SPENT_DAYS = merged(
    _daily({0: 10, 1: 40}),
    _exported(names.UNIT_PRICE, {0: 0.5, 1: 0.5}, **_COMPUTE, **_SETTLED),
    {series(names.group(names.COST), namespace="prod", usergroup="bio"): f"_x{2 * _SAMPLES + 1} 0.01x{_SAMPLES + 143}"},
)
_JANUARY = 5 + 20 + 2.88 + 1.44
_FORECAST = _JANUARY + (5 + 20 + 2.88) / 7 * 27.5


def _bill(usd: Mapping[int, float], kind: str = "attributable", component: str = "compute", **labels: str) -> Inputs:
    return _exported(
        names.CLOUD_COST, usd, kind=kind, component=component, **{"namespace": "prod", **_SETTLED, **labels}
    )


MONTHS = (
    Case(
        "a month is its settled days by their price and estimates for the others; the forecast repeats the last week",
        _SPENT_DAYS,
        (
            Expect(
                _NOON,
                f"round({names.COST_MONTH}, 0.000001)",
                {f'{{{_BIO}, month="197001"}}': round(_JANUARY, 6)},
            ),
            Expect(_NOON, f"round({names.COST_FORECAST}, 0.000001)", {f"{{{_BIO}}}": round(_FORECAST, 6)}),
        ),
        interval="5m",
        every="1h",
        groups="hubmeter-cost-months",
    ),
    Case(
        "budgets are for a group on all its hubs; one for a group that costs nothing has no ratio",
        _SPENT_DAYS,
        (
            Expect(_NOON, names.BUDGET, {'usergroup="bio"': 50.5, 'usergroup="a$1 \\"q\\" \\\\"': 1}),
            Expect(_NOON, f"round({names.BUDGET_USED}, 0.000001)", {'{usergroup="bio"}': round(_JANUARY / 50.5, 6)}),
            Expect(
                _NOON, f"round({names.BUDGET_FORECAST}, 0.000001)", {'{usergroup="bio"}': round(_FORECAST / 50.5, 6)}
            ),
        ),
        settings={"budgets": {"bio": 50.5, 'a$1 "q" \\': 1}},
        interval="5m",
        every="1h",
        groups="hubmeter-cost-months",
    ),
    Case(
        "the bill of a new installation is known at once, not at the next step of six hours",
        {series(f"jupyterhub_{names.CLOUD_COST}", day="1", kind="account", component="other", estimated="true"):
         f"_x{74 * 12} 7x12"},
        (Expect("75h", names.BILL_MONTH, {'kind="account", month="197001"': 7}),),
        interval="5m",
        every="1h",
        groups="hubmeter-cost-months",
    ),
    Case(
        "a month of the bill is what its days cost as known now: a settled amount before an estimated one",
        merged(
            _bill({0: 7, 1: 5}),
            _bill({1: 99}, estimated="true"),
            _bill({0: 7}, instance="another exporter"),
            _bill({1: 3}, component="core", namespace=""),
            _bill({1: 2}, kind="account", component="other", namespace=""),
        ),
        (
            Expect(
                _NOON,
                names.BILL_MONTH,
                {'kind="attributable", month="197001"': 15, 'kind="account", month="197001"': 2},
            ),
        ),
        interval="5m",
        every="1h",
        groups="hubmeter-cost-months",
    ),
    Case(
        "users and unallocated are compared with the bill of each settled day; the worst day counts",
        merged(
            _daily({0: 20, 1: 40}),
            _exported(names.UNIT_PRICE, {0: 0.5, 1: 0.25}, **_COMPUTE, **_SETTLED),
            _bill({0: 10, 1: 10.25}),
            _bill({0: 4, 1: 4}, component="core"),
            _bill({2: 1000}, component="gpu", estimated="true"),
            _exported(names.CLOUD_UNALLOCATED, {0: 4, 1: 3}, component="core", namespace="prod", reason="overhead"),
        ),
        (
            Expect(
                _NOON,
                f"round({names.COST_DIFFERENCE}, 0.000001)",
                {'{component="compute"}': 0.25, '{component="core"}': 1},
            ),
        ),
        interval="5m",
        every="1h",
        groups="hubmeter-cost-months",
    ),
    Case(
        "where all adds up the difference is nothing",
        merged(
            _daily({0: 20}),
            _exported(names.UNIT_PRICE, {0: 0.5}, **_COMPUTE, **_SETTLED),
            _bill({0: 10}),
            _bill({0: 4}, component="core"),
            _exported(names.CLOUD_UNALLOCATED, {0: 4}, component="core", namespace="prod", reason="overhead"),
        ),
        (Expect(_NOON, names.COST_DIFFERENCE, {'component="compute"': 0, 'component="core"': 0}),),
        interval="5m",
        every="1h",
        groups="hubmeter-cost-months",
    ),
)  # fmt: skip


def cases() -> Iterator[Case]:
    """Yield all cases of this page."""
    yield from USAGE
    yield from CAPACITIES
    yield from ESTIMATES
    yield from DAYS
    yield from MONTHS
