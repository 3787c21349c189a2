"""The choices that jupyterhub-singleuser-profiles stored, as choices of a server that has none."""

import asyncio
import copy
from collections.abc import Mapping
from typing import Any

import escapism  # type: ignore[import-untyped] # ships no types
import kmock
import pytest
from prometheus_client import CollectorRegistry
from traitlets.config import Config

from hubmeter_hub import setup_profiles
from hubmeter_hub.profiles.own import LONGEST, TYPED, Allowed, own
from hubmeter_hub.profiles.stored import names, options
from tests.unit.hub.profiles.api import Api, kubernetes, objects, put_config_map, request_of, spawner
from tests.unit.hub.profiles.test_setup import KEY, Hub

ALL = Allowed(environment=True, gpus=4)
PREFIX = "jupyterhub-singleuser-profile-"
PROFILES = """
profiles: [{name: all, resources: {limits: {memory: 1Gi}}}]
sizes: [{name: Small, resources: {limits: {memory: 2Gi}}}, {name: Zwölf, gpu: 2}]
images: [{name: "base:1", image: "quay.io/x/base:1", default: true}, {name: "spark:3.6", image: "quay.io/x/spark:3.6"}]
"""
# As releases since 0.2 write it.
STORED = "gpu: '0'\nlast_selected_image: spark:3.6\nlast_selected_size: Small\n"
# Written out, it has 2^40 elements.
BOMB = (
    "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40)) + "env: [{name: *a39}]"
)


@pytest.mark.parametrize("user", ["ann", "ana.lopez", "ana-lopez", "Ana", "ana@uni.edu", "josé", "ann-envs", "a-2eb"])
def test_names_are_those_of_the_replaced_library(user: str) -> None:
    safe = set("abcdefghijklmnopqrstuvwxyz0123456789")
    escaped = escapism.escape(user, safe=safe, escape_char="-").lower()
    assert names(user) == (f"{PREFIX}{escaped}", f"{PREFIX}{escaped}-envs")


def test_no_user_has_the_name_of_another_one_s_config_map() -> None:
    users = [
        "a.b",
        "a-b",
        "a_b",
        "A.b",
        "a-2eb",
        "a--2eb",
        "a",
        "a-envs",
        "a-2denvs",
        "a.envs",
        "ä",
        "a\u0308",
        "-c3-a4",
    ]
    every = [name for user in users for name in names(user)]
    assert len(set(every)) == len(every)


