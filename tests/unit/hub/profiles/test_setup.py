"""Profiles in KubeSpawner's hooks and form: the offer, refusals, and the site's own hooks."""

import asyncio
import html
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from jinja2 import Environment
from prometheus_client import CollectorRegistry
from tornado.web import HTTPError
from traitlets import TraitError
from traitlets.config import Config

from hubmeter_hub import setup_profiles
from hubmeter_hub.profiles.offer import Offer, choice
from hubmeter_hub.quotas.requested import requested
from tests.unit.hub.profiles.api import kubernetes, put_config_map, request_of, spawner

KEY = "jupyterhub-singleuser-profiles.yaml"
PROFILES = """
profiles:
  - {name: all, resources: {limits: {memory: 1Gi, cpu: 1}}}
  - {name: For genomes, images: ["genome:1"], resources: {limits: {memory: 3Gi}}}
sizes:
  - {name: Small, resources: {requests: {memory: 1Gi}, limits: {memory: 2Gi}}}
  - {name: Large, groups: [staff], resources: {requests: {memory: 4Gi, cpu: 4}, limits: {memory: 8Gi, cpu: 8}}}
images:
  - {name: "base:1", image: "quay.io/x/base:1", display_name: Base}
  - {name: "genome:1", image: "quay.io/x/genome:1", groups: [genomics, staff], default: true}
"""
SITE_S = {"display_name": "The site's own", "slug": "own", "kubespawner_override": {"mem_limit": "7G"}}
GIB = 2**30


class Hub:
    """A configured KubeSpawner of one user, from whose hooks everything is called as KubeSpawner does."""

    def __init__(self, made: Any) -> None:
        """Keep the spawner."""
        self.spawner = made

    async def launch(self) -> dict[str, Any]:
        """Return the pod of a server that starts."""
        await self.spawner.load_user_options()
        pod = await self.spawner.get_pod_manifest()
        pod = await self.spawner.modify_pod_hook(self.spawner, pod)
        plain: dict[str, Any] = self.spawner.api.api_client.sanitize_for_serialization(pod)
        return plain

    async def form(self) -> str:
        """Return the form as JupyterHub renders it."""
        self.spawner._spawn_pending = False  # noqa: SLF001 # what it is while the form is looked at
        form = await self.spawner.get_options_form()
        template = Environment(enable_async=True, autoescape=False).from_string(form)  # noqa: S701 # as JupyterHub does
        return await template.render_async()

    async def choices(self) -> dict[str, list[str]]:
        """Return what can be chosen, the selected one first."""
        (entry, *_) = await self.spawner.profile_list(self.spawner)
        return {
            name: sorted(option["choices"], key=lambda key: not option["choices"][key]["default"])
            for name, option in entry["profile_options"].items()
        }


def on_a_hub(
    test: Any,
    user: str = "ann",
    groups: Sequence[str] = (),
    options: Mapping[str, Any] | None = None,
    profiles: str = PROFILES,
    c: Config | None = None,
) -> None:
    """Run a test with the spawner of a hub that has set up profiles."""

    async def run() -> None:
        async with kubernetes() as (api, url):
            put_config_map(api, "jupyter-singleuser-profiles", {KEY: profiles})
            config = c or Config()
            config.SingleuserProfiles.namespace = "prod"
            setup_profiles(config, CollectorRegistry())
            await test(Hub(spawner(url, user, groups, options, config=config)))

    asyncio.run(run())


@pytest.mark.parametrize(
    ("groups", "choices"),
    [
        ([], {"size": ["Default", "Small"]}),
        (["genomics"], {"image": ["genome:1", "base:1"], "size": ["Default", "Small"]}),
        (["a", "b", "staff"], {"image": ["genome:1", "base:1"], "size": ["Default", "Small", "Large"]}),
        (["Staff"], {"size": ["Default", "Small"]}),
    ],
)
def test_users_are_offered_what_their_groups_may_have(groups: list[str], choices: dict[str, list[str]]) -> None:
    async def test(hub: Hub) -> None:
        assert await hub.choices() == choices
        form = await hub.form()
        assert ("Large (4 to 8 CPU, 4Gi to 8Gi memory)" in form) == ("staff" in groups)
        assert "Small (1Gi to 2Gi memory)" in form

    on_a_hub(test, groups=groups)


