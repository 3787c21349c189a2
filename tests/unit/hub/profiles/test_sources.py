"""What counts for the next launch: changed files and ConfigMaps do, and an API that is away takes nothing away."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import kmock
import pytest
from prometheus_client import CollectorRegistry
from tornado.web import HTTPError

from hubmeter_hub.profiles import SingleuserProfiles
from hubmeter_hub.profiles.metrics import ProfileMetrics
from hubmeter_hub.profiles.parse import Configuration, Document
from hubmeter_hub.profiles.sources import Loader
from tests.unit.hub.profiles.api import Api, kubernetes, put, put_config_map, spawner
from tests.waiting import PATIENCE

KEY = "jupyterhub-singleuser-profiles.yaml"
NAMED = "jupyter-singleuser-profiles"
LABEL = {"jupyterhub.opendatahub.io/user": "profile"}


def in_a_cluster(test: Callable[[Api], Awaitable[None]], openshift: bool = False) -> None:
    """Run a test with the API, to which a spawner has connected the process."""

    async def run() -> None:
        async with kubernetes(openshift) as (api, url):
            spawner(url)
            await test(api)

    asyncio.run(asyncio.wait_for(run(), PATIENCE))


def profiles(registry: CollectorRegistry | None = None, **traits: Any) -> SingleuserProfiles:
    metrics = ProfileMetrics(registry or CollectorRegistry(), "jupyterhub")
    return SingleuserProfiles(metrics, **{"namespace": "prod", "cache_seconds": 0.0, "timeout": 60.0, **traits})


def names(found: Configuration) -> list[str]:
    return [profile.name for profile in found.profiles]


def failures(registry: CollectorRegistry, reason: str) -> float | None:
    return registry.get_sample_value("jupyterhub_profile_failures_total", {"reason": reason})


def test_config_maps_count_in_order_the_named_one_first_and_once() -> None:
    async def test(api: Api) -> None:
        put_config_map(api, "zebra", {KEY: "profiles: [{name: zebra}]"}, LABEL)
        put_config_map(api, "alpha", {KEY: "profiles: [{name: alpha}]"}, LABEL)
        put_config_map(api, NAMED, {KEY: "profiles: [{name: named}]"}, LABEL)
        put_config_map(api, "others", {KEY: "profiles: [{name: others}]"}, {"jupyterhub.opendatahub.io/user": "no"})
        assert names(await profiles().load_profiles()) == ["named", "alpha", "zebra"]

    in_a_cluster(test)


def test_a_changed_config_map_counts_at_the_next_launch_after_the_cache() -> None:
    async def test(api: Api) -> None:
        put_config_map(api, NAMED, {KEY: "profiles: [{name: old}]"})
        now, cached = profiles(), profiles(cache_seconds=60.0)
        assert names(await now.load_profiles()) == names(await cached.load_profiles()) == ["old"]
        put_config_map(api, NAMED, {KEY: "profiles: [{name: new}]"})
        assert names(await now.load_profiles()) == ["new"]
        assert names(await cached.load_profiles()) == ["old"]

    in_a_cluster(test)


def test_launches_at_the_same_time_read_once() -> None:
    async def test(api: Api) -> None:
        put_config_map(api, NAMED, {KEY: "profiles: [{name: a}]"})
        cached = profiles(cache_seconds=60.0)
        await asyncio.gather(*(cached.load_profiles() for _ in range(20)))
        assert len(api[kmock.action.FETCH]) == 1

    in_a_cluster(test)


def test_without_any_config_map_there_are_no_profiles_and_nothing_fails(caplog: pytest.LogCaptureFixture) -> None:
    async def test(_: Api) -> None:
        registry = CollectorRegistry()
        assert await profiles(registry).load_profiles() == Configuration()
        assert failures(registry, "source") == 0
        assert "neither ConfigMap 'jupyter-singleuser-profiles'" in caplog.text

    in_a_cluster(test)


@pytest.mark.parametrize("how", ["403", "500", "hangs", "not JSON"])
def test_while_the_api_fails_the_last_profiles_stay_and_failures_are_counted(
    how: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def test(api: Api) -> None:
        put_config_map(api, NAMED, {KEY: "profiles: [{name: good}]"})
        registry = CollectorRegistry()
        loaded = profiles(registry, timeout=0.3 if how == "hangs" else 60.0)
        while names(await loaded.load_profiles()) != ["good"]:
            pass  # this machine is too slow for the timeout now and then
        before = failures(registry, "source") or 0
        answers: dict[str, Any] = {
            "403": 403,
            "500": 500,
            "hangs": lambda: asyncio.Event().wait(),
            "not JSON": b"<html>",
        }
        api[kmock.action.LIST] << answers[how]
        found = await loaded.load_profiles()
        assert names(found) == ["good"]
        assert found.problems == ()
        assert failures(registry, "source") == before + 1
        assert "the last valid ones stay in use" in caplog.text

    in_a_cluster(test)


@pytest.mark.parametrize(("strict", "starts"), [(False, True), (True, False)])
def test_an_api_that_never_answered_denies_servers_only_if_profiles_are_strict(strict: bool, starts: bool) -> None:
    async def run() -> None:
        made = spawner("http://127.0.0.1:9")
        pod = await made.get_pod_manifest()
        loaded = profiles(strict=strict)
        (problem,) = (await loaded.load_profiles()).problems
        assert "cannot reach Kubernetes" in str(problem)
        if starts:
            assert (await loaded.apply_pod_profile(made, pod)).metadata.labels["hubmeter/profile"] == "none"
        else:
            with pytest.raises(HTTPError) as error:
                await loaded.apply_pod_profile(made, pod)
            assert "its profiles have an error" in vars(error.value)["jupyterhub_message"]

    asyncio.run(run())


def test_a_hanging_api_costs_the_launches_of_the_cache_s_time_one_timeout() -> None:
    async def test(api: Api) -> None:
        api[kmock.action.FETCH] << (lambda: asyncio.Event().wait())
        loaded = profiles(timeout=0.3, cache_seconds=3600.0)
        await asyncio.gather(*(loaded.load_profiles() for _ in range(20)))
        assert len(api[kmock.action.FETCH]) <= 1

    in_a_cluster(test)


class Meeting:
    """A source of documents and of image streams, each of which answers once the other is asked too."""

    def __init__(self) -> None:
        self._both = asyncio.Barrier(2)

    async def documents(self) -> list[Document]:
        """Return one profile."""
        await self._both.wait()
        return [Document("a", "profiles: [{name: a}]")]

    async def image_streams(self) -> list[dict[str, Any]]:
        """Return one image."""
        await self._both.wait()
        return [stream("spark", ("3.6",))]


def test_documents_and_image_streams_are_read_at_the_same_time() -> None:
    async def run() -> None:
        both = Meeting()
        found = await Loader(both, KEY, both.image_streams, lambda _: None, 0.0, PATIENCE).current()
        assert (names(found), [image.name for image in found.images]) == (["a"], ["spark:3.6"])
        assert found.problems == ()

    asyncio.run(run())


def test_image_streams_that_hang_time_out_and_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    class Nothing:
        async def documents(self) -> list[Document]:
            return []

    async def hangs() -> list[dict[str, Any]]:
        await asyncio.Event().wait()
        raise AssertionError("nobody sets it")

    failed: list[str] = []
    asyncio.run(Loader(Nothing(), KEY, hangs, failed.append, 0.0, 0.05).current())
    assert failed == ["images"]
    assert "ImageStreams cannot be read, the last valid ones stay in use: no answer within 0.05 s" in caplog.text


@pytest.mark.parametrize(
    "text",
    ["profiles: [", "profiles: [{name: one, env: {RELEASE: 2024-02-30}}]", "a: 0x_", "[" * 5000],
    ids=["cut off", "no such day", "no number", "too deep"],
)
def test_a_config_map_that_becomes_invalid_keeps_its_last_valid_content(
    text: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def test(api: Api) -> None:
        put_config_map(api, NAMED, {KEY: "profiles: [{name: one}]"})
        put_config_map(api, "two", {KEY: "profiles: [{name: two}]"}, LABEL)
        registry = CollectorRegistry()
        loaded = profiles(registry)
        await loaded.load_profiles()
        put_config_map(api, NAMED, {KEY: text})
        put_config_map(api, "two", {KEY: "profiles: [{name: two, gpu: x}, {name: three}]"}, LABEL)
        found = await loaded.load_profiles()
        assert names(found) == ["one", "three"]
        assert {problem.source for problem in found.problems} == {f"ConfigMap {NAMED}", "ConfigMap two"}
        assert failures(registry, "profile") == 2
        await loaded.load_profiles()
        assert caplog.text.count("profiles[0] 'two': gpu: 'x' is not allowed") == 1, (
            "logged once, for as long as it stays"
        )

    in_a_cluster(test)


@pytest.mark.parametrize(("strict", "starts"), [(False, True), (True, False)])
def test_an_invalid_profile_is_ignored_or_denies_the_server(strict: bool, starts: bool) -> None:
    async def run() -> None:
        async with kubernetes() as (api, url):
            put_config_map(api, NAMED, {KEY: "profiles: [{name: bad, gpu: x}, {name: good, users: [ann]}]"})
            made = spawner(url)
            pod = await made.get_pod_manifest()
            if starts:
                pod = await profiles(strict=strict).apply_pod_profile(made, pod)
                assert pod.metadata.labels["hubmeter/profile"] == "good"
            else:
                with pytest.raises(HTTPError) as error:
                    await profiles(strict=strict).apply_pod_profile(made, pod)
                assert error.value.status_code == 503
                said = vars(error.value)["jupyterhub_message"]
                assert "its profiles have an error" in said
                assert "gpu" not in said, "what is wrong is for the log"

    asyncio.run(run())


def test_a_file_is_read_again_and_its_last_content_stays_if_it_is_gone(tmp_path: Path) -> None:
    async def run() -> None:
        path = tmp_path / "profiles.yaml"
        path.write_text("profiles: [{name: old}]", encoding="utf-8")
        registry = CollectorRegistry()
        loaded = profiles(registry, file=str(path), image_stream_label="")
        assert names(await loaded.load_profiles()) == ["old"]
        path.write_text("profiles: [{name: new}]", encoding="utf-8")
        assert names(await loaded.load_profiles()) == ["new"]
        path.unlink()
        assert names(await loaded.load_profiles()) == ["new"]
        assert failures(registry, "source") == 1

    asyncio.run(run())


def stream(name: str, tags: tuple[str, ...], label: str = "true", **annotations: str) -> dict[str, Any]:
    return {
        "metadata": {
            "name": name,
            "labels": {"opendatahub.io/notebook-image": label},
            "annotations": {f"opendatahub.io/{key.replace('_', '-')}": item for key, item in annotations.items()},
        },
        "status": {
            "dockerImageRepository": f"registry.local/prod/{name}",
            "tags": [{"tag": tag, "items": [{"dockerImageReference": f"quay.io/{name}@sha256:1"}]} for tag in tags]
            + [{"tag": "never-built", "items": []}],
        },
    }


def test_images_are_those_of_openshift_s_image_streams_with_the_label() -> None:
    async def test(api: Api) -> None:
        put_config_map(api, NAMED, {KEY: "images: [{name: from-settings}]"})
        kind = "image.openshift.io/v1/imagestreams"
        put(api, kind, stream("spark", ("3.6", "3.7"), notebook_image_name="Spark", notebook_image_order="2"))
        first = stream("genome", ("1",), default_image="True", notebook_image_order="1")
        del first["status"]["dockerImageRepository"]
        put(api, kind, first)
        put(api, kind, stream("hidden", ("1",), label="false"))
        found = (await profiles().load_profiles()).images
        assert [(item.name, item.reference, item.display_name, item.default) for item in found] == [
            ("genome:1", "quay.io/genome@sha256:1", "genome:1", True),
            ("spark:3.6", "registry.local/prod/spark:3.6", "Spark", False),
            ("spark:3.7", "registry.local/prod/spark:3.7", "Spark", False),
        ]

    in_a_cluster(test, openshift=True)


def test_images_by_name_are_offered_where_no_image_stream_has_the_label() -> None:
    async def test(api: Api) -> None:
        kind = "image.openshift.io/v1/imagestreams"
        for name in ("spark-notebook", "notebook-controller", "minimal-notebook"):
            put(api, kind, stream(name, ("1",), label="false"))
        assert [image.name for image in (await profiles().load_profiles()).images] == [
            "minimal-notebook:1",
            "spark-notebook:1",
        ]
        put(api, kind, stream("labelled", ("1",)))
        assert [image.name for image in (await profiles().load_profiles()).images] == ["labelled:1"]

    in_a_cluster(test, openshift=True)


def test_config_maps_with_either_label_are_read_in_alphabetical_order() -> None:
    async def test(api: Api) -> None:
        older, newer = {"jupyterhub.opendatahub.io/user": "profile"}, {"jupyterhub": "singleuser-profiles"}
        for name, labels in (("c", older), ("b", newer), ("a", older), ("d", {**older, **newer}), ("e", {"x": "y"})):
            put_config_map(api, name, {KEY: f"profiles: [{{name: {name}}}]"}, labels)
        found = (await profiles().load_profiles()).profiles
        assert [profile.name for profile in found] == ["a", "b", "c", "d"]

    in_a_cluster(test)


def test_images_are_those_of_the_settings_where_openshift_is_not_there() -> None:
    async def test(api: Api) -> None:
        put_config_map(api, NAMED, {KEY: "images: [{name: from-settings}]"})
        registry = CollectorRegistry()
        loaded = profiles(registry)
        for _ in range(2):
            assert [image.name for image in (await loaded.load_profiles()).images] == ["from-settings"]
        assert failures(registry, "images") == 0
        assert len(api["/apis/image.openshift.io/v1"]) == 1, "asked once"

    in_a_cluster(test)


def test_images_stay_while_image_streams_cannot_be_read() -> None:
    async def test(api: Api) -> None:
        put(api, "image.openshift.io/v1/imagestreams", stream("spark", ("3.6",)))
        registry = CollectorRegistry()
        loaded = profiles(registry)
        await loaded.load_profiles()
        api[kmock.action.LIST, kmock.resource("image.openshift.io/v1/imagestreams")] << 403
        assert [image.name for image in (await loaded.load_profiles()).images] == ["spark:3.6"]
        assert failures(registry, "images") == 1

    in_a_cluster(test, openshift=True)
