"""The options of profiles, and the methods that KubeSpawner's hooks call: read, offer, and write into pods."""

import asyncio
import copy
import html
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from kubernetes_asyncio.client import ApiException
from kubespawner.clients import shared_client
from prometheus_client import CollectorRegistry
from tornado.web import HTTPError
from traitlets import Bool, Enum, Float, Integer, TraitError, Unicode, default, validate
from traitlets.config import Configurable

from hubmeter_hub.profiles import pod as pods
from hubmeter_hub.profiles import stored
from hubmeter_hub.profiles.cluster import Cluster, ClusterError, refusal
from hubmeter_hub.profiles.merge import User, resolve
from hubmeter_hub.profiles.metrics import ProfileMetrics
from hubmeter_hub.profiles.model import Image
from hubmeter_hub.profiles.offer import SLUG, Choice, choice, entry, fitting_choice, offer
from hubmeter_hub.profiles.own import Allowed
from hubmeter_hub.profiles.parse import DEFAULT_KEY, Configuration
from hubmeter_hub.profiles.saved import fitting, sent
from hubmeter_hub.profiles.services import Owner, Services
from hubmeter_hub.profiles.sources import ConfigMaps, File, Loader
from hubmeter_hub.refusal import refuse

_NAMESPACE_FILE: Final = Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")
_OUR_SLUGS: Final = (
    None,
    "",
    SLUG,
)  # None and "" are the default, which is our entry; a tuple, because an option may be a list
_IMAGE_VARIABLES: Final = ("JUPYTER_IMAGE", "JUPYTER_IMAGE_SPEC")  # KubeSpawner's variables for the image
_NOTEBOOK: Final = "-notebook"  # the end of the names of images, where none has the label
_BROKEN: Final = (
    "No server can start at the moment, because its profiles have an error. Please tell your administrators."
)
_REFUSED: Final = (
    "Kubernetes refuses this server: {why}. Choose another size or image if there is one, or ask your administrators."
)


