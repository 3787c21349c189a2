"""How values are shown: units, decimals, upper bounds, thresholds and colours."""

from dataclasses import dataclass, replace
from typing import Any, Final

Json = dict[str, Any]

# The darker shades are readable on white too.
GREEN: Final = "semi-dark-green"
YELLOW: Final = "semi-dark-yellow"
ORANGE: Final = "semi-dark-orange"
RED: Final = "semi-dark-red"
BLUE: Final = "blue"
PURPLE: Final = "purple"
TEXT: Final = "text"
GREY: Final = "#8e8e8e"
LIGHT_GREY: Final = "#b8b8b8"
DARK_GREY: Final = "#5f6368"


def thresholds(*steps: tuple[float | None, str]) -> Json:
    """Return absolute thresholds from (value, colour); the first value is None, for everything below the second."""
    return {"mode": "absolute", "steps": [{"value": value, "color": color} for value, color in steps]}


PLAIN: Final = thresholds((None, BLUE))
GOOD_WHEN_ZERO: Final = thresholds((None, GREEN), (1, RED))
# Usage divided by requests. A low value is waste, not danger, so nothing is red. Notebooks are idle most of the time,
# so a lower value is good for CPU.
MEMORY_EFFICIENCY: Final = thresholds((None, ORANGE), (0.2, YELLOW), (0.4, GREEN), (1.2, ORANGE))
CPU_EFFICIENCY: Final = thresholds((None, ORANGE), (0.05, YELLOW), (0.15, GREEN), (1.2, ORANGE))
FULLNESS: Final = thresholds((None, GREEN), (0.75, YELLOW), (0.9, RED))


# The names of rows without a user or a group, and of the group of users without one.
UNATTRIBUTED: Final = "hub's own pods"
NO_GROUP: Final = "users without a group"


def names_of_values(empty: str, **values: str) -> list[Json]:
    """Return Grafana's mappings that show texts instead of an empty value and of the given values."""
    result = [
        {"type": "value", "options": {value: {"text": shown, "index": number}}}
        for number, (value, shown) in enumerate(values.items())
    ]
    return [
        *result,
        {"type": "special", "options": {"match": "empty", "result": {"text": empty, "index": len(result)}}},
    ]


@dataclass(frozen=True)
class Scale:
    """A unit, and how values in it are shown.

    Attributes:
        unit: Grafana's name of the unit.
        decimals: Digits after the decimal point; None: Grafana chooses.
        maximum: The end of the axis, or of the bar in a cell; None: the largest value.
        steps: Thresholds, as `thresholds` returns them; None: the panel's own.
    """

    unit: str = "short"
    decimals: int | None = None
    maximum: float | None = None
    steps: Json | None = None

    def rounded(self, decimals: int) -> "Scale":
        """Return the scale with so many digits after the decimal point."""
        return replace(self, decimals=decimals)

    def up_to(self, maximum: float) -> "Scale":
        """Return the scale with this upper bound."""
        return replace(self, maximum=maximum)

    def colored(self, steps: Json) -> "Scale":
        """Return the scale with these thresholds."""
        return replace(self, steps=steps)

    def bounds(self) -> Json:
        """Return Grafana's fields for the upper bound and the decimals, without those that are None."""
        fields = {"max": self.maximum, "decimals": self.decimals}
        return {name: value for name, value in fields.items() if value is not None}


NUMBER: Final = Scale()
COUNT: Final = Scale("locale")  # 12,345 instead of 12.3 K
BYTES: Final = Scale("bytes")
CORES: Final = Scale("suffix:cores")
RATIO: Final = Scale("percentunit")
PERCENT: Final = RATIO.rounded(0)
SECONDS: Final = Scale("s")
DATE: Final = Scale("dateTimeAsIso")  # of milliseconds since 1970
USD: Final = Scale("prefix:$", decimals=2)  # to the cent: Grafana's currencyUSD writes $4.40K
