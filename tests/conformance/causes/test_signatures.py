"""The file of signatures: which vectors differ, and how, after each change of the reference."""

import pytest

from h11spec import reference
from h11spec.benchmarks import signatures as computing
from h11spec.conformance.causes import signatures
from h11spec.conformance.causes.explanations import changed_reference
from h11spec.conformance.causes.explanations import load as explanations
from h11spec.conformance.causes.signatures import StoredSignature, content, signature
from h11spec.conformance.vectors.corpus import stored


def test_the_file_is_of_the_stored_vectors() -> None:
    """If not, run ``make signatures``."""
    found = signatures.load()
    assert len(found) > 1_000
    assert max(position for each in found for position, _ in each.items()) < len(stored())


def test_a_signature_has_its_symptoms() -> None:
    assert dict(signature("a", {300: 7, 2: 255}).items()) == {2: 255, 300: 7}


def test_each_signature_is_stored_once_and_none_that_is_empty(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    one, other = signature("a", {1: 2}), signature("b", {1: 3})
    written = content([one, signature("the same", {1: 2}), signature("nothing", {}), other])
    monkeypatch.setattr(signatures, "FILE", _File(written))
    signatures.load.cache_clear()
    try:
        assert signatures.load() == (one, other)
        monkeypatch.setattr(signatures, "FILE", _File(b"\0" * 8 + written[8:]))
        signatures.load.cache_clear()
        assert signatures.load() == ()
    finally:
        signatures.load.cache_clear()


class _File:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def exists(self) -> bool:
        return True

    def read_bytes(self) -> bytes:
        return self._content


@pytest.mark.slow
def test_the_signature_of_an_explanation_is_what_the_changed_reference_shows() -> None:
    found = {each.name: each for each in signatures.load()}
    explanation = next(each for each in explanations() if each.name in found)
    shown: StoredSignature = found[explanation.name]
    assert computing.symptoms(changed_reference([explanation])) == dict(shown.items())


@pytest.mark.slow
def test_the_reference_itself_has_no_symptoms() -> None:
    assert computing.symptoms(reference) == {}
