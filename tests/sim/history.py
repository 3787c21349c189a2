"""A world's past as series, staleness markers included: what a Prometheus that scraped it would hold."""

import math
from collections.abc import Iterator

from hubmeter_generator.operate.remote_write import STALE, Series
from tests.sim.cluster import HOUR, Labels, Sample, World, cadvisor, samples_of_others, scraped_again

Key = tuple[str, Labels]


def scrapes(world: World, start: float, end: float) -> Iterator[tuple[float, list[Sample]]]:
    """Yield the times of [start, end) at which samples arrive, ascending, and the samples.

    A series that a scrape no longer returns gets a staleness marker then, as Prometheus writes it; cAdvisor's
    get none.
    """
    previous: dict[Key, None] = {}
    kubelets = [phase for phase in (world.kubelet_phase, world.kubelet_again) if phase is not None]
    of_kubelets = (t for phase in kubelets for t in times(start, end, world.kubelet_step, phase))
    for t in sorted({*times(start, end, world.step), *of_kubelets}):
        arrived: list[Sample] = []
        for phase in kubelets:
            if _due(t, world.kubelet_step, phase):
                found = cadvisor(world, world.servers_at(t), t)
                arrived += found if phase == world.kubelet_phase else map(scraped_again, found)
        if _due(t, world.step):
            others = list(samples_of_others(world, t))
            current = {(name, labels): None for name, labels, _, _ in others}
            arrived += others
            arrived += [Sample(*key, STALE, t) for key in previous if key not in current]
            previous = current
        yield t, arrived


def times(start: float, end: float, step: float, phase: float = 0.0) -> Iterator[float]:
    """Yield the scrapes of [start, end) of a target that is scraped every ``step`` seconds."""
    number = math.ceil((start - phase) / step)
    while (t := phase + number * step) < end:
        yield t
        number += 1


def _due(t: float, step: float, phase: float = 0.0) -> bool:
    return (t - phase) % step == 0


def history(world: World, start: float, end: float, chunk: float = HOUR) -> Iterator[list[Series]]:
    """Yield the scrapes of [start, end) in chunks of ``chunk`` seconds, for ``remote_write.write``."""
    series: dict[Key, dict[int, float]] = {}
    chunk_end = start + chunk
    for t, arrived in scrapes(world, start, end):
        while t >= chunk_end:
            yield named(series)
            series, chunk_end = {}, chunk_end + chunk
        for name, labels, value, timestamp in arrived:
            series.setdefault((name, labels), {})[round(timestamp * 1000)] = value
    if series:
        yield named(series)


def named(series: dict[Key, dict[int, float]]) -> list[Series]:
    """Return the samples of series, by their time in milliseconds, as ``remote_write.write`` takes them."""
    return [((("__name__", name), *labels), list(points.items())) for (name, labels), points in series.items()]
