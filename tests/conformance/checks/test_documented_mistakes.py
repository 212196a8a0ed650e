"""Mistakes against h11's documentation fail a default run; catalogue 1.0 only shows them.

Each mistake is one edit in a copy of the installed h11, or in a copy of the reference.
"""

from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import NamedTuple

import h11
import pytest

from h11spec import reference
from h11spec.conformance import check
from h11spec.conformance.requirements.contract import load

COPIES = {"h11": h11.__file__, "planted": reference.__file__}


class Mistake(NamedTuple):
    """An edit of every place in a module that has the text, and the checks that it fails."""

    package: str
    module: str
    old: str
    new: str
    checks: tuple[str, ...]


FROZEN = "@dataclass(init=False, frozen=True)"
HASH = "__hash__ = None  # type: ignore"
LENGTH = "    def __len__(self) -> int:"
PREPARING = "            if type(event) is Response:\n"
MISTAKES = {
    "headers are equal to anything": Mistake(
        *("h11", "_headers", "return list(self) == list(other)", "return True"),
        checks=("headers-equal",),
    ),
    "headers are equal to lists of another length": Mistake(
        *("h11", "_headers", "return list(self) == list(other)"),
        "return all(one == two for one, two in zip(self, other))",
        checks=("headers-equal",),
    ),
    "headers can be hashed": Mistake(
        *("h11", "_headers", LENGTH),
        f"    def __hash__(self) -> int:\n        return hash(tuple(self))\n\n{LENGTH}",
        checks=("headers-unhashable",),
    ),
    "headers are true even if there are none": Mistake(
        *("h11", "_headers", "return bool(self._full_items)", "return True"),
        checks=("headers-truth",),
    ),
    "headers can be appended to": Mistake(
        *("h11", "_headers", LENGTH),
        "    def append(self, pair: object) -> None:\n"
        f"        self._full_items.append((pair[0], *pair))\n\n{LENGTH}",
        checks=("headers-always",),
    ),
    "text is encoded as Latin-1": Mistake(
        *("h11", "_util", 's.encode("ascii")', 's.encode("latin-1")'), checks=("headers-ascii",)
    ),
    "events are not frozen": Mistake(
        *("h11", "_events", FROZEN, "@dataclass(init=False)"),
        checks=("event-always", "event-attributes-stay"),
    ),
    "events are hashed by identity": Mistake(
        *("h11", "_events", HASH, "__hash__ = object.__hash__"),
        checks=("event-hash", "event-unhashable"),
    ),
    "events are compared by identity": Mistake(
        *("h11", "_events", FROZEN, "@dataclass(init=False, frozen=True, eq=False)"),
        checks=("history-dataclass-equality",),
    ),
    "a reason is a space by default": Mistake(
        *("h11", "_events", 'reason: Union[bytes, str] = b""', 'reason: Union[bytes, str] = b" "'),
        checks=("event-optional-defaults",),
    ),
    "a bad role raises TypeError": Mistake(
        *("h11", "_connection", "raise ValueError(", "raise TypeError("),
        checks=("connection-role-refused",),
    ),
    "a bad role raises a protocol error": Mistake(
        *("h11", "_connection", "raise ValueError(", "raise LocalProtocolError("),
        checks=("connection-role-refused",),
    ),
    "any role is accepted": Mistake(
        *("h11", "_connection", "if our_role not in (CLIENT, SERVER):", "if False:"),
        checks=("connection-role-refused",),
    ),
    "errors lose their message": Mistake(
        *("h11", "_util", "Exception.__init__(self, msg)", "Exception.__init__(self)"),
        checks=("error-message",),
    ),
    "text is sent as data": Mistake(
        *("h11", "_connection", PREPARING),
        "            if type(event) is str:\n"
        f"                event = Data(data=event.encode())\n{PREPARING}",
        checks=("send-no-event",),
    ),
    "an event class is sent": Mistake(
        *("h11", "_connection", PREPARING),
        "            if event is Request:\n"
        "                event = Request(method='GET', target='/', headers=[('Host', 'a')])\n"
        f"{PREPARING}",
        checks=("send-no-event",),
    ),
    "constants are equal to their names": Mistake(
        *("h11", "_util", "    def __repr__(self) -> str:\n        return self.__name__"),
        "    def __repr__(self) -> str:\n        return self.__name__\n\n"
        "    def __eq__(self, other: object) -> bool:\n"
        "        return self is other or other == self.__name__\n\n"
        "    __hash__ = type.__hash__",
        checks=("sentinel-equality",),
    ),
    "the reference's headers are equal to anything": Mistake(
        *("planted", "headers", "if isinstance(other, Headers):"),
        "if other is not self:\n            return True\n        if isinstance(other, Headers):",
        checks=("headers-equal",),
    ),
    "the reference's events are not frozen": Mistake(
        *("planted", "events", FROZEN, "@dataclass(init=False)"),
        checks=("event-always", "event-attributes-stay"),
    ),
    "the reference's errors lose their message": Mistake(
        *("planted", "errors", "super().__init__(msg)", "super().__init__()"),
        checks=("error-message",),
    ),
    "the reference raises TypeError for a bad role": Mistake(
        *("planted", "connection", "raise ValueError(", "raise TypeError("),
        checks=("connection-role-refused",),
    ),
}


