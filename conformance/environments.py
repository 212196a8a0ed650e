"""Virtual environments for targets that are installed first, kept in the user's cache folder.

Owns that folder. An environment is made aside and then moved into its place in one step, so that
two runs that make the same one at the same time do not meet, and one that breaks off leaves
nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from .. import reference
from .targets import TargetError

_LABEL = "h11spec.json"
_H11 = f"h11=={reference.__version__}"
# Asks the environment which packages the distribution put at the top.
_TOP_LEVEL = """
import importlib.metadata, sys
names = set()
for file in importlib.metadata.distribution(sys.argv[1]).files or ():
    top = file.parts[0]
    if len(file.parts) > 1 and file.parts[-1] == "__init__.py" or top.endswith(".py"):
        names.add(top.removesuffix(".py"))
print(*sorted(name for name in names if name.isidentifier()))
"""


@dataclass(frozen=True)
class Environment:
    """An environment with one requirement installed.

    ``module`` is the name that the requirement's own package is imported by, "" if that is not
    clear; ``added`` is what had to be installed beside it, "" if nothing.
    """

    requirement: str
    module: str
    added: str
    folder: Path

    @property
    def python(self) -> str:
        """The Python of the environment."""
        return str(_python_of(self.folder))

    @property
    def size(self) -> int:
        """How many bytes it takes."""
        return sum(file.lstat().st_size for file in self.folder.rglob("*"))


def cache_folder() -> Path:
    """Returns the folder that environments are kept in; it may not exist yet."""
    return Path(platformdirs.user_cache_dir("h11spec")) / "targets"


def environments() -> Iterator[Environment]:
    """Returns the environments that there are."""
    for label in sorted(cache_folder().glob(f"*/{_LABEL}")):
        yield _read(label.parent)


def environment(requirement: str) -> Environment:
    """Returns the environment for ``requirement``, which is made if there is none yet.

    Making it installs the requirement, and runs whatever code its build runs.

    Raises TargetError when pip cannot install it.
    """
    folder = cache_folder() / _key(requirement)
    if not (folder / _LABEL).exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=".new-", dir=folder.parent))
        try:
            _make(aside, requirement)
            _put(aside, folder)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    return _read(folder)


def clear() -> int:
    """Removes all environments, and returns how many there were."""
    count = len(list(environments()))
    shutil.rmtree(cache_folder(), ignore_errors=True)
    return count


def _key(requirement: str) -> str:
    """A name for the folder: readable, and another one for whatever would install other code."""
    parts = [requirement, sys.version, sys.prefix]
    path = Path(requirement)
    if path.exists():
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        newest = max((file.lstat().st_mtime_ns for file in files if file.is_file()), default=0)
        parts = [str(path.resolve()), str(newest), *parts[1:]]
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]
    readable = re.sub(r"[^A-Za-z0-9.=-]+", "-", requirement).strip("-")[-40:]
    return f"{readable}-{digest}"


def _make(folder: Path, requirement: str) -> None:
    _run([sys.executable, "-m", "venv", str(folder)], f"no environment for {requirement!r}")
    python = str(_python_of(folder))
    report = folder / "report.json"
    pip = [python, "-m", "pip", "--disable-pip-version-check", "install"]
    wanted = str(Path(requirement).resolve()) if Path(requirement).exists() else requirement
    _run([*pip, "--report", str(report), wanted], f"pip cannot install {requirement!r}")
    installed = json.loads(report.read_text("utf-8"))["install"]
    asked = [entry["metadata"]["name"] for entry in installed if entry["requested"]]
    top = _run([python, "-c", _TOP_LEVEL, *asked[:1]], "the environment is broken").split()
    module = "h11" if "h11" in top else top[0] if len(top) == 1 else ""
    added = _add_h11(python, pip, module)
    label = {"requirement": requirement, "module": module, "added": added}
    (folder / _LABEL).write_text(json.dumps(label), "utf-8")


def _add_h11(python: str, pip: list[str], module: str) -> str:
    """Installs h11 beside a fork that imports it without saying so, and returns what was added."""
    if not module:
        return ""
    ask = [python, "-c", f"import {module}"]
    tried = subprocess.run(ask, capture_output=True, text=True, errors="replace", check=False)
    if "No module named 'h11'" not in tried.stderr:
        return ""
    _run([*pip, _H11], f"pip cannot install {_H11}, which {module} imports")
    return _H11


def _run(command: list[str], problem: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        said = done.stdout + done.stderr
        reasons = [line for line in said.splitlines() if line.startswith("ERROR:")]
        reason = (reasons or said.splitlines() or ["nothing was said"])[-1].removeprefix("ERROR: ")
        raise TargetError(f"{problem}: {reason}; correct the name, or see to the network", said)
    return done.stdout


def _put(aside: Path, folder: Path) -> None:
    try:
        aside.rename(folder)
    except OSError:
        # Another run was quicker; what it made is as good.
        if not (folder / _LABEL).exists():
            raise


def _read(folder: Path) -> Environment:
    label = json.loads((folder / _LABEL).read_text("utf-8"))
    return Environment(label["requirement"], label["module"], label["added"], folder)


def _python_of(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
