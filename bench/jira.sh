#!/usr/bin/env bash
# Times the two windows on a Jira site of 1,000,000 worklogs, on a release binary. Prints figures; asserts
# nothing. Usage: bench/jira.sh [BINARY]; needs curl and awk.
set -euo pipefail

binary=${1:-target/release/timetwin}
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT

"$binary" generate --entries 1000000 --people 500 --seed 1 -o "$work/scenario.json"
"$binary" serve --listen 127.0.0.1:0 --scenario "$work/scenario.json" \
    --at 2026-06-12T18:00:00Z --port-file "$work/port" >"$work/log" &
server=$!
until [ -s "$work/port" ]; do sleep 0.1; done
base=http://127.0.0.1:$(cat "$work/port")

rss() { awk '/VmRSS/ { print int($2 / 1024) }' "/proc/$server/status"; }
peak() { awk '/VmHWM/ { print int($2 / 1024) }' "/proc/$server/status"; }

# Median of nine calls, in milliseconds: first byte, whole answer, bytes.
timed() {
    local name=$1
    shift
    for _ in 1 2 3 4 5 6 7 8 9; do
        curl -s -o /dev/null -w '%{time_starttransfer} %{time_total} %{size_download}\n' "$@"
    done | sort -n -k2 | awk -v name="$name" 'NR == 5 {
        printf "%-58s first byte %6.0f ms   whole %6.0f ms   %8.2f MB\n", name, $1 * 1000, $2 * 1000, $3 / 1e6 }'
}

echo "resident with 1,000,000 worklogs: $(rss) MB"
token='Authorization: Token demo-clockwork-p0'
key='Authorization: Apikey demo/time+tracker/p0=='
all='expand=issues,authors,emails,worklogs'
timed 'worklogs: 10,000 rows' -H "$token" "$base/v1/worklogs"
timed 'worklogs: 10,000 rows, all expansions' -H "$token" "$base/v1/worklogs?$all"
timed 'worklogs: 10,000 rows, all expansions, at offset 900,000' -H "$token" "$base/v1/worklogs?$all&offset=900000"
timed 'worklogs: one author, a month' -H "$token" "$base/v1/worklogs?user_query=p7@generated.example&starting_at=2026-05-01&ending_at=2026-05-31"
timed 'worklogs: one project, first 10,000' -H "$token" "$base/v1/worklogs?project_keys%5B%5D=P3"
timed 'report: one author, a month' -H "$key" "$base/api/1/worklog?start=2026-05-01&end=2026-05-31"
timed 'report: everybody, a week' -H "$key" "$base/api/1/worklog?start=2026-06-01&end=2026-06-07&allUsers=true"
timed 'view: everybody, a week' -H "$key" "$base/api/1/exportView.xls?start=2026-06-01&end=2026-06-07&allUsers=true"

# About 100,000 rows: ten weeks of everybody.
before=$(rss)
rows=$(curl -s -H "$key" "$base/api/1/exportData.csv?start=2026-04-03&end=2026-06-12&allUsers=true" | wc -l)
echo "resident before $before MB, after $(rss) MB, peak $(peak) MB for a CSV file of $rows lines"
timed "csv: $rows lines" -H "$key" "$base/api/1/exportData.csv?start=2026-04-03&end=2026-06-12&allUsers=true"
echo "resident at the end $(rss) MB, peak $(peak) MB"
