"""Five-minute buckets, rolling windows, and active users."""

from collections.abc import Iterator

from hubmeter_generator.settings import make
from hubmeter_promql import names, render, usage_parts
from tests.rules.promtool import Case, Expect, exporter, merged, pod

_LEVELS = {
    names.user: ('namespace="prod", username="ann"', 'namespace="prod"'),
    names.group: ('namespace="prod", usergroup="bio"', 'namespace="prod"'),
}
_OF_USERS = (names.MEMORY_REQUESTS, names.CPU_REQUESTS, names.GPU_REQUESTS, names.SERVERS)
_RESOURCES = {names.user: _OF_USERS, names.group: [r for r in names.BUCKETS if r != names.HOME]}


def _given(values: str) -> dict[str, str]:
    """Return every resource at every level as if it had been recorded so."""
    return {
        f"{level(resource)}{{{row}}}": values
        for level, rows in _LEVELS.items()
        for row in rows
        for resource in _RESOURCES[level]
    }


def _buckets(at: str, value: float) -> tuple[Expect, ...]:
    return tuple(
        Expect(at, level(names.BUCKETS[resource]), dict.fromkeys(rows, value))
        for level, rows in _LEVELS.items()
        for resource in _RESOURCES[level]
    )


_ANN = 'namespace="prod", username="ann"'
_WINDOWED = {resource: names.user(bucket) for resource, bucket in names.QUOTA_RESOURCES.items()}


def _limits(*windows: str) -> dict[str, str]:
    """Return limits of ann, of each resource and window."""
    return {
        f'{names.QUOTA_LIMIT}{{{_ANN}, resource="{resource}", window="{w}"}}': "1x800"
        for resource in _WINDOWED
        for w in windows
    }


def _used(values: str) -> dict[str, str]:
    """Return the buckets of every resource of ann, who has limits, of a user without one, and unattributed ones."""
    rows = (_ANN, 'namespace="prod", username="anna"', 'namespace="prod"')
    return {f"{series}{{{row}}}": values for series in _WINDOWED.values() for row in rows}


def _windows(at: str, **values: float) -> tuple[Expect, ...]:
    """Expect ann's sums of every resource; ``values`` are window -> value."""
    return tuple(
        Expect(at, names.window(series), {f'{_ANN}, window="{w}"': v for w, v in values.items()})
        for series in _WINDOWED.values()
    )


_SERVER_HOURS = names.pair(names.BUCKETS[names.SERVERS])
_USER_HOURS = names.user(names.BUCKETS[names.SERVERS])
_MEMORY, _CPU, _GPUS = (
    names.user(names.BUCKETS[resource]) for resource in (names.MEMORY_REQUESTS, names.CPU_REQUESTS, names.GPU_REQUESTS)
)
# Series whose sums over days are recorded, with a row of each.
_OF_DAYS = (
    *((series, _ANN) for series in (_MEMORY, _CPU, _GPUS, _USER_HOURS)),
    *(
        (names.group(names.BUCKETS[resource]), 'namespace="prod", usergroup="bio"')
        for resource in (names.MEMORY_WORKING_SET, names.MEMORY_REQUESTS, names.CPU_USAGE, names.CPU_REQUESTS)
    ),
    (names.USAGE_RECORDED, 'namespace="prod"'),
)


def _pairs(bio: float, chem: float, stranger: float) -> dict[str, float]:
    rows = {f'{_ANN}, usergroup="bio"': bio, f'{_ANN}, usergroup="chem"': chem}
    return {row: value for row, value in rows.items() if value} | {
        'namespace="prod", username="stranger"': stranger,
        'namespace="prod"': 1.0,
    }


