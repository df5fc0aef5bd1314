"""A world does what the control API can do."""

from __future__ import annotations

import http.server
import threading
from datetime import datetime, timedelta, timezone

import pytest

from http_calls import call
from timetwin import Expectation, Fault, NotAsExpected, ProblemError, Timetwin, TimetwinError, World

NOON = datetime(2026, 6, 12, 10, tzinfo=timezone.utc)


@pytest.fixture
def world(twin: World) -> World:
    """A frozen world, at noon of a Friday in Berlin."""
    twin.clock.freeze(NOON)
    return twin


def start_timer(world: World, issue: str = "SSP-13") -> int:
    anna = world.credentials("clockwork", "anna")
    return call(anna, "POST", "/start_timer", {"issue_key": issue})[0]


def stop_timer(world: World, issue: str = "SSP-13") -> int:
    anna = world.credentials("clockwork", "anna")
    return call(anna, "POST", "/stop_timer", {"issue_key": issue})[0]


def test_credentials_are_of_this_world(world: World) -> None:
    anna = world.credentials("clockify", "anna@studio.example")
    assert anna.headers == {"X-Api-Key": f"demo-clockify-anna~{world.name}"}
    assert anna.reports_base_url is not None and anna.reports_base_url.endswith("/v1")
    status, me = call(anna, "GET", "/user")
    assert (status, me["email"]) == (200, "anna@studio.example")
    everybody = world.credentials("clockify")
    assert everybody[0].role == "OWNER" and anna in everybody
    assert world.credentials("time-tracker", "anna").query.keys() == {"Apikey"}
    with pytest.raises(TimetwinError, match="there is no surface 'toggl', only clockify, "):
        world.credentials("toggl")
    with pytest.raises(TimetwinError, match="'zoe' has no credential of clockify, only anna@"):
        world.credentials("clockify", "zoe")


def test_the_clock_freezes_moves_and_runs(world: World) -> None:
    assert world.clock.now() == NOON
    assert world.clock.advance(timedelta(minutes=90)) == NOON + timedelta(minutes=90)
    assert world.clock.advance("PT0.5S") == NOON + timedelta(minutes=90, milliseconds=500)
    assert world.clock.set("2030-01-01T00:00:00+01:00").isoformat() == "2029-12-31T23:00:00+00:00"
    assert world.info().clock_mode == "frozen"
    assert world.clock.run(NOON) - NOON < timedelta(minutes=1)
    assert world.info().clock_mode == "real"
    world.clock.freeze()
    assert world.clock.now() == world.clock.now()
    with pytest.raises(ValueError, match="has no time zone"):
        world.clock.freeze(datetime(2026, 6, 12))
    with pytest.raises(ProblemError) as error:
        world.clock.advance("1h")
    assert (error.value.status, error.value.type) == (400, "urn:timetwin:bad-time")
    assert error.value.detail == str(error.value) == error.value.problem["detail"]


def test_an_hour_of_work_is_in_the_ledger(world: World) -> None:
    assert start_timer(world) == 200
    world.clock.advance("PT1H")
    assert stop_timer(world) == 200
    line = world.ledger("jira")[-1]
    assert (line.who, line.what, line.start, line.seconds) == ("anna@studio.example", "SSP-13", NOON, 3600)
    assert {each.system for each in world.ledger()} == {"clockify", "clockodo", "jira"}


def test_faults_fire_and_are_counted(world: World) -> None:
    anna = world.credentials("clockify", "anna")
    busy = Fault(surface="clockify", operation="getLoggedUser", first=1, rate_limited=True)
    slow = Fault(person="ben@studio.example", probability=0.0, seed=7, delay=timedelta(milliseconds=1), slow=500)
    odd = Fault(path="/api/v1/user", every=2, content_type="text/html", delay_lognormal=("PT0.001S", 0.5))
    world.faults.set(busy, slow, odd)
    assert [call(anna, "GET", "/user")[0] for _ in range(3)] == [429, 200, 200]
    assert [(count.matched, count.fired) for count in world.faults.counts()] == [(3, 1), (0, 0), (2, 1)]
    rules = world.faults.rules()
    assert rules[0] == busy and rules[1].slow == 500 and rules[1].delay == "PT0.001S"
    assert rules[2].delay_lognormal == ("PT0.001S", 0.5)
    assert [request.fault for request in world.requests()] == [0, None, 2]
    with pytest.raises(ProblemError, match="names no operation"):
        world.faults.set(Fault(operation="stealTimeEntries", status=503))
    assert len(world.faults.rules()) == 3
    world.faults.clear()
    assert world.faults.rules() == []


