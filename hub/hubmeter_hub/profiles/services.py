"""Services: Kubernetes objects that exist as long as a user's server, made from templates."""

import asyncio
import json
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import jinja2
import yaml
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jsonpath_ng.parser import parse as parse_json_path

from hubmeter_common.yaml_text import UNREADABLE
from hubmeter_hub.profiles.cluster import Cluster, ClusterError
from hubmeter_hub.profiles.metrics import Reason
from hubmeter_hub.profiles.model import Service, Template
from hubmeter_hub.profiles.names import user_slug

log = logging.getLogger(__name__)

USERNAME: Final = "hub.jupyter.org/username"
_NAME: Final = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")


class ServiceError(ValueError):
    """A template that does not render to an object; the message says why."""


@dataclass(frozen=True)
class Owner:
    """A user's server and the namespace of its pod."""

    username: str
    servername: str = ""
    namespace: str = "default"

    @property
    def slug(self) -> str:
        """The owner, as a part of object names."""
        return user_slug(self.username, self.servername)


def render(text: str, service: Service, owner: Owner) -> dict[str, Any]:
    """Return the manifest from a template, in the server's namespace and with a name that is unique to the server.

    Args:
        text: A Jinja template of YAML. Its variables are the service's ``configuration``, and the owner's slug as
            ``user`` and ``USERNAME``: letters, digits and hyphens, which are safe in YAML and in names.
        service: The service.
        owner: The server.

    Raises:
        ServiceError: if the template does not render to one object with a valid name.
    """
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)  # renders YAML
    try:
        template = environment.from_string(text)
        manifest = _rendered(template, service, owner.slug)
    except TemplateError as error:
        raise ServiceError(f"the template cannot be rendered: {error}") from error
    except yaml.YAMLError as error:
        raise ServiceError(f"the rendered template is not YAML: {error}") from error
    except (TypeError, *UNREADABLE) as error:
        raise ServiceError(f"the template cannot be rendered: {type(error).__name__}: {error}") from error
    if not isinstance(manifest, dict):
        raise ServiceError("the rendered template is not one object")
    metadata = manifest.get("metadata")
    metadata = dict(metadata) if isinstance(metadata, Mapping) else {}
    missing = [key for key in ("apiVersion", "kind") if not isinstance(manifest.get(key), str)]
    if missing or not isinstance(metadata.get("name"), str):
        raise ServiceError(f"the object has no {[*missing, 'metadata.name'][0]}")
    name = metadata["name"]
    if not _contains(name, owner.slug) or name == _name_for_another(template, service, owner.slug):
        name = f"{name.rstrip('-')}-{owner.slug}"
    if not _NAME.fullmatch(name):
        raise ServiceError(f"metadata.name {name!r} is not valid: use lower-case letters, digits, - and .")
    metadata["name"] = name
    metadata["namespace"] = owner.namespace
    metadata["labels"] = {**(metadata.get("labels") or {}), **service.labels}
    metadata["annotations"] = {**(metadata.get("annotations") or {}), USERNAME: owner.username}
    return {**manifest, "metadata": metadata}


def _rendered(template: jinja2.Template, service: Service, slug: str) -> Any:
    return yaml.safe_load(template.render({**service.configuration, "user": slug, "USERNAME": slug}))


def _name_for_another(template: jinja2.Template, service: Service, slug: str) -> object:
    """Return the name for another slug: a fixed name such as "spark-cluster" may contain this user's slug by chance.

    None if the template renders for this user only, so that its name is the user's.
    """
    try:
        manifest = _rendered(template, service, f"{'y' if slug[0] == 'x' else 'x'}{slug[1:]}")
        return manifest["metadata"]["name"]
    except (TemplateError, yaml.YAMLError, TypeError, *UNREADABLE):
        return None


def _contains(name: str, slug: str) -> bool:
    """Return whether the name has the slug as a whole part: ``x-anna`` does not contain ``ann``."""
    return re.search(rf"(?<![a-z0-9]){re.escape(slug)}(?![a-z0-9])", name) is not None


