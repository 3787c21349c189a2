"""Kubernetes' quantities, such as ``500m`` and ``1.5Gi``, as numbers."""

import re
from decimal import Decimal
from typing import Final

# https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
_FACTORS: Final = {
    "": Decimal(1),
    **{suffix: Decimal(1000) ** power for power, suffix in zip(range(-3, 0), "num", strict=True)},
    **{suffix: Decimal(1000) ** power for power, suffix in enumerate("kMGTPE", 1)},
    **{f"{suffix}i": Decimal(1024) ** power for power, suffix in enumerate("KMGTPE", 1)},
}
_QUANTITY: Final = re.compile(
    r"(?P<number>\+?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))(?:(?P<suffix>[numkMGTPE]|[KMGTPE]i)|[eE](?P<power>[+-]?[0-9]{1,2}))?"
)


def number(quantity: str) -> Decimal:
    """Return a quantity in bytes, cores or GPUs.

    Raises:
        ValueError: naming the quantity and what is allowed. Negative quantities are not: no pod can request them.
    """
    match = _QUANTITY.fullmatch(quantity)
    if match is None:
        raise ValueError(
            f"{quantity!r} is not a Kubernetes quantity; use a number from 0 up, alone or with m, k, M, G, T "
            "(powers of 1000) or Ki, Mi, Gi, Ti (powers of 1024), such as 500m or 1.5Gi"
        )
    power = Decimal(10) ** int(match["power"] or 0)
    return Decimal(match["number"]) * _FACTORS[match["suffix"] or ""] * power
