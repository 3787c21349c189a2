"""The running demo, whose Prometheus, hubs and reports pictures are drawn from; or one of its own."""

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import requests

FOLDER: Final = Path(__file__).parents[2] / ".cache/demo"
_STATE: Final = FOLDER / "demo.json"


@dataclass(frozen=True)
class Place:
    """What runs: URLs, the generated dashboards' folder, the hubs' URLs by namespace, and the reports' folder."""

    prometheus: str
    costs: str
    dashboards: str
    hubs: Mapping[str, str]
    reports: str


@contextlib.contextmanager
def shown(place: Place) -> Iterator[None]:
    """Let others find this place until the block ends."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    _STATE.write_text(json.dumps(asdict(place)), encoding="utf-8")
    try:
        yield
    finally:
        _STATE.unlink(missing_ok=True)


def find() -> Place | None:
    """Return the place of a demo that runs in this checkout."""
    with contextlib.suppress(OSError, ValueError, TypeError):
        place = Place(**json.loads(_STATE.read_text(encoding="utf-8")))
        if requests.get(f"{place.prometheus}/-/ready", timeout=5).ok:
            return place
    return None
