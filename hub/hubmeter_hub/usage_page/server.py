"""Serves the page until the process gets a signal to end."""

import asyncio
import logging
import signal
from typing import Final
from urllib.parse import urlsplit

from tornado import web
from tornado.httpserver import HTTPServer

log = logging.getLogger("hubmeter.usage_page")

_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


class StartError(Exception):
    """An error that keeps the service from starting; the message has the reason and what to do."""


def listen_address(service_url: str) -> str:
    """Return the interface to listen on: loopback if the service's URL is on it, else all (Kubernetes)."""
    host = urlsplit(service_url).hostname
    return host if host in _LOOPBACK else ""


async def serve(app: web.Application, port: int, address: str) -> None:
    """Serve until SIGTERM or SIGINT.

    Raises:
        StartError: if the port is not available.
    """
    server = HTTPServer(app)
    try:
        server.listen(port, address)
    except OSError as error:
        raise StartError(f"cannot listen on port {port} (c.UsageViewer.service_port): {error.strerror}") from error
    log.info("the usage page listens on port %s", port)
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    await ended.wait()
    server.stop()
