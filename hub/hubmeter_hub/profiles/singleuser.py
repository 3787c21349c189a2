"""What a site calls, and KubeSpawner's hooks call for it: profiles are read, chosen from, and written into pods."""

import copy
import html
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from kubespawner.clients import shared_client
from prometheus_client import CollectorRegistry
from tornado.web import HTTPError
from traitlets import Bool, Enum, Float, TraitError, Unicode, default, validate
from traitlets.config import Configurable

from hubmeter_hub.profiles import pod as pods
from hubmeter_hub.profiles.cluster import Cluster
from hubmeter_hub.profiles.merge import Who, given
from hubmeter_hub.profiles.metrics import ProfileMetrics
from hubmeter_hub.profiles.model import Image
from hubmeter_hub.profiles.offer import SLUG, Choice, NotOfferedError, choice, entry, offer
from hubmeter_hub.profiles.parse import DEFAULT_KEY, Configuration
from hubmeter_hub.profiles.services import Owner, Services
from hubmeter_hub.profiles.sources import ConfigMaps, File, Loader
from hubmeter_hub.refusal import refuse

_NAMESPACE_FILE: Final = Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")
_OUR_SLUGS: Final = (None, "", SLUG)  # the first two: the default, which is ours; a tuple, for options that are lists
_IMAGE_TOLD: Final = ("JUPYTER_IMAGE", "JUPYTER_IMAGE_SPEC")  # where KubeSpawner tells the server its image
_BROKEN: Final = "No server can start at the moment: its profiles have an error. Please tell those who run this hub."


