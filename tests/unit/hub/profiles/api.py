"""Kubernetes' API as far as hubs use it: kmock, with what it leaves out; and real KubeSpawners that talk to it."""

import asyncio
import copy
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import aiohttp.web
import attrs
import kmock
import yaml
from kubespawner import KubeSpawner
from kubespawner.clients import load_config
from traitlets.config import Config

NAMESPACE = "prod"
APPLY = "application/apply-patch+yaml"


@attrs.define(kw_only=True)
class Api(kmock.KubernetesEmulator):
    """kmock's emulator, which also gives objects a uid, runs pods, selects by labels, and applies manifests.

    Attributes:
        refused: Messages by the names of pods that are refused.
    """

    refused: dict[str, str] = attrs.field(factory=dict)

    async def __call__(self, raw_request: Any) -> Any:
        """Know a watch as the Python client spells it."""
        if raw_request.query.get("watch") == "True":
            raw_request = raw_request.clone(rel_url=raw_request.rel_url.update_query(watch="true"))
        return await super().__call__(raw_request)

    async def _handle(self, request: Any) -> Any:
        if request.resource is not None and isinstance(request.data, dict):
            metadata = request.data.setdefault("metadata", {})
            if request.action == kmock.action.CREATE:
                if message := self.refused.get(metadata.get("name", "")):
                    return aiohttp.web.json_response({"kind": "Status", "message": message}, status=403)
                metadata.setdefault("uid", str(uuid4()))
                metadata.setdefault("namespace", request.namespace)
                metadata.setdefault("resourceVersion", "1")
                if request.resource == kmock.resource("v1/pods"):
                    request.data["status"] = _running(request.data["spec"])
            elif request.headers.get("Content-Type") == APPLY:
                self._make_way(request)
        return await super()._handle(request)

    def _make_way(self, request: Any) -> None:
        """Have an object to apply a manifest to, where there is none."""
        key = (request.resource, request.namespace, request.name)
        empty = {"metadata": {"uid": str(uuid4()), "resourceVersion": "1"}}
        if key not in self.objects:
            self.objects[key] = empty
        elif self.objects[key].deleted:
            self.objects[key].create(empty)

    async def _serve_list(self, request: Any) -> Any:
        found: Any = await super()._serve_list(request)
        wanted = [part.split("=") for part in request.params.get("labelSelector", "").split(",") if part]
        items = [
            item
            for item in found["items"]
            if all(item["metadata"].get("labels", {}).get(key) == value for key, value in wanted)
        ]
        return {**found, "items": items}


def _running(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return the status of a pod that has started."""
    state = {"ready": True, "restartCount": 0, "imageID": "", "state": {"running": {}}}
    containers = [{"name": container["name"], "image": container["image"], **state} for container in spec["containers"]]
    return {"phase": "Running", "podIP": "127.0.0.1", "containerStatuses": containers}


def put(api: Api, resource: str, manifest: Mapping[str, Any]) -> None:
    """Have an object in the cluster."""
    made = copy.deepcopy(dict(manifest))
    made["metadata"].setdefault("namespace", NAMESPACE)
    made["metadata"].setdefault("uid", str(uuid4()))
    api.objects[resource, NAMESPACE, made["metadata"]["name"]] = made


def put_config_map(api: Api, name: str, data: Mapping[str, str], labels: Mapping[str, str] | None = None) -> None:
    put(api, "v1/configmaps", {"metadata": {"name": name, "labels": dict(labels or {})}, "data": dict(data)})


def objects(api: Api, resource: str) -> dict[str, dict[str, Any]]:
    """Return the objects that are in the cluster, by name."""
    return {
        name: item.raw
        for (kind, _, name), item in api.objects.items()
        if kind == kmock.resource(resource) and not item.deleted
    }


async def _listening(url: str) -> None:
    """Wait until the server takes connections: on a busy machine it may not do so at once."""
    address = urlsplit(url)
    while True:
        try:
            _, writer = await asyncio.open_connection(address.hostname, address.port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            await writer.wait_closed()
            return


@asynccontextmanager
async def kubernetes(openshift: bool = False) -> AsyncIterator[tuple[Api, str]]:
    """Run the API; yield it and its address."""
    # KubeSpawner keeps addresses and would not reuse one, but free ports can repeat.
    load_config.cache_clear()
    async with Api() as api, kmock.Server(api) as server:
        kinds = {"v1/configmaps": "ConfigMap", "v1/pods": "Pod", "v1/secrets": "Secret", "v1/events": "Event"}
        kinds["radanalytics.io/v1/sparkclusters"] = "SparkCluster"
        if openshift:
            kinds["image.openshift.io/v1/imagestreams"] = "ImageStream"
        for resource, kind in kinds.items():
            api.resources[resource] = kmock.ResourceInfo(kind=kind, namespaced=True)
        url = str(server.url).rstrip("/")
        await _listening(url)
        yield api, url


def kubeconfig(path: Path, url: str) -> Path:
    """Write the file in which clients find a cluster."""
    config = {
        "clusters": [{"name": "a", "cluster": {"server": url}}],
        "users": [{"name": "a", "user": {}}],
        "contexts": [{"name": "a", "context": {"cluster": "a", "user": "a"}}],
        "current-context": "a",
    }
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    return path


def request_of(body: Mapping[str, Any] | None) -> Any:
    """Return the handler of a request of JupyterHub's API with this body."""
    headers = {"Content-Type": "application/json"}
    text = b"" if body is None else json.dumps(body).encode()
    return SimpleNamespace(
        request=SimpleNamespace(method="POST", headers=headers, body=text, body_arguments={}, query_arguments={}),
        settings={},
    )


def spawner(
    url: str,
    user: str = "ann",
    groups: Sequence[str] = (),
    options: Mapping[str, Any] | None = None,
    name: str = "",
    config: Config | None = None,
) -> Any:
    """Return a real KubeSpawner of this user, whose pods go to the API at ``url``; it is about to start."""
    c = Config()
    c.KubeSpawner.k8s_api_host = url
    c.KubeSpawner.namespace = NAMESPACE
    c.merge(config or Config())
    made = KubeSpawner(
        config=c,
        user=SimpleNamespace(
            name=user,
            id=1,
            url=f"/user/{user}",
            settings={},
            spawners={},
            groups=[SimpleNamespace(name=group) for group in groups],
        ),
        orm_spawner=SimpleNamespace(name=name, server=None, user_options=None),
        _mock=True,
    )
    made.hub = SimpleNamespace(public_host="", url="http://hub/hub", base_url="/hub/", api_url="http://hub/hub/api")
    made.handler = None
    made._spawn_future = None  # noqa: SLF001 # what JupyterHub sets where a server starts
    made._spawn_pending = True  # noqa: SLF001 # the same
    made.user_options = dict(options or {})
    return made
