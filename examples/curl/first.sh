#!/usr/bin/env bash
# A Clockwork timer becomes an hour of work in Jira. Any language that speaks HTTP can do this.
#
# Run: bash first.sh
set -euo pipefail

# Port 0 is a free one; the file says which, and is there once the server can answer.
work="$(mktemp -d)"
timetwin serve --listen 127.0.0.1:0 --port-file "$work/port" >/dev/null &
server=$!
trap 'kill $server; rm -r "$work"' EXIT
until [ -s "$work/port" ]; do kill -0 $server && sleep 0.05; done
twin="http://127.0.0.1:$(cat "$work/port")"
world="$twin/_twin/sandboxes/main"
anna="Authorization: Token demo-clockwork-anna"

curl -sf -X PUT "$world/clock" -d '{"mode":"frozen","now":"2030-01-07T10:00:00Z"}'
curl -sf "$twin/v1/start_timer" -H "$anna" -d issue_key=SSP-13
curl -sf "$world/clock/advance" -d '{"by":"PT1H"}'
curl -sf "$twin/v1/stop_timer" -H "$anna" -d issue_key=SSP-13
curl -sf "$world/ledger?system=jira" | grep -q '"start":"2030-01-07T10:00:00Z","seconds":3600'
echo
echo "an hour of work"
