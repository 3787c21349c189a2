"""The application of the cost API: all paths, and those about the API itself.

Other projects' dashboards depend on its paths, parameters and columns (docs/cost-api.md). It has no login.
"""

from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse

from hubmeter_exporter.costs.api import docs
from hubmeter_exporter.costs.api.answers import Answers, Backend
from hubmeter_exporter.costs.api.problems import Headers, Problem, explain_failures
from hubmeter_exporter.exposition import negotiated
from hubmeter_promql.client import PrometheusError

_DESCRIPTION: Final = (
    "The cloud's bill by hub, component, group and user, in US dollars and UTC days. The costs of a day are available "
    "as soon as the cloud has billed it, and may change until it is settled. The rows of users and groups, including "
    "unallocated, add up to the attributable cost."
)


def create_app(backend: Backend) -> FastAPI:
    """Return the application."""
    app = FastAPI(
        title="Hubmeter cost API",
        version=backend.version,
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
    )
    app.add_middleware(Headers)
    explain_failures(app)
    app.include_router(Answers(backend).routes())
    app.include_router(_service(app, backend))
    return app


def _service(app: FastAPI, backend: Backend) -> APIRouter:
    """Return the routes about the API itself."""
    router = APIRouter()
    not_ready: dict[int | str, dict[str, Any]] = {503: {"model": Problem, "description": "Not ready, and the reason"}}

    @router.get("/")
    @router.get("/index")
    def index() -> dict[str, str]:
        """Return all paths with their descriptions."""
        return {path: operations["get"]["description"] for path, operations in app.openapi()["paths"].items()}

    @router.get("/ready", responses=not_ready)
    @router.get("/health/ready", responses=not_ready)
    def ready(response: Response) -> dict[str, Any]:
        """Return whether there are bills and Prometheus answers; if not, status 503 and the reason.

        ``warnings`` names the files of the bill that do not count.
        """
        reason = backend.not_ready()
        if reason is None:
            try:
                backend.usage.check()
            except PrometheusError as error:
                reason = f"Prometheus: {error}"
        if reason is None:
            warnings = backend.warnings()
            return {"status": "ready", **({"warnings": warnings} if warnings else {})}
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
        return {"detail": reason}

    @router.get("/docs", response_class=HTMLResponse)
    def description() -> HTMLResponse:
        """Return this description as a page."""
        return HTMLResponse(docs.page(app.openapi()), headers={"Content-Security-Policy": docs.POLICY})

    @router.get("/metrics", response_class=PlainTextResponse)
    def metrics(request: Request) -> Response:
        """Return bills and unit prices for Prometheus."""
        accept, encoding = request.headers.get("Accept", ""), request.headers.get("Accept-Encoding", "")
        headers, parts = negotiated(backend.page(), accept, encoding)
        return Response(b"".join(parts), headers=headers)

    return router
