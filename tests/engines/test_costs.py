"""Days of usage and bills on each engine: recorded costs, as panels read them, add up to the bill, to a cent."""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Final

import pytest

from hubmeter_generator import settings
from hubmeter_generator.operate import backfill
from hubmeter_generator.operate.remote_write import STALE, Series, write
from hubmeter_generator.rules import costs
from hubmeter_promql import cost_parts, names, render
from hubmeter_promql.client import Prometheus
from tests.engines.engine import ENGINES, Engine, running
from tests.sim import costs as sim
from tests.sim.costs import DAY, DAYS, START, STEP

SITE = settings.make({"interval": "5m", "windows": ["1d"], "budgets": {"physics": 40, "biology": 20.5}}, "the test")
TODAY: Final = START + DAYS * DAY
# No price changes after midnight: the rules read prices every 6 hours on Prometheus, and more often on VictoriaMetrics.
END: Final = TODAY + 2 * 3600
COST_RULES = {rule.record for group in costs.groups() for rule in group.rules}
LEVELS: Final = {
    "namespace_username": ("namespace", "username"),
    "namespace_usergroup_username": ("namespace", "usergroup", "username"),
    "namespace_usergroup": ("namespace", "usergroup"),
    "namespace": ("namespace",),
}
METRICS: Final = {"compute": names.MEMORY_REQUESTS, "home": names.HOME, "gpu": names.GPU_REQUESTS}

Rows = dict[tuple[str, ...], float]


@cache
def used() -> dict[tuple[int, str, sim.Key, str], float]:
    return sim.usage()


def labels(level: str, key: sim.Key) -> dict[str, str]:
    return {name: value for name, value in zip(LEVELS[level], key, strict=True) if value}


def measured() -> Iterator[Series]:
    """Yield the resources of users, unattributed ones, which no cost rule may count, and the shares of groups."""
    points: dict[tuple[str, frozenset[tuple[str, str]]], list[tuple[int, float]]] = defaultdict(list)

    def add(name: str, at: int, value: float, **of: str) -> None:
        points[name, frozenset({"namespace": "prod", **of}.items())].append((at * 1000, value))

    for at in filter(sim.recorded_at, sim.moments(STEP)):
        for namespace in ("prod", "teach"):
            add(names.HUBS, at, 1, namespace=namespace)
        add(names.user(names.MEMORY_REQUESTS), at, 99)
        add(names.user(names.HOME), at, 99)
        for user in sim.USERS:
            of = {"namespace": user.namespace, "username": user.name}
            for driver, amount in user.uses(at).items():
                if driver != "cpu":
                    add(names.user(METRICS[driver]), at, amount, **of)
            for group, share in user.groups_at(at).items():
                for name in (names.SHARE, names.ACTIVE_SHARE):
                    add(name, at, share, usergroup=group, **of)
    for (name, of_series), samples in points.items():
        ended = [((samples[-1][0] + STEP * 1000), STALE)] if name in {names.SHARE, names.ACTIVE_SHARE} else []
        yield {"__name__": name, **dict(of_series)}, [*samples, *ended]


