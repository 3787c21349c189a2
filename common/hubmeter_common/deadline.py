"""A time limit for several HTTP requests together, however slowly the responses arrive.

The timeout of a socket restarts with each byte, so a server that sends a byte now and then holds a reader for ever.
Here each read waits no longer than the time that is left.
"""

import io
import socket
import time
from collections.abc import Callable
from functools import partial
from http.client import HTTPResponse
from typing import Any, cast

from requests.adapters import HTTPAdapter
from urllib3.connectionpool import HTTPConnectionPool


class Deadline:
    """A moment at which everything must have ended."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Take the seconds from now."""
        self._clock = clock
        self._end = clock() + seconds

    def restart(self, seconds: float) -> None:
        """Take the seconds from now on instead."""
        self._end = self._clock() + seconds

    def left(self) -> float:
        """Return the seconds left, 0 afterwards."""
        return max(0.0, self._end - self._clock())


class DeadlineAdapter(HTTPAdapter):
    """Reads headers and bodies until a deadline; later reads raise the error of a read timeout."""

    def __init__(self, deadline: Deadline) -> None:
        """Take the deadline. Mount one adapter per deadline."""
        super().__init__()
        self._deadline = deadline
        self._pools: set[HTTPConnectionPool] = set()

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> HTTPConnectionPool:
        """Return a pool whose connections read responses by `_Response`."""
        pool = cast("HTTPConnectionPool", super().get_connection_with_tls_context(*args, **kwargs))
        pool.ConnectionCls = partial(_connect, type(pool).ConnectionCls, self._deadline)  # type: ignore[assignment] # it is called, no more
        self._pools.add(pool)
        return pool

    def close(self) -> None:
        """Close all connections. urllib3 waits until nothing refers to a pool, which the traceback of an error does."""
        for pool in self._pools:
            pool.close()
        super().close()


def _connect(connection_class: Callable[..., Any], deadline: Deadline, *args: Any, **kwargs: Any) -> Any:
    connection = connection_class(*args, **kwargs)
    connection.response_class = partial(_Response, deadline)
    return connection


class _Response(HTTPResponse):
    def __init__(self, deadline: Deadline, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_Reader(self.fp.detach(), sock, deadline))


class _Reader(io.RawIOBase):
    """Reads a socket, at most until a deadline."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, deadline: Deadline) -> None:
        self._raw = raw
        self._sock = sock
        self._timeout = sock.gettimeout()
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._deadline.left()
        if not left:
            raise TimeoutError("the time for the whole answer is over")
        self._sock.settimeout(left if self._timeout is None else min(left, self._timeout))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()
