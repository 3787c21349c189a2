"""The line of the usage page about servers that run near a limit or past it."""

import asyncio
import re

import pytest

from hubmeter_hub.quotas.policy import Grant, Limit, parse
from hubmeter_hub.quotas.prospect import Prospect
from hubmeter_hub.quotas.usage import Moment
from hubmeter_hub.usage_page.handlers import templates
from hubmeter_hub.usage_page.summary import Reading, Use, as_json, summarize
from hubmeter_hub.usage_page.summary_cache import SummaryCache

NOW = 1_795_360_000.0  # 2026-11-22T15:06:40Z
LIMIT = Limit("cpu", 168, 1000.0, ())


@pytest.mark.parametrize(
    ("prospect", "own", "text", "stops_at"),
    [
        pytest.param(None, True, None, None, id="nothing"),
        pytest.param(
            Prospect(LIMIT, 990.0, NOW, NOW + 1800, NOW + 3600),
            True,
            "Your running servers reach this limit at 22 Nov 2026, 15:36 UTC, at the present pace, and are stopped "
            "from 22 Nov 2026, 16:06 UTC on. Save your work.",
            "2026-11-22T16:06:40Z",
            id="near",
        ),
        pytest.param(
            Prospect(LIMIT, 990.0, NOW, NOW + 1800, None),
            True,
            "Your running servers reach this limit at 22 Nov 2026, 15:36 UTC, at the present pace.",
            None,
            id="near, and not stopped",
        ),
        pytest.param(
            Prospect(LIMIT, 1010.0, NOW, NOW - 600, NOW + 1200),
            False,
            "This user's running servers are stopped from 22 Nov 2026, 15:26 UTC on.",
            "2026-11-22T15:26:40Z",
            id="passed, another user",
        ),
        pytest.param(Prospect(LIMIT, 1010.0, NOW, NOW - 600, None), True, None, None, id="passed, and not stopped"),
    ],
)
def test_the_page_shows_when_running_servers_are_stopped(
    prospect: Prospect | None, own: bool, text: str | None, stops_at: str | None
) -> None:
    used = prospect.used if prospect else 990.0
    reading = Reading(NOW, (LIMIT,), {("cpu", 168): Use(used, prospect=prospect)})
    summary = summarize("ann", (), (LIMIT,), reading, NOW)
    html = (
        templates()
        .get_template("usage.html")
        .render(
            summary=summary, own=own, on_own_page=own, enable_home_storage=False, enable_compute=True, merged="",
            meanwhile="", hub_url="/hub/", prefix="/services/usage/", footer_note="", viewer="ann", is_admin=False,
            leads_groups=False, static_url=str,
        )
    )  # fmt: skip
    found = re.search(r'<p class="stops">(.*?)</p>', html, re.DOTALL)
    assert (found and " ".join(re.sub("<[^>]+>", "", found[1]).replace("&#39;", "'").split())) == text
    assert as_json(summary)["compute"][0]["stops_at"] == stops_at


@pytest.mark.parametrize("warned", [True, False])
def test_nothing_is_read_for_users_whose_servers_are_never_stopped(warned: bool) -> None:
    when = {"warn_before": "1h", "stop_after": "30m"}
    policies = parse([{"resource": "cpu", "limit": 10, "window": 7, "when_exceeded": when}])
    asked: list[Limit] = []

    async def moment() -> Moment:
        return Moment(NOW, NOW)

    async def read(username: str, limits: tuple[Limit, ...] | None, at: Moment) -> Reading:
        assert (username, at.at) == ("ann", NOW)
        asked.extend(limits or ())
        return Reading(NOW, limits or (), {})

    def grants() -> tuple[Grant, ...]:
        return ()

    cache = SummaryCache(moment, read, policies, lambda: NOW, grants, lambda *_: warned)
    asyncio.run(cache.of("ann", frozenset()))
    (limit,) = asked
    assert (limit.when_exceeded is not None) == warned
    assert limit.value == 10.0
