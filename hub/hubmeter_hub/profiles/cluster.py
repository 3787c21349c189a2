"""Requests to Kubernetes, with the client that KubeSpawner has configured and with a timeout."""

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
from kubernetes_asyncio.client import ApiException

FIELD_MANAGER: Final = "hubmeter"
_APPLY: Final = "application/apply-patch+yaml"
_JSON: Final = "application/json"
_IMAGE_STREAMS: Final = "image.openshift.io/v1"
# Invalid or denied by a webhook; forbidden; denied by a policy.
_REFUSED: Final = (400, 403, 422)
_NO_RIGHT: Final = re.compile(r'is forbidden: User "[^"]*" cannot ')


class ClusterError(RuntimeError):
    """A failed request. The message has the request and the answer; ``status`` is the HTTP status, or 0 without one."""

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
    """Reads in one namespace, and writes to the namespaces of manifests."""

    def __init__(self, namespace: str, timeout: float, api_client: Callable[[], Any]) -> None:
        """Send no request yet.

        Args:
            namespace: The namespace to read from.
            timeout: Seconds for each request.
            api_client: Returns the client. Called for each request, because a client belongs to an event loop.
        """
        self._namespace = namespace
        self._timeout = timeout
        self._api_client = api_client
        self._plurals: dict[tuple[str, str], str] = {}
        self._has_image_streams: bool | None = None

    async def config_map(self, name: str) -> ConfigMap | None:
        """Return a ConfigMap; None if it does not exist. Raises ClusterError."""
        try:
            answer = await self._call("GET", f"{self._path('v1')}/configmaps/{name}")
        except ClusterError as error:
            if error.status == 404:
                return None
            raise
        return ConfigMap(name, answer.get("data") or {})

    async def config_maps(self, selector: str) -> list[ConfigMap]:
        """Return the ConfigMaps with these labels, sorted by name. Raises ClusterError."""
        answer = await self._call("GET", f"{self._path('v1')}/configmaps", {"labelSelector": selector})
        maps = [ConfigMap(item["metadata"]["name"], item.get("data") or {}) for item in answer.get("items") or ()]
        return sorted(maps, key=lambda config_map: config_map.name)

    async def image_streams(self, selector: str) -> list[dict[str, Any]]:
        """Return OpenShift's ImageStreams with these labels; none on another cluster.

        The API group, which every client may read, shows whether it is OpenShift: for ImageStreams that do not exist,
        RBAC answers 403.

        Raises:
            ClusterError: if the cluster is OpenShift and they cannot be read.
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
        answer = await self._call("GET", f"{self._path(_IMAGE_STREAMS)}/imagestreams", {"labelSelector": selector})
        items: list[dict[str, Any]] = answer.get("items") or []
        return items

    async def apply(self, manifest: Mapping[str, Any]) -> dict[str, Any]:
        """Create or update the object (server-side apply), and return it. Raises ClusterError."""
        query = {"fieldManager": FIELD_MANAGER, "force": "true"}
        return await self._call("PATCH", await self._object_path(manifest), query, manifest)

    async def delete(self, manifest: Mapping[str, Any]) -> None:
        """Delete the object, if it exists. Raises ClusterError."""
        try:
            await self._call("DELETE", await self._object_path(manifest))
        except ClusterError as error:
            if error.status != 404:
                raise

    async def _object_path(self, manifest: Mapping[str, Any]) -> str:
        api_version, kind = manifest["apiVersion"], manifest["kind"]
        if (api_version, kind) not in self._plurals:
            answer = await self._call("GET", _root(api_version))
            for resource in answer.get("resources") or ():
                if "/" not in resource["name"]:
                    self._plurals[api_version, resource["kind"]] = resource["name"]
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
            # The client's own timeout does not cover everything, for example reading a new token. Not wait_for: where a
            # timeout around it ends its task, asyncio logs that an exception was never retrieved.
            async with asyncio.timeout(self._timeout):
                answer = await call
        except TimeoutError as error:
            raise ClusterError(f"{method} {path}: Kubernetes did not answer within {self._timeout:g} s") from error
        except ApiException as error:
            raise ClusterError(f"{method} {path}: {error.status} {message(error)}", error.status or 0) from error
        except (aiohttp.ClientError, OSError) as error:
            raise ClusterError(f"{method} {path}: cannot reach Kubernetes: {error}") from error
        if not isinstance(answer, dict):
            raise ClusterError(f"{method} {path}: the answer is not a JSON object: check the address of Kubernetes")
        return answer


def _root(api_version: str) -> str:
    return "/api/v1" if api_version == "v1" else f"/apis/{api_version}"


def message(error: ApiException) -> str:
    """Return the message of Kubernetes. The exception's text would have all headers of the answer."""
    try:
        return str(json.loads(error.body or "")["message"])
    except (TypeError, ValueError, KeyError):
        return str(error.reason)


def refusal(error: ApiException) -> str | None:
    """Return why Kubernetes refuses an object: a ResourceQuota, a LimitRange, an admission policy, an invalid value.

    None for other failures, and for a missing right of the hub, which is no property of the object.
    """
    text = message(error)
    return text if error.status in _REFUSED and not _NO_RIGHT.search(text) else None
