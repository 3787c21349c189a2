"""Quota limits: the same table that the hub's Python must satisfy, and what can happen around a hub's policies.

What the hub exposes comes from the hub's own code, and what the exporter says of groups from the exporter's.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from tempfile import NamedTemporaryFile
from typing import Any

from prometheus_client import CollectorRegistry

from hubmeter_exporter.membership import Accounting, Strategy, account
from hubmeter_hub.quotas import policy
from hubmeter_hub.quotas.grants import GrantsFile
from hubmeter_hub.quotas.metrics import QuotaMetrics
from hubmeter_promql import names
from tests.rules.promtool import Case, Expect, Inputs, constant, in_cluster, merged
from tests.unit.hub.quota_cases import CASES, QuotaCase, cpu, gpu, memory

BYSTANDERS = {"anna": (), "guest": ("guests",), "x--z": ("staff", "guests")}
PERCENT = ("0", "80", "90", "100")


def row(**labels: str) -> str:
    """Return labels in PromQL's notation, whatever they hold, without those that are empty."""
    return ", ".join(f'{key}="{_escaped(value)}"' for key, value in labels.items() if value)


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')


def hub(
    policies: Iterable[Mapping[str, Any]],
    strategy: Mapping[str, Any] | None = None,
    *,
    namespace: str = "prod",
    instance: str = "hub-1",
    prefix: str = "jupyterhub",
    start: int = 0,
    minutes: int = 60,
    grants: Sequence[Mapping[str, Any]] = (),
) -> Inputs:
    """Return what a hub with these policies and grants exposes of them."""
    registry = CollectorRegistry()
    with NamedTemporaryFile("w", encoding="utf-8") as file:
        json.dump({"grants": list(grants)}, file)
        file.flush()
        QuotaMetrics(registry, prefix).expose(policy.parse(list(policies), strategy), grants=GrantsFile(file.name))
        metrics = list(registry.collect())
    exposed = (names.QUOTA_POLICY_LIMIT, names.QUOTA_INTERSECTION, names.QUOTA_GRANT)
    shown = [f"{prefix}_{name}" for name in exposed]
    return {
        f"{sample.name}{{{row(namespace=namespace, instance=instance, **sample.labels)}}}": constant(
            sample.value, minutes, start
        )
        for metric in metrics
        for sample in metric.samples
        if sample.name in shown
    }


def groups(
    users: Mapping[str, Sequence[str]],
    *,
    namespace: str = "prod",
    strategy: Strategy = Strategy.DEFAULT,
    minutes: int = 60,
) -> Inputs:
    """Return the recorded shares of users of these groups."""
    return {
        f"{names.SHARE}{{{row(namespace=namespace, usergroup=group, username=user)}}}": constant(share, minutes)
        for user, of in users.items()
        for group, share in account(of, Accounting(strategy)).shares
    }


def used(resource: str, amounts: Mapping[str, float], *, window: str = "7d") -> Inputs:
    """Return what these users used in a rolling window."""
    name = names.window(names.user(names.QUOTA_RESOURCES[resource]))
    return {
        f"{name}{{{row(namespace='prod', username=user, window=window)}}}": constant(amount, 60)
        for user, amount in amounts.items()
    }


def _limits(case: QuotaCase) -> Case:
    """Return the case for promtool: a hub for each way to account users of several groups, each with bystanders."""
    policies = policy.parse(list(case.policies), case.strategy)
    users = {**BYSTANDERS, case.user: case.groups}
    return Case(
        f"limits: {case.name}",
        merged(
            *(
                {
                    **hub(case.policies, case.strategy, namespace=strategy, grants=case.grants),
                    **groups(users, namespace=strategy, strategy=strategy),
                }
                for strategy in Strategy
            )
        ),
        (
            Expect(
                "2m",
                f"{names.QUOTA_LIMIT}{{{row(username=case.user)}}}",
                {
                    f"{names.QUOTA_LIMIT}{{{row(namespace=of, username=case.user, resource=res, window=w)}}}": limit
                    for of in Strategy
                    for (res, w), limit in case.expected.items()
                },
            ),
        ),
        settings={"windows": sorted({policy.window_name(r.window_hours) for r in policy.rows(policies)} | {"7d"})},
    )


def _of_users(values: Mapping[str, float], /, **labels: str) -> dict[str, float]:
    """Return rows of the hub prod, username -> value, with these labels besides."""
    return {row(namespace="prod", username=user, **labels): value for user, value in values.items()}


MEMORY = {"resource": "memory", "window": "7d"}
CPU = {"resource": "cpu", "window": "7d"}
USERS = {"ann": ["staff", "guests"], "bob": ["guests"], "zoe": []}

