"""Where profiles come from. They are read again when they may have changed; what was good stays meanwhile."""

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from hubmeter_hub.profiles.cluster import Cluster, ClusterError, ConfigMap
from hubmeter_hub.profiles.images import from_image_streams
from hubmeter_hub.profiles.metrics import Reason
from hubmeter_hub.profiles.parse import Configuration, Document, DocumentError, Problem, combine, parse

log = logging.getLogger(__name__)


class SourceError(RuntimeError):
    """A source cannot be read; the message names it and says why."""


class Source(Protocol):
    """Something that profiles are read from."""

    async def documents(self) -> list[Document]:
        """Return what is there now, in the order in which it counts. Raises SourceError."""


class File:
    """A file, also one in a mounted ConfigMap or Secret."""

    def __init__(self, path: Path) -> None:
        """Read nothing yet."""
        self._path = path

    async def documents(self) -> list[Document]:
        """Return the file. Raises SourceError."""
        try:
            # A thread, because a file may be on a slow disk, and the hub has one event loop for all users.
            text = await asyncio.to_thread(self._path.read_text, "utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise SourceError(f"{self._path}: {error}") from error
        return [Document(str(self._path), text)]


class ConfigMaps:
    """A ConfigMap by name, then those with a label by name in alphabetical order."""

    def __init__(self, cluster: Cluster, name: str, selector: str, key: str) -> None:
        """Read nothing yet. ``key`` is where in each ConfigMap the YAML is."""
        self._cluster = cluster
        self._name = name
        self._selector = selector
        self._key = key

    async def documents(self) -> list[Document]:
        """Return what the ConfigMaps say; the one by name need not be there. Raises SourceError."""
        found: list[ConfigMap] = []
        try:
            if self._name and (named := await self._cluster.config_map(self._name)):
                found.append(named)
            if self._selector:
                found.extend(one for one in await self._cluster.config_maps(self._selector) if one.name != self._name)
        except ClusterError as error:
            raise SourceError(str(error)) from error
        if not found:
            log.warning("Profiles: no ConfigMap %r and none with the label %s", self._name, self._selector)
        return [Document(f"ConfigMap {one.name}", one.data.get(self._key)) for one in found]


class Loader:
    """The configuration as it is now: read at most every ``cache_seconds``, by one launch for all that wait.

    Where a source, a document in it or OpenShift cannot be read, what it said last counts, and the failure is counted
    and logged. It is not tried again before ``cache_seconds`` have passed, so that an API that hangs costs the launches
    of that time one ``timeout``, and not one after the other.
    """

    def __init__(
        self,
        source: Source,
        key: str,
        image_streams: Callable[[], Awaitable[list[dict[str, Any]]]],
        failed: Callable[[Reason], None],
        cache_seconds: float,
        timeout: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Read nothing yet. ``clock`` counts seconds, for the cache."""
        self._source = source
        self._key = key
        self._image_streams = image_streams
        self._failed = failed
        self._cache_seconds = cache_seconds
        self._timeout = timeout
        self._clock = clock
        self._lock = asyncio.Lock()
        self._expires = -math.inf
        self._good: dict[str, Configuration] | None = None
        self._streams = from_image_streams(())
        self._current = Configuration()

    async def current(self) -> Configuration:
        """Return what counts for a launch now."""
        async with self._lock:
            if self._clock() >= self._expires:
                latest = await self._read()
                for problem in latest.problems:
                    if problem not in self._current.problems:
                        log.error("Profiles: %s", problem)
                self._current = latest
                self._expires = self._clock() + self._cache_seconds
            return self._current

    async def _read(self) -> Configuration:
        problems, _ = await asyncio.gather(self._read_documents(), self._read_image_streams())
        combined = combine([*(self._good or {}).values(), Configuration(problems=problems)])
        return replace(combined, images=self._streams) if self._streams else combined

    async def _read_documents(self) -> tuple[Problem, ...]:
        """Take what the documents say; return what of them cannot be read at all."""
        try:
            async with asyncio.timeout(self._timeout):
                documents = await self._source.documents()
        except (SourceError, TimeoutError) as error:
            message = str(error) or f"no answer within {self._timeout:g} s"
            self._failed("source")
            if self._good is None:
                return (Problem("nothing is known yet", message),)
            log.error("Profiles cannot be read, those read last stay: %s", message)
            return ()
        good: dict[str, Configuration] = {}
        problems = []
        for document in documents:
            try:
                good[document.source] = parse(document, self._key)
            except DocumentError as error:
                problems.append(Problem(document.source, str(error).removeprefix(f"{document.source}: ")))
                if self._good and document.source in self._good:
                    good[document.source] = self._good[document.source]
        self._good = good
        for _ in (*problems, *(one for part in good.values() for one in part.problems)):
            self._failed("profile")
        return tuple(problems)

    async def _read_image_streams(self) -> None:
        try:
            async with asyncio.timeout(self._timeout):
                self._streams = from_image_streams(await self._image_streams())
        except (ClusterError, TimeoutError) as error:
            self._failed("images")
            reason = str(error) or f"no answer within {self._timeout:g} s"
            log.error("Profiles: ImageStreams cannot be read, those read last stay: %s", reason)
