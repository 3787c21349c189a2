"""The size of the cost exporter's ledger, the time to write a day, and the time to read a month of all users.

    python -m tests.bench.ledger

Every registered user has a home directory, and two in five come on a day.
"""

import argparse
import random
import tempfile
import time
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from hubmeter_exporter.costs.api.formats import json_parts
from hubmeter_exporter.costs.api.tables import UserCost, costs_per_user
from hubmeter_exporter.costs.ledger_file import LedgerFile
from hubmeter_exporter.costs.prices import Price, Prices
from hubmeter_exporter.costs.usage import Selection, Used
from hubmeter_exporter.costs.usage_ledger import DayOfUsage, UsageLedger, UsageReading
from tests.bench.measure import say

FIRST: Final = date(2025, 1, 1)
PRESENCE: Final = 0.4
GROUPS: Final = 500
KEPT: Final = 400  # days, the default of usage_history_days
GIB: Final = 2.0**30


def usage(day: date, users: int, draw: random.Random) -> DayOfUsage:
    """Return the usage of a day."""
    pairs = []
    for user in range(users):
        row = ("prod", f"group-{user % GROUPS}", f"user-{user}@students.uni.edu")
        pairs.append(Used(*row, "home", {day: (1 + user % 20) * 24.0 * GIB + user}))
        if draw.random() < PRESENCE:
            pairs.append(Used(*row, "compute", {day: draw.uniform(0.1, 30) * GIB}))
    hubs = dict.fromkeys((("prod", "home"), ("prod", "compute")), 1.0)
    groups = [Used("prod", f"group-{n}", "", driver, {day: GIB * n + 1}) for n in range(GROUPS) for _, driver in hubs]
    return DayOfUsage(hubs, groups, pairs, pairs)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.ledger", description=__doc__)
    parser.add_argument("--users", type=int, default=50_000, help="registered users (default: %(default)s)")
    parser.add_argument("--days", type=int, default=20, help="days to write (default: %(default)s)")
    options = parser.parse_args()
    draw = random.Random(5)
    with tempfile.TemporaryDirectory() as folder, closing(LedgerFile(Path(folder) / "ledger")) as file:
        sizes, seconds = [], 0.0
        days = [FIRST + timedelta(number) for number in range(options.days)]
        for day in days:
            written = usage(day, options.users, draw)
            begin = time.process_time()
            UsageLedger(file).put(day, written, "{}", with_users=True)
            seconds += time.process_time() - begin
            file.read("PRAGMA wal_checkpoint(TRUNCATE)")
            sizes.append((Path(folder) / "ledger").stat().st_size)
        of_day = (sizes[-1] - sizes[0]) / (options.days - 1)
        say(
            f"{options.users:,} users: {of_day / 1e6:.2f} MB a day, {(sizes[0] + of_day * (KEPT - 1)) / 1e6:.0f} MB in "
            f"{KEPT} days; {seconds / options.days:.2f} s of processor to write a day"
        )
        prices = [
            Price(day, "prod", driver, driver, 1e-12, estimated=False) for day in days for driver in ("home", "compute")
        ]
        begin, size = time.process_time(), 0
        pairs = UsageReading(file.snapshot()).pairs(days, Selection())
        for part in json_parts([*UserCost.model_fields], costs_per_user(Prices(tuple(prices), ()), pairs, ())):
            size += len(part)
        say(f"all users of {options.days} days: {size / 1e6:.0f} MB, {time.process_time() - begin:.1f} s of processor")


if __name__ == "__main__":
    main()
