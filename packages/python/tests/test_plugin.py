"""The pytest plugin, in sessions of its own."""

from __future__ import annotations

import pytest

from timetwin import Timetwin
from timetwin.pytest_plugin import world_name

TIMER = """
import urllib.request

def start_timer(twin, more=""):
    anna = twin.credentials("clockwork", "anna")
    body = f"issue_key=SSP-13{more}".encode()
    return urllib.request.urlopen(urllib.request.Request(f"{anna.base_url}/start_timer", body, anna.headers))
"""


@pytest.fixture(autouse=True)
def no_server_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TIMETWIN_URL", raising=False)


def test_each_test_has_a_world_of_its_own(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        TIMER
        + """
import pytest

@pytest.mark.parametrize("n", range(3))
def test_a_timer(twin, timetwin, n):
    start_timer(twin)
    assert twin.request_count() == 1
    assert twin.name.startswith(f"test_a_timer-{n}-")
    assert [world.name for world in timetwin.worlds()] == ["main", twin.name]

@pytest.mark.timetwin(scenario="bare", at="2030-01-01T00:00:00Z", plan="free")
def test_settings(twin):
    info = twin.info()
    assert (info.plan, info.now.year, twin.ledger()) == ("free", 2030, [])
"""
    )
    pytester.runpytest_subprocess("--strict-markers").assert_outcomes(passed=4)


def test_a_failed_test_shows_its_journal(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        TIMER
        + """
import pytest

def test_a_timer(twin):
    start_timer(twin, "&colour=red")
    assert False

@pytest.fixture
def started(twin):
    start_timer(twin)
    start_timer(twin)

def test_set_up(started):
    pass

def test_nothing(twin):
    assert False

def test_good(twin):
    start_timer(twin, "&shape=round")
"""
    )
    result = pytester.runpytest_subprocess("--timetwin-at=2026-06-12T10:00:00Z")
    result.assert_outcomes(passed=1, failed=2, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*ERROR at setup of test_set_up*",
            "*timetwin: world test_set_up-*",
            "200 POST /v1/start_timer  (startTimer, anna@studio.example)",
            "422 POST /v1/start_timer  (startTimer, anna@studio.example)",
            "quirks:",
            "  CWK-002 (assumed): *",
            "*_ test_a_timer _*",
            "*timetwin: world test_a_timer-*",
            "200 POST /v1/start_timer  (startTimer, anna@studio.example)",
            "    issue_key=SSP-13&colour=red",
            "not read:",
            "  field 'colour' of startTimer",
            "*_ test_nothing _*",
            "No request reached this world.",
        ]
    )
    result.stdout.no_fnmatch_line("*shape*")


def test_options_win_over_the_ini_file(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    pytester.makeini("[pytest]\ntimetwin_scenario = bare\ntimetwin_at = 2030-01-01T00:00:00Z\ntimetwin_requests = 0\n")
    pytester.makepyfile(
        """
def test_settings(twin):
    assert twin.ledger() == []
    assert twin.clock.now().year == 2031
    twin.credentials("clockify", "nobody")
"""
    )
    monkeypatch.setenv("TIMETWIN_URL", "")
    result = pytester.runpytest_subprocess("--timetwin-at", "2031-01-01T00:00:00Z")
    result.stdout.fnmatch_lines(["E *'nobody' has no credential of clockify, only anna@studio.example"])


@pytest.mark.parametrize("how", ["option", "environment"])
def test_a_running_server_is_used(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    pytester.makepyfile(
        """
def test_it(twin, timetwin):
    assert (timetwin.url, timetwin.log) == ("URL", "")
    assert twin.ledger() == [], "settings of the session are those of its worlds"
    timetwin.world("stays")
""".replace("URL", "{url}")
    )
    with Timetwin.start() as twin:
        file = next(pytester.path.glob("test_*.py"))
        file.write_text(file.read_text().replace("{url}", twin.url))
        options = ["--timetwin-scenario=bare"]
        if how == "option":
            options.append(f"--timetwin-url={twin.url}")
        else:
            monkeypatch.setenv("TIMETWIN_URL", twin.url)
        pytester.runpytest_subprocess(*options).assert_outcomes(passed=1)
        assert [world.name for world in twin.worlds()] == ["main", "stays"]


def test_workers_have_servers_of_their_own_or_share_one(pytester: pytest.Pytester) -> None:
    pytest.importorskip("xdist")
    pytester.makepyfile(
        TIMER
        + """
import os, pytest

@pytest.mark.parametrize("n", range(20))
def test_a_timer(twin, timetwin, n):
    start_timer(twin)
    assert twin.request_count() == 1
    with open("urls", "a") as file:
        file.write(timetwin.url + chr(10))
"""
    )
    urls = pytester.path / "urls"
    pytester.runpytest_subprocess("-n4").assert_outcomes(passed=20)
    assert len(set(urls.read_text().split())) == 4
    urls.unlink()
    with Timetwin.start() as twin:
        pytester.runpytest_subprocess("-n2", f"--timetwin-url={twin.url}").assert_outcomes(passed=20)
        assert set(urls.read_text().split()) == {twin.url}
        assert [world.name for world in twin.worlds()] == ["main"]


def test_names_of_worlds_are_legal_and_differ() -> None:
    nodes = ["test_a.py::test_x", "test_b.py::test_x", "test_a.py::test_x[ä/ö 1]", f"t.py::{'x' * 200}[{'y' * 90}]"]
    names = [world_name(node) for node in nodes]
    assert len(set(names)) == 4
    assert names[2].startswith("test_x-1-") and all(len(name) <= 64 for name in names)
