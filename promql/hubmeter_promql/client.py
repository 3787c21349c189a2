"""Instant and range queries against Prometheus' HTTP API, which other engines have too.

The API: https://prometheus.io/docs/prometheus/latest/querying/api/. Every error names the URL and the failed query, and
shows no credential.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.auth import AuthBase, HTTPBasicAuth
from urllib3.exceptions import HTTPError, ReadTimeoutError

from hubmeter_common.tokens import TokenAuth, TokenError

# Prometheus refuses a range query with more points than this in a series.
MAX_POINTS: Final = 11_000

_BODY_SHOWN: Final = 300
# A query for a hundred users has several thousand characters, and each user's error shows it.
_QUERY_SHOWN: Final = 500


class PrometheusError(Exception):
    """A query or write failed. The message is one sentence."""


class UnreachableError(PrometheusError):
    """There is no connection, or it was interrupted."""


class TimedOutError(PrometheusError):
    """There is no answer within the time limit of the client or the server."""


class BadQueryError(PrometheusError):
    """Prometheus cannot parse or evaluate the query."""


class TooMuchError(PrometheusError):
    """The query reads more samples or series than the server allows."""


class PartialAnswerError(PrometheusError):
    """The answer may lack series: an engine of several parts did not reach all of them."""


class BadAnswerError(PrometheusError):
    """The answer is not from Prometheus' API: a proxy's page, a failed login, a wrong URL."""


@dataclass(frozen=True, slots=True)
class Value:
    """One element of an instant vector. ``timestamp`` is in unix seconds."""

    labels: Mapping[str, str]
    value: float
    timestamp: float


@dataclass(frozen=True, slots=True)
class RangeSeries:
    """One series of a range query. ``values`` are (unix seconds, value), ascending."""

    labels: Mapping[str, str]
    values: tuple[tuple[float, float], ...]


class Prometheus:
    """A Prometheus at ``url``, which may have a path (``http://mimir/prometheus``).

    The caller's ``session`` carries what the site needs: ``session.auth = (username, password)`` or
    ``TokenAuth(path)``, ``session.verify``, ``session.headers["X-Scope-OrgID"]``. ``timeout`` is in
    seconds, for connecting and for the answer; ``left`` returns the seconds that are left for all requests together.
    With ``whole``, answers with warnings are errors: Thanos and others answer so without the series that they lack.
    """

    def __init__(
        self,
        url: str,
        session: requests.Session,
        timeout: float = 30.0,
        left: Callable[[], float] = lambda: math.inf,
        *,
        whole: bool = False,
    ) -> None:
        """Keep the arguments; nothing is sent yet."""
        self._url = url.rstrip("/")
        self._session = session
        self._timeout = timeout
        self._left = left
        self._whole = whole

    def until(self, left: Callable[[], float]) -> "Prometheus":
        """Return a client of the same session for which ``left`` returns the seconds that are left."""
        return Prometheus(self._url, self._session, self._timeout, left, whole=self._whole)

    def instant(self, query: str, time: float | None = None) -> list[Value]:
        """Return the vector at ``time`` (unix seconds; None: now); a scalar is one value without labels."""
        form = {"query": query}
        if time is not None:
            form["time"] = f"{time:.3f}"
        data = self._ask("query", form)
        kind, result = data["resultType"], data["result"]
        if kind == "scalar":
            return [Value({}, float(result[1]), float(result[0]))]
        if kind == "vector":
            return [Value(row["metric"], float(row["value"][1]), float(row["value"][0])) for row in result]
        raise BadQueryError(f"an instant query must return a vector or a scalar, not a {kind}: {query}")

    def range(self, query: str, start: float, end: float, step: float) -> list[RangeSeries]:
        """Return the query's values at start, start + step, ... up to and including ``end``, all in seconds.

        More than MAX_POINTS points are read by several queries.
        """
        if step <= 0 or end < start:
            raise ValueError(f"a range query needs start <= end and step > 0, not {start=}, {end=}, {step=}")
        points = math.floor((end - start) / step + 1e-9) + 1
        merged: dict[frozenset[tuple[str, str]], tuple[dict[str, str], list[tuple[float, float]]]] = {}
        for first in range(0, points, MAX_POINTS):
            last = min(first + MAX_POINTS, points) - 1
            form = {
                "query": query,
                "start": f"{start + first * step:.3f}",
                "end": f"{start + last * step:.3f}",
                "step": f"{step:.3f}",
            }
            data = self._ask("query_range", form)
            if data.get("resultType") != "matrix":
                raise BadAnswerError(f"{self._shown('query_range')} answered without a matrix: {data}")
            for row in data["result"]:
                _, values = merged.setdefault(frozenset(row["metric"].items()), (row["metric"], []))
                values.extend((float(t), float(value)) for t, value in row["values"])
        return [RangeSeries(labels, tuple(values)) for labels, values in merged.values()]

    def read(self, path: str, **parameters: str) -> Any:
        """Return the data of another endpoint below api/v1, for example ``rules`` or ``status/buildinfo``."""
        return self._send("GET", path, f"GET {path}", params=parameters)

    def _shown(self, path: str) -> str:
        return f"{without_credentials(self._url)}/api/v1/{path}"

    def _ask(self, path: str, form: dict[str, str]) -> dict[str, Any]:
        """Return the data of a query's answer. The method is POST, because a query may be longer than a URL."""
        query = form["query"]
        shown = query if len(query) <= _QUERY_SHOWN else f"{query[: _QUERY_SHOWN - 1]}…"
        data = self._send("POST", path, shown, data=form)
        if not isinstance(data, dict) or not {"resultType", "result"} <= data.keys():
            raise BadAnswerError(
                f"{self._shown(path)} answered with success but without a result: {str(data)[:_BODY_SHOWN]}"
            )
        return data

    def _send(
        self,
        method: str,
        path: str,
        asked: str,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str] | None = None,
    ) -> Any:
        """Return the answer's data; ``asked`` describes the request in errors."""
        timeout = min(self._timeout, self._left())
        if timeout <= 0:
            raise TimedOutError(f"{self._shown(path)} was too slow; no time is left for {asked}")
        with self._errors(path, asked, timeout):
            response = self._session.request(
                method,
                f"{self._url}/api/v1/{path}",
                params=params,
                data=data,
                timeout=timeout,
                # Repeated, because REQUESTS_CA_BUNDLE takes precedence over the authority set on the session.
                verify=self._session.verify,
            )
        return self._data(path, asked, response)

    @contextmanager
    def _errors(self, path: str, asked: str, timeout: float) -> Iterator[None]:
        url = self._shown(path)
        try:
            yield
        except requests.Timeout as error:
            raise TimedOutError(f"{url} did not answer within {timeout:.3g} s: {asked}") from error
        except requests.ConnectionError as error:
            if error.args and isinstance(error.args[0], ReadTimeoutError):  # in the middle of an answer
                raise TimedOutError(f"{url} did not answer within {timeout:.3g} s: {asked}") from error
            raise UnreachableError(f"cannot reach {url}: {connection_cause(error)}") from error
        except requests.exceptions.InvalidHeader as error:
            raise _not_sent(url, error) from None
        except (requests.RequestException, HTTPError) as error:  # truncated, not decoded, redirect loop, no host
            raise UnreachableError(f"the answer of {url} cannot be read ({type(error).__name__}): {asked}") from error
        except TokenError as error:
            raise PrometheusError(f"cannot query {url}: {error}") from None
        except (OSError, ValueError) as error:
            raise _not_sent(url, error) from None

    def _data(self, path: str, asked: str, response: requests.Response) -> Any:
        url = self._shown(path)
        try:
            answer = response.json()
        except requests.exceptions.JSONDecodeError:
            answer = None
        if not isinstance(answer, dict) or "status" not in answer:
            raise BadAnswerError(
                f"{url} answered HTTP {response.status_code}, but not as Prometheus does; check the URL and the "
                f"credentials. The answer: {response.text[:_BODY_SHOWN].strip()}"
            )
        if answer["status"] != "success":
            raise _error(url, asked, response.status_code, str(answer.get("errorType")), str(answer.get("error")))
        if self._whole and (warnings := answer.get("warnings")):
            raise PartialAnswerError(f"{url} answered with warnings: {str(warnings)[:_BODY_SHOWN]}: {asked}")
        return answer.get("data")


