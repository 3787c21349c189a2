"""The HTTP side: /metrics (also / and the service prefix), /healthz and /readyz."""

from __future__ import annotations

import logging
import socket
import socketserver
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Final, cast

from hubmeter_exporter.exposition import Format

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hubmeter_exporter.exposition import Page

_IDLE_SECONDS: Final = 120.0  # longer than scrapes are apart, so that Prometheus keeps its connection
_log = logging.getLogger(__name__)


class MetricsServer(socketserver.ThreadingTCPServer):
    """Serves pages, a thread a connection.

    Not http.server.ThreadingHTTPServer: that looks up its own name in the DNS before it listens.
    """

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(
        self, host: str, port: int, prefix: str, page: Callable[[], Page], not_ready: Callable[[], str | None]
    ) -> None:
        """Listen.

        Args:
            host: the address to listen on.
            port: 0 for any free one; ``server_address`` has the result.
            prefix: the path under which a hub's proxy forwards, such as ``/services/groups-exporter/``.
            page: returns the current page.
            not_ready: returns why the page should not be relied on, or None.

        Raises:
            OSError: the address cannot be had.
        """
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.prefix = f"/{prefix.strip('/')}"
        self.page = page
        self.not_ready = not_ready
        super().__init__((host, port), _Handler)

    def server_bind(self) -> None:
        """Bind; ``::`` stands for every address, those of IPv4 too."""
        if self.server_address[0] == "::":
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        super().server_bind()

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 - socketserver's signature
        """Log what a connection died of; a client that goes away is no error of ours."""
        gone = isinstance(sys.exception(), OSError)
        _log.log(logging.DEBUG if gone else logging.ERROR, "Connection of %s ended", client_address, exc_info=True)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "hubmeter-exporter"
    sys_version = ""
    timeout = _IDLE_SECONDS
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._answer(body=True)

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def _answer(self, *, body: bool) -> None:
        server = cast("MetricsServer", self.server)
        match _route(self.path, server.prefix):
            case "" | "/metrics":
                headers, parts = negotiated(
                    server.page(), self.headers.get("Accept", ""), self.headers.get("Accept-Encoding", "")
                )
                self._send(HTTPStatus.OK, headers, parts, body=body)
            case "/healthz":
                self._send_text(HTTPStatus.OK, "ok", body=body)
            case "/readyz":
                reason = server.not_ready()
                status = HTTPStatus.OK if reason is None else HTTPStatus.SERVICE_UNAVAILABLE
                self._send_text(status, reason or "ok", body=body)
            case _:
                self._send_text(
                    HTTPStatus.NOT_FOUND, "there are /metrics, /healthz and /readyz, nothing else", body=body
                )

    def _send_text(self, status: HTTPStatus, text: str, *, body: bool) -> None:
        self._send(status, {"Content-Type": "text/plain; charset=utf-8"}, (f"{text}\n".encode(),), body=body)

    def _send(self, status: HTTPStatus, headers: dict[str, str], parts: tuple[bytes, ...], *, body: bool) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(sum(map(len, parts))))
        self.end_headers()
        if body:
            for part in parts:
                self.wfile.write(part)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's signature
        """Log a request at level DEBUG."""
        _log.debug("%s %s", self.address_string(), format % args)


def negotiated(page: Page, accept: str, accept_encoding: str) -> tuple[dict[str, str], tuple[bytes, ...]]:
    """Return the headers and the parts of a page, in the format and the encoding that a request's headers ask for."""
    form, gzipped = choose_format(accept), accepts_gzip(accept_encoding)
    headers = {"Content-Type": form.value, "Vary": "Accept, Accept-Encoding"}
    if gzipped:
        headers["Content-Encoding"] = "gzip"
    return headers, page.parts[form, gzipped]


def choose_format(accept: str) -> Format:
    """Return OpenMetrics if the header ``Accept`` asks for its version 1, and not rather for plain text."""
    best = {Format.TEXT: 0.0, Format.OPENMETRICS: 0.0}
    for media_type, parameters in _entries(accept):
        version = parameters.get("version", "1.0.0")
        if media_type == "application/openmetrics-text" and version.startswith("1."):
            form = Format.OPENMETRICS
        elif media_type == "text/plain":
            form = Format.TEXT
        else:
            continue
        best[form] = max(best[form], _quality(parameters))
    return Format.OPENMETRICS if best[Format.OPENMETRICS] > best[Format.TEXT] else Format.TEXT


def accepts_gzip(accept_encoding: str) -> bool:
    """Return whether the header ``Accept-Encoding`` allows gzip."""
    return any(name == "gzip" and _quality(parameters) > 0 for name, parameters in _entries(accept_encoding))


def _entries(header: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Return the (value, parameters) of a header such as ``a/b;version=1;q=0.5, c``, in lower case."""
    for entry in header.lower().split(","):
        value, *parameters = (part.strip() for part in entry.split(";"))
        pairs = (parameter.partition("=") for parameter in parameters)
        yield value, {name.strip(): setting.strip() for name, _, setting in pairs}


def _quality(parameters: dict[str, str]) -> float:
    try:
        return float(parameters.get("q", "1"))
    except ValueError:
        return 0.0


def _route(path: str, prefix: str) -> str:
    """Return the path below the root or the service prefix, without query and without a slash at the end."""
    path = path.partition("?")[0].rstrip("/")
    if path == prefix or path.startswith(f"{prefix}/"):
        path = path[len(prefix) :]
    return path
