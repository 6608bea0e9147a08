#!/usr/bin/env bash
# The service against bare actix-web with prepared SQL, in one run, in turn (A B A B …), on SQLite and on PostgreSQL.
# Prints requests a second, the ratio of each pair's medians, and the service's resident memory at rest.
#
#   bash benches/run.sh [seconds a round, default 4] [rounds, default 3]
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-4} rounds=${2:-3} objects=100000
work=$(mktemp -d)
chmod 755 "$work"
# shellcheck source=tests/postgres/pg.sh
source tests/postgres/pg.sh
pids=()
cleanup() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  pg_stop "$work/pg" 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT
command -v wrk >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends wrk >/dev/null; }
[ -n "${BENCH_NO_BUILD:-}" ] || cargo build --release --quiet --package mingjian --package benches
service=target/release/mingjian bare=target/release/bare

echo "== finding a resource among the contract's paths"
target/release/routing

echo "== lists and figures on a county's history"
target/release/lists

echo "== the transparency log"
target/release/log

echo "== the draw"
target/release/draw

python3 - "$work/objects.csv" "$objects" <<'PY'
import sys
towns = ["东河镇", "嘉川镇", "木门镇", "白水镇", "张华镇", "黄洋镇", "普济镇", "三江镇"]
with open(sys.argv[1], "w") as out:
    out.write("企业名称,统一社会信用代码,注册地址,经营范围\n")
    for n in range(int(sys.argv[2])):
        town = towns[n % len(towns)]
        out.write(f"旺苍县{town}第{n:06d}号店,,旺苍县{town}街道{n}号,日用百货、预包装食品零售。\n")
PY

cat > "$work/create.lua" <<'LUA'
local counter, thread = 0, 0
function setup(t) t:set("id", thread); thread = thread + 1 end
function request()
  counter = counter + 1
  local body = string.format('{"name":"压测%s-%d-%d","object_type":"1","region_code":"510821"}', os.getenv("RUN"), id, counter)
  return wrk.format("POST", nil, { ["content-type"] = "application/json", ["authorization"] = os.getenv("AUTH") }, body)
end
LUA
cat > "$work/get.lua" <<'LUA'
function request() return wrk.format("GET", nil, { ["authorization"] = os.getenv("AUTH") }) end
LUA

rate() { # url, script
  RUN=$RANDOM$RANDOM wrk -t2 -c16 -d"${seconds}s" -s "$work/$2" "$1" > "$work/wrk.txt"
  ! grep -q "Non-2xx" "$work/wrk.txt" || { cat "$work/wrk.txt" >&2; exit 1; }
  awk '/Requests\/sec/ { print $2 }' "$work/wrk.txt"
}
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
compare() { # what, service url, bare url, script
  : > "$work/a"; : > "$work/b"
  for _ in $(seq "$rounds"); do
    rate "$2" "$4" >> "$work/a"
    rate "$3" "$4" >> "$work/b"
  done
  awk -v w="$1" -v a="$(median < "$work/a")" -v b="$(median < "$work/b")" \
    'BEGIN { printf "%-24s service %8.0f/s   bare %8.0f/s   ratio %.2f\n", w, a, b, a / b }'
}