def test_the_choice_makes_the_pod_and_is_known_to_the_spawner_before() -> None:
    async def test(hub: Hub) -> None:
        assert await requested(hub.spawner, {}) == {"memory": 4 * GIB, "cpu": 4, "gpu": 0}, "what quotas count"
        pod = await hub.launch()
        container = pod["spec"]["containers"][0]
        assert container["image"] == "quay.io/x/base:1"
        assert container["resources"] == {
            "requests": {"memory": "4Gi", "cpu": "4"},
            "limits": {"memory": "8Gi", "cpu": "8"},
        }
        assert pod["metadata"]["labels"]["hubmeter/size"] == "Large"
        assert hub.spawner.image == "quay.io/x/base:1"
        assert hub.spawner.mem_limit == 8 * GIB
        assert {"name": "MEM_GUARANTEE", "value": str(4 * GIB)} in container["env"]

    on_a_hub(test, groups=["staff"], options={"profile": "hubmeter", "image": "base:1", "size": "Large"})


SIZES = """
profiles: [{name: all, resources: {limits: {memory: 2Gi}}}]
sizes: [{name: GPUs, gpu: 2}, {name: None of them, gpu: 0}]
"""


@pytest.mark.parametrize(
    ("profiles", "size", "gpu_resource", "counted"),
    [
        pytest.param(SIZES, "GPUs", "nvidia.com/gpu", {"memory": 2 * GIB, "cpu": 0, "gpu": 2}, id="GPUs of a size"),
        pytest.param(SIZES, "GPUs", "amd.com/gpu", {"memory": 2 * GIB, "cpu": 0, "gpu": 2}, id="of another maker"),
        pytest.param(SIZES, "", "nvidia.com/gpu", {"memory": 2 * GIB, "cpu": 0, "gpu": 0}, id="no size"),
        pytest.param(
            SIZES.replace("sizes", "gpuTypes: []\nsizes").replace("{name: all,", "{name: all, gpu: 3,"),
            "",
            "nvidia.com/gpu",
            {"memory": 2 * GIB, "cpu": 0, "gpu": 3},
            id="GPUs of a profile",
        ),
        pytest.param(
            "profiles: [{name: all, gpu: 3, resources: {requests: {memory: 3Gi, cpu: 1}}}]",
            "",
            "nvidia.com/gpu",
            {"memory": 4 * GIB, "cpu": 0, "gpu": 0},
            id="nothing of a profile where there is nothing to choose",
        ),
    ],
)
def test_quotas_count_what_the_choice_requests_with_its_limit_and_gpus(
    profiles: str, size: str, gpu_resource: str, counted: dict[str, float]
) -> None:
    c = Config()
    c.KubeSpawner.mem_guarantee = "4G"
    c.SingleuserProfiles.gpu_resource = gpu_resource

    async def test(hub: Hub) -> None:
        assert await requested(hub.spawner, {gpu_resource: "1"}) == counted
        resources = (await hub.launch())["spec"]["containers"][0]["resources"]
        assert float(resources["requests"].get(gpu_resource, 0)) == (
            counted["gpu"] or (3 if "gpu: 3" in profiles else 0)
        )

    on_a_hub(test, options={"size": size} if size else {}, profiles=profiles, c=c)


def test_without_a_choice_the_profiles_of_the_default_image_give_the_size() -> None:
    async def test(hub: Hub) -> None:
        pod = await hub.launch()
        container = pod["spec"]["containers"][0]
        assert container["image"] == "quay.io/x/genome:1"
        assert container["resources"]["limits"] == {"memory": "3Gi", "cpu": "1"}
        assert pod["metadata"]["labels"]["hubmeter/profile"].startswith("For-genomes-")

    on_a_hub(test, groups=["genomics"])


NOT_OFFERED: list[tuple[dict[str, Any], str]] = [
    ({"profile": "hubmeter", "size": "Large"}, "There is no size 'Large' for you. You can choose from: Small."),
    ({"size": "Large"}, "There is no size 'Large' for you."),
    ({"size": "Huge"}, "There is no size 'Huge' for you."),
    ({"size": "H" * 100_000}, "There is no size 'HHHHHHHH"),
    ({"size": ["Small"]}, "There is no size ['Small'] for you."),
    ({"image": "genome:1"}, "There is no image 'genome:1' for you. You can choose from: base:1."),
    ({"image": "quay.io/x/base:1"}, "There is no image 'quay.io/x/base:1' for you."),
    ({"image--unlisted-choice": "evil:1"}, "The image must be from the list; 'evil:1' is not in it."),
    ({"profile": "hubmeter", "size--unlisted-choice": "9"}, "The size must be from the list; '9' is not in it."),
    ({"profile": "<b>none</b>"}, "There is no profile '<b>none</b>'."),
    ({"profile": ["hubmeter"]}, "There is no profile ['hubmeter']."),
]


