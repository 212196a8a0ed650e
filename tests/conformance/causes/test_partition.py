"""Which vectors are of one change: parts by the signatures of changes."""

from h11spec.conformance.causes.partition import Part, partition
from h11spec.conformance.causes.signatures import StoredSignature, bits, signature

OTHERS = range(20, 60, 4)


def same(name: str, *positions: int) -> StoredSignature:
    """Returns the signature of a change that makes these vectors differ, each in one way."""
    return signature(name, dict.fromkeys(positions, 1))


def shown(*positions: int, symptom: int = 1) -> dict[int, int]:
    return dict.fromkeys(positions, symptom)


def positions(part: Part) -> list[int]:
    return [at for at in range(part.positions.bit_length()) if part.positions >> at & 1]


def test_what_one_change_explains_is_one_part() -> None:
    [part] = partition(shown(1, 2, 700), [same("a", 1, 2, 700), same("b", 5)])
    assert positions(part) == [1, 2, 700]
    assert part.names == ["a"]


def test_two_changes_are_two_parts_the_greater_first() -> None:
    parts = partition(shown(1, 2, 3, 8, 9), [same("b", 8, 9), same("a", 1, 2, 3)])
    assert [(positions(each), each.names) for each in parts] == [
        ([1, 2, 3], ["a"]),
        ([8, 9], ["b"]),
    ]


def test_a_change_that_would_make_more_vectors_differ_does_not_explain() -> None:
    changes = [same("a", 1, 2), same("much", *range(1, 30))]
    [part] = partition(shown(1, 2), changes)
    assert part.names == ["a"]


def test_a_change_with_other_symptoms_counts_less() -> None:
    other = signature("other", dict.fromkeys([1, 2, 3, 4], 9))
    [part] = partition(shown(1, 2, 3, 4), [other, same("a", 1, 2, 3, 4)])
    assert part.names == ["a"]


def test_a_change_that_explains_mostly_what_another_did_is_of_the_same_part() -> None:
    changes = [same("a", 1, 2, 3, 4, 5, 6), same("variant", 4, 5, 6, 7)]
    [part] = partition(shown(1, 2, 3, 4, 5, 6, 7), changes)
    assert positions(part) == [1, 2, 3, 4, 5, 6, 7]
    assert part.names == ["a", "variant"]


def test_a_change_that_another_one_hides_is_another_if_the_rest_differs_in_its_way() -> None:
    """In half of its vectors, the effect of the great one comes first."""
    great = signature("great", dict.fromkeys(range(60), 2))
    hidden = same("hidden", *range(45, 65))
    symptoms = {**shown(*range(55), symptom=2), **shown(*range(55, 65))}
    assert [each.names for each in partition(symptoms, [great, hidden])] == [["great"], ["hidden"]]


def test_a_variant_of_what_explains_the_same_in_the_same_way_is_no_other() -> None:
    variant = same("variant", *range(40, 65))
    [part] = partition(shown(*range(65)), [same("great", *range(60)), variant])
    assert part.names == ["great", "variant"]


def test_what_nothing_explains_is_of_the_first_part() -> None:
    parts = partition(shown(1, 2, 3, 8, 9, 20), [same("a", 1, 2, 3), same("b", 8, 9)])
    assert [positions(each) for each in parts] == [[1, 2, 3, 20], [8, 9]]


def test_without_a_change_that_fits_everything_is_one_part() -> None:
    [part] = partition(shown(1, 2), [])
    assert positions(part) == [1, 2]
    assert part.names == []


def test_without_a_difference_there_is_no_part() -> None:
    assert partition({}, [same("a", 1)]) == []


def test_bits_are_those_of_the_positions() -> None:
    assert bits([]) == 0
    assert bits([0, 3, 17]) == 0b10_0000_0000_0000_1001


def test_a_part_that_one_change_fits_is_not_mixed() -> None:
    changes = [same("a", 1, 2, 3, 4, 5, 6), same("variant", 4, 5, 6, 7)]
    [part] = partition(shown(1, 2, 3, 4, 5, 6, 7), changes)
    assert not part.is_mixed


def test_a_part_of_which_each_change_explains_a_little_is_mixed() -> None:
    """Each of them explains more of what others have explained."""
    first = range(20)
    changes = [same("a", *first)] + [
        same(f"b{at}", *range(10), *range(at, at + 4)) for at in OTHERS
    ]
    parts = partition(shown(*first, *range(20, 60)), changes)
    assert [each.is_mixed for each in parts] == [True]
    assert len(parts[0].names) > 1


def test_a_change_that_makes_the_whole_part_differ_alike_is_the_same() -> None:
    [part] = partition(shown(1, 2, 3), [same("a", 1, 2, 3)])
    assert part.is_same


def test_a_change_that_makes_more_differ_or_in_another_way_is_not_the_same() -> None:
    [more] = partition(shown(1, 2, 3), [same("a", 1, 2, 3, 4, 5)])
    [otherwise] = partition(shown(1, 2, 3), [signature("a", dict.fromkeys([1, 2, 3], 9))])
    assert (more.is_same, otherwise.is_same) == (False, False)
