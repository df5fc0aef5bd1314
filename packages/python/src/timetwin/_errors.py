"""What can go wrong."""

from __future__ import annotations

from typing import Any, Mapping


class TimetwinError(Exception):
    """Any error of this package."""


class StartError(TimetwinError):
    """The server could not be found, started or reached."""


class ProblemError(TimetwinError):
    """An error of the control API.

    ``problem`` is its answer as RFC 9457 has it: ``type``, ``title``, ``status``, ``detail`` and what the type adds.
    """

    def __init__(self, problem: Mapping[str, Any]) -> None:
        super().__init__(str(problem.get("detail") or problem.get("title") or problem))
        self.problem: Mapping[str, Any] = problem

    @property
    def status(self) -> int:
        """The HTTP status."""
        return int(self.problem.get("status", 0))

    @property
    def type(self) -> str:
        """What kind of error it is: ``urn:timetwin:unknown-sandbox`` and so on."""
        return str(self.problem.get("type", "about:blank"))

    @property
    def detail(self) -> str:
        """What is wrong, in a sentence."""
        return str(self.problem.get("detail", ""))


class NotAsExpected(ProblemError, AssertionError):
    """:meth:`World.verify` found a difference. The message names the requests that come closest."""

    def __str__(self) -> str:
        lines = []
        for difference in self.problem.get("differences", []):
            lines.append(str(difference["message"]))
            for near in difference.get("closest", []):
                differs = "; ".join(near.get("differs", []))
                lines.append(f"  closest: {near['request']}" + (f" ({differs})" if differs else ""))
        return "\n".join(lines) or self.detail