class SingleuserProfiles(Configurable):
    """Profiles of user servers."""

    file = Unicode(help="A file with profiles, in place of ConfigMaps. Changes apply after cache_seconds.").tag(
        config=True
    )
    config_map = Unicode("jupyter-singleuser-profiles", help="The ConfigMap that is read first, if it exists.").tag(
        config=True
    )
    config_map_label = Unicode(
        "jupyterhub.opendatahub.io/user=profile jupyterhub=singleuser-profiles",
        help=(
            "The labels of more ConfigMaps, separated by spaces: ConfigMaps with any of them are read, in alphabetical "
            "order. Empty: none."
        ),
    ).tag(config=True)
    config_map_key = Unicode(DEFAULT_KEY, help="The key of the YAML in each ConfigMap.").tag(config=True)
    image_stream_label = Unicode(
        "opendatahub.io/notebook-image=true",
        help=(
            "On OpenShift, the label of the ImageStreams that are offered to users. If none has it, those are offered "
            "whose names end with -notebook. Empty: none."
        ),
    ).tag(config=True)
    namespace = Unicode(
        help=(
            "The namespace of ConfigMaps and ImageStreams. Default: the environment variable POD_NAMESPACE, or the "
            "namespace of the hub's pod."
        )
    ).tag(config=True)
    strict = Bool(False, help="Whether an invalid profile denies all servers. Otherwise it is ignored.").tag(
        config=True
    )
    offer_choices = Bool(True, help="Whether users choose the image and the size, in the form and with the API.").tag(
        config=True
    )
    own_environment = Bool(
        False,
        help=(
            "Whether users may set environment variables of their own, in the form and with the API. The hub stores "
            "them with the server, so they are not for secrets."
        ),
    ).tag(config=True)
    most_own_gpus = Integer(
        0,
        min=0,
        max=100,
        help="The most GPUs that users may choose themselves, in the form and with the API, in place of the size's.",
    ).tag(config=True)
    stored_choices = Bool(
        False,
        help=(
            "Whether a server without a saved choice has the choice that jupyterhub-singleuser-profiles stored in the "
            "ConfigMap jupyterhub-singleuser-profile-USER. Needs offer_choices and setup_profiles."
        ),
    ).tag(config=True)
    gpu_resource = Unicode("nvidia.com/gpu", help="The Kubernetes resource that the key gpu requests.").tag(config=True)
    gpu_mode = Enum(
        [None, "selinux", "privileged"],
        None,
        allow_none=True,
        help="The security context of servers with a GPU: 'selinux' (type nvidia_container_t), 'privileged' or None.",
    ).tag(config=True)
    default_mount_path = Unicode(
        "/home/jovyan", help="The parent directory of volumes without an absolute mountPath."
    ).tag(config=True)
    cache_seconds = Float(10.0, help="Seconds for which profiles are used before they are read again, 0 to 3600.").tag(
        config=True
    )
    timeout = Float(5.0, help="Timeout in seconds of a launch, up to 60: for reading profiles, and for services.").tag(
        config=True
    )

    def __init__(self, metrics: ProfileMetrics | None = None, **kwargs: Any) -> None:
        """Read nothing yet. Without ``metrics``, failures are logged but not counted."""
        super().__init__(**kwargs)
        # The client belongs to an event loop, and KubeSpawner configures it with the first spawner.
        self._cluster = cluster = Cluster(self.namespace, self.timeout, lambda: shared_client("CoreV1Api").api_client)
        self._failed = failed = (metrics or ProfileMetrics(CollectorRegistry(), "jupyterhub")).failed
        source = (
            File(Path(self.file))
            if self.file
            else ConfigMaps(cluster, self.config_map, self.config_map_label.split(), self.config_map_key)
        )

        async def image_streams() -> list[dict[str, Any]]:
            if not self.image_stream_label:
                return []
            labelled = await cluster.image_streams(self.image_stream_label)
            return labelled or [
                stream for stream in await cluster.image_streams("") if stream["metadata"]["name"].endswith(_NOTEBOOK)
            ]

        self._loader = Loader(source, self.config_map_key, image_streams, failed, self.cache_seconds, self.timeout)
        self._services = Services(cluster, failed, self.timeout)

    @default("namespace")
    def _namespace_of_the_pod(self) -> str:
        namespace = os.environ.get("POD_NAMESPACE", "")
        if not namespace and _NAMESPACE_FILE.exists():
            namespace = _NAMESPACE_FILE.read_text(encoding="utf-8").strip()
        return namespace or "default"

    @validate("timeout", "cache_seconds")
    def _is_positive(self, proposal: Mapping[str, Any]) -> float:
        seconds = float(proposal["value"])
        if not 0 <= seconds <= 3600 or (proposal["trait"].name == "timeout" and not 0 < seconds <= 60):
            raise TraitError(
                f"SingleuserProfiles.{proposal['trait'].name} is {seconds:g} s; timeout must be above 0 and at most "
                "60, cache_seconds 0 to 3600"
            )
        return seconds

    async def load_profiles(self) -> Configuration:
        """Return the current profiles, sizes and images, and as problems the entries that are invalid."""
        return await self._loader.current()

    async def apply_pod_profile(self, spawner: Any, pod: Any, image: str = "", size: str = "") -> Any:
        """Write the settings of a user's server into KubeSpawner's pod, and return the pod.

        Args:
            spawner: The spawner.
            pod: The pod.
            image: The name of an image that is offered to the user. Without image and size, the user's choice in the
                form or with the API applies, if ``offer_choices`` is set.
            size: The name of a size that is offered to the user.

        Raises:
            HTTPError: (on JupyterHub 6, SpawnException) with the message for the user: for a choice that is not offered
                to the user, and for an invalid profile if ``strict`` is set.
        """
        configuration = await self.load_profiles()
        self._check(spawner, configuration)
        options = {"image": image, "size": size} if image or size else self._options(spawner, configuration)
        chosen = self._choice(spawner, configuration, options)
        server = pod.spec.containers[0]
        if chosen.image and chosen.image.reference != server.image:
            server.image = chosen.image.reference
            pods.set_env(pod, dict.fromkeys(_IMAGE_VARIABLES, server.image))
        used = chosen.image or _image_of(configuration, server.image)
        resolved = resolve(configuration, _user(spawner), used, chosen.size, chosen.own)
        pods.write(pod, resolved, spawner.user.name, self.gpu_resource, self.gpu_mode, self.default_mount_path)
        pods.label(pod, resolved, used.name)
        if resolved.settings.services:
            pods.set_env(pod, await self._services.start(resolved.settings.services, _owner(spawner)))
        return pod

    async def hand_over(self, spawner: Any, pod: Mapping[str, Any]) -> None:
        """Make the pod, which now exists, the owner of the server's services."""
        await self._services.hand_over(_owner(spawner), pod["metadata"]["name"], pod["metadata"]["uid"])

    def refused(self, spawner: Any, error: ApiException) -> HTTPError | None:
        """Return the exception for the user if Kubernetes refuses the server's pod or volume; None for other errors."""
        why = refusal(error)
        return _refusal(spawner, _REFUSED.format(why=why.rstrip(".")), 403) if why else None

    async def clean_up(self, spawner: Any) -> None:
        """Delete the services of a server that has stopped."""
        await self._services.stop(_owner(spawner))

    async def profile_list(self, spawner: Any, others: Sequence[Mapping[str, Any]] = ()) -> list[Mapping[str, Any]]:
        """Return KubeSpawner's profile list for this user: an entry for image and size, and then ``others``.

        Raises:
            HTTPError: (on JupyterHub 6, SpawnException) for a server that starts with a choice that is not offered to
                the user.
        """
        configuration = await self.load_profiles()
        if not self._is_offering(configuration):
            if others and spawner.pending == "spawn":
                _fit(spawner, others)
            return list(others)
        await self._take_over(spawner, configuration)
        user = _user(spawner)
        offered = offer(configuration, user, self._allowed())
        if spawner.pending != "spawn":
            # The form: the last choice is selected, if it is still offered.
            return [entry(offered, choice(offered, fitting_choice(offered, spawner.user_options)[0])), *others]
        self._check(spawner, configuration)
        if spawner.user_options.get("profile") not in _OUR_SLUGS:
            _fit(spawner, [entry(offered, choice(offered, {})), *others])
        options = self._options(spawner, configuration)
        chosen = self._choice(spawner, configuration, options)
        image = chosen.image or _image_of(configuration, spawner.image)
        resolved = resolve(configuration, user, image, chosen.size, chosen.own)
        return [entry(offered, chosen, resolved, self.gpu_resource), *others]

    async def options_form(self, spawner: Any, others: Sequence[Mapping[str, Any]] = ()) -> str:
        """Return KubeSpawner's form; "" without choices, so that servers start without a form."""
        listed = await self.profile_list(spawner, others)
        if not listed or (len(listed) == 1 and not others and not listed[0]["profile_options"]):
            return ""
        # KubeSpawner writes the user's options into the form, and JupyterHub renders the form as a template: a brace in
        # options from the API would run code in the hub.
        safe = copy.copy(spawner)
        safe.user_options = {
            key: value
            for key, value in spawner.user_options.items()
            if isinstance(value, str) and "{" not in f"{key}{value}"
        }
        form: str = safe._render_options_form(listed)  # noqa: SLF001 # KubeSpawner calls it for a profile_list
        return form

    async def _take_over(self, spawner: Any, configuration: Configuration) -> None:
        """Give a server without options the choice that jupyterhub-singleuser-profiles stored for its user.

        The hub saves only options that are sent, so the choice is read until the user sends the first ones.
        """
        if not self.stored_choices or not self._is_offering(configuration):
            return
        if spawner.user_options or (spawner.pending == "spawn" and sent(spawner)):
            return
        wanted = stored.names(spawner.user.name)[: 2 if self.own_environment else 1]
        try:
            maps = await asyncio.gather(*map(self._cluster.config_map, wanted))
        except ClusterError as error:
            self._failed("source")
            spawner.log.error("Profiles: the stored choice of %s cannot be read: %s", spawner.user.name, error)
            return
        data = [found.data if found else {} for found in maps]
        options, problems = stored.options(data[0], data[1] if self.own_environment else {}, self._allowed())
        if options:
            spawner.user_options = {"profile": SLUG, **options}
        if problems:
            spawner.log.warning("Profiles: ConfigMap %s: ignored: %s", wanted[0], " ".join(problems))

    def _options(self, spawner: Any, configuration: Configuration) -> Mapping[str, Any] | None:
        """Return the user's options if they are about our entry; None for another profile, or without an offer."""
        if not self._is_offering(configuration):
            return None
        options: Mapping[str, Any] = spawner.user_options
        return options if options.get("profile") in _OUR_SLUGS else None

    def _choice(self, spawner: Any, configuration: Configuration, options: Mapping[str, Any] | None) -> Choice:
        if options is None:
            return Choice()
        offered = offer(configuration, _user(spawner), self._allowed())
        kept, problems = fitting_choice(offered, options)
        if problems and options is not spawner.user_options:
            raise _refusal(spawner, " ".join(problems), 403)  # the arguments of a site's own hook
        if problems:
            _refuse_or_log(spawner, problems, 403)
        if options is spawner.user_options:
            spawner.user_options = kept
        return choice(offered, kept)

    def _allowed(self) -> Allowed:
        return Allowed(self.own_environment, self.most_own_gpus)

    def _is_offering(self, configuration: Configuration) -> bool:
        return self.offer_choices and bool(configuration.images or configuration.sizes or self._allowed())

    def _check(self, spawner: Any, configuration: Configuration) -> None:
        if self.strict and configuration.problems:
            raise _refusal(spawner, _BROKEN, 503, "; ".join(map(str, configuration.problems)))


