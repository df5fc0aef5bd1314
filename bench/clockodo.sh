#!/usr/bin/env bash
# Times Clockodo's list and entry groups over 1,000,000 entries, on a release binary. Prints figures; asserts
# nothing. Usage: bench/clockodo.sh [BINARY]; needs curl, awk and wrk (Debian: apt-get install wrk).
set -euo pipefail

binary=${1:-target/release/timetwin}
root=$(dirname "$0")
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT

"$binary" generate --entries 1000000 --people 500 --seed 1 -o "$work/scenario.json"
"$binary" serve --listen 127.0.0.1:0 --scenario "$work/scenario.json" --limits off \
    --at 2026-06-12T18:00:00Z --port-file "$work/port" >"$work/log" &
server=$!
until [ -s "$work/port" ]; do sleep 0.1; done
base=http://127.0.0.1:$(cat "$work/port")/api/v2

user='X-ClockodoApiUser: p0@generated.example'
key='X-ClockodoApiKey: demo-clockodo-p0'
application='X-Clockodo-External-Application: bench;p0@generated.example'
rss() { awk '/VmRSS/ { print int($2 / 1024) }' "/proc/$server/status"; }
get() { curl -s -H "$user" -H "$key" -H "$application" "$@"; }

# A load of $2 connections for eight seconds: median and 99th percentile.
loaded() {
    local name=$1 connections=$2 url=$3
    wrk -t1 "-c$connections" -d8s -H "$user" -H "$key" -H "$application" -s "$root/post.lua" "$url" |
        awk -F'[:,}]' -v name="$name, connections $connections" '/^JSON/ {
            printf "%-66s p50 %7.2f ms   p99 %7.2f ms   %6.0f /s   bad %d\n", name, $6, $8, $2 / $4, $10 }'
}

# Median of nine calls, in milliseconds.
timed() {
    local name=$1
    shift
    for _ in 1 2 3 4 5 6 7 8 9; do
        get -o /dev/null -w '%{time_total} %{size_download} %{http_code}\n' "$@"
    done | sort -n | awk -v name="$name" 'NR == 5 {
        printf "%-66s %8.2f ms   %8.3f MB   status %d\n", name, $1 * 1000, $2 / 1e6, $3 }'
}

all='time_since=2000-01-01T00:00:00Z&time_until=2030-01-01T00:00:00Z'
echo "resident: $(rss) MB; $(get "$base/entries?$all&items_per_page=1" | head -c 100)"
for connections in 1 32; do
    loaded 'list of 1,000 of 1,000,000' "$connections" "$base/entries?$all"
    loaded 'list of 1,000 of 1,000,000, enhanced' "$connections" "$base/entries?$all&enhanced_list=1"
    loaded 'list of 1,000 of 1,000,000, page 900' "$connections" "$base/entries?$all&page=900"
    loaded 'list of 50 of 1,000,000' "$connections" "$base/entries?$all&items_per_page=50"
done
timed 'list of one person, first 1,000' "$base/entries?$all&filter%5Busers_id%5D=234007"
timed 'list by text, nothing found' "$base/entries?$all&filter%5Btext%5D=zzz"
timed 'groups: project x month' "$base/entrygroups?$all&grouping%5B%5D=projects_id&grouping%5B%5D=month"
timed 'groups: person x project x day, a month' \
    "$base/entrygroups?time_since=2026-05-01T00:00:00Z&time_until=2026-06-01T00:00:00Z&grouping%5B%5D=users_id&grouping%5B%5D=projects_id&grouping%5B%5D=day"
timed 'groups: texts, one customer' "$base/entrygroups?$all&grouping%5B%5D=texts_id&filter%5Bcustomers_id%5D=2410001"
echo "resident at the end: $(rss) MB"
