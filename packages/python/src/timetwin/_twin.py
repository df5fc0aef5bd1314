"""A server: started here, or running elsewhere."""

from __future__ import annotations

import os
from types import TracebackType
from typing import Any, Sequence

from ._control import Control, segment
from ._errors import ProblemError
from ._quirks import Quirks
from ._server import Server, find_binary
from ._shapes import Duration, Instant, Quirk, WorldInfo, duration_text, instant_text
from ._world import World


class Timetwin:
    """A server and its worlds. One that was started here ends with :meth:`close`, with a ``with`` block, or with
    this process, however that ends."""

    def __init__(self, control: Control, server: Server | None = None) -> None:
        self._control = control
        self._quirks = Quirks(control)
        self._server = server

    @classmethod
    def start(
        cls,
        *,
        scenario: str | os.PathLike[str] | None = None,
        at: Instant | None = None,
        revision: str | None = None,
        limits: str | None = None,
        plan: str | None = None,
        state: str | os.PathLike[str] | None = None,
        journal: int | None = None,
        sandboxes: int | None = None,
        sandbox_idle: Duration | None = None,
        webhook_allow: Sequence[str] = (),
        webhook_ca: str | os.PathLike[str] | None = None,
        control_token: str | None = None,
        listen: str = "127.0.0.1:0",
        binary: str | os.PathLike[str] | None = None,
        timeout: float = 30,
    ) -> Timetwin:
        """Starts a server on a free port and waits until it answers.

        The settings are the flags of ``timetwin serve``; ``TIMETWIN_*`` variables apply where one is left out.
        ``scenario`` is the name of a built-in one or a file; ``at`` freezes all clocks.
        """
        given = {
            "listen": listen,
            "scenario": None if scenario is None else os.fspath(scenario),
            "at": None if at is None else instant_text(at),
            "revision": revision,
            "limits": limits,
            "plan": plan,
            "state": None if state is None else os.fspath(state),
            "journal": journal,
            "sandboxes": sandboxes,
            "sandbox-idle": None if sandbox_idle is None else duration_text(sandbox_idle),
            "webhook-allow": ",".join(webhook_allow) or None,
            "webhook-ca": None if webhook_ca is None else os.fspath(webhook_ca),
            "control-token": control_token,
        }
        flags = [f"--{name}={value}" for name, value in given.items() if value is not None]
        server = Server(os.fspath(binary or find_binary()), flags, timeout)
        token = control_token or os.environ.get("TIMETWIN_CONTROL_TOKEN")
        return cls(Control(server.url, token), server)

    @classmethod
    def attach(cls, url: str | None = None, *, control_token: str | None = None) -> Timetwin:
        """Uses a server that runs already; by default that of ``TIMETWIN_URL``."""
        url = url or os.environ.get("TIMETWIN_URL") or "http://127.0.0.1:8463"
        token = control_token or os.environ.get("TIMETWIN_CONTROL_TOKEN")
        twin = cls(Control(url, token))
        twin._control.json("GET", "/health")
        return twin

    def __enter__(self) -> Timetwin:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Timetwin({self.url!r})"

    @property
    def url(self) -> str:
        """Its URL, without a slash at the end."""
        return self._control.url

    @property
    def log(self) -> str:
        """The newest lines of its log, if it was started here."""
        return "" if self._server is None else self._server.log

    def version(self) -> str:
        """The version of the server."""
        return str(self._control.json("GET", "/health")["version"])

    def close(self) -> None:
        """Ends the server, if it was started here."""
        if self._server is not None:
            self._server.stop()

    @property
    def main(self) -> World:
        """The world of requests that name none."""
        return World(self._control, self._quirks, "main")

    def world(
        self,
        name: str,
        *,
        scenario: str | None = None,
        at: Instant | None = None,
        revision: str | None = None,
        limits: str | None = None,
        plan: str | None = None,
        salt: str | None = None,
        fresh: bool = False,
    ) -> World:
        """A world by name: 1 to 64 letters, digits, ``.``, ``_`` and ``-``.

        Without settings, one that exists is taken as it is. With settings, or if it has to be ``fresh``, it is made
        anew. ``scenario`` is a built-in one, ``at`` freezes its clock, ``salt`` gives it ids that other worlds do
        not have.
        """
        given = {
            "scenario": scenario,
            "at": None if at is None else instant_text(at),
            "revision": revision,
            "limits": limits,
            "plan": plan,
            "salt": salt,
        }
        body: dict[str, Any] = {each: value for each, value in given.items() if value is not None}
        path = f"/sandboxes/{segment(name)}"
        if fresh or body or not self._exists(path):
            self._control.json("PUT", path, body)
        return World(self._control, self._quirks, name)

    def _exists(self, path: str) -> bool:
        try:
            self._control.json("GET", path)
        except ProblemError as error:
            if error.status == 404:
                return False
            raise
        return True

    def worlds(self) -> list[WorldInfo]:
        """All worlds there are."""
        return [WorldInfo.read(each) for each in self._control.json("GET", "/sandboxes")]

    def quirks(self, surface: str) -> list[Quirk]:
        """The decisions that the answers of a surface rest on where the vendor's documents do not decide."""
        return list(self._quirks.of(surface))

    def quirk(self, id: str) -> Quirk:
        """One decision by its id."""
        return self._quirks.get(id)
