"""Sites with home directories that dirsize reports late, no longer, or not at all."""

from dataclasses import replace
from typing import Final

from hubmeter_generator.operate.checks.finding import Status
from hubmeter_promql import names
from tests.sim.cluster import GIB, HOUR, MINUTE, Directory, World, user_slug
from tests.sim.hostile.clean import LEVELS
from tests.sim.hostile.frame import HUB, START, Numbers, Reported, Site, clean_world

PROD: Final = {"namespace": HUB}
HOMES: Final = tuple(level(names.HOME) for level in LEVELS)


def minute(number: float) -> float:
    """Return the time of a minute of the site."""
    return START + number * MINUTE


def measured_by_dirsize(**changes: Directory) -> World:
    """Return the clean world with directories of which dirsize exports when it measured them, and with these."""
    homes = {name: Directory(HUB, user_slug(name), GIB, 2 * GIB, round=10 * MINUTE) for name in ("ana", "ben", "cleo")}
    return replace(clean_world(), directories=tuple({**homes, **changes}.values()))


def found_again(after: float) -> World:
    """Return a world whose dirsize restarts at minute 40; it finds the last directory so many minutes later."""
    homes = {
        name: Directory(
            HUB, user_slug(name), size * GIB, unseen=((minute(40), minute(40 + after / part)),), round=45 * MINUTE
        )
        for name, size, part in (("ana", 1, 4), ("ben", 2, 1), ("cleo", 4, 2))
    }
    return measured_by_dirsize(**homes)


SITES = (
    Site("dirsize restarts and finds directories slowly", (Numbers(HOMES),), found_again(after=40)),
    Site(
        "a deleted directory",
        # It ends at minute 20, and the rules find that out between minutes 40 and 60.
        (Numbers(HOMES, since=70 * MINUTE),),
        measured_by_dirsize(ben=Directory(HUB, user_slug("ben"), GIB, 2 * GIB, end=minute(20), round=10 * MINUTE)),
    ),
    Site(
        "dirsize reports no directory any more",
        (
            Reported(
                "HubmeterHomesNotMeasured",
                PROD,
                "home directories",
                "dirsize does not measure the home directories of prod in time; sizes that are older than 1d "
                "count as 0 FIX check that dirsize runs",
                Status.WARNING,
            ),
            Numbers(HOMES),
        ),
        measured_by_dirsize(
            **{
                name: Directory(HUB, user_slug(name), GIB, unseen=((minute(20), minute(1000)),), round=10 * MINUTE)
                for name in ("ana", "ben", "cleo")
            }
        ),
    ),
    Site(
        "dirsize takes longer than home_carry_forward for a round",
        (
            Reported(
                "HubmeterHomesNotMeasured",
                PROD,
                "home directories",
                "sizes that are older than 1h count as 0 FIX check that dirsize runs and is scraped; if a round",
                Status.WARNING,
            ),
        ),
        measured_by_dirsize(cleo=Directory(HUB, user_slug("cleo"), GIB, round=1000 * HOUR)),
        settings={"home_carry_forward": "1h"},
    ),
)
