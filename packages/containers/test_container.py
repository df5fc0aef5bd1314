"""The Testcontainers module for Python, and each way to wait for a container. `.ci/images` runs this."""

from __future__ import annotations

import os
import urllib.request

import pytest
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import (
    HealthcheckWaitStrategy,
    HttpWaitStrategy,
    LogMessageWaitStrategy,
    PortWaitStrategy,
)

from timetwin import ProblemError, Timetwin
from timetwin.testcontainers import TimetwinContainer, default_image

IMAGE = os.environ.get("TIMETWIN_IMAGE", default_image())


def test_a_world_in_a_container() -> None:
    with TimetwinContainer(scenario="bare", at="2030-01-07T10:00:00Z", plan="free", webhook_allow=["host"]) as container:
        twin = container.twin()
        world = twin.world("first")
        assert (world.info().plan, world.clock.now().isoformat()) == ("free", "2030-01-07T10:00:00+00:00")
        anna = world.credentials("clockify", "anna")
        assert anna.base_url.startswith(container.url)
        with urllib.request.urlopen(urllib.request.Request(f"{anna.base_url}/user", headers=anna.headers)) as answer:
            assert answer.status == 200
        assert [request.operation for request in world.requests()] == ["getLoggedUser"]


def test_a_token_is_passed_on() -> None:
    with TimetwinContainer(scenario="bare", control_token="secret") as container:
        assert container.twin().worlds()[0].name == "main"
        with pytest.raises(ProblemError, match="requires its token"):
            Timetwin.attach(container.url).worlds()


@pytest.mark.parametrize(
    ("image", "strategy"),
    [
        (IMAGE, LogMessageWaitStrategy(r"Ready\.")),
        (IMAGE, HttpWaitStrategy(8463, "/_twin/health").for_status_code(200)),
        (IMAGE, HealthcheckWaitStrategy()),
        (f"{IMAGE}-shell", PortWaitStrategy(8463)),
    ],
    ids=["log line", "HTTP", "health check", "port"],
)
def test_whatever_is_waited_for(image: str, strategy: LogMessageWaitStrategy) -> None:
    container = DockerContainer(image).with_exposed_ports(8463).with_kwargs(read_only=True, cap_drop=["ALL"])
    with container.waiting_for(strategy.with_startup_timeout(30)):
        url = f"http://{container.get_container_host_ip()}:{container.get_exposed_port(8463)}"
        assert Timetwin.attach(url).main.info().name == "main"
