"""What a run prints while it goes on: what is checked, and each new cause in one line.

Owns which causes were printed, and what became of them. It must not know when they are found.
"""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console

from ...strategies.program import Json
from ..analysis.summary import Summary, summary
from ..record.record import Record
from ..wording.terminal_safe import print_line
from ..wording.wrapping import one_line
from .cause_block import Line
from .terminal_summary import checked


class EarlyCauses:
    """Prints causes as they are found.

    Each is printed once. The run is worth more than its output: nothing more is printed once that
    could not be written. ``lost_its_reader`` says that it was a closed pipe.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        # By the id of a cause, that of its clearest finding.
        self._printed: dict[str, str] = {}
        self._broken = False
        self.has_begun = False
        self.lost_its_reader = False

    def begin(self, header: Json) -> None:
        """Prints what is checked.

        Args:
            header: the first line of the record.
        """
        self.has_begun = True
        for line, style in checked(summary(Record.from_lines([header])), self._console.width):
            self._print(line, style)

    def add(self, id: str, title: str, finding: str) -> None:
        """Prints a cause, unless it was printed before.

        Args:
            finding: the id of its clearest finding.
        """
        if id not in self._printed:
            self._printed[id] = finding
            text = one_line(title, self._console.width - len(id) - 2)
            self._print(f"{id}  {text}", "bold red")

    def what_became(self, run: Summary) -> Iterator[Line]:
        """Yields a line for each printed cause that the whole run has under another id.

        An empty line follows, if any cause was printed.
        """
        unexpected = {cause.line["id"] for cause in run.causes if cause.unexpected}
        for id, finding in self._printed.items():
            for cause in run.causes:
                known = cause.line["id"]
                if id not in unexpected and any(each["id"] == finding for each in cause.findings):
                    what = "is accepted" if id == known else f"turned out to be part of {known}"
                    yield f"{id}  {what}", ""
        if self._printed:
            yield "", ""

    def _print(self, line: str, style: str) -> None:
        if self._broken:
            return
        try:
            print_line(self._console, line, style)
        except OSError:
            # The report will meet it again.
            self._broken = True
        except SystemExit:
            # How Rich says that a pipe is closed. It writes nothing to it any more.
            self._broken = self.lost_its_reader = True
