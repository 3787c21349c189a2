"""Reads profiles from a file or from ConfigMaps, and keeps the last valid version of each document."""

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from hubmeter_hub.profiles.cluster import Cluster, ClusterError, ConfigMap
from hubmeter_hub.profiles.images import from_image_streams
from hubmeter_hub.profiles.metrics import Reason
from hubmeter_hub.profiles.parse import Configuration, Document, DocumentError, Problem, combine, parse

log = logging.getLogger(__name__)


class SourceError(RuntimeError):
    """A source that cannot be read; the message names it and says why."""


class Source(Protocol):
    """A source of profiles."""

    async def documents(self) -> list[Document]:
        """Return the current documents, in the order of the merge. Raises SourceError."""


class File:
    """A file, for example in a mounted ConfigMap."""

    def __init__(self, path: Path) -> None:
        """Read nothing yet."""
        self._path = path

    async def documents(self) -> list[Document]:
        """Return the file. Raises SourceError."""
        try:
            # In a thread: the disk may be slow, and the hub has one event loop for all users.
            text = await asyncio.to_thread(self._path.read_text, "utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise SourceError(f"{self._path}: {error}") from error
        return [Document(str(self._path), text)]


class ConfigMaps:
    """A ConfigMap by name, and then those with one of several labels in alphabetical order."""

    def __init__(self, cluster: Cluster, name: str, selectors: Sequence[str], key: str) -> None:
        """Read nothing yet. ``key`` is the key of the YAML in each ConfigMap."""
        self._cluster = cluster
        self._name = name
        self._selectors = tuple(selectors)
        self._key = key

    async def documents(self) -> list[Document]:
        """Return the content of the ConfigMaps. The one by name may be missing. Raises SourceError."""
        maps: list[ConfigMap] = []
        try:
            if self._name and (named := await self._cluster.config_map(self._name)):
                maps.append(named)
            labelled: dict[str, ConfigMap] = {}
            for selector in self._selectors:
                labelled |= {found.name: found for found in await self._cluster.config_maps(selector)}
            maps.extend(labelled[name] for name in sorted(labelled) if name != self._name)
        except ClusterError as error:
            raise SourceError(str(error)) from error
        if not maps:
            labels = " or ".join(self._selectors)
            log.warning("Profiles: neither ConfigMap %r nor one with the label %s exists", self._name, labels)
        return [Document(f"ConfigMap {config_map.name}", config_map.data.get(self._key)) for config_map in maps]


class Loader:
    """The current configuration, read at most once in ``cache_seconds``. Concurrent launches share one reading.

    If a source, a document in it or OpenShift cannot be read, its last valid content stays in use, and the failure is
    counted and logged. The next attempt is after ``cache_seconds``, so a hanging API delays the launches of that time
    by one ``timeout`` in all.
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
        """Read nothing yet.

        Args:
            source: The source of profiles.
            key: The key of the YAML in ConfigMaps.
            image_streams: Returns OpenShift's ImageStreams.
            failed: Counts a failure.
            cache_seconds: Seconds for which the configuration is kept.
            timeout: Seconds for the source, and for ImageStreams.
            clock: Seconds, for the cache.
        """
        self._source = source
        self._key = key
        self._image_streams = image_streams
        self._failed = failed
        self._cache_seconds = cache_seconds
        self._timeout = timeout
        self._clock = clock
        self._lock = asyncio.Lock()
        self._expires = -math.inf
        self._valid: dict[str, Configuration] | None = None
        self._streams = from_image_streams(())
        self._current = Configuration()

    async def current(self) -> Configuration:
        """Return the configuration for a launch now."""
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
        combined = combine([*(self._valid or {}).values(), Configuration(problems=problems)])
        return replace(combined, images=self._streams) if self._streams else combined

    async def _read_documents(self) -> tuple[Problem, ...]:
        """Read the documents, and return the problems of those that cannot be read at all."""
        try:
            async with asyncio.timeout(self._timeout):
                documents = await self._source.documents()
        except (SourceError, TimeoutError) as error:
            message = str(error) or f"no answer within {self._timeout:g} s"
            self._failed("source")
            if self._valid is None:
                return (Problem("no profiles have been read yet", message),)
            log.error("Profiles cannot be read, the last valid ones stay in use: %s", message)
            return ()
        valid: dict[str, Configuration] = {}
        problems = []
        for document in documents:
            try:
                valid[document.source] = parse(document, self._key)
            except DocumentError as error:
                problems.append(Problem(document.source, str(error).removeprefix(f"{document.source}: ")))
                if self._valid and document.source in self._valid:
                    valid[document.source] = self._valid[document.source]
        self._valid = valid
        for _ in (*problems, *(problem for part in valid.values() for problem in part.problems)):
            self._failed("profile")
        return tuple(problems)

    async def _read_image_streams(self) -> None:
        try:
            async with asyncio.timeout(self._timeout):
                self._streams = from_image_streams(await self._image_streams())
        except (ClusterError, TimeoutError) as error:
            self._failed("images")
            reason = str(error) or f"no answer within {self._timeout:g} s"
            log.error("Profiles: ImageStreams cannot be read, the last valid ones stay in use: %s", reason)
