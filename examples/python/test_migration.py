"""Hours move from Jira to Clockify: all of them, each once, to the second.

Run: pytest test_migration.py
"""

from datetime import datetime, timedelta

import pytest
import requests


def migrate(issues, clockify):
    """The code under test: copies the worklogs of Time Tracker's issues to Clockify, as one person."""
    call = requests.Session()
    call.headers.update(clockify.headers)
    base = clockify.base_url
    home = call.get(f"{base}/workspaces").json()[0]["id"]
    tasks = {}
    for project in call.get(f"{base}/workspaces/{home}/projects", params={"page-size": 200}).json():
        for task in call.get(f"{base}/workspaces/{home}/projects/{project['id']}/tasks").json():
            tasks[task["name"]] = {"projectId": project["id"], "taskId": task["id"]}
    for issue in issues:
        for log in issue["fields"]["worklog"]["worklogs"]:
            start = datetime.strptime(log["started"], "%Y-%m-%dT%H:%M:%S.%fZ")
            end = start + timedelta(seconds=log["timeSpentSeconds"])
            entry = {"start": f"{start:%FT%TZ}", "end": f"{end:%FT%TZ}", **tasks[issue["fields"]["summary"]]}
            call.post(f"{base}/workspaces/{home}/time-entries", json=entry).raise_for_status()


@pytest.mark.timetwin(scenario="bare", at="2026-06-12T10:00:00Z")
def test_each_hour_moves_once(twin):
    for day in ("08", "09", "10"):
        work = {"who": "anna", "on": "DEMO-1", "start": f"2026-06-{day}T08:00:00Z", "seconds": 3600, "in": ["jira"]}
        twin.plant({"work": [work]})
    assert len(twin.ledger_diff("jira", "clockify").missing) == 3

    tracker = twin.credentials("time-tracker", "anna")
    days = {"start": "2026-06-01", "end": "2026-06-12", "filterOrProjectId": "project_DEMO"}
    issues = requests.get(f"{tracker.base_url}/api/1/worklog", params=days, headers=tracker.headers).json()
    migrate(issues, twin.credentials("clockify", "anna"))

    assert twin.ledger_diff("jira", "clockify").is_empty
