"""A Clockwork timer becomes an hour of work in Jira.

Run: pytest test_requests.py
"""

import requests


def test_a_timer_becomes_an_hour(twin):
    twin.clock.freeze("2030-01-07T10:00:00Z")
    anna = twin.credentials("clockwork", "anna")
    call = requests.Session()
    call.headers.update(anna.headers)

    call.post(f"{anna.base_url}/start_timer", data={"issue_key": "SSP-13"}).raise_for_status()
    twin.clock.advance("PT1H")
    stopped = call.post(f"{anna.base_url}/stop_timer", data={"issue_key": "SSP-13"}).json()

    assert stopped["messages"][0]["body"] == "Will report 1h on behalf of Anna Berger"
    work = twin.ledger("jira")[-1]
    assert (work.who, work.what, work.seconds) == ("anna@studio.example", "SSP-13", 3600)
