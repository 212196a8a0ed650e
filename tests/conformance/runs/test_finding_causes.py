"""From which evidence a cause gets its title."""

from __future__ import annotations

import pytest
from in_memory_helper import run, run_no_scripts

from h11spec.conformance.causes.explanations import changed_reference, load
from h11spec.conformance.runs import finding_causes
from h11spec.conformance.runs.settings import Settings

CHUNK_END = next(each for each in load() if each.name == "any-two-bytes-after-chunk")


def test_the_vectors_alone_name_a_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    """As they do where no program shows one difference only."""

    def explain_nothing(*arguments: object) -> dict[str, str]:
        return {}

    run_no_scripts(monkeypatch)
    monkeypatch.setattr(finding_causes, "explain", explain_nothing)
    settings = Settings(phases=("vectors",), in_process=True, max_findings=1)
    causes = run(changed_reference([CHUNK_END]), settings).causes
    assert [each.explanation for each in causes] == [CHUNK_END.sentence]