@pytest.mark.parametrize(
    ("choice", "variables", "allowed", "expected", "said"),
    [
        pytest.param(STORED, {}, ALL, {"image": "spark:3.6", "size": "Small"}, "", id="as written since 0.2"),
        pytest.param("gpu: '0'\nlast_selected_image: ''\nlast_selected_size: ''", {}, ALL, {}, "", id="never chosen"),
        pytest.param(None, {}, ALL, {}, "", id="no choice"),
        pytest.param("", {}, ALL, {}, "", id="an empty choice"),
        pytest.param("gpu: '2'", {}, ALL, {"gpu": "2"}, "", id="GPUs"),
        pytest.param("gpu: 2", {}, ALL, {"gpu": "2"}, "", id="GPUs as a number"),
        pytest.param("gpu: 0", {}, ALL, {}, "", id="no GPU leaves those of the size"),
        pytest.param("gpu: '2'", {}, Allowed(environment=True), {}, "", id="GPUs where users may not choose any"),
        pytest.param("last_selected_size: 4", {}, ALL, {"size": "4"}, "", id="a number as a name"),
        pytest.param("env: {A: b c, D: ''}", {}, ALL, {TYPED: "A='b c'"}, "", id="variables of 0.1"),
        pytest.param("env: [{name: A, value: 1}]", {}, ALL, {TYPED: "A=1"}, "", id="variables in a list"),
        pytest.param("env: {A: old, B: b}", {"A": "new"}, ALL, {TYPED: "A=new B=b"}, "", id="of both, the later wins"),
        pytest.param(
            None, {"A": "it's", "B": "x=1;$(C)"}, ALL, {TYPED: "A='it'\"'\"'s' B='x=1;$(C)'"}, "", id="quotes"
        ),
        pytest.param("env: {A: b}", {"C": "d"}, Allowed(gpus=1), {}, "", id="variables where users may not set any"),
        pytest.param("users: ['*']\nvolumes: [x]\nsize: Big", {}, ALL, {}, "", id="other keys"),
        pytest.param("a: [", {}, ALL, {}, "The key profile is not YAML.", id="no YAML"),
        pytest.param("[" * 9_000, {}, ALL, {}, "The key profile is not YAML.", id="deep"),
        pytest.param("!!python/object:os.system {}", {}, ALL, {}, "The key profile is not YAML.", id="a tag"),
        pytest.param('{"gpu": "1"}', {}, ALL, {"gpu": "1"}, "", id="JSON"),
        pytest.param("- a", {}, ALL, {}, "The key profile is no mapping.", id="a list"),
        pytest.param("a: " + "x" * LONGEST, {}, ALL, {}, "has 16,387 characters, more than 16,384.", id="huge"),
        pytest.param(
            "last_selected_size: {a: b}\nlast_selected_image: base:1",
            {},
            ALL,
            {"image": "base:1"},
            "The value of last_selected_size is no text.",
            id="a mapping as a size",
        ),
        pytest.param("gpu: 0x" + "f" * 9000, {}, ALL, {}, "The value of gpu is no text.", id="a number without end"),
        pytest.param("env: text", {}, ALL, {}, "A part of env is no name with a value.", id="a text as variables"),
        pytest.param(
            "env: [a, {name: B, value: c}]", {}, ALL, {TYPED: "B=c"}, "A part of env is no", id="a text in it"
        ),
        pytest.param("env: {A: [b], 1: c}", {}, ALL, {}, "A part of env is no name with a value.", id="no texts"),
        pytest.param(BOMB, {}, ALL, {}, "A part of env is no name with a value.", id="references to references"),
        pytest.param(
            None,
            {"A": "b\nc", "D": '{"e": 1}', "F": "g"},
            ALL,
            {TYPED: "F=g"},
            "2 environment variables have a line break or a brace, which the form cannot show; the first is 'A'.",
            id="the form cannot show it",
        ),
        pytest.param(
            None, {"A": "x" * LONGEST}, ALL, {}, "The environment variables have more than 16,384", id="many variables"
        ),
    ],
)
def test_a_stored_choice_is_options(
    choice: str | None, variables: Mapping[str, str], allowed: Allowed, expected: dict[str, str], said: str
) -> None:
    got, problems = options({} if choice is None else {"profile": choice}, variables, allowed)
    assert got == expected
    assert said in " ".join(problems)
    assert bool(said) == bool(problems)


def test_variables_have_their_values_in_the_server() -> None:
    values = {"A": "it's", "B": "two  words", "C": 'x=1 $HOME \\ "q"', "D": "é"}
    got, _ = options({}, values, ALL)
    assert {variable.name: variable.value for variable in own(ALL, got).env or ()} == {
        name: value.replace("$", "$$") for name, value in values.items()
    }


