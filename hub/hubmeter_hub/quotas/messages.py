"""What people read when no server starts: as text for API clients, and as HTML for the hub's pages."""

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from hubmeter_hub.quotas.decision import Excess
from hubmeter_hub.quotas.units import RESOURCES, words

_NOUNS: Final = {"memory": " of memory", "cpu": " of CPU", "gpu": " of GPU", "cost": ""}


@dataclass(frozen=True)
class Message:
    """The same words twice; ``html`` is escaped and may stand inside a paragraph."""

    text: str
    html: str


UNCHECKED: Final = (
    "Your quota cannot be checked at the moment, so no server was started. Please try again in a few minutes."
)


def unchecked() -> Message:
    """Return what a user reads where nobody knows what was used, and ``failover_open`` is false."""
    return Message(UNCHECKED, html.escape(UNCHECKED))


def denied(excesses: Sequence[Excess], now: float) -> Message:
    """Return what a user reads at ``now`` (unix seconds) whom these limits stop."""
    sentences = [_standing(excess) for excess in excesses]
    retry_at = retry_moment(excesses)
    if any(not excess.fits(0.0) for excess in excesses):
        sentences.append(
            "Waiting does not help here: please ask your administrators for more."
            if any(excess.limit.value <= 0 for excess in excesses)
            else "This server is larger than the whole quota: please choose a smaller one."
        )
    elif retry_at is None:
        sentences.append("What you used leaves the quota bit by bit: please try again later.")
    texts = [" ".join(sentences), html.escape(" ".join(sentences))]
    if retry_at is not None:
        choose = (
            "Choose a smaller server, or try again" if not any(e.used_up for e in excesses) else "You can try again"
        )
        moment = datetime.fromtimestamp(math.ceil(retry_at / 60) * 60, UTC)
        shown, wait = f"{moment:%a %d %b %Y, %H:%M} UTC", duration(retry_at - now)
        end = f"(in {wait}), if you run nothing until then."
        marked = f'<time datetime="{moment:%Y-%m-%dT%H:%MZ}" title="{shown}">{shown}</time>'
        for i, when in enumerate((shown, marked)):
            texts[i] += f" {choose} on {when} {end}"
    return Message(*texts)


def retry_moment(excesses: Sequence[Excess]) -> float | None:
    """Return the unix second at which none of the limits stands against the server any more, None if not known."""
    moments = [excess.retry_at for excess in excesses]
    known = [moment for moment in moments if moment is not None]
    return max(known) if known and len(known) == len(moments) else None


def duration(seconds: float) -> str:
    """Return a span as people say it, rounded up: ``44 minutes``, ``1 hour 5 minutes``, ``2 days 20 hours``."""
    minutes = max(math.ceil(seconds / 60), 1)
    if minutes > 1440:
        minutes = math.ceil(minutes / 60) * 60
    units = (("day", minutes // 1440), ("hour", minutes % 1440 // 60), ("minute", minutes % 60))
    return " ".join(_count(number, noun) for noun, number in units if number)


def _standing(excess: Excess) -> str:
    limit = excess.limit
    resource, noun = RESOURCES[limit.resource], _NOUNS[limit.resource]
    requested, used, allowed = words(resource, excess.requested, excess.used, limit.value)
    hours = limit.window_hours
    window = _count(hours // 24, "day") if hours % 24 == 0 else _count(hours, "hour")
    standing = f"you have used {used} of {allowed}{noun} in the past {window}."
    if excess.used_up:
        return "Y" + standing[1:]
    return f"One hour of this server takes {requested} {allowed.rpartition(' ')[2]}{noun}, and {standing}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
