"""Records for tests of the views: a real one, and hostile, huge and incomplete variants of it.

Owns a run of a faulty target, and a text that is hostile to every format of a report.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from copy import deepcopy
from functools import cache
from typing import Any

from faulty.showing import FOLDER

from h11spec.conformance import check
from h11spec.reports.record.record import Record, parse_record
from h11spec.strategies.program import Json, is_list, is_object

# Text that is hostile in any of the formats; every test uses all of it.
HOSTILE = (
    "<script>alert(1)</script><!-- ]]> &amp; </details> @octocat #12 GH-12 https://evil.example "
    "www.evil.example me@evil.example [a](javascript:b) ![c](d) | *e* _f_ ~~g~~ `h` ```` $i$ \\ "
    "\n# j\r\n- k\t\x00\x1b[31m\x7f\x85\u202etxt\u2066\u200b\u2028\ufffe\ud800"
)
# Characters that every report escapes: they control a display, or change the direction of text.
UNSEEN = "\x00\x1b\x7f\x85\u202e\u2066\u200b\u2028\ufffe\ud800"
# Members whose values the schema restricts.
_RESTRICTED = {
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
    """Returns the lines of a run with three findings, some of them smuggling-relevant."""
    lines: list[Json] = json.loads(_run())
    return lines


def hostile(text: str = HOSTILE) -> list[Json]:
    """Returns the same lines with a text in the place of every unrestricted one."""
    lines = [_replaced(line, text) for line in real()]
    for line, before in zip(lines, real(), strict=True):
        if line["kind"] in ("finding", "cause", "result"):
            for name in {"id", "findings"} & line.keys():
                line[name] = before[name]
    header = lines[0]
    header["target"]["borrowed_from"] = header["target"]["added"] = text
    entry = {"kind": "entry", "id": text, "difference": text, "state": "stale"}
    return [*lines[:-1], entry, {**lines[-1], "stale": 1, "verdict": "fail"}]


def huge() -> list[Json]:
    """Returns the same lines with a text of a megabyte in several places of the first finding."""
    lines, text = real(), "x" * 1_000_000
    first = lines[1]
    first |= {"identity": text, "note": text, "actual": text, "script": [text, text]}
    first["expected_trace"][0]["returned"] = text
    first["reproduced"], first["output"] = True, text
    return lines


def _replaced(value: Any, text: str) -> Any:
    if isinstance(value, str):
        return text
    if is_list(value):
        return [_replaced(each, text) for each in value]
    if is_object(value):
        return {
            key: each if key in _RESTRICTED else _replaced(each, text)
            for key, each in value.items()
        }
    return value


def of_kind(lines: Iterable[Json], kind: str) -> list[Json]:
    """Returns the lines of a kind, which may be changed."""
    return [line for line in lines if line["kind"] == kind]


def with_footer(lines: Iterable[Json], **footer: Any) -> list[Json]:
    """Returns the lines with a footer that has the right counts, and these members."""
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
    """Returns the content of a file with these lines."""
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def record(lines: Iterable[Json] | None = None) -> Record:
    """Returns the record of these lines, or of the real run, as read from a file."""
    return parse_record(written(real() if lines is None else lines), "run.jsonl")


def agreeing(**footer: Any) -> list[Json]:
    """Returns the lines of the run without its findings."""
    lines = [line for line in real() if line["kind"] not in ("finding", "cause")]
    for result in of_kind(lines, "result"):
        result |= {"findings": [], "verdict": "pass"}
    return with_footer(lines, **footer)


def broken_off() -> list[Json]:
    """Returns the lines of a run that was killed while it wrote its results."""
    return real()[:-20]


def interrupted() -> list[Json]:
    """Returns the lines of a run that the user interrupted before it found anything."""
    return agreeing(complete=False, interrupted=True, exit=130)
