"""Hooks of a configuration: ours runs before or after the hook that the site or the spawner class has."""

import asyncio
from typing import Any

import pytest
from jupyterhub.spawner import SimpleLocalProcessSpawner
from traitlets import Any as AnyTrait
from traitlets import default
from traitlets.config import Config

from hubmeter_hub.hooks import awaited, put, put_at_method


class Subclass(SimpleLocalProcessSpawner):  # type: ignore[misc] # jupyterhub has no types
    """A class with a section of its own, as KubeSpawner is."""


class WithDefault(SimpleLocalProcessSpawner):  # type: ignore[misc] # jupyterhub has no types
    """A class that sets the hook's default."""

    pre_spawn_hook = AnyTrait().tag(config=True)

    @default("pre_spawn_hook")
    def _hook(self) -> Any:
        return lambda spawner: spawner.ran.append("default")


def site_hook(name: str) -> Any:
    def hook(spawner: Any) -> None:
        spawner.ran.append(name)

    return hook


def async_site_hook(name: str) -> Any:
    async def hook(spawner: Any) -> None:
        await asyncio.sleep(0)
        spawner.ran.append(name)

    return hook


async def ours(spawner: Any) -> None:
    spawner.ran.append("ours")


def ran(c: Config, cls: type = Subclass) -> list[str]:
    """Return which functions a spawner's hook runs."""
    spawner = cls(config=c, orm_spawner=None)
    spawner.ran = []

    async def run() -> None:
        await spawner.run_pre_spawn_hook()

    asyncio.run(run())
    found: list[str] = spawner.ran
    return found


@pytest.mark.parametrize("section", ["Spawner", "SimpleLocalProcessSpawner", "Subclass"])
@pytest.mark.parametrize("hook", [site_hook, async_site_hook])
def test_a_hook_of_any_section_runs_after_ours(section: str, hook: Any) -> None:
    c = Config()
    c[section].pre_spawn_hook = hook("site")
    put(c, "Spawner", "pre_spawn_hook", ours)
    assert ran(c) == ["ours", "site"]


def test_without_a_hook_ours_runs() -> None:
    c = Config()
    put(c, "Spawner", "pre_spawn_hook", ours)
    assert ran(c) == ["ours"]


def test_the_hook_of_the_most_specific_class_wins() -> None:
    c = Config()
    c.Spawner.pre_spawn_hook = site_hook("general")
    c.Subclass.pre_spawn_hook = site_hook("specific")
    put(c, "Spawner", "pre_spawn_hook", ours)
    assert ran(c) == ["ours", "specific"]


def test_a_hook_that_was_only_read_does_not_hide_the_general_one() -> None:
    c = Config()
    c.Spawner.pre_spawn_hook = site_hook("general")
    assert c.Subclass.pre_spawn_hook is not None, "reading it makes an entry"
    put(c, "Spawner", "pre_spawn_hook", ours)
    assert ran(c) == ["ours", "general"]


def test_the_default_of_a_class_runs_after_ours() -> None:
    c = Config()
    put(c, "Spawner", "pre_spawn_hook", ours)
    assert ran(c, WithDefault) == ["ours", "default"]


def test_a_method_runs_after_ours() -> None:
    class WithMethod(SimpleLocalProcessSpawner):  # type: ignore[misc] # jupyterhub has no types
        def pre_spawn_hook(self, spawner: Any) -> None:
            spawner.ran.append(f"method of {type(self).__name__}")

    put_at_method(WithMethod, "pre_spawn_hook", ours)
    assert ran(Config(), WithMethod) == ["ours", "method of WithMethod"]


@pytest.mark.parametrize("hook", [site_hook, async_site_hook])
def test_after_the_hook_of_the_site(hook: Any) -> None:
    c = Config()
    c.Spawner.pre_spawn_hook = hook("site")
    put(c, "Spawner", "pre_spawn_hook", ours, after=True)
    assert ran(c) == ["site", "ours"]


def test_after_a_method_of_a_class() -> None:
    class WithMethod(SimpleLocalProcessSpawner):  # type: ignore[misc] # jupyterhub has no types
        def pre_spawn_hook(self, spawner: Any) -> None:
            spawner.ran.append("method")

    put_at_method(WithMethod, "pre_spawn_hook", ours, after=True)
    assert ran(Config(), WithMethod) == ["method", "ours"]


def test_after_a_hook_that_fails_ours_does_not_run() -> None:
    def fails(spawner: Any) -> None:
        spawner.ran.append("site")
        raise RuntimeError("the site's own hook fails")

    c = Config()
    c.Spawner.pre_spawn_hook = fails
    put(c, "Spawner", "pre_spawn_hook", ours, after=True)
    spawner = Subclass(config=c, orm_spawner=None)
    spawner.ran = []
    with pytest.raises(RuntimeError, match="own hook"):
        asyncio.run(awaited(spawner.run_pre_spawn_hook()))
    assert spawner.ran == ["site"]


def test_a_class_without_a_method_is_left_as_it_is() -> None:
    before = vars(SimpleLocalProcessSpawner).copy()
    put_at_method(SimpleLocalProcessSpawner, "pre_spawn_hook", ours)
    assert vars(SimpleLocalProcessSpawner) == before


def test_two_functions_put_before_one_hook_both_run() -> None:
    async def second(spawner: Any) -> None:
        spawner.ran.append("second")

    c = Config()
    c.Spawner.pre_spawn_hook = site_hook("site")
    put(c, "Spawner", "pre_spawn_hook", ours)
    put(c, "Spawner", "pre_spawn_hook", second)
    assert ran(c) == ["second", "ours", "site"]
