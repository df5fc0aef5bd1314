"""A receiver of Clockify's webhooks: it checks the signature, and is down for the first attempt.

Run: python webhook_receiver.py
"""

import json
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from timetwin import Timetwin


class Receiver(BaseHTTPRequestHandler):
    """The code under test."""

    token = ""
    is_down = True
    got = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if Receiver.is_down:
            Receiver.is_down = False
            self.send_response(503)
        elif self.headers["clockify-signature"] != Receiver.token:
            self.send_response(401)
        else:
            Receiver.got.append(json.loads(body))
            self.send_response(204)
        self.end_headers()

    def log_message(self, format, *args):
        pass


def call(who, method, path, body=None):
    headers = {**who.headers, "Content-Type": "application/json"}
    sent = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(who.base_url + path, sent, headers, method=method)) as answer:
        return json.loads(answer.read())


receiver = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
threading.Thread(target=receiver.serve_forever, daemon=True).start()

with Timetwin.start(at="2026-06-12T10:00:00Z") as twin:
    world = twin.main
    anna = world.credentials("clockify", "anna")
    home = call(anna, "GET", "/workspaces")[0]["id"]
    hook = call(anna, "POST", f"/workspaces/{home}/webhooks", {
        "name": "our receiver",
        "url": f"http://127.0.0.1:{receiver.server_port}/clockify",
        "webhookEvent": "NEW_TIME_ENTRY",
        "triggerSourceType": "WORKSPACE_ID",
        "triggerSource": [home],
    })
    Receiver.token = hook["authToken"]

    entry = {"start": "2026-06-12T08:00:00Z", "end": "2026-06-12T09:00:00Z", "description": "Tidying up"}
    call(anna, "POST", f"/workspaces/{home}/time-entries", entry)
    world.clock.advance("P1D")  # The retry is due within the day; it happens now.

    [delivery] = world.deliveries()
    print([attempt.status for attempt in delivery.attempts], delivery.state, Receiver.got[0]["description"])
    assert [attempt.status for attempt in delivery.attempts] == [503, 204]
    assert [message["description"] for message in Receiver.got] == ["Tidying up"]
