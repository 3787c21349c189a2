"""The scrape of /hub/metrics with a token, as docs/prerequisites.md and the chart's ServiceMonitor configure it."""

import pytest
import requests

from tests.hub.jupyterhub import VERSIONS, Service, real_hub
from tests.waiting import PATIENCE


@pytest.mark.parametrize("version", VERSIONS)
def test_prometheus_needs_a_bearer_token_of_the_scope_read_metrics(version: int) -> None:
    prometheus = Service("prometheus", ["read:metrics"])
    other = Service("groups-exporter", ["list:users", "read:users:groups"])
    with real_hub(version, {}, [prometheus, other]) as hub:
        statuses = {
            name: requests.get(f"{hub.url}/hub/metrics", headers=headers, timeout=PATIENCE).status_code
            for name, headers in {
                "prometheus": {"Authorization": f"Bearer {prometheus.token}"},
                "another service": {"Authorization": f"Bearer {other.token}"},
                "no token": {},
            }.items()
        }
    assert statuses == {"prometheus": 200, "another service": 403, "no token": 403}
