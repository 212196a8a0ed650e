"""Records for the views of a run: a real one, and what it may turn into on its way.

Owns a run of a faulty target, and the text that is hostile to every form of a report.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from copy import deepcopy
from functools import cache
from typing import Any

from faulty.showing import FOLDER

from h11spec.conformance import check
from h11spec.reports.record.record import Record, parsed
from h11spec.strategies.programs import Json, is_list, is_object

# What is hostile in one form is harmless in another: these are all of them, in every form.
HOSTILE = (
    "<script>alert(1)</script><!-- ]]> &amp; </details> @octocat #12 GH-12 https://evil.example "
    "www.evil.example me@evil.example [a](javascript:b) ![c](d) | *e* _f_ ~~g~~ `h` ```` $i$ \\ "
    "\n# j\r\n- k\t\x00\x1b[31m\x7f\x85\u202etxt\u2066\u200b\u2028\ufffe\ud800"
)
# What is not in a report as it stands: of a control, or of the direction of what follows.
UNSEEN = "\x00\x1b\x7f\x85\u202e\u2066\u200b\u2028\ufffe\ud800"
# What nobody is free to choose: names of kinds, and what the form of a record has a list of.
_KEPT = {
    *("kind", "do", "role", "conforming", "state", "verdict", "level", "field", "aspect"),
    *("program", "other_program", "type"),
}


@cache
def _run() -> str:
    report = check(
        f"{FOLDER}::takes_any_footer",
        in_process=True,
        phases=("vectors",),
        checks=("chunked/", "framing/"),
    )
    return json.dumps(report.lines)


def real() -> list[Json]:
    """The lines of a run that found three things, some of them smuggling-relevant."""
    lines: list[Json] = json.loads(_run())
    return lines


def hostile(text: str = HOSTILE) -> list[Json]:
    """The same with this text in the place of every other that a record leaves free."""
    lines = [_spoilt(line, text) for line in real()]
    for line, before in zip(lines, real(), strict=True):
        if line["kind"] in ("finding", "result"):
            for name in {"id", "findings"} & line.keys():
                line[name] = before[name]
    header = lines[0]
    header["target"]["borrowed_from"] = header["target"]["added"] = text
    entry = {"kind": "entry", "id": text, "difference": text, "state": "stale"}
    return [*lines[:-1], entry, {**lines[-1], "stale": 1, "verdict": "fail"}]


def huge() -> list[Json]:
    """The same with a text of a megabyte in places of each kind of its first finding."""
    lines, text = real(), "x" * 1_000_000
    first = lines[1]
    first |= {"identity": text, "note": text, "actual": text, "script": [text, text]}
    first["expected_trace"][0]["returned"] = text
    first["reproduced"], first["output"] = True, text
    return lines


def _spoilt(value: Any, text: str) -> Any:
    if isinstance(value, str):
        return text
    if is_list(value):
        return [_spoilt(each, text) for each in value]
    if is_object(value):
        return {key: each if key in _KEPT else _spoilt(each, text) for key, each in value.items()}
    return value


def of_kind(lines: Iterable[Json], kind: str) -> list[Json]:
    """The lines of this kind, which may be changed."""
    return [line for line in lines if line["kind"] == kind]


def with_footer(lines: Iterable[Json], **footer: Any) -> list[Json]:
    """The lines with a footer that says what is in them, and this."""
    copy = deepcopy(list(lines))
    findings, results = of_kind(copy, "finding"), of_kind(copy, "result")
    failing = [finding for finding in findings if finding["fails"]]
    stale = sum(entry["state"] == "stale" for entry in of_kind(copy, "entry"))
    unexpected = sum(finding["accepted"] is None for finding in failing)
    [end] = of_kind(copy, "footer")
    end |= {"findings": len(findings), "failing": len(failing), "unexpected": unexpected}
    end |= {"stale": stale, "omitted": sum(result["omitted"] for result in results), **footer}
    passed = "pass" if end["complete"] else "inconclusive"
    end["verdict"] = "fail" if unexpected or stale else passed
    return copy


def written(lines: Iterable[Json]) -> bytes:
    """The content of the file that has these lines."""
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def record(lines: Iterable[Json] | None = None) -> Record:
    """The record of these lines, or of the real run, as it is read from its file."""
    return parsed(written(real() if lines is None else lines), "run.jsonl")


def agreeing(**footer: Any) -> list[Json]:
    """The lines of the run as if nothing had been found."""
    lines = [line for line in real() if line["kind"] != "finding"]
    for result in of_kind(lines, "result"):
        result |= {"findings": [], "verdict": "pass"}
    return with_footer(lines, **footer)


# How a run may end, and what its record has then.
def broken_off() -> list[Json]:
    """The lines of a run that was killed while it wrote down its results."""
    return real()[:-20]


def interrupted() -> list[Json]:
    """The lines of a run that somebody ended before anything was found."""
    return agreeing(complete=False, interrupted=True, exit=130)