POLICIES = (
    Case(
        "a real group called like the default group is one, where the user is in one group besides",
        merged(hub([cpu(5, group=["other"])]), groups({"ann": ["other", "staff"], "bob": ["staff", "labs"]})),
        (Expect("2m", names.QUOTA_LIMIT, _of_users({"ann": 5}, **CPU)),),
    ),
    Case(
        "users of no group are not members of a group called none",
        merged(hub([cpu(5, group=["none"])], {"empty": cpu(1)}), groups({"zoe": []})),
        (Expect("2m", names.QUOTA_LIMIT, _of_users({"zoe": 1}, **CPU)),),
    ),
    Case(
        "each policy that concerns a user is recorded, the fallback only for whom no other one concerns",
        merged(
            hub(
                [cpu(5, group=["staff"]), memory(1, group=["staff"]), cpu(2, user=["bob", "stranger"])],
                {"empty": cpu(1)},
            ),
            groups(USERS),
        ),
        (
            Expect(
                "2m",
                names.QUOTA_LIMIT_BY_POLICY,
                {
                    row(
                        namespace="prod", scope=scope, usergroup=group, username=user, intersection="min", **what
                    ): value
                    for scope, group, user, what, value in (
                        ("group", "staff", "ann", CPU, 5),
                        ("group", "staff", "ann", MEMORY, 1),
                        ("user", "", "bob", CPU, 2),
                        ("fallback", "", "zoe", CPU, 1),
                    )
                },
            ),
        ),
    ),
    Case(
        "a hub without quotas costs no rows, beside one that has them",
        merged(hub([cpu(5)]), groups(USERS, namespace="staging"), groups({"zoe": []})),
        (
            Expect("2m", f"count by (namespace) ({names.QUOTA_MEMBERSHIP})", {'{namespace="prod"}': 1}),
            Expect("2m", names.QUOTA_LIMIT, _of_users({"zoe": 5}, **CPU)),
        ),
    ),
    Case(
        "each hub merges in its own way, and has its own groups and policies",
        merged(
            hub([cpu(5, group=["staff"]), cpu(9)], {"intersection": "sum"}),
            hub([cpu(50, group=["staff"]), cpu(90)], {"intersection": "max"}, namespace="staging"),
            groups({"ann": ["staff"]}),
            groups({"ann": ["staff"], "bob": []}, namespace="staging"),
        ),
        (
            Expect(
                "2m",
                names.QUOTA_LIMIT,
                {
                    row(namespace=namespace, username=user, **CPU): value
                    for namespace, user, value in (("prod", "ann", 14), ("staging", "ann", 90), ("staging", "bob", 90))
                },
            ),
        ),
    ),
    Case(
        "while two hubs answer during an update no limit is doubled and no join fails",
        merged(
            hub([cpu(5, group=["staff"]), cpu(3, user=["bob"])], {"intersection": "sum", "empty": cpu(1)}),
            hub(
                [cpu(7, group=["staff"]), cpu(4, user=["bob"])],
                {"intersection": "sum", "empty": cpu(2)},
                instance="hub-2",
                start=5,
            ),
            groups(USERS),
        ),
        (
            Expect("4m", names.QUOTA_LIMIT, _of_users({"ann": 5, "bob": 3, "zoe": 1}, **CPU)),
            Expect("10m", names.QUOTA_LIMIT, _of_users({"ann": 7, "bob": 4, "zoe": 2}, **CPU)),
        ),
    ),
    Case(
        "two hubs that merge differently during an update give one limit a user",
        merged(
            hub([cpu(5, group=["staff"]), cpu(3)]),
            hub([cpu(5, group=["staff"]), cpu(3)], {"intersection": "sum"}, instance="hub-2"),
            groups(USERS),
        ),
        (Expect("2m", f"count by (username) ({names.QUOTA_LIMIT})", {f"{{{row(username=u)}}}": 1 for u in USERS}),),
    ),
    Case(
        "a policy that goes away takes its limits along at the next evaluation",
        merged(hub([cpu(5)], minutes=10), groups(USERS)),
        (
            Expect("9m", f"count({names.QUOTA_LIMIT})", {"{}": 3}),
            Expect("11m", names.QUOTA_LIMIT, {}),
            Expect("11m", names.QUOTA_USED, {}),
        ),
    ),
    Case(
        "a user who changes groups may have the policies of both for ten minutes, and then those of the new one",
        merged(
            hub([cpu(5, group=["staff"]), cpu(9, group=["guests"])]),
            groups({"ann": ["staff"]}, minutes=10),
            {name: f"_x10 {values}" for name, values in groups({"ann": ["guests"]}, minutes=50).items()},
        ),
        (
            Expect("9m", names.QUOTA_LIMIT, _of_users({"ann": 5}, **CPU)),
            Expect("21m", names.QUOTA_LIMIT, _of_users({"ann": 9}, **CPU)),
        ),
    ),
    Case(
        "a policy whose window is not recorded limits nobody here, and still is one, so there is no fallback",
        merged(hub([cpu(5, "3d", group=["staff"])], {"empty": cpu(1)}), groups(USERS)),
        (Expect("2m", names.QUOTA_LIMIT, _of_users({"bob": 1, "zoe": 1}, **CPU)),),
    ),
    Case(
        "with another metrics prefix the policies are found",
        merged(hub([cpu(5)], prefix="jhub"), groups({"zoe": []})),
        (Expect("2m", names.QUOTA_LIMIT, _of_users({"zoe": 5}, **CPU)),),
        settings={"metrics_prefix": "jhub"},
    ),
)

