"""Home directories: whose they are, how big, how full, and which are nobody's."""

from collections.abc import Iterator
from dataclasses import replace

from hubmeter_promql import names
from tests.rules.promtool import Case, Expect, exporter, home, merged

_ANN = 'namespace="prod", username="ann"'
_NOBODY = 'namespace="prod"'
_FIRST_LAST = {"first.last": ("first-last---23e1b5a0", "first-2elast")}

_BEN = 'namespace="prod", username="ben"'
_SIZE_AND_LIMIT = ((names.HOME, 512), (names.HOME_LIMIT, 1024))


def _now(resource: str) -> str:
    """Return the query for a resource that is recorded when it changes."""
    return f"last_over_time({names.user(resource)}[26h]) * 1 > 0"


def _bare(row: str) -> str:
    return f"{{{row}}}"


def _rising(first: int, minutes: int) -> str:
    """Return the minutes of samples that rise every two hours, in promtool's notation, in seconds."""
    return " ".join(f"{60 * at}x119" for at in range(first, first + minutes, 120))


HOMES = (
    Case(
        "a directory belongs to the user whose name it spells, in the safe or the legacy way",
        merged(
            exporter({"first.last": {"bio": 1}, "ann": {"bio": 1}, "homeless": {"bio": 1}}, spellings=_FIRST_LAST),
            *(home(name, 1) for name in ("first-last---23e1b5a0", "first-2elast", "ann", "lost+found")),
        ),
        (Expect("0m", names.user(names.HOME), {'namespace="prod", username="first.last"': 2, _ANN: 1, _NOBODY: 1}),),
    ),
    Case(
        "where one user's safe spelling is another's legacy spelling, the safe one wins",
        merged(
            exporter(
                {"safe": {"bio": 1}, "legacy": {"bio": 1}},
                spellings={"safe": ("x-2dy", "only-safe"), "legacy": ("only-legacy", "x-2dy")},
            ),
            home("x-2dy", 1),
        ),
        (Expect("0m", names.user(names.HOME), {'namespace="prod", username="safe"': 1}),),
    ),
    Case(
        "a user of three groups, reported by two exporters, has each directory once",
        merged(
            exporter({"ann": {"bio": 0.25, "chem": 0.25, "math": 0.5}}),
            exporter({"ann": {"bio": 0.25, "chem": 0.25, "math": 0.5}}, instance="exporter-2"),
            home("ann", 512, limit=1024),
        ),
        (
            Expect("0m", names.user(names.HOME), {_ANN: 512}),
            Expect(
                "5m",
                names.group(names.HOME),
                {f'namespace="prod", usergroup="{g}"': v for g, v in (("bio", 128), ("chem", 128), ("math", 256))},
            ),
        ),
    ),
    Case(
        "a safe and a legacy directory of one user add up, sizes and limits",
        merged(
            exporter({"first.last": {"bio": 1}}, spellings=_FIRST_LAST),
            home("first-last---23e1b5a0", 500, limit=1000),
            home("first-2elast", 12, limit=24),
        ),
        (
            Expect("0m", names.user(names.HOME), {'namespace="prod", username="first.last"': 512}),
            Expect("0m", names.user(names.HOME_LIMIT), {'namespace="prod", username="first.last"': 1024}),
        ),
    ),
    Case(
        "two dirsize exporters of one storage double nothing",
        merged(
            exporter({"ann": {"bio": 1}}),
            home("ann", 512, limit=1024),
            home("ann", 512, limit=1024, instance="dirsize-2"),
            home("gone", 99),
            home("gone", 99, instance="dirsize-2"),
        ),
        (
            Expect("0m", names.user(names.HOME), {_ANN: 512, _NOBODY: 99}),
            Expect("0m", names.user(names.HOME_LIMIT), {_ANN: 1024}),
            Expect("5m", names.ORPHANED_HOME, {'namespace="prod", directory="gone"': 99}),
        ),
    ),
    Case(
        "the directory of a user who is gone is orphaned, a shared one is not, and both are usage of no user",
        merged(exporter({"ann": {"bio": 1}}), home("ann", 512), home("gone", 99), home("anna", 7), home("_shared", 5)),
        (
            Expect(
                "5m",
                names.ORPHANED_HOME,
                {'namespace="prod", directory="gone"': 99, 'namespace="prod", directory="anna"': 7},
            ),
            Expect("0m", names.user(names.HOME), {_ANN: 512, _NOBODY: 111}),
            Expect("5m", names.group(names.HOME), {'namespace="prod", usergroup="bio"': 512, _NOBODY: 111}),
            Expect("5m", names.hub(names.HOME), {_NOBODY: 623}),
        ),
    ),
    Case(
        "a directory of the same name in another hub is not this user's",
        merged(
            exporter({"ann": {"bio": 1}}),
            exporter({"bob": {"bio": 1}}, namespace="staging"),
            home("ann", 512),
            home("ann", 99, namespace="staging"),
        ),
        (
            Expect("0m", names.user(names.HOME), {_ANN: 512, 'namespace="staging"': 99}),
            Expect("5m", names.ORPHANED_HOME, {'namespace="staging", directory="ann"': 99}),
        ),
    ),
    Case(
        "directories keep their owners while the exporter is silent, and none is called orphaned when it stays away",
        merged(exporter({"ann": {"bio": 1}}, minutes=12), home("ann", 512)),
        (
            Expect("20m", _now(names.HOME), {_bare(_ANN): 512}),
            Expect("20m", names.ORPHANED_HOME, {}),
            Expect("65m", names.group(names.HOME), {'namespace="prod", usergroup="bio"': 512}),
            Expect("75m", names.user(names.HOME), {_ANN: 0, _NOBODY: 512}),
            Expect("75m", names.ORPHANED_HOME, {}),
        ),
    ),
    Case(
        "a user who just appeared owns the directory at once",
        merged(exporter({"ann": {"bio": 1}}, start=2), home("ann", 512)),
        (Expect("5m", _now(names.HOME), {_bare(_ANN): 512}), Expect("5m", names.ORPHANED_HOME, {})),
    ),
    Case(
        "the size of a directory is recorded when it changes, else once a day, and as 0 when it is gone",
        merged(
            exporter({"ann": {"bio": 1}}, minutes=6000),
            {'dirsize_total_size_bytes{namespace="prod", directory="ann"}': "512x300 700x1800 _x4000"},
        ),
        (
            *(
                Expect(at, f"count_over_time({names.user(names.HOME)}{{username='ann'}}[2d])", {_bare(_ANN): number})
                for at, number in (("4h", 1), ("6h", 2), ("28h", 2), ("30h", 3), ("35h", 3))
            ),
            Expect("58h", _now(names.HOME), {_bare(_ANN): 700}),
            Expect("60h", names.group(names.HOME), {}),
            Expect("60h", _now(names.HOME), {}),
            Expect(
                "60h",
                f"last_over_time({names.user(names.HOME)}{{username='ann'}}[1d])",
                {f"{names.user(names.HOME)}{{{_ANN}}}": 0},
            ),
        ),
    ),
    Case(
        "a directory without a limit has a size and no limit",
        merged(exporter({"ann": {"bio": 1}}), home("ann", 512)),
        (Expect("0m", names.user(names.HOME), {_ANN: 512}), Expect("0m", names.user(names.HOME_LIMIT), {})),
    ),
    Case(
        "the sizes and limits of directories are carried forward while dirsize is away, for home_carry_forward",
        merged(
            exporter({"ann": {"bio": 1}}, minutes=6000),
            {
                'dirsize_total_size_bytes{namespace="prod", directory="ann"}': "512x60 stale",
                'dirsize_hard_limit_bytes{namespace="prod", directory="ann"}': "1024x60 stale",
            },
        ),
        (
            Expect("2h", names.CARRIED_HOME, {'namespace="prod", directory="ann"': 512}),
            *(Expect("4h55m", _now(resource), {_bare(_ANN): value}) for resource, value in _SIZE_AND_LIMIT),
            Expect("4h55m", names.hub(names.HOME), {_NOBODY: 512}),
            *(Expect("5h10m", _now(resource), {}) for resource, _ in _SIZE_AND_LIMIT),
        ),
        settings={"home_carry_forward": "4h"},
    ),
    Case(
        "a directory that the others were measured twice without is gone; one that dirsize has not found again is not",
        merged(
            exporter({"ann": {"bio": 1}, "ben": {"bio": 1}}, minutes=6000),
            # dirsize restarts at 60 minutes, finds ann after 10 minutes and ben after 100, and walks on in 2 hours.
            {
                'dirsize_total_size_bytes{namespace="prod", directory="ann"}': "100x59 _x10 100x1400",
                'dirsize_last_updated_ns{namespace="prod", directory="ann"}': f"600x59 _x10 {_rising(70, 1400)}",
                'dirsize_total_size_bytes{namespace="prod", directory="ben"}': "100x59 _x100 100x1400",
                'dirsize_last_updated_ns{namespace="prod", directory="ben"}': f"700x59 _x100 {_rising(160, 1400)}",
                'dirsize_total_size_bytes{namespace="prod", directory="deleted"}': "7x59 stale",
                'dirsize_last_updated_ns{namespace="prod", directory="deleted"}': "800x59 stale",
            },
        ),
        (
            *(
                Expect(at, _now(names.HOME), {_bare(_ANN): 100, _bare(_BEN): 100, _bare(_NOBODY): 7})
                for at in ("1h5m", "2h", "3h")
            ),
            Expect("2h", names.HOMES_MEASURED, {_NOBODY: 70 * 60}),
            Expect("12h", names.CARRIED_HOME, {}),
            Expect("12h", f"{names.HOMES_MEASURED_TWICE} > bool 3600", {_bare(_NOBODY): 1}),
            Expect("12h", _now(names.HOME), {_bare(_ANN): 100, _bare(_BEN): 100}),
        ),
    ),
    Case(
        "a directory that dirsize reports and no longer measures is gone after home_carry_forward until it is back",
        merged(
            exporter({"ann": {"bio": 1}, "ben": {"bio": 1}}, minutes=6000),
            # Rounds of 2 hours. ben is deleted after 130 minutes, and created again after 780.
            {
                'dirsize_total_size_bytes{namespace="prod", directory="ann"}': "100x1400",
                'dirsize_last_updated_ns{namespace="prod", directory="ann"}': _rising(0, 1400),
                'dirsize_total_size_bytes{namespace="prod", directory="ben"}': "50x1400",
                'dirsize_hard_limit_bytes{namespace="prod", directory="ben"}': "200x1400",
                'dirsize_last_updated_ns{namespace="prod", directory="ben"}': f"60x119 7260x659 {_rising(780, 600)}",
            },
        ),
        (
            *(Expect(at, _now(names.HOME), {_bare(_ANN): 100, _bare(_BEN): 50}) for at in ("2h10m", "5h45m", "13h30m")),
            Expect("5h45m", names.DELETED_HOMES, {}),
            Expect("6h30m", names.DELETED_HOMES, {'namespace="prod", directory="ben"': 1}),
            Expect("6h30m", _now(names.HOME), {_bare(_ANN): 100}),
            Expect("6h30m", _now(names.HOME_LIMIT), {}),
            Expect("6h30m", names.HOMES_MEASURED, {_NOBODY: 360 * 60}),
            Expect("13h30m", _now(names.HOME_LIMIT), {_bare(_BEN): 200}),
        ),
        settings={"home_carry_forward": "4h"},
    ),
    Case(
        "a round that takes longer than home_carry_forward deletes nothing, and is found",
        merged(
            exporter({"ann": {"bio": 1}, "ben": {"bio": 1}}, minutes=6000),
            # Rounds of 6 hours: ann is measured at their start, ben 3 hours later.
            {
                'dirsize_total_size_bytes{namespace="prod", directory="ann"}': "100x1400",
                'dirsize_last_updated_ns{namespace="prod", directory="ann"}': "0x359 21600x359 43200x359",
                'dirsize_total_size_bytes{namespace="prod", directory="ben"}': "50x1400",
                'dirsize_last_updated_ns{namespace="prod", directory="ben"}': "0x179 10800x359 32400x359",
            },
        ),
        (
            *(
                Expect(at, _now(names.HOME), {_bare(_ANN): 100, _bare(_BEN): 50})
                for at in ("5h", "8h55m", "9h10m", "11h55m", "12h10m", "14h55m")
            ),
            Expect("5h55m", names.HOMES_MEASURED, {_NOBODY: 0}),
            Expect("12h10m", names.HOMES_REMEASURED, {_NOBODY: 21600}),
        ),
        settings={"home_carry_forward": "4h"},
    ),
    Case(
        "a dirsize that hangs does not lose its directories to another one's rounds",
        merged(
            exporter({"ann": {"bio": 1}, "ben": {"bio": 1}}, minutes=6000),
            {
                'dirsize_total_size_bytes{namespace="prod", instance="fast", directory="ann"}': "100x1400",
                'dirsize_last_updated_ns{namespace="prod", instance="fast", directory="ann"}': _rising(0, 1400),
                'dirsize_total_size_bytes{namespace="prod", instance="slow", directory="ben"}': "50x1400",
                'dirsize_last_updated_ns{namespace="prod", instance="slow", directory="ben"}': "60x1400",
            },
        ),
        (
            Expect("9h", names.DELETED_HOMES, {}),
            Expect("9h", _now(names.HOME), {_bare(_ANN): 100, _bare(_BEN): 50}),
            Expect("9h", names.HOMES_MEASURED, {_NOBODY: 60}),
        ),
        settings={"home_carry_forward": "4h"},
    ),
)


def cases() -> Iterator[Case]:
    """Yield all cases of this page; they need no other rules than these two groups."""
    for case in HOMES:
        yield replace(case, groups="hubmeter-(hubs|membership|home.*)", every=case.every or "5m")
