"""The pytest plugin: a server for the session, a world for each test, and its journal where a test fails.

Under xdist each worker has a server of its own, unless ``--timetwin-url`` or ``TIMETWIN_URL`` names one for all.
"""

from __future__ import annotations

import hashlib
import os
import re
from typing import Any, Generator, Iterator

import pytest

from ._errors import TimetwinError
from ._twin import Timetwin
from ._world import World

#: Settings of worlds, each an option ``--timetwin-NAME`` and an ini key ``timetwin_NAME``.
_SETTINGS = {
    "scenario": "Scenario: studio, bare, migration, or a file.",
    "at": "Freeze all clocks at this instant, such as 2026-06-12T10:00:00Z.",
    "revision": "Revision of the APIs: documented or current.",
    "limits": "Rate limits: vendor or off.",
    "plan": "Plan of all Clockify workspaces: free, basic, standard, pro or enterprise.",
}
_URL = "Use the running server at this URL instead of starting one; also TIMETWIN_URL."
_REQUESTS = "How many requests the report of a failed test shows."
_world = pytest.StashKey[World]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options and ini keys."""
    group = parser.getgroup("timetwin", "timetwin")
    for name, text in {**_SETTINGS, "url": _URL, "requests": _REQUESTS}.items():
        group.addoption(f"--timetwin-{name}", metavar=name.upper(), help=text)
        parser.addini(f"timetwin_{name}", text, default=None)


def pytest_configure(config: pytest.Config) -> None:
    """The marker."""
    config.addinivalue_line(
        "markers",
        "timetwin(scenario, at, revision, limits, plan, salt): settings of the world that the fixture 'twin' gives.",
    )


def _setting(config: pytest.Config, name: str) -> str | None:
    value = config.getoption(f"--timetwin-{name}") or config.getini(f"timetwin_{name}")
    return str(value) if value else None


def _settings(config: pytest.Config) -> dict[str, Any]:
    given = {name: _setting(config, name) for name in _SETTINGS}
    return {name: value for name, value in given.items() if value is not None}


def _url(config: pytest.Config) -> str | None:
    return _setting(config, "url") or os.environ.get("TIMETWIN_URL") or None


@pytest.fixture(scope="session")
def timetwin(pytestconfig: pytest.Config) -> Iterator[Timetwin]:
    """A server for the session."""
    url = _url(pytestconfig)
    server = Timetwin.start(**_settings(pytestconfig)) if url is None else Timetwin.attach(url)
    with server:
        yield server


@pytest.fixture
def twin(request: pytest.FixtureRequest, timetwin: Timetwin) -> Iterator[World]:
    """A world of the test's own, named after it. The marker ``timetwin`` gives it other settings."""
    # A server that was started here has the settings already.
    settings = {} if _url(request.config) is None else _settings(request.config)
    marker = request.node.get_closest_marker("timetwin")
    if marker is not None:
        settings.update(marker.kwargs)
    world = timetwin.world(world_name(request.node.nodeid), fresh=True, **settings)
    request.node.stash[_world] = world
    yield world
    del request.node.stash[_world]
    world.discard()


def world_name(node: str) -> str:
    """The name of a test's world: that of the test, and a mark of where it stands."""
    name = re.sub(r"[^A-Za-z0-9._]+", "-", node.rpartition("::")[2]).strip("-")
    return f"{name[:50]}-{hashlib.sha256(node.encode()).hexdigest()[:8]}"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, None]:
    """Adds the journal of its world to the report of a test that failed."""
    outcome = yield
    result: pytest.TestReport = outcome.get_result()
    world = item.stash.get(_world, None)
    if world is None or not result.failed:
        return
    try:
        text = world.report(int(_setting(item.config, "requests") or 20))
    except TimetwinError as error:
        text = f"its journal cannot be read: {error}"
    result.sections.append((f"timetwin: world {world.name}", text))
