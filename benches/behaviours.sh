#!/usr/bin/env bash
# A file of behaviours against the bare database, in one run: rows a second through `mingjian import` (checked, with findings,
# figures, trail and log) against the same rows into the same table with the same indexes, by one prepared insert in one
# transaction (SQLite) or by COPY (PostgreSQL). Then the same file again, and the memory of a small file and a large one.
#
#   bash benches/behaviours.sh [rows, default 100000]
set -euo pipefail
cd "$(dirname "$0")/.."
rows=${1:-100000}
work=$(mktemp -d)
chmod 755 "$work"
# shellcheck source=tests/postgres/pg.sh
source tests/postgres/pg.sh
demo=
cleanup() {
  [ -z "$demo" ] || kill "$demo" 2>/dev/null || true
  pg_stop "$work/pg" 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT
[ -n "${BENCH_NO_BUILD:-}" ] || cargo build --release --quiet --package mingjian
service=${BENCH_BINARY:-$PWD/target/release/mingjian}

# Three in a hundred are wrong.
python3 - "$work" "$rows" <<'PY'
import csv, sys
work, rows = sys.argv[1], int(sys.argv[2])
columns = {
    "supervise_item_implement_code": "无", "supervise_item_check_icode": "91510821MAR05011841",
    "check_action_name": "食品经营检查", "supervise_object": "旺苍县某店", "administrative_cp": "旺苍县某店",
    "administrative_cp_na": "02", "administrative_cp_ce_type": "001", "administrative_cp_ui_code": "91510821MAR0501184",
    "area_number": "510821", "check_type": "01", "check_result": "01", "check_date": "2026-10-12",
    "check_personnel": "张三,李四",
}
def write(name, first, count):
    with open(f"{work}/{name}", "w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["cd_id", "部门编码", "check_action_code", "check_form", *columns])
        for at in range(first, first + count):
            form = "07" if at % 100 < 3 else "01"
            writer.writerow([f"K{at}", "51082103", f"JC-{at}", form, *columns.values()])
write("small.csv", 10_000_000, 10_000)
write("rows.csv", 0, rows)
PY

# A county to import into: the demo's, stopped as soon as it is there.
county() { # database URL
  local port=$((20000 + RANDOM % 20000))
  "$service" --database-url "$1" --bind "127.0.0.1:$port" --log error demo >"$work/demo.log" 2>&1 &
  demo=$!
  until grep -q 'docs:' "$work/demo.log"; do kill -0 "$demo"; sleep 0.2; done
  kill "$demo"; wait "$demo" || true
  demo=
}

# Seconds and KiB of resident memory at most of an import, and what it says.
import() { # database URL, file
  python3 - "$service" "$1" "$2" <<'PY'
import resource, subprocess, sys, time
service, url, file = sys.argv[1:]
began = time.monotonic()
done = subprocess.run([service, "--database-url", url, "--log", "error", "import", "checks", file], capture_output=True, text=True, check=True)
took = time.monotonic() - began
print(f"{took:.3f} {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss} {done.stdout.strip()}")
PY
}

report() { # name, database URL
  local small large again
  small=$(import "$2" "$work/small.csv")
  large=$(import "$2" "$work/rows.csv")
  again=$(import "$2" "$work/rows.csv")
  seconds=${large%% *}
  echo "== $1"
  echo "10000 rows: $small"
  echo "$rows rows: $large"
  echo "the same again: $again"
  "$service" --database-url "$2" --log error verify-figures
}

sqlite="sqlite://$work/county.db"
county "$sqlite"
report SQLite "$sqlite"
python3 - "$work" "$rows" "$seconds" <<'PY'
import sqlite3, sys, time
work, rows, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
source = sqlite3.connect(f"{work}/county.db")
schema = source.execute("SELECT sql FROM sqlite_master WHERE tbl_name = 'behaviours' AND sql IS NOT NULL ORDER BY type DESC").fetchall()
content = source.execute("SELECT * FROM behaviours WHERE cd_id LIKE 'K%' AND length(cd_id) < 9 ORDER BY rowid").fetchall()
bare = sqlite3.connect(f"{work}/bare.db", isolation_level=None)
bare.execute("PRAGMA journal_mode = WAL")
for (sql,) in schema:
    bare.execute(sql)
began = time.monotonic()
bare.execute("BEGIN")
bare.executemany(f"INSERT INTO behaviours VALUES ({','.join('?' * len(content[0]))})", content)
bare.execute("COMMIT")
took = time.monotonic() - began
print(f"bare: {len(content)} rows in {took:.3f} s; service ÷ bare = {took / len(content) / (seconds / rows):.2f} (bar 0.4)")
PY

pg_install >/dev/null 2>&1
pg_start "$work/pg" >/dev/null
postgres=$PG_URL
county "$postgres"
report PostgreSQL "$postgres"
psql -q "$postgres" <<SQL
\copy (SELECT * FROM behaviours WHERE cd_id LIKE 'K%') TO '$work/behaviours.copy'
CREATE TABLE bare (LIKE behaviours INCLUDING ALL);
SQL
python3 - "$postgres" "$work" "$rows" "$seconds" <<'PY'
import subprocess, sys, time
url, work, rows, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
began = time.monotonic()
subprocess.run(["psql", "-q", url, "-c", f"\\copy bare FROM '{work}/behaviours.copy'"], check=True)
took = time.monotonic() - began
count = sum(1 for _ in open(f"{work}/behaviours.copy"))
print(f"COPY: {count} rows in {took:.3f} s; service ÷ COPY = {took / count / (seconds / rows):.2f} (bar 0.4)")
PY