def returned_variables(service: Service, objects: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the variables of a service's ``return``, from the first object in which the path has a value.

    Several values of one path are joined with commas. A path without a value returns no variable.
    """
    variables = {}
    for name, path in service.returned.items():
        for manifest in objects:
            values = [_text(match.value) for match in parse_json_path(path).find(manifest)]
            if values:
                variables[name] = ",".join(values)
                break
    return variables


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


class Services:
    """The objects of the servers of one hub process. No method raises: a server starts without a failed object.

    An object is created before the pod, whose environment has its values. Once the pod has a uid, it becomes the owner
    of the object, so that Kubernetes deletes both together, even while the hub is down. When a server stops, the hub
    deletes the objects that it has created itself.
    """

    def __init__(self, cluster: Cluster, failed: Callable[[Reason], None], timeout: float) -> None:
        """Send no request yet.

        Args:
            cluster: The cluster.
            failed: Counts a failure.
            timeout: Seconds for each object. All objects of a server are created at the same time.
        """
        self._cluster = cluster
        self._failed = failed
        self._timeout = timeout
        self._created: dict[Owner, list[dict[str, Any]]] = {}

    async def start(self, services: Mapping[str, Service], owner: Owner) -> dict[str, str]:
        """Create or update the objects of a server, and return their variables for its environment."""
        self._created[owner] = []
        env: dict[str, str] = {}

        async def create(name: str) -> list[dict[str, Any] | None]:
            service = services[name]
            return await asyncio.gather(*(self._create(name, service, item, owner) for item in service.resources))

        for name, objects in zip(services, await asyncio.gather(*map(create, services)), strict=True):
            service = services[name]
            variables = returned_variables(service, [created for created in objects if created is not None])
            for variable in service.returned.keys() - variables.keys():
                log.warning("Profiles: service %r of %s returns no %s", name, owner.username, variable)
            env |= variables
        return env

    async def hand_over(self, owner: Owner, pod_name: str, pod_uid: str) -> None:
        """Make the pod the owner of the server's objects."""
        # Without blockOwnerDeletion, which on OpenShift needs the right to change the finalizers of pods.
        reference = {"apiVersion": "v1", "kind": "Pod", "name": pod_name, "uid": pod_uid}
        await asyncio.gather(*(self._own(manifest, reference) for manifest in self._created.get(owner, ())))

    async def stop(self, owner: Owner) -> None:
        """Delete a server's objects."""
        await asyncio.gather(*(self._delete(manifest) for manifest in self._created.pop(owner, ())))

    async def _create(self, name: str, service: Service, template: Template, owner: Owner) -> dict[str, Any] | None:
        where = f"service {name!r} of {owner.username}, template {template.path!r} in ConfigMap {template.name!r}"
        try:
            async with asyncio.timeout(self._timeout):
                config_map = await self._cluster.config_map(template.name)
                text = config_map.data.get(template.path) if config_map else None
                if text is None:
                    self._report("template", where, "the template does not exist")
                    return None
                # In a thread, because a template may be slow.
                manifest = await asyncio.to_thread(render, text, service, owner)
                self._created.setdefault(owner, []).append(manifest)
                return await self._cluster.apply(manifest)
        except ServiceError as error:
            self._report("template", where, str(error))
        except (ClusterError, TimeoutError) as error:
            self._report("service", where, str(error) or f"not created within {self._timeout:g} s")
        return None

    async def _own(self, manifest: Mapping[str, Any], reference: Mapping[str, str]) -> None:
        owned = {**manifest, "metadata": {**manifest["metadata"], "ownerReferences": [reference]}}
        try:
            await self._cluster.apply(owned)
        except ClusterError as error:
            self._report("service", _title(manifest), f"has no owner, and remains if the hub ends: {error}")

    async def _delete(self, manifest: Mapping[str, Any]) -> None:
        try:
            await self._cluster.delete(manifest)
        except ClusterError as error:
            self._report("service", _title(manifest), f"could not be deleted: {error}")

    def _report(self, reason: Reason, where: str, message: str) -> None:
        self._failed(reason)
        log.warning("Profiles: %s: %s", where, message)


def _title(manifest: Mapping[str, Any]) -> str:
    return f"{manifest['kind']} {manifest['metadata']['name']}"
