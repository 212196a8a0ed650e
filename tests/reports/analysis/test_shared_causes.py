"""The causes of many implementations: which are the same one, and in which order they are."""

from __future__ import annotations

from matrix_helper import cause, caused, column, finding

from h11spec.reports.analysis.disclosure import only_failing
from h11spec.reports.analysis.matrix import matrix
from h11spec.strategies.program import Json

ONE, TWO = finding("a/one"), finding("a/two", "other")
SECRET = finding("b/one", "secret", smuggling=True)


def test_a_cause_is_the_same_in_all_columns_by_its_id_whatever_its_findings() -> None:
    made = matrix(
        [
            caused("x 1", cause("C-000001", ONE, TWO), found=(ONE, TWO)),
            caused("x 2", cause("C-000001", TWO), found=(TWO,)),
            column("x 3"),
        ]
    )
    [shared] = made.causes
    assert (shared.id, shared.title) == ("C-000001", "does C-000001")
    assert [shared.findings(at) for at in range(3)] == [2, 1, 0]


def test_a_cause_is_shown_where_a_script_reproduces_it() -> None:
    """A shorter program without one is of less use."""
    program: Json = {"program": 1, "role": "server", "steps": []}
    bare = finding("a/one", program=program, script=[])
    made = matrix(
        [
            caused("x 1", cause("C-000001", bare), found=(bare,)),
            caused("x 2", cause("C-000001", ONE), found=(ONE,)),
        ]
    )
    [shared] = made.causes
    assert shared.shown is shared.causes[1]


def test_smuggling_relevant_causes_come_first_and_then_those_of_most_columns() -> None:
    soft = finding("a/one", "text", fails=False)
    made = matrix(
        [
            caused("x 1", cause("C-000001", ONE), cause("C-000002", TWO), found=(ONE, TWO)),
            caused("x 2", cause("C-000002", TWO), cause("C-000003", soft), found=(TWO, soft)),
            caused("x 3", cause("C-000004", SECRET), found=(SECRET,)),
        ]
    )
    order = ["C-000004", "C-000002", "C-000001", "C-000003"]
    assert [each.id for each in made.causes] == order


def test_a_cause_names_the_vulnerabilities_of_its_requirement_alone() -> None:
    """And not those of the requirements that its other findings break."""
    noted = finding("a/one", note="Releases before 2 do not check it (CVE-2025-43859).")
    made = matrix(
        [
            caused(
                "x 1", cause("C-000001", noted, ONE), cause("C-000002", TWO), found=(noted, TWO)
            ),
            caused("x 2", cause("C-000002", TWO, noted), found=(TWO, noted)),
        ]
    )
    assert [each.vulnerabilities for each in made.causes] == [(), ("CVE-2025-43859",)]


def test_causes_that_fail_no_run_can_be_left_out() -> None:
    soft = finding("a/one", "text", fails=False)
    both = caused("x 1", cause("C-000001", soft), cause("C-000002", TWO), found=(soft, TWO))
    assert [each.id for each in matrix([only_failing(both)]).causes] == ["C-000002"]
