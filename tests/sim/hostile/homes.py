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


def deleted(*, frozen: bool) -> Directory:
    """Return a directory that is deleted at minute 20."""
    return Directory(HUB, user_slug("ben"), GIB, 2 * GIB, end=minute(20), frozen=frozen, round=10 * MINUTE)


def in_own_namespace(labels: dict[str, str]) -> dict[str, str]:
    """Change the labels as a scrape of jupyterhub-home-nfs does that was installed as its README says."""
    return {**labels, "namespace": "jupyterhub-home-nfs"} if labels["__name__"].startswith("dirsize_") else labels


SITES = (
    Site("dirsize restarts and finds directories slowly", (Numbers(HOMES),), found_again(after=40)),
    Site(
        "a deleted directory",
        # It ends at minute 20, and the rules find that out between minutes 25 and 45.
        (Numbers(HOMES, since=65 * MINUTE),),
        measured_by_dirsize(ben=deleted(frozen=True)),
        settings={"home_carry_forward": "30m"},
    ),
    Site(
        "a deleted directory, and a restart of dirsize",
        # It ends at minute 20, and the rules find that out between minutes 40 and 60.
        (Numbers(HOMES, since=70 * MINUTE),),
        measured_by_dirsize(
            ben=deleted(frozen=False),
            **{
                name: Directory(
                    HUB, user_slug(name), GIB, 2 * GIB, unseen=((minute(20), minute(22)),), round=10 * MINUTE
                )
                for name in ("ana", "cleo")
            },
        ),
    ),
    Site(
        "a deleted directory, and a later restart of dirsize",
        # The rules find out before that it ended at minute 20, and the restart does not bring it back.
        (Numbers(HOMES, since=65 * MINUTE),),
        measured_by_dirsize(
            ben=replace(deleted(frozen=True), unseen=((minute(72), minute(1000)),)),
            **{
                name: Directory(
                    HUB, user_slug(name), GIB, 2 * GIB, unseen=((minute(72), minute(74)),), round=10 * MINUTE
                )
                for name in ("ana", "cleo")
            },
        ),
        settings={"home_carry_forward": "30m"},
    ),
    Site(
        "dirsize in a namespace of its own",
        (
            Reported(
                "HubmeterHomesElsewhere",
                {"namespace": "jupyterhub-home-nfs"},
                "home directories",
                "home directories (3) have the namespace jupyterhub-home-nfs, which is no hub's, so they count for no "
                "user and no hub FIX install dirsize or jupyterhub-home-nfs in the hub's namespace",
                Status.WARNING,
            ),
        ),
        clean_world(),
        in_own_namespace,
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
        measured_by_dirsize(
            **{name: Directory(HUB, user_slug(name), GIB, round=1000 * HOUR) for name in ("ana", "ben", "cleo")}
        ),
        settings={"home_carry_forward": "1h"},
    ),
)