def test_a_reset_connection_is_a_fault_too(world: World) -> None:
    world.faults.set(Fault(reset="after", operation="startTimer"))
    with pytest.raises(OSError):
        start_timer(world)
    request = world.request(1)
    assert request.version_after == request.version_before + 1
    assert world.faults.rules()[0].reset == "after"


def test_the_journal_is_filtered_counted_and_cleared(world: World) -> None:
    start_timer(world)
    call(world.credentials("clockify", "ben"), "GET", "/user?colour=red")
    call(world.credentials("clockify", "ben"), "GET", "/usr")
    timer, user, nothing = world.requests()
    assert (timer.operation, timer.status, timer.at) == ("startTimer", 200, NOON)
    assert timer.body == {"issue_key": "SSP-13"} and timer.duration < timedelta(seconds=30)
    assert (user.person, user.unknown_parameters) == ("ben@studio.example", ["colour"])
    assert nothing.status == 404 and "getLoggedUser" in [near.operation for near in nothing.near_misses]
    assert world.requests(surface="clockify", status=200) == [user]
    assert world.requests(since=timer.id, operation="getLoggedUser") == [user]
    assert world.request_count(person="ben@studio.example", method="GET", since=NOON) == 1
    assert world.request(user.id) == world.request(2) == user
    world.clear_requests()
    assert world.requests() == []


def test_expectations_are_met_or_named(world: World) -> None:
    start_timer(world)
    stop_timer(world)
    started = Expectation(operation="startTimer", body={"issue_key": "SSP-13"}, exactly=1)
    assert world.verify(started, Expectation(operation="stopTimer", at_most=1), in_order=True) == [1, 1]
    with pytest.raises(NotAsExpected) as error:
        world.verify(Expectation(operation="startTimer", body={"issue_key": "SSP-14"}))
    assert isinstance(error.value, AssertionError)
    assert 'body.issue_key is "SSP-13", not "SSP-14"' in str(error.value)
    assert error.value.problem["matched"] == [0]
    with pytest.raises(ProblemError, match="there is no operation 'fly'"):
        world.verify(Expectation(operation="fly"))


def test_what_is_planted_is_compared(world: World) -> None:
    assert world.ledger_diff("jira", "jira").is_empty
    world.plant(
        {
            "people": [{"id": "zoe", "name": "Zoe", "email": "zoe@studio.example", "zone": "UTC", "role": "member"}],
            "work": [
                {"who": "zoe", "on": "SSP-13", "start": "2026-06-01T08:00:00Z", "seconds": 3600, "in": ["jira"]},
                {"who": "zoe", "on": "SSP-13", "start": "2026-06-09T08:00:00Z", "seconds": 3600, "in": ["jira"]},
                {"who": "zoe", "on": "SSP-13", "start": "2026-06-09T08:00:20Z", "seconds": 3600, "in": ["clockify"]},
            ],
        }
    )
    whole = world.ledger_diff("jira", "clockify", zone="Europe/Berlin", compare=["note", "billable"])
    of_zoe = [one for one in whole.different if one.left.who == "zoe@studio.example"]
    assert [one.fields for one in of_zoe] == [["start"]] and not whole.is_empty
    assert "zoe@studio.example" in [line.who for line in whole.missing]
    near = world.ledger_diff("jira", "clockify", tolerance=timedelta(minutes=1))
    assert not [one for one in near.different if one.left.who == "zoe@studio.example"]
    with pytest.raises(ProblemError, match=r"work\[0\].on: there is no project or task 'XYZ-1'"):
        world.plant({"work": [{"who": "zoe", "on": "XYZ-1", "start": "d-1 09:00", "seconds": 60}]})


