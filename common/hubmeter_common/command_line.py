"""What all commands have in common: ``--version``, and a reader of their output that ends early."""

import argparse
import os
import sys
from collections.abc import Callable
from importlib.metadata import version
from typing import Final

# As a shell shows the end of a program by SIGPIPE.
PIPE_CLOSED: Final = 141


def add_version(parser: argparse.ArgumentParser) -> None:
    """Add the option ``--version``, which prints the command's name and the version of Hubmeter."""
    parser.add_argument(
        "--version",
        action="version",
        version=f"%(prog)s {version('hubmeter')}",
        help="print the version and exit",
    )


def until_closed(program: Callable[[], int]) -> int:
    """Return the exit code of a program, or `PIPE_CLOSED` without a message if its output is closed (``| head``)."""
    try:
        code = program()
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes standard output once more as it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    return code
