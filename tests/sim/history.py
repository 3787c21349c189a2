"""A world's past as series, staleness markers included: what a Prometheus that scraped it would hold."""

from collections.abc import Iterator

from hubmeter_generator.operate.remote_write import STALE, Series
from tests.sim.cluster import EXPLICIT_TIMESTAMPS, HOUR, Labels, World, samples


def history(world: World, start: float, end: float, chunk: float = HOUR) -> Iterator[list[Series]]:
    """Yield the scrapes of [start, end) in chunks of ``chunk`` seconds, for ``remote_write.write``.

    A series that a scrape no longer returns gets a staleness marker then, as Prometheus writes it; cAdvisor's
    get none.
    """
    previous: set[tuple[str, Labels]] = set()
    series: dict[tuple[str, Labels], list[tuple[int, float]]] = {}
    for number in range(round((end - start) / world.step)):
        t = start + number * world.step
        current = set()
        for name, labels, value, timestamp in samples(world, t):
            key = (name, labels)
            series.setdefault(key, []).append((round(timestamp * 1000), value))
            if name not in EXPLICIT_TIMESTAMPS:
                current.add(key)
        for key in previous - current:
            series.setdefault(key, []).append((round(t * 1000), STALE))
        previous = current
        if (number + 1) * world.step % chunk == 0:
            yield _named(series)
            series = {}
    if series:
        yield _named(series)


def _named(series: dict[tuple[str, Labels], list[tuple[int, float]]]) -> list[Series]:
    return [((("__name__", name), *labels), points) for (name, labels), points in series.items()]