def test_states_are_kept_and_restored(world: World, timetwin: Timetwin) -> None:
    world.checkpoint("before")
    start_timer(world)
    other = world.fork(f"{world.name[:50]}-fork", salt="other")
    content = world.snapshot()
    assert content.startswith(b"SQLite format 3") and world.checkpoints() == ["before"]
    world.restore("before")
    assert stop_timer(world) == 422 and stop_timer(other) == 200
    world.put_snapshot(content)
    assert stop_timer(world) == 200
    world.checkpoint("after")
    world.forget("after")
    assert "after" not in world.checkpoints()
    with pytest.raises(ProblemError, match="no checkpoint"):
        world.restore("after")
    world.reset()
    assert stop_timer(world) == 200, "a reset returns to the snapshot"
    other.discard()
    assert other.name not in [each.name for each in timetwin.worlds()]


def test_settings_make_a_world_anew(timetwin: Timetwin) -> None:
    small = timetwin.world("small", scenario="bare", at=NOON, revision="current", limits="off", plan="free", salt="s")
    info = small.info()
    assert (info.revision, info.limits, info.plan, info.salt) == ("current", "off", "free", "s")
    assert (info.now, info.version, small.ledger()) == (NOON, 0, [])
    start_timer(small, "DEMO-1")
    assert timetwin.world("small").info().version == 1, "one that exists is taken as it is"
    assert timetwin.world("small", fresh=True).info().version == 0
    with pytest.raises(ProblemError) as error:
        timetwin.world("no name")
    assert error.value.status == 400
    small.discard()


def test_quirks_are_explained(world: World, timetwin: Timetwin) -> None:
    call(world.credentials("clockwork", "anna"), "GET", "/worklogs")
    met = world.quirks()
    assert met and all(timetwin.quirk(quirk.id) == quirk for quirk in met)
    assert met[0] in timetwin.quirks("clockwork")
    assert f"{met[0].id} ({met[0].grade}): {met[0].title}" in world.report()
    with pytest.raises(TimetwinError, match="there is no quirk 'XYZ-001'"):
        timetwin.quirk("XYZ-001")


def test_a_report_names_what_nobody_read(world: World) -> None:
    assert world.report() == "No request reached this world."
    for _ in range(3):
        call(world.credentials("clockwork", "anna"), "POST", "/start_timer?x=1", {"issue_key": "SSP-13", "colour": 1})
    lines = world.report(last=1).splitlines()
    assert lines[0] == "2 earlier requests"
    assert "  field 'colour' of startTimer" in lines and "  parameter 'x' of startTimer" in lines
    assert world.report(last=0).startswith("3 earlier requests\nnot read:")


def test_webhooks_are_listed_and_sent_again(world: World) -> None:
    got: list[bytes] = []

    class Receiver(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    anna = world.credentials("clockify", "anna")
    home = call(anna, "GET", "/workspaces")[1][0]["id"]
    hook = {
        "name": "ours",
        "url": f"http://127.0.0.1:{receiver.server_port}/hook",
        "webhookEvent": "NEW_TAG",
        "triggerSourceType": "WORKSPACE_ID",
        "triggerSource": [home],
    }
    status, made = call(anna, "POST", f"/workspaces/{home}/webhooks", hook)
    assert status == 201, made
    assert call(anna, "POST", f"/workspaces/{home}/tags", {"name": "remote"})[0] == 201
    world.clock.advance("PT1S")
    [delivery] = world.deliveries(event="NEW_TAG")
    assert (delivery.state, delivery.attempts[0].status, delivery.hook) == ("delivered", 204, made["id"])
    assert world.deliveries(state="failed") == [] and world.deliveries(hook=made["id"]) == [delivery]
    assert delivery.headers["clockify-webhook-event-type"] == "NEW_TAG"
    assert len(world.resend(delivery.id).attempts) == 2
    assert [b'"remote"' in body for body in got] == [True, True]
    receiver.shutdown()