def exported() -> Iterator[Series]:
    """Yield the prices and bills of two instances of the cost exporter, every 5 minutes."""
    points: dict[frozenset[tuple[str, str]], list[tuple[int, float]]] = defaultdict(list)
    for at in range(START, END, STEP):
        if sim.SILENT[0] <= at < sim.SILENT[1]:
            continue
        for labelled, value in shown(at // 3600 * 3600):
            points[frozenset(labelled.items())].append((at * 1000, value))
    for items, samples in points.items():
        for instance in ("costs-1", "costs-2"):
            yield {**dict(items), "instance": instance}, samples


def shown(at: int) -> Iterator[tuple[dict[str, str], float]]:
    def row(name: str, day: int, **others: str) -> dict[str, str]:
        return {"__name__": f"jupyterhub_{name}", "day": str(START // DAY + day), **others}

    for price in sim.prices(at, used()):
        of = {"component": sim.COMPONENTS[price.driver], "driver": price.driver, "namespace": price.namespace}
        yield row(names.UNIT_PRICE, price.day, **of, estimated=str(price.estimated).lower()), price.usd
    for day in range((at - START) // DAY):
        bill = sim.bill_known(at, day)
        if bill is None:
            continue
        estimated = str(at < START + day * DAY + sim.SETTLED_AFTER).lower()
        for (namespace, component), amount in bill.items():
            of = {"component": component, "namespace": namespace}
            yield row(names.CLOUD_COST, day, **of, kind="attributable", estimated=estimated), amount / 100
        yield row(names.CLOUD_COST, day, component="other", kind="account", estimated=estimated), 5.5
        for (namespace, component), amount in sim.unallocated(day, used()).items():
            of = {"component": component, "namespace": namespace}
            part = amount / sim.cents(day, namespace, component) * bill[namespace, component]
            yield row(names.CLOUD_UNALLOCATED, day, **of, reason="no_usage"), part / 100


MONTHS: Final = {rule.record for group in costs.groups() if group.name.endswith("months") for rule in group.rules}
MISSED: Final = START + 5 * DAY


def rules_run(engine: Engine) -> None:
    """Run the cost rules over the days, except those of days in the 6 hours after one of the midnights.

    The rules of months are about the present, and run only at the end.
    """
    write(engine.write_url, measured(), session=engine.session)
    write(engine.write_url, exported(), session=engine.session)
    engine.flush()
    target = backfill.Target(Prometheus(engine.url, engine.session), engine.write_url, engine.session, engine.flush)
    rules = [step for step in backfill.steps(SITE) if step.record in COST_RULES - MONTHS]
    frequent = [step for step in rules if not step.record.endswith(":sum1d")]
    backfill.backfill_chunk(target, rules, START, MISSED)
    backfill.backfill_chunk(target, frequent, MISSED, MISSED + 6 * 3600)
    backfill.backfill_chunk(target, rules, MISSED + 6 * 3600, END)
    backfill.backfill_chunk(target, [s for s in backfill.steps(SITE) if s.record in MONTHS], END - 3600, END)


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with running(request.param, tmp_path_factory.mktemp("engine")) as started:
        rules_run(started)
        yield started


def by_day(engine: Engine, expression: str, names: tuple[str, ...], last: int = DAYS - 1) -> dict[int, Rows]:
    """Return day -> values of these labels -> value in a panel with one point a day, up to the ``last``."""
    found: dict[int, Rows] = defaultdict(dict)
    query = render.render(expression, SITE.placeholders())
    for row in Prometheus(engine.url, engine.session).range(query, START, START + last * DAY, DAY):
        for at, value in row.values:
            found[round(at - START) // DAY][tuple(row.labels.get(name, "") for name in names)] = value
    return found


def expected(level: str, day: int) -> Rows:
    """Return the cost of a settled day: the share of its usage times the bill, by driver."""
    rows: Rows = defaultdict(float)
    for (on, of, key, driver), amount in used().items():
        if (on, of) == (day, level) and amount:
            whole = used()[day, "namespace", key[:1], driver]
            rows[key] += amount / whole * sim.cents(day, key[0], sim.COMPONENTS[driver]) / 100
    return dict(rows)


def known(level: str, day: int) -> Rows:
    """Return the cost of a day by the prices at the end: estimates if there is no bill yet."""
    rows: Rows = defaultdict(float)
    usd = {(p.day, p.namespace, p.driver): p.usd for p in sim.prices(TODAY, used())}
    for (on, of, key, driver), amount in used().items():
        if (on, of) == (day, level) and amount and (day, key[0], driver) in usd:
            rows[key] += amount * usd[day, key[0], driver]
    return dict(rows)


@pytest.mark.parametrize("level", LEVELS)
def test_a_settled_day_costs_its_share_of_the_bill(engine: Engine, level: str) -> None:
    found = by_day(engine, cost_parts.cost(names.Level(LEVELS[level]), ""), LEVELS[level])
    for day in sim.billed_days():
        assert found[day] == pytest.approx(expected(level, day), rel=1e-9), f"day {day}"
    assert {sim.LATE, sim.REVISED, 4} <= set(sim.billed_days())
    assert sim.MISSING not in sim.billed_days()


def test_users_and_unallocated_costs_are_the_bill_of_each_settled_day_and_component(engine: Engine) -> None:
    usage = f"sum by (namespace, driver) (last_over_time({cost_parts.usage(names.user, '')}[1d] offset -2d))"
    priced = f"{usage} * on (namespace, driver) group_left () ({cost_parts.price(settled=True)})"
    users = by_day(engine, priced, ("namespace", "driver"))
    assert set(users) == set(sim.billed_days())
    for day, rows in users.items():
        left = sim.unallocated(day, used())
        for namespace, component in sim.bill_keys():
            drivers = [driver for driver, name in sim.COMPONENTS.items() if name == component]
            spent = sum(rows.get((namespace, driver), 0) for driver in drivers)
            bill = sim.cents(day, namespace, component)
            assert round(spent * 100 + left.get((namespace, component), 0), 6) == bill, (day, namespace, component)


def test_no_cost_is_negative_and_without_usage_there_is_no_cost(engine: Engine) -> None:
    found = by_day(engine, cost_parts.cost(names.user, ""), names.user.labels)
    assert all(value > 0 for rows in found.values() for value in rows.values())
    assert ("prod", "") not in {key for rows in found.values() for key in rows}


@pytest.mark.parametrize("level", LEVELS)
def test_a_day_that_is_not_settled_has_the_known_cost(engine: Engine, level: str) -> None:
    found = by_day(engine, cost_parts.cost(names.Level(LEVELS[level]), ""), LEVELS[level])
    for day in sorted(set(range(DAYS)) - set(sim.billed_days())):
        assert found[day] == pytest.approx(known(level, day), rel=1e-9), f"day {day}"


def test_a_range_of_the_past_shows_what_became_known_later(engine: Engine) -> None:
    query = cost_parts.cost(names.group, "")
    past, present = (by_day(engine, query, ("namespace", "usergroup"), last) for last in (3, DAYS - 1))
    assert set(past) == {0, 1, 2, 3}
    for day in past:
        assert past[day] == pytest.approx(present[day], rel=1e-12)


def test_days_of_a_period_are_added_up_from_midnight_to_midnight(engine: Engine) -> None:
    cost = render.render(cost_parts.cost(names.hub, ""), SITE.placeholders())
    for first, last in ((0, 12), (3, 6)):
        query = f"sum_over_time(({cost})[{last - first}d:1d] offset 1ms)"
        found = Prometheus(engine.url, engine.session).instant(query, START + last * DAY)
        for row in found:
            days = (known("namespace", day).get((row.labels["namespace"],), 0) for day in range(first, last))
            assert row.value == pytest.approx(sum(days), rel=1e-9)
        assert len(found) == 2


def test_a_user_who_changes_groups_is_charged_to_each_group_for_its_time(engine: Engine) -> None:
    found = by_day(engine, cost_parts.cost(names.pair, ""), names.pair.labels)
    moved = [{group for namespace, group, user in found[day] if user.startswith("ana.")} for day in (1, 2, 3)]
    assert moved == [{"physics"}, {"physics", "biology"}, {"biology"}]


def test_the_estimate_of_a_day_has_the_prices_known_when_it_was_recorded(engine: Engine) -> None:
    for day in (4, 6):
        rows = newest(
            engine, names.user(names.COST_DAY), LEVELS["namespace_username"], START + (day + 2) * DAY - 1, "86000s"
        )
        recorded = START + (day + 1) * DAY + (3600 if day != 4 else 6 * 3600)
        usd = {(p.namespace, p.driver): p.usd for p in sim.prices(recorded, used()) if p.day == day + 1}
        want: Rows = defaultdict(float)
        for (on, level, key, driver), amount in used().items():
            if (on, level) == (day, "namespace_username"):
                want[key] += amount * usd.get((key[0], driver), 0)
        assert rows == pytest.approx({key: cost for key, cost in want.items() if cost}, rel=1e-9)


def newest(engine: Engine, name: str, names: tuple[str, ...], at: float = END - 3600, window: str = "600s") -> Rows:
    """Return values of these labels -> the newest sample of a recorded series in a window."""
    return {
        tuple(dict(key).get(label, "") for label in names): samples[max(samples)]
        for key, samples in engine.samples(name, at, window).items()
    }


DECEMBER: Final = 7  # of the days; the others are in January


def test_months_forecasts_and_budgets_follow_from_the_days(engine: Engine) -> None:
    months: Rows = defaultdict(float)
    week: Rows = defaultdict(float)
    for day in range(DAYS):
        for key, value in known("namespace_usergroup", day).items():
            months["202512" if day < DECEMBER else "202601", *key] += value
            if day >= DAYS - 7:
                week[key] += value
    group = LEVELS["namespace_usergroup"]
    assert newest(engine, names.COST_MONTH, ("month", *group)) == pytest.approx(months, rel=1e-9)
    left = 31 - (DAYS - DECEMBER) - (END - 3600 - TODAY) / DAY
    forecast = {key: value + week[key] / 7 * left for key, value in january(months).items()}
    assert newest(engine, names.COST_FORECAST, group) == pytest.approx(forecast, rel=1e-9)
    for record, of in ((names.BUDGET_USED, january(months)), (names.BUDGET_FORECAST, forecast)):
        ratios = {(name,): of["prod", name] / usd for name, usd in SITE.budgets.items()}
        assert newest(engine, record, ("usergroup",)) == pytest.approx(ratios, rel=1e-9)


def january(months: Rows) -> Rows:
    return {key[1:]: value for key, value in months.items() if key[0] == "202601"}


def test_the_month_of_the_bill_is_the_sum_of_its_days(engine: Engine) -> None:
    billed: Rows = defaultdict(float)
    for day in range(DAYS):
        month = "202512" if day < DECEMBER else "202601"
        bill = sim.bill_known(TODAY, day)
        if bill is not None:
            billed["attributable", month] += sum(bill.values()) / 100
            billed["account", month] += 5.5
    assert newest(engine, names.BILL_MONTH, ("kind", "month")) == pytest.approx(billed, rel=1e-9)


def test_users_and_unallocated_do_not_differ_from_the_bill(engine: Engine) -> None:
    rows = newest(engine, names.COST_DIFFERENCE, ("component",))
    assert set(rows) == {(component,) for _, component in sim.bill_keys()}
    assert rows == pytest.approx(dict.fromkeys(rows, 0), abs=1e-9)
