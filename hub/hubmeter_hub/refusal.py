"""Refuses a server on JupyterHub 5 and 6, without counting the refusal as a failed start."""

from typing import Any, Final

import jupyterhub.spawner
from tornado.web import HTTPError

# JupyterHub 6 distinguishes a refused spawn from a failed one; JupyterHub 5 counts every exception as a failure.
_SPAWN_EXCEPTION: Final = getattr(jupyterhub.spawner, "SpawnException", None)


def refuse(
    spawner: Any, text: str, page: str, reason: str, status: int, log_message: str, retry_after: int | None = None
) -> HTTPError:
    """Return the exception for a hook to raise. On JupyterHub 5, exclude it from the count of failed spawns.

    Args:
        spawner: The spawner whose server is refused.
        text: The message for users, as ``message`` in the API's JSON.
        page: The same message as HTML.
        reason: A word for JupyterHub's metrics.
        status: The HTTP status.
        log_message: The message in the log.
        retry_after: Seconds, for the header ``Retry-After``.
    """
    if _SPAWN_EXCEPTION is None:
        error = HTTPError(status, text)
        _do_not_count(spawner)
    else:
        error = _SPAWN_EXCEPTION(text, reason=reason, log_message=log_message, message_html=page, status_code=status)
    # All versions show the message in these attributes, also on the page of a pending spawn.
    for name, value in (("jupyterhub_message", text), ("jupyterhub_html_message", page)):
        setattr(error, name, value)
    if retry_after is not None:
        error.headers = {"Retry-After": str(retry_after)}  # type: ignore[attr-defined] # the hub reads it
    return error


def _do_not_count(spawner: Any) -> None:
    """Exclude this spawn from the consecutive failures after which JupyterHub 5 ends (consecutive_failure_limit).

    ``BaseHandler.spawn_single_user`` counts in a callback of the spawn's future and compares with the spawner's limit
    in the same callback. So the limit is off until that callback has run, and ours, which runs directly after it,
    decrements the count. Other failures are still counted, also between two refusals.
    """
    # The check of the requested server works with a copy of the spawner.
    spawner = getattr(spawner.user, "spawners", {}).get(spawner.name, spawner)
    handler, spawn = spawner.handler, spawner._spawn_future  # noqa: SLF001 # the hub's only handle on a pending spawn
    if handler is None or spawn is None or not spawner.consecutive_failure_limit:
        return  # not started by the hub's handlers, which do the counting; or already off
    settings, limit = handler.settings, spawner.consecutive_failure_limit
    spawner.consecutive_failure_limit = 0

    def restore(_: object) -> None:
        spawner.consecutive_failure_limit = limit
        settings["failure_count"] = max(settings.get("failure_count", 0) - 1, 0)

    spawn.add_done_callback(restore)
