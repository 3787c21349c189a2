"""MkDocs' hooks for the pages of docs/, which are written for GitHub first.

Links to files outside docs/ lead to the repository on the web. Markdown in ``<details>`` is rendered, and names in code
stay in one piece, as on GitHub.
"""

import re
from pathlib import Path
from posixpath import normpath
from typing import Any

_DOCS = Path(__file__).parents[1] / "docs"
_LINK = re.compile(r"(?<=\]\()(?P<path>[^)#:\s]+)(?P<anchor>#[^)\s]*)?(?=\))")
_CELL = re.compile(r"<t[dh]\b.*?</t[dh]>", re.DOTALL)
_CODE = re.compile(r"(?<=<code>)[^<\n]*(?=</code>)")  # inline: a block of code has line ends
_WORD = re.compile(r"(?<!\S)(?=\S*[-/])\S{1,40}(?!\S)")  # could break at - or /; 40 characters fit on a phone


def on_page_markdown(markdown: str, *, page: Any, config: Any, **_: Any) -> str:
    """Return a page's Markdown with its links rewritten.

    A link to a file that does not exist stays as it is, and the strict build fails on it.
    """
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

    return _LINK.sub(rewritten, markdown.replace("<details>", "<details markdown>"))


def on_page_content(html: str, **_: Any) -> str:
    r"""Return a page's HTML with short words of code unbreakable, and without GitHub's ``\|`` in code of tables."""

    def unescaped(cell: re.Match[str]) -> str:
        return _CODE.sub(lambda code: code[0].replace("\\|", "|"), cell[0])

    def unbreakable(code: re.Match[str]) -> str:
        return _WORD.sub(r'<span class="name">\g<0></span>', code[0])

    return _CODE.sub(unbreakable, _CELL.sub(unescaped, html))
