"""What pyproject.toml lists by hand is what lies on disk, and the built wheel carries exactly that.

Knows the repository's layout and nothing of what the packages do.
"""

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = ("conformance", "reference", "reports", "strategies")
SETUPTOOLS: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))[
    "tool"
]["setuptools"]


def carried_files() -> set[Path]:
    """Every file of the package, relative to the repository root; hidden ones are an editor's."""
    files = {
        path.relative_to(ROOT)
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("[!.]*")
        if path.is_file() and path.parent.name != "__pycache__"
    }
    return files | {Path("__init__.py"), Path("__main__.py"), Path("py.typed")}


def folder_of(package: str) -> Path:
    return ROOT.joinpath(*package.split(".")[1:])


def run_python(*arguments: str, cwd: Path | None = None) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def build(kind: str, tree: Path, into: Path) -> Path:
    """A distribution, built by the backend pyproject.toml names; needs no pip and no network."""
    script = (
        f"import sys; from setuptools.build_meta import build_{kind}; build_{kind}(sys.argv[1])"
    )
    into.mkdir()
    run_python("-c", script, str(into), cwd=tree)
    (built,) = into.iterdir()
    return built


def names_in(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository: a build leaves files behind, and finds those of the one before."""
    generated = ignore_patterns(".*", "__pycache__", "*.egg-info", "build", "dist", "site")
    return copytree(ROOT, tmp_path_factory.mktemp("source") / "tree", ignore=generated)


@pytest.fixture(scope="module")
def wheel(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", tree, tmp_path_factory.mktemp("built") / "wheel")


def test_every_package_on_disk_is_listed_and_the_reverse() -> None:
    """setuptools drops an unlisted package from the wheel without a word."""
    on_disk = {
        ".".join(("h11spec", *path.parent.parts))
        for path in carried_files()
        if path.suffix == ".py"
    }
    assert set(SETUPTOOLS["packages"]) == on_disk


def test_every_package_has_an_init_module() -> None:
    """A folder without one is found in an editable install and by nothing else."""
    assert [
        package
        for package in SETUPTOOLS["packages"]
        if not (folder_of(package) / "__init__.py").is_file()
    ] == []


def test_the_root_holds_no_stray_module() -> None:
    """Every Python file at the root is shipped as a module of h11spec."""
    assert {path.name for path in ROOT.glob("*.py")} == {"__init__.py", "__main__.py"}


def test_package_data_lists_every_data_file_and_nothing_else() -> None:
    """setuptools drops an unlisted data file from the wheel without a word."""
    listed: set[Path] = set()
    for package, patterns in SETUPTOOLS["package-data"].items():
        for pattern in patterns:
            matched = {path for path in folder_of(package).glob(pattern) if path.is_file()}
            assert matched, f"{pattern} matches nothing in {package}"
            listed |= {path.relative_to(ROOT) for path in matched}
    assert listed == {path for path in carried_files() if path.suffix != ".py"}


def test_the_wheel_carries_the_package_and_nothing_else(wheel: Path) -> None:
    """A user gets every module and data file, and no name beside h11spec in site-packages."""
    expected = {Path("h11spec", path).as_posix() for path in carried_files()}
    assert {name for name in names_in(wheel) if ".dist-info/" not in name} == expected


def test_the_wheel_carries_the_licence_the_command_and_the_plugin(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (licence,) = (name for name in archive.namelist() if name.endswith("/licenses/LICENSE"))
        (commands,) = (name for name in archive.namelist() if name.endswith("/entry_points.txt"))
        assert archive.read(licence) == (ROOT / "LICENSE").read_bytes()
        assert b"h11spec = h11spec.conformance.cli:main" in archive.read(commands)
        assert b"[pytest11]\nh11spec = h11spec.conformance.pytest_plugin" in archive.read(commands)


def test_a_wheel_built_from_the_source_archive_carries_the_same(
    tree: Path, wheel: Path, tmp_path: Path
) -> None:
    """Who builds from the published sources gets what is published."""
    archive = build("sdist", tree, tmp_path / "sdist")
    run_python("-m", "tarfile", "--extract", str(archive), str(tmp_path / "unpacked"))
    (source,) = (tmp_path / "unpacked").iterdir()
    assert names_in(build("wheel", source, tmp_path / "wheel")) == names_in(wheel)


def test_the_reference_runs_from_the_wheel_with_the_standard_library_alone(wheel: Path) -> None:
    """Who wants only the model needs none of the suite's dependencies."""
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]);"
        "import h11spec.reference as reference; print(reference.__file__)"
    )
    # -I and -S together leave neither this environment's packages nor the editable install.
    assert run_python("-I", "-S", "-c", script, str(wheel)).startswith(str(wheel))