# Mistakes that no promise has a check of its own for.
ELSEWHERE = {
    "one error has no message": Mistake(
        *("h11", "_writers", '"Too much data for declared Content-Length"', '""'), checks=()
    ),
    "a received method is a bytearray": Mistake(
        *("h11", "_events", '"method", method)', '"method", bytearray(method))'), checks=()
    ),
    "a received reason is a bytearray": Mistake(
        *("h11", "_events", '"reason", reason)', '"reason", bytearray(reason))'), checks=()
    ),
    "the version of the peer is a bytearray": Mistake(
        *("h11", "_connection", "= event.http_version", "= bytearray(event.http_version)"),
        checks=(),
    ),
    "send returns text": Mistake(
        *("h11", "_connection", 'b"".join(data_list)', '"".join(map(bytes.decode, data_list))'),
        checks=(),
    ),
}
# Mistakes of which a check of catalogue 1.0 shows something that a promise decides since 1.1.
SHOWN_BEFORE = {
    "headers are equal to anything": ("api/headers-in-other-respects", "headers-equal"),
    "headers can be hashed": ("api/headers-in-other-respects", "headers-unhashable"),
    "events are compared by identity": ("api/comparisons-of-events", "history-dataclass-equality"),
    "a reason is a space by default": ("api/signatures", "event-optional-defaults"),
    "an event class is sent": ("api/connections-in-other-respects", "send-no-event"),
    "constants are equal to their names": ("api/constants-in-other-respects", "sentinel-equality"),
    "errors lose their message": ("contract/request-host-received", "error-message"),
    "one error has no message": ("contract/framing-request-too-much", "error-message"),
    "a received method is a bytearray": ("contract/request-target-forms", "request-method-bytes"),
    "a received reason is a bytearray": ("contract/response-reason", "response-reason"),
    "the version of the peer is a bytearray": ("contract/request-target-forms", "version-bytes"),
    "send returns text": ("contract/request-target-absolute", "send-bytes"),
}


def made(mistake: Mistake, folder: Path) -> str:
    """Makes the copy, and returns the target that it is."""
    source = Path(str(COPIES[mistake.package])).parent
    copy = copytree(source, folder / mistake.package, ignore=ignore_patterns("__pycache__"))
    module = copy / f"{mistake.module}.py"
    text = module.read_text("utf-8")
    assert mistake.old in text
    module.write_text(text.replace(mistake.old, mistake.new), "utf-8")
    return f"{folder}::{mistake.package}"


@pytest.mark.unmeasured
@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_against_the_documentation_fails_by_default(name: str, tmp_path: Path) -> None:
    mistake = MISTAKES[name]
    checks = [f"contract/{each}" for each in mistake.checks]
    report = check(made(mistake, tmp_path), phases=["sweeps"], checks=checks)
    assert [finding["check"] for finding in report.findings if finding["fails"]] == checks
    assert report.verdict == "fail"


@pytest.mark.unmeasured
@pytest.mark.parametrize("name", SHOWN_BEFORE)
def test_catalogue_1_0_shows_it_without_failing(name: str, tmp_path: Path) -> None:
    """An upgrade must not fail a gate that is pinned to a version of the catalogue."""
    mistake, (identity, promise) = (MISTAKES | ELSEWHERE)[name], SHOWN_BEFORE[name]
    target = made(mistake, tmp_path)
    before = check(target, phases=["sweeps"], checks=[identity], catalogue="1.0")
    assert before.verdict == "pass"
    assert {finding["fails"] for finding in before.findings} == {False}
    now = check(target, phases=["sweeps"], checks=[identity], catalogue="1.1")
    assert now.verdict == "fail"
    [first, *_] = now.findings
    assert first["fails"]
    assert (first["level"], first["requirement"]) == ("CONTRACT", sentence(promise))


def sentence(promise: str) -> str:
    """What a promise says."""
    return next(each.promise for each in load().promises if each.id == promise)
