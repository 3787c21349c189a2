"""The page /docs: the OpenAPI description without scripts and external resources."""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Final

_STYLE: Final = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 2.5rem; font-size: 1.15rem; } code { font-size: .95em; } pre { overflow-x: auto; padding: .75rem; }
table { border-collapse: collapse; } td { padding: .2rem 1rem .2rem 0; vertical-align: top; }
:root { color-scheme: light dark; } pre { background: color-mix(in srgb, currentColor 8%, transparent); }
"""
_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
POLICY: Final = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; frame-ancestors 'none'"


def page(description: Mapping[str, Any]) -> str:
    """Return the page for an OpenAPI description."""
    info = description["info"]
    title = f"{info['title']} {info['version']}"
    return "\n".join(
        [
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<style>{_STYLE}</style></head><body>",
            f"<h1>{escape(title)}</h1><p>{escape(info['description'])}</p>",
            '<p>For programs: <a href="openapi.json">openapi.json</a>.</p>',
            *(
                line
                for path, operations in description["paths"].items()
                for line in _path(path, operations["get"], description)
            ),
            "</body></html>",
        ]
    )


def _path(path: str, operation: Mapping[str, Any], description: Mapping[str, Any]) -> Iterator[str]:
    yield f'<h2><a href="{escape(path[1:] or ".")}"><code>{escape(path)}</code></a></h2>'
    yield f"<p>{escape(operation['description'])}</p>"
    parameters = operation.get("parameters", [])
    if parameters:
        yield "<table>"
        for parameter in parameters:
            name, meaning = escape(parameter["name"]), escape(parameter["description"])
            yield f"<tr><td><code>{name}</code></td><td>{meaning}</td></tr>"
        yield "</table>"
    schema = operation["responses"]["200"]["content"].get("application/json", {}).get("schema", {})
    if reference := schema.get("items", {}).get("$ref"):
        model = description["components"]["schemas"][reference.rpartition("/")[2]]
        yield f"<p>{escape(model['description'])}</p>"
        fields = ", ".join(f'"{name}": {_example(field)}' for name, field in model["properties"].items())
        yield f"<pre>[{{{escape(fields)}}}, ...]</pre>"


def _example(field: Mapping[str, Any]) -> str:
    value = field["examples"][0]
    return f'"{value}"' if isinstance(value, str) else str(value)
