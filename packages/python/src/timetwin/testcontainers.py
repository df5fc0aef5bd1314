"""A container of the image, by Testcontainers: ``pip install 'timetwin[testcontainers]'``.

    >>> from timetwin.testcontainers import TimetwinContainer
    >>> with TimetwinContainer(scenario="bare") as container:            # doctest: +SKIP
    ...     world = container.twin().world("first")
"""

from __future__ import annotations

import os
from typing import Any, Sequence

from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

from ._shapes import Duration, Instant, duration_text, instant_text
from ._twin import Timetwin

PORT = 8463


class TimetwinContainer(DockerContainer):
    """A server in a container, with a read-only root file system and without capabilities.

    The image is that of ``TIMETWIN_IMAGE``, by default the one that ``packages/build image`` makes of this version.
    The settings are those of :meth:`Timetwin.start`; ``scenario`` is the name of a built-in one.
    """

    def __init__(
        self,
        image: str | None = None,
        *,
        scenario: str | None = None,
        at: Instant | None = None,
        revision: str | None = None,
        limits: str | None = None,
        plan: str | None = None,
        journal: int | None = None,
        sandboxes: int | None = None,
        sandbox_idle: Duration | None = None,
        webhook_allow: Sequence[str] = (),
        control_token: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(image or os.environ.get("TIMETWIN_IMAGE") or default_image(), **options)
        given = {
            "SCENARIO": scenario,
            "AT": None if at is None else instant_text(at),
            "REVISION": revision,
            "LIMITS": limits,
            "PLAN": plan,
            "JOURNAL": journal,
            "SANDBOXES": sandboxes,
            "SANDBOX_IDLE": None if sandbox_idle is None else duration_text(sandbox_idle),
            "WEBHOOK_ALLOW": ",".join(webhook_allow) or None,
            "CONTROL_TOKEN": control_token,
        }
        for name, value in given.items():
            if value is not None:
                self.with_env(f"TIMETWIN_{name}", str(value))
        self._token = control_token
        self.with_exposed_ports(PORT)
        self.waiting_for(LogMessageWaitStrategy(r"listening on \S+ Ready\."))
        hardened = {"read_only": True, "cap_drop": ["ALL"], "security_opt": ["no-new-privileges"]}
        self.with_kwargs(**{**hardened, **self._kwargs})

    @property
    def url(self) -> str:
        """Where this process reaches it, without a slash at the end."""
        return f"http://{self.get_container_host_ip()}:{self.get_exposed_port(PORT)}"

    def twin(self) -> Timetwin:
        """The server and its worlds."""
        return Timetwin.attach(self.url, control_token=self._token)


def default_image() -> str:
    """The image of this version."""
    from . import __version__

    return f"timetwin:{__version__}"
