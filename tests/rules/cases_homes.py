"""Home directories: whose they are, how big, how full, and which are nobody's."""

from collections.abc import Iterator
from dataclasses import replace

from hubmeter_promql import names
from tests.rules.promtool import Case, Expect, constant, exporter, home, merged

_ANN = 'namespace="prod", username="ann"'
_NOBODY = 'namespace="prod"'
_FIRST_LAST = {"first.last": ("first-last---23e1b5a0", "first-2elast")}

HOMES = (
    Case(
        "a directory belongs to the user whose name it spells, in the safe or the legacy way",
        merged(
            exporter({"first.last": {"bio": 1}, "ann": {"bio": 1}, "homeless": {"bio": 1}}, spellings=_FIRST_LAST),
            *(home(name, 1) for name in ("first-last---23e1b5a0", "first-2elast", "ann", "lost+found")),
        ),
        (
            Expect(
                "5m",
                names.HOMES,
                {
                    'namespace="prod", directory="first-last---23e1b5a0", username="first.last"': 1,
                    'namespace="prod", directory="first-2elast", username="first.last"': 1,
                    'namespace="prod", directory="ann", username="ann"': 1,
                    'namespace="prod", directory="lost+found"': 1,
                },
            ),
        ),
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
        (
            Expect(
                "5m",
                f'{names.HOMES}{{directory="x-2dy"}}',
                {f'{names.HOMES}{{namespace="prod", directory="x-2dy", username="safe"}}': 1},
            ),
        ),
    ),
    Case(
        "a user of three groups, reported by two exporters, has each directory once",
        merged(
            exporter({"ann": {"bio": 0.25, "chem": 0.25, "math": 0.5}}),
            exporter({"ann": {"bio": 0.25, "chem": 0.25, "math": 0.5}}, instance="exporter-2"),
            home("ann", 512, limit=1024),
        ),
        (
            Expect("5m", names.HOMES, {'namespace="prod", directory="ann", username="ann"': 1}),
            Expect("5m", names.user(names.HOME), {_ANN: 512}),
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
            Expect("5m", names.user(names.HOME), {'namespace="prod", username="first.last"': 512}),
            Expect("5m", names.user(names.HOME_LIMIT), {'namespace="prod", username="first.last"': 1024}),
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
            Expect(
                "5m",
                names.DIRECTORY,
                {'namespace="prod", directory="ann"': 512, 'namespace="prod", directory="gone"': 99},
            ),
            Expect("5m", names.DIRECTORY_LIMIT, {'namespace="prod", directory="ann"': 1024}),
            Expect("5m", names.user(names.HOME), {_ANN: 512, _NOBODY: 99}),
            Expect("5m", names.user(names.HOME_LIMIT), {_ANN: 1024}),
            Expect("5m", names.ORPHANED_HOME, {'namespace="prod", directory="gone"': 99}),
        ),
    ),
    Case(
        "the directory of a user who is gone is orphaned, and nobody's usage",
        merged(exporter({"ann": {"bio": 1}}), home("ann", 512), home("gone", 99), home("anna", 7)),
        (
            Expect(
                "5m",
                names.ORPHANED_HOME,
                {'namespace="prod", directory="gone"': 99, 'namespace="prod", directory="anna"': 7},
            ),
            Expect("5m", names.user(names.HOME), {_ANN: 512, _NOBODY: 106}),
            Expect("5m", names.group(names.HOME), {'namespace="prod", usergroup="bio"': 512, _NOBODY: 106}),
            Expect("5m", names.hub(names.HOME), {_NOBODY: 618}),
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
            Expect("5m", names.user(names.HOME), {_ANN: 512, 'namespace="staging"': 99}),
            Expect("5m", names.ORPHANED_HOME, {'namespace="staging", directory="ann"': 99}),
        ),
    ),
    Case(
        "directories keep their owners while the exporter is silent, and none is called orphaned when it stays away",
        merged(exporter({"ann": {"bio": 1}}, minutes=12), home("ann", 512)),
        (
            Expect("20m", names.user(names.HOME), {_ANN: 512}),
            Expect("20m", names.ORPHANED_HOME, {}),
            Expect("11m", names.OWNERS, {'namespace="prod", directory="ann", username="ann"': 1}),
            Expect("20m", names.OWNERS, {}),
            Expect("70m", names.group(names.HOME), {'namespace="prod", usergroup="bio"': 512}),
            Expect("71m", names.user(names.HOME), {_NOBODY: 512}),
            Expect("71m", names.ORPHANED_HOME, {}),
        ),
    ),
    Case(
        "a user who just appeared owns the directory at once",
        merged(exporter({"ann": {"bio": 1}}, start=2), home("ann", 512)),
        (Expect("3m", names.user(names.HOME), {_ANN: 512}), Expect("3m", names.ORPHANED_HOME, {})),
    ),
    Case(
        "a directory without a limit has a size and no limit",
        merged(exporter({"ann": {"bio": 1}}), home("ann", 512)),
        (Expect("5m", names.user(names.HOME), {_ANN: 512}), Expect("5m", names.user(names.HOME_LIMIT), {})),
    ),
    Case(
        "directories of a storage whose dirsize exporter went away are no longer recorded",
        merged(
            exporter({"ann": {"bio": 1}}),
            {'dirsize_total_size_bytes{namespace="prod", directory="ann"}': constant(512, 10)},
        ),
        (Expect("9m", names.user(names.HOME), {_ANN: 512}), Expect("10m", names.user(names.HOME), {})),
    ),
)


def cases() -> Iterator[Case]:
    """Yield all cases of this page; they need no other rules than these two groups."""
    for case in HOMES:
        yield replace(case, groups="hubmeter-(membership|owners|homes|home-limits)")
