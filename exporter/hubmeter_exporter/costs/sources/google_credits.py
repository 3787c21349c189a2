"""Credits of Google Cloud that are beside the cost of a row, in its column x_Credits. Pure."""

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from hubmeter_exporter.costs.sources.tags import NULLS

COLUMN: Final = "x_Credits"


class CreditsError(ValueError):
    """The credits are unreadable."""


def missing(row: Mapping[str, Any], cost: Decimal) -> Decimal:
    """Return the credits of a row that its cost lacks: 0 or less.

    Google's FOCUS view has the cost before credits in each cost column and the discounts in x_Credits. A cost that
    equals ContractedCost, although there are credits, lacks them; any other cost has them.

    Raises:
        CreditsError: The credits are not a list of amounts.
    """
    value = row.get(COLUMN)
    if value is None or value == [] or (isinstance(value, str) and value.strip().lower() in NULLS):
        return Decimal(0)
    try:
        items = json.loads(value, parse_float=Decimal) if isinstance(value, str) else value
        amounts = [Decimal(str(_amount(item))) for item in items]
        if not all(amount.is_finite() and amount.adjusted() <= 12 for amount in amounts):
            raise ValueError("no amount of money")
    except (ValueError, TypeError, AttributeError, InvalidOperation, RecursionError) as error:
        raise CreditsError(f"{COLUMN} {str(value)[:100]!r} is not a list of amounts") from error
    try:
        contracted = Decimal(str(row.get("ContractedCost")).strip())
    except InvalidOperation:
        return Decimal(0)
    return sum(amounts, Decimal(0)) if cost == contracted else Decimal(0)


def _amount(item: Mapping[str, Any]) -> Any:
    fields = {name.lower(): field for name, field in item.items()}
    if "amount" not in fields:
        raise ValueError("no amount")
    return 0 if fields["amount"] is None else fields["amount"]
