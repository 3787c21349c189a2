"""Puts functions before or after the hooks that a hub already has. `setup_usage_quotas` and its siblings use it.

`at_start` changes the configuration once it is complete, so the order of the lines in jupyterhub_config.py does not
matter. `put` adds a function to a hook, wherever the site has set that hook.
"""

import inspect
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from jupyterhub.app import JupyterHub
from traitlets import TraitError, TraitType
from traitlets.config import Config
from traitlets.config.loader import LazyConfigValue

Hook = Callable[..., Any]


def at_start(config: Config, caller: str, change: Callable[[Config, JupyterHub | None], None]) -> None:
    """Change the complete configuration of the hub that is starting.

    Args:
        config: Changed at once, without a hub, where no hub is starting (in tests and scripts).
        caller: The function that the site has called. A `TraitError` of ``change`` ends the hub with a message that
            names it.
        change: Called with the configuration and the hub.
    """
    if not JupyterHub.initialized():
        change(config, None)
        return
    hub = JupyterHub.instance()

    def complete(_: object) -> None:
        try:
            change(hub.config, hub)
        except TraitError as error:
            hub.exit(f"JupyterHub cannot start, {caller} failed: {error}")

    # The hub sets its handlers when its configuration is complete and before it has spawners.
    hub.observe(complete, "handlers")


def put(config: Config, owner: str, name: str, ours: Callable[..., Awaitable[None]], *, after: bool = False) -> None:
    """Make a spawner's hook run ``ours``, and then the hook that the configuration or the spawner class has.

    Args:
        config: The configuration of the hub.
        owner: The class that defines the hook, ``Spawner`` or ``KubeSpawner``.
        name: The hook, for example ``modify_pod_hook``.
        ours: Takes the arguments of the hook: the spawner, and for some hooks the pod, which it may change.
        after: Whether ``ours`` runs after the other hook.
    """
    for section, hook in sections(config, owner, name):
        section[name] = _chain(ours, hook, name, after)


def put_at_method(
    spawner_class: type, name: str, ours: Callable[[Any], Awaitable[None]], *, after: bool = False
) -> None:
    """Do the same where a spawner class defines the hook as a method, which no configuration can replace."""
    method = inspect.getattr_static(spawner_class, name, None)
    if method is None or isinstance(method, TraitType):
        return

    async def hook(self: Any, spawner: Any) -> None:
        theirs = method.__get__(self, type(self))
        for step in (theirs, ours) if after else (ours, theirs):
            await awaited(step(spawner))

    setattr(spawner_class, name, hook)


def sections(config: Config, owner: str, name: str) -> Iterator[tuple[Config, Any]]:
    """Yield the sections of a configuration in which an option must be replaced, each with the value that holds there.

    These are the section of ``owner``, which is added where it is missing, and the section of every subclass that sets
    the option: the most specific class wins.
    """
    config.setdefault(owner, Config())
    inherited = _configured(config.get("Spawner", {}).get(name))
    for class_name, section in list(config.items()):
        if isinstance(section, Config) and (class_name == owner or (name in section and class_name != "Spawner")):
            own = _configured(section.get(name))
            yield section, inherited if own is None else own


async def awaited(value: Any) -> Any:
    """Return the result of a hook, which may be a coroutine."""
    return await value if inspect.isawaitable(value) else value


def _configured(value: Any) -> Any:
    """Return a configured value: None for one that was only read, the list for one that was only appended to."""
    return value.get_value([]) or None if isinstance(value, LazyConfigValue) else value


def _chain(ours: Callable[..., Awaitable[None]], configured: Hook | None, name: str, after: bool) -> Hook:
    # A function, not an object: traitlets makes a deep copy of each configured value for each spawner.
    async def hook(spawner: Any, *pod: Any) -> Any:
        if not after:
            await ours(spawner, *pod)
        result = pod[0] if pod else None
        if theirs := configured or spawner.trait_defaults(name):
            result = await awaited(theirs(spawner, *pod))
        if after:
            await ours(spawner, *pod)
        return result

    return hook
