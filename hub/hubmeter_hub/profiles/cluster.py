"""What is asked of Kubernetes, through the client that KubeSpawner has configured. Every call ends in time."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
from kubernetes_asyncio.client import ApiException

FIELD_MANAGER: Final = "hubmeter"
_APPLY: Final = "application/apply-patch+yaml"
_JSON: Final = "application/json"
_IMAGE_STREAMS: Final = "image.openshift.io/v1"


class ClusterError(RuntimeError):
    """Kubernetes did not do what was asked; the message says what, and what it answered. ``status`` is HTTP's or 0."""

    def __init__(self, message: str, status: int = 0) -> None:
        """Keep the status."""
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class ConfigMap:
    """A ConfigMap's name and data."""

    name: str
    data: Mapping[str, str]


class Cluster:
    """Reads in one namespace, writes where manifests say.

    ``api_client`` is asked for the client at each call, because a client belongs to an event loop.
    """

    def __init__(self, namespace: str, timeout: float, api_client: Callable[[], Any]) -> None:
        """Connect to nothing yet. ``timeout`` is in seconds, for each call."""
        self._namespace = namespace
        self._timeout = timeout
        self._api_client = api_client
        self._plurals: dict[tuple[str, str], str] = {}
        self._has_image_streams: bool | None = None

    async def config_map(self, name: str) -> ConfigMap | None:
        """Return a ConfigMap, None where there is none of that name. Raises ClusterError."""
        try:
            found = await self._call("GET", f"{self._path('v1')}/configmaps/{name}")
        except ClusterError as error:
            if error.status == 404:
                return None
            raise
        return ConfigMap(name, found.get("data") or {})

    async def config_maps(self, selector: str) -> list[ConfigMap]:
        """Return the ConfigMaps with these labels, by name. Raises ClusterError."""
        found = await self._call("GET", f"{self._path('v1')}/configmaps", {"labelSelector": selector})
        maps = [ConfigMap(one["metadata"]["name"], one.get("data") or {}) for one in found.get("items") or ()]
        return sorted(maps, key=lambda one: one.name)

    async def image_streams(self, selector: str) -> list[dict[str, Any]]:
        """Return OpenShift's ImageStreams with these labels; none in a cluster that is not OpenShift's.

        Whether it is, is looked up in what every client may read: RBAC answers 403 for what does not exist.

        Raises:
            ClusterError: where it is OpenShift, and they cannot be read.
        """
        if self._has_image_streams is None:
            try:
                await self._call("GET", f"/apis/{_IMAGE_STREAMS}")
                self._has_image_streams = True
            except ClusterError as error:
                if error.status != 404:
                    raise
                self._has_image_streams = False
        if not self._has_image_streams:
            return []
        found = await self._call("GET", f"{self._path(_IMAGE_STREAMS)}/imagestreams", {"labelSelector": selector})
        items: list[dict[str, Any]] = found.get("items") or []
        return items

    async def apply(self, manifest: Mapping[str, Any]) -> dict[str, Any]:
        """Create the object, or make it what the manifest says (server-side apply); return it as it is then.

        Raises ClusterError.
        """
        query = {"fieldManager": FIELD_MANAGER, "force": "true"}
        return await self._call("PATCH", await self._object_path(manifest), query, manifest)

    async def delete(self, manifest: Mapping[str, Any]) -> None:
        """Delete the object, which may be gone already. Raises ClusterError."""
        try:
            await self._call("DELETE", await self._object_path(manifest))
        except ClusterError as error:
            if error.status != 404:
                raise

    async def _object_path(self, manifest: Mapping[str, Any]) -> str:
        api_version, kind = manifest["apiVersion"], manifest["kind"]
        if (api_version, kind) not in self._plurals:
            found = await self._call("GET", _root(api_version))
            for one in found.get("resources") or ():
                if "/" not in one["name"]:
                    self._plurals[api_version, one["kind"]] = one["name"]
        plural = self._plurals.get((api_version, kind))
        if plural is None:
            raise ClusterError(f"the cluster has no kind {kind!r} in {api_version}: is its operator installed?")
        metadata = manifest["metadata"]
        return f"{_root(api_version)}/namespaces/{metadata['namespace']}/{plural}/{metadata['name']}"

    def _path(self, api_version: str) -> str:
        return f"{_root(api_version)}/namespaces/{self._namespace}"

    async def _call(
        self, method: str, path: str, query: Mapping[str, str] | None = None, body: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        headers = {"Accept": _JSON}
        if body is not None:
            headers["Content-Type"] = _APPLY if method == "PATCH" else _JSON
        call = self._api_client().call_api(
            path,
            method,
            query_params=list((query or {}).items()),
            header_params=headers,
            body=body,
            response_types_map={200: "object", 201: "object", 202: "object"},
            auth_settings=["BearerToken"],
            _return_http_data_only=True,
            _request_timeout=self._timeout,
        )
        try:
            # The client's own timeout does not bound everything that it does, such as reading a token anew.
            answer = await asyncio.wait_for(call, self._timeout)
        except TimeoutError as error:
            raise ClusterError(f"{method} {path}: Kubernetes did not answer within {self._timeout:g} s") from error
        except ApiException as error:
            raise ClusterError(f"{method} {path}: {_reason(error)}", error.status or 0) from error
        except (aiohttp.ClientError, OSError) as error:
            raise ClusterError(f"{method} {path}: cannot reach Kubernetes: {error}") from error
        if not isinstance(answer, dict):
            raise ClusterError(f"{method} {path}: the answer is not an object: does Kubernetes answer there?")
        return answer


def _root(api_version: str) -> str:
    return "/api/v1" if api_version == "v1" else f"/apis/{api_version}"


def _reason(error: ApiException) -> str:
    """Return Kubernetes' own sentence; the exception's text has all headers of the answer."""
    try:
        message = json.loads(error.body or "")["message"]
    except (TypeError, ValueError, KeyError):
        message = error.reason
    return f"{error.status} {message}"
