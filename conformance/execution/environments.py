"""Virtual environments for targets that are installed first, in the user's cache folder.

Owns that folder. An environment is made in a temporary folder and then renamed, so that two runs
that make the same one at the same time do not clash, and an interrupted one leaves nothing behind.
It must not know what is done with a target.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from ... import reference
from ..targets.target import TargetError
from .signals import deferred_signals

_LABEL = "h11spec.json"
# Seconds that an import gets to fail; the run itself has a limit of its own.
_IMPORT_TIME = 60
_H11 = f"h11=={reference.__version__}"
_OUTSIDE = ("PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX", "PIP_USER")
# Prints the top-level packages of the distribution.
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

    ``module`` is the import name of the requirement's package, "" if that is not clear; ``added``
    is what had to be installed with it, "" if nothing.
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
        """Its size on disk, in bytes."""
        return sum(file.lstat().st_size for file in self.folder.rglob("*"))


def cache_folder() -> Path:
    """Returns the folder of all environments; it may not exist yet."""
    return Path(platformdirs.user_cache_dir("h11spec")) / "targets"


def environments() -> Iterator[Environment]:
    """Yields the existing environments."""
    for label in sorted(cache_folder().glob(f"*/{_LABEL}")):
        yield _read(label.parent)


def environment(requirement: str) -> Environment:
    """Returns the environment for ``requirement``, after making it if there is none yet.

    Making it installs the requirement, and runs whatever code its build runs.

    Raises TargetError when pip cannot install it.
    """
    folder = cache_folder() / _key(requirement)
    if not (folder / _LABEL).exists():
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            aside = Path(tempfile.mkdtemp(prefix=".new-", dir=folder.parent))
        except OSError as error:
            raise TargetError(
                f"cannot make an environment in {folder.parent}: {error.strerror}; set "
                "XDG_CACHE_HOME to a folder that can be written"
            ) from None
        try:
            _make(aside, requirement)
            _put(aside, folder)
        finally:
            with deferred_signals():
                _remove(aside)
    return _read(folder)


def _remove(folder: Path) -> None:
    """Removes a folder that a process which was just killed may still be writing to."""
    for _ in range(20):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            break
        time.sleep(0.05)


def clear() -> int:
    """Removes all environments, and returns their number."""
    count = len(list(environments()))
    shutil.rmtree(cache_folder(), ignore_errors=True)
    return count


def _key(requirement: str) -> str:
    """A readable name for the folder, different for everything that would install other code."""
    parts = [requirement, sys.version, sys.prefix]
    path = _path(requirement)
    if path is not None:
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        newest = max((file.lstat().st_mtime_ns for file in files if file.is_file()), default=0)
        parts = [str(path.resolve()), str(newest), *parts[1:]]
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]
    readable = re.sub(r"[^A-Za-z0-9.=-]+", "-", requirement).strip("-")[-40:]
    return f"{readable}-{digest}"


def _path(requirement: str) -> Path | None:
    """The file or folder that the requirement names, by pip's own rule, or None.

    A folder in the current one is not mistaken for a package of that name.
    """
    path = Path(requirement)
    written_as_path = os.sep in requirement or requirement.startswith(".")
    return path if path.is_file() or (written_as_path and path.is_dir()) else None


def _make(folder: Path, requirement: str) -> None:
    temporary = folder / "temporary"
    temporary.mkdir()
    _run(
        [sys.executable, "-m", "venv", str(folder)],
        f"no environment for {requirement!r}",
        temporary,
    )
    python = str(_python_of(folder))
    report = folder / "report.json"
    pip = [python, "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
    path = _path(requirement)
    wanted = requirement if path is None else str(path.resolve())
    _run(
        [*pip, "--report", str(report), "--", wanted],
        f"pip cannot install {requirement!r}",
        temporary,
    )
    installed = json.loads(report.read_text("utf-8"))["install"]
    asked = [entry["metadata"]["name"] for entry in installed if entry["requested"]]
    top = _run(
        [python, "-c", _TOP_LEVEL, *asked[:1]], "the environment is broken", temporary
    ).split()
    module = "h11" if "h11" in top else top[0] if len(top) == 1 else ""
    added = _add_h11(python, pip, module, temporary)
    shutil.rmtree(temporary, ignore_errors=True)
    label = {"requirement": requirement, "module": module, "added": added}
    (folder / _LABEL).write_text(json.dumps(label), "utf-8")


def _add_h11(python: str, pip: list[str], module: str, temporary: Path) -> str:
    """Installs h11 for a fork that imports it without requiring it; returns what was added."""
    if not module:
        return ""
    try:
        _, _, errors = _finished(
            [python, "-c", f"import {module}"], temporary, timeout=_IMPORT_TIME
        )
    except subprocess.TimeoutExpired:
        return ""
    if "No module named 'h11'" not in errors:
        return ""
    _run([*pip, _H11], f"pip cannot install {_H11}, which {module} imports", temporary)
    return _H11


def _run(command: list[str], problem: str, temporary: Path) -> str:
    code, out, errors = _finished(command, temporary)
    if code:
        output = out + errors
        reasons = [line for line in output.splitlines() if line.startswith("ERROR:")]
        reason = (reasons or output.splitlines() or ["no output"])[-1].removeprefix("ERROR: ")
        raise TargetError(f"{problem}: {reason}; correct the name, or check the network", output)
    return out


def _finished(
    command: list[str], temporary: Path, timeout: float | None = None
) -> tuple[int, str, str]:
    """Runs a command; returns its exit code, its output and its errors.

    It runs in a process group of its own, so that its child processes end with it when it is
    interrupted, and without the variables that would show it packages outside of the environment.
    """
    environment = {name: value for name, value in os.environ.items() if name not in _OUTSIDE}
    # A killed command cannot clean up: its temporary files are in the folder that is being made.
    environment["TMPDIR"] = str(temporary)
    # Nothing may interrupt between its start and the block that ends it.
    with (
        deferred_signals() as deliver_signals,
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            env=environment,
            start_new_session=True,
        ) as process,
    ):
        try:
            deliver_signals()
            out, errors = process.communicate(timeout=timeout)
        except BaseException:
            _end_group(process)
            raise
        return process.returncode, out, errors


def _end_group(process: subprocess.Popen[str]) -> None:
    if os.name == "nt":
        process.kill()
    else:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _put(aside: Path, folder: Path) -> None:
    try:
        aside.rename(folder)
    except OSError:
        # Another run was quicker, and made the same environment.
        if not (folder / _LABEL).exists():
            raise


def _read(folder: Path) -> Environment:
    label = json.loads((folder / _LABEL).read_text("utf-8"))
    return Environment(label["requirement"], label["module"], label["added"], folder)


def _python_of(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
