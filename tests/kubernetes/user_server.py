"""A user server that holds LOAD_MEBIBYTES of memory and uses LOAD_CORES of CPU, both variables of its environment.

It exits with LOAD_EXIT_CODE, or 0, at SIGTERM.
It answers every request with 200. A request of /burst makes it use a whole core for BURST seconds, /hold/200 makes it
hold 200 MiB. loads.py puts this file's text on the server's command line, because the image need not have it.
"""

import os
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Final

BURST: Final = 20.0
_PERIOD: Final = 0.1


class _Server(HTTPServer):
    busy_until = 0.0
    held = bytearray()

    def hold(self, mebibytes: int) -> None:
        self.held = bytearray(mebibytes << 20)
        self.held[::4096] = b"\1" * len(self.held[::4096])  # so that every page exists


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        if self.path == "/burst":
            self.server.busy_until = time.monotonic() + BURST
        elif self.path.startswith("/hold/"):
            self.server.hold(int(self.path.removeprefix("/hold/")))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the name in the base class
        pass


def main() -> None:
    """Serve and use CPU until SIGTERM."""
    mebibytes, steady = int(os.environ["LOAD_MEBIBYTES"]), float(os.environ["LOAD_CORES"])
    exit_code = int(os.environ.get("LOAD_EXIT_CODE", "0"))
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(exit_code)
    )  # the first process of a container ignores it otherwise
    server = _Server(("", 8888), _Handler)
    server.hold(mebibytes)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    while True:
        began, used = time.monotonic(), time.process_time()
        cores = 1.0 if began < server.busy_until else steady
        while time.process_time() - used < cores * _PERIOD:
            pass
        time.sleep(max(0.0, began + _PERIOD - time.monotonic()))


if __name__ == "__main__":
    main()
