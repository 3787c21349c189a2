"""Lines of a configuration that set nothing, or another value than they show. Pure, but for reading the files.

Python reads ``c.UsageConfig.prometheus_url: "..."`` as a type annotation, and a value with a comma after it as a tuple.
"""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

_CLASSES: Final = frozenset({"QuotaGuard", "UsageConfig", "UsageQuotaManager", "UsageViewer"})


def slips(paths: Iterable[Path]) -> Iterator[str]:
    """Yield a sentence for each such line, with the file and the number of the line. Values are not shown.

    Files that cannot be read or parsed are skipped: who loads them says so.
    """
    for path in paths:
        try:
            tree = ast.parse(path.read_text(encoding="utf-8"))
        except (OSError, SyntaxError, ValueError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.AnnAssign) and node.value is None and (option := _option(node.target)):
                yield (f"line {node.lineno} of {path} sets nothing: write {option} = ... (with = and not with :)")
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple) and len(node.value.elts) == 1:
                for target in node.targets:
                    if option := _option(target):
                        yield f"line {node.lineno} of {path} sets a tuple: remove the comma after the value of {option}"


def _option(target: ast.expr) -> str:
    """Return ``c.CLASS.option`` for such a target of one of our classes, else ""."""
    spelled = ast.unparse(target)
    parts = spelled.split(".")
    return spelled if len(parts) == 3 and parts[1] in _CLASSES else ""
