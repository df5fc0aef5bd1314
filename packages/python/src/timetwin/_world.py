"""A world: one sandbox of a server, with its clock, its faults and its journal."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Iterable, Mapping, Sequence, overload

from ._control import Control, segment
from ._errors import NotAsExpected, ProblemError, TimetwinError
from ._quirks import Quirks
from ._report import met, report
from ._shapes import (
    Credential,
    Delivery,
    Duration,
    Expectation,
    Fault,
    FaultCount,
    Fragment,
    Instant,
    LedgerDiff,
    LedgerLine,
    Quirk,
    RequestRecord,
    WorldInfo,
    duration_text,
    instant_text,
    read_instant,
)


class World:
    """All systems as one test sees them. Worlds of a server never see each other.

    Made by :meth:`Timetwin.world`.
    """

    def __init__(self, control: Control, quirks: Quirks, name: str) -> None:
        #: Its name: what follows ``~`` in its credentials.
        self.name = name
        #: Its clock.
        self.clock = Clock(control, name)
        #: Its fault plan.
        self.faults = Faults(control, name)
        self._control = control
        self._quirks = quirks
        self._path = f"/sandboxes/{segment(name)}"

    def __repr__(self) -> str:
        return f"World({self.url!r})"

    @property
    def url(self) -> str:
        """The root of all surfaces in this world, for clients that cannot send its name in a credential."""
        return f"{self._control.url}/~{self.name}"

    def info(self) -> WorldInfo:
        """Its version, clock and settings."""
        return WorldInfo.read(self._control.json("GET", self._path))

    @overload
    def credentials(self, surface: str) -> list[Credential]: ...
    @overload
    def credentials(self, surface: str, person: str) -> Credential: ...
    def credentials(self, surface: str, person: str | None = None) -> list[Credential] | Credential:
        """How to call a surface: of each person, owners first, or of one.

        A person is named by e-mail or by the part before the ``@``.
        """
        listed = self._control.json("GET", "/credentials", query={"sandbox": self.name})
        surfaces = list(dict.fromkeys(each["surface"] for each in listed))
        if surface not in surfaces:
            raise TimetwinError(f"there is no surface '{surface}', only {', '.join(surfaces)}")
        found = [Credential.read(each) for each in listed if each["surface"] == surface]
        if person is None:
            return found
        for credential in found:
            if person in (credential.person, credential.person.partition("@")[0]):
                return credential
        people = ", ".join(each.person for each in found)
        raise TimetwinError(f"'{person}' has no credential of {surface}, only {people}")

    def requests(
        self,
        *,
        surface: str | None = None,
        operation: str | None = None,
        method: str | None = None,
        person: str | None = None,
        status: int | None = None,
        since: str | Instant | None = None,
    ) -> list[RequestRecord]:
        """Its requests, oldest first. ``since`` is an instant, or the id of the last request already seen."""
        query = _filter(surface, operation, method, person, status, since)
        listed = self._control.json("GET", f"{self._path}/requests", query=query)
        return [RequestRecord.read(each) for each in listed["requests"]]

    def request(self, id: str | int) -> RequestRecord:
        """A request by its id, or by its number: 1 is the first."""
        return RequestRecord.read(self._control.json("GET", f"{self._path}/requests/{segment(str(id))}"))

    def request_count(
        self,
        *,
        surface: str | None = None,
        operation: str | None = None,
        method: str | None = None,
        person: str | None = None,
        status: int | None = None,
        since: str | Instant | None = None,
    ) -> int:
        """How many requests there are, with the filters of :meth:`requests`."""
        query = _filter(surface, operation, method, person, status, since)
        return int(self._control.json("GET", f"{self._path}/requests/count", query=query)["count"])

    def clear_requests(self) -> None:
        """Empties the journal."""
        self._control.json("DELETE", f"{self._path}/requests")

    def verify(self, *expectations: Expectation, in_order: bool = False) -> list[int]:
        """How many requests met each expectation. A difference is :class:`NotAsExpected`."""
        body = {"expectations": [each.members() for each in expectations], "in_order": in_order}
        try:
            verdict = self._control.json("POST", f"{self._path}/requests/verify", body)
        except ProblemError as error:
            if error.type == "urn:timetwin:not-as-expected":
                raise NotAsExpected(error.problem) from None
            raise
        return list(verdict["matched"])

    def report(self, last: int = 20) -> str:
        """What was asked of it, in words: the last requests, the quirks that they met, and what nobody read."""
        return report(self.requests(), self._quirks, self.info().revision, last)

    def plant(self, fragment: Fragment) -> None:
        """Adds people, clients, projects, tasks, work or settings: all of the fragment, or nothing."""
        self._control.json("POST", f"{self._path}/plant", fragment)

    def ledger(self, system: str | None = None) -> list[LedgerLine]:
        """The work in a system, or in all of them, ordered by start."""
        listed = self._control.json("GET", f"{self._path}/ledger", query={"system": system})
        return [LedgerLine.read(each) for each in listed]

    def ledger_diff(
        self,
        left: str,
        right: str,
        *,
        tolerance: Duration | None = None,
        zone: str | None = None,
        compare: Iterable[str] = (),
    ) -> LedgerDiff:
        """How two systems differ; the left one is the expected side.

        A side is a system, ``scenario`` or ``scenario:NAME``. ``compare`` adds ``note`` and ``billable``.
        """
        query = {
            "left": left,
            "right": right,
            "tolerance": None if tolerance is None else duration_text(tolerance),
            "zone": zone,
            "compare": ",".join(compare) or None,
        }
        return LedgerDiff.read(self._control.json("GET", f"{self._path}/ledger/diff", query=query))

    def reset(self) -> None:
        """Returns it to its first state."""
        self._control.json("POST", f"{self._path}/reset")

    def discard(self) -> None:
        """Removes it."""
        self._control.json("DELETE", self._path)

    def fork(self, name: str, *, salt: str | None = None) -> World:
        """A new world in the state of this one."""
        body = {"from": self.name, **({} if salt is None else {"salt": salt})}
        self._control.json("PUT", f"/sandboxes/{segment(name)}", body)
        return World(self._control, self._quirks, name)

    def checkpoint(self, name: str) -> None:
        """Saves its state under a name."""
        self._control.json("PUT", f"{self._path}/checkpoints/{segment(name)}")

    def restore(self, name: str) -> None:
        """Returns to a checkpoint."""
        self._control.json("POST", f"{self._path}/checkpoints/{segment(name)}/restore")

    def forget(self, name: str) -> None:
        """Removes a checkpoint."""
        self._control.json("DELETE", f"{self._path}/checkpoints/{segment(name)}")

    def checkpoints(self) -> list[str]:
        """The names of its checkpoints."""
        return [each["name"] for each in self._control.json("GET", f"{self._path}/checkpoints")]

    def snapshot(self) -> bytes:
        """Its state as a SQLite file."""
        return self._control.bytes("GET", f"{self._path}/snapshot")

    def put_snapshot(self, content: bytes) -> None:
        """Replaces its state by that of a snapshot."""
        self._control.bytes("PUT", f"{self._path}/snapshot", content)

    def deliveries(
        self, *, hook: str | None = None, event: str | None = None, state: str | None = None
    ) -> list[Delivery]:
        """Its webhook messages, oldest first."""
        query = {"hook": hook, "event": event, "state": state}
        listed = self._control.json("GET", f"{self._path}/deliveries", query=query)
        return [Delivery.read(each) for each in listed["deliveries"]]

    def resend(self, id: str) -> Delivery:
        """Sends a webhook message once more."""
        path = f"{self._path}/deliveries/{segment(id)}/resend"
        return Delivery.read(self._control.json("POST", path))

    def quirks(self) -> list[Quirk]:
        """The quirks that its requests met, in the order of their ids."""
        return met(self.requests(), self._quirks)


class Clock:
    """The clock of a world. Timers, limits, retries and the ``Date`` header follow it."""

    def __init__(self, control: Control, world: str) -> None:
        self._control = control
        self._path = f"/sandboxes/{segment(world)}/clock"

    def now(self) -> datetime:
        """The instant that it shows."""
        return read_instant(self._control.json("GET", self._path)["now"])

    def freeze(self, at: Instant | None = None) -> datetime:
        """Stops it, at an instant or where it is."""
        return self._put("frozen", at)

    def run(self, at: Instant | None = None) -> datetime:
        """Lets it run, from an instant on or with the machine's clock."""
        return self._put("real", at)

    def set(self, at: Instant) -> datetime:
        """Sets it. It stays frozen, or goes on running."""
        return self._put(None, at)

    def advance(self, by: Duration) -> datetime:
        """Moves it forward. What is due in between happens, each event at its instant."""
        answer = self._control.json("POST", f"{self._path}/advance", {"by": duration_text(by)})
        return read_instant(answer["now"])

    def _put(self, mode: str | None, at: Instant | None) -> datetime:
        now = None if at is None else instant_text(at)
        body = {name: value for name, value in (("mode", mode), ("now", now)) if value is not None}
        return read_instant(self._control.json("PUT", self._path, body)["now"])


class Faults:
    """The fault plan of a world. The first rule that matches a request and whose turn it is takes effect."""

    def __init__(self, control: Control, world: str) -> None:
        self._control = control
        self._path = f"/sandboxes/{segment(world)}/faults"

    def set(self, *faults: Fault) -> None:
        """Replaces the plan."""
        self._control.json("PUT", self._path, {"rules": [fault.rule() for fault in faults]})

    def clear(self) -> None:
        """Removes the plan."""
        self._control.json("DELETE", self._path)

    def rules(self) -> list[Fault]:
        """The plan."""
        return [Fault.read(rule) for rule in self._control.json("GET", self._path)["rules"]]

    def counts(self) -> list[FaultCount]:
        """How often each rule matched and fired."""
        counts: Sequence[Mapping[str, int]] = self._control.json("GET", self._path)["counts"]
        return [FaultCount(each["matched"], each["fired"]) for each in counts]


def _filter(
    surface: str | None,
    operation: str | None,
    method: str | None,
    person: str | None,
    status: int | None,
    since: Instant | None,
) -> dict[str, Any]:
    return {
        "surface": surface,
        "operation": operation,
        "method": method,
        "person": person,
        "status": status,
        "since": None if since is None else instant_text(since),
    }
