"""A pytest plugin: with ``--h11spec TARGET``, every check is a test.

Owns the options, and the test items. pytest imports it wherever h11spec is installed, so it must
not import the rest of h11spec before a target is named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .pytest_session import CheckedTarget

# The name under which the reports of tests have the causes.
_CAUSE = "h11spec_cause"
_OPTIONS = ("against", "phases", "checks", "baseline", "strict", "rfc", "allow_reexport")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the options."""
    group = parser.getgroup("h11spec", "conformance to the h11 API")
    group.addoption(
        "--h11spec", metavar="TARGET", help="Add a test for every check, run on this target."
    )
    group.addoption(
        "--h11spec-against",
        metavar="TARGET2",
        help="Compare with this target, not with the reference.",
    )
    group.addoption(
        "--h11spec-phases",
        metavar="PHASE,...",
        help="The phases to run; by default those of the gate.",
    )
    group.addoption(
        "--h11spec-checks",
        action="append",
        metavar="PREFIX",
        help="Run only the checks whose id begins with PREFIX; may be repeated.",
    )
    group.addoption(
        "--h11spec-baseline",
        metavar="FILE",
        help="The accepted findings; a check with no others is an expected failure.",
    )
    group.addoption(
        "--h11spec-strict",
        action="store_true",
        help="Fail on differences in type and text, and on differences beyond documented input.",
    )
    group.addoption(
        "--h11spec-rfc",
        action="store_true",
        help="Fail on each MUST of the RFCs that the target does not conform to.",
    )
    group.addoption(
        "--h11spec-allow-reexport",
        action="store_true",
        help="Check a target, too, whose Connection is that of another package.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Registers the marker of the tests, and refuses options that need a target."""
    config.addinivalue_line("markers", "h11spec: a check of the target that --h11spec names")
    if config.getoption("h11spec") is None:
        given = [name for name in _OPTIONS if config.getoption(f"h11spec_{name}")]
        for name in given:
            written = name.replace("_", "-")
            raise pytest.UsageError(f"--h11spec-{written} needs --h11spec TARGET")
        return
    config.pluginmanager.register(_Plugin(config), "h11spec-checks")


class _Plugin:
    """The hooks that are needed only if a target is named."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._target: CheckedTarget | None = None

    def pytest_sessionstart(self) -> None:
        """Loads the target before anything is collected."""
        from .pytest_session import CheckedTarget
        from .targets.target import TargetError

        option: Callable[..., Any] = self._config.getoption
        try:
            self._target = CheckedTarget(
                option("h11spec"),
                against=option("h11spec_against"),
                phases=option("h11spec_phases") or "",
                checks=tuple(option("h11spec_checks") or ()),
                baseline=option("h11spec_baseline"),
                strict=option("h11spec_strict"),
                rfc=option("h11spec_rfc"),
                allow_reexport=option("h11spec_allow_reexport"),
            )
            if hasattr(self._config, "workerinput"):
                return  # xdist: the controller has loaded it
            self._target.load()
        except (ValueError, TargetError) as error:
            raise pytest.UsageError(f"--h11spec: {error}") from None
        if option("dist", "no") != "no":
            self._target.close()  # xdist: the workers run the tests

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(
        self, session: pytest.Session, items: list[pytest.Item]
    ) -> None:
        """Adds the tests, before other plugins select some of them."""
        assert self._target is not None
        # pytest's factory for nodes has no types.
        checks: Checks = Checks.from_parent(session, name="h11spec", nodeid="h11spec")  # pyright: ignore[reportUnknownMemberType]
        checks.checked_target = self._target
        report = session.ihook.pytest_make_collect_report(collector=checks)
        session.ihook.pytest_collectreport(report=report)
        items += report.result

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Lists the causes of all failures, each once, those of the most tests first."""
        reports = [
            each for how in ("failed", "xfailed") for each in terminalreporter.stats.get(how, ())
        ]
        tests = Counter(
            str(value)
            for report in reports
            for name, value in getattr(report, "user_properties", ())
            if name == _CAUSE
        )
        if tests:
            terminalreporter.section("causes of the differences from h11")
        for cause, number in sorted(tests.items(), key=lambda each: (-each[1], each[0])):
            terminalreporter.line(f"{cause}: {number} test{'' if number == 1 else 's'}")

    def pytest_sessionfinish(self) -> None:
        """Ends the processes of the target."""
        if self._target is not None:
            self._target.close()


class Checks(pytest.Collector):
    """All checks of a target."""

    checked_target: CheckedTarget

    def collect(self) -> Iterator[CheckItem]:
        """Yields a test for each check."""
        for identity in self.checked_target.ids:
            item: CheckItem = CheckItem.from_parent(self, name=identity)  # pyright: ignore[reportUnknownMemberType]
            item.checked_target = self.checked_target
            item.add_marker("h11spec")
            yield item


class CheckFailure(Exception):
    """A check that failed; the message is its report."""


class CheckItem(pytest.Item):
    """One check, as a test; its id is its name."""

    checked_target: CheckedTarget

    def runtest(self) -> None:
        """Runs the check on the target; raises CheckFailure when it fails.

        Accepted findings are an expected failure; a stale baseline entry fails.
        """
        done = self.checked_target.run_check(self.name)
        self.user_properties += [(_CAUSE, cause) for cause in done.causes]
        if done.failure:
            raise CheckFailure(done.failure)
        if done.accepted:
            pytest.xfail(f"accepted: {done.accepted}")

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None
    ) -> str:
        """Returns the report of the check, without a traceback into h11spec."""
        if isinstance(excinfo.value, CheckFailure):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, None, str]:
        """Returns the path and the heading of the report."""
        return self.path, None, self.nodeid
