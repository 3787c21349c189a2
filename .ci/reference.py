"""Write docs/reference/: the options of all commands and of the hub's configuration, and all settings.

`make generate` runs ``python .ci/reference.py docs/reference``. The script is not in the generator, which must not
import the other packages.
"""

import argparse
import math
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml
from traitlets import TraitType, Undefined
from traitlets.config import Configurable

from hubmeter_exporter import cli as exporter
from hubmeter_exporter.costs import cli as costs
from hubmeter_exporter.costs import settings as cost_settings
from hubmeter_exporter.report import cli as report
from hubmeter_generator import cli, settings
from hubmeter_generator.operate import backfill, doctor
from hubmeter_hub.config import UsageConfig
from hubmeter_hub.profiles.singleuser import SingleuserProfiles
from hubmeter_hub.quota_guard.traits import QuotaGuard
from hubmeter_hub.quotas.traits import UsageQuotaManager
from hubmeter_hub.service_command import ServiceApp
from hubmeter_hub.usage_page.traits import UsageViewer

COMMANDS: Final[Mapping[str, argparse.ArgumentParser]] = {
    "hubmeter-exporter": exporter.build_parser({}),
    "hubmeter-costs": costs.build_parser({}),
    "hubmeter-report": report.build_parser({}),
    "hubmeter-generate": cli.parser(),
    "hubmeter-backfill": backfill.parser(),
    "hubmeter-doctor": doctor.parser(),
}
# By command: what the exit codes 0, 1 and 2 mean.
_UNUSABLE: Final = "an option or a setting is invalid, or an extra is not installed"
EXIT_CODES: Final[Mapping[str, tuple[str, str, str]]] = {
    "hubmeter-exporter": (
        "ended by SIGTERM or SIGINT; with `--once`, the hub was read",
        "with `--once`, the hub could not be read; otherwise a defect",
        "an option is invalid, or the port is in use",
    ),
    "hubmeter-costs": (
        "ended by SIGTERM or SIGINT; with `--once`, bills were read and priced",
        "with `--once`, bills could not be read or priced; otherwise a defect",
        f"{_UNUSABLE}, the ledger is unusable, or the port is in use",
    ),
    "hubmeter-report": (
        "files were written, and reports sent",
        "the cost API, Prometheus, the output or the sending failed, or a group is unknown",
        _UNUSABLE,
    ),
    "hubmeter-generate": ("files were written, or are equal (`--check`)", "files differ (`--check`)", _UNUSABLE),
    "hubmeter-backfill": (
        "samples were recorded",
        "Prometheus refused samples or went away, or there was nothing to record",
        f"{_UNUSABLE}, or the state file is of another backfill, or the engine is VictoriaMetrics",
    ),
    "hubmeter-doctor": (
        "nothing required is missing",
        "something required is missing",
        f"{_UNUSABLE}, or Prometheus cannot be queried",
    ),
    "python -m hubmeter_hub.usage_page": (
        "ended by a signal",
        "a defect",
        "it was not started by a hub, or the port is in use",
    ),
    "python -m hubmeter_hub.quota_guard": (
        "ended by a signal",
        "a defect",
        "it was not started by a hub, or the port is in use",
    ),
}
CLASSES: Final[tuple[type[Configurable], ...]] = (
    UsageConfig,
    UsageQuotaManager,
    UsageViewer,
    ServiceApp,
    QuotaGuard,
    SingleuserProfiles,
)
_NOTE: Final = "<!-- Written by .ci/reference.py: do not edit, `make generate`. -->"


def pages() -> dict[str, str]:
    """Return the pages by file name."""
    return {
        "commands.md": _page("Commands", _commands()),
        "traits.md": _page("Options in jupyterhub_config.py", _traits()),
        "settings.md": _page("Settings of rules and dashboards", _settings()),
        "cost-settings.md": _page("Settings of hubmeter-costs", _cost_settings()),
    }


def _page(title: str, lines: Iterable[str]) -> str:
    return "\n".join((f"# {title}", "", _NOTE, "", *lines)).rstrip("\n") + "\n"


