-- wrk: POST the body of BENCH_BODY with %N% replaced by a counter; BENCH_HEADER is one "Name: value".
local body = os.getenv("BENCH_BODY")
local name, value = (os.getenv("BENCH_HEADER") or ""):match("^([^:]+):%s*(.*)$")
local n = 0
if name then wrk.headers[name] = value end
if body then
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  function request()
    n = n + 1
    return wrk.format(nil, nil, nil, (body:gsub("%%N%%", tostring(n))))
  end
end
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('JSON {"requests":%d,"seconds":%.4f,"p50_ms":%.3f,"p99_ms":%.3f,"bad":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    e.status + e.connect + e.read + e.write + e.timeout))
end