def authentication(token_file: Path | None, environment: Mapping[str, str]) -> AuthBase | None:
    """Return the credentials for Prometheus, for ``session.auth``.

    They are the token in the file, else PROMETHEUS_TOKEN, else PROMETHEUS_USERNAME and PROMETHEUS_PASSWORD, else None.
    """
    if token_file:
        return TokenAuth(token_file)
    if token := environment.get("PROMETHEUS_TOKEN", "").strip():
        return TokenAuth(token)
    if username := environment.get("PROMETHEUS_USERNAME"):
        return HTTPBasicAuth(username.encode(), environment.get("PROMETHEUS_PASSWORD", "").encode())
    return None


def without_credentials(url: str) -> str:
    """Return the URL without user, password, query and fragment, for messages."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment=""))


def connection_cause(error: requests.ConnectionError) -> str:
    """Return the system's own message; the text of the exception contains the URL with its credentials."""
    reason = getattr(error.args[0], "reason", error.args[0]) if error.args else error
    return str(reason).rpartition(": ")[2] or type(error).__name__


def _not_sent(url: str, error: Exception) -> PrometheusError:
    """Return the error of credentials, headers or TLS files; the text of a `ValueError` may contain a secret."""
    what = type(error).__name__ if isinstance(error, ValueError) else str(error)
    return PrometheusError(f"cannot query {url}: {what}; check its credentials, headers and TLS files")


def _error(url: str, query: str, status: int, kind: str, message: str) -> PrometheusError:
    """Return the error for Prometheus' error type and message (web/api/v1/api.go, promql/engine.go)."""
    text = f"{url} (HTTP {status}, {kind}): {message}: {query}"
    if kind in {"timeout", "canceled"} or "timed out" in message:
        return TimedOutError(text)
    if "too many" in message or "exceeded maximum resolution" in message:
        return TooMuchError(text)
    if status in {400, 422}:
        return BadQueryError(text)
    return PrometheusError(text)
