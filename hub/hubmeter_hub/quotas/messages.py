"""The messages for users whose server is denied: as text for API clients, and as HTML for the hub's pages."""

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from hubmeter_hub.quotas import words
from hubmeter_hub.quotas.decision import Excess
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
        moment = datetime.fromtimestamp(math.ceil(retry_at / 60) * 60, UTC)
        plain = f"{moment:%a %d %b %Y, %H:%M} UTC"
        marked = f'<time datetime="{moment:%Y-%m-%dT%H:%MZ}" title="{plain}">{plain}</time>'
        for i, when in enumerate((plain, marked)):
            texts[i] += f" {advice} on {when} (in {words.wait(retry_at - now)}), if you run nothing until then."
    return Message(*texts)


def retry_moment(excesses: Sequence[Excess]) -> float | None:
    """Return the unix second from which none of the limits denies the server; None if that is unknown."""
    moments = [excess.retry_at for excess in excesses]
    known = [moment for moment in moments if moment is not None]
    return max(known) if known and len(known) == len(moments) else None


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
