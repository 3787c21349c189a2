"""The pages of groups decide from an identity of at most a minute."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import AsyncHTTPClient
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from hubmeter_hub.usage_page.app import make_app
from hubmeter_hub.usage_page.command import UsagePageApp
from hubmeter_hub.usage_page.group import months, this_month
from hubmeter_hub.usage_page.group_views import is_newest
from hubmeter_hub.usage_page.oauth import LEAD_SECONDS, BoundedOAuth, hub_oauth

ENVIRONMENT = {
    "JUPYTERHUB_API_TOKEN": "t0ken",
    "JUPYTERHUB_API_URL": "http://127.0.0.1:9/hub/api",
    "JUPYTERHUB_CLIENT_ID": "service-usage",
    "JUPYTERHUB_SERVICE_PREFIX": "/services/usage/",
}
CONFIG = """\
c.UsageConfig.prometheus_url = "http://127.0.0.1:9"
c.UsageConfig.hub_namespace = "prod"
c.UsageViewer.group_leads_pattern = "{group}-leads"
"""


class Known(BoundedOAuth):
    """A client that has an answer of the hub: the groups of ana."""

    def __init__(self, *groups: str) -> None:
        super().__init__(api_token="t0ken", api_url="http://127.0.0.1:9", base_url="/services/usage/")
        self.model = {"kind": "user", "name": "ana", "groups": list(groups), "admin": False, "scopes": []}

    async def get_user(self, *_: Any, **__: Any) -> dict[str, Any]:
        return self.model


@pytest.mark.parametrize(
    ("kept", "fresh", "status"),
    [
        (["bio-leads"], [], 403),
        ([], ["bio-leads"], 503),  # allowed, but there is no Prometheus
    ],
)
def test_who_no_longer_leads_a_group_is_refused(tmp_path: Path, kept: list[str], fresh: list[str], status: int) -> None:
    (tmp_path / "config.py").write_text(CONFIG, encoding="utf-8")
    viewer, manager = UsagePageApp().settings([f"--config-files={tmp_path / 'config.py'}"])

    async def main() -> set[int]:
        server = HTTPServer(make_app(viewer, manager, ENVIRONMENT, Known(*kept), Known(*fresh)))
        (socket,) = bind_sockets(0, "127.0.0.1")
        server.add_socket(socket)
        url = f"http://127.0.0.1:{socket.getsockname()[1]}/services/usage/"
        paths = ("group", "group?name=bio", "group.csv?name=bio", "api/group?name=bio")
        answers = [await AsyncHTTPClient().fetch(url + path, raise_error=False) for path in paths]
        other = await AsyncHTTPClient().fetch(f"{url}api/group?name=chem", raise_error=False)
        assert other.code == 403
        server.stop()
        await server.close_all_connections()
        return {answer.code for answer in answers}

    assert asyncio.run(main()) == {status}


def test_an_identity_is_kept_for_a_minute() -> None:
    assert LEAD_SECONDS == 60
    assert hub_oauth(ENVIRONMENT, LEAD_SECONDS).cache_max_age == 60


def at(*moment: int) -> float:
    return datetime(*moment, tzinfo=UTC).timestamp()  # type: ignore[misc,arg-type] # the hour may be absent


def test_on_the_first_day_of_a_month_the_month_before_is_the_newest() -> None:
    assert this_month(at(2026, 11, 1, 23)).month == "2026-10"
    assert this_month(at(2026, 11, 2)).month == "2026-11"
    newest = [day for day in (at(2026, 11, 1, 23), at(2026, 11, 2)) if is_newest(this_month(at(2026, 11, 1)), day)]
    assert newest == [at(2026, 11, 1, 23)], "its page shows what runs now"
    listed = [of.month for of in months(at(2026, 2, 3), this_month(at(2020, 6, 9)))]
    assert (listed[0], listed[1], len(listed), listed[-1]) == ("2026-02", "2026-01", 14, "2020-06")
