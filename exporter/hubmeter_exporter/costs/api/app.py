"""The application of the cost API: all paths, and those about the API itself.

Other projects' dashboards depend on its paths, parameters and columns (docs/cost-api.md). It has no login.
"""

from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse

from hubmeter_common.deadline import Deadline
from hubmeter_exporter.costs.api import docs
from hubmeter_exporter.costs.api.answers import Answers, Backend
from hubmeter_exporter.costs.api.bounds import Bounded, Bounds, Places
from hubmeter_exporter.costs.api.parameters import StrictRoute
from hubmeter_exporter.costs.api.problems import Headers, Problem, explain_failures
from hubmeter_exporter.exposition import negotiated
from hubmeter_promql.client import PrometheusError

_DESCRIPTION: Final = (
    "The cloud's bill by hub, component, group and user, in US dollars and UTC days. The costs of a day are available "
    "as soon as the cloud has billed it, and may change until it is settled. The rows of users and groups, including "
    "idle and unallocated, add up to the attributable cost."
)


_PROBES: Final = ("/ready", "/health/ready")


def create_app(backend: Backend, bounds: Bounds) -> FastAPI:
    """Return the application."""
    answers = Answers(backend, bounds.query).routes()
    places, probes = Places(bounds.places, bounds.wait), Places(bounds.probes, 0)
    app = FastAPI(
        title="Hubmeter cost API",
        version=backend.version,
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
    )
    of_path = {route.path: places for route in answers.routes if isinstance(route, StrictRoute)} | dict.fromkeys(
        _PROBES, probes
    )
    app.add_middleware(Bounded, places=of_path)
    app.add_middleware(Headers)
    explain_failures(app)
    app.include_router(answers)
    app.include_router(_service(app, backend, bounds.probe))
    return app


def _service(app: FastAPI, backend: Backend, probe_seconds: float) -> APIRouter:
    """Return the routes about the API itself. The asynchronous ones need no thread, so they are always answered."""
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
                backend.usage.as_of_now(Deadline(probe_seconds).left).check()
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
    async def metrics(request: Request) -> Response:
        """Return bills and unit prices for Prometheus."""
        accept, encoding = request.headers.get("Accept", ""), request.headers.get("Accept-Encoding", "")
        headers, parts = negotiated(backend.page(), accept, encoding)
        return Response(b"".join(parts), headers=headers)

    @router.get("/healthz", include_in_schema=False)
    async def healthz() -> str:
        return "ok"

    return router
