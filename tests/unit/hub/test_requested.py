"""The real KubeSpawner: what the server of the chosen profile will request, known before the spawner knows it."""

import asyncio
import copy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from jupyterhub.spawner import SimpleLocalProcessSpawner
from kubespawner import KubeSpawner
from traitlets import TraitError
from traitlets.config import Config

from hubmeter_hub.quotas.requested import GPU_RESOURCES, gpu_part, requested
from hubmeter_hub.quotas.traits import UsageQuotaManager

ROOT = Path(__file__).parents[3]
GPUS = {"nvidia.com/gpu": "1", "amd.com/gpu": "1"}
GIB = 2.0**30
PROFILES: list[dict[str, Any]] = [
    {"display_name": "Small", "default": True, "kubespawner_override": {"mem_guarantee": "2G", "cpu_guarantee": 0.5}},
    {"display_name": "Only a limit", "kubespawner_override": {"mem_guarantee": None, "mem_limit": "4G"}},
    {
        "display_name": "GPU",
        "kubespawner_override": {
            "mem_guarantee": lambda spawner: spawner.mem_guarantee * 4,
            "extra_resource_limits": {"nvidia.com/gpu": "2"},
            "environment": {"ADDED": "1"},
        },
        "profile_options": {
            "size": {
                "display_name": "Size",
                "choices": {
                    "one": {"display_name": "1 CPU", "kubespawner_override": {"cpu_guarantee": 1}},
                    "eight": {"display_name": "8 CPU", "kubespawner_override": {"cpu_guarantee": 8}},
                },
            }
        },
    },
]


@pytest.fixture(autouse=True)
def kubernetes_is_configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """KubeSpawner wants to know a cluster when it is made; nothing here ever asks it."""
    config = {
        "clusters": [{"name": "a", "cluster": {"server": "http://127.0.0.1:9"}}],
        "users": [{"name": "a", "user": {}}],
        "contexts": [{"name": "a", "context": {"cluster": "a", "user": "a"}}],
        "current-context": "a",
    }
    path = tmp_path / "kubeconfig"
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    monkeypatch.setattr("kubernetes_asyncio.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", str(path))


class Labelled(KubeSpawner):  # type: ignore[misc] # KubeSpawner has no types
    """A subclass as sites write them, with super()."""

    async def load_user_options(self) -> None:
        """Add a core to whatever was chosen."""
        await super().load_user_options()
        self.cpu_guarantee = 1 + (self.cpu_guarantee or 0)  # type: ignore[has-type] # the same


def spawner(cls: type[KubeSpawner], options: dict[str, str], profiles: Any = PROFILES) -> Any:
    config = Config()
    config.KubeSpawner.mem_guarantee = "1G"
    config.KubeSpawner.environment = {"MINE": "0"}
    config.KubeSpawner.profile_list = profiles
    user = SimpleNamespace(name="ann", id=1, url="/user/ann", settings={}, spawners={})
    made = cls(config=config, user=user, hub=SimpleNamespace(base_url="/hub/"), _mock=True)
    made.user_options = options
    return made


def snapshot(made: Any) -> dict[str, Any]:
    names = (
        "mem_guarantee", "mem_limit", "cpu_guarantee", "cpu_limit", "extra_resource_limits",
        "extra_resource_guarantees", "environment", "user_options", "profile_list",
    )  # fmt: skip
    return copy.deepcopy({name: getattr(made, name) for name in names})


@pytest.mark.parametrize(
    ("options", "profiles", "expected"),
    [
        ({}, [], {"memory": GIB, "cpu": 0, "gpu": 0}),
        ({}, PROFILES, {"memory": 2 * GIB, "cpu": 0.5, "gpu": 0}),
        ({}, lambda _: PROFILES, {"memory": 2 * GIB, "cpu": 0.5, "gpu": 0}),
        ({"profile": "only-a-limit"}, PROFILES, {"memory": 4 * GIB, "cpu": 0, "gpu": 0}),
        ({"profile": "gpu"}, PROFILES, {"memory": 4 * GIB, "cpu": 1, "gpu": 2}),
        ({"profile": "gpu", "size": "eight"}, PROFILES, {"memory": 4 * GIB, "cpu": 8, "gpu": 2}),
    ],
)
@pytest.mark.parametrize("cls", [KubeSpawner, Labelled])
def test_it_is_what_the_spawner_itself_comes_to_and_the_spawner_is_unchanged(
    cls: type[KubeSpawner], options: dict[str, str], profiles: Any, expected: dict[str, float]
) -> None:
    async def run() -> None:
        made = spawner(cls, options, profiles)
        before = snapshot(made)
        found = await requested(made, GPUS)
        assert snapshot(made) == before
        extra = 1 if cls is Labelled else 0
        assert found == {**expected, "cpu": expected["cpu"] + extra}
        # What start() does, after the hook: once, and with the same result.
        await made.load_user_options()
        assert (made.mem_guarantee or made.mem_limit, made.cpu_guarantee or 0) == (found["memory"], found["cpu"])

    asyncio.run(run())


