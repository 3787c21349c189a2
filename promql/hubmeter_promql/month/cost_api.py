"""A client of the cost API (docs/cost-api.md)."""

from datetime import date
from typing import Any

import requests
from urllib3.exceptions import HTTPError

from hubmeter_promql.client import connection_cause, without_credentials

_SHOWN = 300


class CostApiError(Exception):
    """The cost API did not answer. The message is one sentence."""


class CostApi:
    """The cost API at a URL."""

    def __init__(self, url: str, session: requests.Session, timeout: float = 300.0) -> None:
        """Send nothing yet. ``timeout`` is in seconds, for connecting and between two parts of an answer."""
        self._url = url.rstrip("/")
        self._session = session
        self._timeout = timeout

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
        try:
            response = self._session.get(url, params=parameters, timeout=self._timeout, verify=self._session.verify)
            answer = response.json()
        except requests.exceptions.JSONDecodeError:
            raise CostApiError(
                f"{shown} answered HTTP {response.status_code}, but not as the cost API does; check the URL. The "
                f"answer: {response.text[:_SHOWN].strip()}"
            ) from None
        except requests.Timeout as error:
            raise CostApiError(f"{shown} did not answer within {self._timeout:.3g} s") from error
        except requests.ConnectionError as error:
            raise CostApiError(f"cannot reach {shown}: {connection_cause(error)}") from error
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            raise CostApiError(f"the answer of {shown} cannot be read ({type(error).__name__})") from error
        if response.status_code == 404:
            raise CostApiError(f"{shown} does not exist; the cost exporter is older than this command: upgrade it")
        if not response.ok or not isinstance(answer, list):
            detail = answer.get("detail") if isinstance(answer, dict) else str(answer)[:_SHOWN]
            raise CostApiError(f"{shown} answered HTTP {response.status_code}: {detail}")
        return answer
