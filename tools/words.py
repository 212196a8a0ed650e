"""Finds private idiom in identifiers, docstrings, comments and messages: ``make lint`` runs it.

Owns the search; ``words.toml`` has the patterns, each with its replacement. Knows no grammar: a
pattern that hits ordinary English is a mistake of the pattern.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tokenize
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).parents[1]
FILE = Path(__file__).with_name("words.toml")
# Their text is written by us, and read by users; other files are generated, or data of others.
PROSE = (".toml", ".jinja", ".js", ".css", ".yml")
# Examples of idiom; generated text; ids, which never change.
UNREAD = (
    "tools/words.toml",
    "tests/tools/test_words.py",
    "docs/results/",
    "conformance/checks/versions.toml",
)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

Kind = Literal["identifier", "prose"]


@dataclass(frozen=True)
class Idiom:
    """A pattern of private idiom.

    ``pattern`` is a regular expression: of whole words of an identifier, joined by underscores and
    in lower case, or of prose. ``use`` is what to write instead; ``hit`` is an example of it, and
    ``ordinary`` is text that looks like it and is fine.
    """

    kind: Kind
    pattern: str
    use: str
    hit: str
    ordinary: str = ""

    def found_in(self, text: str) -> list[str]:
        """Returns the parts of an identifier, or of prose, that match."""
        if self.kind == "identifier":
            words = "_".join(_WORD.findall(text)).lower()
            whole = re.search(rf"(?:^|_)(?:{self.pattern})(?:$|_)", words)
            return [text] if whole else []
        # A phrase may go over the end of a line.
        pattern = self.pattern.replace(" ", r"\s+")
        return [match[0] for match in re.finditer(pattern, text, re.IGNORECASE)]


@dataclass(frozen=True)
class Hit:
    """A place where an idiom occurs: a file below the root, a line, and the text that matches."""

    path: str
    line: int
    text: str
    use: str

    def __str__(self) -> str:
        """The place as editors understand it, and what to write instead."""
        return f"{self.path}:{self.line}: {self.text!r}: write {self.use}"


def idioms(text: str) -> tuple[Idiom, ...]:
    """Returns the patterns that a file like ``words.toml`` lists."""
    return tuple(Idiom(**entry) for entry in tomllib.loads(text)["idiom"])


def hits(path: str, text: str, patterns: Iterable[Idiom]) -> Iterator[Hit]:
    """Yields each place in a file where one of the patterns stands.

    Args:
        path: the file's path, by whose ending it is read.
        text: what the file holds.
    """
    patterns = tuple(patterns)
    for kind, line, part in _parts(path, text):
        for pattern, found in _found(kind, part, patterns):
            at = line + part.count("\n", 0, part.find(found))
            yield Hit(path, at, " ".join(found.split()), pattern.use)


@cache  # the same identifiers stand everywhere
def _found(kind: Kind, part: str, patterns: tuple[Idiom, ...]) -> tuple[tuple[Idiom, str], ...]:
    return tuple(
        (pattern, found)
        for pattern in patterns
        if pattern.kind == kind
        for found in pattern.found_in(part)
    )


def _parts(path: str, text: str) -> Iterator[tuple[Kind, int, str]]:
    """The identifiers and the prose of a file, each with its line."""
    if not path.endswith(".py"):
        yield "prose", 1, text
        return
    comment: list[str] = []
    first = 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.NAME:
            yield "identifier", token.start[0], token.string
        elif token.type == tokenize.STRING and not re.match(r"[rR]?[bB]", token.string):
            yield "prose", token.start[0], token.string
        elif token.type == tokenize.COMMENT:
            first = first or token.start[0]
            comment.append(token.string.removeprefix("#"))
        elif comment and token.type not in (tokenize.NL, tokenize.NEWLINE):
            yield "prose", first, "\n".join(comment)
            comment, first = [], 0


def files() -> list[str]:
    """Returns the paths of the files that are read: what git tracks, in its order."""
    asked = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [
        path
        for path in listed.splitlines()
        if path.endswith((".py", *PROSE)) and not path.startswith(UNREAD) and (ROOT / path).exists()
    ]


def main() -> None:
    """Prints every hit, and exits with 1 if there is one."""
    patterns = idioms(FILE.read_text("utf-8"))
    found = [
        hit for path in files() for hit in hits(path, (ROOT / path).read_text("utf-8"), patterns)
    ]
    for hit in found:
        print(hit)
    print(f"{len(patterns)} patterns, {len(found)} hits")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
