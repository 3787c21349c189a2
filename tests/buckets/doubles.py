"""Servers that speak the protocols of S3, Cloud Storage and Blob Storage, and a line to them that can fail."""

import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import quote

import boto3
import requests
from azure.storage.blob import BlobServiceClient
from moto.server import ThreadedMotoServer

from tests.tools import tool
from tests.waiting import PATIENCE, free_port, wait_until

SCHEMES: Final = ("s3", "gs", "abfs")
BUCKET: Final = "bills"
# The account and key that Azurite documents.
AZURITE_KEY: Final = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
S3_KEY: Final = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


@dataclass
class Line:
    """A TCP proxy. It counts the bytes of answers, and fails on request.

    Attributes:
        answered: Bytes of the server since the last reset.
        cut: After so many bytes, close all connections.
        stalled: After so many bytes, send no more, and keep the connections open.
    """

    target: int
    port: int = 0
    answered: int = 0
    cut: int | None = None
    stalled: int | None = None
    _listener: socket.socket | None = field(default=None, repr=False)
    _sockets: list[socket.socket] = field(default_factory=list, repr=False)

    def __enter__(self) -> "Line":
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._listener is not None
        for one in (self._listener, *self._sockets):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def heal(self) -> None:
        self.cut = self.stalled = None
        self.answered = 0

    def _accept(self) -> None:
        assert self._listener is not None
        while True:
            try:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                return
            self._sockets += [client, server]
            threading.Thread(target=self._pass, args=(client, server, False), daemon=True).start()
            threading.Thread(target=self._pass, args=(server, client, True), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, answers: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if answers:
                    before = self.answered
                    self.answered += len(data)
                    limit = self.cut if self.stalled is None else self.stalled
                    if limit is not None and self.answered > limit:
                        target.sendall(data[: max(0, limit - before)])
                        if self.stalled is None:
                            break
                        return
                target.sendall(data)
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


class Store(Protocol):
    """A server with the bucket ``bills``."""

    port: int

    def put(self, name: str, content: bytes) -> None: ...

    def delete(self, name: str) -> None: ...

    def environment(self, port: int) -> dict[str, str]:
        """Return the variables with which a pod would find its cloud; here the server behind a port."""
        ...


class S3(Store):
    def __init__(self, port: int) -> None:
        self.port = port
        self._client = boto3.client(
            "s3", endpoint_url=f"http://127.0.0.1:{port}", region_name="eu-west-1",
            aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key=S3_KEY,
        )  # fmt: skip
        self._client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})

    def put(self, name: str, content: bytes) -> None:
        self._client.put_object(Bucket=BUCKET, Key=name, Body=content)

    def delete(self, name: str) -> None:
        self._client.delete_object(Bucket=BUCKET, Key=name)

    def environment(self, port: int) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{port}",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
            "AWS_SECRET_ACCESS_KEY": S3_KEY,
        }


class CloudStorage(Store):
    def __init__(self, port: int) -> None:
        self.port = port
        self._url = f"http://127.0.0.1:{port}"
        requests.post(f"{self._url}/storage/v1/b", json={"name": BUCKET}, timeout=PATIENCE).raise_for_status()

    def put(self, name: str, content: bytes) -> None:
        url = f"{self._url}/upload/storage/v1/b/{BUCKET}/o?uploadType=media&name={quote(name, safe='')}"
        requests.post(url, data=content, timeout=PATIENCE).raise_for_status()

    def delete(self, name: str) -> None:
        url = f"{self._url}/storage/v1/b/{BUCKET}/o/{quote(name, safe='')}"
        requests.delete(url, timeout=PATIENCE).raise_for_status()

    def environment(self, port: int) -> dict[str, str]:
        return {"STORAGE_EMULATOR_HOST": f"http://127.0.0.1:{port}"}


class BlobStorage(Store):
    def __init__(self, port: int) -> None:
        self.port = port
        service = BlobServiceClient.from_connection_string(
            self.environment(port)["AZURE_STORAGE_CONNECTION_STRING"], api_version="2023-11-03"
        )
        self._container = service.create_container(BUCKET)

    def put(self, name: str, content: bytes) -> None:
        self._container.upload_blob(name, content, overwrite=True)

    def delete(self, name: str) -> None:
        self._container.delete_blob(name)

    def environment(self, port: int) -> dict[str, str]:
        return {
            "AZURE_STORAGE_CONNECTION_STRING": "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;"
            f"AccountKey={AZURITE_KEY};BlobEndpoint=http://127.0.0.1:{port}/devstoreaccount1;"
        }


@contextmanager
def _moto(_: Path) -> Iterator[Store]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        yield S3(server.get_host_and_port()[1])
    finally:
        server.stop()


@contextmanager
def _fake_gcs_server(_: Path) -> Iterator[Store]:
    port = free_port()
    command = [
        str(tool("fake-gcs-server/fake-gcs-server")), "-scheme=http", "-host=127.0.0.1", f"-port={port}",
        "-backend=memory", "-log-level=error",
    ]  # fmt: skip
    with _running(command, port):
        yield CloudStorage(port)


@contextmanager
def _azurite(folder: Path) -> Iterator[Store]:
    port = free_port()
    command = [
        str(tool("node_modules/.bin/azurite-blob")), "--blobHost=127.0.0.1", f"--blobPort={port}",
        f"--location={folder}", "--silent", "--skipApiVersionCheck", "--disableTelemetry",
    ]  # fmt: skip
    with _running(command, port):
        yield BlobStorage(port)


@contextmanager
def _running(command: list[str], port: int) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        wait_until(lambda: _listens(port) or process.poll() is not None, lambda: f"{command[0]} listens on port {port}")
        assert process.poll() is None, f"{command[0]} has ended with code {process.poll()}"
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@contextmanager
def store(scheme: str, folder: Path) -> Iterator[tuple[Store, Line]]:
    """Yield a server of a cloud and the line to it."""
    with ExitStack() as stack:
        server = stack.enter_context({"s3": _moto, "gs": _fake_gcs_server, "abfs": _azurite}[scheme](folder))
        yield server, stack.enter_context(Line(server.port))
