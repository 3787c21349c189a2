"""The images' locked dependencies satisfy pyproject.toml, have hashes, and name no registry."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CHECKOUT = Path(__file__).parents[2]
PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
PIN = re.compile(
    r"(?P<name>[a-z0-9.-]+)==(?P<version>\S+)(?: ; (?P<marker>.+))? \\\n(?: {4}--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+"
)


def wanted(extra: str) -> list[Requirement]:
    """Return the distribution's requirements with those of an extra, where an extra includes another one too."""
    project = PROJECT["project"]
    found = []
    for line in [*project["dependencies"], *(project["optional-dependencies"][extra] if extra else [])]:
        requirement = Requirement(line)
        if requirement.name == project["name"]:
            found += [inner for name in requirement.extras for inner in wanted(name)]
        else:
            found.append(requirement)
    return found


LOCKS = {
    "build": [Requirement(line) for line in PROJECT["build-system"]["requires"]],
    "exporter": wanted("doctor"),
    "costs": [*wanted("costs"), *wanted("report")],
    "costs-parquet": [*wanted("costs-parquet"), *wanted("report")],
    "costs-cloud": [*wanted("costs-cloud"), *wanted("report")],
    "costs-pdf": wanted("costs-pdf"),
}


def lock(name: str) -> str:
    text = (CHECKOUT / "chart" / "images" / f"requirements-{name}.txt").read_text(encoding="utf-8")
    return re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_pins_with_hashes_and_nothing_else(name: str) -> None:
    assert PIN.sub("", lock(name)) == ""


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_satisfies_the_project(name: str) -> None:
    pinned = {pin["name"]: pin["version"] for pin in PIN.finditer(lock(name))}
    unmet = [
        str(requirement)
        for requirement in LOCKS[name]
        if pinned.get(canonicalize_name(requirement.name), "") not in requirement.specifier
    ]
    assert unmet == [], "run: make lock"


def test_each_image_has_its_lock() -> None:
    folder = CHECKOUT / "chart" / "images"
    assert {path.name for path in folder.glob("requirements-*.txt")} == {f"requirements-{name}.txt" for name in LOCKS}
