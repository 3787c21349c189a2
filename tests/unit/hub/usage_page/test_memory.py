"""What the page keeps of users has a bounded size, which docs/usage-page.md states."""

import asyncio
import gc
import tracemalloc
from functools import partial

import pytest

from hubmeter_hub.quotas.policy import Limit, Policies, Policy
from hubmeter_hub.quotas.usage import Moment
from hubmeter_hub.usage_page.handlers import templates
from hubmeter_hub.usage_page.rendered import MOST_PAGES, Rendered
from hubmeter_hub.usage_page.summary import DAY, Reading, Use, slices_of
from hubmeter_hub.usage_page.summary_cache import MOST_KEPT, SummaryCache

USERS = 200
MOMENT = Moment(1_795_360_000.0, 1_795_359_900.0)
# Those of tests/bench/page.py.
POLICIES = Policies(
    (Policy("memory", 1000 * 2.0**30, 168), Policy("memory", 3000 * 2.0**30, 720), Policy("cpu", 400.0, 36))
)


async def _moment() -> Moment:
    return MOMENT


async def _read(username: str, limits: tuple[Limit, ...] | None, moment: Moment) -> Reading:
    amount = 1.5 + len(username)  # a new float for each user and day, as in an answer of Prometheus
    uses = {
        (limit.resource, limit.window_hours): Use(
            amount * 30,
            slices_of(
                limit.window_hours, moment.at, amount * 30, {moment.at - day * DAY: amount * day for day in range(34)}
            ),
        )
        for limit in limits or ()
    }
    return Reading(moment.newest, limits or (), uses, amount, amount)


@pytest.mark.parametrize(("keeps_pages", "most_kib"), [(False, 8), (True, 30)], ids=["readings", "readings and pages"])
def test_what_is_kept_of_a_user_is_bounded(*, keeps_pages: bool, most_kib: float) -> None:
    page = templates().get_template("usage.html")
    rendered = Rendered()
    cache = SummaryCache(_moment, _read, POLICIES, lambda: MOMENT.at)

    async def open_page(number: int) -> None:
        summary = await cache.of(f"user{number:06}", frozenset({"staff"}))
        if keeps_pages:
            values = {"viewer": summary.username, "own": True, "on_own_page": True, "is_admin": False}
            site = {"hub_url": "/hub/", "prefix": "/services/usage/", "footer_note": "", "leads_groups": False}
            shown = {"enable_compute": True, "enable_home_storage": True, "merged": "", "meanwhile": ""}
            make = partial(page.render, values, **site, **shown, summary=summary, static_url=str)
            rendered.page(summary.username, summary, lambda _: make())

    async def kept() -> int:
        """Return the bytes for USERS users."""
        await open_page(0)  # what they share
        gc.collect()
        before, _ = tracemalloc.get_traced_memory()
        for number in range(1, USERS + 1):
            await open_page(number)
        gc.collect()
        return tracemalloc.get_traced_memory()[0] - before

    tracemalloc.start()
    try:
        each = asyncio.run(kept()) / USERS
    finally:
        tracemalloc.stop()
    assert each < most_kib * 1024
    assert (MOST_KEPT, MOST_PAGES) == (2000, 1000)
