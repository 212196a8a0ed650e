"""The implementations that were compared, as a record describes them.

Owns the origin of their code in words. It must not know what was found in them.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...strategies.program import Json


@dataclass(frozen=True)
class Implementation:
    """The target or the expected side of a run, and where its code really comes from.

    Attributes that are not known are "": the reference has only a name and a version.
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
    def from_json(form: Json) -> Implementation:
        """Returns the implementation that is the ``target`` or ``expected`` of a header."""
        return Implementation(
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
        release = self.distribution or f"version {self.version}"
        kind = "compiled, " if self.compiled else ""
        return f"{self.name} ({release}, {kind}{self.python}, {self.origin or None})"

    @property
    def brief(self) -> str:
        """What it is called, and which release that is if the name does not say it."""
        if not self.module:
            return str(self)
        release = self.distribution
        known = not release or release.replace(" ", "==") in self.name
        return self.name if known else f"{self.name} ({release})"

    @property
    def remarks(self) -> list[str]:
        """Surprises about where the code comes from, in sentences."""
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
