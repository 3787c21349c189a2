"""Local ports for what listens in the node's network, which the machine's own network does not reach."""

import ctypes
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from tests.kubernetes.node import Node

_CLONE_NEWNET: Final = 0x40000000
_CONNECT_SECONDS: Final = 30.0
_libc: Final = ctypes.CDLL(None, use_errno=True)


@contextmanager
def forwarded(node: Node, address: str, port: int) -> Iterator[int]:
    """Forward a port of the machine's loopback interface to an address of the node's network; yield the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        acceptor = threading.Thread(target=_accept, args=(listener, node.pid, (address, port)), daemon=True)
        acceptor.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        acceptor.join()


def _accept(listener: socket.socket, pid: int, target: tuple[str, int]) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:  # closed
            return
        threading.Thread(target=_serve, args=(client, pid, target), daemon=True).start()


def _serve(client: socket.socket, pid: int, target: tuple[str, int]) -> None:
    # A network namespace is a thread's own, and a socket stays in the one in which it was made.
    # After the end of the node, its namespace is gone, and the client's connection is closed.
    with client, suppress(FileNotFoundError), Path(f"/proc/{pid}/ns/net").open("rb") as namespace:
        if _libc.setns(namespace.fileno(), _CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        with suppress(OSError), socket.create_connection(target, _CONNECT_SECONDS) as server:
            server.settimeout(None)
            back = threading.Thread(target=_copy, args=(server, client), daemon=True)
            back.start()
            _copy(client, server)
            back.join()


def _copy(source: socket.socket, destination: socket.socket) -> None:
    with suppress(OSError):
        while chunk := source.recv(65536):
            destination.sendall(chunk)
    with suppress(OSError):
        destination.shutdown(socket.SHUT_WR)
