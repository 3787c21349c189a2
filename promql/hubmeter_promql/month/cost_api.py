"""A client of the cost API (docs/cost-api.md)."""

import json
import math
from collections.abc import Callable
from datetime import date
from typing import Any, Final

import requests
from urllib3.exceptions import HTTPError

from hubmeter_promql.client import connection_cause, without_credentials

_SHOWN: Final = 300
_MOST_BYTES: Final = 2**30


class CostApiError(Exception):
    """The cost API did not answer. The message is one sentence."""


class CostApi:
    """The cost API at a URL."""

    def __init__(
        self,
        url: str,
        session: requests.Session,
        timeout: float = 300.0,
        left: Callable[[], float] = lambda: math.inf,
        most: int = _MOST_BYTES,
    ) -> None:
        """Send nothing yet.

        Args:
            url: Without a slash at the end, or with one.
            session: With the credentials.
            timeout: Seconds for connecting, and between two parts of an answer.
            left: Returns the seconds that are left for all requests together.
            most: Bytes of an answer.
        """
        self._url = url.rstrip("/")
        self._session = session
        self._timeout = timeout
        self._left = left
        self._most = most

    def rows(self, path: str, first: date, last: date, **filters: str | list[str]) -> list[dict[str, Any]]:
        """Return the rows of a table from the first to the last day, which is included.

        Raises:
            CostApiError: There is no connection, no answer or no table.
        """
        return self.read(path, **{"from": str(first), "to": str(last), **filters})

    def read(self, path: str, **parameters: str | list[str]) -> list[dict[str, Any]]:
        """Return the rows of a table. Raises `CostApiError`."""
        url = f"{self._url}{path}"
        shown = without_credentials(url)
        timeout = min(self._timeout, self._left())
        if timeout <= 0:
            raise CostApiError(f"no time is left for {shown}")
        try:
            with self._session.get(
                url, params=parameters, timeout=timeout, verify=self._session.verify, stream=True
            ) as response:
                body = self._body(response, shown)
        except requests.Timeout as error:
            raise CostApiError(f"{shown} did not answer within {timeout:.3g} s") from error
        except requests.ConnectionError as error:
            raise CostApiError(f"cannot reach {shown}: {connection_cause(error)}") from error
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            raise CostApiError(f"the answer of {shown} cannot be read ({type(error).__name__})") from error
        try:
            answer = json.loads(body)
        except ValueError:
            raise CostApiError(
                f"{shown} answered HTTP {response.status_code}, but not as the cost API does; check the URL. The "
                f"answer: {body[:_SHOWN].decode(errors='replace').strip()}"
            ) from None
        if response.status_code == 404:
            raise CostApiError(f"{shown} does not exist; the cost exporter is older than this command: upgrade it")
        if not response.ok or not isinstance(answer, list):
            detail = answer.get("detail") if isinstance(answer, dict) else str(answer)[:_SHOWN]
            raise CostApiError(f"{shown} answered HTTP {response.status_code}: {detail}")
        return answer

    def _body(self, response: requests.Response, shown: str) -> bytes:
        """Return the answer. Raises `CostApiError` if it is too long."""
        body = bytearray()
        for part in response.iter_content(2**16):
            body += part
            if len(body) > self._most:
                raise CostApiError(f"{shown} answered with more than {self._most} bytes")
        return bytes(body)
