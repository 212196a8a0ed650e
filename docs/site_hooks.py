"""Adds pages of the root to the site, and rewrites links that lead out of docs/.

Owns the conversion of links from the repository to the site. MkDocs loads these hooks by
mkdocs.yml.
"""

from __future__ import annotations

import re
from pathlib import Path
from posixpath import dirname, join, normpath, relpath
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

DOCS = Path(__file__).parent
# Files of the root that become pages of the site, in this folder of it.
PROJECT = ("ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")
PROJECT_FOLDER = "project/"
# The first two alternatives skip code, where nothing is a link.
_LINK = re.compile(
    r"^(?P<fence>`{3,}|~{3,}).*?^(?P=fence)$|`[^`\n]+`"
    r"|\[(?P<text>[^\]]*)\]\((?P<to>(?!\w+:)[^)#\s]+)(?P<anchor>#[^)\s]*)?\)",
    re.MULTILINE | re.DOTALL,
)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Adds the published results to the navigation, if they exist."""
    results = sorted(path.relative_to(DOCS).as_posix() for path in DOCS.glob("results/**/*.md"))
    if results:
        options: Any = config
        options.nav.insert(-2, {"Results": [*results]})
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages that lie in the root of the repository."""
    for name in PROJECT:
        content = (DOCS.parent / name).read_text("utf-8")
        files.append(File.generated(config, f"{PROJECT_FOLDER}{name}", content=content))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, **_: Any) -> str:
    """Returns the page with the links of the site."""
    return linked(markdown, page.file.src_uri, config.repo_url or "")


def linked(markdown: str, source: str, repository: str) -> str:
    """Returns the page with the links of the site for those that cross the border of docs/.

    A link to a page of the site leads there. Any other file is linked in the repository, or only
    named if no repository is published.
    """
    root = source.startswith(PROJECT_FOLDER)
    home = "" if root else join("docs", dirname(source))

    def resolved(match: re.Match[str]) -> str:
        if match["to"] is None:
            return match[0]
        path, anchor = normpath(join(home, match["to"])), match["anchor"] or ""
        inside = path.startswith("docs/")
        if inside and not root:
            return match[0]
        if inside or path in PROJECT:
            target = path.removeprefix("docs/") if inside else f"{PROJECT_FOLDER}{path}"
            return f"[{match['text']}]({relpath(target, dirname(source) or '.')}{anchor})"
        if repository:
            return f"[{match['text']}]({repository.rstrip('/')}/blob/main/{path}{anchor})"
        return str(match["text"])

    return _LINK.sub(resolved, markdown)