@pytest.mark.parametrize(("options", "said"), NOT_OFFERED)
def test_a_choice_that_is_sent_and_not_offered_is_refused(options: dict[str, Any], said: str) -> None:
    async def test(hub: Hub) -> None:
        hub.spawner.handler = request_of(options)
        with pytest.raises(HTTPError) as error:
            await hub.launch()
        assert error.value.status_code in {400, 403}
        shown = vars(error.value)
        assert shown["jupyterhub_message"].startswith(said)
        assert html.escape(said) in shown["jupyterhub_html_message"]
        assert len(shown["jupyterhub_message"]) < 300

    on_a_hub(test, options=options)


@pytest.mark.parametrize(("options", "said"), NOT_OFFERED)
@pytest.mark.parametrize("request_body", [None, "no request"])
def test_a_saved_choice_that_is_not_offered_gives_way_to_the_default(
    options: dict[str, Any], said: str, request_body: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async def test(hub: Hub) -> None:
        hub.spawner.handler = request_of(None) if request_body is None else None
        pod = await hub.launch()
        assert pod["metadata"]["labels"]["hubmeter/size"] == "Default"
        assert pod["spec"]["containers"][0]["image"] == "quay.io/x/base:1"

    on_a_hub(test, options=options)
    (line,) = [record.getMessage() for record in caplog.records if "no longer fits" in record.getMessage()]
    assert line.startswith("Profiles: the saved choice of ann no longer fits, so the default applies: ")
    assert said in line
    assert len(line) < 400


def test_a_saved_image_stays_where_only_the_size_is_gone() -> None:
    async def test(hub: Hub) -> None:
        pod = await hub.launch()
        assert pod["metadata"]["labels"]["hubmeter/size"] == "Default"
        assert pod["spec"]["containers"][0]["image"] == "quay.io/x/base:1"

    on_a_hub(test, groups=["staff"], options={"image": "base:1", "size": "Huge"})


@pytest.mark.parametrize("offer_choices", [True, False])
@pytest.mark.parametrize("profiles", ["profiles: []", "images: [{name: only}]"])
@pytest.mark.parametrize("options", [{"profile": "pangeo"}, {"profile": "own", "disk": "huge"}, {"disk": "huge"}])
def test_saved_choices_of_the_site_s_profiles_that_are_gone_give_way_too(
    options: dict[str, Any], profiles: str, offer_choices: bool
) -> None:
    """KubeSpawner itself raises ValueError or KeyError, and five of these end a hub."""
    c = Config()
    c.SingleuserProfiles.offer_choices = offer_choices
    disks = {"small": {"kubespawner_override": {"mem_limit": "3G"}}}
    c.KubeSpawner.profile_list = [{**SITE_S, "default": True, "profile_options": {"disk": {"choices": disks}}}]

    async def test(hub: Hub) -> None:
        assert (await hub.launch())["spec"]["containers"]
        hub.spawner.user_options = options
        hub.spawner.handler = request_of(options)
        if offer_choices and "images" in profiles and "profile" not in options:
            return  # an option of no profile, which ours ignores
        with pytest.raises(HTTPError) as error:
            await hub.launch()
        assert error.value.status_code == 400

    on_a_hub(test, options=options, profiles=profiles, c=c)


def test_a_size_with_limits_only_is_what_quotas_count() -> None:
    """Zero to JupyterHub guarantees 1G, which would be a quarter of the size."""
    c = Config()
    c.KubeSpawner.mem_guarantee = "1G"

    async def test(hub: Hub) -> None:
        assert (await requested(hub.spawner, {}))["memory"] == 4 * GIB
        container = (await hub.launch())["spec"]["containers"][0]
        assert container["resources"] == {"requests": {"memory": "4Gi"}, "limits": {"memory": "4Gi"}}

    on_a_hub(test, profiles="sizes: [{name: M, resources: {limits: {memory: 4Gi}}}]", options={"size": "M"}, c=c)


@pytest.mark.parametrize("options", [{"image": "other:2"}, {"image": "spark:3.6", "size": "S"}, {"size": None}])
def test_a_profile_that_names_an_image_refuses_no_other(options: dict[str, Any]) -> None:
    async def test(hub: Hub) -> None:
        hub.spawner.handler = request_of(options)
        container = (await hub.launch())["spec"]["containers"][0]
        assert container["image"] == "quay.io/jupyterhub/singleuser:latest", "the hub's own: no images are offered"
        assert {"name": "EVERY", "value": "image"} in container["env"]

    profiles = """
    profiles: [{name: a, images: ["spark:3.6"], env: {A: "1"}}, {name: b, images: ["*"], env: {EVERY: image}}]
    sizes: [{name: S}]
    """
    on_a_hub(test, profiles=profiles, options=options)


def test_the_last_choice_is_selected_again_as_long_as_it_is_there() -> None:
    async def test(hub: Hub) -> None:
        hub.spawner._spawn_pending = False  # noqa: SLF001 # what it is while the form is looked at
        assert (await hub.choices())["size"][0] == "Small"
        hub.spawner.user_options = {"profile": "hubmeter", "size": "Large"}
        assert (await hub.choices())["size"][0] == "Default"

    on_a_hub(test, options={"profile": "hubmeter", "size": "Small"})


def test_names_are_only_text_in_the_form() -> None:
    profiles = """
    sizes:
      - {name: "<script>alert(1)</script>"}
      - {name: '"{{ 7*7 }}"', description: "{% raw %}"}
    images: [{name: "a:1", display_name: "<b>{{ 7*7 }}"}, {name: "b:1"}]
    """

    async def test(hub: Hub) -> None:
        form = await hub.form()
        assert "<script>alert(1)" not in form
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in form
        assert "49" not in form.split("<script>")[0]
        assert "&lt;b&gt;&#123;&#123; 7*7" in form
        keys = (await hub.choices())["size"]
        hub.spawner.user_options = {"size": keys[1]}
        hub.spawner._spawn_pending = True  # noqa: SLF001 # the server starts
        pod = await hub.launch()
        assert pod["metadata"]["annotations"]["hubmeter/size"] in {"<script>alert(1)</script>", '"{{ 7*7 }}"'}

    on_a_hub(test, profiles=profiles)


@pytest.mark.parametrize(
    "options",
    [
        {"size": "{{ 7*191 }}"},
        {"profile": "hubmeter", "{{ 7*191 }}": "x"},
        {"profile": "{{ 7*191 }}"},
        {"image": ["{{ 7*191 }}"]},
        {"other": {"a": "{{ 7*191 }}"}},
    ],
)
def test_options_of_a_user_are_not_run_as_a_template_in_the_form(options: dict[str, Any]) -> None:
    async def test(hub: Hub) -> None:
        assert "1337" not in await hub.form()
        assert hub.spawner.user_options == options

    on_a_hub(test, options=options)


@pytest.mark.parametrize(
    "profiles", ["profiles: [{name: a}]", "sizes: [{name: S, groups: [staff]}]", "images: [{name: only}]"]
)
def test_there_is_no_form_where_there_is_nothing_to_choose(profiles: str) -> None:
    async def test(hub: Hub) -> None:
        assert await hub.form() == ""
        hub.spawner._spawn_pending = True  # noqa: SLF001 # the server starts
        pod = await hub.launch()
        image = "only" if "only" in profiles else "quay.io/jupyterhub/singleuser:latest"
        assert pod["spec"]["containers"][0]["image"] == image

    on_a_hub(test, profiles=profiles)


def callable_list(_: Any) -> list[Any]:
    return [SITE_S]


async def async_list(_: Any) -> list[Any]:
    return [SITE_S]


@pytest.mark.parametrize("own", [[SITE_S], {"own": SITE_S}, callable_list, async_list, "appended"])
def test_the_site_s_own_profiles_stay_beside_ours(own: Any) -> None:
    c = Config()
    if own == "appended":
        c.KubeSpawner.profile_list.append(SITE_S)
    else:
        c.KubeSpawner.profile_list = own

    async def test(hub: Hub) -> None:
        assert [profile["slug"] for profile in await hub.spawner.profile_list(hub.spawner)] == ["hubmeter", "own"]
        pod = await hub.launch()
        container = pod["spec"]["containers"][0]
        assert hub.spawner.mem_limit == 7 * GIB
        assert container["resources"]["limits"]["cpu"] == "1", "profiles hold for it too"
        assert container["image"] == "quay.io/jupyterhub/singleuser:latest"
        assert "The site&#39;s own" in html.escape(await hub.form()).replace("&#x27;", "&#39;")

    on_a_hub(test, options={"profile": "own"}, c=c)


def test_a_profile_that_the_site_does_not_have_is_refused_and_not_a_crash() -> None:
    c = Config()
    c.KubeSpawner.profile_list = [{"display_name": "Without a slug"}]

    async def test(hub: Hub) -> None:
        hub.spawner.handler = request_of(hub.spawner.user_options)
        with pytest.raises(HTTPError) as error:
            await hub.launch()
        assert vars(error.value)["jupyterhub_message"] == "There is no profile 'nothing'."
        hub.spawner.user_options = {"profile": "without-a-slug"}
        assert (await hub.launch())["metadata"]["labels"]["hubmeter/size"] == "Default"

    on_a_hub(test, options={"profile": "nothing"}, c=c)


def test_without_offer_choices_the_form_is_the_site_s_and_profiles_still_count() -> None:
    c = Config()
    c.SingleuserProfiles.offer_choices = False

    async def test(hub: Hub) -> None:
        assert not hub.spawner.profile_list
        container = (await hub.launch())["spec"]["containers"][0]
        assert container["resources"]["limits"] == {"memory": "1Gi", "cpu": "1"}, "a size is not listened to"

    on_a_hub(test, options={"size": "Small"}, c=c)


def test_a_site_s_own_options_form_stays() -> None:
    c = Config()
    c.KubeSpawner.options_form = "mine"

    async def test(hub: Hub) -> None:
        assert await hub.form() == "mine"

    on_a_hub(test, c=c)


@pytest.mark.parametrize("section", ["KubeSpawner", "Spawner"])
@pytest.mark.parametrize("kind", ["sync", "async"])
def test_the_site_s_own_hooks_run_after_ours(section: str, kind: str) -> None:
    ran: list[str] = []

    def pod_hook(name: str) -> Any:
        def hook(_: Any, pod: Any) -> Any:
            ran.append(name)
            if name == "modify":
                assert pod.metadata.labels["hubmeter/size"] == "Default", "ours has run"
                pod.metadata.labels["mine"] = "yes"
            return pod

        async def async_hook(made: Any, pod: Any) -> Any:
            return hook(made, pod)

        return hook if kind == "sync" else async_hook

    def stop_hook(_: Any) -> None:
        ran.append("stop")

    async def async_stop_hook(made: Any) -> None:
        stop_hook(made)

    c = Config()
    c[section].modify_pod_hook = pod_hook("modify")
    c[section].after_pod_created_hook = pod_hook("created")
    c[section].post_stop_hook = stop_hook if kind == "sync" else async_stop_hook

    async def test(hub: Hub) -> None:
        assert (await hub.launch())["metadata"]["labels"]["mine"] == "yes"
        await hub.spawner.after_pod_created_hook(hub.spawner, {"metadata": {"name": "a", "uid": "u"}})
        await hub.spawner.run_post_stop_hook()
        assert ran == ["modify", "created", "stop"]

    on_a_hub(test, c=c)


def test_an_invalid_option_is_an_error() -> None:
    for name, value in (("timeout", 0), ("timeout", 61), ("cache_seconds", -1), ("gpu_mode", "open")):
        c = Config()
        c.SingleuserProfiles[name] = value
        with pytest.raises(TraitError, match=name):
            setup_profiles(c, CollectorRegistry())


def test_a_size_called_default_is_the_one_without_a_choice() -> None:
    async def test(hub: Hub) -> None:
        container = (await hub.launch())["spec"]["containers"][0]
        assert container["resources"]["limits"] == {"memory": "5Gi"}

    on_a_hub(test, profiles="sizes: [{name: Default, resources: {limits: {memory: 5Gi}}}]")


OWN = """
profiles: [{name: all, env: {MODE: site}, resources: {limits: {memory: 2Gi}}}]
sizes: [{name: GPUs, gpu: 2}]
gpuTypes: [{type: a100, node_tolerations: [{key: gpu, operator: Exists}]}]
"""


def own(environment: bool = True, gpus: int = 4) -> Config:
    c = Config()
    c.SingleuserProfiles.own_environment = environment
    c.SingleuserProfiles.most_own_gpus = gpus
    return c


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"size": "GPUs", "gpu": 1, "env": {"MODE": "mine $HOME", "B_2": ""}}, id="the API"),
        pytest.param(
            {"profile": "hubmeter", "size": "GPUs", "gpu": "1", "env--unlisted-choice": 'MODE="mine $HOME" B_2='},
            id="the form",
        ),
    ],
)
def test_users_variables_and_gpus_replace_those_of_profiles_and_sizes(options: dict[str, Any]) -> None:
    async def test(hub: Hub) -> None:
        assert (await requested(hub.spawner, {"nvidia.com/gpu": "1"}))["gpu"] == 1, "what quotas count"
        pod = await hub.launch()
        container = pod["spec"]["containers"][0]
        assert container["resources"]["limits"] == {"memory": "2Gi", "nvidia.com/gpu": "1"}
        env = {variable["name"]: variable.get("value") for variable in container["env"]}
        assert (env["MODE"], env["B_2"]) == ("mine $$HOME", ""), "in Kubernetes, $$ is one dollar"
        assert {"key": "gpu", "operator": "Exists"} in pod["spec"]["tolerations"]

    on_a_hub(test, profiles=OWN, options=options, c=own())


