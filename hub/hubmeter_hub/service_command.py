"""What the commands of all services have in common: Python files as settings, and errors that do not end a hub.

A hub ends while it starts if a service that it manages ends, or answers its check with a status of 500 or more.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Final

from traitlets import List, TraitError, Unicode
from traitlets import config as traitlets_config
from traitlets.config.loader import PyFileConfigLoader

from hubmeter_hub.config import ConfigError
from hubmeter_hub.quotas.slips import slips

# Arguments that print something and end.
QUESTIONS: Final = frozenset({"-h", "--help", "--help-all", "--version"})


class ServiceApp(traitlets_config.Application):
    """The options on the command lines of the usage page and the quota guard."""

    version = version("hubmeter")
    config_files = List(
        Unicode(), help="A Python file with settings, such as c.UsageConfig.prometheus_url. Can be repeated."
    ).tag(config=True)
    aliases = {"config-files": "ServiceApp.config_files"}  # noqa: RUF012 # traitlets' own way

    def print_version(self) -> None:
        """Print the version as the other commands do."""
        print(self.name, self.version)


def read_command_line(app: ServiceApp, argv: Sequence[str]) -> None:
    """Read the command line into an application, and the files of its option ``config_files``.

    Later files override earlier ones, and the command line overrides all.

    Raises:
        ConfigError: for an unknown argument, a file that cannot be read, or an invalid value.
        SystemExit: after --help and --version, with the code 0.
    """
    with invalid_settings(()):
        try:
            app.initialize(list(argv))
        except SystemExit as ended:  # of traitlets and argparse, which have written the reason to stderr
            if ended.code:
                raise ConfigError(f"{_arguments(argv)}: see --help for the options") from ended
            raise
        if app.extra_args:
            raise ConfigError(f"{_arguments(app.extra_args)}: see --help for the options")
    with invalid_settings(app.config_files):
        for name in app.config_files:
            app.update_config(_load(Path(name)))
        app.update_config(app.cli_config)


@contextmanager
def invalid_settings(files: Iterable[str]) -> Iterator[None]:
    """Turn the error of an option in the ``with`` block into a ConfigError that names the slips in the files."""
    try:
        yield
    except TraitError as error:
        raise ConfigError(". ".join(dict.fromkeys([str(error), *slips(map(Path, files))]))) from error


def reason_of(error: Exception) -> str:
    """Return the sentence for any error of settings, for the log and for administrators."""
    return str(error) if isinstance(error, TraitError) else f"{type(error).__name__}: {error}"


def _arguments(argv: Sequence[str]) -> str:
    """Return the start of a sentence about arguments, without their values, which may be secret."""
    return f"the arguments {' '.join(repr(argument.partition('=')[0]) for argument in argv)} cannot be used"


def _load(path: Path) -> traitlets_config.Config:
    try:
        return PyFileConfigLoader(path.name, path=str(path.parent.absolute())).load_config()
    except (Exception, SystemExit) as error:  # the file is Python, which may raise anything
        raise ConfigError(f"cannot read the configuration file {path}: {type(error).__name__}: {error}") from error