USE = (
    Case(
        "each resource is measured by its own requests, each window by its own sum",
        merged(
            hub([memory(100), cpu(10), cpu(100, 30), gpu(1)]),
            groups({"zoe": []}),
            used("memory", {"zoe": 30, "stranger": 500, "": 9000}),
            used("cpu", {"zoe": 2}),
            used("cpu", {"zoe": 90}, window="30d"),
            used("gpu", {"zoe": 0.5}),
        ),
        (
            Expect(
                "2m",
                names.QUOTA_RATIO,
                {
                    row(namespace="prod", username="zoe", resource=resource, window=window): ratio
                    for resource, window, ratio in (
                        ("memory", "7d", 0.3),
                        ("cpu", "7d", 0.2),
                        ("cpu", "30d", 0.9),
                        ("gpu", "7d", 0.5),
                    )
                },
            ),
            Expect("2m", names.QUOTA_NEAREST, _of_users({"zoe": 0.9})),
        ),
    ),
    Case(
        "users at the very part of a limit are counted, once however many limits they are near",
        merged(
            hub([memory(100), cpu(10, 1, group=["guests"])]),
            groups({**USERS, "cyd": ["guests"], "dan": ["guests"]}),
            used("memory", {"ann": 79, "bob": 80, "cyd": 90, "dan": 100, "zoe": 0}),
            used("cpu", {"ann": 12, "bob": 0, "cyd": 0, "dan": 10}, window="1d"),
        ),
        (
            Expect(
                "2m",
                names.QUOTA_WINDOW_USERS,
                {
                    row(namespace="prod", threshold=percent, resource=resource, window=window): count
                    for resource, window, counts in (("memory", "7d", (5, 3, 2, 1)), ("cpu", "1d", (4, 2, 2, 2)))
                    for percent, count in zip(PERCENT, counts, strict=True)
                },
            ),
            Expect(
                "2m",
                names.QUOTA_USERS,
                {
                    row(namespace="prod", threshold=percent): count
                    for percent, count in zip(PERCENT, (5, 4, 3, 2), strict=True)
                },
            ),
            Expect(
                "2m",
                names.QUOTA_GROUP_USERS,
                {
                    row(namespace="prod", usergroup=group, threshold=percent): count
                    for group, counts in (("staff", (1, 1, 1, 1)), ("guests", (4, 4, 3, 2)), ("none", (1, 0, 0, 0)))
                    for percent, count in zip(PERCENT, counts, strict=True)
                },
            ),
        ),
    ),
    Case(
        "of a limit of 0 all is used, whether anything was used or not",
        merged(hub([gpu(0)]), groups({"ann": ["staff"], "bob": []}), used("gpu", {"ann": 3})),
        (Expect("2m", names.QUOTA_RATIO, _of_users({"ann": 1, "bob": 1}, resource="gpu", window="7d")),),
    ),
    Case(
        "a window's sum that is almost ten minutes old still counts, an older one does not",
        merged(
            hub([cpu(10)]),
            groups({"ann": []}),
            dict.fromkeys(used("cpu", {"ann": 4}), "4 _x60"),
        ),
        (
            Expect("9m", names.QUOTA_USED, _of_users({"ann": 4}, **CPU)),
            Expect("11m", names.QUOTA_USED, {}),
        ),
    ),
    Case(
        "policies, groups and use of namesakes in another cluster are another's",
        merged(
            in_cluster(
                "east",
                merged(hub([cpu(40, group=["staff"])]), groups({"ann": ["staff", "labs"]}), used("cpu", {"ann": 16})),
            ),
            in_cluster(
                "west",
                merged(
                    hub(
                        [cpu(20, group=["staff"]), cpu(7, group=["labs"]), cpu(25, user=["ann"])],
                        {"intersection": "max", "empty": cpu(1)},
                    ),
                    groups({"ann": ["staff"], "bob": []}),
                    used("cpu", {"ann": 25, "bob": 0}),
                ),
            ),
        ),
        (
            Expect("2m", f'count by (cluster) ({names.QUOTA_SCOPE}{{usergroup="labs"}})', {}),
            Expect(
                "2m",
                names.QUOTA_RATIO,
                {
                    row(cluster=cluster, namespace="prod", username=user, **CPU): ratio
                    for cluster, user, ratio in (("east", "ann", 0.4), ("west", "ann", 1), ("west", "bob", 0))
                },
            ),
            Expect(
                "2m",
                names.QUOTA_GROUP_USERS,
                {
                    row(cluster=cluster, namespace="prod", usergroup=group, threshold=percent): float(
                        percent == "0" or (group == "staff" and cluster == "west")
                    )
                    for cluster, group in (("east", "staff"), ("east", "labs"), ("west", "staff"), ("west", "none"))
                    for percent in PERCENT
                },
            ),
        ),
        settings={"cluster_label": "cluster"},
    ),
)


def cases() -> Iterator[Case]:
    """Yield all cases of this page; groups and what was used are given."""
    for case in (*map(_limits, CASES), *POLICIES, *USE):
        yield replace(case, groups="hubmeter-quota.*")
