"""docs/reference/ is what the sources give, and leaves no command, option, trait or setting out."""

import importlib
import importlib.util
import pkgutil
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from traitlets.config import Configurable

import hubmeter_hub
from hubmeter_generator import settings

CHECKOUT = Path(__file__).parents[2]
FOLDER = CHECKOUT / "docs" / "reference"
PYPROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    """The script that writes the pages."""
    spec = importlib.util.spec_from_file_location("reference", CHECKOUT / ".ci" / "reference.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def page(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def configurables() -> set[type[Configurable]]:
    """Return every class of the hub's package that configuration can set."""
    found = set()
    for module in pkgutil.walk_packages(hubmeter_hub.__path__, "hubmeter_hub."):
        if module.name.endswith("__main__"):
            continue
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, type) and issubclass(value, Configurable) and value.__module__.startswith("hubmeter_"):
                found.add(value)
    return found


def test_what_is_committed_is_what_the_sources_give(reference: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("POD_NAMESPACE", raising=False)
    written = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()}
    assert written == reference.pages(), "make generate, then commit docs/reference"


def test_every_command_is_there_with_every_option(reference: ModuleType) -> None:
    assert set(reference.COMMANDS) == set(PYPROJECT["project"]["scripts"])
    text = page("commands.md")
    sections = {part.split("\n", 1)[0]: part for part in text.split("\n## ")[1:]}
    for name, parser in reference.COMMANDS.items():
        longest = [max(a.option_strings, key=len) for a in parser._actions if a.option_strings]  # noqa: SLF001 - argparse lists its options nowhere else
        assert len(longest) > 2
        for option in set(longest) - {"--help"}:
            spellings = {f"`{option}", f"`{option.replace('-', '_').replace('__', '--', 1)}"}
            assert any(spelling in sections[name] for spelling in spellings), (name, option)


def test_every_class_that_configuration_can_set_is_there_with_every_option() -> None:
    text = page("traits.md")
    classes = configurables()
    assert {"UsageConfig", "UsageQuotaManager", "UsageViewer"} <= {cls.__name__ for cls in classes}
    for cls in classes:
        own = {name for name, trait in cls.class_traits(config=True).items() if trait.this_class is cls}
        assert not own or f"\n## {cls.__name__}\n" in text
        assert {name for name in own if f"| `{name}` |" not in text} == set()
        assert all(cls.class_traits()[name].help for name in own), f"{cls.__name__} has an option without help"


def test_every_setting_is_there_and_says_why() -> None:
    rows = [line.split(" | ", 2) for line in page("settings.md").splitlines() if line.startswith("| `")]
    assert {row[0].strip("| `") for row in rows} == set(settings.Settings.model_fields)
    assert all(len(row[2].strip("| ")) > 10 for row in rows)


def test_every_page_of_the_reference_is_named_in_the_navigation() -> None:
    navigation = (CHECKOUT / ".ci" / "mkdocs.yml").read_text(encoding="utf-8")
    assert {path.name for path in FOLDER.iterdir() if f"reference/{path.name}" not in navigation} == set()