# A catalogue of so many sub items, all of them market regulation's.
catalogue() {
  python3 - "$work/catalogue$1.csv" "$1" <<'PY'
import sys
with open(sys.argv[1], "w") as out:
    out.write("主项编码,主项名称,子项编码,子项名称,监管部门编码,监管对象,监管形式,行政类型,设定依据,监管方式,监管流程,监管结果,监管层级\n")
    for n in range(int(sys.argv[2])):
        main = f"31{n // 50:06d}"
        out.write(f"{main},主项,{main}{n:06d},事项{n},31,经营单位,现场检查,行政检查,《测试法》第一条,双随机,检查,公示,县级\n")
PY
}
# What a department should claim, listed at 2,000 and at 20,000 items: the same time, and on PostgreSQL the same buffers.
claiming() { # root url, service's database url
  local department rates=() size path
  department=$(curl -s "$1/api/v1/departments?limit=1" -H "authorization: $AUTH" | sed 's/.*"items":\[{"id":"\([0-9a-f-]*\)".*/\1/')
  curl -s -o "$work/patched" -X PATCH "$1/api/v1/departments/$department" -H "authorization: $AUTH" -H 'if-match: "1"' \
    -H 'content-type: application/json' -d '{"duty_code":"31"}'
  path="$1/api/v1/items?department_id=$department&state=TO_CLAIM&total=none"
  for size in 2000 20000; do
    catalogue "$size"
    "$service" import catalogue "$work/catalogue$size.csv"
    [[ $2 != postgres* ]] || psql -qAt "$2" -c 'ANALYZE items' -c "EXPLAIN (ANALYZE, BUFFERS) SELECT * FROM items WHERE department_id
      IN ('$department') AND state = 'TO_CLAIM' ORDER BY code, id LIMIT 51" |
      awk -v n="$size" '/Buffers: shared/ && !seen { seen = 1; print "to claim, " n " items      " $0 }'
    rates+=("$(rate "$path" get.lua)")
  done
  awk -v a="${rates[1]}" -v b="${rates[0]}" 'BEGIN { printf "to claim, 20000 : 2000   %8.0f/s : %8.0f/s    ratio %.2f\n", a, b, a / b }'
}

# A risk model against 1,000,000 inspections, in a database of its own.
backtest() {
  local url=sqlite://$work/backtest.db
  if [ "$1" = postgres ]; then
    psql -q "$PG_URL" -c 'CREATE DATABASE backtest'
    url=${PG_URL%/*}/backtest
  fi
  target/release/backtest "$url"
}

for backend in sqlite postgres; do
  if [ "$backend" = sqlite ]; then url=sqlite://$work/bench.db; else
    mkdir -p "$work/pg" && pg_install && pg_start "$work/pg"
    psql -q "$PG_URL" -c 'CREATE DATABASE bench'
    url=${PG_URL%/*}/bench
  fi
  echo "== $backend, $objects objects"
  export MINGJIAN__DATABASE__URL=$url MINGJIAN__SECURITY__SECRET_FILE=$work/$backend.key MINGJIAN__LIMITS__REQUESTS_PER_SECOND=0
  export MINGJIAN__SECURITY__ACCESS_TOKEN_SECONDS=7200 MINGJIAN__SERVER__WORKERS=2 MINGJIAN__LOG__FILTER=error
  password=$("$service" admin create --username bench | awk '/shown once/ { print $NF }')
  "$service" serve --bind 127.0.0.1:0 > "$work/$backend.out" &
  pids+=($!); pid=$!
  for _ in $(seq 100); do grep -q listening "$work/$backend.out" && break; sleep 0.1; done
  root=$(grep -o 'http://[0-9.:]*' "$work/$backend.out" | head -1)
  awk '/VmRSS/ { printf "resident at rest         %.0f MiB\n", $2 / 1024 }' "/proc/$pid/status"
  "$service" import objects "$work/objects.csv"
  port=$((20000 + RANDOM % 10000))
  "$bare" "$url" "$port" & pids+=($!)
  sleep 1
  AUTH="Bearer $(curl -s "$root/api/v1/auth/token" -H 'content-type: application/json' \
    -d "{\"username\":\"bench\",\"password\":\"$password\"}" | sed 's/.*"access_token":"\([^"]*\)".*/\1/')"
  export AUTH
  id=$(curl -s "$root/api/v1/objects?limit=1&township_code=510821100&total=none" -H "authorization: $AUTH" |
    sed 's/.*"id":"\([0-9a-f-]*\)".*/\1/')
  compare "get by id" "$root/api/v1/objects/$id" "http://127.0.0.1:$port/objects/$id" get.lua
  compare "page of 50" "$root/api/v1/objects?township_code=510821100&sort=name&total=none" \
    "http://127.0.0.1:$port/townships/510821100/objects" get.lua
  [ -n "${BENCH_NO_BACKTEST:-}" ] || backtest "$backend"
  compare "create" "$root/api/v1/objects" "http://127.0.0.1:$port/objects" create.lua
  claiming "$root" "$url"
done
