"""Writes what Hubmeter's rules would have recorded: one user's 5-minute buckets, and that the hub is being watched."""

from collections.abc import Iterable, Mapping

from hubmeter_generator.operate.remote_write import Series, write
from hubmeter_hub.quotas.units import RESOURCES
from hubmeter_promql import names
from tests.engines.engine import Engine

BUCKET = 300
HUB = {"namespace": "prod"}


def buckets(
    username: str,
    resource: str,
    amounts: Mapping[float, float],
    now: float,
    labels: Mapping[str, str] = HUB,
) -> Series:
    """Return a series with an amount so many seconds before ``now``, for each of ``amounts``."""
    points = sorted((round((now - age) * 1000), amount) for age, amount in amounts.items())
    return {"__name__": RESOURCES[resource].bucket, "username": username, **labels}, points


def evenly(total: float, hours: float, ends_ago: float = 0.0) -> dict[float, float]:
    """Return a total spread over so many hours, which ended ``ends_ago`` seconds before now."""
    count = round(hours * 3600 / BUCKET)
    return {ends_ago + i * BUCKET: total / count for i in range(count)}


def heartbeat(now: float, labels: Mapping[str, str] = HUB, minutes: int = 5) -> Series:
    """Return the series whose newest sample tells that rules are being recorded for the hub, every 5 minutes."""
    points = [(round((now - 60 * i) * 1000), 1.0) for i in reversed(range(0, minutes + 1, 5))]
    return {"__name__": names.USAGE_RECORDED, **labels}, points


def bucket_end(now: float) -> float:
    """Return the time of the newest bucket: a heartbeat that is written again then adds no sample."""
    return now // BUCKET * BUCKET


def record(engine: Engine, *written: Iterable[Series]) -> None:
    """Write the series, and wait until they can be read."""
    for some in written:
        write(engine.write_url, some, session=engine.session)
    engine.flush()
