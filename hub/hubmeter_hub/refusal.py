"""How a hub is told that no server starts, on JupyterHub 5 and 6, without the hub taking it for a crash."""

from typing import Any, Final

import jupyterhub.spawner
from tornado.web import HTTPError

# JupyterHub 6 knows a spawn that was refused from one that failed; before it, every exception is a failure.
_SPAWN_EXCEPTION: Final = getattr(jupyterhub.spawner, "SpawnException", None)


def refuse(
    spawner: Any, text: str, page: str, reason: str, status: int, log_message: str, retry_after: int | None = None
) -> HTTPError:
    """Return the exception for a hook to raise; a JupyterHub that counts it as a failed spawn is set right.

    ``text`` is what people see as ``message`` in the API's JSON, ``page`` the same as HTML; ``log_message`` is what the
    log says, ``reason`` a word for JupyterHub's metrics. ``retry_after`` is in seconds, for the header of that name.
    """
    if _SPAWN_EXCEPTION is None:
        error = HTTPError(status, text)
        _do_not_count(spawner)
    else:
        error = _SPAWN_EXCEPTION(text, reason=reason, log_message=log_message, message_html=page, status_code=status)
    # The attributes by which all versions show a message of one's own, also on the page of a spawn that took a while.
    for name, value in (("jupyterhub_message", text), ("jupyterhub_html_message", page)):
        setattr(error, name, value)
    if retry_after is not None:
        error.headers = {"Retry-After": str(retry_after)}  # type: ignore[attr-defined] # the hub looks for it
    return error


def _do_not_count(spawner: Any) -> None:
    """Take this spawn out of the failures in a row after which JupyterHub 5 ends itself (consecutive_failure_limit).

    ``BaseHandler.spawn_single_user`` counts in a callback of the spawn's future, and looks at the spawner's limit there
    and then. So the limit is off until then, and a callback of ours, which runs right after the hub's, takes back the
    count. Failures of others are counted as before, those between two refusals too.
    """
    handler, spawn = spawner.handler, spawner._spawn_future  # noqa: SLF001 # the hub's only handle on a spawn under way
    if handler is None or spawn is None:
        return  # not started through the hub's handlers, so nobody counts
    settings, limit = handler.settings, spawner.consecutive_failure_limit
    spawner.consecutive_failure_limit = 0

    def restore(_: object) -> None:
        spawner.consecutive_failure_limit = limit
        settings["failure_count"] = max(settings.get("failure_count", 0) - 1, 0)

    spawn.add_done_callback(restore)
