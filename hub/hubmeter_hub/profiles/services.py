"""Objects that live as long as a user's server: from templates to manifests (pure), and to the cluster."""

import asyncio
import json
import logging
import re
from collections.abc import Callable, Iterable, Mapping
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
    """A template that does not make an object; the message says why."""


@dataclass(frozen=True)
class Owner:
    """Whose server it is, and in which namespace its pod is."""

    username: str
    servername: str = ""
    namespace: str = "default"

    @property
    def slug(self) -> str:
        """The owner in names of objects."""
        return user_slug(self.username, self.servername)


def render(text: str, service: Service, owner: Owner) -> dict[str, Any]:
    """Return the manifest that a template makes, in the server's namespace, with a name that is only this server's.

    The template sees the service's ``configuration``, and the owner's slug as ``user`` and ``USERNAME``: letters,
    digits and hyphens, which neither YAML nor Kubernetes misunderstands.

    Raises:
        ServiceError: where it does not make one object, or one that cannot have a name.
    """
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)  # makes YAML
    try:
        template = environment.from_string(text)
        manifest = _filled_in(template, service, owner.slug)
    except TemplateError as error:
        raise ServiceError(f"the template cannot be filled in: {error}") from error
    except yaml.YAMLError as error:
        raise ServiceError(f"the template filled in is not YAML: {error}") from error
    except (TypeError, *UNREADABLE) as error:
        raise ServiceError(f"the template cannot be filled in: {type(error).__name__}: {error}") from error
    if not isinstance(manifest, dict):
        raise ServiceError("the template filled in is not one object")
    metadata = manifest.get("metadata")
    metadata = dict(metadata) if isinstance(metadata, Mapping) else {}
    missing = [key for key in ("apiVersion", "kind") if not isinstance(manifest.get(key), str)]
    if missing or not isinstance(metadata.get("name"), str):
        raise ServiceError(f"the object has no {[*missing, 'metadata.name'][0]}")
    name = metadata["name"]
    if not _contains(name, owner.slug) or name == _name_for_another(template, service, owner.slug):
        name = f"{name.rstrip('-')}-{owner.slug}"
    if not _NAME.fullmatch(name):
        raise ServiceError(f"metadata.name {name!r} is not a name for Kubernetes: small letters, digits, - and .")
    metadata["name"] = name
    metadata["namespace"] = owner.namespace
    metadata["labels"] = {**(metadata.get("labels") or {}), **service.labels}
    metadata["annotations"] = {**(metadata.get("annotations") or {}), USERNAME: owner.username}
    return {**manifest, "metadata": metadata}


def _filled_in(template: jinja2.Template, service: Service, slug: str) -> Any:
    return yaml.safe_load(template.render({**service.configuration, "user": slug, "USERNAME": slug}))


def _name_for_another(template: jinja2.Template, service: Service, slug: str) -> object:
    """Return the name for a user of another slug: a fixed name may hold this one's by chance, as "spark-cluster" may.

    None where the template makes nothing for others: then it does name the user.
    """
    try:
        manifest = _filled_in(template, service, f"{'y' if slug[0] == 'x' else 'x'}{slug[1:]}")
        return manifest["metadata"]["name"]
    except (TemplateError, yaml.YAMLError, TypeError, *UNREADABLE):
        return None


def _contains(name: str, slug: str) -> bool:
    """Return whether the slug is a part of the name, and not only of a longer one: ``ann`` is not in ``x-anna``."""
    return re.search(rf"(?<![a-z0-9]){re.escape(slug)}(?![a-z0-9])", name) is not None


def told(service: Service, objects: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the variables of a service's ``return``, of the first of its objects in which the path leads somewhere.

    Several values of one path are joined with commas. A path that leads nowhere gives no variable.
    """
    every = list(objects)
    found = {}
    for name, path in service.returned.items():
        for one in every:
            values = [_text(match.value) for match in parse_json_path(path).find(one)]
            if values:
                found[name] = ",".join(values)
                break
    return found


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


class Services:
    """The objects of the servers of one hub process. Nothing here raises: a server starts without what fails.

    An object is made before the pod, which is told of it, and handed over to the pod once that has a uid: then
    Kubernetes removes it with the pod, also while the hub is away. What this process knows of, it removes itself.
    """

    def __init__(self, cluster: Cluster, failed: Callable[[Reason], None], timeout: float) -> None:
        """Ask nothing yet. ``timeout`` is in seconds, for each object, all of which are made at once."""
        self._cluster = cluster
        self._failed = failed
        self._timeout = timeout
        self._made: dict[Owner, list[dict[str, Any]]] = {}

    async def start(self, services: Mapping[str, Service], owner: Owner) -> dict[str, str]:
        """Make the objects of a server, or make them anew; return what its environment is told of them."""
        self._made[owner] = []
        env: dict[str, str] = {}
        every = [(name, service, template) for name, service in services.items() for template in service.resources]
        objects = await asyncio.gather(*(self._make(*one, owner) for one in every))
        for name, service in services.items():
            of_it = [made for (of, _, _), made in zip(every, objects, strict=True) if of == name and made is not None]
            values = told(service, of_it)
            for variable in service.returned.keys() - values.keys():
                log.warning("Profiles: service %r of %s gives no %s", name, owner.username, variable)
            env |= values
        return env

    async def hand_over(self, owner: Owner, pod_name: str, pod_uid: str) -> None:
        """Make the pod the owner of the server's objects."""
        # Not blocking the pod's deletion: on OpenShift that would need the right to change pods' finalizers.
        reference = {"apiVersion": "v1", "kind": "Pod", "name": pod_name, "uid": pod_uid}
        await asyncio.gather(*(self._own(manifest, reference) for manifest in self._made.get(owner, ())))

    async def stop(self, owner: Owner) -> None:
        """Remove a server's objects."""
        await asyncio.gather(*(self._delete(manifest) for manifest in self._made.pop(owner, ())))

    async def _make(self, name: str, service: Service, template: Template, owner: Owner) -> dict[str, Any] | None:
        where = f"service {name!r} of {owner.username}, template {template.path!r} in ConfigMap {template.name!r}"
        try:
            async with asyncio.timeout(self._timeout):
                config_map = await self._cluster.config_map(template.name)
                text = config_map.data.get(template.path) if config_map else None
                if text is None:
                    self._report("template", where, "there is none")
                    return None
                # A thread, because a template may take its time.
                manifest = await asyncio.to_thread(render, text, service, owner)
                self._made.setdefault(owner, []).append(manifest)
                return await self._cluster.apply(manifest)
        except ServiceError as error:
            self._report("template", where, str(error))
        except (ClusterError, TimeoutError) as error:
            self._report("service", where, str(error) or f"not done within {self._timeout:g} s")
        return None

    async def _own(self, manifest: Mapping[str, Any], reference: Mapping[str, str]) -> None:
        owned = {**manifest, "metadata": {**manifest["metadata"], "ownerReferences": [reference]}}
        try:
            await self._cluster.apply(owned)
        except ClusterError as error:
            self._report("service", _title(manifest), f"has no owner, and stays if the hub ends: {error}")

    async def _delete(self, manifest: Mapping[str, Any]) -> None:
        try:
            await self._cluster.delete(manifest)
        except ClusterError as error:
            self._report("service", _title(manifest), f"could not be removed: {error}")

    def _report(self, reason: Reason, where: str, message: str) -> None:
        self._failed(reason)
        log.warning("Profiles: %s: %s", where, message)


def _title(manifest: Mapping[str, Any]) -> str:
    return f"{manifest['kind']} {manifest['metadata']['name']}"
