"""``hubmeter-generate``: writes dashboards and rules, or compares a folder with them."""

import argparse
import difflib
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from hubmeter_common.command_line import add_version, until_closed
from hubmeter_common.settings_file import SettingsError
from hubmeter_generator import settings
from hubmeter_generator.write.files import files as files_of

_GENERATED: Final = {".json", ".yaml", ".jsonnet"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0, 1 if --check found a difference, 2 for an error, or 141 if the output was closed."""
    options = parser().parse_args(arguments)
    return until_closed(lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    if options.print_settings:
        print(settings.defaults_text(), end="")
        return 0
    try:
        files = files_of(settings.load(options.settings), shared=options.grafana_com)
        return _check(options.out, files) if options.check else _write(options.out, files)
    except BrokenPipeError:
        raise
    except (SettingsError, OSError) as error:
        print(f"hubmeter-generate: {error}", file=sys.stderr)
        return 2


def parser() -> argparse.ArgumentParser:
    """Return the parser."""
    result = argparse.ArgumentParser(
        prog="hubmeter-generate",
        description="Writes Hubmeter's Grafana dashboards and Prometheus rules for your settings.",
        epilog="Examples: 'hubmeter-generate --out monitoring/' writes files for the default settings; "
        "'hubmeter-generate --settings my.yaml --out monitoring/ --check' in CI fails if the committed files differ "
        "from those of my.yaml. --print-settings explains every setting.",
    )
    add_version(result)
    result.add_argument(
        "--settings", type=Path, metavar="FILE", help="YAML file with the settings that differ from their defaults"
    )
    result.add_argument(
        "--out", type=Path, default=Path("dashboards"), metavar="DIR", help="folder to write to (default: dashboards)"
    )
    result.add_argument(
        "--grafana-com",
        action="store_true",
        help="also write grafana.com/*.json: dashboards for Grafana's import dialog, which asks for the data source",
    )
    result.add_argument(
        "--check", action="store_true", help="write nothing; print how DIR differs, and exit with 1 if it differs"
    )
    result.add_argument(
        "--print-settings", action="store_true", help="print all settings with their defaults and comments, and exit"
    )
    return result


def _write(out: Path, files: Mapping[str, str]) -> int:
    for name, text in files.items():
        _replace(out / name, text.encode())
    print(f"{len(files)} files written to {out}")
    for name in _strangers(out, files):
        print(f"note: {out / name} was not written by this run; delete it if an earlier run wrote it")
    return 0


def _replace(path: Path, content: bytes) -> None:
    """Replace a file atomically: an interrupted write leaves the old file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(draft).chmod(0o666 & ~_umask())
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink()
        raise


def _umask() -> int:
    """Return the process' umask, which can only be read by setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _check(out: Path, files: Mapping[str, str]) -> int:
    if not out.is_dir():
        raise NotADirectoryError(f"no folder {out} to check; name it with --out")
    different = 0
    for name, text in files.items():
        if lines := list(_difference(out / name, text)):
            different += 1
            print("\n".join(lines))
    for name in _strangers(out, files):
        different += 1
        print(f"{out / name}: the generator does not write this file")
    if different:
        print(
            f"{different} {'file differs' if different == 1 else 'files differ'} in {out}: run hubmeter-generate with "
            "the same --settings and --out, and delete the files that it does not write"
        )
        return 1
    return 0


def _difference(path: Path, text: str) -> Iterator[str]:
    """Yield the lines of a unified diff from the file on disk to the generated text; none if they are equal."""
    old = path.read_bytes().decode(errors="replace") if path.exists() else ""
    generated = f"{path} (generated)"
    for line in difflib.unified_diff(old.split("\n"), text.split("\n"), str(path), generated, lineterm=""):
        yield line.replace("\r", "\\r")


def _strangers(out: Path, files: Mapping[str, str]) -> list[str]:
    present = (path.relative_to(out).as_posix() for path in sorted(out.rglob("*")) if path.suffix in _GENERATED)
    return [name for name in present if name not in files]
