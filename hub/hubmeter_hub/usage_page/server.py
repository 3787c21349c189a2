"""Serves the page until the process gets a signal to end."""

import asyncio
import logging
import signal
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from tornado import web
from tornado.httpserver import HTTPServer

log = logging.getLogger("hubmeter.usage_page")

DEFAULT_PORT: Final = 9000
# No request of the page has a body, and headers have cookies and a token: larger ones only use memory.
MOST_BODY: Final = 16 * 1024
MOST_HEADERS: Final = 64 * 1024
# Connections that wait to be accepted: those of a class that opens the page. The system drops others, whose clients try
# again after a second, then after two more. Tornado's default is 128.
BACKLOG: Final = 2048

_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


class StartError(Exception):
    """An error that keeps the service from starting; the message has the reason and what to do."""


def listen_address(service_url: str) -> str:
    """Return the interface to listen on: loopback if the service's URL is on it, else all (Kubernetes)."""
    host = urlsplit(service_url).hostname
    return host if host in _LOOPBACK else ""


def listen_ports(service_url: str, service_port: int) -> tuple[int, ...]:
    """Return the ports to listen on: that of the setting, and that of the service's URL, at which the hub checks it.

    Args:
        service_url: The URL of the service in the hub's configuration.
        service_port: ``UsageViewer.service_port``; 0 if it is not set.
    """
    in_url = urlsplit(service_url).port
    ports = tuple(dict.fromkeys(port for port in (service_port, in_url) if port)) or (DEFAULT_PORT,)
    if len(ports) > 1:
        log.warning(
            "c.UsageViewer.service_port is %s, but the service's url has the port %s, at which the hub checks it: "
            "listening on both. Set both to the same port.",
            *ports,
        )
    return ports


async def serve(
    app: web.Application,
    ports: Sequence[int],
    address: str,
    called: str = "the usage page",
    setting: str = "c.UsageViewer.service_port, or the service's url",
) -> None:
    """Serve until SIGTERM or SIGINT.

    Args:
        app: The application.
        ports: The ports to listen on.
        address: The interface to listen on; "" for all.
        called: The service, for the log.
        setting: The setting of the ports, for errors.

    Raises:
        StartError: if a port is not available.
    """
    server = HTTPServer(
        app, max_body_size=MOST_BODY, max_buffer_size=MOST_BODY + MOST_HEADERS, max_header_size=MOST_HEADERS
    )
    for port in ports:
        try:
            server.listen(port, address, backlog=BACKLOG)
        except OSError as error:
            raise StartError(f"cannot listen on port {port} ({setting}): {error.strerror}") from error
    log.info("%s listens on port %s", called, " and ".join(map(str, ports)))
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    try:
        await ended.wait()
    finally:
        server.stop()