def server(pod: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the pod has of a choice."""
    container = pod["spec"]["containers"][0]
    return {
        "image": container["image"].removeprefix("quay.io/x/"),
        "size": pod["metadata"]["annotations"].get("hubmeter/size", pod["metadata"]["labels"]["hubmeter/size"]),
        "gpu": container["resources"]["limits"].get("nvidia.com/gpu", "0"),
        "A": next((variable["value"] for variable in container["env"] if variable["name"] == "A"), None),
    }


DEFAULTS = {"image": "base:1", "size": "Default", "gpu": "0", "A": None}
HUB_S = "quay.io/jupyterhub/singleuser:latest"
ANN_S = {"image": "spark:3.6", "size": "Small", "gpu": "0", "A": "b c"}


@pytest.mark.parametrize(
    ("changes", "saved", "body", "expected", "line"),
    [
        pytest.param({}, {}, None, ANN_S, "", id="no saved choice"),
        pytest.param({"stored_choices": False}, {}, None, DEFAULTS, "", id="off"),
        pytest.param({}, {"size": "Default"}, None, DEFAULTS, "", id="a saved choice"),
        pytest.param({}, {"image": "base:1"}, {"image": "base:1"}, DEFAULTS, "", id="a choice that is sent"),
        pytest.param({}, {}, {"user_options": {}}, DEFAULTS, "", id="no options that are sent"),
        pytest.param({"own_environment": False}, {}, None, ANN_S | {"A": None}, "", id="no own variables"),
        pytest.param({"offer_choices": False}, {}, None, DEFAULTS | {"image": HUB_S}, "", id="no choices"),
        pytest.param(
            {"choice": "last_selected_image: gone:1\nlast_selected_size: Zwölf"},
            {},
            None,
            {"image": "base:1", "size": "Zwölf", "gpu": "2", "A": "b c"},
            "the saved choice of ann no longer fits, so the default applies: There is no image 'gone:1' for you.",
            id="an image that is gone",
        ),
        pytest.param(
            {"choice": "gpu: '99'"},
            {},
            None,
            DEFAULTS | {"A": "b c"},
            "The number of GPUs must be from 0 to 4; it is '99'.",
            id="too many GPUs",
        ),
        pytest.param(
            {"variables": {"JUPYTERHUB_API_TOKEN": "x"}},
            {},
            None,
            ANN_S | {"A": None},
            "'JUPYTERHUB_API_TOKEN' is reserved for the hub.",
            id="a variable of the hub",
        ),
        pytest.param(
            {"choice": "a: ["},
            {},
            None,
            DEFAULTS | {"A": "b c"},
            f"Profiles: ConfigMap {PREFIX}ann: ignored: The key profile is not YAML.",
            id="no YAML",
        ),
        pytest.param({"status": 500}, {}, None, DEFAULTS, "the stored choice of ann cannot be read: GET ", id="broken"),
    ],
)
def test_a_server_without_a_choice_has_the_stored_one(
    changes: dict[str, Any],
    saved: dict[str, str],
    body: dict[str, str] | None,
    expected: dict[str, Any],
    line: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    registry = CollectorRegistry()
    before, after, read, got = asyncio.run(launched(registry, changes, saved, body))
    assert got == expected
    assert after == before, "nothing is written"
    assert read <= {"jupyter-singleuser-profiles", *names("ann")}
    lines = [record.getMessage() for record in caplog.records if record.getMessage().startswith("Profiles: ")]
    assert any(line in text for text in lines) if line else not lines
    failures = registry.get_sample_value("jupyterhub_profile_failures_total", {"reason": "source"})
    assert failures == (1 if "status" in changes else 0)


async def launched(
    registry: CollectorRegistry, changes: Mapping[str, Any], saved: Mapping[str, str], body: Mapping[str, str] | None
) -> tuple[Any, Any, set[str], dict[str, Any]]:
    """Start a server; return the ConfigMaps before and after, the names of those read, and the server."""
    async with kubernetes() as (api, url):
        cluster(api, changes)
        before = copy.deepcopy(objects(api, "v1/configmaps"))
        hub = Hub(spawner(url, options=saved, config=configured(registry, changes)))
        hub.spawner.handler = request_of(body)
        got = server(await hub.launch())
        read = {str(request.name) for request in api[kmock.action.FETCH, kmock.resource("v1/configmaps")]}
        return before, objects(api, "v1/configmaps"), read, got


def cluster(api: Api, changes: Mapping[str, Any]) -> None:
    """Have profiles, and the stored choices of ann and ben; with ``status``, those of ann cannot be read."""
    put_config_map(api, "jupyter-singleuser-profiles", {KEY: PROFILES})
    ann_s = changes.get("choice", STORED), changes.get("variables", {"A": "b c"})
    for user, (choice, variables) in {"ann": ann_s, "ben": ("gpu: '1'", {"A": "ben's"})}.items():
        put_config_map(api, names(user)[0], {"profile": choice})
        put_config_map(api, names(user)[1], variables)
    if "status" in changes:
        for name in names("ann"):
            api[kmock.action.FETCH, kmock.name(name)] << changes["status"]


def configured(registry: CollectorRegistry, changes: Mapping[str, Any]) -> Config:
    """Return a hub's configuration with the options in ``changes``."""
    c = Config()
    section = {"namespace": "prod", "stored_choices": True, "own_environment": True, "most_own_gpus": 4}
    c.SingleuserProfiles.update(section | {name: value for name, value in changes.items() if name in section})
    c.SingleuserProfiles.offer_choices = changes.get("offer_choices", True)
    setup_profiles(c, registry)
    return c


def test_the_form_selects_the_stored_choice() -> None:
    async def form() -> None:
        async with kubernetes() as (api, url):
            cluster(api, {"choice": f"{STORED}gpu: '3'"})
            hub = Hub(spawner(url, config=configured(CollectorRegistry(), {})))
            shown = await hub.form()
            assert "A=\\u0027b c\\u0027" in shown, "KubeSpawner's script writes it into the field"
            assert '"profile": "hubmeter"' in shown, "without it, the script selects nothing"
            selected = {name: keys[0] for name, keys in (await hub.choices()).items()}
            assert selected == {"image": "spark:3.6", "size": "Small", "gpu": "3", "env": "None"}

    asyncio.run(form())
