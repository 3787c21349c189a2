"""The HTTP server of the groups exporter: /metrics (also / and the service prefix), /healthz and /readyz."""

import logging
import socket
import socketserver
import sys
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Final, cast

from hubmeter_exporter.exposition import Page, negotiated

_IDLE_SECONDS: Final = 120.0  # longer than a scrape interval, so that Prometheus keeps its connection
_log = logging.getLogger(__name__)


class MetricsServer(socketserver.ThreadingTCPServer):
    """Serves pages in one thread per connection.

    http.server.ThreadingHTTPServer would look up its own name in the DNS before it listens.
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
            host: The address.
            port: 0 for any free port; ``server_address`` has the result.
            prefix: The path that a hub's proxy forwards, such as ``/services/groups-exporter/``.
            page: Returns the current page.
            not_ready: Returns why the page is unreliable, or None.

        Raises:
            OSError: The address is not available.
        """
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.prefix = f"/{prefix.strip('/')}"
        self.page = page
        self.not_ready = not_ready
        super().__init__((host, port), _Handler)

    def server_bind(self) -> None:
        """Bind; ``::`` stands for all addresses, including those of IPv4."""
        if self.server_address[0] == "::":
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        super().server_bind()

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 - socketserver's signature
        """Log the error that ended a connection; a client that disconnects is not an error of the exporter."""
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
                    HTTPStatus.NOT_FOUND, "not found: the paths are /metrics, /healthz and /readyz", body=body
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


def _route(path: str, prefix: str) -> str:
    """Return the path below the root or the service prefix, without query and trailing slash."""
    path = path.partition("?")[0].rstrip("/")
    if path == prefix or path.startswith(f"{prefix}/"):
        path = path[len(prefix) :]
    return path
