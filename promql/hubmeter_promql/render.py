"""Fills PromQL templates in.

A template is a ``*.promql`` file below this package: comment lines on top, then one query with ``%(name)s``
placeholders. A percent sign is written ``%%``. A query gets its values in two steps: `part` fills in the parameters of
the template itself, `render` the settings of a site. Between the two, the query is open.
"""

import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Final

_PLACEHOLDER: Final = re.compile(r"%(?:\((?P<name>[a-z_]+)\)s|(?P<percent>%)|(?P<bad>.?))", re.DOTALL)


class TemplateError(ValueError):
    """A template and its values do not fit together."""


def load(name: str) -> str:
    """Return the query of a template, for example of ``rules/usage/pods.promql``, without its comment."""
    source = files(__package__).joinpath(name).read_text(encoding="utf-8")
    return strip_comments(source)


def strip_comments(source: str) -> str:
    """Return the query of a template's text: no comment lines, no blank lines at either end."""
    return "\n".join(line for line in source.split("\n") if not line.startswith("#")).strip("\n")


def placeholders(template: str) -> frozenset[str]:
    """Return the names of a template's placeholders.

    Raises:
        TemplateError: for a ``%`` that is neither ``%(name)s`` nor ``%%``.
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


def literal(text: str) -> str:
    """Return a text as part of an open query: its percent signs stay."""
    return text.replace("%", "%%")


def part(name: str, parameters: Mapping[str, str]) -> str:
    """Return a template's query with its own parameters filled in; other placeholders, and ``%%``, stay open.

    Args:
        name: The template, for example ``rules/usage/pods.promql``.
        parameters: Values by placeholder. A value is itself open: it may hold placeholders of settings.

    Raises:
        TemplateError: for a parameter that the template does not use.
    """
    template = load(name)
    if unused := sorted(parameters.keys() - placeholders(template)):
        raise TemplateError(f"{name} does not use the parameter {', '.join(unused)}")
    return _PLACEHOLDER.sub(lambda match: parameters.get(match["name"], match[0]), template)


def render(template: str, settings: Mapping[str, str]) -> str:
    """Return an open text with all its placeholders filled in; ``%%`` becomes ``%``.

    Raises:
        TemplateError: for an unknown placeholder or a lone ``%``.
    """
    if unknown := sorted(placeholders(template) - settings.keys()):
        raise TemplateError(
            f"unknown placeholder {', '.join(unknown)}; known are {', '.join(sorted(settings))}; in:\n{template}"
        )
    return template % settings
