#!/usr/bin/env bash
# Proves that the race tests can fail: each seeded bug must turn its tests red. On PostgreSQL, where two changes of
# one record really meet; in SQLite, which lets one writer in at a time, the second would read what the first wrote.
#
# Uses the server that TEST_POSTGRES_URL names, or starts one.
set -u
cd "$(dirname "$0")/.." || exit 1
if [ -z "${TEST_POSTGRES_URL:-}" ]; then
  # shellcheck source=tests/postgres/pg.sh
  source tests/postgres/pg.sh
  pg_dir=$(mktemp -d)
  trap 'pg_stop "$pg_dir"; rm -rf "$pg_dir"' EXIT
  pg_install && pg_start "$pg_dir" || exit 1
  export TEST_POSTGRES_URL=$PG_URL
fi
mkdir -p target/tools
cargo build --quiet --features seeded-bugs --bin mingjian || exit 1
cp target/debug/mingjian target/tools/mingjian-with-bugs
export PROGRAM=$PWD/target/tools/mingjian-with-bugs
version=(
  races::of_thirty_two_updates_of_one_version_one_is_made
  races::sixteen_parallel_draws_give_one_draw
  items::life::two_reviewers_and_two_claimers_have_one_winner
  risks::clue_races::of_two_departments_one_signs
  risks::clue_races::merging_and_assigning_have_one_winner
  risks::clue_races::closing_and_reworking_have_one_winner
)
idempotency=(races::one_key_fifty_times_over_two_processes_has_one_effect)
# Red must be the bug's doing: the same build without one is green.
cargo test --quiet --test api -- --exact "${version[@]}" "${idempotency[@]}" || { echo "faults: red without a bug"; exit 1; }
log=$(mktemp)
status=0
expect_red() { # the seeded bug, then the tests
  local bug=$1 test
  shift
  SEEDED_BUG=$bug cargo test --test api -- --exact "$@" >"$log" 2>&1
  for test in "$@"; do
    case $(grep "^test $test " "$log") in
      *FAILED) echo "faults: $bug turns $test red, as it must" ;;
      *ok) echo "faults: $bug: $test stayed green"; status=1 ;;
      *) tail -20 "$log"; echo "faults: $bug: $test did not run"; status=1 ;;
    esac
  done
}
expect_red version "${version[@]}"
expect_red idempotency "${idempotency[@]}"
rm -f "$log"
exit $status
