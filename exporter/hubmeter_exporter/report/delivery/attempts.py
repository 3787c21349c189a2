"""Failures of sending, and repeated attempts."""

from collections.abc import Callable, Sequence
from typing import Final

WAITS: Final = (5.0, 30.0, 120.0)  # seconds before the second and later attempts


class DeliveryError(Exception):
    """A message was not sent. The message is one sentence without a secret.

    Attributes:
        temporary: Whether another attempt may succeed.
    """

    def __init__(self, sentence: str, *, temporary: bool) -> None:
        """Take the sentence."""
        super().__init__(sentence)
        self.temporary = temporary


class UnreachableError(DeliveryError):
    """There is no connection to the server, so other messages fail, too."""


class UncertainError(Exception):
    """The connection ended before the server confirmed a message, which may have been sent."""


def attempt(send: Callable[[], None], sleep: Callable[[float], object], waits: Sequence[float] = WAITS) -> None:
    """Call ``send`` until it succeeds, fails for good, or has failed once more than there are waits.

    Raises:
        DeliveryError: Of the last attempt.
        UncertainError: The message may have been sent.
    """
    for wait in waits:
        try:
            return send()
        except DeliveryError as error:
            if not error.temporary:
                raise
        sleep(wait)
    return send()