WINDOWS = (
    Case(
        "a bucket is the integral of exactly five samples, in hours: twelve for five minutes are one",
        _given("12x60"),
        _buckets("10m", 1),
        groups="hubmeter-.*-buckets",
    ),
    Case(
        "the sample on a bucket's left edge belongs to the bucket before, so no sample counts twice",
        _given("1200 12 12 12 12 24 0x20"),
        (*_buckets("6m", 1.2), *_buckets("11m", 0)),
        groups="hubmeter-.*-buckets",
    ),
    Case(
        "a bucket of usage that began or ended within it holds only the minutes there were",
        _given("_ _ _ 12 12 12 12 stale"),
        (*_buckets("6m", 0.6), *_buckets("11m", 0.2)),
        groups="hubmeter-.*-buckets",
    ),
    Case(
        "a bucket is empty where nothing was recorded, not zero",
        _given("12x3 stale"),
        tuple(Expect("15m", expect.query, {}) for expect in _buckets("15m", 0)),
        groups="hubmeter-.*-buckets",
    ),
    Case(
        "server-hours of a user are charged to the groups of each minute, and unattributed ones to none",
        {
            f'{names.user(names.SERVERS)}{{namespace="prod", username="ann"}}': "12x60",
            f'{names.user(names.SERVERS)}{{namespace="prod", username="stranger"}}': "12x5 _x3 12x60",
            f'{names.user(names.SERVERS)}{{namespace="prod"}}': "12x60",
            f'{names.ACTIVE_SHARE}{{namespace="prod", usergroup="bio", username="ann"}}': "0.5x12 1x60",
            f'{names.ACTIVE_SHARE}{{namespace="prod", usergroup="chem", username="ann"}}': "0.5x12 stale",
        },
        (
            Expect("6m", _SERVER_HOURS, _pairs(0.5, 0.5, 1.0)),
            Expect("11m", _SERVER_HOURS, _pairs(0.5, 0.5, 0.4)),
            Expect("16m", _SERVER_HOURS, _pairs(0.8, 0.2, 1.0)),
            Expect("21m", _SERVER_HOURS, _pairs(1.0, 0, 1.0)),
        ),
        groups="hubmeter-group-buckets",
    ),
    Case(
        "with samples every 30 seconds a bucket is the same integral",
        {'namespace_username:servers:count{namespace="prod", username="ann"}': "12x60"},
        (Expect("10m", _USER_HOURS, {'namespace="prod", username="ann"': 1}),),
        settings={"interval": "30s"},
        interval="30s",
        groups="hubmeter-user-buckets",
    ),
    Case(
        "how often usage was recorded in the last 5 minutes tells whether buckets are complete, and ends with it",
        {f'{names.USAGE_SEEN}{{namespace="prod"}}': "1 1 1 1 1 1 1 1 stale"},
        (
            Expect("6m", names.USAGE_RECORDED, {'namespace="prod"': 5}),
            Expect("11m", names.USAGE_RECORDED, {'namespace="prod"': 2}),
            Expect("14m", names.USAGE_RECORDED, {}),
        ),
        groups="hubmeter-user-buckets",
    ),
    Case(
        "a bucket of home directories, which are looked at every 150 seconds, is the same integral",
        {f"{names.group(names.HOME)}{{{row}}}": "12x60" for row in _LEVELS[names.group]},
        (Expect("10m", names.group(names.BUCKETS[names.HOME]), dict.fromkeys(_LEVELS[names.group], 1.0)),),
        interval="150s",
        groups="hubmeter-.*-buckets",
    ),
    Case(
        "a window of more than a day is what it was when it was computed within the last hour",
        _used("1x800") | _limits("1d", "2d"),
        (
            *_windows("60h", **{"1d": 288, "2d": 576}),
            *(
                Expect("60h", names.hourly(names.window(series)), {f'{_ANN}, window="2d"': 576})
                for series in _WINDOWED.values()
            ),
        ),
        settings={"windows": ["1d", "2d"]},
        interval="5m",
        groups="hubmeter-window-.*",
    ),
    Case(
        "a user with a limit who used nothing has 0, once the window was computed; a user without a limit has no row",
        _limits("1d", "2d") | {f'{_USER_HOURS}{{namespace="prod", username="anna"}}': "1x800"},
        _windows("3h", **{"1d": 0, "2d": 0}),
        settings={"windows": ["1d", "2d"]},
        interval="5m",
        groups="hubmeter-window-.*",
    ),
    Case(
        "a long window whose computation was missed keeps its last value for two hours, and no longer",
        {
            f'{names.hourly(names.window(_MEMORY))}{{{_ANN}, window="2d"}}': "7 _x60",
            f'{names.hourly(names.HUB_ACTIVE_USERS)}{{namespace="prod", window="2d"}}': "1 _x60",
            f'{names.hourly(names.ACTIVE_USERS)}{{namespace="prod", usergroup="bio", window="2d"}}': "1 _x60",
        },
        (
            Expect("1h55m", names.window(_MEMORY), {f'{_ANN}, window="2d"': 7}),
            Expect("1h55m", names.HUB_ACTIVE_USERS, {'namespace="prod", window="2d"': 1}),
            Expect("1h55m", names.ACTIVE_USERS, {'namespace="prod", usergroup="bio", window="2d"': 1}),
            Expect("2h5m", names.window(_MEMORY), {}),
            Expect("2h5m", names.HUB_ACTIVE_USERS, {}),
        ),
        settings={"windows": ["2d"]},
        interval="5m",
        groups="hubmeter-window-2d",
    ),
    Case(
        "the usage of a day is recorded once, on the next day: the sum of the buckets that began in it",
        {f"{series}{{{row}}}": "1x800" for series, row in _OF_DAYS},
        (
            Expect("26h", f"count_over_time({names.day(_MEMORY)}[1d])", {f"{{{_ANN}}}": 1}),
            *(Expect("25h", names.day(series), {row: 288}) for series, row in _OF_DAYS),
        ),
        interval="5m",
        every="1h",
        groups="hubmeter-days",
    ),
    Case(
        "a window is the sum of exactly its buckets, each window under its own label",
        _used("1x400") | _limits("1h", "1d"),
        _windows("25h", **{"1h": 12, "1d": 288}),
        settings={"windows": ["1h", "1d"]},
        interval="5m",
        groups="hubmeter-window-.*",
    ),
    Case(
        "what happened before a window began is not in it",
        _used("100 1x11 0x400") | _limits("1h"),
        (*_windows("1h", **{"1h": 12}), *_windows("1h30m", **{"1h": 6})),
        settings={"windows": ["1h"]},
        interval="5m",
        groups="hubmeter-window-.*",
    ),
    Case(
        "active users of a group are the distinct users who had a server and whom it bore; a share of 0 does not count",
        {
            f'{_SERVER_HOURS}{{namespace="prod", usergroup="bio", username="ann"}}': "1x12",
            f'{_SERVER_HOURS}{{namespace="prod", usergroup="bio", username="anna"}}': "1 0x12",
            f'{_SERVER_HOURS}{{namespace="prod", usergroup="bio", username="idle"}}': "0x12",
            f'{_SERVER_HOURS}{{namespace="prod", usergroup="chem", username="ann"}}': "0.25x12",
            f'{_SERVER_HOURS}{{namespace="prod", username="stranger"}}': "1x12",
            f'{_SERVER_HOURS}{{namespace="prod"}}': "1x12",
        },
        (
            Expect(
                "30m",
                names.ACTIVE_USERS,
                {
                    'namespace="prod", usergroup="bio", window="1h"': 2,
                    'namespace="prod", usergroup="chem", window="1h"': 1,
                    'namespace="prod", window="1h"': 1,
                },
            ),
        ),
        settings={"windows": ["1h"]},
        interval="5m",
        groups="hubmeter-window-.*",
    ),
    Case(
        "active users of a hub are the distinct users who had a server; pods that are nobody's are not users",
        {
            f'{_USER_HOURS}{{namespace="prod", username="ann"}}': "1x12",
            f'{_USER_HOURS}{{namespace="prod", username="anna"}}': "1 0x12",
            f'{_USER_HOURS}{{namespace="prod", username="idle"}}': "0x12",
            f'{_USER_HOURS}{{namespace="prod"}}': "1x12",
            f'{_USER_HOURS}{{namespace="staging", username="ann"}}': "1x12",
        },
        (
            Expect(
                "30m",
                names.HUB_ACTIVE_USERS,
                {'namespace="prod", window="1h"': 2, 'namespace="staging", window="1h"': 1},
            ),
            Expect("2h", names.HUB_ACTIVE_USERS, {}),
        ),
        settings={"windows": ["1h"]},
        interval="5m",
        groups="hubmeter-window-.*",
    ),
    Case(
        "active users of a window of more than a day are counted once an hour",
        {
            f'{_SERVER_HOURS}{{namespace="prod", usergroup="bio", username="ann"}}': "1x48",
            f'{_USER_HOURS}{{namespace="prod", username="ann"}}': "1x48",
        },
        (
            Expect("2h", names.hourly(names.ACTIVE_USERS), {'namespace="prod", usergroup="bio", window="2d"': 1}),
            Expect("2h", names.hourly(names.HUB_ACTIVE_USERS), {'namespace="prod", window="2d"': 1}),
        ),
        settings={"windows": ["2d"]},
        interval="5m",
        groups="hubmeter-window-.*",
    ),
    Case(
        "from pods to windows: a server of 4096 bytes for an hour makes 4096 byte-hours and one server-hour",
        merged(
            exporter({"ann": {"bio": 0.5, "chem": 0.5}}),
            pod("jupyter-ann", "ann", minutes=12),
            pod("hub", memory=12),
            _limits("1d"),
        ),
        (
            Expect("3h", names.window(_MEMORY), {f'{_ANN}, window="1d"': 4096}),
            Expect("3h", names.HUB_ACTIVE_USERS, {'namespace="prod", window="1d"': 1}),
        ),
        settings={"windows": ["1d"], "interval": "5m"},
        interval="5m",
        groups="hubmeter-(hubs|membership|pods|memory|servers|.*-buckets|window-.*)",
    ),
    Case(
        "in two clusters with the same names buckets, windows and active users do not mix",
        {
            f'{name}{{cluster="{cluster}", namespace="prod", {row}username="ann"}}': values
            for cluster, values in (("east", "1x12"), ("west", "3x12"))
            for name, row in ((_SERVER_HOURS, 'usergroup="bio", '), (_USER_HOURS, ""))
        },
        (
            Expect(
                "30m",
                names.ACTIVE_USERS,
                {f'cluster="{c}", namespace="prod", usergroup="bio", window="1h"': 1 for c in ("east", "west")},
            ),
            Expect(
                "30m",
                names.HUB_ACTIVE_USERS,
                {f'cluster="{c}", namespace="prod", window="1h"': 1 for c in ("east", "west")},
            ),
        ),
        settings={"windows": ["1h"], "cluster_label": "cluster"},
        interval="5m",
        groups="hubmeter-window-.*",
    ),
    Case(
        "the start of history is the oldest usage of a window that is not covered, and missing where it is covered",
        {
            f'{names.USAGE_RECORDED}{{namespace="new"}}': "_x199 5x200",
            f'{names.USAGE_RECORDED}{{namespace="old"}}': "5x400",
            f'{names.USAGE_RECORDED}{{namespace="away"}}': "5x100 _x8 5x300",
        },
        (
            Expect("260h", names.HISTORY_START, {'namespace="new", window="7d"': 199 * 3600}),
            # The window begins in the gap of "away" from hour 101 to 108, when 2 hours and more of it are missing.
            Expect(
                "272h",
                names.HISTORY_START,
                {'namespace="new", window="7d"': 199 * 3600, 'namespace="away", window="7d"': 109 * 3600},
            ),
            Expect("370h", names.HISTORY_START, {}),
        ),
        settings={"windows": ["1d", "7d"]},
        interval="1h",
        groups="hubmeter-window-.*-hourly",
    ),
)