class SingleuserProfiles(Configurable):
    """The profiles of one hub process. Used from one event loop."""

    file = Unicode(help="A file with profiles, read again when it changes; instead of ConfigMaps.").tag(config=True)
    config_map = Unicode(
        "jupyter-singleuser-profiles", help="The ConfigMap that is read first; it need not exist."
    ).tag(config=True)
    config_map_label = Unicode(
        "jupyterhub.opendatahub.io/user=profile",
        help="The label of further ConfigMaps, read in alphabetical order; empty: there are none.",
    ).tag(config=True)
    config_map_key = Unicode(DEFAULT_KEY, help="The key in each ConfigMap where the YAML is.").tag(config=True)
    image_stream_label = Unicode(
        "opendatahub.io/notebook-image=true",
        help="The label of the ImageStreams that users choose from, where OpenShift is there; empty: not from there.",
    ).tag(config=True)
    namespace = Unicode(
        help="Where ConfigMaps and ImageStreams are. Default: the variable POD_NAMESPACE, or else the pod's own."
    ).tag(config=True)
    strict = Bool(False, help="Whether a profile with an error stops every launch, and is not only left out.").tag(
        config=True
    )
    offer_choices = Bool(True, help="Whether users choose image and size in the form, and by the API.").tag(config=True)
    gpu_resource = Unicode("nvidia.com/gpu", help="The Kubernetes resource that `gpu` asks for.").tag(config=True)
    gpu_mode = Enum(
        [None, "selinux", "privileged"],
        None,
        allow_none=True,
        help="The security context of servers with a GPU: 'selinux' (type nvidia_container_t), 'privileged', or None.",
    ).tag(config=True)
    default_mount_path = Unicode(
        "/home/jovyan", help="Where volumes are that have no absolute mountPath of their own."
    ).tag(config=True)
    cache_seconds = Float(10.0, help="Seconds for which what was read counts, before it is read again.").tag(
        config=True
    )
    timeout = Float(5.0, help="Seconds after which a launch no longer waits: for what is read, and for services.").tag(
        config=True
    )

    def __init__(self, metrics: ProfileMetrics | None = None, **kwargs: Any) -> None:
        """Read nothing yet. Without ``metrics``, failures are only logged."""
        super().__init__(**kwargs)
        # The client belongs to the event loop, and KubeSpawner configures it with the first spawner.
        cluster = Cluster(self.namespace, self.timeout, lambda: shared_client("CoreV1Api").api_client)
        failed = (metrics or ProfileMetrics(CollectorRegistry(), "jupyterhub")).failed
        source = (
            File(Path(self.file))
            if self.file
            else ConfigMaps(cluster, self.config_map, self.config_map_label, self.config_map_key)
        )

        async def image_streams() -> list[dict[str, Any]]:
            return await cluster.image_streams(self.image_stream_label) if self.image_stream_label else []

        self._loader = Loader(source, self.config_map_key, image_streams, failed, self.cache_seconds, self.timeout)
        self._services = Services(cluster, failed, self.timeout)

    @default("namespace")
    def _namespace_of_the_pod(self) -> str:
        found = os.environ.get("POD_NAMESPACE", "")
        if not found and _NAMESPACE_FILE.exists():
            found = _NAMESPACE_FILE.read_text(encoding="utf-8").strip()
        return found or "default"

    @validate("timeout", "cache_seconds")
    def _is_positive(self, proposal: Mapping[str, Any]) -> float:
        seconds = float(proposal["value"])
        if not 0 <= seconds <= 3600 or (proposal["trait"].name == "timeout" and not 0 < seconds <= 60):
            raise TraitError(
                f"SingleuserProfiles.{proposal['trait'].name} is {seconds:g}; allowed is more than 0 and up to 60 s "
                "for timeout, 0 to 3600 s for cache_seconds"
            )
        return seconds

    async def load_profiles(self) -> Configuration:
        """Return the profiles, sizes and images as they are now; what could not be read is among its problems."""
        return await self._loader.current()

    async def apply_pod_profile(self, spawner: Any, pod: Any, image: str = "", size: str = "") -> Any:
        """Write into KubeSpawner's ``pod`` what this user's server gets, and return it.

        ``image`` and ``size`` are names of those that the user may choose. Without them it is what the user chose in
        the form or by the API, where `offer_choices` is set.

        Raises:
            HTTPError: (on JupyterHub 6 its SpawnException) with what the user is to read, for a choice that this user
                does not have, and where `strict` is set and a profile has an error.
        """
        configuration = await self.load_profiles()
        self._check(spawner, configuration)
        options = {"image": image, "size": size} if image or size else self._options(spawner, configuration)
        chosen = self._choice(spawner, configuration, options)
        server = pod.spec.containers[0]
        if chosen.image and chosen.image.reference != server.image:
            server.image = chosen.image.reference
            pods.set_env(pod, dict.fromkeys(_IMAGE_TOLD, server.image))
        shown = chosen.image or _image_of(configuration, server.image)
        got = given(configuration, _who(spawner), shown, chosen.size)
        pods.write(pod, got, spawner.user.name, self.gpu_resource, self.gpu_mode, self.default_mount_path)
        pods.label(pod, got, shown.name)
        if got.settings.services:
            pods.set_env(pod, await self._services.start(got.settings.services, _owner(spawner)))
        return pod

    async def hand_over(self, spawner: Any, pod: Mapping[str, Any]) -> None:
        """Make the pod, which is there now, the owner of the services of its server."""
        await self._services.hand_over(_owner(spawner), pod["metadata"]["name"], pod["metadata"]["uid"])

    async def clean_up(self, spawner: Any) -> None:
        """Remove the services of a server that has stopped."""
        await self._services.stop(_owner(spawner))

    async def profile_list(self, spawner: Any, others: Sequence[Mapping[str, Any]] = ()) -> list[Mapping[str, Any]]:
        """Return KubeSpawner's profile list for this user: image and size, and then ``others``.

        Raises:
            HTTPError: (on JupyterHub 6 its SpawnException), for a server that starts with a choice that this user does
                not have.
        """
        configuration = await self.load_profiles()
        if not self.offer_choices or not _is_offering(configuration):
            return list(others)
        who = _who(spawner)
        offered = offer(configuration, who)
        if spawner.pending != "spawn":
            # The form: what was chosen last is selected, if it is still there.
            try:
                chosen = choice(offered, spawner.user_options)
            except NotOfferedError:
                chosen = choice(offered, {})
            return [entry(offered, chosen), *others]
        self._check(spawner, configuration)
        options = self._options(spawner, configuration)
        if options is None and spawner.user_options.get("profile") not in _slugs(spawner, others):
            # KubeSpawner's own error would count towards the hub's consecutive_failure_limit.
            raise _refusal(spawner, f"There is no profile {spawner.user_options['profile']!r}.", 400)
        chosen = self._choice(spawner, configuration, options)
        image = chosen.image or _image_of(configuration, spawner.image)
        return [entry(offered, chosen, given(configuration, who, image, chosen.size), self.gpu_resource), *others]

    async def options_form(self, spawner: Any, others: Sequence[Mapping[str, Any]] = ()) -> str:
        """Return KubeSpawner's form; empty, so that servers start without one, where there is nothing to choose."""
        listed = await self.profile_list(spawner, others)
        if not listed or (len(listed) == 1 and not others and not listed[0]["profile_options"]):
            return ""
        # KubeSpawner writes the options into the form, which JupyterHub then renders as a template: a brace in what a
        # user once sent to the API would be run in the hub.
        twin = copy.copy(spawner)
        twin.user_options = {
            key: value
            for key, value in spawner.user_options.items()
            if isinstance(value, str) and "{" not in f"{key}{value}"
        }
        form: str = twin._render_options_form(listed)  # noqa: SLF001 # KubeSpawner calls it for a profile_list
        return form

    def _options(self, spawner: Any, configuration: Configuration) -> Mapping[str, Any] | None:
        """Return the user's options where they are about our choices, None where about another profile or none."""
        if not self.offer_choices or not _is_offering(configuration):
            return None
        options: Mapping[str, Any] = spawner.user_options
        return options if options.get("profile") in _OUR_SLUGS else None

    def _choice(self, spawner: Any, configuration: Configuration, options: Mapping[str, Any] | None) -> Choice:
        if options is None:
            return Choice()
        try:
            return choice(offer(configuration, _who(spawner)), options)
        except NotOfferedError as error:
            raise _refusal(spawner, str(error), 403) from error

    def _check(self, spawner: Any, configuration: Configuration) -> None:
        if self.strict and configuration.problems:
            raise _refusal(spawner, _BROKEN, 503, "; ".join(map(str, configuration.problems)))


def _is_offering(configuration: Configuration) -> bool:
    return bool(configuration.images or configuration.sizes)


def _slugs(spawner: Any, others: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return what KubeSpawner calls a site's own profiles."""
    return [one["slug"] for one in spawner._get_initialized_profile_list(list(others))]  # noqa: SLF001 # its own slugs


def _who(spawner: Any) -> Who:
    return Who(spawner.user.name, frozenset(group.name for group in spawner.user.groups))


def _owner(spawner: Any) -> Owner:
    return Owner(spawner.user.name, spawner.name, spawner.namespace)


def _image_of(configuration: Configuration, reference: str) -> Image:
    """Return the image that Kubernetes pulls so, by its own name where it has one."""
    return next((one for one in configuration.images if one.reference == reference), Image(name=reference))


def _refusal(spawner: Any, text: str, status: int, reason: str = "") -> HTTPError:
    log_message = f"Profiles: no server for {spawner.user.name}: {reason or text}"
    spawner.log.warning("%s", log_message)
    return refuse(spawner, text, f"<p>{html.escape(text)}</p>", "profile", status, log_message)