def test_a_profile_that_does_not_exist_is_the_error_that_start_would_raise() -> None:
    async def run() -> None:
        with pytest.raises(ValueError, match="No such profile: huge"):
            await requested(spawner(KubeSpawner, {"profile": "huge"}), GPUS)

    asyncio.run(run())


@pytest.mark.parametrize(
    ("traits", "memory", "cpu"),
    [
        ({"mem_guarantee": "3G", "cpu_limit": 2}, 3 * GIB, 2),
        ({"mem_guarantee": "4G", "mem_limit": "2G", "cpu_guarantee": 4, "cpu_limit": 0.5}, 2 * GIB, 0.5),
        ({"mem_guarantee": "1G", "mem_limit": "2G", "cpu_guarantee": 1, "cpu_limit": 8}, GIB, 1),
        ({}, 0, 0),
    ],
    ids=["one of both", "requests above their limits", "requests below them", "nothing"],
)
def test_a_spawner_without_profiles_has_its_own_requests(traits: dict[str, Any], memory: float, cpu: float) -> None:
    local = SimpleLocalProcessSpawner(**traits)
    assert asyncio.run(requested(local, GPUS)) == {"memory": memory, "cpu": cpu, "gpu": 0}


@pytest.mark.parametrize(
    ("resource", "part"),
    [
        ("nvidia.com/gpu", 1),
        ("amd.com/gpu", 1),
        ("nvidia.com/mig-1g.5gb", 1 / 7),
        ("nvidia.com/mig-3g.20gb", 3 / 7),
        ("nvidia.com/mig-1g.6gb", 1 / 4),
        ("nvidia.com/mig-1g.5gb.me", 1 / 7),
        ("nvidia.com/gpu.shared", 0),
        ("example.com/fpga", 0),
    ],
)
def test_a_resource_is_the_part_of_a_gpu_that_the_rules_count(resource: str, part: float) -> None:
    assert gpu_part(resource, GPU_RESOURCES) == pytest.approx(part)


def test_the_defaults_are_those_of_the_rules() -> None:
    values = yaml.safe_load((ROOT / "generator/hubmeter_generator/settings.yaml").read_text(encoding="utf-8"))
    assert {gpu["resource"]: gpu["part"] for gpu in values["gpu_resources"]} == GPU_RESOURCES
    assert UsageQuotaManager().gpu_resources == GPU_RESOURCES


def test_gpus_and_slices_of_a_server_add_up() -> None:
    local = SimpleNamespace(
        mem_guarantee=None, mem_limit=None, cpu_guarantee=None, cpu_limit=None,
        extra_resource_limits={"nvidia.com/mig-2g.10gb": "2", "nvidia.com/gpu": "1", "x.org/fpga": "9"},
        extra_resource_guarantees={"nvidia.com/mig-2g.10gb": "2"},
    )  # fmt: skip
    assert asyncio.run(requested(local, GPU_RESOURCES))["gpu"] == pytest.approx(1 + 4 / 7)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ({"nvidia(": "1"}, "'nvidia\\(' is no regular expression"),
        ({"nvidia.com/gpu": "0.5"}, "the part '0.5' of 'nvidia.com/gpu' must be a whole number or a fraction"),
        ({"nvidia.com/gpu": "1/0"}, "the part '1/0'"),
    ],
)
def test_invalid_parts_of_gpus_are_named(value: dict[str, str], sentence: str) -> None:
    with pytest.raises(TraitError, match=sentence):
        UsageQuotaManager(gpu_resources=value)