def test_the_form_has_users_variables_and_gpus_also_without_sizes_and_images() -> None:
    async def test(hub: Hub) -> None:
        assert 'NAME=value OTHER="two words"' in html.unescape(await hub.form())
        assert await hub.choices() == {"gpu": ["Default", "0", "1", "2"], "env": ["None"]}
        hub.spawner._spawn_pending = True  # noqa: SLF001 # the server starts now
        assert "spec" in await hub.launch()

    on_a_hub(test, profiles="profiles: []", c=own(gpus=2))


@pytest.mark.parametrize(
    ("options", "c", "said"),
    [
        ({"gpu": 5}, own(), "The number of GPUs must be from 0 to 4; it is 5."),
        ({"gpu": "-1"}, own(), "The number of GPUs must be from 0 to 4; it is '-1'."),
        ({"gpu": True}, own(), "The number of GPUs must be from 0 to 4; it is True."),
        ({"gpu": 1}, own(gpus=0), "You cannot choose a number of GPUs here."),
        ({"env": {"A": "1"}}, own(environment=False), "You cannot set environment variables here."),
        ({"env": {"JUPYTERHUB_API_TOKEN": "x"}}, own(), "'JUPYTERHUB_API_TOKEN' is reserved for the hub."),
        ({"env": {"A=B": "x"}}, own(), "'A=B' is no name of an environment variable."),
        ({"env": {"A": 1}}, own(), "The value of the environment variable 'A' must be a text."),
        ({"env": ["A=1"]}, own(), "must be names with values; they are ['A=1']."),
        ({"env": {"A": "x" * 20_000}}, own(), "more than 16,384 characters."),
        ({"env--unlisted-choice": "A='1"}, own(), "A quotation mark is not closed"),
        ({"env--unlisted-choice": "A 1"}, own(), "'A' has no =."),
    ],
)
def test_other_variables_and_gpus_are_refused(options: dict[str, Any], c: Config, said: str) -> None:
    async def test(hub: Hub) -> None:
        hub.spawner.handler = request_of(options)
        with pytest.raises(HTTPError) as error:
            await hub.launch()
        assert said in html.unescape(error.value.jupyterhub_message)  # type: ignore[attr-defined] # the hub reads it
        hub.spawner.handler = request_of(None)
        assert "spec" in await hub.launch(), "saved ones give way to the default"

    on_a_hub(test, profiles=OWN, options=options, c=c)


@pytest.mark.parametrize("size", ["None", None, "", "Default"])
def test_the_default_size_has_the_names_of_the_replaced_tool(size: str | None) -> None:
    async def test(hub: Hub) -> None:
        hub.spawner.handler = request_of({"size": size})
        pod = await hub.launch()
        assert pod["metadata"]["labels"]["hubmeter/size"] == "Default"

    on_a_hub(test, groups=["staff"], options={"profile": "hubmeter", "size": size})


def test_nothing_is_chosen_from_an_empty_offer() -> None:
    assert choice(Offer({}, {}), {}).size is None
    assert choice(Offer({}, {}), {"size": "Default"}).image is None
