"""MkDocs' hook: a page's link to a file of the repository outside of docs/ leads to the repository on the web.

Only to what is there: any other link stays as it is, and the strict build fails on it.
"""

import re
from pathlib import Path
from posixpath import normpath
from typing import Any

_DOCS = Path(__file__).parents[1] / "docs"
_LINK = re.compile(r"(?<=\]\()(?P<path>[^)#:\s]+)(?P<anchor>#[^)\s]*)?(?=\))")


def on_page_markdown(markdown: str, *, page: Any, config: Any, **_: Any) -> str:
    """Return the page's text with those links rewritten."""
    here = Path(page.file.src_uri).parent

    def rewritten(link: re.Match[str]) -> str:
        path = normpath((here / link["path"]).as_posix())
        target = _DOCS / path
        inside = not path.startswith("..")
        if not target.exists() or (inside and target.is_file()):
            return link[0]
        if inside and (target / "README.md").exists():
            return f"{link['path'].rstrip('/')}/README.md{link['anchor'] or ''}"
        kind = "tree" if target.is_dir() else "blob"
        return f"{config.extra['repository']}/{kind}/main/{normpath(f'docs/{path}')}{link['anchor'] or ''}"

    return _LINK.sub(rewritten, markdown)
