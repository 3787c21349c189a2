"""The messages for users whose server is denied, as text for API clients and as HTML for the hub's pages, and for users
whose server starts, as text.
"""

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from hubmeter_hub.quotas import words
from hubmeter_hub.quotas.decision import Excess
from hubmeter_hub.quotas.policy import Limit
from hubmeter_hub.quotas.prospect import Prospect
from hubmeter_hub.quotas.units import RESOURCES

_NOUNS: Final = {"memory": " of memory", "cpu": " of CPU", "gpu": " of GPU", "cost": ""}


@dataclass(frozen=True)
class Message:
    """A message in two forms; ``html`` is escaped and may be part of a paragraph."""

    text: str
    html: str


UNCHECKED: Final = (
    "Your quota cannot be checked at the moment, so no server was started. Please try again in a few minutes."
)


def unchecked() -> Message:
    """Return the message for a server that is denied because the usage is unknown."""
    return Message(UNCHECKED, html.escape(UNCHECKED))


def denied(excesses: Sequence[Excess], now: float) -> Message:
    """Return the message for a server that these limits deny at ``now`` (unix seconds)."""
    sentences = [_usage(excess) for excess in excesses]
    retry_at = retry_moment(excesses)
    if any(not excess.fits(0.0) for excess in excesses):
        sentences.append(
            "Waiting does not help: please ask your administrators for a larger quota."
            if any(excess.limit.value <= 0 for excess in excesses)
            else "This server is larger than the whole quota: please choose a smaller one."
        )
    elif retry_at is None:
        sentences.append("Older usage stops counting over time: please try again later.")
    texts = [" ".join(sentences), html.escape(" ".join(sentences))]
    if retry_at is not None:
        used_up = any(excess.used_up for excess in excesses)
        advice = "You can try again" if used_up else "Choose a smaller server, or try again"
        moment, plain = _moment(retry_at)
        marked = f'<time datetime="{moment:%Y-%m-%dT%H:%MZ}" title="{plain}">{plain}</time>'
        for i, when in enumerate((plain, marked)):
            texts[i] += f" {advice} on {when} (in {words.wait(retry_at - now)}), if you run nothing until then."
    return Message(*texts)


def retry_moment(excesses: Sequence[Excess]) -> float | None:
    """Return the unix second from which none of the limits denies the server; None if that is unknown."""
    moments = [excess.retry_at for excess in excesses]
    known = [moment for moment in moments if moment is not None]
    return max(known) if known and len(known) == len(moments) else None


@dataclass(frozen=True)
class Remaining:
    """A limit that allows a server.

    Attributes:
        limit: The limit.
        used: The usage in the window, in base units times hours.
        requested: One hour of the server in the same unit; 0 if it is unknown.
        more_at: The unix second at which the oldest usage leaves the window; None without usage, or if it is unknown.
    """

    limit: Limit
    used: float
    requested: float
    more_at: float | None

    @property
    def hours(self) -> float:
        """The hours that the server can run in what remains, if nothing leaves the window meanwhile."""
        return (self.limit.value - self.used) / self.requested if self.requested else math.inf

    @property
    def part(self) -> float:
        """What remains, as a part of the window's hours if the size of the server is known, else of the limit."""
        return min(self.hours / self.limit.window_hours, 1 - self.used / self.limit.value)


def remaining(rest: Remaining, now: float) -> str:
    """Return the message about what remains of a limit at ``now`` (unix seconds)."""
    limit = rest.limit
    requested, left, allowed = words.amounts(
        RESOURCES[limit.resource], rest.requested, limit.value - rest.used, limit.value, prefix=limit.prefix
    )
    window = words.window(limit.window_hours)
    text = f"Quota for {window}: {left} of {allowed}{_NOUNS[limit.resource]} left"
    if requested != "0" and math.isfinite(rest.hours):
        hours = words.lasting(rest.hours) if rest.hours < limit.window_hours else f"more than {window}"
        text += f"; this server uses {requested} an hour: {hours}"
    if rest.more_at is not None:
        text += f". More from {_moment(rest.more_at)[1]} (in {words.wait(rest.more_at - now)})"
    return f"{text}."


def running(prospect: Prospect, now: float) -> str:
    """Return the message about a limit that running servers soon reach, or have passed, at ``now`` (unix seconds)."""
    limit = prospect.limit
    used, allowed = words.amounts(RESOURCES[limit.resource], prospect.used, limit.value, prefix=limit.prefix)
    window = words.window(limit.window_hours)
    text = f"Quota for {window}: {used} of {allowed}{_NOUNS[limit.resource]} used."
    return f"{text} {what_happens(prospect, now)}"


def what_happens(prospect: Prospect, now: float) -> str:
    """Return the sentences of `running` without the usage."""
    stops_at, wait = prospect.stops_at, words.wait(prospect.reached_at - now)
    if not prospect.is_passed:
        text = f"At the present pace, your servers reach the limit in {wait}"
        if stops_at is None:
            return f"{text}; afterwards no new server starts."
        return f"{text} and are stopped {words.wait(stops_at - prospect.reached_at)} later. Save your work."
    if stops_at is None:
        return "Your servers continue, but no new server starts."
    if stops_at <= now:
        return "Your servers are stopped within the next minutes. Save your work."
    return f"Your servers are stopped on {_moment(stops_at)[1]} (in {words.wait(stops_at - now)}). Save your work."


def _moment(seconds: float) -> tuple[datetime, str]:
    """Return the next full minute, also as text."""
    moment = datetime.fromtimestamp(math.ceil(seconds / 60) * 60, UTC)
    return moment, f"{moment:%a %d %b %Y, %H:%M} UTC"


def _usage(excess: Excess) -> str:
    limit = excess.limit
    noun = _NOUNS[limit.resource]
    requested, used, allowed = words.amounts(
        RESOURCES[limit.resource], excess.requested, excess.used, limit.value, prefix=limit.prefix
    )
    usage = f"ou have used {used} of {allowed}{noun} in the past {words.window(limit.window_hours)}."
    if excess.used_up:
        return f"Y{usage}"
    return f"One hour of this server uses {requested} {allowed.rpartition(' ')[2]}{noun}, and y{usage}"
