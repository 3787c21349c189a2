"""Puts functions before the hooks that a hub's configuration already has.

A hook can be set for ``Spawner``, for ``KubeSpawner`` or for any subclass; the most specific class wins. `sections`
yields every place that must be changed so that ours always runs. `at_start` changes the configuration when it is
complete, so that the order of the lines in jupyterhub_config.py does not matter.

Hooks are functions, not objects: traitlets makes a deep copy of each configured value for each spawner.
"""

import inspect
from collections.abc import Callable, Iterator
from typing import Any

from jupyterhub.app import JupyterHub
from traitlets import TraitError
from traitlets.config import Config
from traitlets.config.loader import LazyConfigValue


def at_start(subject: str, change: Callable[[Config, JupyterHub | None], None], config: Config) -> None:
    """Change the complete configuration of the hub that is starting.

    Args:
        subject: The plugin, for the message with which a hub ends on a `TraitError`.
        change: Called with the configuration and the hub.
        config: Changed at once, with no hub, where none is starting (in tests and scripts).
    """
    if not JupyterHub.initialized():
        change(config, None)
        return
    hub = JupyterHub.instance()

    def complete(_: object) -> None:
        try:
            change(hub.config, hub)
        except TraitError as error:
            hub.exit(f"JupyterHub does not start, because of its {subject}: {error}")

    # The hub sets its handlers when its configuration is complete and before it has spawners.
    hub.observe(complete, "handlers")


def sections(config: Config, owner: str, name: str) -> Iterator[tuple[Config, Any]]:
    """Yield the sections of a configuration in which a hook must be set, each with the value that holds there now.

    Args:
        config: The configuration; the section of ``owner`` is added where it is missing.
        owner: The class that has the hook, ``Spawner`` or ``KubeSpawner``. Its section is always yielded, the others
            only where they set the hook.
        name: The hook, for example ``modify_pod_hook``.
    """
    config.setdefault(owner, Config())
    inherited = _configured(config.get("Spawner", {}).get(name))
    for class_name, section in list(config.items()):
        if not isinstance(section, Config):
            continue
        if class_name == owner or (name in section and class_name != "Spawner"):
            own = _configured(section.get(name))
            yield section, inherited if own is None else own


def _configured(value: Any) -> Any:
    """Return a configured value; one that was only read is None, a list that was only extended is that list."""
    if isinstance(value, LazyConfigValue):
        return value.get_value([]) or None
    return value


async def awaited(value: Any) -> Any:
    """Return the result of a hook, which may be a coroutine or not."""
    return await value if inspect.isawaitable(value) else value
