"""What quotas and the usage page both read."""

from tests.e2e.people import LIMIT, LIMITED_GROUP, NAMESPACE

c = globals()["c"]  # JupyterHub and the usage page put it there
c.UsageConfig.prometheus_url = "http://prometheus:9090"
c.UsageConfig.hub_namespace = NAMESPACE
c.UsageQuotaManager.cache_seconds = 0.0
c.UsageQuotaManager.failover_open = False
c.UsageQuotaManager.policy = [
    {
        "resource": "memory",
        "limit": LIMIT,
        "window": 1,
        "scope": {"group": [LIMITED_GROUP]},
    },
]
c.UsageViewer.session_secret_key = "what signs the cookies of a hub that lives for some minutes"
