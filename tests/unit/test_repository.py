"""Rules that hold for the repository as a whole."""

import ast
import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from hubmeter_generator.cli import main as generate
from hubmeter_generator.write import mixin
from tests.waiting import PATIENCE

CHECKOUT = Path(__file__).parents[2]

SUPPRESSION = re.compile(
    r"#\s*(?P<what>noqa(?P<codes>:\s*[A-Z]+\d+(?:[\s,]+[A-Z]+\d+)*)?|type:\s*ignore(?P<kinds>\[[\w, -]+\])?"
    r"|pragma:\s*no cover|shellcheck\s+disable=\S+)(?P<rest>.*)"
)
REASON = re.compile(r"\W+\w\S*\s+\w")  # two words at least


def tracked() -> list[Path]:
    """Return the repository's files, including those not yet committed."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=PATIENCE, check=True)
    return [CHECKOUT / name for name in sorted(set(listed.stdout.splitlines())) if (CHECKOUT / name).is_file()]


def tracked_python() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".py"]


def lines_matching(pattern: re.Pattern[str], text: str) -> list[str]:
    return [f"{number}: {line.strip()}" for number, line in enumerate(text.splitlines(), 1) if pattern.search(line)]


def imported(source: str) -> set[str]:
    """Return the top-level packages that a module imports, also inside functions."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    return {name.split(".")[0] for name in names}


def test_imports_are_found_anywhere_in_a_module() -> None:
    source = "import a.b, c\nfrom d.e import f\nfrom . import g\ndef h():\n    import i\n"
    assert imported(source) == {"a", "c", "d", "i"}


def package_folders() -> list[Path]:
    return sorted(path.parent for path in CHECKOUT.glob("*/hubmeter_*/__init__.py"))


ALLOWED_IMPORTS = {
    "hubmeter_common": set(),
    "hubmeter_promql": {"hubmeter_common"},
    "hubmeter_exporter": {"hubmeter_common", "hubmeter_promql"},
    "hubmeter_generator": {"hubmeter_common", "hubmeter_promql"},
    "hubmeter_hub": {"hubmeter_common", "hubmeter_promql"},
}


def test_allowed_imports_cover_every_package() -> None:
    assert {folder.name for folder in package_folders()} == set(ALLOWED_IMPORTS)


@pytest.mark.parametrize("folder", package_folders(), ids=lambda folder: folder.name)
def test_packages_import_only_promql_and_common(folder: Path) -> None:
    allowed = {folder.name} | ALLOWED_IMPORTS[folder.name]
    wrong = {}
    for path in folder.rglob("*.py"):
        ours = {
            name
            for name in imported(path.read_text(encoding="utf-8"))
            if name.startswith("hubmeter_") or name == "tests"
        }
        if ours - allowed:
            wrong[str(path.relative_to(CHECKOUT))] = ours - allowed
    assert wrong == {}


def unreasoned(comment: str) -> bool:
    """Return whether a comment suppresses a check without naming its rule and the reason."""
    match = SUPPRESSION.search(comment)
    if not match:
        return False
    what = match["what"]
    names_rule = bool(match["codes"] or match["kinds"]) or not what.startswith(("noqa", "type"))
    return not (names_rule and REASON.match(match["rest"]))


@pytest.mark.parametrize(
    ("comment", "refused"),
    [
        ("# noqa" + ": S310 - only loopback is asked here", False),
        ("# noqa" + ": S310, S603  # the path is the test's own", False),
        ("# noqa" + ": S310", True),
        ("# noqa" + ": S310 - ok", True),
        ("# noqa" + " - because the line is long", True),
        ("# type" + ": ignore[attr-defined]  # grafanalib ships no types", False),
        ("# type" + ": ignore  # grafanalib ships no types", True),
        ("# type" + ": ignore[attr-defined]", True),
        ("# shellcheck" + " disable=SC2016 # the names are apt's own", False),
        ("# shellcheck" + " disable=SC2016", True),
        ("# a comment that suppresses nothing", False),
    ],
)
def test_a_suppression_needs_its_code_and_its_reason(comment: str, refused: bool) -> None:
    assert unreasoned(comment) is refused


def comments(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line number and text of a file's comments; in Python without those inside strings."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string
    else:
        yield from ((number, line) for number, line in enumerate(text.splitlines(), 1) if "#" in line)


def test_every_suppression_gives_its_reason_on_its_line() -> None:
    scripts = [path for path in tracked() if path.parent.name == ".ci" and path.suffix in {"", ".sh"}]
    found = [
        f"{path.relative_to(CHECKOUT)}:{number}: {comment.strip()}"
        for path in [*tracked_python(), *scripts]
        for number, comment in comments(path)
        if unreasoned(comment)
    ]
    assert found == []


SKIP = re.compile(r"pytest\.(skip|xfail|importorskip|mark\.(skip|skipif|xfail))")


def unreasoned_skips(source: str) -> list[int]:
    """Return the lines of skips and expected failures without a reason."""
    skips = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return [
        call.lineno
        for call in skips
        if (match := SKIP.fullmatch(ast.unparse(call.func)))
        and not any(word.arg == "reason" for word in call.keywords)
        and not (match[1] in {"skip", "xfail", "mark.skip"} and call.args)
    ]


def test_a_skip_needs_its_reason() -> None:
    source = (
        "import pytest\n"
        "@pytest.mark.skipif(True)\n"
        "def a(): pytest.skip('no engine here')\n"
        "@pytest.mark.skip(reason='not on this system')\n"
        "def b(): pytest.skip()\n"
    )
    assert unreasoned_skips(source) == [2, 5]


def test_every_skip_gives_its_reason() -> None:
    found = {
        str(path.relative_to(CHECKOUT)): unreasoned_skips(path.read_text(encoding="utf-8")) for path in tracked_python()
    }
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_every_ignored_linter_rule_gives_its_reason() -> None:
    configuration = (CHECKOUT / "pyproject.toml").read_text(encoding="utf-8")
    ignored = lines_matching(re.compile(r'^\s*"[A-Z]+\d+",|^ignore_\w+ = |^disable_\w+ = |^\s*"ignore:'), configuration)
    assert ignored, "no line of pyproject.toml matches the pattern of ignored rules: adapt the pattern"
    assert [line for line in ignored if not re.search(r"#\s*\w+\s+\w+", line)] == []


def test_the_generator_writes_every_file_in_dashboards(tmp_path: Path) -> None:
    assert generate(["--out", str(tmp_path)]) == 0
    written = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    present = {
        path.relative_to(CHECKOUT / "dashboards").as_posix()
        for path in tracked()
        if path.relative_to(CHECKOUT).parts[0] == "dashboards"
    }
    assert present == written | set(mixin.files())
