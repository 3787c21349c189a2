"""A PromQL template and settings make a query.

Templates are the ``*.promql`` files beside this module: comment lines on top, then one query with ``%(name)s``
placeholders. jsonnet renders the very same files with ``importstr`` and its own ``%``, so nothing is allowed here that
Python and jsonnet would render differently.
"""

import re
from collections.abc import Mapping
from importlib.resources import files

_PLACEHOLDER = re.compile(r"%(?:\((?P<name>[a-z_]+)\)s|(?P<percent>%)|(?P<bad>.?))", re.DOTALL)


class TemplateError(ValueError):
    """A template and the settings it is given do not fit together."""


def load(name: str) -> str:
    """Return the query of a template without its comment, for example of ``rules/pods.promql``."""
    source = files(__package__).joinpath(name).read_text(encoding="utf-8")
    return strip_comments(source)


def part(name: str, parameters: Mapping[str, str]) -> str:
    """Return a template's query with these of its placeholders filled in, to stand in another query; others stay open.

    Raises `TemplateError` for a parameter that the template does not use.
    """
    text = load(name)
    if unused := sorted(parameters.keys() - placeholders(text)):
        raise TemplateError(f"{', '.join(unused)} is given, but {name} does not use it")
    for key, value in parameters.items():
        text = text.replace(f"%({key})s", value)
    return text


def strip_comments(source: str) -> str:
    """Return a template's query: no comment lines, no blank line at either end (jsonnet does the same)."""
    return "\n".join(line for line in source.split("\n") if not line.startswith("#")).strip("\n")


def placeholders(template: str) -> frozenset[str]:
    """Return the names of a template's placeholders.

    Raises `TemplateError` for a ``%`` that is neither ``%(name)s`` nor ``%%``.
    """
    names = set()
    for match in _PLACEHOLDER.finditer(template):
        if match["name"]:
            names.add(match["name"])
        elif not match["percent"]:
            raise TemplateError(
                f"a lone % at {template[match.start() : match.start() + 20]!r}: "
                "write %(name)s for a setting or %% for a percent sign"
            )
    return frozenset(names)


def render(template: str, settings: Mapping[str, str], parameters: Mapping[str, str] | None = None) -> str:
    """Return the template with its placeholders filled in.

    ``settings`` hold for all templates, and one template needs only some of them; ``parameters`` are this template's
    own, so each must occur in it. Raises `TemplateError` for an unknown placeholder or an unused parameter.
    """
    parameters = parameters or {}
    names = placeholders(template)
    if unknown := sorted(names - settings.keys() - parameters.keys()):
        known = ", ".join(sorted({*settings, *parameters}))
        raise TemplateError(f"no setting named {', '.join(unknown)}; there are {known}; in:\n{template}")
    if unused := sorted(parameters.keys() - names):
        raise TemplateError(f"{', '.join(unused)} is given, but the template does not use it:\n{template}")
    return template % {**settings, **parameters}
