"""The paths of the groups exporter, an ASGI application: /metrics, /healthz and /readyz."""

from collections.abc import Callable, Iterable, Mapping, MutableMapping
from http import HTTPStatus
from typing import Any, Final

from hubmeter_exporter.exposition import Page, negotiated
from hubmeter_exporter.server import BODY, has_body

# A client that does not read holds a copy of so many bytes, instead of one of the page.
_CHUNK: Final = 262_144


class Paths:
    """The application."""

    def __init__(self, prefix: str, page: Callable[[], Page], not_ready: Callable[[], str | None]) -> None:
        """Take the pages.

        Args:
            prefix: The path that a hub's proxy forwards, such as ``/services/groups-exporter/``.
            page: Returns the current page.
            not_ready: Returns why the page is unreliable, or None.
        """
        self._prefix = f"/{prefix.strip('/')}"
        self._page = page
        self._not_ready = not_ready

    async def __call__(self, scope: MutableMapping[str, Any], _: Callable[..., Any], send: Callable[..., Any]) -> None:
        """Answer a request."""
        if has_body(scope):
            await _send_text(send, HTTPStatus.BAD_REQUEST, BODY, {"Connection": "close"})
            return
        if scope["method"] not in ("GET", "HEAD"):
            await _send_text(
                send, HTTPStatus.METHOD_NOT_ALLOWED, "the methods are GET and HEAD", {"Allow": "GET, HEAD"}
            )
            return
        match self._route(scope["path"]):
            case "" | "/metrics":
                asked = {name: value.decode("latin-1") for name, value in scope["headers"]}
                headers, parts = negotiated(self._page(), asked.get(b"accept", ""), asked.get(b"accept-encoding", ""))
                await _send(send, HTTPStatus.OK, headers, parts)
            case "/healthz":
                await _send_text(send, HTTPStatus.OK, "ok")
            case "/readyz":
                reason = self._not_ready()
                await _send_text(send, HTTPStatus.SERVICE_UNAVAILABLE if reason else HTTPStatus.OK, reason or "ok")
            case _:
                await _send_text(send, HTTPStatus.NOT_FOUND, "not found: the paths are /metrics, /healthz and /readyz")

    def _route(self, path: str) -> str:
        """Return the path below the root or the service prefix, without a trailing slash."""
        path = path.rstrip("/")
        if path == self._prefix or path.startswith(f"{self._prefix}/"):
            path = path[len(self._prefix) :]
        return path


async def _send_text(
    send: Callable[..., Any], status: HTTPStatus, text: str, headers: Mapping[str, str] | None = None
) -> None:
    content = {"Content-Type": "text/plain; charset=utf-8", **(headers or {})}
    await _send(send, status, content, (f"{text}\n".encode(),))


async def _send(
    send: Callable[..., Any], status: HTTPStatus, headers: Mapping[str, str], parts: Iterable[bytes]
) -> None:
    parts = tuple(parts)
    sent = {**headers, "Content-Length": str(sum(map(len, parts)))}
    await send(
        {
            "type": "http.response.start",
            "status": int(status),
            "headers": [(name.lower().encode(), value.encode()) for name, value in sent.items()],
        }
    )
    for part in parts:
        for start in range(0, len(part), _CHUNK):
            await send({"type": "http.response.body", "body": part[start : start + _CHUNK], "more_body": True})
    await send({"type": "http.response.body"})
