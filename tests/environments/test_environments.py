"""Targets that are installed first: made once, kept, found again without a network, removed."""

import base64
import hashlib
import json
import signal
import zipfile
from pathlib import Path

import pytest
from processes_helper import Place, until

# No package index can be reached: whatever works like this works without a network.
OFFLINE = {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_NO_INDEX": "1"}
SOURCE = "from h11spec.reference import *\n__version__ = '1'\n"


def wheel(folder: Path) -> Path:
    """A wheel of a package ``tiny``, made by hand: nothing has to be built or fetched for it."""
    info = "tiny-1.dist-info"
    files = {
        "tiny.py": "raise ImportError('only installed')\n",
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: tiny\nVersion: 1\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{name},sha256={_digest(text)},{len(text)}\n" for name, text in files.items())
    path = folder / "tiny-1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in {**files, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
            archive.writestr(name, text)
    return path


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def kept(place: Place) -> list[Path]:
    """What lies in the folder of environments, finished or not."""
    return sorted(place.cache.glob("h11spec/targets/*"))


def test_an_environment_is_made_once_listed_and_cleared(place: Place) -> None:
    """The second run finds it; the label says what was installed and which module that is."""
    target = f"pip:{wheel(place.folder)}"
    first = place.check(target, **OFFLINE)
    assert first.code == 3
    assert "importing 'tiny' raises ImportError: only installed" in first.err
    [made] = kept(place)
    label = made / "h11spec.json"
    assert json.loads(label.read_text())["module"] == "tiny"
    time_made = label.stat().st_mtime_ns
    # A folder of that name here, and one on PYTHONPATH, are not what was installed.
    (place.folder / "tiny").mkdir()
    (place.folder / "tiny" / "__init__.py").write_text(SOURCE)
    again = place.check(target, **OFFLINE, PYTHONPATH=str(place.folder))
    assert again.err == first.err
    assert label.stat().st_mtime_ns == time_made
    listed = place.run("targets", "list")
    assert target in listed.out
    assert str(made) in listed.out
    assert place.run("targets", "clear").out.startswith("1 removed from ")
    assert place.run("targets", "list").out == ""
    assert kept(place) == []
    assert place.left_behind() == []


def test_what_cannot_be_installed_is_said_in_a_sentence(place: Place) -> None:
    """Nothing is left of the attempt, and pip's own words are one option away."""
    run = place.check("pip:h11==0.14.0", "--verbose", **OFFLINE)
    assert run.code == 3
    *details, message = run.err.splitlines()
    assert message.startswith("h11spec: pip cannot install 'h11==0.14.0': No matching distribution")
    assert message.endswith("correct the name, or see to the network")
    assert any("Could not find a version" in line for line in details)
    assert kept(place) == []
    assert place.left_behind() == []


def test_two_runs_may_make_the_same_one(place: Place) -> None:
    """Whoever is second uses what the first has made; there is one, and no half of another."""
    target = f"pip:{wheel(place.folder)}"
    with (
        place.started("check", target, **OFFLINE) as one,
        place.started("check", target, **OFFLINE) as other,
    ):
        ends = [place.ended(one), place.ended(other)]
    assert ["only installed" in end.err for end in ends] == [True, True]
    assert len(kept(place)) == 1


def test_one_that_is_interrupted_leaves_nothing(place: Place) -> None:
    """Neither a folder nor a process."""
    with place.started("check", f"pip:{wheel(place.folder)}", **OFFLINE) as process:
        until(lambda: kept(place))
        process.send_signal(signal.SIGINT)
        run = place.ended(process)
    assert run.code == 130, run.err
    assert kept(place) == []
    assert place.left_behind() == []


def test_a_cache_that_cannot_be_written(place: Place) -> None:
    """The message says what would do."""
    run = place.check("pip:h11==0.14.0", XDG_CACHE_HOME="/dev/null/nowhere", **OFFLINE)
    assert run.code == 3
    assert "no environment can be kept in /dev/null/nowhere" in run.err


def test_a_release_from_the_network_then_without_it(place: Place) -> None:
    """Cold it needs the network, warm it does not; and it is the release that was asked for."""
    cold = place.check("pip:h11==0.14.0", "--max-examples", "5")
    if "pip cannot install" in cold.err:
        pytest.skip(f"no package index can be reached: {cold.err}")
    warm = place.check("pip:h11==0.14.0", "--max-examples", "5", **OFFLINE)
    assert warm.code == cold.code
    assert warm.record[0]["target"]["distribution"] == "h11 0.14.0"
