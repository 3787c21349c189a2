"""Errors of the cost API as responses, and the headers of all responses."""

from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from hubmeter_exporter.costs.api.parameters import ParameterError
from hubmeter_exporter.costs.ledger_file import LedgerError
from hubmeter_exporter.costs.model import SourceError
from hubmeter_promql.client import PrometheusError, TimedOutError

_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Problem(BaseModel):
    """The reason why there is no answer."""

    detail: str = Field(examples=["limit is '0'; it must be a whole number above 0"])


class Headers:
    """Middleware that adds headers which keep browsers from running or embedding a response."""

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        """Wrap the application."""
        self._app = app

    async def __call__(
        self, scope: MutableMapping[str, Any], receive: Callable[..., Any], send: Callable[..., Any]
    ) -> None:
        """Forward a request, and its response with the headers that it lacks."""

        async def send_with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                added = [(name.lower().encode(), value.encode()) for name, value in _HEADERS.items()]
                message["headers"] = [*message["headers"], *(header for header in added if header[0] not in present)]
            await send(message)

        await self._app(scope, receive, send_with_headers)


def explain_failures(app: FastAPI) -> None:
    """Make the application answer each kind of failure with a status and one sentence."""

    @app.exception_handler(ParameterError)
    async def invalid_parameter(_: Request, error: ParameterError) -> Response:
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))

    @app.exception_handler(RequestValidationError)
    async def invalid_request(_: Request, error: RequestValidationError) -> Response:
        sentences = [f"{e['loc'][-1]} is {e.get('input')!r}: {e['msg']}" for e in error.errors()]
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "; ".join(sentences))

    @app.exception_handler(PrometheusError)
    async def prometheus_failed(_: Request, error: PrometheusError) -> Response:
        late = isinstance(error, TimedOutError)
        return problem(HTTPStatus.GATEWAY_TIMEOUT if late else HTTPStatus.BAD_GATEWAY, f"Prometheus: {error}")

    @app.exception_handler(SourceError)
    async def bill_unavailable(_: Request, error: SourceError) -> Response:
        late = error.reason == "timeout"
        return problem(HTTPStatus.GATEWAY_TIMEOUT if late else HTTPStatus.BAD_GATEWAY, f"the cloud's bill: {error}")

    @app.exception_handler(LedgerError)
    async def ledger_unreadable(_: Request, error: LedgerError) -> Response:
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error))

    @app.exception_handler(HTTPException)
    async def not_served(request: Request, error: HTTPException) -> Response:
        if error.status_code == HTTPStatus.NOT_FOUND:
            return problem(HTTPStatus.NOT_FOUND, f"there is no path {request.url.path}; / lists all paths")
        return problem(error.status_code, error.detail, dict(error.headers or {}))


def problem(status: int, sentence: str, headers: dict[str, str] | None = None) -> Response:
    """Return the response that says why there is no answer."""
    return JSONResponse({"detail": sentence}, status, headers)
