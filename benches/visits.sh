#!/usr/bin/env bash
# What a request for a visit reads at a million visits of history: statements and buffers on PostgreSQL, by auto_explain, of whole
# requests through HTTP on the demo's county. The decision is what reads the rows, the numbers and what lies near; the rest is what any
# change of a record costs (its row, its trail, its key).
#
#   bash benches/visits.sh [visits of history, default 1000000]
set -euo pipefail
cd "$(dirname "$0")/.."
history=${1:-1000000}
work=$(mktemp -d)
chmod 755 "$work"
# shellcheck source=tests/postgres/pg.sh
source tests/postgres/pg.sh
service=
cleanup() {
  [ -z "$service" ] || kill "$service" 2>/dev/null || true
  pg_stop "$work/pg" 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT
[ -n "${BENCH_NO_BUILD:-}" ] || cargo build --release --quiet --package mingjian
pg_install && pg_start "$work/pg"
psql -qAt "$PG_URL" -c 'CREATE DATABASE visits'
url=${PG_URL%/postgres}/visits
"${BENCH_BINARY:-target/release/mingjian}" demo --bind 127.0.0.1:18089 --database-url "$url" >"$work/demo.log" 2>&1 &
service=$!
for _ in $(seq 300); do grep -q 'docs:' "$work/demo.log" && break; sleep 1; done

psql -qAt -v ON_ERROR_STOP=1 -v history="$history" "$url" <<'SQL'
INSERT INTO visits (id, code, object_id, lead_department_id, purpose, on_site_reason, surprise, window_from, window_to, status, urgent,
  budget_year, nonce, tokens, alerts, entered_on, entered_at, created_by, version, created_at, updated_at)
SELECT gen_random_uuid(), 'H' || g, o.id, d.id, 'x', 'x', false, day, day, 'CLOSED', false, extract(year from day)::int, md5(g::text), 0,
  '[]', day, day, d.id, 1, day, day
FROM generate_series(1, :history) g
JOIN (SELECT id, row_number() OVER (ORDER BY id) n, count(*) OVER () c FROM objects) o ON o.n = 1 + g % o.c
JOIN (SELECT id, row_number() OVER (ORDER BY id) n, count(*) OVER () c FROM departments) d ON d.n = 1 + g % d.c
CROSS JOIN LATERAL (SELECT date '2000-01-01' + (g::bigint * 7919 % 9800)::int AS day) x;
INSERT INTO visit_parts (visit_id, department_id, kind, counts, requested_by, approved_by, approved_at, refused, exempted_ids)
SELECT id, lead_department_id, 'DAILY', true, lead_department_id, lead_department_id, created_at, false, '[]' FROM visits WHERE code LIKE 'H%';
INSERT INTO visit_counts
SELECT object_id, budget_year, '00000000-0000-0000-0000-000000000000', count(*)::int FROM visits WHERE code LIKE 'H%' GROUP BY 1, 2
ON CONFLICT DO NOTHING;
ANALYZE;
ALTER DATABASE visits SET session_preload_libraries = 'auto_explain';
ALTER DATABASE visits SET auto_explain.log_min_duration = 0;
ALTER DATABASE visits SET auto_explain.log_analyze = on;
ALTER DATABASE visits SET auto_explain.log_buffers = on;
ALTER DATABASE visits SET auto_explain.log_timing = off;
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = 'visits' AND pid <> pg_backend_pid();
SQL
python3 - "$work" "$work/pg" <<'PY'
import datetime, json, pathlib, re, sys, time, urllib.request, uuid

work, base = pathlib.Path(sys.argv[1]), "http://127.0.0.1:18089/api/v1"
log = next(path for path in pathlib.Path(sys.argv[2]).rglob("log") if path.is_file())
words = dict(line.split()[:2] for line in (work / "demo.log").read_text().splitlines() if re.match(r"  [a-z]+\.?[a-z]* +\S+ +[A-Z_]+ ", line))
tokens = {}

def call(who, method, path, body=None, version=None):
    headers = {"content-type": "application/json", "idempotency-key": str(uuid.uuid4())}
    if who:
        headers["authorization"] = "Bearer " + tokens[who]
    if version:
        headers["if-match"] = f'"{version}"'
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(base + path, method=method, headers=headers, data=data)) as answer:
        return json.load(answer)

for who in ("market.admin", "justice"):
    tokens[who] = call(None, "POST", "/auth/token", {"username": who, "password": words[who]})["access_token"]
own = call("market.admin", "GET", "/me")["department_id"]
objects = call("market.admin", "GET", "/objects?object_type=1&sort=-name&limit=12")["items"]
items = call("market.admin", "GET", "/spot-check-items?status=PUBLISHED&limit=200")["items"]
items = [item["id"] for item in items if item["department_id"] == own][:1]
people = call("justice", "GET", f"/personnel?department_id={own}&limit=50")["items"]
people = [one["id"] for one in people if one["certificates"] and one["certificates"][0]["status"] == "ACTIVE"][:2]
officers = [{"personnel_id": one, "is_leader": at == 0} for at, one in enumerate(people)]
year = datetime.date.today().year + 1
terms = {"purpose": "测量", "on_site_reason": "测量", "window_from": f"{year}-06-21", "window_to": f"{year}-06-25"}
decides = re.compile(r'^(SELECT|UPDATE "objects").*(FROM "(visits|visit_parts|visit_counts|visit_rules|objects|follow_ups|risk_clue_measures)"|"objects")', re.S)
for at, thing in enumerate(objects):
    opening = {"object_id": thing["id"], "item_ids": items, "officers": officers}
    draft = call("market.admin", "POST", "/visits", {"opening": opening, "terms": terms})
    time.sleep(1)
    before = log.stat().st_size
    call("market.admin", "POST", f"/visits/{draft['id']}/request", {}, draft["version"])
    time.sleep(1.5)
    plans = log.read_bytes()[before:].decode(errors="replace").split("Query Text: ")[1:]
    read = lambda plan: sum(map(int, re.search(r"Buffers: shared hit=(\d+)(?: read=(\d+))?", plan).groups("0"))) if "Buffers: shared" in plan else 0
    deciding = [plan for plan in plans if decides.match(plan)]
    if at > 1:  # the first two fill caches of the connections
        print(f"request {at - 1}: {len(deciding)} statements, {sum(map(read, deciding))} buffers to decide; {len(plans)} and {sum(map(read, plans))} with the change and its trail")
PY
