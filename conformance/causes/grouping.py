"""Puts findings together that one change of the target would repair.

Owns which findings are of one cause, and in which order the causes are. It must not know how a part
or an explanation was found, nor what fails a run.

The strongest evidence comes first: the vectors that differ with a finding are of the same part; the
same explanation fits; the same difference was found by another check; the same step shows an
outcome of the same class; the same check found others; both sides show outcomes of the same
classes. Other answers of the API are joined if they are about the same part of it, and so is memory
that grows. What nothing joins is a cause of its own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace

from ...reports.findings.finding import Finding
from ...strategies.program import is_object
from .cause import Cause, cause_identity, outcome_classes, what_differs
from .evidence import MIXED

Key = tuple[Hashable, ...]
# What makes several expressions over the API have other answers, as a rule; the first that matches
# counts.
_SUBJECTS = {
    "product": re.compile(r"PRODUCT_ID").search,
    "abstract error": re.compile(r"h11\.ProtocolError\b").search,
    "end of input": re.compile(r"\bNone\b\)|receive_data.*\bNone\b").search,
    "constants": re.compile(r"constants\(\)|NEED_DATA|PAUSED|_state|next_event\(\)\)").search,
    "dataclasses": re.compile(r"dataclasses\.").search,
    "slices": re.compile(r"\)\[[^\]]*:").search,
    "headers": re.compile(r"headers").search,
    "fields": re.compile(r"method|target|http_version|reason|status_code").search,
    "events": re.compile(r"events\(\)|request\(\)|end\(\)").search,
}
# Those that are one cause whether or not the target raises an error.
_ONE_CAUSE = ("product", "abstract error", "end of input")
# Fewer findings that an explanation fits may be so by chance.
_SOME = 3


def group(
    findings: Sequence[Finding],
    *,
    requirement: Callable[[Finding], str],
    explanations: Mapping[str, str],
    parts: Mapping[str, int],
) -> list[Cause]:
    """Returns the causes of findings, each with its findings in their order.

    Args:
        findings: the clearest first.
        requirement: returns the id of the requirement that a finding breaks.
        explanations: what the target does, by the id of a finding.
        parts: the number of the part that the vectors of a finding are of, by the id of a finding;
            MIXED if that is of several changes.
    """
    groups = _Groups(requirement, explanations, parts)
    for finding in findings:
        if finding.id in parts:
            groups.add_of_part(finding)
    # Those without vectors join what is known of the others.
    for finding in findings:
        if finding.id not in parts:
            groups.add(finding)
    order = {finding.id: at for at, finding in enumerate(findings)}
    found = [sorted(each, key=lambda finding: order[finding.id]) for each in groups.findings]
    found.sort(key=lambda each: order[each[0].id])
    causes = [cause_of(each, requirement=requirement, explanations=explanations) for each in found]
    return with_distinct_identities(causes)


def cause_of(
    findings: Sequence[Finding],
    *,
    requirement: Callable[[Finding], str],
    explanations: Mapping[str, str],
) -> Cause:
    """Returns the cause with these findings, the clearest of them first.

    Args:
        findings: in their order.
        requirement: returns the id of the requirement that a finding breaks.
        explanations: what the target does, by the id of a finding.
    """
    identity = cause_identity(requirement(findings[0]), findings[0])
    return Cause(identity, tuple(findings), _common(findings, explanations))


class _Groups:
    """Groups of findings, and by what evidence another finding joins them."""

    def __init__(
        self,
        requirement: Callable[[Finding], str],
        explanations: Mapping[str, str],
        parts: Mapping[str, int],
    ) -> None:
        self._requirement = requirement
        self._explanations = explanations
        self._parts = parts
        self._sentences = _sentences(parts, explanations)
        self._mixed = _mixed(parts, explanations)
        self._groups: dict[Key, list[Finding]] = {}
        # By evidence, how many findings of each group have it.
        self._evidence: dict[Key, Counter[Key]] = {}

    @property
    def findings(self) -> list[list[Finding]]:
        """The findings of each group."""
        return list(self._groups.values())

    def add_of_part(self, finding: Finding) -> None:
        """Adds a finding whose vectors are of a part.

        Parts with one explanation are one group. If a part has an explanation, it is not that of a
        finding which another one fits. What is of several changes is divided by explanations, and
        by what differs.
        """
        part = self._parts[finding.id]
        if part == MIXED or part in self._mixed:
            sentence = self._explanations.get(finding.id)
            mixed = ("mixed", _kind(finding)) if sentence is None else ("explanation", sentence)
            self._add(mixed, finding)
            return
        sentence = self._sentences[part]
        own = self._explanations.get(finding.id, sentence) if sentence else ""
        self._add(("explanation", own) if own else ("part", part), finding)

    def add(self, finding: Finding) -> None:
        """Adds a finding to the group that the strongest evidence speaks for."""
        sentence = self._explanations.get(finding.id)
        for evidence in self._evidence_of(finding):
            groups = {
                group: count
                for group, count in self._evidence.get(evidence, Counter[Key]()).items()
                if sentence is None or group[0] != "explanation" or group[1] == sentence
            }
            if groups:
                self._add(max(groups, key=groups.__getitem__), finding)
                return
        own: Key = ("finding", finding.id) if sentence is None else ("explanation", sentence)
        self._add(own, finding)

    def _add(self, key: Key, finding: Finding) -> None:
        self._groups.setdefault(key, []).append(finding)
        evidence = self._evidence_of(finding)
        # What is explained says nothing about findings that the explanation does not fit.
        for each in evidence[:1] if finding.id in self._explanations else evidence:
            self._evidence.setdefault(each, Counter())[key] += 1

    def _evidence_of(self, finding: Finding) -> list[Key]:
        """What speaks for a group, the strongest first."""
        explanation = self._explanations.get(finding.id)
        found: list[Key] = [] if explanation is None else [("explanation", explanation)]
        if finding.kind == "divergence":
            role = "" if finding.program is None else finding.program.role
            classes = outcome_classes(finding)
            found += [
                ("difference", finding.difference),
                ("what differs", *what_differs(finding), finding.cause),
                ("check", finding.check, role),
                ("classes", role, classes, finding.cause),
                ("classes", classes, finding.cause),
            ]
        elif finding.kind == "api" and explanation is None:
            found += [("subject", *each) for each in _subjects(finding)]
        elif finding.kind == "memory":
            found.append(("memory", "grows"))
        found.append(("identity", cause_identity(self._requirement(finding), finding)))
        return found


def _subjects(finding: Finding) -> list[tuple[str, bool]]:
    """What an expression over the API is about, and whether the target raises an error for it.

    Many expressions are about the same.
    """
    raises = is_object(finding.actual) and "raised" in finding.actual
    names = (name for name, is_about in _SUBJECTS.items() if is_about(finding.difference))
    return [(name, raises and name not in _ONE_CAUSE) for name in names][:1]


def _kind(finding: Finding) -> str:
    """What differs, and for an outcome, in which way."""
    if finding.field in ("outcome", "by", "family"):
        return outcome_classes(finding)
    return f"{finding.aspect} {finding.field}"


def _sentences(parts: Mapping[str, int], explanations: Mapping[str, str]) -> dict[int, str]:
    """The explanation of each part: the one that fits most of its findings, or ""."""
    votes: dict[int, Counter[str]] = {}
    for id, part in parts.items():
        votes.setdefault(part, Counter())[explanations.get(id, "")] += 1
    return {part: each.most_common(1)[0][0] for part, each in votes.items()}


def _mixed(parts: Mapping[str, int], explanations: Mapping[str, str]) -> set[int]:
    """The parts in which more than one explanation fits some findings."""
    counts = Counter((part, explanations[id]) for id, part in parts.items() if id in explanations)
    explained = Counter(part for (part, _), count in counts.items() if count >= _SOME)
    return {part for part, number in explained.items() if number > 1}


def _common(findings: Sequence[Finding], explanations: Mapping[str, str]) -> str:
    """The explanation that fits most of the findings, or "" if none fits half of them."""
    sentences = Counter(explanations.get(each.id, "") for each in findings)
    sentence, count = max(sentences.items(), key=lambda each: (each[1], each[0]))
    return sentence if 2 * count >= len(findings) else ""


def with_distinct_identities(causes: Sequence[Cause]) -> list[Cause]:
    """Returns the causes, of which those with the identity of an earlier one have a longer one."""
    known: set[str] = set()
    distinct: list[Cause] = []
    for cause in causes:
        identity = cause.identity
        if identity in known:
            identity = f"{identity}: {cause.clearest.identity}"
        known.add(identity)
        distinct.append(replace(cause, identity=identity))
    return distinct
