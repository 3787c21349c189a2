"""The chart as Helm renders it: the Helm SDK itself, by way of helm-python-sdk."""

from pathlib import Path
from typing import Any

import helm_python
import yaml

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "chart"
Json = dict[str, Any]

# The C loader of PyYAML, where there is one: half a megabyte of dashboards is read in each rendering.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def manifests(
    values: Json | None = None, *, name: str = "hubmeter", namespace: str = "prod", of: Path = CHART
) -> dict[str, str]:
    """Return what the templates render to, by their paths; those that render to nothing are left out.

    Raises `helm_python.HelmError` where the schema or a template refuses the values.
    """
    # Loaded anew each time: rendering takes dependencies that are switched off out of a loaded chart.
    with helm_python.Chart.load(of) as chart:
        rendered = chart.render(values or {}, name=name, namespace=namespace)
    return {path: text for path, text in sorted(rendered.items()) if text.strip()}


def objects(
    values: Json | None = None, *, name: str = "hubmeter", namespace: str = "prod", of: Path = CHART
) -> list[Json]:
    """Return the objects that would be installed."""
    texts = manifests(values, name=name, namespace=namespace, of=of)
    return [one for path, text in texts.items() if not path.endswith("NOTES.txt") for one in documents(text)]


def documents(text: str) -> list[Json]:
    """Return the objects of rendered YAML."""
    return [document for document in yaml.load_all(text, _LOADER) if document]


def of_kind(rendered: list[Json], kind: str) -> list[Json]:
    return [found for found in rendered if found["kind"] == kind]


def the(rendered: list[Json], kind: str, ending: str = "") -> Json:
    """Return the one object of a kind whose name ends so."""
    (found,) = (one for one in of_kind(rendered, kind) if one["metadata"]["name"].endswith(ending))
    return found
