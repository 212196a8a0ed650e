"""docs/explanation/upstream-deviations.md: its programs do what it says."""

import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

PAGE = Path(__file__).parents[2] / "docs/explanation/upstream-deviations.md"
PROGRAMS = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def ending(h11: ModuleType, number: int) -> Any:
    """Runs a program up to its last line, and returns the value of that line."""
    *before, last = PROGRAMS[number].splitlines()
    names: dict[str, Any] = {"h11": h11}
    exec("\n".join(before), names)  # noqa: S102 (our own page)
    return eval(last.partition("#")[0], names)


def is_reference(h11: ModuleType) -> bool:
    """Whether the implementation is the one that behaves as documented."""
    return h11.__name__ == "h11spec.reference"


def test_each_program_is_tested() -> None:
    """Four deviations, the last one with two programs."""
    assert len(re.findall("^## ", PAGE.read_text("utf-8"), re.MULTILINE)) == 4
    assert len(PROGRAMS) == 5


def test_a_request_after_an_early_response_breaks_the_protocol(h11: ModuleType) -> None:
    """The reference raises a RemoteProtocolError; h11 0.16.0 fails with an AttributeError."""
    error = h11.RemoteProtocolError if is_reference(h11) else AttributeError
    with pytest.raises(error):
        ending(h11, 0)


def test_a_chunk_starts_even_after_a_separate_size_line(
    h11: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    """The reference marks the first Data of every chunk."""
    ending(h11, 1)
    assert capsys.readouterr().out == f"{is_reference(h11)}\n"


def test_an_event_can_be_copied(h11: ModuleType) -> None:
    """The reference's events can fill their copies."""
    if is_reference(h11):
        assert ending(h11, 2) == h11.Data(data=b"a")
    else:
        with pytest.raises(AttributeError):
            ending(h11, 2)


def test_headers_are_unequal_to_none(h11: ModuleType) -> None:
    """The reference compares; h11 0.16.0 tries to iterate over None."""
    if is_reference(h11):
        assert ending(h11, 3) is False
    else:
        with pytest.raises(TypeError):
            ending(h11, 3)


def test_headers_can_be_sliced(h11: ModuleType) -> None:
    """A slice of the reference's headers is Headers."""
    if is_reference(h11):
        assert ending(h11, 4) == [(b"a", b"1")]
    else:
        with pytest.raises(ValueError, match="unpack"):
            ending(h11, 4)