def _fit(spawner: Any, profiles: Sequence[Mapping[str, Any]]) -> None:
    """Remove saved options that a profile list does not have; refuse options that were sent now."""
    initialized = spawner._get_initialized_profile_list(list(profiles))  # noqa: SLF001 # its own slugs and defaults
    kept, problems = fitting(spawner.user_options, initialized)
    if problems:
        _refuse_or_log(spawner, problems, 400)
        spawner.user_options = kept


def _refuse_or_log(spawner: Any, problems: Sequence[str], status: int) -> None:
    """Refuse a choice that was sent now. A saved one is only logged: its user may not know how to change it.

    Raises:
        HTTPError: (on JupyterHub 6, SpawnException) for a choice that was sent now. It is no failed start.
    """
    if sent(spawner):
        raise _refusal(spawner, " ".join(problems), status)
    spawner.log.warning(
        "Profiles: the saved choice of %s no longer fits, so the default applies: %s",
        spawner.user.name,
        " ".join(problems),
    )


def _user(spawner: Any) -> User:
    return User(spawner.user.name, frozenset(group.name for group in spawner.user.groups))


def _owner(spawner: Any) -> Owner:
    return Owner(spawner.user.name, spawner.name, spawner.namespace)


def _image_of(configuration: Configuration, reference: str) -> Image:
    """Return the image with this reference, which is also its name if profiles have no such image."""
    return next((image for image in configuration.images if image.reference == reference), Image(name=reference))


def _refusal(spawner: Any, text: str, status: int, reason: str = "") -> HTTPError:
    log_message = f"Profiles: server of {spawner.user.name} denied: {reason or text}"
    spawner.log.warning("%s", log_message)
    return refuse(spawner, text, f"<p>{html.escape(text)}</p>", "profile", status, log_message)
