#!/usr/bin/env bash
# Times lists by name over 10,000 clients, projects and tags of Clockify, and the deletion of a project with
# 100,000 entries, on a release binary. Prints figures; asserts nothing. Usage: bench/names.sh [BINARY];
# needs curl, awk and python3.
set -euo pipefail

binary=${1:-target/release/timetwin}
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT

python3 - "$work" <<'PYTHON'
import json, pathlib, sys
work, many = pathlib.Path(sys.argv[1]), 10_000
people = [{"id": "o", "name": "Owner", "email": "o@names.example", "zone": "Europe/Berlin", "role": "owner"}]
people += [{"id": f"m{n}", "name": f"Member {n}", "email": f"m{n}@names.example", "zone": "Asia/Tokyo", "role": "member"} for n in range(50)]
clients = [{"id": f"c{n}", "name": f"Client {n * 7919 % many}"} for n in range(many)]
projects = [{"key": f"P{n}", "name": f"Project {n * 6007 % many}", "client": f"c{n}", "public": n % 4 != 0, "members": ["o", f"m{n % 50}", f"m{n * 7 % 50}"]} for n in range(many)]
tasks = [{"key": f"P{n}-1", "name": "Work"} for n in range(many)]
work_done = [{"who": f"m{n % 50}", "on": "P1-1", "start": "2026-05-04T08:00:00Z", "seconds": 60 + n % 3600} for n in range(100_000)]
(work / "scenario.json").write_text(json.dumps({"name": "names", "about": "Many names.", "company": "Names", "currency": "EUR", "people": people, "clients": clients, "projects": projects, "tasks": tasks, "work": work_done}))
(work / "clockify.json").write_text(json.dumps({"workspace": {"plan": "PRO_2021"}, "tags": [{"name": f"Tag {n * 4391 % many}"} for n in range(many)]}))
PYTHON
"$binary" serve --listen 127.0.0.1:0 --scenario "$work/scenario.json" --limits off \
    --at 2026-06-12T18:00:00Z --port-file "$work/port" >"$work/log" &
server=$!
until [ -s "$work/port" ]; do sleep 0.1; done
base=http://127.0.0.1:$(cat "$work/port")/api/v1

owner='X-Api-Key: demo-clockify-o'
member='X-Api-Key: demo-clockify-m7'
here=$(curl -s -H "$owner" "$base/workspaces" | awk -F'"' '{ print $4 }')
here=$base/workspaces/$here

# Median and slowest of a hundred calls, in milliseconds.
timed() {
    local name=$1
    shift
    local calls=()
    for _ in $(seq 100); do calls+=(-o /dev/null "$1"); done
    curl -s -H "$2" -w '%{time_total} %{http_code} %{size_download}\n' "${calls[@]}" | sort -n | awk -v name="$name" '
        { taken[NR] = $1; code = $2; size = $3 }
        END { printf "%-62s %s  median %6.2f ms   slowest %6.2f ms   %8.1f kB\n", name, code, taken[int(NR / 2)] * 1000, taken[NR] * 1000, size / 1e3 }'
}

timed 'clients: part of a name' "$here/clients?name=ient%2077" "$owner"
timed 'clients: a name that nobody has' "$here/clients?name=zzz" "$owner"
timed 'tags: part of a name' "$here/tags?name=ag%2077" "$owner"
timed 'tags: a whole name' "$here/tags?name=Tag%2077&strict-name-search=true" "$owner"
timed 'tags: a name that nobody has' "$here/tags?name=zzz" "$owner"
timed 'projects: first page' "$here/projects" "$owner"
timed 'projects: part of a name' "$here/projects?name=ect%2077" "$owner"
timed 'projects: a whole name' "$here/projects?name=Project%2077&strict-name-search=true" "$owner"
timed 'projects: a name that nobody has' "$here/projects?name=zzz" "$owner"
timed 'projects: a name that nobody has, by a member' "$here/projects?name=zzz" "$member"
timed 'projects: last page, by a member' "$here/projects?page=175" "$member"
timed 'projects: by duration, descending' "$here/projects?sort-column=DURATION&sort-order=DESCENDING" "$owner"
timed 'projects: by name of the client' "$here/projects?sort-column=CLIENT_NAME" "$owner"
timed 'projects: by progress' "$here/projects?sort-column=PROGRESS" "$owner"
timed 'projects: of one person, by a member' "$here/projects?users=000000000000000000000000" "$member"
timed 'projects: 5,000 hydrated on one page' "$here/projects?page-size=5000&hydrated=true" "$owner"

busy=$(curl -s -H "$owner" "$here/projects?sort-column=DURATION&sort-order=DESCENDING&page-size=1" | awk -F'"' '{ print $4 }')
curl -s -o /dev/null -X DELETE -H "$owner" -w 'project with 100,000 entries deleted: %{http_code} in %{time_total} s\n' "$here/projects/$busy"
