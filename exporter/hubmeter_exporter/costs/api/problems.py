"""What the cost API says where it has no answer, and the headers of whatever it says."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from hubmeter_exporter.costs.api.parameters import ParameterError
from hubmeter_exporter.costs.ledger import LedgerError
from hubmeter_exporter.costs.model import SourceError
from hubmeter_promql.client import PrometheusError, TimedOutError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    from fastapi import FastAPI, Request, Response

_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Problem(BaseModel):
    """Why there is no answer."""

    detail: str = Field(examples=["limit is '0': allowed are whole numbers from 1, or nothing"])


class Headers:
    """Middleware that adds what keeps browsers from doing more with an answer than showing it."""

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        """Wrap the application."""
        self._app = app

    async def __call__(
        self, scope: MutableMapping[str, Any], receive: Callable[..., Any], send: Callable[..., Any]
    ) -> None:
        """Pass a request on, and its answer back with the headers that it does not have."""

        async def sending(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                there = {name.lower() for name, _ in message["headers"]}
                added = [(name.lower().encode(), value.encode()) for name, value in _HEADERS.items()]
                message["headers"] = [*message["headers"], *(one for one in added if one[0] not in there)]
            await send(message)

        await self._app(scope, receive, sending)


def explain_failures(app: FastAPI) -> None:
    """Have the application answer each kind of failure with its status and one sentence."""

    @app.exception_handler(ParameterError)
    async def unusable(_: Request, error: ParameterError) -> Response:
        return _problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> Response:
        sentences = [f"{one['loc'][-1]} is {one.get('input')!r}: {one['msg']}" for one in error.errors()]
        return _problem(HTTPStatus.UNPROCESSABLE_ENTITY, "; ".join(sentences))

    @app.exception_handler(PrometheusError)
    async def no_prometheus(_: Request, error: PrometheusError) -> Response:
        late = isinstance(error, TimedOutError)
        return _problem(HTTPStatus.GATEWAY_TIMEOUT if late else HTTPStatus.BAD_GATEWAY, f"Prometheus: {error}")

    @app.exception_handler(SourceError)
    async def no_cloud(_: Request, error: SourceError) -> Response:
        late = error.reason == "timeout"
        return _problem(HTTPStatus.GATEWAY_TIMEOUT if late else HTTPStatus.BAD_GATEWAY, f"the cloud's bill: {error}")

    @app.exception_handler(LedgerError)
    async def no_ledger(_: Request, error: LedgerError) -> Response:
        return _problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error))

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        if error.status_code == HTTPStatus.NOT_FOUND:
            return _problem(HTTPStatus.NOT_FOUND, f"there is no {request.url.path}; / lists what there is")
        return _problem(error.status_code, error.detail, dict(error.headers or {}))


def _problem(status: int, sentence: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"detail": sentence}, status, headers)
