"""The site's bill: a FOCUS file a month, with nodes, GPUs, home storage, core and networks, and rows of the account."""

import csv
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from tests.demo.history import History
from tests.demo.site import GPU_NODE_MEMORY, GPUS_OF_NODE, HUBS, NODE_MEMORY, STEP
from tests.sim.cluster import DAY, GIB

CLUSTER: Final = "earth"
NODE_HOUR: Final = 0.214  # USD; a node of users
GPU_HOUR: Final = 0.42
HOME_GIB_MONTH: Final = 0.16
_SETTINGS: Final = """\
source: focus
interval: 5m
days: 95
history_days: 95
focus:
  path: {path}
  interval: 5m
  hub_tag: hub-name
  attributable_tags: {{cluster: [{cluster}]}}
  components_by_tag:
    purpose: {{compute: compute, gpu: gpu, home: home storage, core: core, network: networking}}
"""
_COLUMNS: Final = (
    "BilledCost", "EffectiveCost", "BillingCurrency", "ChargeCategory", "ChargePeriodStart", "ChargePeriodEnd",
    "ServiceName", "ResourceId", "Tags",
)  # fmt: skip


def settings(folder: Path) -> str:
    """Return the cost exporter's settings for bills in this folder."""
    return _SETTINGS.format(path=folder, cluster=CLUSTER)


def write(history: History, folder: Path) -> None:
    """Write the bills of all days before today; that of yesterday has only half of its charges, as in a cloud."""
    folder.mkdir()
    by_month: dict[str, list[dict[str, str]]] = {}
    first = datetime.fromtimestamp(history.site.start, UTC).date()
    for number in range(history.days):
        day = first + timedelta(number)
        part = 0.5 if number == history.days - 1 else 1.0
        rows = by_month.setdefault(f"{day:%Y-%m}", [])
        rows += [_row(day, *charge[:2], charge[2] * part, *charge[3:]) for charge in _charges(history, number)]
    for month, rows in by_month.items():
        with (folder / f"{month}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, _COLUMNS)
            writer.writeheader()
            writer.writerows(rows)


def _charges(history: History, number: int) -> Iterator[tuple[str, str, float, str]]:
    """Yield (service, purpose, USD, hub) of a day; without a purpose a charge belongs to the account."""
    per_day = int(DAY) // STEP
    slots = slice(number * per_day, (number + 1) * per_day)
    users, gpus = sum(history.user_nodes[slots]), sum(history.gpu_nodes[slots])
    # Memory and cores of the node with GPUs cost as much as nodes of users of that size.
    nodes = users + gpus * GPU_NODE_MEMORY / NODE_MEMORY
    yield "Virtual Machines", "compute", nodes * NODE_HOUR * STEP / 3600, ""
    yield "Virtual Machines", "gpu", gpus * GPUS_OF_NODE * GPU_HOUR * STEP / 3600, ""
    for hub in HUBS:
        people = [person for person in history.site.everyone if person.namespace == hub]
        size = sum(person.home(history.site.now - history.site.start - number * DAY) for person in people) / GIB
        yield "Files", "home", size * HOME_GIB_MONTH / 30.4, hub
    yield "Virtual Machines", "core", 4.61 + number % 7 * 0.02, ""
    yield "Load Balancer", "network", 1.32 + number * 13 % 5 * 0.11, ""
    yield "Support", "", 3.3, ""


def _row(day: date, service: str, purpose: str, usd: float, hub: str) -> dict[str, str]:
    tags = {"cluster": CLUSTER, "purpose": purpose} if purpose else {}
    amount = f"{usd:.6f}"
    values = (
        amount, amount, "USD", "Usage", f"{day}T00:00:00Z", f"{day + timedelta(1)}T00:00:00Z", service,
        f"/{service}/{purpose}/{hub}", json.dumps(tags | ({"hub-name": hub} if hub else {})),
    )  # fmt: skip
    return dict(zip(_COLUMNS, values, strict=True))
