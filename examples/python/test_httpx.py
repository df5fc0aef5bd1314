"""A client of Clockodo waits as long as the service asks, and no longer.

Run: pytest test_httpx.py
"""

import time

import httpx
import pytest
from timetwin import Expectation, Fault


def entries(client, since, until, sleep=time.sleep):
    """The code under test: lists entries, and waits when there were too many requests."""
    for _ in range(3):
        answer = client.get("/v2/entries", params={"time_since": since, "time_until": until})
        if answer.status_code != 429:
            return answer.raise_for_status().json()["entries"]
        sleep(float(answer.headers["Retry-After"]))
    raise TimeoutError("Clockodo stays busy")


@pytest.fixture
def client(twin):
    anna = twin.credentials("clockodo", "anna")
    with httpx.Client(base_url=anna.base_url, headers=anna.headers) as client:
        yield client


@pytest.mark.timetwin(at="2026-06-12T10:00:00Z")
def test_it_waits_when_it_is_told_to(twin, client):
    twin.faults.set(Fault(surface="clockodo", operation="listEntries", first=1, rate_limited=True))
    waited = []

    def sleep(seconds):
        waited.append(seconds)
        twin.clock.advance(f"PT{seconds:.0f}S")

    assert entries(client, "2026-06-08T00:00:00Z", "2026-06-12T00:00:00Z", sleep)
    assert waited == [60]
    twin.verify(Expectation(operation="listEntries", status=429, exactly=1), Expectation(status=200, exactly=1))


def test_it_gives_up_in_the_end(twin, client):
    twin.faults.set(Fault(surface="clockodo", rate_limited=True))
    with pytest.raises(TimeoutError):
        entries(client, "2026-06-08T00:00:00Z", "2026-06-12T00:00:00Z", sleep=lambda seconds: None)
    assert twin.request_count(status=429) == 3
