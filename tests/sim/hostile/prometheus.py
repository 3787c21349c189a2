"""Sites whose Prometheus keeps too little, or is not watched."""

from typing import Final

from tests.sim.hostile.frame import HUB, Reported, Site, clean_world, gauge

PROD: Final = {"namespace": HUB}
OWN: Final = {"job": "prometheus", "instance": "localhost:9090"}

SITES = (
    Site(
        "retention of 10 days",
        (
            Reported(
                "HubmeterHistoryShort",
                PROD,
                "history",
                "Prometheus keeps 10 days, less than the window of 30d: quotas deny too late or never, and reports and "
                "active users miss usage FIX raise --storage.tsdb.retention.time",
            ),
        ),
        clean_world(),
        extras=(gauge("prometheus_tsdb_retention_limit_seconds", 10 * 86_400, **OWN),),
        settings={"windows": ["1h", "1d", "30d"]},
        engine={"retention": "10d"},
    ),
)
