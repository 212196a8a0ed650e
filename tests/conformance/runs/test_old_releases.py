"""Real implementations that differ: releases of h11 before 0.16.0.

Installs the releases from the package index, once for all tests; without an index they are skipped.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from command_helper import findings, h11spec
from processes_helper import SEARCH
from records_helper import record_lines

# How many programs are enough to notice, and the end of an identity that is among what they show.
RELEASES = {
    "0.9.0": (40, "raw_headers: expected a list, got unreadable"),
    "0.11.0": (60, "(, got NEED_DATA|, got RemoteProtocolError 400)"),
    "0.14.0": (80, "expected RemoteProtocolError 400, got (Data|EndOfMessage|NEED_DATA)"),
    "0.15.0": (80, "expected RemoteProtocolError 400, got (Data|EndOfMessage|NEED_DATA)"),
}


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder that a release is installed in; all processes that run tests share it."""
    cache = tmp_path_factory.getbasetemp().parent / "h11-releases"
    cache.mkdir(exist_ok=True)

    def folder(version: str) -> Path:
        place = cache / version
        if not place.exists():
            aside = Path(tempfile.mkdtemp(dir=cache))
            install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
            install += ["--disable-pip-version-check", "--target", str(aside), f"h11=={version}"]
            done = subprocess.run(install, capture_output=True, text=True, check=False)
            if done.returncode:
                pytest.skip(f"pip cannot install h11 {version}: {done.stderr.strip()[-200:]}")
            try:
                aside.rename(place)
            except OSError:  # another process was quicker; what it installed is as good
                assert (place / "h11").is_dir()
        return place

    return folder


@pytest.mark.slow
@pytest.mark.parametrize("version", RELEASES)
def test_an_old_release_does_not_conform(
    version: str, release: Callable[[str], Path], tmp_path: Path
) -> None:
    """The failing checks are those of the known changes since then."""
    programs, known = RELEASES[version]
    path = tmp_path / "run.jsonl"
    target = f"{release(version)}::h11"
    result = h11spec(
        "check", SEARCH, target, f"--max-examples={programs}", "--seed=3", "--record", path
    )
    assert result.exit_code == 1, result.stdout + result.stderr
    assert record_lines(path)[0]["target"]["version"] == version
    failing = [finding["identity"] for finding in findings(path) if finding["fails"]]
    assert any(re.search(f"{known}$", identity) for identity in failing), failing


# What a release changed, by a check of the area that it is about. 0.8.1 changed nothing on Python
# 3, and 0.10.0 the words of errors alone: every check of the sweeps agrees there.
STEPS = (
    ("0.7.0", "0.8.0", "expect/rfc9110-10.1.1-case"),
    ("0.7.0", "0.8.0", "response/rfc9112-4-status-line-no-space-received"),
    ("0.8.1", "0.9.0", "request/rfc9112-3.2-target-ascii"),
    ("0.8.1", "0.9.0", "fields/rfc9110-5.5-other-ctl-received"),
    ("0.10.0", "0.11.0", "fields/rfc9112-5-field-line-sent"),
    ("0.11.0", "0.12.0", "message/rfc9112-2.2-bare-lf-terminator"),
    ("0.11.0", "0.12.0", "message/rfc9112-2.2-early-garbage"),
    ("0.12.0", "0.13.0", "response/rfc9110-15-invalid-high"),
    ("0.13.0", "0.14.0", "chunked/rfc9112-7.1-size-trailing-ws"),
    ("0.14.0", "0.15.0", "numbers/content-length-received"),
    ("0.14.0", "0.15.0", "framing/rfc9110-8.6-any-nonneg-valid"),
    ("0.15.0", "0.16.0", "chunked/rfc9112-7.1-data-crlf"),
)


@pytest.mark.slow
@pytest.mark.parametrize(("older", "newer", "check"), STEPS)
def test_a_change_of_a_release_is_found_by_a_check_of_its_area(
    older: str, newer: str, check: str, release: Callable[[str], Path], tmp_path: Path
) -> None:
    path = tmp_path / "run.jsonl"
    targets = [f"{release(version)}::h11" for version in (older, newer)]
    result = h11spec(
        *("check", targets[0], "--against", targets[1], "--in-process"),
        *("--phases=sweeps", f"--checks={check}", "--record", path),
    )
    assert result.exit_code == 1, result.stdout + result.stderr
    assert {found["check"] for found in findings(path)} == {check}
