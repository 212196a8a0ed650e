"""A plugin of pytest: with ``--h11spec TARGET``, every check is a test.

Owns the options, and what pytest makes of a check. pytest imports it wherever h11spec is installed,
so it must import nothing else before it is asked for anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .pytest_session import Examined

_OPTIONS = ("against", "phases", "checks", "baseline", "strict", "rfc")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the options."""
    group = parser.getgroup("h11spec", "conformance to the h11 API")
    group.addoption(
        "--h11spec", metavar="TARGET", help="Add a test for every check of this target."
    )
    group.addoption(
        "--h11spec-against", metavar="TARGET2", help="Expect what this target does instead."
    )
    group.addoption(
        "--h11spec-phases", metavar="PHASE,...", help="What to run; what is not drawn, by default."
    )
    group.addoption(
        "--h11spec-checks",
        action="append",
        metavar="PREFIX",
        help="Only checks whose id begins so; may be given several times.",
    )
    group.addoption(
        "--h11spec-baseline",
        metavar="FILE",
        help="Findings that were accepted; a check that shows no others is an expected failure.",
    )
    group.addoption(
        "--h11spec-strict",
        action="store_true",
        help="Let differences in type and wording fail, too, and those beyond documented input.",
    )
    group.addoption(
        "--h11spec-rfc", action="store_true", help="Let a MUST of the RFCs fail that is not kept."
    )


def pytest_configure(config: pytest.Config) -> None:
    """Names the marker of the tests, and refuses options that nothing comes of."""
    config.addinivalue_line("markers", "h11spec: a check of the target that --h11spec names")
    if config.getoption("h11spec") is None:
        given = [name for name in _OPTIONS if config.getoption(f"h11spec_{name}")]
        for name in given:
            raise pytest.UsageError(f"--h11spec-{name} needs --h11spec TARGET")
        return
    config.pluginmanager.register(_Plugin(config), "h11spec-checks")


class _Plugin:
    """The part that is there when a target is named."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._examined: Examined | None = None

    def pytest_sessionstart(self) -> None:
        """Sees to it that there is a target before anything is collected."""
        from .pytest_session import Examined
        from .targets.target import TargetError

        option: Callable[..., Any] = self._config.getoption
        try:
            self._examined = Examined(
                option("h11spec"),
                against=option("h11spec_against"),
                phases=option("h11spec_phases") or "",
                checks=tuple(option("h11spec_checks") or ()),
                baseline=option("h11spec_baseline"),
                strict=option("h11spec_strict"),
                rfc=option("h11spec_rfc"),
            )
            if hasattr(self._config, "workerinput"):
                return  # xdist: the other side has seen to it
            self._examined.load()
        except (ValueError, TargetError) as error:
            raise pytest.UsageError(f"--h11spec: {error}") from None
        if option("dist", "no") != "no":
            self._examined.close()  # the tests are run elsewhere

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(
        self, session: pytest.Session, items: list[pytest.Item]
    ) -> None:
        """Adds the tests, for others to choose from."""
        assert self._examined is not None
        # What pytest makes nodes by has no types.
        checks: Checks = Checks.from_parent(session, name="h11spec", nodeid="h11spec")  # pyright: ignore[reportUnknownMemberType]
        checks.examined = self._examined
        report = session.ihook.pytest_make_collect_report(collector=checks)
        session.ihook.pytest_collectreport(report=report)
        items += report.result

    def pytest_sessionfinish(self) -> None:
        """Ends what runs the target."""
        if self._examined is not None:
            self._examined.close()


class Checks(pytest.Collector):
    """All checks of a target."""

    examined: Examined

    def collect(self) -> Iterator[CheckItem]:
        """Gives out a test for each check."""
        for identity in self.examined.ids:
            item: CheckItem = CheckItem.from_parent(self, name=identity)  # pyright: ignore[reportUnknownMemberType]
            item.examined = self.examined
            item.add_marker("h11spec")
            yield item


class Disagreement(Exception):
    """A check that failed; the text says all there is to be said."""


class CheckItem(pytest.Item):
    """One check, as a test; its id is its name."""

    examined: Examined

    def runtest(self) -> None:
        """Runs the check on the target; raises Disagreement when it fails.

        What is accepted is an expected failure; what is accepted for nothing fails.
        """
        complaint, accepted = self.examined.examine(self.name)
        if complaint:
            raise Disagreement(complaint)
        if accepted:
            pytest.xfail(f"accepted: {accepted}")

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None
    ) -> str:
        """Returns the text to show: where in h11spec it was raised is of no interest."""
        if isinstance(excinfo.value, Disagreement):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, None, str]:
        """Returns what stands above the text."""
        return self.path, None, self.nodeid
