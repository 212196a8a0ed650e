"""Who was compared: an implementation, as a record describes it.

Owns where its code really came from, in words.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...strategies.programs import Json


@dataclass(frozen=True)
class Side:
    """One of the two that were compared, and where its code really came from.

    What is not known is "": of the reference, there is a name and a version alone.
    """

    name: str
    version: str
    module: str = ""
    python: str = ""
    distribution: str = ""
    origin: str = ""
    borrowed_from: str = ""
    added: str = ""
    compiled: bool = False

    @staticmethod
    def of(form: Json) -> Side:
        """Returns the side that a header describes so."""
        return Side(
            name=form["name"],
            version=form["version"],
            module=form.get("module") or "",
            python=form.get("python") or "",
            distribution=form.get("distribution") or "",
            origin=form.get("connection_file") or form.get("file") or "",
            borrowed_from=form.get("borrowed_from") or "",
            added=form.get("added") or "",
            compiled=bool(form.get("compiled")),
        )

    def __str__(self) -> str:
        if not self.module:
            return f"{self.name}, which is h11 {self.version}"
        what = self.distribution or f"version {self.version}"
        kind = "compiled, " if self.compiled else ""
        return f"{self.name} ({what}, {kind}{self.python}, {self.origin or None})"

    @property
    def remarks(self) -> list[str]:
        """What one has to know of where the code came from, in sentences."""
        remarks: list[str] = []
        if self.borrowed_from:
            remarks.append(
                f"{self.module} has no Connection of its own: it hands out the one of "
                f"{self.borrowed_from}, which is what was checked"
            )
        if self.added:
            remarks.append(
                f"{self.module} imports h11 without saying that it needs it; {self.added} was "
                "installed beside it"
            )
        return remarks