def _commands() -> Iterator[str]:
    yield "All commands also have `--help`."
    yield from ("", "## Exit codes", "", "| command | 0 | 1 | 2 |", "|---|---|---|---|")
    yield from (f"| `{name}` | {' | '.join(codes)} |" for name, codes in EXIT_CODES.items())
    yield from ("", "141: `hubmeter-generate`, `hubmeter-backfill` and `hubmeter-doctor` end without a message if the")
    yield "reader of their output has ended, as in `hubmeter-doctor URL --json | head`."
    yield ""
    yield "3: `hubmeter-report --send` has sent all reports, but a group has no recipient; the log names it."
    for name, parser in COMMANDS.items():
        yield from ("", f"## {name}", "", _text(parser.description or ""), "")
        yield from ("| option | meaning |", "|---|---|")
        for action in parser._actions:  # noqa: SLF001 - argparse lists options nowhere else
            if "--help" not in action.option_strings:
                yield f"| {_option(action)} | {_text(_help(parser, action))} |"
        if parser.epilog:
            yield from ("", _text(parser.epilog))


def _option(action: argparse.Action) -> str:
    metavar = " ".join(action.metavar) if isinstance(action.metavar, tuple) else action.metavar
    value = metavar or ("|".join(map(str, action.choices)) if action.choices else "")
    if not value and action.nargs != 0 and action.option_strings:
        value = action.dest.upper()
    # Options have a spelling with underscores and one with dashes; show one.
    spellings = {name.replace("_", "-"): name for name in reversed(action.option_strings)}
    names = [*reversed(spellings.values())] or [str(action.metavar or action.dest)]
    return ", ".join(f"`{_cell(f'{name} {value}'.strip() if action.option_strings else name)}`" for name in names)


def _help(parser: argparse.ArgumentParser, action: argparse.Action) -> str:
    return (action.help or "") % {**vars(action), "prog": parser.prog}


def _traits() -> Iterator[str]:
    yield "For example `c.UsageQuotaManager.failover_open = False`. A class inherits the options of the class it"
    yield "extends, and their values: those of `UsageConfig` apply to all classes that extend it."
    for cls in CLASSES:
        extends = [base.__name__ for base in cls.__bases__ if base in CLASSES]
        yield from ("", f"## {cls.__name__}", "", _text((cls.__doc__ or "").strip()))
        if extends:
            yield from ("", f"Extends `{extends[0]}`.")
        yield from ("", "| option | default | meaning |", "|---|---|---|")
        bases = [base for base in cls.__bases__ if issubclass(base, Configurable)]
        inherited = {name for base in bases for name in base.class_traits()}
        for name, trait in sorted(cls.class_traits(config=True).items()):
            if name not in inherited:
                yield f"| `{name}` | {_default(trait)} | {_text(trait.help)} |"


def _default(trait: TraitType[Any, Any]) -> str:
    value = trait.default()
    return "" if value is Undefined or value in (None, "", [], {}) else f"`{_cell(repr(value))}`"


def _settings() -> Iterator[str]:
    yield "Write the settings that differ from the defaults into a YAML file, and pass it to `hubmeter-generate`,"
    yield "`hubmeter-backfill` and `hubmeter-doctor` with `--settings FILE`. In the [mixin](../mixin.md) they are"
    yield "keys of `_config`, in the [chart](../install.md#settings-of-rules-and-dashboards) values under `settings`."
    yield from ("", "| setting | default | meaning |", "|---|---|---|")
    for name, default, why in explained(settings.defaults_text()):
        yield f"| `{name}` | `{_cell(default)}` | {_text(why)} |"


def _cost_settings() -> Iterator[str]:
    yield "The defaults, as `hubmeter-costs --print_settings` prints them. Pass your own file with `--config`. See"
    yield "[costs](../costs.md)."
    yield from ("", "```yaml", cost_settings.defaults_text().rstrip("\n"), "```")


def explained(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield (setting, default as YAML, the comment above it) of a settings file."""
    for block in re.split(r"\n\n+", text.strip()):
        comment = " ".join(line.lstrip("# ") for line in block.splitlines() if line.startswith("#"))
        for match in re.finditer(r"(?m)^([a-z_]+): *(.*(?:\n  .*)*)", block):
            value = yaml.safe_load(match[0])[match[1]]
            lines = len(match[2].splitlines())
            default = (
                match[2]
                if lines == 1
                else yaml.safe_dump(value, default_flow_style=True, width=math.inf, sort_keys=False)
            )
            yield match[1], default, comment


def _text(text: str) -> str:
    """Return text for a cell of a table, without HTML."""
    return _cell(text).replace("<", "&lt;")


def _cell(text: str) -> str:
    """Return text on one line, with the separators of cells escaped."""
    return " ".join(text.split()).replace("|", "\\|")


def main(folder: Path) -> None:
    """Write the pages, and nothing else into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    os.environ.pop("POD_NAMESPACE", None)  # the pages must not depend on the environment
    main(Path(sys.argv[1]))
