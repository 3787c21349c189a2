"""Hostile sites: each violates one assumption of docs/assumptions.md. One module for each subject, with ``SITES``."""

from importlib import import_module
from pkgutil import iter_modules

from tests.sim.hostile.frame import Site


def sites() -> tuple[Site, ...]:
    """Return the sites of all modules of this package."""
    modules = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
    return tuple(site for module in modules for site in getattr(module, "SITES", ()))
