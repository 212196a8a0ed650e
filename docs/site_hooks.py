"""What the site has beyond docs/: pages that lie at the root, and links that lead out of docs/.

Owns the way from a link that is right in the repository to one that is right on the site. A hook of
MkDocs, which mkdocs.yml names.
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
# Pages of the root that are pages of the site, in this folder of it.
PROJECT = ("ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")
BESIDE = "project/"
# What stands in code is no link, whatever it looks like.
_LINK = re.compile(
    r"^(?P<fence>`{3,}|~{3,}).*?^(?P=fence)$|`[^`\n]+`"
    r"|\[(?P<text>[^\]]*)\]\((?P<to>(?!\w+:)[^)#\s]+)(?P<anchor>#[^)\s]*)?\)",
    re.MULTILINE | re.DOTALL,
)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Adds the published results to the navigation, where they have been made."""
    results = sorted(path.relative_to(DOCS).as_posix() for path in DOCS.glob("results/**/*.md"))
    if results:
        options: Any = config
        options.nav.insert(-2, {"Results": [*results]})
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages that lie at the root."""
    for name in PROJECT:
        content = (DOCS.parent / name).read_text("utf-8")
        files.append(File.generated(config, f"{BESIDE}{name}", content=content))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, **_: Any) -> str:
    """Returns the page with its links as they are right on the site."""
    return linked(markdown, page.file.src_uri, config.repo_url or "")


def linked(markdown: str, source: str, repository: str) -> str:
    """Returns a page of the site with the links that lead out of docs/, or come from there, mended.

    One to a page of the site leads there. Any other file is shown by the repository, or named
    without a link as long as that is published nowhere.
    """
    root = source.startswith(BESIDE)
    home = "" if root else join("docs", dirname(source))

    def resolved(match: re.Match[str]) -> str:
        if match["to"] is None:
            return match[0]
        path, anchor = normpath(join(home, match["to"])), match["anchor"] or ""
        inside = path.startswith("docs/")
        if inside and not root:
            return match[0]
        if inside or path in PROJECT:
            target = path.removeprefix("docs/") if inside else f"{BESIDE}{path}"
            return f"[{match['text']}]({relpath(target, dirname(source) or '.')}{anchor})"
        if repository:
            return f"[{match['text']}]({repository.rstrip('/')}/blob/main/{path}{anchor})"
        return str(match["text"])

    return _LINK.sub(resolved, markdown)
