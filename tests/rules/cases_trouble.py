"""Start times, servers that wait, failed starts, OOM kills, restarts and evictions."""

from collections.abc import Mapping
from typing import Any

from hubmeter_promql import names
from tests.rules.cases_profiles import SMALL
from tests.rules.promtool import Case, Expect, Inputs, constant, exporter, merged, pod, series, without

_SMALL = 'profile="globals", size="small", image="scipy-1"'
_OF_SERVER = f'namespace="prod", username="ann", {_SMALL}'
_HUB: Inputs = merged(exporter({"ann": {"bio": 1}}), pod("hub-1", container="hub"))


def _server(name: str = "jupyter-ann", **more: Any) -> Inputs:
    return pod(name, "ann", labels=SMALL, **more)


def _of(metric: str, values: str, name: str = "jupyter-ann", **labels: str) -> Inputs:
    """Return a series of a pod's container, or with container="" of the pod."""
    of = {"namespace": "prod", "pod": name, "uid": f"uid-{name}", "container": "notebook", **labels}
    return {series(f"kube_pod_{metric}", **of, instance="ksm-1"): values}


def _started(at: float, *, minutes: int = 180, start: int = 0) -> Inputs:
    return merged(
        _of("container_state_started", constant(at, minutes, start)),
        _of("container_status_restarts_total", constant(0, minutes, start)),
    )


def _waits(reason: str, *, minutes: int = 180, start: int = 0) -> Inputs:
    return _of("container_status_waiting_reason", constant(1, minutes, start), reason=reason)


def _unscheduled(**more: Any) -> Inputs:
    return without(_server(node="", phase="Pending", **more), "kube_pod_container_info")


def _event(event: str, reason: str = "") -> str:
    return f'{_OF_SERVER}, event="{event}"' + (f', reason="{reason}"' if reason else "")


def _events(*rows: Mapping[str, float]) -> tuple[Expect, ...]:
    """Expect these events 5, 10, 15 and 20 minutes after the start."""
    return tuple(Expect(f"{5 * number}m", names.SERVER_EVENTS, of) for number, of in enumerate(rows, 1))


_START = f'{_OF_SERVER}, uid="uid-jupyter-ann"'
_OOM = _of("container_status_last_terminated_reason", "_x6 1x100", reason="OOMKilled")

STARTS = (
    Case(
        "a start has one sample, with the seconds since the pod was created, also if the server has ended meanwhile",
        merged(_HUB, _server(created=100, start=2, minutes=4), _started(147, start=3, minutes=3)),
        (
            Expect("5m", names.SERVER_START, {_START: 47}),
            Expect("10m", names.SERVER_START, {}),
            Expect("6m", names.SERVER_EVENTS, {}),
        ),
    ),
    Case(
        "a container that started again is no start, and a second kube-state-metrics doubles none",
        merged(
            _HUB,
            _server(created=100),
            _server(created=100, instance="ksm-2"),
            _of("container_state_started", "_ _ _ 150x180"),
            _of("container_status_restarts_total", "_ _ _ 0x20 1x100"),
        ),
        (Expect("5m", names.SERVER_START, {_START: 50}), Expect("30m", names.SERVER_START, {})),
    ),
)
WAITING = (
    Case(
        "a server waits for a node, then for its image, then runs",
        merged(
            _HUB,
            _unscheduled(minutes=3),
            _server(name="jupyter-b", start=3),
            _of("container_status_waiting_reason", constant(1, 2, 3), "jupyter-b", reason="ImagePullBackOff"),
        ),
        (
            Expect("2m", names.WAITING_SERVERS, {f'{_OF_SERVER}, reason="Unschedulable"': 1}),
            Expect("4m", names.WAITING_SERVERS, {f'{_OF_SERVER}, reason="ImagePullBackOff"': 1}),
            Expect("6m", names.WAITING_SERVERS, {}),
        ),
    ),
)
EVENTS = (
    Case(
        "a server whose image cannot be pulled failed once when its pod is gone",
        merged(
            _HUB,
            _server(start=1, minutes=11),
            _waits("ContainerCreating", start=1, minutes=1),
            _waits("ErrImagePull", start=2, minutes=10),
        ),
        _events({}, {}, {_event("failed_start", "ErrImagePull"): 1}, {}),
    ),
    Case(
        "a pod that ended at the edge of two evaluations counts in one of them",
        merged(_HUB, _unscheduled(minutes=5)),
        _events({}, {_event("failed_start", "Unschedulable"): 1}, {}, {}),
    ),
    Case(
        "a server that crashes again and again failed; one that ran and ended did not",
        merged(
            _HUB,
            _server(minutes=8),
            _of("container_state_started", constant(30, 5)),
            _of("container_status_restarts_total", "0 1 2x5 stale"),
            _of("container_status_last_terminated_reason", "_ 1x6 stale", reason="Error"),
            _waits("CrashLoopBackOff", start=5, minutes=3),
            _server("jupyter-b", minutes=8),
            _of("container_state_started", constant(30, 8), "jupyter-b"),
        ),
        _events(
            {_event("restart", "Error"): 2},
            {_event("failed_start", "CrashLoopBackOff"): 1},
            {},
        ),
    ),
    Case(
        "nothing failed while kube-state-metrics does not answer",
        merged(exporter({"ann": {"bio": 1}}), pod("hub-1", container="hub", minutes=8), _unscheduled(minutes=8)),
        _events({}, {}, {}),
    ),
    Case(
        "a container killed for its memory counts once each time, and a restart without a reason has none",
        merged(
            _HUB,
            _server(created=-9999),
            _of("container_status_restarts_total", "3 3 3 3 3 3 4x3 6x100"),
            _OOM,
            _of("container_status_restarts_total", "0x8 1x100", container="proxy"),
        ),
        _events(
            {}, {_event("oom_kill", "OOMKilled"): 1, _event("restart"): 1}, {_event("oom_kill", "OOMKilled"): 2}, {}
        ),
    ),
    Case(
        "a pod that its node evicted counts once, however long it is listed",
        merged(
            _HUB,
            _server(),
            _of("status_reason", "0x6 1x100", container="", reason="Evicted"),
            _of("status_reason", "0x100", container="", reason="NodeLost"),
        ),
        _events({}, {_event("eviction", "Evicted"): 1}, {}),
    ),
    Case(
        "pods in another namespace than their hub are the hub's",
        merged(
            _HUB,
            without(
                pod("jupyter-a", "ann", namespace="hub-ann", node="", phase="Pending", labels=SMALL), "container_info"
            ),
        ),
        (Expect("2m", names.WAITING_SERVERS, {f'{_OF_SERVER}, reason="Unschedulable"': 1}),),
        settings={"pod_namespaces": [{"namespaces": "hub-.*", "hub": "prod"}]},
    ),
)


def cases() -> tuple[Case, ...]:
    """Return all cases."""
    return (*STARTS, *WAITING, *EVENTS)