_QUERY = render.render(
    render.part("rules/windows/usage_kept.promql", {"kept": usage_parts.kept()}), make({}, "the test").placeholders()
)


def _kept(at: str, **rows: float) -> Expect:
    return Expect(at, _QUERY, {f'{{age="{age}", namespace="prod"}}': part for age, part in rows.items()})


def _old(sentence: str, buckets: str, days: str, *expects: Expect, interval: str = "10m") -> Case:
    """Return a case of a hub with these samples of buckets and of sums of days."""
    given = {names.USAGE_RECORDED: buckets, names.USAGE_RECORDED_DAY: days}
    inputs = {f'{name}{{namespace="prod"}}': values for name, values in given.items()}
    return Case(sentence, inputs, expects, interval=interval, groups="hubmeter-days-none")


# Times are those of the query; a day is the one before the midnight that is 8, 31, 45 ... days ago.
KEPT = (
    _old(
        "buckets of a past day that the store thinned are reported by the day's age, from its second day on",
        "5x6600",
        "1440x6600",
        _kept("216h"),
        _kept("240h", **{"8d": 0.5}),
        _kept("792h", **{"8d": 0.5, "31d": 0.5}),
        _kept("1104h", **{"8d": 0.5, "31d": 0.5}),
        _kept("1128h", **{"8d": 0.5, "31d": 0.5, "45d": 0.5}),
    ),
    Case(
        "the part of a day's usage that its buckets still have is recorded by age",
        {
            f'{names.USAGE_RECORDED}{{namespace="prod"}}': "5x1500",
            # With the sum that the rule records, twice what the buckets have.
            f'{names.USAGE_RECORDED_DAY}{{namespace="prod", recorded="before"}}': "720x1500",
        },
        (Expect("239h", names.USAGE_KEPT, {}), Expect("240h", names.USAGE_KEPT, {'age="8d", namespace="prod"': 0.5})),
        interval="10m",
        every="1h",
        groups="hubmeter-days",
    ),
    _old("buckets of a past day that the store kept are not reported", "5x4800", "720x4800", _kept("792h")),
    _old(
        "buckets that became one sample with their sum, as Thanos reads downsampled series, are not reported",
        "60x800",
        "1440x800",
        _kept("792h"),
        interval="1h",
    ),
    # The first day that is left has 12 of its 24 hours.
    _old(
        "a day whose first hours are deleted by the retention is not reported",
        "_x216 5x4584",
        "1440x144 720x4656",
        _kept("792h"),
    ),
    _old(
        "a day in which nothing was recorded for hours is not reported",
        "5x150 _x60 5x4800",
        "360x4800",
        _kept("792h"),
    ),
)


def cases() -> Iterator[Case]:
    """Yield all cases of this page."""
    yield from WINDOWS
    yield from KEPT
