"""Parts of queries about health that alerts, panels and the doctor share, with the settings' placeholders open."""

from collections.abc import Iterable
from typing import Final

from hubmeter_promql import render

EVERY_HUB: Final = "%(hub_selector)s"


def recorded_copies(hubs: str = EVERY_HUB) -> str:
    """Return the number of copies of the recorded series of the hubs of these matchers, if there are several."""
    return render.part("parts/health/recorded_copies.promql", {"hubs": hubs})


def set_aside(metrics: Iterable[str]) -> str:
    """Return the series of these metrics whose own namespace is in ``exported_namespace``, with the label ``series``.

    Each metric is named: Google's managed Prometheus refuses patterns of names.
    """
    return "\nor\n".join(render.part("parts/health/set_aside.promql", {"metric": metric}) for metric in metrics)
